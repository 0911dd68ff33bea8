"""The prose view: what Markdown and HTML leave of a text, in its place; the links; and no text that takes for ever."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality import markup
from quality.document import Document
from quality.markup import LINK_KINDS, Prose, laid, prose

CASES: dict[str, Any] = json.loads((Path(__file__).parent / "cases" / "markup.json").read_text(encoding="utf-8"))
ENOUGH = 200_000  # characters at which a pattern whose time is not linear would take minutes
HOSTILE = [(name, *parts) for name, strings in CASES["adversarial"].items() for parts in strings]


def in_place(text: str, view: Prose) -> bool:
    """Whether every character of the view is the text's own, or a blank; lines stay lines."""
    return len(view.text) == len(text) and all(
        seen == own or (seen == " " and own != "\n") or (seen == "\n" and own == "\r")
        for seen, own in zip(view.text, text, strict=True)
    )


@pytest.mark.parametrize("case", CASES["views"], ids=lambda case: case["name"])
def test_view(case: dict[str, Any]) -> None:
    view = prose(Document(case["text"], url=case.get("url", "")))
    assert " ".join(view.text.split()) == case["prose"]
    assert sorted(f"{link.kind} {link.url}" for link in view.links) == sorted(case["links"])
    assert in_place(case["text"], view)
    assert all(link.url in case["text"] for link in view.links)


PIECES = [
    "[a](b)", "![a](b)", "http://c.example/d", "<a href=e>", "</a>", "<!--", "-->", "<script>", "</script>", "```",
    "\n", "---\n", "| a |\n", "[f]: /g\n", "word ", "(", ")", "[", "]", "<", ">", "\r\n", "\r", "\0", "é", "# ", "* ",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_every_view_is_in_place(text: str) -> None:
    assert in_place(text, prose(Document(text)))


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=20).map("".join), min_size=1, max_size=4))
def test_views_are_laid_as_they_are_alone(texts: list[str]) -> None:
    documents = [Document(text, url="http://c.example/") for text in texts]
    views = list(map(prose, documents))
    codes, first, links = laid(documents)
    assert [codes[at - 1] for at in first] == [0] * len(texts)
    assert codes.tobytes().decode("utf-32-le") == "\0".join(("", *(view.text for view in views), ""))
    assert links.tolist() == [[sum(link.kind == kind for link in view.links) for kind in LINK_KINDS] for view in views]


@pytest.mark.parametrize(("name", "before", "again", "after"), HOSTILE)
def test_hostile_text(name: str, before: str, again: str, after: str) -> None:
    text = before + again * (ENOUGH // len(again)) + after
    assert in_place(text, prose(Document(text))), name


def test_every_pattern_meets_hostile_text() -> None:
    holders = {
        name for name, value in vars(markup).items() if "re.compile" in repr(value) or isinstance(value, re.Pattern)
    }
    assert holders == set(CASES["adversarial"])
