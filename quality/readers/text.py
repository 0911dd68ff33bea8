"""Reader of plain text: the whole input is one document, its text exactly as decoded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from quality.document import Document
from quality.readers.base import Options, Reject, link_state, whole
from quality.readers.decode import decode


def read(stream: BinaryIO, source: str, options: Options) -> Iterator[Document | Reject]:
    """The one document of a plain text. Links are ``present`` when it shows addresses, else ``unknown``.

    Raises:
        InputError: when it is empty, binary or too large.

    >>> import io
    >>> next(read(io.BytesIO(b"Some words."), "a.txt", Options())).text
    'Some words.'
    """
    text = decode(whole(stream, source, options), source)
    yield Document(text, id=source, source=source, links=link_state(text, options, kept=False))
