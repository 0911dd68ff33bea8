"""Pages: what came from outside is text, the policy fits what runs, and all evidence is told."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import quality
from quality.document import Document, Span
from quality.page.article import LONGEST, article
from quality.page.marks import pieces
from quality.page.markup import element, plain
from quality.page.reasons import moves
from quality.writers import Scored, Style, writer

HERE = Path(__file__).parent
HOSTILE: list[dict[str, str]] = json.loads((HERE / "cases" / "hostile.json").read_text(encoding="utf-8"))
ARTICLES = sorted((HERE.parent / "corpus" / "articles").glob("*/*.md"))
FARM = (HERE.parent / "corpus" / "articles" / "money-bike-lease" / "farm.md").read_text(encoding="utf-8")
EMPTY = {"br", "input", "meta"}
each_hostile = pytest.mark.parametrize("case", HOSTILE, ids=lambda case: case["name"])


class Parsed(HTMLParser):
    """What a parser makes of a page: its elements, the text in each kind of them, and whether all are closed."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", data))

    def within(self, *tags: str) -> str:
        return "".join(data for tag, data in self.texts if tag in tags)


def hostile_page(case: dict[str, str]) -> str:
    words = case["text"]
    document = Document(
        FARM.replace("experts", words) + f"\n\n{words}\n", id=words, source=words, title=words, url=words, links="none"
    )
    return "".join(writer("html")([Scored(document, quality.score(document, explain=True))], Style()))


@each_hostile
def test_hostile_texts_add_no_element(case: dict[str, str]) -> None:
    ordinary, hostile = Parsed(hostile_page({"text": "https://a.example/"})), Parsed(hostile_page(case))
    assert not hostile.open
    assert {tag for tag, _ in hostile.elements} <= {tag for tag, _ in ordinary.elements} | {"b"}
    assert {name for _, found in hostile.elements for name in found} <= {
        name for _, found in ordinary.elements for name in found
    }
    assert hostile.within("script", "style") == ordinary.within("script", "style")
    for _, found in hostile.elements:
        assert (found.get("href") or "#").startswith(("#", "https://"))


@each_hostile
def test_the_whole_text_is_shown(case: dict[str, str]) -> None:
    shown = re.sub(
        r"U\+([0-9A-F]{4,6})",
        lambda match: chr(int(match[1], 16)),
        Parsed(hostile_page(case)).within("div", "mark", "b"),
    )
    assert FARM.replace("experts", case["text"]).replace("\r", "") in shown


@each_hostile
def test_nothing_odd_is_left(case: dict[str, str]) -> None:
    page = hostile_page(case)
    assert plain(page) == page


def test_the_policy_names_what_runs_and_nothing_else() -> None:
    parsed = Parsed(hostile_page(HOSTILE[0]))
    [content] = [found["content"] for _, found in parsed.elements if found.get("http-equiv")]
    wanted = ["default-src 'none'"]
    for tag in ("style", "script"):
        digests = [hashlib.sha256(text.encode()).digest() for where, text in parsed.texts if where == tag]
        hashes = " ".join(f"'sha256-{base64.b64encode(one).decode()}'" for one in digests)
        wanted.append(f"{tag}-src {hashes}")
    assert (content or "").split("; ")[:3] == wanted
    inline = [name for _, found in parsed.elements for name in found if name.startswith("on") or name == "style"]
    assert inline == []


def test_ids_are_there_for_all_that_point_to_them() -> None:
    texts = [path.read_text(encoding="utf-8") for path in ARTICLES[:3]]
    scores = [Scored(Document(text), quality.score(text, explain=True)) for text in texts]
    parsed = Parsed("".join(writer("html")(scores, Style(many=True))))
    ids = [found["id"] for _, found in parsed.elements if found.get("id")]
    assert len(ids) == len(set(ids))
    for _, found in parsed.elements:
        wanted = (
            f"{found.get('aria-describedby') or ''} {found.get('aria-labelledby') or ''} {found.get('data-to') or ''}"
        )
        assert set(wanted.split()) <= set(ids)


@pytest.mark.parametrize("path", ARTICLES[::60], ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_waterfall_ends_at_the_logit(path: Path) -> None:
    score = quality.score(path.read_text(encoding="utf-8"), explain=True)
    assert score.logit is not None
    way = moves(score)
    assert way[-1].end == pytest.approx(score.logit, abs=1e-9)
    assert [move.start for move in way[1:-1]] == [move.end for move in way[:-2]]


def test_an_enormous_text_is_cut_and_says_so() -> None:
    document = Document(FARM + "The end of it all. " * 5000)
    page = article(document, quality.score(document, explain=True), "a")
    assert f"The first {LONGEST:,} of {len(document.text):,} characters are shown" in page


def test_abstention_says_why() -> None:
    assert "No score: too short." in article(Document("Too few words."), quality.score("Too few words."), "a")


SPANS = st.builds(lambda start, size: Span(start, start + size), st.integers(0, 30), st.integers(0, 9))


@given(st.integers(0, 25), st.lists(st.lists(SPANS, max_size=5), max_size=5))
def test_pieces_cover_the_text_once(length: int, evidence: list[list[Span]]) -> None:
    found = list(pieces(length, evidence))
    assert [place for one in found for place in range(one.start, one.end)] == list(range(length))
    for one in found:
        for place in range(one.start, one.end):
            on = [number for number, spans in enumerate(evidence) if any(start <= place < end for start, end in spans)]
            assert list(one.on) == on


@given(st.text(), st.text())
def test_elements_hold_text(inside: str, attribute: str) -> None:
    parsed = Parsed(element("p", inside, title=attribute))
    found: list[Any] = parsed.elements
    assert found == [("p", {"title": plain(attribute)})] or "\r" in attribute
    assert parsed.within("p") == plain(inside)
