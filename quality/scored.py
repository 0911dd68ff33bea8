"""Scored: records as a batch wrote them, read back from JSON lines, CSV or Parquet, with or without their text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal, cast

from quality.dates import published
from quality.document import Document
from quality.errors import InputError, reason
from quality.inputs import opened
from quality.readers import Options, Reject, fields, reader, told
from quality.readers.compressed import unpacked
from quality.writers.csv import undefused

AXES = ("filler", "repetition", "unsourced")
VERDICTS = ("farm", "suspect", "ok", "abstain")


@dataclass(frozen=True, slots=True)
class Row:
    """One scored record: what identifies it, and what was said of it. ``record`` holds its fields as they came.

    ``score`` in [0, 1] and ``axes`` are None when the verdict is ``abstain``; ``day`` is when it was published.
    """

    id: str
    source: str
    url: str
    title: str
    day: date | None
    score: float | None
    verdict: str
    reason: str | None
    axes: tuple[float, float, float] | None
    words: int
    links: str
    model: str
    record: Mapping[str, Any]


def read(name: str, options: Options, date_key: str = "") -> Iterator[Row | Reject]:
    """The rows of a file, and a reject for each record that was not scored or cannot be read.

    Raises:
        InputError: when the file cannot be read at all.
    """
    try:
        with opened(name) as stream:
            plain = unpacked(stream, name)
            form = told(plain, name)
            # A record may have lost its text, but it has a verdict: that is what it is found by.
            key = "quality_verdict" if form == "csv" else "quality.verdict"
            for number, found in enumerate(reader(form)(plain, name, replace(options, text_key=key)), 1):
                yield _row(_undefused(found) if form == "csv" else found, f"record {number}", date_key)
    except OSError as error:
        raise InputError(name, reason(error)) from None


def _undefused(found: Document | Reject) -> Document | Reject:
    """The record before apostrophes kept its cells from being run."""
    if isinstance(found, Reject):
        return found
    record = {undefused(name): undefused(str(cell)) for name, cell in found.record.items()}
    return replace(found, id=undefused(found.id), title=undefused(found.title), record=record)


def _row(found: Document | Reject, place: str, date_key: str) -> Row | Reject:
    if isinstance(found, Reject):
        known = found.reason.startswith(("has no text", "its text is empty"))
        return replace(found, reason="has no quality.verdict, which a batch writes") if known else found
    record = found.record
    said = record["quality"] if isinstance(record.get("quality"), Mapping) else _unflat(record)
    try:
        scored = said.get("score")
        axes = said.get("axes")
        return Row(
            found.id, found.source, found.url, found.title, published(record, date_key), _share(scored), _verdict(said),
            said.get("reason") or None, None if axes is None else cast(Any, tuple(_axis(axes, name) for name in AXES)),
            int(said.get("words") or 0), str(said.get("links") or "unknown"), str(said.get("model") or "unnamed"),
            record,
        )  # fmt: skip
    except (ValueError, TypeError, KeyError, AttributeError):
        return Reject(found.source, place, found.id, "its quality is not as a batch writes it")


def _unflat(record: Mapping[str, Any]) -> dict[str, Any]:
    """What columns of a CSV hold, as the object that they were made of."""
    said = {name: record.get(f"quality_{name}") or None for name in ("score", "verdict", "reason", *AXES)}
    said |= {name: record.get(f"quality_{name}") for name in ("words", "links", "model")}
    return said | {"axes": None if said["filler"] is None else {name: said[name] for name in AXES}}


def _share(value: Any) -> float | None:
    if value is None:
        return None
    number = float(value)
    if not 0 <= number <= 1:
        raise ValueError(value)
    return number


def _axis(axes: Mapping[str, Any], name: str) -> float:
    value = _share(axes[name])
    if value is None:
        raise ValueError(name)
    return value


def _verdict(said: Mapping[str, Any]) -> str:
    verdict = said["verdict"]
    if verdict not in VERDICTS or (verdict == "abstain") != (said.get("score") is None):
        raise ValueError(verdict)
    return str(verdict)


def document(row: Row, options: Options) -> Document | None:
    """The document that a row's score is of, or None where its text was left out."""
    found = fields.document(dict(row.record), row.source, "", options)
    if isinstance(found, Reject):
        return None
    links = cast(Literal["present", "none", "unknown"], row.links)
    return replace(found, links=links, id=row.id, url=row.url or found.url, title=row.title or found.title)
