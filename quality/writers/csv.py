r"""Writers of CSV, each field of ``quality`` in a column of its own: of single texts, and of a batch.

Columns of a batch are all fields that any record has, in the order in which they first appear. A list or an object is
written as JSON, nothing as an empty cell. A cell that a spreadsheet would run as a formula gets an apostrophe before it
(https://owasp.org/www-community/attacks/CSV_Injection); numbers are left alone.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import orjson

from quality.writers.base import Scored, Style, printable

if TYPE_CHECKING:
    from quality.writers.forms import Squeeze

QUALITY = ("score", "verdict", "reason", "filler", "repetition", "unsourced", "words", "links", "model")
PREFIX = "quality_"  # an input may have columns of the same names
MEMBER = 1 << 20  # characters written at once, and compressed together
_FORMULA = tuple("=+-@\t\r")


def write(scored: Iterable[Scored], style: Style) -> Iterator[str]:
    """A header, then a row a text: its source, what is said of it, and its evidence, one piece a line of the cell."""
    del style
    columns = (*QUALITY, "bias", "logit")
    yield _row(["source", *(PREFIX + name for name in (*columns, "evidence"))])
    for document, score in scored:
        quality = flat(score.as_dict())
        evidence = "\n".join(f"{one.message} ({one.contribution:+.4f})" for one in score.evidence)
        yield _row([cell(printable(document.source)), *(cell(quality.get(name)) for name in columns), cell(evidence)])


def _row(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()


def finish(part: Path, file: BinaryIO, squeeze: Squeeze) -> None:
    """Write a CSV file of JSON lines."""
    columns = dict.fromkeys(name for record in _records(part) for name in record if name != "quality")
    rows = io.StringIO()
    writer = csv.writer(rows, lineterminator="\n")
    writer.writerow([_defused(name) for name in (*columns, *(PREFIX + name for name in QUALITY))])
    for record in _records(part):
        quality = flat(record["quality"])
        writer.writerow([*(cell(record.get(name)) for name in columns), *(cell(quality[name]) for name in QUALITY)])
        if rows.tell() >= MEMBER:
            file.write(squeeze(rows.getvalue().encode("utf-8", "replace")))
            rows.seek(0)
            rows.truncate()
    if rows.tell():
        file.write(squeeze(rows.getvalue().encode("utf-8", "replace")))


def _records(part: Path) -> Iterator[dict[str, Any]]:
    with part.open("rb") as lines:
        for line in lines:
            yield _loaded(line)


def _loaded(line: bytes) -> dict[str, Any]:
    try:
        record: dict[str, Any] = orjson.loads(line)
    except orjson.JSONDecodeError:
        import json  # a record that orjson could not write

        record = json.loads(line)
    return record


def flat(quality: Mapping[str, Any]) -> dict[str, Any]:
    """What ``quality`` holds, without nesting.

    >>> flat({"score": 0.5, "axes": {"filler": 0.1, "repetition": 0.2, "unsourced": 0.3}})["filler"]
    0.1
    """
    axes = quality["axes"] or dict.fromkeys(("filler", "repetition", "unsourced"))
    return {**quality, **axes}


def cell(value: Any) -> str:
    """What stands in a cell.

    >>> cell(None), cell("=1+1"), cell("-1.5"), cell(["a"]), cell(True)
    ('', "'=1+1", '-1.5', '["a"]', 'true')
    """
    if isinstance(value, str):
        return _defused(value)
    return "" if value is None else orjson.dumps(value).decode()


def _defused(text: str) -> str:
    return "'" + text if text.startswith(_FORMULA) and not _is_number(text) else text


def undefused(text: str) -> str:
    """The text that stands in a cell, without the apostrophe that was put before it.

    >>> undefused("'=1+1"), undefused("'tis")
    ('=1+1', "'tis")
    """
    return text[1:] if text.startswith("'") and _defused(text[1:]) == text else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
