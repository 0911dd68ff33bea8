"""Lines: a stream cut into blocks of whole lines, without ever holding more than the longest line that is allowed."""

from __future__ import annotations

from collections.abc import Iterator
from io import BufferedIOBase

from quality.errors import InputError

STEP = 1 << 20  # bytes read at once of what is thrown away


def blocks(stream: BufferedIOBase, size: int, longest: int) -> Iterator[tuple[int, bytes]]:
    r"""Whole lines of about ``size`` bytes together, with the number of bytes they take in the stream.

    Each block depends only on the bytes that follow its beginning. Of a line over ``longest`` bytes a little more than
    that many are given, so that who reads it sees that it is too long; no more of it is ever held.

    >>> import io
    >>> list(blocks(io.BytesIO(b"{}\n{}\n[1,2,3,4,5,6,7]\n"), 7, 9))
    [(6, b'{}\n{}\n'), (16, b'[1,2,3,4,5\n')]
    """
    rest = b""
    while True:
        data, error = _filled(rest, stream, size)
        end = data.rfind(b"\n") + 1
        if not end and len(data) == size:
            yield _long_line(stream, data, longest)
            rest = b""
            continue
        if not (end or error):
            end = len(data)  # the last line may have no end
        if end:
            yield end, data[:end]
        rest = data[end:]
        if error:
            raise error
        if not end:
            return


def _filled(begun: bytes, stream: BufferedIOBase, size: int) -> tuple[bytes, Exception | None]:
    """Bytes filled up from a stream, and the error that ended them, for what came before it is good."""
    parts, missing = [begun], size - len(begun)
    try:
        while missing and (more := stream.read1(missing)):
            parts.append(more)
            missing -= len(more)
    except (InputError, OSError) as error:
        return b"".join(parts), error
    return b"".join(parts), None


def _long_line(stream: BufferedIOBase, begun: bytes, longest: int) -> tuple[int, bytes]:
    more = stream.readline(max(longest + 1 - len(begun), 1))
    line, length = begun + more, len(begun) + len(more)
    if line.endswith(b"\n") or len(line) <= longest:
        return length, line
    while more and not more.endswith(b"\n"):
        more = stream.readline(STEP)
        length += len(more)
    return length, line[: longest + 1] + b"\n"


def skip(stream: BufferedIOBase, offset: int) -> None:
    """Go ``offset`` bytes on from the beginning of a stream."""
    if stream.seekable():
        stream.seek(offset)
        return
    while offset and (data := stream.read(min(offset, STEP))):
        offset -= len(data)
