"""Dates: the day on which a record was published, from whichever field says so, in whatever form."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any

from quality.readers import fields

DATES = (
    "published", "publishedat", "pubdate", "datepublished", "publisheddate", "publishdate", "date", "datetime",
    "publicationdate", "timestamp", "created", "createdat", "updated", "updatedat", "datemodified", "fetchedat",
)  # fmt: skip
"""Usual names of a field that says when a text was published, the likeliest first."""

LONGEST = 40  # characters of a date
_EPOCH = re.compile(r"\d{9,10}(?:\d{3})?(?:\.\d+)?")  # seconds or milliseconds since 1970
_WRITTEN = ("%Y/%m/%d", "%d.%m.%Y", "%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y")


def published(record: Mapping[str, Any], key: str = "") -> date | None:
    """The day that a record tells, in the field ``key`` (dotted) or one of the usual names.

    >>> published({"Pub Date": "2024-05-01"}), published({"a": {"b": 0}}, "a.b")
    (datetime.date(2024, 5, 1), None)
    """
    if key:
        return day(record[key] if key in record else fields.follow(record, key))
    names = {fields.SEPARATOR.sub("", str(name).lower()): name for name in reversed(list(record))}
    found = (day(record[names[name]]) for name in DATES if name in names)
    return next((one for one in found if one), None)


def day(value: Any) -> date | None:
    """The day that a value means, None when it means none.

    >>> day("2024-05-01T10:00:00Z"), day("Wed, 01 May 2024 10:00:00 GMT"), day(1714557600), day("soon")
    (datetime.date(2024, 5, 1), datetime.date(2024, 5, 1), datetime.date(2024, 5, 1), None)
    """
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    told = str(value).strip() if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""
    if not told or len(told) > LONGEST:
        return None
    if _EPOCH.fullmatch(told):
        seconds = float(told)
        return datetime.fromtimestamp(seconds / (1000 if seconds > 1e11 else 1), UTC).date()
    return next((one for one in (_parsed(told, parse) for parse in _PARSERS) if one), None)


def _parsed(told: str, parse: Callable[[str], datetime]) -> date | None:
    try:
        return parse(told).date()
    except (ValueError, TypeError, OverflowError):
        return None


def _written(form: str, told: str) -> datetime:
    return datetime.strptime(told, form)


_PARSERS: tuple[Callable[[str], datetime], ...] = (
    datetime.fromisoformat,
    parsedate_to_datetime,
    *(partial(_written, form) for form in _WRITTEN),
)
