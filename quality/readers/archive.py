"""Records of a WARC or ARC archive, parsed by warcio; after damage it goes on at the next record that can be seen."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord, ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeadersParserException

HEADERS = 1 << 20
"""Bytes of headers in a record, at most."""

PIECE = 1 << 16
"""Bytes of a line, or of what is skipped, that are held at a time."""

logging.getLogger("warcio").addHandler(logging.NullHandler())  # what goes wrong is told by the result

_START = re.compile(rb"WARC/\d|filedesc://|[a-z][\w+.-]*:\S* \d+\.\d+\.\d+\.\d+ \d{14} \S+ \d+\s*\Z")


class Damage(NamedTuple):
    """A place where an archive has no record, and why."""

    reason: str


def records(stream: BinaryIO) -> Iterator[ArcWarcRecord | Damage]:
    """Records of an archive, in order, each to be read before the next is asked for."""
    lines = _Lines(stream)
    loader = ArcWarcRecordLoader(verify_http=False, arc2warc=True)
    while True:
        line, skipped = lines.next_start()
        if skipped:
            yield Damage(
                f"{skipped} bytes belong to no record: the length of the one before is wrong, or it is no archive"
            )
        if not line:
            return
        try:
            record = loader.parse_record_stream(lines, line)
            if record.length is None:
                raise ArchiveLoadFailed("no length")
        except AttributeError:  # warcio meets a response without an address
            yield Damage("has damaged headers: no WARC-Target-URI")
            continue
        except (ArchiveLoadFailed, StatusAndHeadersParserException, EOFError, ValueError) as error:
            yield Damage(f"has damaged headers: {' '.join(str(error).split())[:100]}")
            continue
        if not line.startswith(b"WARC/"):  # ARC has no ids, and warcio draws them by lot: others each time
            record.rec_headers.remove_header("WARC-Record-ID")
        yield record
        is_cut(record)


def is_cut(record: ArcWarcRecord) -> bool:
    """Read what is left of a record; whether the archive ends before the record does."""
    while record.raw_stream.read(PIECE):
        pass
    return bool(getattr(record.raw_stream, "limit", 0))


class _Lines:
    """A stream whose lines are never long, and few between two records: a parser of headers trusts it with memory."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._left = HEADERS
        self._position = 0

    def next_start(self) -> tuple[bytes, int]:
        """The first line of the next record, empty at the end; and how many bytes before it were not blank."""
        skipped = 0
        while True:
            self._left = HEADERS
            line = self.readline()
            if not line or _START.match(line):
                return line, skipped
            skipped += len(line.strip(b"\0\r\n"))

    def readline(self, size: int | None = None) -> bytes:
        """The next line, or its beginning.

        Raises:
            ArchiveLoadFailed: when headers do not end.
        """
        line = self._stream.readline(min(PIECE, PIECE if size is None else size))
        self._left -= len(line)
        self._position += len(line)
        if self._left < 0:
            raise ArchiveLoadFailed(f"more than {HEADERS} bytes")
        return line

    def read(self, size: int = PIECE) -> bytes:
        """The next bytes."""
        content = self._stream.read(size)
        self._position += len(content)
        return content

    def tell(self) -> int:
        """Bytes read so far."""
        return self._position
