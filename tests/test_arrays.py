"""The array tools that everything else stands on, against the plainest Python that says the same."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from quality.distinct import first_equal
from quality.lexicon import LONGEST, Lexicon, fits
from quality.lookup import Lookup

KEYS = st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 50), max_size=300)


@given(KEYS)
def test_first_equal_is_the_first_of_equal_keys(keys: list[int]) -> None:
    first: dict[int, int] = {}
    expected = [first.setdefault(key, place) for place, key in enumerate(keys)]
    assert first_equal(np.array(keys, np.uint64)).tolist() == expected


def test_first_equal_on_many_keys() -> None:
    keys = np.random.default_rng(1).integers(0, 30_000, 90_000).astype(np.uint64)
    _, index, inverse = np.unique(keys, return_index=True, return_inverse=True)
    assert np.array_equal(first_equal(keys), index[inverse])


@given(st.sets(st.integers(0, 2**64 - 1), max_size=200), KEYS)
def test_lookup_finds_what_is_there_and_nothing_else(known: set[int], asked: list[int]) -> None:
    ordered = sorted(known)
    place = {key: number for number, key in enumerate(ordered)}
    asked += ordered
    found = Lookup(np.array(ordered, np.uint64)).find(np.array(asked, np.uint64))
    assert found.tolist() == [place.get(key, -1) for key in asked]


@given(st.lists(st.from_regex(r"[a-z']{1,20}", fullmatch=True), min_size=1, max_size=60, unique=True))
def test_lexicon_finds_words_by_their_letters(words: list[str]) -> None:
    known = [word for word in words if fits(word)][::2] or ["the"]
    text = b" ".join(word.encode() for word in words) + bytes(LONGEST + 8)
    start = np.cumsum([0] + [len(word) + 1 for word in words[:-1]])
    length = np.array([len(word) for word in words])
    found = Lexicon(known).find(np.frombuffer(text, np.uint8), start, length)
    assert found.ids.tolist() == [known.index(word) if word in known else -1 for word in words]
