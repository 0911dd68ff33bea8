"""Signals: every one on short texts, where it is high, where it is low, and which words it points at."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality import language
from quality.counted import counted
from quality.document import Document, Links
from quality.lexicon import fits
from quality.signals import SIGNALS
from quality.signals.base import nowhere
from quality.views import Floats, Reader, Views

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "cases" / "signals.json").read_text(encoding="utf-8"))
BY_NAME = {signal.name: signal for signal in SIGNALS}


def read(text: str, reader: Reader, links: Links = "none") -> Views:
    """Views of one text."""
    return Views([Document(text, links=links)], reader)


def values(views: Views) -> list[Floats]:
    """The value of each signal in each document."""
    found = counted(views)
    return [signal.measure(found) for signal in SIGNALS]


def quotes(name: str, text: str, reader: Reader) -> list[str]:
    """The words that a signal points at."""
    views = read(text, reader)
    spans = views.block.spans(*BY_NAME[name].find(views))
    return [" ".join(text[slice(*span)].split()) for span in spans]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['signal']}: {case['name']}")
def test_signal(case: dict[str, Any], listed: Reader) -> None:
    more, less = (
        float(BY_NAME[case["signal"]].measure(counted(read(case[side], listed)))[0])
        for side in ("positive", "negative")
    )
    assert more > less
    assert quotes(case["signal"], case["positive"], listed) == case["quotes"]
    assert quotes(case["signal"], case["negative"], listed) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['signal']}: {case['name']}")
def test_signal_in_company(case: dict[str, Any], listed: Reader) -> None:
    texts = [case["negative"], case["positive"], "", case["negative"]]
    measure = BY_NAME[case["signal"]].measure
    together = measure(counted(Views([Document(text, links="none") for text in texts], listed)))
    assert together.tolist() == [measure(counted(read(text, listed)))[0] for text in texts]


PIECES = [
    "Ann Bo", "said", "according", "the", "quayside", "boats", "1994", "5", "£", "%", "you", "I", "experts say",
    "read on", ".", "?", "“", '"', "\n\n", "\n- ", "[a](https://b.example/c)", "Boats lay at the quay.",
]  # fmt: skip


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join), min_size=2, max_size=4))
def test_signals_do_not_see_the_neighbours(listed: Reader, texts: list[str]) -> None:
    documents = [Document(text, links="none") for text in texts]
    alone = [[float(value[0]) for value in values(Views([one], listed))] for one in documents]
    together = values(Views(documents, listed))
    assert [value.tolist() for value in together] == [list(column) for column in zip(*alone, strict=True)]


@pytest.mark.parametrize("signal", SIGNALS, ids=lambda signal: signal.name)
def test_every_signal_has_cases_and_says_what_it_is(signal: Any) -> None:
    cases = [case for case in CASES if case["signal"] == signal.name]
    assert cases
    assert any(case["quotes"] for case in cases) == (signal.find is not nowhere), "what it points at is tested"
    assert signal.more.endswith(".")
    assert signal.less.endswith(".")
    assert signal.source


def test_names_are_distinct_and_every_case_has_a_signal() -> None:
    assert len(BY_NAME) == len(SIGNALS)
    assert {case["signal"] for case in CASES} == set(BY_NAME)


@pytest.mark.parametrize("kind", ["outbound", "own", "affiliate"])
def test_links_that_may_have_been_lost_are_unknown(kind: str, listed: Reader) -> None:
    measure = BY_NAME[f"links_{kind}"].measure
    assert np.isnan(measure(counted(read("Plain words.", listed, "unknown")))[0])
    assert measure(counted(read("Plain words.", listed, "none")))[0] == 0
    assert measure(counted(read("See [it](https://a.example/b).", listed, "unknown")))[0] >= 0


@pytest.mark.parametrize("text", ["", "\n\n", "?", "A", "the the", "“", "[a](b)", "\ud800", "* \n* \n"])
def test_signals_of_hardly_any_text(text: str, listed: Reader) -> None:
    views = read(text, listed, "none")
    for signal, value in zip(SIGNALS, values(views), strict=True):
        assert np.isfinite(value).all(), signal.name
        for span in views.block.spans(*signal.find(views)):
            assert 0 <= span.start < span.end <= len(text)


@pytest.mark.parametrize("name", language.PHRASE_LISTS)
def test_phrase_list(name: str, listed: Reader) -> None:
    for entry in language.entries(name):
        assert re.fullmatch(r"(?:\([^()]*\)|[^()|])+", entry), f"{entry}: alternatives stand in one pair of brackets"
        for phrase in language.expand(entry):
            assert phrase, f"{entry}: stands for nothing"
            assert all(fits(word) and re.fullmatch(r"[a-z0-9]+(?:'[a-z]+)?", word) for word in phrase), phrase
    phrases = language.phrases(name)
    views = Views([Document(" ".join(phrase)) for phrase in phrases], listed)
    found = np.isin(np.arange(len(phrases)), views.block.doc[views.hits[name].first])
    assert [phrase for phrase, is_found in zip(phrases, found, strict=True) if not is_found] == []


@pytest.mark.parametrize("name", [*language.PHRASE_LISTS, *language.WORD_LISTS])
def test_list_names_its_source_and_says_nothing_twice(name: str) -> None:
    head = (language.FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()[:2]
    assert head[0].startswith("# ")
    assert head[1].startswith("# Source: ")
    assert len(set(language.entries(name))) == len(language.entries(name))


@pytest.mark.parametrize("name", language.WORD_LISTS)
def test_word_list(name: str, listed: Reader) -> None:
    assert all(fits(word) for word in language.words(name))
    assert read(" ".join(language.words(name)), listed).listed(name)[:-1].all()


def test_every_list_file_is_read() -> None:
    lists = {*language.PHRASE_LISTS, *language.WORD_LISTS, "templates"}
    assert {path.stem for path in language.FOLDER.glob("*.txt")} == lists
