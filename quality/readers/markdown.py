"""Reader of Markdown: the whole input is one document, its text exactly as decoded, markup and all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from quality.document import Document
from quality.readers.base import Options, Reject, link_state, whole
from quality.readers.decode import decode

_FRONT_MATTER = re.compile(r"\A(---|\+\+\+)[ \t]*\r?\n(.*?)\n\1[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"^(title|url|canonical_url)[ \t]*+[:=][ \t]*+(.+)$", re.MULTILINE)
_HEADING = re.compile(r"^#[ \t]++(.+)$", re.MULTILINE)


def read(stream: BinaryIO, source: str, options: Options) -> Iterator[Document | Reject]:
    r"""The one document of a Markdown text. Links are ``present`` or ``none``: the format keeps them.

    Title and address come from front matter, the title else from the first top heading.

    Raises:
        InputError: when it is empty, binary or too large.

    >>> import io
    >>> next(read(io.BytesIO(b"# Bees\n\nThey hum."), "a.md", Options())).title
    'Bees'
    """
    text = decode(whole(stream, source, options), source)
    fields = _fields(text)
    url = fields.get("canonical_url") or fields.get("url", "")
    yield Document(
        text,
        id=source,
        source=source,
        url=url if url.startswith(("http://", "https://")) else "",
        title=fields.get("title") or _heading(text),
        links=link_state(text, options, kept=True),
    )


def _fields(text: str) -> dict[str, str]:
    matter = _FRONT_MATTER.match(text)
    return {key: value.rstrip(" \t").strip("'\"\r") for key, value in _FIELD.findall(matter[2])} if matter else {}


def _heading(text: str) -> str:
    heading = _HEADING.search(text)
    return heading[1].rstrip(" \t\r#") if heading else ""
