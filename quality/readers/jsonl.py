"""Reader of JSON lines: one object a line. Bytes go straight to the parser; a bad line is a reject, the rest goes on.

`lines` and `document` are the two halves of `read`, for whoever wants to parse elsewhere than where the input is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any, BinaryIO, NamedTuple

import orjson

from quality.document import Document
from quality.readers import fields
from quality.readers.base import Options, Reject

DEEPEST = 200
"""Levels of nesting in a record, at most: more cannot be written again (orjson stops at 254)."""

SKIP = 1 << 16
"""Bytes of an overlong line that are held while it is skipped."""

_FLAT = frozenset({str, int, float, bool, type(None)})


class Line(NamedTuple):
    """A line of the input, counted from 1, as it came."""

    number: int
    content: bytes


def read(stream: BinaryIO, source: str, options: Options) -> Iterator[Document | Reject]:
    r"""A document or a reject for each line that is not blank.

    >>> import io
    >>> [first, second] = read(io.BytesIO(b'{"text": "Bees hum."}\nBees hum.\n'), "a.jsonl", Options())
    >>> first.text, second.place
    ('Bees hum.', 'line 2')
    """
    for line in lines(stream, source, options):
        yield line if isinstance(line, Reject) else document(line, source, options)


def lines(stream: BinaryIO, source: str, options: Options, first: int = 1) -> Iterator[Line | Reject]:
    """Lines that are not blank, from number ``first`` on; of one over ``options.max_record`` no more is held."""
    most = options.max_record
    for number in count(first):
        content = stream.readline(most + 2)
        if not content:
            return
        if len(content) > most and len(content.rstrip(b"\r\n")) > most:
            while content and not content.endswith(b"\n"):
                content = stream.readline(SKIP)
            yield Reject(source, f"line {number}", "", f"is larger than {most} bytes (see --max-record)")
        elif not content.isspace():
            yield Line(number, content.removeprefix(b"\xef\xbb\xbf") if number == 1 else content)


def document(line: Line, source: str, options: Options) -> Document | Reject:
    """Document of a line, or a reject."""
    number, content = line
    place = f"line {number}"
    try:
        record = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        return Reject(source, place, "", f"is not JSON: {error.msg} at byte {error.pos}")
    if not isinstance(record, dict):
        return Reject(source, place, "", "is JSON, but no object")
    if not _FLAT.issuperset(map(type, record.values())) and is_deep(record):
        return Reject(source, place, "", f"nests more than {DEEPEST} levels deep")
    return fields.document(record, source, place, options)


def is_deep(value: Any) -> bool:
    """Whether a value of JSON nests more than ``DEEPEST`` levels deep.

    >>> is_deep([[]]), is_deep(orjson.loads("[" * 201 + "]" * 201))
    (False, True)
    """
    level = [value]
    for _ in range(DEEPEST + 1):
        inner = [one.values() if isinstance(one, dict) else one for one in level if isinstance(one, (dict, list))]
        if not inner:
            return False
        level = [one for values in inner for one in values]
    return True
