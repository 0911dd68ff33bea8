"""Pages of Parquet: what a file says that each unpacks to, read from their headers, without unpacking any.

Arrow makes room for a page as its header tells (parquet-format, ``PageHeader``), so a few bytes can ask for gigabytes.
The headers are Thrift structures in its compact protocol (thrift-compact-protocol.md of Apache Thrift).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

if TYPE_CHECKING:
    from pyarrow.parquet import ColumnChunkMetaData, ParquetFile

HEADER = 1 << 12
"""Bytes read of a header at first: more than any without long statistics."""

LONGEST = 1 << 24
"""Bytes of a header at most, as in Arrow."""

DEEPEST = 8
"""Levels of structures in a header, at most; those that are known have three."""

_UNPACKED, _PACKED, _HEADERS = 2, 3, (5, 7, 8)  # fields of a header, and the headers of the kinds of pages in it
_VALUES = 1
_BOOLS, _BYTE, _INTS, _DOUBLE, _BINARY, _STRUCT = (1, 2), 3, (4, 5, 6), 7, 8, 12


class Page(NamedTuple):
    """Bytes that a page takes in the file and unpacked, and how many values it holds."""

    packed: int
    unpacked: int
    values: int


BEYOND = 1 << 62  # bytes that no file has


class PageError(ValueError):
    """A header that is none."""


def pages(stream: BinaryIO, file: ParquetFile, group: int) -> Iterator[Page]:
    """All pages of a row group, column after column. The stream is elsewhere afterwards.

    Raises:
        PageError: for a header that is none.
    """
    told = file.metadata.row_group(group)
    for number in range(told.num_columns):
        yield from _of_column(stream, told.column(number))


def _of_column(stream: BinaryIO, column: ColumnChunkMetaData) -> Iterator[Page]:
    at, dictionary = column.data_page_offset, column.dictionary_page_offset
    if column.has_dictionary_page and dictionary and 0 < dictionary < at:
        at = dictionary
    end = at + column.total_compressed_size
    while at < end:
        if not 0 <= at < BEYOND:
            raise PageError("a page outside of the file")
        size, header = _header(stream, at, end)
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
            fields = compact.struct()
            return compact.at, fields
        except IndexError:
            if size >= min(LONGEST, end - at):
                raise PageError("a page's header breaks off") from None
        size *= 16


Fields = dict[int, "int | Fields"]
"""Whole numbers and structures of a structure, by the numbers of the fields; what is of other kinds is left out."""


class Compact:
    r"""A structure in Thrift's compact protocol, read from its first byte on; ``at``: how far.

    >>> Compact(b"\x15\x00\x15\xa0\x1f\x15\x0c\x00").struct()
    {1: 0, 2: 2000, 3: 6}
    """

    def __init__(self, data: bytes) -> None:
        self._data, self.at = data, 0

    def struct(self, depth: int = 0) -> Fields:
        """The fields of a structure.

        Raises:
            IndexError: when it breaks off.
            PageError: when it is none.
        """
        if depth > DEEPEST:
            raise PageError("a page's header nests too deeply")
        fields: Fields = {}
        number = 0
        while byte := self._byte():
            number = number + (byte >> 4) if byte >> 4 else self._zigzag()
            value = self._value(byte & 15, depth)
            if value is not None:
                fields[number] = value
        return fields

    def _value(self, kind: int, depth: int) -> int | Fields | None:
        if kind in _INTS:
            return self._zigzag()
        if kind == _STRUCT:
            return self.struct(depth + 1)
        if kind == _BYTE:
            self._step(1)
        elif kind == _DOUBLE:
            self._step(8)
        elif kind == _BINARY:
            self._step(self._varint())
        elif kind not in _BOOLS:
            raise PageError("a page's header holds what none has")
        return None

    def _byte(self) -> int:
        self.at += 1
        return self._data[self.at - 1]

    def _step(self, size: int) -> None:
        self.at += size
        if self.at > len(self._data):
            raise IndexError

    def _varint(self) -> int:
        value = shift = 0
        while (byte := self._byte()) & 128:
            value |= (byte & 127) << shift
            shift += 7
            if shift > 63:
                raise PageError("a page's header holds a number that is none")
        return value | byte << shift

    def _zigzag(self) -> int:
        value = self._varint()
        return value >> 1 ^ -(value & 1)
