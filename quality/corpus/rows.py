"""Rows of ``corpus/web.jsonl``: one public article each, as facts without its text, checked as they are read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_args

from quality.corpus.read import Format
from quality.errors import CorpusError

AXES = ("filler", "repetition", "unsourced", "farm")
"""The four labels, each a whole number from 0 to 4 (``corpus/GUIDE.md``)."""

LARGEST = 32 << 20
"""Bytes of a file; the longest has 230 kB. No more is ever fetched for a row."""


@dataclass(frozen=True, slots=True)
class Row:
    """One article of the web part: where it is, its digest, and its labels.

    A row with ``fetch`` is one whole file at ``url``. A row without lies inside a larger file (``repo``, ``commit``,
    ``path``) or was tidied; ``sha256`` and ``bytes`` are then those of its text in UTF-8. ``words`` counts the whole
    text. An article has ``labels``, or ``skip`` (why it is none), or neither (not labelled).
    """

    id: str
    family: str
    source: str
    sha256: str
    bytes: int
    format: Format
    licence: str
    words: int
    pool: str = ""
    title: str = ""
    url: str = ""
    repo: str = ""
    commit: str = ""
    path: str = ""
    labels: Mapping[str, int] | None = None
    skip: str | None = None
    fetch: bool = True


def label_problem(labels: object) -> str:
    """What is wrong with labels; empty when nothing is.

    >>> label_problem({"filler": 0, "repetition": 0, "unsourced": 0, "farm": 5})
    'label farm is 5, not a whole number from 0 to 4'
    """
    if not isinstance(labels, dict) or set(labels) != set(AXES):
        return f"labels are not the four of {', '.join(AXES)}"
    for axis, value in labels.items():
        if type(value) is not int or not 0 <= value <= 4:
            return f"label {axis} is {value!r}, not a whole number from 0 to 4"
    return ""


def _text(value: object) -> bool:
    return isinstance(value, str)


def _like(pattern: str) -> Callable[[object], bool]:
    compiled = re.compile(pattern)
    return lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None


def _count(value: object) -> bool:
    return type(value) is int and value >= 0


def _size(value: object) -> bool:
    return _count(value) and value <= LARGEST  # type: ignore[operator]  # it is a number


_VALID: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "id": (_like(r"[\w-]+(/[\w-]+)+"), "a name like source/001"),
    "family": (_like(r"[\w.-]+"), "a name"),
    "source": (_like(r"[\w.-]+"), "a name"),
    "sha256": (_like(r"[0-9a-f]{64}"), "64 hex digits"),
    "bytes": (_size, f"a whole number up to {LARGEST}"),
    "format": (lambda value: value in get_args(Format), f"one of {', '.join(get_args(Format))}"),
    "licence": (_like(r"\S.*"), "a text"),
    "words": (_count, "a whole number"),
    "pool": (_text, "a text"),
    "title": (_text, "a text"),
    "url": (_like(r"https?://[^/\s]+/\S+"), "a web address"),
    "repo": (_like(r"[\w.-]+/[\w.-]+"), "a name like owner/repository"),
    "commit": (_like(r"[0-9a-f]{40}"), "40 hex digits"),
    "path": (_like(r"\S.*"), "a path"),
    "skip": (_like(r"\S.*"), "a reason"),
    "fetch": (lambda value: isinstance(value, bool), "true or false"),
}
_ALWAYS = ("id", "family", "source", "sha256", "bytes", "format", "licence", "words")
_KNOWN = frozenset(field.name for field in fields(Row))


def row_problems(record: Mapping[str, Any]) -> Iterator[str]:
    """Say what is wrong with one record of ``web.jsonl``, a plain sentence each."""
    place = ("url",) if record.get("fetch", True) else ("repo", "commit", "path")
    yield from (f"lacks {key}" for key in (*_ALWAYS, *place) if key not in record)
    yield from (f"has unknown key {key}" for key in sorted(set(record) - _KNOWN))
    for key, (valid, wanted) in _VALID.items():
        if key in record and not valid(record[key]):
            yield f"{key} is not {wanted}"
    if "labels" in record and (problem := label_problem(record["labels"])):
        yield problem
    if "labels" in record and "skip" in record:
        yield "has labels and skip"


def read_rows(path: Path) -> list[Row]:
    """Rows of a ``web.jsonl``, in the order of the file.

    Raises:
        CorpusError: for a missing file, and for rows that break the rules: ``path:line: what`` for each.
    """
    rows: list[Row] = []
    problems: list[str] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(_lines(path), start=1):
        record, found = _parse(line)
        problems += (f"{path}:{number}: {problem}" for problem in found)
        if not found:
            rows.append(Row(**record))
            if seen.setdefault(record["id"], number) != number:
                problems.append(f"{path}:{number}: id {record['id']} stands in line {seen[record['id']]} too")
    if problems:
        raise CorpusError(problems)
    return rows


def _lines(path: Path) -> list[str]:
    if not path.is_file():
        raise CorpusError([f"{path}: no such file"])
    try:
        return path.read_bytes().decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise CorpusError([f"{path}: is not UTF-8 ({error.reason} at byte {error.start})"]) from None


def _parse(line: str) -> tuple[dict[str, Any], list[str]]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        return {}, [f"is not JSON ({error})"]
    if not isinstance(record, dict):
        return {}, ["is not a JSON object"]
    return record, list(row_problems(record))
