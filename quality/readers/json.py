"""Reader of JSON: arrays of records at any depth, a record alone, JSON Feed, trafilatura's output; streamed.

A record is an object with a text of its own. What stands around records (an object by newspaper, a feed's head) is a
container: it is walked through and not held. Objects without a text are rejects where they stand among records, and
fields where they stand in one (an article's list of authors).
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Generator, Iterator
from typing import Any, BinaryIO, cast

from quality.document import Document
from quality.errors import InputError
from quality.readers import fields
from quality.readers.base import Options, Reject
from quality.readers.decode import encoding
from quality.readers.jsonl import DEEPEST

PIECE = 1 << 20
"""Bytes that are parsed at a time; sizes are known to within one. The parser copies a long string once for each."""

HEAD = 1 << 16
"""Bytes that tell the encoding."""

HELD = 1000
"""Objects without a text that are held until it is known whose they are."""

Event = tuple[str, Any]
Events = Iterator[Event]
Found = Document | Reject

_STARTS = ("start_map", "start_array")
_ENDS = ("end_map", "end_array")
_GIVEN: Any = object()
"""What is left of a value whose records were given out."""


def read(stream: BinaryIO, source: str, options: Options) -> Iterator[Found]:
    """A document or a reject for each record; several values may follow one another.

    Raises:
        InputError: when it is no JSON, or breaks off, before the first record.

    >>> import io
    >>> content = b'{"papers": {"Post": {"articles": [{"text": "Bees hum."}, {"text": ""}]}}}'
    >>> [one.place if isinstance(one, Reject) else one.text for one in read(io.BytesIO(content), "-", Options())]
    ['Bees hum.', 'record 2']
    """
    import ijson

    measured = _Measured(stream, source, options.max_record)
    walk = _Walk(measured, source, options)
    # With floats a number that no 64 bits hold is an error; Python's own conversions fail where ijson cannot bear it.
    events = ijson.basic_parse(measured, multiple_values=True, buf_size=PIECE, use_float=True)
    try:
        yield from walk.values(measured.events(events))
    except (ijson.JSONError, _OversizeError) as error:
        reason = f"is not JSON from about byte {measured.position} on: {_line(error)}"
        if not walk.number:
            raise InputError(source, reason) from None
        yield walk.reject(reason)
    if not walk.number and not walk.empty:
        yield Reject(source, "", "", "holds no record: no object in it has a text (see --text-key)")


class _OversizeError(Exception):
    """One string or number is larger than a record may be."""


class _Measured:
    """A stream as UTF-8 that knows how much was read of it, in all and since the parser last gave an event."""

    def __init__(self, stream: BinaryIO, source: str, most: int) -> None:
        self._stream = io.BufferedReader(cast(io.RawIOBase, stream), PIECE)
        self._decoder = codecs.getincrementaldecoder(encoding(self._stream.peek(HEAD)[:HEAD], source))("replace")
        self._most = most
        self.position = self._silent = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes, unless the parser has swallowed too many for one value."""
        if self._silent > self._most:
            raise _OversizeError(f"a value of more than {self._most} bytes (see --max-record)")
        content = self._stream.read(size)
        self.position += len(content)
        self._silent += len(content)
        text = self._decoder.decode(content, final=not content)
        return text.encode() or (self.read(size) if content else b"")  # nothing stands for the end

    def events(self, events: Events) -> Events:
        """The parser's events."""
        for event in events:
            self._silent = 0
            yield event


class _Walk:
    """Gives the records of a stream of events, in order; ``number`` counts them.

    The generators below yield what they find and return what is left of a value: itself when it holds no record.
    ``within`` says that it stands in a record, so that it is a field whatever it looks like.
    """

    def __init__(self, measured: _Measured, source: str, options: Options) -> None:
        self._measured, self._source, self._options = measured, source, options
        self._limit = options.max_record + PIECE
        self.number = 0
        self.empty = False  # whether all there is is an empty list

    def values(self, events: Events) -> Iterator[Found]:
        """Records of all values of a stream."""
        for first in events:
            rest = yield from self._value(first, events, 0, within=False)
            yield from self._left(rest, every=isinstance(rest, list))
            self.empty = rest == []

    def reject(self, reason: str) -> Reject:
        """A reject in the place of the next record."""
        self.number += 1
        return Reject(self._source, f"record {self.number}", "", reason)

    def _value(self, first: Event, events: Events, level: int, within: bool) -> Generator[Found, None, Any]:
        event, value = first
        if event not in _STARTS:
            return value
        if level >= DEEPEST:
            _skip(events)
            yield self.reject(f"nests more than {DEEPEST} levels deep")
            return _GIVEN
        part = self._object if event == "start_map" else self._array
        return (yield from part(events, level + 1, within))

    def _object(self, events: Events, level: int, within: bool) -> Generator[Found, None, Any]:
        record: dict[str, Any] = {}
        begun, given, whole, large = self._measured.position, self.number, within, False
        for event, key in events:
            if event == "end_map":
                break
            value = yield from self._value(next(events), events, level, whole)
            whole = whole or self._is_text(key, value)
            if self.number > given and not whole:
                yield from self._left(value, every=False)
            elif self._measured.position - begun > self._limit:
                record, large = {}, True
            elif value is not _GIVEN:
                record[key] = value
        if within or (self.number == given and not whole and not large):
            return record
        if large and (whole or self.number == given):
            yield self.reject(f"is larger than {self._options.max_record} bytes (see --max-record)")
        elif whole:
            yield self._document(record)
        else:
            yield from self._left(record, every=False)
        return _GIVEN

    def _array(self, events: Events, level: int, within: bool) -> Generator[Found, None, Any]:
        held: list[Any] = []
        begun, given = self._measured.position, self.number
        for first in events:
            if first[0] == "end_array":
                break
            value = yield from self._value(first, events, level, within)
            if value is not _GIVEN:
                held.append(value)
            if self.number > given and not within:
                yield from self._left(held, every=True)
                held = []
            elif self._measured.position - begun > self._limit or (len(held) > HELD and isinstance(value, dict)):
                yield from self._left([] if within else held, every=False)
                held = []
        return _GIVEN if self.number > given and not within else held

    def _is_text(self, key: str, value: Any) -> bool:
        return isinstance(value, (str, list, dict)) and fields.has_text({key: value}, self._options)

    def _left(self, value: Any, every: bool) -> Iterator[Found]:
        """What was held and is no record's: rejects for all elements of a list, or for those that look like records."""
        if isinstance(value, dict):
            for inner in value.values():
                yield from self._left(inner, every=False)
        elif isinstance(value, list):
            for one in value:
                if isinstance(one, dict) and (every or fields.is_record(one, self._options)):
                    yield self._document(one)
                elif every:
                    yield self.reject("is no object")
                else:
                    yield from self._left(one, every=False)

    def _document(self, record: dict[str, Any]) -> Found:
        self.number += 1
        return fields.document(record, self._source, f"record {self.number}", self._options)


def _skip(events: Events) -> None:
    """Go on to the end of the value that has begun."""
    level = 1
    while level:
        event, _ = next(events)
        level += (event in _STARTS) - (event in _ENDS)


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:100]
