"""Abstention: what is no article, by how much of it is prose, and pages that are more than one article."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

import quality
from quality.document import Document
from quality.readers import Reject, read

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


def around(paragraph: str, number: int = 9) -> bytes:
    """A page of paragraphs, in each of which ``{number}`` and ``{post}`` are filled in."""
    body = "".join(paragraph.format(number=one, post=f"On day {one} {POST}") for one in range(number))
    return (
        f"<html><head><title>The weir</title></head><body><main><h1>The weir</h1>{body}</main></body></html>".encode()
    )


@pytest.mark.parametrize(
    ("paragraph", "trusted"),
    [
        ("<p>{post}.</p>", True),
        ("<p>{post} \u2026</p>", False),
        ("<p>{post} [...]</p>", False),
        ("<p>{post} [\u2026] <a href='/weir/{number}'>Continue reading</a></p>", False),
        ("<p>{post}... or so he said.</p>", True),
        ("<p>{post}.</p><p>{post}.</p><p>{post}.</p><p>He said no more...</p>", True),
    ],
)
def test_teasers(paragraph: str, trusted: bool) -> None:
    document = next(iter(read(io.BytesIO(around(paragraph)), "page.html")))
    assert isinstance(document, Document)
    assert document.extraction is not None
    assert (document.extraction >= 0.5) == trusted


@pytest.mark.parametrize(
    "hiding", ['style="display:none;"', "style='color: red; DISPLAY : none'", "hidden", 'hidden=""']
)
def test_what_a_page_hides_is_not_its_text(hiding: str) -> None:
    shown = "".join(f"<p>On day {one} {POST}, and the water stood high.</p>" for one in range(6))
    meta = f"<div {hiding}><h2>Again</h2><div>{shown}</div><p>Nobody sees this line about otters.</p></div> after"
    documents = [next(iter(read(io.BytesIO(around(shown + rest, 1)), "page.html"))) for rest in ("", meta)]
    once, hidden = (one.text for one in documents if isinstance(one, Document))
    assert hidden.replace("after", "").split() == once.split()
    assert "after" in hidden


def test_a_page_that_hides_all_is_rejected() -> None:
    [found] = read(
        io.BytesIO(around("<div style='display:none'><p>{post}.</p></div>").replace(b"<h1>", b"<h1 hidden>")), "a.html"
    )
    assert isinstance(found, Reject)
    assert "has no main text" in found.reason
