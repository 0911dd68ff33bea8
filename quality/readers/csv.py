"""Reader of CSV: separator and header told from the first rows, quoted line breaks kept; a bad row is a reject.

Without a header the fields are called column1, column2, ..., but for the column of long cells, if there is one, which
is the text, and the column of addresses.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from statistics import median
from typing import BinaryIO, NamedTuple, cast

from quality.document import Document
from quality.readers import fields
from quality.readers.base import Options, Reject
from quality.readers.compressed import BUFFER
from quality.readers.decode import encoding

SEPARATORS = ",;\t|"
SAMPLE = 200  # rows looked at
COLUMNS = 10_000  # at most: a row of more is damage
LONG = 200  # characters of a cell that holds a text, in the median
LABEL = 60  # characters of a column's name, at most


class Shape(NamedTuple):
    """How a table is written: its separator, the names of its columns, whether its first row says them."""

    separator: str
    names: list[str]
    has_header: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A row whose cells are told apart, and whose record is still to be read."""

    record: dict[str, str]
    source: str
    place: str

    def __len__(self) -> int:
        return sum(map(len, self.record.values()))

    def read(self, options: Options) -> Document | Reject:
        """Its document, or its reject."""
        return fields.document(self.record, self.source, self.place, options)


def read(stream: BinaryIO, source: str, options: Options) -> Iterator[Document | Reject]:
    r"""A document or a reject for each row that is not empty; places are the lines where rows begin.

    Raises:
        InputError: when it is binary.

    >>> [one.text for one in read(io.BytesIO(b"title;text\nBees;They hum.\n"), "a.csv", Options())]
    ['They hum.']
    """
    return (one.read(options) if isinstance(one, Row) else one for one in unread(stream, source, options))


def unread(stream: BinaryIO, source: str, options: Options) -> Iterator[Row | Reject]:
    """The same with the rows still to be read.

    Raises:
        InputError: when it is binary.
    """
    buffered = io.BufferedReader(cast(io.RawIOBase, stream), BUFFER)
    head = buffered.peek(BUFFER)[:BUFFER]
    if not head.strip():
        return
    codec = encoding(head, source)
    shape = _shape(head.decode(codec, "replace").removeprefix("\ufeff"), options)
    text = io.TextIOWrapper(buffered, codec, errors="replace", newline="")
    for place, row in _rows(_Lines(text, source, options), shape, options):
        yield row if isinstance(row, Reject) else Row(row, source, place)


def _rows(lines: _Lines, shape: Shape, options: Options) -> Iterator[tuple[str, dict[str, str] | Reject]]:
    """Rows below the header with their places: cells by name, or rejects."""
    csv.field_size_limit(max(csv.field_size_limit(), options.max_record))
    rows = csv.reader(lines, delimiter=shape.separator)
    skipped = not shape.has_header
    while True:
        begin = lines.number + 1
        place = f"line {begin}"
        try:
            cells = next(rows, None)
        except csv.Error as error:
            yield place, Reject(lines.source, place, "", f"is no row of CSV: {error} (a quote that is not closed?)")
            continue
        yield from ((one.place, one) for one in lines.taken())
        if cells is None:
            return
        if any(cells) and skipped:
            yield place, _row(cells, shape, lines.source, place)
        skipped = skipped or any(cells)


def _row(cells: list[str], shape: Shape, source: str, place: str) -> dict[str, str] | Reject:
    names = shape.names
    if len(cells) > len(names) and any(cells[len(names) :]):
        return Reject(source, place, "", f"has {len(cells)} cells where {len(names)} are named")
    return dict(zip(names, cells, strict=False))


class _Lines:
    """Lines of a text for the parser; those too long are skipped and told apart, as nothing of them is held."""

    def __init__(self, text: io.TextIOWrapper, source: str, options: Options) -> None:
        self.source = source
        self.number = 0
        self._text, self._most = text, options.max_record
        self._rejects: list[Reject] = []

    def __iter__(self) -> Iterator[str]:
        while line := self._text.readline(self._most + 1):
            self.number += 1
            if len(line) > self._most or (len(line) > COLUMNS and _columns(line) > COLUMNS):
                while line and not line.endswith(("\n", "\r")):
                    line = self._text.readline(BUFFER)
                reason = f"is larger than {self._most} characters (see --max-record) or {COLUMNS} cells"
                self._rejects.append(Reject(self.source, f"line {self.number}", "", reason))
            else:
                yield line

    def taken(self) -> list[Reject]:
        """The lines skipped since this was last asked."""
        rejects, self._rejects = self._rejects, []
        return rejects


def _columns(line: str) -> int:
    return max(map(line.count, SEPARATORS))


def _shape(head: str, options: Options) -> Shape:
    """Shape of the table that begins with some text: its separator cuts most rows into as many cells."""
    tables = {separator: _sample(head, separator) for separator in SEPARATORS}
    separator = max(tables, key=lambda one: _evenness(tables[one]))
    rows = tables[separator]
    first = rows[0] if rows else []
    has_header = _is_header(first, rows[1:], options)
    names = _unique([cell.strip() for cell in first]) if has_header else _guessed(rows)
    return Shape(separator, names, has_header)


def _sample(head: str, separator: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in islice(csv.reader(io.StringIO(head, newline=""), delimiter=separator), SAMPLE):
            rows.append(row)
    except csv.Error:
        pass  # what was read shows the shape
    rows = [row for row in rows if row]
    return rows[:-1] if len(rows) > 2 else rows  # the last may be cut


def _evenness(rows: list[list[str]]) -> float:
    """How well a separator fits: the share of rows as long as the first, if it cuts them at all."""
    if not rows or len(rows[0]) < 2:
        return 0.0
    return sum(len(row) == len(rows[0]) for row in rows) / len(rows) + len(rows[0]) / 1e6


def _is_header(first: list[str], rest: list[list[str]], options: Options) -> bool:
    """Whether a first row names columns: it has a name that is known, or only labels and no cell like those below."""
    chosen = {options.text_key, options.id_key, options.url_key, options.title_key} - {""}
    if chosen & set(first) or any(fields.keys(tuple(first), Options())):
        return True
    labels = [cell.strip() for cell in first if cell.strip()]
    if not labels or len(set(labels)) < len(labels):
        return False
    plain = all(len(one) <= LABEL and not any(char.isdigit() for char in one) and "://" not in one for one in labels)
    return plain and (not rest or any(len(cell) > LABEL or cell[:1].isdigit() for row in rest for cell in row))


def _unique(names: list[str]) -> list[str]:
    """Names of columns, with a number where one is empty or came before."""
    seen: dict[str, None] = {}
    for number, name in enumerate(names, 1):
        seen[name if name and name not in seen else f"{name or 'column'}{number}"] = None
    return list(seen)


def _guessed(rows: list[list[str]]) -> list[str]:
    """Names of columns that have none: text, url, column3, ..., told from their cells."""
    width = max(map(len, rows), default=0)
    columns = [[row[number] for row in rows if number < len(row)] for number in range(width)]
    names = [f"column{number}" for number in range(1, width + 1)]
    length = [median(map(len, cells)) for cells in columns]
    addresses = [sum(cell.startswith(("http://", "https://")) for cell in cells) * 2 > len(cells) for cells in columns]
    if max(length, default=0) >= LONG:
        names[length.index(max(length))] = "text"
    if True in addresses:
        names[addresses.index(True)] = "url"
    return names
