"""Fragments of HTML, as feeds and exports hold them, to Markdown with links: all of it is text, nothing is left out.

Whole pages have menus and footers and go through `html`; a fragment is the text itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

_SKIPPED = re.compile(r"script|style|noscript|template|iframe|svg|head|select|button|object|audio|video|math").fullmatch
_BLOCK = re.compile(
    r"address|article|aside|blockquote|body|center|d[dlt]|div|fieldset|figcaption|figure|footer|form|header|hr|main|nav"
    r"|[ou]l|p|pre|section|table"
).fullmatch
_OPENING = {"br": "\n", "li": "\n- ", "tr": "\n", "td": " | ", "th": " | "} | {
    f"h{n}": f"\n\n{'#' * n} " for n in range(1, 7)
}
_CLOSING = {f"h{n}": "\n\n" for n in range(1, 7)}
_SPACE = re.compile(r"\s+")
_GAP = re.compile(r"\n\s*\n\s*")
_LINE = re.compile(r"(?<![ \t\xa0])[ \t\xa0]*+\n[ \t\xa0]*+")
_LINES = re.compile(r"\n{3,}")
_NO_WORDS = re.compile(r"\[\s*+\]\([^()\s]*+\)")


def markdown(fragment: str) -> str:
    """Markdown of a fragment of HTML: paragraphs, headings, lists and links; empty when it has no words.

    Where it has no paragraphs of its own, empty lines part them (as blogs' exports do).

    >>> markdown('<p>Bees <b>hum</b>.</p><ul><li>See <a href="https://example.org/a">this</a></ul>')
    'Bees hum.\\n\\n- See [this](https://example.org/a)'
    """
    from lxml import html

    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True, remove_pis=True)
    root = html.document_fromstring(f"<div>{fragment}</div>".encode("utf-8", "replace"), parser=parser)
    gap = " " if "<p" in fragment.lower() else "\n\n"
    text = _NO_WORDS.sub("", "".join(_pieces(root, gap)))
    return _LINES.sub("\n\n", _LINE.sub("\n", text)).strip()


def _pieces(root: _Element, gap: str) -> Iterator[str]:
    """Pieces of Markdown in order; ``gap`` is what an empty line in the source stands for."""
    from lxml import etree

    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = str(element.tag)
        if event == "end":
            yield from _close(element, tag, gap)
        elif _SKIPPED(tag):
            walk.skip_subtree()
        else:
            yield _OPENING.get(tag) or ("\n\n" if _BLOCK(tag) else "[" if _target(element, tag) else "")
            yield _words(element.text, element, gap)


def _close(element: _Element, tag: str, gap: str) -> Iterator[str]:
    target = _target(element, tag)
    yield f"]({target})" if target else _CLOSING.get(tag) or ("\n\n" if _BLOCK(tag) else "")
    yield _words(element.tail, element.getparent(), gap)


def _target(element: _Element, tag: str) -> str:
    """Address that an element links to, such that it can stand in Markdown."""
    target = (element.get("href") or "").strip() if tag == "a" else ""
    if target.lower().startswith(("#", "javascript:", "data:")):
        return ""
    return _SPACE.sub("%20", target).replace("(", "%28").replace(")", "%29")


def _words(text: str | None, within: _Element | None, gap: str) -> str:
    if not text:
        return ""
    if within is not None and within.tag == "pre":
        return text
    return _SPACE.sub(" ", text) if gap == " " else gap.join(_SPACE.sub(" ", part) for part in _GAP.split(text))
