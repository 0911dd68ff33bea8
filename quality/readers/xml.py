"""XML from outside, made harmless: text in whatever encoding it declares, without its document type.

A document type is where entity bombs and outside files come from, and no feed needs one. Without it an entity that it
declares stays as it is written, and nothing is ever fetched.
"""

from __future__ import annotations

import re

from quality.errors import InputError
from quality.readers.decode import decode
from quality.readers.html import DECLARED, DECLARED_WITHIN

_PROLOG = re.compile(r"(?:[\ufeff\s]++|<\?(?:[^?]|\?(?!>))*+\?>|<!--(?:[^-]|-(?!->))*+-->)*+")
_DOCTYPE = re.compile(
    r"""<!DOCTYPE(?:"[^"]*+"|'[^']*+'|[^\[\]"'>])*+(?:\[(?:<!--(?:[^-]|-(?!->))*+-->|"[^"]*+"|'[^']*+'|(?!<!--)[^\]"'])*+\]\s*+)?>""",
    re.IGNORECASE,
)
_DECLARATION = re.compile(r"[\ufeff\s]*+<\?xml\b[^>]*\?>")


def harmless(content: bytes, source: str) -> str:
    r"""Text of an XML document, without its XML declaration and document type.

    Raises:
        InputError: when it is empty or binary, or its document type has no end.

    >>> harmless(b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "a.xml")
    '<a>&b;</a>'
    """
    declared = DECLARED.search(content[:DECLARED_WITHIN])
    text = decode(content, source, declared[1].decode() if declared else "")
    declaration = _DECLARATION.match(text)
    text = text[declaration.end() :] if declaration else text
    start = _end_of_prolog(text)
    if text.startswith("<!", start):
        doctype = _DOCTYPE.match(text, start)
        if not doctype or text.startswith("<!", _end_of_prolog(text, doctype.end())):
            raise InputError(source, "has a document type that does not end, or other markup before its root")
        text = text[:start] + text[doctype.end() :]
    return text


def _end_of_prolog(text: str, start: int = 0) -> int:
    prolog = _PROLOG.match(text, start)
    return prolog.end() if prolog else start
