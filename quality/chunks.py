"""Chunks: inputs cut into pieces of about a megabyte, which workers read, score and write each on its own.

Where a chunk ends depends on nothing but the inputs and the place where it begins. So a batch that goes on from the end
of any chunk cuts the rest as it would have been cut, and its output is the same byte for byte.

JSON lines are cut into raw lines, and files that are read as a whole (pages, texts, feeds) are only named: the workers
read them. Of rows of CSV and pages of archives they read what is in them. Other formats are read here, record by
record, and so are feeds where the number of records is limited.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BufferedReader
from typing import BinaryIO, NamedTuple

from quality import readers
from quality.document import Document
from quality.errors import InputError, reason
from quality.inputs import Input, opened
from quality.lines import blocks, skip
from quality.readers import Options, Reject, Unread
from quality.readers.compressed import Unpacked, unpacked

CHUNK = 1 << 20  # bytes
EXPLAINED = CHUNK // 4  # bytes, where records are explained: they grow some thirty times, and a chunk is held whole
ONE_DOCUMENT = frozenset({"html", "markdown", "text"})
"""Formats whose files hold one document."""

READ_WHOLE = ONE_DOCUMENT | {"feed"}
"""Formats whose files are read as a whole, so that no part of one can be gone on from sooner than its end."""


class Position(NamedTuple):
    """A place between two records: the number of the input, and how far in it: a byte of its lines, or a record.

    ``line``: lines before it. ``records``: those before it in all inputs, counted only where their number is limited.
    """

    input: int = 0
    offset: int = 0
    line: int = 0
    records: int = 0


BEGINNING = Position()


class Lines(NamedTuple):
    """Whole lines of JSON; ``first`` is the number of the first, counted from 1."""

    source: str
    data: bytes
    first: int


class Named(NamedTuple):
    """A file to be read by the worker, of this format."""

    source: str
    format: str


class Records(NamedTuple):
    """Documents and rejects already read, and records still to be read."""

    found: tuple[Document | Reject | Unread, ...]


class Failed(NamedTuple):
    """An input that could not be read, or not to its end."""

    source: str
    reason: str


Piece = Lines | Named | Records | Failed


class Part(NamedTuple):
    """A piece, its size in bytes, the position after it, and how many bytes of its input were read up to there."""

    piece: Piece
    size: int
    after: Position
    consumed: int = 0


class Chunk(NamedTuple):
    """Pieces that are scored together, the position after them, and the bytes of all inputs read up to there."""

    pieces: tuple[Piece, ...]
    after: Position
    consumed: int


@dataclass(frozen=True, slots=True)
class Cutter:
    """Cuts inputs into chunks of ``size`` bytes, up to ``limit`` records. ``format``: of all inputs, None to tell."""

    inputs: Sequence[Input]
    options: Options = readers.DEFAULT
    format: str | None = None
    limit: int | None = None
    size: int = CHUNK

    def chunks(self, start: Position = BEGINNING) -> Iterator[Chunk]:
        """Chunks from ``start`` on."""
        pieces: list[Piece] = []
        size = 0
        before = [0]
        for one in self.inputs:
            before.append(before[-1] + (one.size or 0))
        parts = self._parts(start)
        for part in parts if self.limit is None else limited(parts, self.limit, start.records):
            pieces.append(part.piece)
            size += part.size
            after, consumed = part.after, before[part.after.input] + part.consumed
            if size >= self.size:
                yield Chunk(tuple(pieces), after, consumed)
                pieces, size = [], 0
        if pieces:
            yield Chunk(tuple(pieces), after, consumed)

    def _parts(self, start: Position) -> Iterator[Part]:
        for number in range(start.input, len(self.inputs)):
            at = start if number == start.input else Position(number)
            source, end = self.inputs[number], Position(number + 1)
            try:
                yield from self._cut(source, at, end)
            except Exception as error:
                yield Part(Failed(source.name, reason(error)), 0, end)

    def _cut(self, source: Input, start: Position, end: Position) -> Iterator[Part]:
        if source.problem:
            raise InputError(source.name, source.problem)
        with opened(source.name) as file:
            stream = unpacked(file, source.name)
            kind = self.format or readers.told(stream, source.name)
            if kind == "jsonl":
                yield from self._lines(file, stream, source.name, start)
            elif kind in self._named and source.size is not None and not isinstance(stream.raw, Unpacked):
                yield Part(Named(source.name, kind), source.size, end)
            else:
                yield from self._records(file, readers.cutter(kind)(stream, source.name, self.options), start)

    @property
    def _named(self) -> frozenset[str]:
        """Formats whose files the workers open."""
        return READ_WHOLE if self.limit is None else ONE_DOCUMENT

    def _lines(self, file: BinaryIO, stream: BufferedReader, source: str, start: Position) -> Iterator[Part]:
        skip(stream, start.offset)
        offset, line = start.offset, start.line
        for length, data in blocks(stream, self.size, self.options.max_record):
            piece = Lines(source, data, line + 1)
            offset, line = offset + length, line + data.count(b"\n")
            yield Part(piece, length, Position(start.input, offset, line), read_of(file))

    def _records(self, file: BinaryIO, found: Iterator[Document | Reject | Unread], start: Position) -> Iterator[Part]:
        seen, size = 0, 0
        batch: list[Document | Reject | Unread] = []
        error: Exception | None = None
        try:
            for seen, one in enumerate(found, 1):
                if seen <= start.offset:
                    continue
                batch.append(one)
                size += _size(one)
                if size >= self.size:
                    yield Part(Records(tuple(batch)), size, Position(start.input, seen), read_of(file))
                    batch, size = [], 0
        except Exception as failed:
            error = failed  # what came before it is scored all the same
        if batch:
            yield Part(Records(tuple(batch)), size, Position(start.input, seen), read_of(file))
        if error:
            raise error


def _size(one: Document | Reject | Unread) -> int:
    if isinstance(one, Document):
        return len(one.text)
    return len(one.reason if isinstance(one, Reject) else one)


def size_of_chunks(explained: bool) -> int:
    """Bytes of a chunk."""
    return EXPLAINED if explained else CHUNK


def read_of(file: BinaryIO) -> int:
    """Bytes read of a file; 0 of one that does not tell."""
    try:
        return file.tell()
    except (OSError, ValueError):  # a pipe; a file that its reader closed
        return 0


def limited(parts: Iterable[Part], limit: int, records: int = 0) -> Iterator[Part]:
    """Parts up to ``limit`` records, of which some came before; the last part is cut short."""
    for part in parts:
        if records >= limit:
            return
        piece, more = first(part.piece, limit - records)
        records += more
        yield part._replace(piece=piece, after=part.after._replace(records=records))


def first(piece: Piece, most: int) -> tuple[Piece, int]:
    r"""The first records of a piece, at ``most`` so many, and how many they are.

    >>> first(Lines("a.jsonl", b"{}\n\n{}\n{}\n", 1), 2)
    (Lines(source='a.jsonl', data=b'{}\n\n{}\n', first=1), 2)
    """
    if isinstance(piece, Records):
        return Records(piece.found[:most]), min(most, len(piece.found))
    if isinstance(piece, Lines):
        lines = piece.data.split(b"\n")
        full = [number for number, line in enumerate(lines, 1) if line.strip()]
        if len(full) > most:
            piece = piece._replace(data=b"".join(line + b"\n" for line in lines[: full[most - 1]]))
        return piece, min(most, len(full))
    return piece, int(isinstance(piece, Named))
