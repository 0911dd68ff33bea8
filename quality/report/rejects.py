"""Rejects of a batch: how many records could not be read, by reason, with an example of each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import orjson

from quality.errors import InputError, reason
from quality.page.markup import Safe, element
from quality.readers import Reject
from quality.report.sites import wide

SHOWN = 30  # reasons on the page
_PARTS = re.compile(r"[:;] ")
_NUMBER = re.compile(r"\d[\d,]*")


class Group(NamedTuple):
    """Rejects for one reason: how many ``records``, and source and place of the ``first``."""

    reason: str
    records: int
    first: str


def read(path: Path) -> Iterator[Reject]:
    """The rejects that a batch wrote.

    Raises:
        InputError: when the file cannot be read, or is none of rejects.
    """
    try:
        with path.open("rb") as lines:
            yield from (Reject(**orjson.loads(line)) for line in lines if not line.isspace())
    except OSError as error:
        raise InputError(str(path), reason(error)) from None
    except (orjson.JSONDecodeError, TypeError):
        raise InputError(str(path), "is no file of rejects (JSON lines with source, place, id and reason)") from None


def groups(found: Iterable[Reject]) -> list[Group]:
    """Rejects by reason, most first; reasons that differ in what follows a colon, or in numbers, are one.

    >>> groups([Reject("a", f"line {line}", "", f"is not JSON: at byte {line}") for line in (7, 9)])
    [Group(reason='is not JSON', records=2, first='a: line 7')]
    """
    known: dict[str, Group] = {}
    for one in found:
        name = _NUMBER.sub("…", _PARTS.split(str(one.reason))[0])
        place = ": ".join(filter(None, (str(one.source), str(one.place or one.id))))
        before = known.get(name, Group(name, 0, place))
        known[name] = before._replace(records=before.records + 1)
    return sorted(known.values(), key=lambda one: -one.records)


def section(found: Sequence[Group]) -> Safe:
    """The reasons in a table."""
    rows = [_row(one) for one in found[:SHOWN]]
    if others := found[SHOWN:]:
        rows.append(_row(Group(f"{len(others)} more reasons", sum(one.records for one in others), "")))
    head = element(
        "thead", element("tr", *(element("th", name, scope="col") for name in ("Reason", "Records", "First")))
    )
    return wide("Rejected records", element("table", head, element("tbody", *rows), class_="rejects"))


def _row(one: Group) -> Safe:
    number = element("td", f"{one.records:,}", class_="number")
    return element("tr", element("th", one.reason, scope="row"), number, element("td", one.first))
