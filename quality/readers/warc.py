"""Reader of WARC, WET and ARC: pages of a crawl, one record at a time.

Responses and resources that are HTML or text give documents; errors, revisits and other media are rejects that say
what they are; requests and metadata are no pages and pass in silence. WET's texts have lost their links.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.message import Message
from typing import TYPE_CHECKING, Any, BinaryIO

from quality.document import Document
from quality.errors import InputError
from quality.readers.base import Options, Reject, link_state, needed
from quality.readers.decode import decode
from quality.readers.html import DECLARED, DECLARED_WITHIN, extract

if TYPE_CHECKING:
    from warcio.recordloader import ArcWarcRecord

PAGES = frozenset({"response", "resource", "conversion", "revisit"})
HTML = frozenset({"text/html", "application/xhtml+xml"})
LOGS = "metadata:"
"""Addresses under which crawlers keep their logs."""

OK = "200"
SNIFFED = 512
"""First bytes of a page of no declared type in which markup is looked for."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it stands in an archive: cutting it out is quick, reading it is not and can wait.

    ``place`` is its reject without the reason.
    """

    body: bytes
    media: str
    charset: str
    url: str
    date: str
    place: Reject

    def __len__(self) -> int:
        return len(self.body)

    def read(self, options: Options) -> Document | Reject:
        """Its document, or its reject."""
        try:
            found = self._content(options)
        except InputError as error:
            return replace(self.place, reason=error.reason)
        if isinstance(found, Reject):
            return replace(self.place, reason=found.reason)
        address = self.url if self.url.startswith(("http://", "https://")) else found.url
        fields = {"id": self.place.id, "url": address, "title": found.title, "date": self.date, "text": found.text}
        return replace(found, id=self.place.id, source=self.place.source, url=address, record=fields)

    def _content(self, options: Options) -> Document | Reject:
        text = decode(self.body, self.url, self.charset or _declared(self.body))
        if self.media in HTML or (not self.media and b"<html" in self.body[:SNIFFED].lower()):
            return extract(text, self.place.source, options)
        kept = False  # neither text/plain nor WET keeps links
        return Document(text, links=link_state(text, options, kept))


def read(stream: BinaryIO, source: str, options: Options) -> Iterator[Document | Reject]:
    """A document or a reject for each page, and a reject for each damage; an archive without pages is a reject.

    Raises:
        InputError: when warcio is not installed.
    """
    return (one.read(options) if isinstance(one, Page) else one for one in unread(stream, source, options))


def unread(stream: BinaryIO, source: str, options: Options) -> Iterator[Page | Reject]:
    """The same with the pages still to be read.

    Raises:
        InputError: when warcio is not installed.
    """
    with needed(source, "WARC", "warcio", "warc"):
        from quality.readers.archive import Damage, records
    kinds: Counter[str] = Counter()
    pages = 0
    for number, record in enumerate(records(stream), 1):
        place = f"record {number}"
        if isinstance(record, Damage):
            kinds["damaged"] += 1
            yield Reject(source, place, "", record.reason)
            continue
        url = record.rec_headers.get_header("WARC-Target-URI") or ""
        kinds[record.rec_type or "nameless"] += 1
        if record.rec_type in PAGES and not url.startswith(LOGS):
            pages += 1
            own = record.rec_headers.get_header("WARC-Record-ID") or url
            yield _page(record, url, Reject(source, place, own, ""), options)
    if not pages:
        others = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
        yield Reject(source, "", "", f"has no pages; its records: {others or 'none'}")


def _page(record: ArcWarcRecord, url: str, place: Reject, options: Options) -> Page | Reject:
    date = record.rec_headers.get_header("WARC-Date") or ""
    try:
        media, charset = _page_media(record, url)
        return Page(_body(record, url, options), media, charset, url, date, place)
    except InputError as error:
        return replace(place, reason=error.reason)


def _page_media(record: ArcWarcRecord, url: str) -> tuple[str, str]:
    """Media type and charset of a page.

    Raises:
        InputError: with the reason why it is none.
    """
    if record.rec_type == "revisit":
        raise InputError(url, "is a revisit: its content is in an earlier record")
    status = record.http_headers.get_statuscode() if record.http_headers else OK
    if status != OK:
        raise InputError(url, f"is no page: HTTP status {status}")
    media, charset = _media(record)
    if media not in HTML and media != "text/plain" and media:
        raise InputError(url, f"is no page: {media}")
    return media, charset


def _media(record: ArcWarcRecord) -> tuple[str, str]:
    """Media type and charset that a page declares, in small letters; empty where it does not."""
    headers = record.http_headers or record.rec_headers
    message = Message()
    message["Content-Type"] = " ".join((headers.get_header("Content-Type") or "").split())
    if not message["Content-Type"]:
        return "", ""
    return message.get_content_type(), str(message.get_content_charset() or "")


def _declared(body: bytes) -> str:
    found = DECLARED.search(body[:DECLARED_WITHIN])
    return found[1].decode() if found else ""


def _body(record: Any, url: str, options: Options) -> bytes:
    """Content of a page without its transfer and content encodings."""
    from quality.readers.archive import is_cut

    try:
        body: bytes = record.content_stream().read(options.max_record + 1)
    except Exception as error:  # each decoder has exceptions of its own
        raise InputError(url, f"cannot be unpacked ({type(error).__name__}: {error})") from None
    if is_cut(record):
        raise InputError(url, "breaks off: the archive is cut short")
    if len(body) > options.max_record:
        raise InputError(url, f"is larger than {options.max_record} bytes (see --max-record)")
    return body
