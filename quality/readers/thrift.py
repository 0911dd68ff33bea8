"""Thrift: structures in its compact protocol, as the metadata of Parquet are (thrift-compact-protocol.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Union

DEEPEST = 12
"""Levels of structures and lists in each other, at most; those of Parquet have seven."""

_BOOLS, _BYTE, _INTS, _DOUBLE, _BINARY, _LISTS, _STRUCT = (1, 2), 3, (4, 5, 6), 7, 8, (9, 10), 12

Value = Union[int, "Fields", list["Value"], None]
Fields = dict[int, Value]
"""Whole numbers, structures and lists of a structure, by the numbers of the fields; those of other kinds are None."""

Wanted = Mapping[int, "Wanted"]
"""The fields that are kept, by their numbers, with those wanted of the structures in them; the others are skipped."""


class ThriftError(ValueError):
    """Bytes that are no structure."""


class Compact:
    r"""A structure, read from its first byte on; ``at``: how far.

    >>> Compact(b"\x15\x00\x15\xa0\x1f\x15\x0c\x00").struct({2: {}, 3: {}})
    {2: 2000, 3: 6}
    """

    def __init__(self, data: bytes) -> None:
        self._data, self.at = data, 0

    def struct(self, wanted: Wanted, depth: int = 0) -> Fields:
        """The wanted fields of a structure.

        Raises:
            IndexError: when it breaks off.
            ThriftError: when it is none.
        """
        fields: Fields = {}
        number = 0
        while byte := self._byte():
            number = number + (byte >> 4) if byte >> 4 else self._zigzag()
            value = self._value(byte & 15, wanted.get(number, {}), depth + 1)
            if number in wanted:
                fields[number] = value
        return fields

    def _value(self, kind: int, wanted: Wanted, depth: int) -> Value:
        if depth > DEEPEST:
            raise ThriftError("nests too deeply")
        if kind in _INTS:
            return self._zigzag()
        if kind == _STRUCT:
            return self.struct(wanted, depth)
        if kind in _LISTS:
            return self._list(wanted, depth)
        if kind == _BYTE:
            self._step(1)
        elif kind == _DOUBLE:
            self._step(8)
        elif kind == _BINARY:
            self._step(self._varint())
        elif kind not in _BOOLS:
            raise ThriftError("holds what none has")
        return None

    def _list(self, wanted: Wanted, depth: int) -> list[Value]:
        head = self._byte()
        size, kind = head >> 4, head & 15
        if size == 15:
            size = self._varint()
        if kind in _BOOLS or kind == _BYTE:
            self._step(size)  # here each of them takes a byte
            return []
        return [self._value(kind, wanted, depth + 1) for _ in range(size)]

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
                raise ThriftError("holds a number that is none")
        return value | byte << shift

    def _zigzag(self) -> int:
        value = self._varint()
        return value >> 1 ^ -(value & 1)
