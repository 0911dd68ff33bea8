"""Pages of Parquet: what a file says that each unpacks to, read from their headers, without unpacking any.

Arrow makes room for a page as its header tells (parquet-format, ``PageHeader``), so a few bytes can ask for gigabytes.
Where the pages lie stands in the footer (``FileMetaData``). It is read here too, as Arrow ends the process where a
column's figures of size contradict each other.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from quality.readers.thrift import Compact, Fields, ThriftError, Wanted

HEADER = 1 << 12
"""Bytes read of a header at first: more than any without long statistics."""

LONGEST = 1 << 24
"""Bytes of a header at most, as in Arrow."""

TAIL = 8
"""Bytes after the footer: its length, and the mark of a Parquet file."""

BEYOND = 1 << 62  # bytes that no file has

_GROUPS, _COLUMNS, _TOLD = 4, 1, 3  # row groups of a file, columns of a group, what is told of a column
_SIZE, _DATA, _DICTIONARY = 7, 9, 11  # of it: bytes in the file, place of its first page, of its dictionary
_FOOTER: Wanted = {_GROUPS: {_COLUMNS: {_TOLD: {_SIZE: {}, _DATA: {}, _DICTIONARY: {}}}}}

_UNPACKED, _PACKED, _HEADERS = 2, 3, (5, 7, 8)  # fields of a header, and the headers of the kinds of pages in it
_VALUES = 1
_HEADER: Wanted = {_UNPACKED: {}, _PACKED: {}, **{kind: {_VALUES: {}} for kind in _HEADERS}}


class Page(NamedTuple):
    """Bytes that a page takes in the file and unpacked, and how many values it holds."""

    packed: int
    unpacked: int
    values: int


class Chunk(NamedTuple):
    """Where the pages of a column lie in a row group: bytes of the file."""

    first: int
    end: int


class PageError(ValueError):
    """A footer or header that is none."""


def chunks(stream: BinaryIO) -> list[list[Chunk]]:
    """The columns of each row group. The stream is elsewhere afterwards.

    Raises:
        PageError: for a footer that is none, or does not tell where its columns lie (as when they are encrypted).
        OSError: when there are fewer bytes than a footer has.
    """
    size = stream.seek(-TAIL, io.SEEK_END)
    length = int.from_bytes(stream.read(4), "little")
    if length > size:
        raise PageError("its index is longer than the file")
    stream.seek(size - length)
    try:
        footer = Compact(stream.read(length)).struct(_FOOTER)
        groups: Any = footer.get(_GROUPS) or ()
        return [[_chunk(one[_TOLD]) for one in group[_COLUMNS]] for group in groups]
    except (IndexError, KeyError, TypeError, ThriftError) as error:
        raise PageError(f"its index is damaged ({error})") from None


def _chunk(told: Any) -> Chunk:
    first, dictionary = told[_DATA], told.get(_DICTIONARY)
    if dictionary and 0 < dictionary < first:
        first = dictionary
    return Chunk(first, first + told[_SIZE])


def pages(stream: BinaryIO, chunk: Chunk) -> Iterator[Page]:
    """All pages of a column in a row group. The stream is elsewhere afterwards.

    Raises:
        PageError: for a header that is none.
    """
    at = chunk.first
    while at < chunk.end:
        if not 0 <= at < BEYOND:
            raise PageError("a page outside of the file")
        size, header = _header(stream, at, chunk.end)
        unpacked, packed = header.get(_UNPACKED), header.get(_PACKED)
        if not isinstance(unpacked, int) or not isinstance(packed, int) or min(unpacked, packed) < 0:
            raise PageError("a page without a size")
        yield Page(packed, unpacked, _values(header))
        at += size + packed


def _values(header: Fields) -> int:
    kinds = [one for one in map(header.get, _HEADERS) if isinstance(one, dict)]
    values = [one.get(_VALUES, 0) for one in kinds]
    return max((one for one in values if isinstance(one, int)), default=0)


def _header(stream: BinaryIO, at: int, end: int) -> tuple[int, Fields]:
    """The length of the header at a place, and its fields."""
    size = HEADER
    while True:
        stream.seek(at)
        compact = Compact(stream.read(min(size, end - at)))
        try:
            fields = compact.struct(_HEADER)
            return compact.at, fields
        except ThriftError as error:
            raise PageError(f"a page's header {error}") from None
        except IndexError:
            if size >= min(LONGEST, end - at):
                raise PageError("a page's header breaks off") from None
        size *= 16
