"""Views: tokens, sentences, paragraphs, quotations, names and phrases, each as words of the text itself."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.block import CLASSES, PARAGRAPH
from quality.document import Document, Span
from quality.fold import codes_of, fold
from quality.language import Phrase
from quality.lexicon import Lexicon
from quality.phrases import Phrases
from quality.signals.base import runs
from quality.views import Reader, Views

CASES: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "cases" / "views.json").read_text(encoding="utf-8")
)


def cases(kind: str) -> pytest.MarkDecorator:
    """Parametrize a test by the cases of one kind; a known failure must go on failing until it is mended."""
    return pytest.mark.parametrize("case", [parameter(case) for case in CASES[kind]])


def parameter(case: dict[str, Any]) -> Any:
    known = case.get("known_failure")
    return pytest.param(case, id=case["name"], marks=[pytest.mark.xfail(reason=known, strict=True)] if known else [])


def view(text: str, reader: Reader) -> Views:
    """Views of one text."""
    return Views([Document(text)], reader)


def quote(views: Views, first: int, last: int) -> str:
    return views.documents[0].text[slice(*views.block.spans(np.array([first]), np.array([last]))[0])]


def tokens(views: Views) -> list[str]:
    """Class and words of each token, without the document's end."""
    kinds = views.block.kind.tolist()[:-1]
    return [CLASSES[kind] + (f" {quote(views, at, at)}" if kind < PARAGRAPH else "") for at, kind in enumerate(kinds)]


def pieces(views: Views, name: str) -> list[str]:
    """Sentences or paragraphs that hold a word."""
    found = getattr(views, name)
    ranges = zip(found.first.tolist(), found.last.tolist(), found.words.tolist(), strict=True)
    return [" ".join(quote(views, first, last).replace("> ", "").split()) for first, last, words in ranges if words]


def stretches(views: Views, name: str) -> list[str]:
    """Runs of chosen tokens."""
    spans = views.block.spans(*runs(getattr(views, name)))
    return [views.documents[0].text[slice(*span)] for span in spans]


@cases("tokens")
def test_tokens(case: dict[str, Any], listed: Reader) -> None:
    assert tokens(view(case["text"], listed)) == case["tokens"]


@cases("sentences")
def test_sentences(case: dict[str, Any], listed: Reader) -> None:
    assert pieces(view(case["text"], listed), "sentences") == case["pieces"]


@cases("paragraphs")
def test_paragraphs(case: dict[str, Any], listed: Reader) -> None:
    assert pieces(view(case["text"], listed), "paragraphs") == case["pieces"]


@cases("quoted")
def test_quotations(case: dict[str, Any], listed: Reader) -> None:
    assert stretches(view(case["text"], listed), "quoted") == case["pieces"]


@cases("names")
def test_names(case: dict[str, Any], listed: Reader) -> None:
    assert stretches(view(case["text"], listed), "names") == case["pieces"]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("“Ça va” – naïve…", b'"Ca va" \x81 naive.'),
        ("раураl ΝΑΤΟ", b"paypal nato"),
        ("za\u200bro e\u0301 \u00ad", b"zaro e "),
        ("日本 я ℵ", b"\x80\x80 \x80 \x80"),
        ("ﬁ ｆ 𝐛 ﷺ ！", b"f f b \x80 !"),
        ("😀\ufe0f • £ ½", b"\x82 * $ 1"),
        ("\ud800 \u0085", b"\x82 \n"),
    ],
)
def test_fold(text: str, folded: bytes) -> None:
    assert fold(codes_of(text)).data.tobytes() == folded


ALPHABET = st.sampled_from(
    [*"abcXYZ 129.,!?;:'\"()-$%\n\r\t*#", "é", "e\u0301", "“", "’", "\u200b", "日", "😀", "—", "\u00ad"]
)
TEXTS = st.lists(ALPHABET, max_size=80).map("".join)


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_tokens_and_pieces_cover_every_text_in_order(texts: list[str]) -> None:
    views = Views([Document(text) for text in texts], Reader(Lexicon(["ab"]), Phrases.compile({}, Lexicon(["ab"]))))
    block = views.block
    assert block.docs == len(texts) == block.doc[-1] + 1
    assert (np.diff(block.start) > 0).all(), "no token overlaps another"
    assert (block.end[:-1] <= block.start[1:]).all()
    spans = [
        (doc, block.spans(np.array([at]), np.array([at]))[0])
        for at, doc in enumerate(block.doc.tolist())
        if block.kind[at] < PARAGRAPH
    ]
    for doc, span in spans:
        assert 0 <= span.start < span.end <= len(texts[doc])
        assert texts[doc][slice(*span)].strip() == texts[doc][slice(*span)]
    for found in (views.sentences, views.paragraphs):
        assert found.first[0] == 0
        assert (found.last[:-1] + 1 == found.first[1:]).all()
        assert (block.doc[found.first] == block.doc[found.last]).all(), "no piece spans two documents"
        assert found.words.sum() == block.is_word.sum()
        assert np.array_equal(found.of, np.repeat(np.arange(len(found.first)), found.last - found.first + 1))
    assert set(views.paragraphs.first.tolist()) <= set(views.sentences.first.tolist())


WORDS = ("a", "b", "c", "d")
PHRASES = st.lists(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(tuple), min_size=1, max_size=8, unique=True
)


def greedy(words: Sequence[str], phrases: Sequence[Phrase]) -> Iterator[tuple[int, int]]:
    """Leftmost longest phrases that do not overlap."""
    at = 0
    while at < len(words):
        lengths = [len(phrase) for phrase in phrases if tuple(words[at : at + len(phrase)]) == phrase]
        if lengths:
            yield at, at + max(lengths) - 1
        at += max(lengths, default=1)


@given(PHRASES, PHRASES, st.lists(st.sampled_from([*WORDS, "x", ","]), max_size=40))
def test_phrases_are_leftmost_longest_and_apart(one: list[Phrase], two: list[Phrase], words: list[str]) -> None:
    lexicon = Lexicon(WORDS)
    reader = Reader(lexicon, Phrases.compile({"one": one, "two": two}, lexicon))
    hits = view(" ".join(words), reader).hits
    for name, phrases in (("one", one), ("two", two)):
        assert list(zip(hits[name].first.tolist(), hits[name].last.tolist(), strict=True)) == list(
            greedy(words, phrases)
        )


@pytest.mark.parametrize("text", ["read on", "Read  on", "READ\nON", "read-on", "*read* on", "re\u00adad on"])
def test_a_phrase_however_it_is_written(text: str, listed: Reader) -> None:
    assert view(f"Now {text}!", listed).hits["announcing"].first.tolist() == [1]


@pytest.mark.parametrize("text", ["read. On", "read, on", "read\n\non", "bread on", "read one", "read (on)"])
def test_no_phrase(text: str, listed: Reader) -> None:
    assert view(text, listed).hits["announcing"].first.tolist() == []


def test_phrases_stay_in_their_document(listed: Reader) -> None:
    assert Views([Document("read"), Document("on")], listed).hits["announcing"].first.tolist() == []


def test_a_span_ends_before_the_paragraph_that_closes_it(listed: Reader) -> None:
    views = view("One two.\n\nThree", listed)
    assert views.block.spans(np.array([0]), np.array([3])) == [Span(0, 8)]


def test_a_long_text_of_every_kind_of_token(listed: Reader) -> None:
    chosen = random.Random(3).choices(["Ann", "said", "5", ".", "“", "\n\n", "日", "—", "😀", "'"], k=50_000)
    views = view(" ".join(chosen), listed)
    assert views.block.words[0] == sum(one in ("Ann", "said", "5", "日") for one in chosen)
