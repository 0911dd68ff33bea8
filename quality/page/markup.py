"""Markup: elements whose children and attributes are text unless they are markup themselves.

Characters that would turn the direction of reading, hide, or be no text at all are shown by their code points.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any
from urllib.parse import urlsplit

ODD = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
"""Controls, marks of direction (Unicode Standard Annex 9), characters without width, halves of characters."""

_EMPTY = frozenset({"br", "input", "meta"})


class Safe(str):
    """Markup that may stand in a page as it is."""

    __slots__ = ()


def plain(text: str) -> str:
    r"""Text without odd characters: each is named by its code point.

    >>> plain("red\u202eder")
    'red[U+202E]der'
    """
    return ODD.sub(lambda match: f"[U+{ord(match[0]):04X}]", text)


def text(value: object) -> Safe:
    """What stands between tags: markup as it is, anything else as text.

    >>> text("a < b")
    'a &lt; b'
    """
    return value if isinstance(value, Safe) else Safe(escape(plain(str(value)), quote=False))


def marked(value: str) -> Safe:
    r"""Text of an article: every odd character stands out.

    >>> marked("red\u202eder")
    'red<b class="odd">U+202E</b>der'
    """
    found = escape(value, quote=False)
    return Safe(ODD.sub(lambda match: f'<b class="odd">U+{ord(match[0]):04X}</b>', found))


def element(name: str, /, *children: object, **attributes: Any) -> Safe:
    """An element. ``class_`` is ``class``, ``data_n`` is ``data-n``; None and False leave an attribute out.

    >>> element("p", "a < b", element("br"), class_="lead", hidden=True, id=None)
    '<p class="lead" hidden>a &lt; b<br></p>'
    """
    told = "".join(_attribute(key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items())
    if name in _EMPTY:
        return Safe(f"<{name}{told}>")
    return Safe(f"<{name}{told}>{''.join(map(text, children))}</{name}>")


def _attribute(name: str, value: object) -> str:
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escape(plain(str(value)))}"'


def join(*parts: object) -> Safe:
    """Parts one after the other."""
    return Safe("".join(map(text, parts)))


def link(address: str, *children: object) -> Safe:
    """A link to a page elsewhere; what is no web address is only told.

    >>> link("javascript:alert(1)", "here")
    'here'
    """
    if not is_address(address):
        return join(*children)
    return element("a", *children, href=address, rel="noopener noreferrer nofollow", target="_blank")


def is_address(address: str) -> bool:
    """Whether a text is the address of a web page.

    >>> is_address("https://example.org/a"), is_address("https://[broken")
    (True, False)
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)
