"""The prose view: a text of the same length in which markup is blank, and the links that the markup held.

Markdown and stray HTML are read, not scored as characters. Blanks take the place of what is no prose (link targets,
images, code, tables, tags, front matter, bare addresses), so every offset in the view is an offset into the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from quality.document import Document, Span

# Each pattern starts with a literal and holds no nested repetition, so that its time is linear in the text.
_FRONT_MATTER = re.compile(r"\A\ufeff?(---|\+\+\+)[ \t]*\n(?:(?!\1)[^\n]*\n){0,200}?\1[ \t]*\n")
_RULE = re.compile(r"^[ \t]*-(?:[ \t]*-){2,}[ \t]*$", re.M)  # a rule, or the line under a heading
_BLOCKS = (
    ("```", re.compile(r"^[ \t]*```[^\n]*\n(?:(?![ \t]*```)[^\n]*\n)*[ \t]*```[ \t]*$", re.M)),
    ("~~~", re.compile(r"^[ \t]*~~~[^\n]*\n(?:(?![ \t]*~~~)[^\n]*\n)*[ \t]*~~~[ \t]*$", re.M)),
    ("---", _RULE),
    ("- -", _RULE),
    # Rows all of whose cells are short; a cell with a paragraph in it is layout, and its words are prose.
    ("|", re.compile(r"^[ \t]*\|(?:[^|\n]{0,100}\|)+[ \t]*$", re.M)),
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


class Link(NamedTuple):
    """A link of the text: where it stands, its address, and its kind."""

    span: Span
    url: str
    kind: str  # "outbound", "own" or "affiliate"


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
    if any(mark in url for mark in _AFFILIATE):
        return "affiliate"
    _, slashes, rest = url.partition("//")
    host = rest.partition("/")[0] if slashes else url.partition("/")[0] if url.startswith("www.") else ""
    return "own" if not host or host == home else "outbound"


def _links(matches: Iterable[re.Match[str]], group: int, home: str) -> Iterator[Link]:
    for match in matches:
        if match[group] and not match[group].startswith(_NO_PAGE):
            yield Link(Span(*match.span()), match[group], link_kind(match[group], home))


def _taken_out(text: str, pattern: re.Pattern[str]) -> tuple[str, list[re.Match[str]]]:
    """The text with every match blank, and the matches: one search for both."""
    found = list(pattern.finditer(text))
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
    home = _host(document.url)
    if text.startswith(("---", "+++", "\ufeff")):
        text = _FRONT_MATTER.sub(_blank, text, count=1)
    for mark, pattern in _BLOCKS:
        if mark in text:
            text = pattern.sub(_blank, text)
    if "<!--" in text or "</s" in text or "</S" in text:
        for opening, closing in _BETWEEN:
            text = _blank_between(text, opening, closing)
    if "![" in text:
        text = _IMAGE.sub(_blank, text)
    links = list(_links(_ANCHOR.finditer(text), 1, home)) if "<" in text else []
    for mark, pattern in (("](", _LINK), ("]:", _REFERENCE)):
        if mark in text:
            text, found = _taken_out(text, pattern)
            links += _links(found, 1, home)
    if "<" in text:
        text = _TAG.sub(_blank, text)
    text = text.replace("[", " ").replace("]", " ") if "[" in text or "]" in text else text
    if "http" in text or "www." in text:
        text, found = _taken_out(text, _BARE)
        links += _links(found, 0, home)
    return Prose(text, tuple(sorted(links)))


def _host(url: str) -> str:
    """The host of an address; of what is none, nothing: a bad address is no reason to give its text no score."""
    try:
        return urlsplit(url).netloc
    except ValueError:
        return ""
