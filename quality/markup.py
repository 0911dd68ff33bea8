"""The prose view: a text of the same length in which markup is blank, and the links that the markup held.

Markdown and stray HTML are read, not scored as characters. Blanks take the place of what is no prose (link targets,
images, code, tables, tags, front matter, bare addresses), so every offset in the view is an offset into the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

import numpy as np

from quality import kernel
from quality.document import Document
from quality.fold import Codes, Ints, codes_of

# Each pattern starts with a literal and holds no nested repetition, so that its time is linear in the text.
_FRONT_MATTER = re.compile(r"\A\ufeff?(---|\+\+\+)[ \t]*\n(?:(?!\1)[^\n]*\n){0,200}?\1[ \t]*\n")
_HYPHENS = re.compile("-(?:--| -)")  # what every rule holds
_RULE = re.compile(r"^[ \t]*-(?:[ \t]*-){2,}[ \t]*$", re.M)  # a rule, or the line under a heading
_BLOCKS = (  # a sign that is looked for first, as a single one is found much faster; the mark; the pattern
    ("`", "```", re.compile(r"^[ \t]*```[^\n]*\n(?:(?![ \t]*```)[^\n]*\n)*[ \t]*```[ \t]*$", re.M)),
    ("~", "~~~", re.compile(r"^[ \t]*~~~[^\n]*\n(?:(?![ \t]*~~~)[^\n]*\n)*[ \t]*~~~[ \t]*$", re.M)),
    # Rows all of whose cells are short; a cell with a paragraph in it is layout, and its words are prose.
    ("|", "|", re.compile(r"^[ \t]*\|(?:[^|\n]{0,100}\|)+[ \t]*$", re.M)),
)
_BETWEEN = (
    (re.compile(r"<!--"), re.compile(r"-->")),
    (re.compile(r"<script\b", re.I), re.compile(r"</script\b[^<>]*>", re.I)),
    (re.compile(r"<style\b", re.I), re.compile(r"</style\b[^<>]*>", re.I)),
)
_TAG = re.compile(r"</?(?!https?:)[A-Za-z][^<>]{0,2000}>")
_IMAGE = re.compile(r"!\[[^\[\]]{0,500}\]\([^()\s]{0,2000}(?:\([^()\s]{0,500}\))?[^()\n]{0,300}\)")
_LINK = re.compile(r"(\]\(\s{0,9}<?([^()\s<>]{0,2000}(?:\([^()\s]{0,500}\)[^()\s]{0,500})?)>?[^()\n]{0,300}\))")
_REFERENCE = re.compile(r"(^\[[^\[\]\n]{1,200}\]:[ \t]*(\S{1,2000})[^\n]*$)", re.M)
_BARE = re.compile(r"(?:https?://|www\.)[^\s<>\")\]]{0,2000}[^\s<>\")\].,;:!?'*_]")  # a closing mark is the sentence's
_ANCHOR = re.compile(r"""<a\s[^<>]{0,500}?href\s*=\s*["']?([^"'\s<>]{1,2000})""", re.I)
_HOST = re.compile(r"https?://([A-Za-z0-9.-]+)(?:[/?#]|\Z)")  # which is all that most addresses begin with
_NO_PAGE = ("#", "mailto:", "tel:", "javascript:")
# Marks of addresses that pay for clicks, after the documentation of the large affiliate programmes.
_AFFILIATE = (
    "?tag=",
    "&tag=",
    "?ref=",
    "&ref=",
    "?aff",
    "&aff",
    "?partner=",
    "amzn.to",
    "/aff/",
    "shareasale",
    "clickbank",
    "hop.link",
)


_ALONE, _THRICE = "\r<|[]", "`~-"  # signs of marks, and those that are one when they come thrice
_BYTE_ORDER = 0xFEFF  # the mark of it, before which front matter is looked for too
LINK_KINDS = ("outbound", "own", "affiliate")


class Link(NamedTuple):
    """A link of the text: its address, and its kind."""

    url: str
    kind: str  # one of LINK_KINDS


class Prose(NamedTuple):
    """``text``: the prose, as long as the document's text. ``links``: of each form in order of their place."""

    text: str
    links: tuple[Link, ...]


class Laid(NamedTuple):
    """Prose views of d documents laid end to end. ``codes``: uint32[n], a zero before each view and after the last.

    ``first``: where each view begins, int64[d]; ``links``: int64[d, 3], how many of each of ``LINK_KINDS`` it has.
    """

    codes: Codes
    first: Ints
    links: Ints


def _spaces(text: str) -> str:
    return "\n".join(" " * len(line) for line in text.split("\n")) if "\n" in text else " " * len(text)


def _blank(match: re.Match[str]) -> str:
    return _spaces(match[0])


def _blank_between(text: str, opening: re.Pattern[str], closing: re.Pattern[str]) -> str:
    """Blank from each opening mark to the next closing one; one that nothing closes stays, and is looked for once."""
    parts: list[str] = []
    at = 0
    while (start := opening.search(text, at)) and (end := closing.search(text, start.end())):
        parts += text[at : start.start()], _spaces(text[start.start() : end.end()])
        at = end.end()
    return "".join(parts) + text[at:] if parts else text


def link_kind(url: str, home: str = "") -> str:
    """Kind of an address: ``affiliate``, ``own`` (relative, or on the host ``home``) or ``outbound``.

    >>> link_kind("/about"), link_kind("https://a.example/x?tag=me-20"), link_kind("https://b.example/")
    ('own', 'affiliate', 'outbound')
    """
    for mark in _AFFILIATE:
        if mark in url:
            return "affiliate"
    _, slashes, rest = url.partition("//")
    host = rest.partition("/")[0] if slashes else url.partition("/")[0] if url.startswith("www.") else ""
    return "own" if not host or host == home else "outbound"


def _links(urls: Iterable[str], page: str) -> list[Link]:
    home = _host(page)
    return [Link(url, link_kind(url, home)) for url in urls if url and not url.startswith(_NO_PAGE)]


def _host(url: str) -> str:
    """The host of an address; of what is none, nothing: a bad address is no reason to give its text no score."""
    usual = _HOST.match(url)
    return usual[1] if usual else _split_host(url)


@lru_cache(maxsize=256)
def _split_host(url: str) -> str:
    try:
        return urlsplit(url).netloc
    except ValueError:
        return ""


def _addresses(text: str) -> Iterator[re.Match[str]]:
    """Bare addresses. Looking for how they begin is many times as fast as trying the pattern everywhere."""
    places = {mark: text.find(mark) for mark in ("http", "www.")}
    while (at := min((place for place in places.values() if place >= 0), default=-1)) >= 0:
        if match := _BARE.match(text, at):
            yield match
        after = match.end() if match else at + 1
        for mark, place in places.items():
            if 0 <= place < after:
                places[mark] = text.find(mark, after)


def _addresses_taken_out(text: str) -> tuple[str, list[str]]:
    parts: list[str] = []
    urls: list[str] = []
    at = 0
    for match in _addresses(text):
        parts += text[at : match.start()], " " * len(match[0])
        urls.append(match[0])
        at = match.end()
    return "".join(parts) + text[at:] if urls else text, urls


def _taken_out(text: str, pattern: re.Pattern[str]) -> tuple[str, list[str]]:
    """The text with every match blank, and the addresses: the pattern has a group for itself, and one for them."""
    parts = pattern.split(text)
    urls = parts[2::3]
    del parts[2::3]
    parts[1::2] = map(_spaces, parts[1::2])
    return "".join(parts), urls


def prose(document: Document) -> Prose:
    """The prose view of a document.

    >>> prose(Document("See [the report](https://a.example/r).")).text
    'See  the report                      .'
    """
    text = document.text.replace("\0", " ") if "\0" in document.text else document.text
    if "\r" in text:
        text = text.replace("\r\n", " \n").replace("\r", "\n")
    if text.startswith(("---", "+++", "\ufeff")):
        text = _FRONT_MATTER.sub(_blank, text, count=1)
    for sign, mark, pattern in _BLOCKS:
        if sign in text and mark in text:
            text = pattern.sub(_blank, text)
    if _HYPHENS.search(text):
        text = _RULE.sub(_blank, text)
    text, urls = _without_marks(text) if "<" in text or "[" in text or "]" in text else (text, [])
    if "www." in text or ("/" in text and "http" in text):
        text, bare = _addresses_taken_out(text)
        urls += bare
    return Prose(text, tuple(_links(urls, document.url)))


def _without_marks(text: str) -> tuple[str, list[str]]:
    """The text without HTML's marks and Markdown's brackets, and the addresses that they held."""
    tags = "<" in text
    if tags and ("<!--" in text or "</s" in text or "</S" in text):
        for opening, closing in _BETWEEN:
            text = _blank_between(text, opening, closing)
    if "!" in text and "![" in text:
        text = _IMAGE.sub(_blank, text)
    urls = _ANCHOR.findall(text) if tags else []
    for mark, pattern in (("](", _LINK), ("]:", _REFERENCE)):
        if mark in text:
            text, found = _taken_out(text, pattern)
            urls += found
    if tags:
        text = _TAG.sub(_blank, text)
    return text.replace("[", " ").replace("]", " "), urls


def _joined(documents: Sequence[Document]) -> tuple[Codes, Ints]:
    """The texts of some documents, as they are laid, and where each begins, and where another one would."""
    texts = [one.text for one in documents]
    first = np.array([1, *map(len, texts)], np.int64)
    first[1:] += 1
    return codes_of("\0".join(("", *texts, ""))), np.cumsum(first)


def _filled(documents: Sequence[Document], codes: Codes, first: Ints, links: Ints, left: Ints) -> Laid:
    """Views laid, after those that are ``left`` took the place of their texts."""
    for doc in left.tolist():
        found = prose(documents[doc])
        codes[first[doc] : first[doc + 1] - 1] = codes_of(found.text)
        links[doc] = [sum(link.kind == kind for link in found.links) for kind in LINK_KINDS]
    return Laid(codes, first[:-1], links)


def _laid(documents: Sequence[Document]) -> Laid:
    codes, first = _joined(documents)
    homes = [_host(one.url) for one in documents]
    home_first = np.cumsum([1, *(len(one) + 1 for one in homes)])
    links, left = np.zeros((len(documents), len(LINK_KINDS)), np.int64), np.zeros(len(documents), np.uint8)
    kernel.call("markup", codes, first, len(documents), codes_of("\0".join(("", *homes, ""))), home_first, links, left)
    return _filled(documents, codes, first, links, np.flatnonzero(left))


@kernel.twin(_laid)
def laid(documents: Sequence[Document]) -> Laid:
    """The prose views of some documents.

    >>> views = laid([Document("[It](https://a.example)."), Document("No.")])
    >>> views.codes.tobytes().decode("utf-32-le").replace("\\0", "|"), views.links.tolist()
    ('| It                    .|No.|', [[1, 0, 0], [0, 0, 0]])
    """
    codes, first = _joined(documents)
    links = np.zeros((len(documents), len(LINK_KINDS)), np.int64)
    return _filled(documents, codes, first, links, _marked(codes, first))


def _marked(codes: Codes, first: Ints) -> Ints:
    """Texts that hold a sign without which no text has marks or addresses, and some more."""
    low = np.append(codes, [0, 0]).astype(np.uint8)  # of the other characters some look like a sign
    near = (low[:-2] == ord("w")) & (low[1:-1] == ord("w"))
    for sign in _ALONE + _THRICE + ":":
        near |= low[:-2] == ord(sign)
    at = np.flatnonzero(near)
    one, two, three = low[at], low[at + 1], low[at + 2]
    found = np.isin(one, np.frombuffer(_ALONE.encode(), np.uint8)) | ((two == ord("/")) & (three == ord("/")))
    found |= (one == three) & ((one == two) | (two == ord(" ")))
    marked = np.isin(codes[first[:-1]], (ord("+"), _BYTE_ORDER))
    marked[np.searchsorted(first, at[found], side="right") - 1] = True
    zeros = np.searchsorted(first, np.flatnonzero(codes == 0)[1:], side="right") - 1
    return np.flatnonzero(marked | (np.bincount(zeros) > 1))
