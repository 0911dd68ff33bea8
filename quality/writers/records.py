"""Records: the fields of the input record as they came, and ``quality``; written as JSON lines."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from itertools import chain
from typing import Any, NamedTuple

import orjson

from quality.document import Document
from quality.evidence import Explanation
from quality.model import Score
from quality.readers import Options, fields
from quality.writers.base import Scored

COLUMNS = 1000
"""Columns of a table, at most: of records that share no field a table would grow by their square."""

MORE = "quality_more"
"""The column of all other fields, as JSON."""


class Record(NamedTuple):
    """A scored document, and the line of JSON that it came as, where that can be used again."""

    scored: Scored
    line: bytes | None = None

    def given(self, drop: Options | None = None) -> dict[str, Any]:
        """The input's fields as they came, without those of the text if ``drop`` tells which, and an older score."""
        document = self.scored.document
        record = dict(document.record) if document.record else described(document)
        if drop is not None:
            record = without_text(record, drop)
        return {name: value for name, value in record.items() if name != "quality"}

    def fields(self, drop: Options | None = None) -> dict[str, Any]:
        """The same, and ``quality``."""
        return self.given(drop) | {"quality": self.scored.score.fields()}


def described(document: Document) -> dict[str, Any]:
    """The record of a document that came without one: what is known of it.

    >>> described(Document("Some words.", id="a.txt", source="a.txt"))
    {'id': 'a.txt', 'source': 'a.txt', 'text': 'Some words.'}
    """
    known = {"id": document.id, "source": document.source, "url": document.url, "title": document.title}
    return {name: value for name, value in known.items() if value} | {"text": document.text}


def without_text(record: Mapping[str, Any], options: Options) -> dict[str, Any]:
    """A record without the fields that hold its text.

    >>> without_text({"id": 1, "item": {"body": "Some words.", "by": "A."}}, Options(text_key="item.body"))
    {'id': 1, 'item': {'by': 'A.'}}
    """
    known = fields.keys(tuple(record), options)
    kept = dict(record)
    for name in known.text if fields.has_text(record, options) else known.partial:
        kept = _without(kept, name)
    return kept


def _without(record: dict[str, Any], path: str) -> dict[str, Any]:
    if path in record:
        return {name: value for name, value in record.items() if name != path}
    first, dot, rest = path.partition(".")
    inner = record.get(first)
    return record | {first: _without(inner, rest)} if dot and isinstance(inner, dict) else record


def narrowed(record: Mapping[str, Any], columns: Container[str]) -> dict[str, Any]:
    """A record for a table of some ``columns``: what has none is JSON in one of its own, added to what is there.

    >>> narrowed({"a": 1, "b": 2, "c": None}, {"a"})
    {'a': 1, 'quality_more': '{"b":2}'}
    """
    row = {name: value for name, value in record.items() if name in columns}
    more = {name: value for name, value in record.items() if name not in columns and name != MORE and value is not None}
    if more:
        before = orjson.loads(record.get(MORE) or "{}")
        row[MORE] = dumped(before | more).decode()
    elif MORE in record:
        row[MORE] = record[MORE]
    return row


def json_lines(records: Iterable[Record], drop: Options | None) -> bytes:
    """Records as JSON lines, in UTF-8.

    Where a line came with nothing to be left out, its own bytes are used again and ``quality`` is put before the
    closing brace: the same content as if it were written anew, and faster.
    """
    return b"".join(chain.from_iterable([_json_line(one, drop) for one in records]))


def _json_line(one: Record, drop: Options | None) -> tuple[bytes, ...]:
    if one.line is not None and drop is None and "quality" not in one.scored.document.record:
        opening = one.line[: one.line.rindex(b"}")]
    else:
        opening = dumped(one.given(drop))[:-1]
    return opening, b',"quality":' if len(opening) > 1 else b'"quality":', *_quality(one.scored.score), b"}\n"


def _quality(score: Score) -> tuple[bytes, ...]:
    """The fields of a score as JSON; evidence, which is nearly all of it, is not copied into the rest."""
    fields = score.fields()
    if not isinstance(score.evidence, Explanation):
        return (dumped(fields),)
    try:
        evidence = score.evidence.json()
    except TypeError:
        return (dumped(fields),)
    before, _, after = dumped(fields | {"evidence": ()}).partition(b'"evidence":[]')
    return before, b'"evidence":', evidence, after


def dumped(value: Any) -> bytes:
    """A value as JSON."""
    try:
        return orjson.dumps(value, default=_ready, option=orjson.OPT_NON_STR_KEYS)
    except (TypeError, orjson.JSONEncodeError):
        import json  # it writes what orjson does not: lone surrogates, numbers beyond 64 bits

        return json.dumps(value, default=_plain).encode()


def _ready(value: Any) -> Any:
    return orjson.Fragment(value.json()) if isinstance(value, Explanation) else _plain(value)


def _plain(value: Any) -> Any:
    """What JSON has for a value of another kind."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Explanation):
        return [one.as_dict() for one in value]
    return list(value) if isinstance(value, (set, tuple)) else str(value)
