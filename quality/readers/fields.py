"""Fields: how a record of an export (JSON, CSV, Parquet) becomes a document, whatever its fields are called.

Names are compared without case and punctuation, so that `Main Text`, `main_text` and `mainText` are one. A text that is
HTML is read as HTML, with its links; all others are kept exactly.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from quality.document import Document
from quality.readers.base import Options, Reject, link_state

TEXT = (
    "text", "content", "body", "article", "maintext", "articletext", "articlebody", "contenthtml", "contenttext",
    "contentencoded", "fulltext", "textcontent", "contents", "markdown", "story", "html", "rawtext", "rawcontent",
)  # fmt: skip
"""Usual names of a field that holds a whole text, the likeliest first."""

PARTIAL = ("summary", "description", "excerpt", "abstract", "snippet")
"""Usual names of a field that holds a part of a text or says what is in it; used when there is no other."""

ID = ("id", "guid", "uuid", "docid", "articleid", "identifier")
URL = (
    "url",
    "link",
    "canonicalurl",
    "permalink",
    "articleurl",
    "sourceurl",
    "weburl",
    "href",
    "uri",
    "externalurl",
    "source",
)
TITLE = ("title", "headline")

CUT = re.compile(r"\[(?:\+\d+ chars|…|\.\.\.|&#8230;|&hellip;)\]\s*(?:</p>\s*)?\Z")
"""How cut texts end: NewsAPI's count of what is missing, and the dots of WordPress's excerpts."""

SHOWN = 8
"""Fields that are named to someone whose record has no text."""

SEPARATOR = re.compile(r"[\W_]+")
_TAG = re.compile(
    r"</?(?:p|div|br|a|ul|ol|li|h[1-6]|span|strong|em|b|i|img|blockquote|table|figure|section|article|html|body|pre)"
    r"(?:\s[^<>]*+)?/?>",
    re.IGNORECASE,
)
_BLOCK = re.compile(rf"\s*+{_TAG.pattern}", re.IGNORECASE)
_MARKDOWN = re.compile(r"^(?:#{1,6} |```|[-*+] |> )|\]\(", re.MULTILINE)
_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:[^-]|-(?!->))*+-->\s*)*<(?:!doctype\s+html|html|body)\b", re.IGNORECASE
)


class Keys(NamedTuple):
    """Names of the fields that may hold the text, the id, the address and the title of a record, best first."""

    text: tuple[str, ...]
    partial: tuple[str, ...]
    id: tuple[str, ...]
    url: tuple[str, ...]
    title: tuple[str, ...]


@lru_cache(maxsize=64)
def keys(names: tuple[str, ...], options: Options) -> Keys:
    """The keys of a record with some field names.

    >>> keys(("URL", "Article", "Main Text"), Options())[0]
    ('Article', 'Main Text')
    """
    plain: dict[str, list[str]] = {}
    for name in names:
        plain.setdefault(SEPARATOR.sub("", str(name).lower()), []).append(name)

    def usual(*order: str) -> tuple[str, ...]:
        return tuple(name for one in order for name in plain.get(one, ()))

    return Keys(
        (options.text_key,) if options.text_key else usual(*TEXT),
        () if options.text_key else usual(*PARTIAL),
        (options.id_key,) if options.id_key else usual(*ID),
        (options.url_key,) if options.url_key else usual(*URL),
        (options.title_key,) if options.title_key else usual(*TITLE),
    )


def document(record: dict[str, Any], source: str, place: str, options: Options) -> Document | Reject:
    """Document of a record, or a reject when it has no text. ``place`` names the record within its source.

    A record without an id of its own goes by its address, else by source and place.

    >>> document({"Title": "Bees", "Content": "They hum."}, "a.json", "record 1", Options()).title
    'Bees'
    """
    known = keys(tuple(record), options)
    url = _first(record, known.url, _address)
    name = _first(record, known.id, _name) or url
    text, partial = _first(record, known.text, _text), False
    if not text:
        text, partial = _first(record, known.partial, _text), True
    if not text or text.isspace():
        return Reject(source, place, name, _lack(record, known))
    if "\0" in text:
        return Reject(source, place, name, f"its text holds a NUL character at offset {text.index(chr(0))}")
    if len(text) > options.max_record:
        return Reject(
            source, place, name, f"its text is larger than {options.max_record} characters (see --max-record)"
        )
    found = _html(text, source, options) if is_html(text) else None
    if isinstance(found, Reject):
        return Reject(source, place, name, found.reason)
    return Document(
        found.text if found else text,
        id=name or f"{source}: {place}",
        source=source,
        url=url or (found.url if found else ""),
        title=_first(record, known.title, _title) or (found.title if found else ""),
        links=found.links if found else link_state(text, options, kept=False),
        partial=partial or _is_cut(text),
        extraction=found.extraction if found else None,
        record=record,
    )


def has_text(record: Mapping[str, Any], options: Options) -> bool:
    """Whether a record has a whole text under one of its keys."""
    return bool(_first(record, keys(tuple(record), options).text, _text))


def is_record(record: Mapping[str, Any], options: Options) -> bool:
    """Whether an object looks like a record, with a text or without: it has a field for a text, or a title."""
    known = keys(tuple(record), options)
    return bool(known.partial or known.title or any(follow(record, name) is not None for name in known.text))


def is_html(text: str) -> bool:
    """Whether a text is HTML, and not one that shows a tag or two.

    >>> is_html("<p>Bees hum.</p>"), is_html("The tag <p> opens a paragraph."), is_html("a < b")
    (True, False, False)
    """
    if "<" not in text or not _TAG.search(text):
        return False
    if _PAGE.match(text):
        return True
    blocks = [block for block in text.split("\n\n") if block and not block.isspace()]
    if 2 * sum(_BLOCK.match(block) is not None for block in blocks) >= len(blocks):
        return True
    # Prose about HTML shows few tags, and Markdown may hold some, but is none the less Markdown.
    return len(_TAG.findall(text)) > max(2, len(text) // 2000) and not _MARKDOWN.search(text)


def _html(text: str, source: str, options: Options) -> Document | Reject:
    if _PAGE.match(text):
        from quality.readers.html import extract

        return extract(text, source, options)
    from quality.readers.fragment import markdown
    from quality.readers.html import ATTRIBUTES, crowded

    if crowded(text):
        return Reject(source, "", "", f"its text is no HTML: an element has more than {ATTRIBUTES} attributes")
    plain = markdown(text)
    if not plain:
        return Reject(source, "", "", "its text is HTML without words")
    return Document(plain, links=link_state(plain, options, kept=True))


def _is_cut(text: str) -> bool:
    return "]" in text[-40:] and CUT.search(text, max(0, len(text) - 40)) is not None


def _first(record: Mapping[str, Any], names: tuple[str, ...], form: Any) -> str:
    for name in names:
        value: str = form(record[name] if name in record else follow(record, name))
        if value:
            return value
    return ""


def follow(value: Any, path: str) -> Any:
    """What a dotted path leads to; steps into lists are numbers.

    >>> follow({"a": [{"b": 1}]}, "a.0.b")
    1
    """
    for step in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def _text(value: Any) -> str:
    """A text; of a list of texts its paragraphs."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "\n\n".join(value)
    if isinstance(value, Mapping):
        return _text(value.get("rendered"))  # WordPress
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""


def _name(value: Any) -> str:
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def _title(value: Any) -> str:
    plain = value.get("rendered") if isinstance(value, Mapping) else value
    return plain if isinstance(plain, str) else ""


def _address(value: Any) -> str:
    return value if isinstance(value, str) and value.startswith(("http://", "https://")) else ""


def _lack(record: Mapping[str, Any], known: Keys) -> str:
    if any(name in record or follow(record, name) is not None for name in known.text + known.partial):
        return "its text is empty"
    names = ", ".join(" ".join(str(name).split())[:40] for name in list(record)[:SHOWN])
    return f"has no text; its fields are {names or 'none'} (see --text-key)"
