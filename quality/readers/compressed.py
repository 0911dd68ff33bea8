"""Compressed input, unpacked as it is read: gzip, Zstandard, bzip2, whatever the name says, one in another too.

Memory does not depend on the input. An input that unpacks to far more than text does is refused when that shows.
"""

from __future__ import annotations

import bz2
import io
import zlib
from collections.abc import Callable
from typing import Any, BinaryIO, NamedTuple, cast

from quality.errors import InputError
from quality.readers.base import needed

RATIO = 250
"""Times its size that an input may unpack to; text packs to a third or a tenth, one log line over and over to 1 %."""

FREE = 32 * 2**20
"""Bytes that any input may unpack to, whatever the ratio."""

MOST = 2**40
"""Bytes that any input may unpack to at most."""

LAYERS = 3
"""Compressions of compressions that are unpacked."""

BUFFER = 1 << 18
"""Bytes buffered above each layer; as many are looked at to tell a format."""

PIECE = 1 << 10
"""Compressed bytes that are unpacked at a time: 32 MB at the very worst (Zstandard says 128 kB in four bytes)."""


class Packing(NamedTuple):
    """A compression: its name, the bytes it starts with, and what makes a decompressor for an input."""

    name: str
    magic: bytes
    decompressor: Callable[[str], Any]


def _zstandard(source: str) -> Any:
    with needed(source, "Zstandard data", "zstandard", "zstd"):
        from zstandard import ZstdDecompressor
    return ZstdDecompressor(max_window_size=2**27).decompressobj()


PACKINGS = (
    Packing("gzip", b"\x1f\x8b\x08", lambda source: zlib.decompressobj(wbits=31)),
    Packing("Zstandard", b"\x28\xb5\x2f\xfd", _zstandard),
    Packing("bzip2", b"BZh", lambda source: bz2.BZ2Decompressor()),
)


def unpacked(stream: BinaryIO, source: str) -> io.BufferedReader[Any]:
    """The stream itself, or what is packed in it, buffered so that ``peek`` shows its first bytes.

    Raises:
        InputError: at once for too many layers or a compression that is not installed; while reading for data that
            is damaged, breaks off or unpacks to too much.

    >>> import gzip
    >>> unpacked(io.BytesIO(gzip.compress(b"Some words.")), "a.txt.gz").read()
    b'Some words.'
    """
    outer: io.BufferedReader[Any] = io.BufferedReader(_Lent(stream), BUFFER)
    for _ in range(LAYERS + 1):
        head = outer.peek(4)
        packing = next((one for one in PACKINGS if head.startswith(one.magic)), None)
        if packing is None:
            return outer
        outer = io.BufferedReader(Unpacked(outer, packing, source), BUFFER)
    raise InputError(source, f"is compressed more than {LAYERS} times over")


def bomb_of(packed: int, unpacked: int) -> str:
    """What is to be said of an input of so many bytes, if what it unpacks to is too much; else nothing.

    >>> bomb_of(1000, 33 << 20)
    'unpacks like a decompression bomb, to over 33 MB (unpack it if you trust it)'
    """
    if unpacked <= min(max(FREE, RATIO * packed), MOST):
        return ""
    return f"unpacks like a decompression bomb, to over {unpacked >> 20} MB (unpack it if you trust it)"


class _Lent(io.RawIOBase):
    """A stream of the caller's, which stays open when the buffer over it goes."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = cast(io.BufferedIOBase, stream)

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Bytes read into the buffer."""
        return self._stream.readinto(buffer)

    def seekable(self) -> bool:
        """Whether the caller's is: Parquet and a batch that goes on need no copy then."""
        return self._stream.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        """The place."""
        return self._stream.tell()


class Unpacked(io.RawIOBase):
    """What a compressed stream holds; members that follow one another are one."""

    def __init__(self, packed: io.BufferedReader[Any], packing: Packing, source: str) -> None:
        self._packed, self._packing, self._source = packed, packing, source
        self._member: Any = None
        self._rest = b""  # compressed bytes not yet unpacked
        self._ready = memoryview(b"")
        self._in = self._out = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer with the next bytes; 0 at the end."""
        while not self._ready and self._more():
            pass
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def _more(self) -> bool:
        """Unpack some more; whether there was anything left to unpack."""
        piece = self._rest or self._packed.read(PIECE)
        self._in += len(piece) - len(self._rest)
        self._rest = b""
        if not piece:
            if self._member is not None:
                raise self._error("breaks off: the file is cut short")
            return False
        if self._member is None:
            piece = piece.lstrip(b"\0") if self._in else piece  # archives pad between members
            if not piece:
                return True
            self._member = self._packing.decompressor(self._source)
        self._unpack(piece)
        return True

    def _unpack(self, piece: bytes) -> None:
        try:
            content = self._member.decompress(piece)
        except Exception as error:  # each library has exceptions of its own
            raise self._error(f"is damaged: {' '.join(str(error).split())}") from None
        self._out += len(content)
        if bomb := bomb_of(self._in, self._out):
            raise self._error(bomb)
        self._ready = memoryview(content)
        if self._member.eof:
            self._rest, self._member = self._member.unused_data, None

    def _error(self, what: str) -> InputError:
        return InputError(self._source, f"its {self._packing.name} data {what}")
