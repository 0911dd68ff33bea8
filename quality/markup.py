"""The prose view: a text of the same length in which markup is blank, and the links that the markup held.

Markdown and stray HTML are read, not scored as characters. Blanks take the place of what is no prose (link targets,
images, code, tables, tags, front matter, bare addresses), so every offset in the view is an offset into the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from quality.document import Document, Span

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
_LINK = re.compile(r"\]\(\s{0,9}<?([^()\s<>]{0,2000}(?:\([^()\s]{0,500}\)[^()\s]{0,500})?)>?[^()\n]{0,300}\)")
_REFERENCE = re.compile(r"^\[[^\[\]\n]{1,200}\]:[ \t]*(\S{1,2000})[^\n]*$", re.M)
_BARE = re.compile(r"(?:https?://|www\.)[^\s<>\")\]]{0,2000}[^\s<>\")\].,;:!?'*_]")  # a closing mark is the sentence's
_ANCHOR = re.compile(r"""<a\s[^<>]{0,500}?href\s*=\s*["']?([^"'\s<>]{1,2000})""", re.I)
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


LINK_KINDS = ("outbound", "own", "affiliate")


class Link(NamedTuple):
    """A link of the text: where it stands, its address, and its kind."""

    span: Span
    url: str
    kind: str  # one of LINK_KINDS


class Prose(NamedTuple):
    """``text``: the prose, as long as the document's text. ``links``: in order of their place."""

    text: str
    links: tuple[Link, ...]


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


def _links(matches: Iterable[re.Match[str]], group: int, page: str) -> Iterator[Link]:
    home = _host(page)
    for match in matches:
        url = match[group]
        if url and not url.startswith(_NO_PAGE):
            yield Link(Span(*match.span()), url, link_kind(url, home))


@lru_cache(maxsize=256)
def _host(url: str) -> str:
    """The host of an address; of what is none, nothing: a bad address is no reason to give its text no score."""
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


def _taken_out(text: str, matches: Iterable[re.Match[str]]) -> tuple[str, list[re.Match[str]]]:
    """The text with every match blank, and the matches: one search for both."""
    found = list(matches)
    parts: list[str] = []
    at = 0
    for match in found:
        parts += text[at : match.start()], _spaces(match[0])
        at = match.end()
    return "".join(parts) + text[at:] if found else text, found


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
    if "<" in text or "[" in text or "]" in text:
        text, links = _without_marks(text, document.url)
    else:
        links = []
    if "www." in text or ("/" in text and "http" in text):
        text, found = _taken_out(text, _addresses(text))
        links += _links(found, 0, document.url)
    return Prose(text, tuple(sorted(links)))


def _without_marks(text: str, page: str) -> tuple[str, list[Link]]:
    """The text without HTML's marks and Markdown's brackets, and their links."""
    tags = "<" in text
    if tags and ("<!--" in text or "</s" in text or "</S" in text):
        for opening, closing in _BETWEEN:
            text = _blank_between(text, opening, closing)
    if "!" in text and "![" in text:
        text = _IMAGE.sub(_blank, text)
    links = list(_links(_ANCHOR.finditer(text), 1, page)) if tags else []
    for mark, pattern in (("](", _LINK), ("]:", _REFERENCE)):
        if mark in text:
            text, found = _taken_out(text, pattern.finditer(text))
            links += _links(found, 1, page)
    if tags:
        text = _TAG.sub(_blank, text)
    return text.replace("[", " ").replace("]", " "), links
