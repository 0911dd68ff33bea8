"""Abstention: what is no article, by how much of it is prose, and pages that are more than one article."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

import quality
from quality.document import Document
from quality.readers import read

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "cases" / "not_articles.json").read_text(encoding="utf-8")
)
POST = "the keeper walked down to the weir at six and found the gate open, which nobody could explain"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_not_an_article(case: dict[str, Any]) -> None:
    text = "\n\n".join(case["parts"]) if "parts" in case else case["line"] * case["times"]
    assert quality.score(Document(text)).reason == case["reason"]


def page(link: str, posts: int) -> bytes:
    """A page of some posts, each after a link to its own page."""
    body = "".join(
        f"<h2>Entry {number}</h2>{link.format(number=number)}"
        + "".join(f"<p>On day {number} at {hour} {POST}, when the water stood high.</p>" for hour in range(3))
        for number in range(posts)
    )
    return f"<html><head><title>The weir</title></head><body><main>{body}</main></body></html>".encode()


@pytest.mark.parametrize(
    ("link", "posts", "trusted"),
    [
        ('<a rel="bookmark" href="/weir/{number}">more</a>', 8, False),
        ('<a class="permalink" href="/weir/{number}">more</a>', 8, False),
        ('<a title="Permanent link to entry {number}" href="/weir/{number}">more</a>', 8, False),
        ('<a class="permalink" href="#entry-{number}">here</a>', 8, True),
        ('<a href="/weir/{number}">more</a>', 8, True),
        ('<a rel="bookmark" href="/weir/{number}">more</a>', 1, True),
    ],
)
def test_front_page_with_whole_posts(link: str, posts: int, trusted: bool) -> None:
    document = next(iter(read(io.BytesIO(page(link, posts)), "page.html")))
    assert isinstance(document, Document)
    assert document.extraction is not None
    assert (document.extraction >= 0.5) == trusted
