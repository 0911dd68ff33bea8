"""Disguises: a filler phrase that is spelt so that machines miss it and people do not is found and quoted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.document import Document
from quality.views import Reader, Views

PHRASE = "it is important to note that"
LIKE = str.maketrans("aceopxyishj", "асеорхуіѕһј")  # Cyrillic letters that are drawn like these
ACCENTS = str.maketrans("aeiou", "áèïôū")
WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(ord("a"), ord("z") + 1)})
BOLD = str.maketrans({chr(code): chr(code + 0x1D41A - ord("a")) for code in range(ord("a"), ord("z") + 1)})

DISGUISES: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "zero-width spaces": "\u200b".join,
    "zero-width joiners": "\u200d".join,
    "word joiners": "\u2060".join,
    "soft hyphens": "\u00ad".join,
    "byte-order marks": "\ufeff".join,
    "marks of direction": lambda text: f"\u202e\u202d{text}\u202c\u202c",
    "isolates": lambda text: "".join(f"\u2066{char}\u2069" for char in text),
    "combining marks": lambda text: "".join(f"{char}\u0335\u0489" if char.isalpha() else char for char in text),
    "a flood of combining marks": lambda text: text.replace("o", "o" + "\u0301" * 500),
    "grapheme joiners": "\u034f".join,
    "variation selectors": "\ufe0f".join,
    "tags": "\U000e0061".join,
    "Hangul fillers": "\u3164".join,
    "half marks": "\ufe20".join,
    "annotations": "\ufff9".join,
    "Cyrillic letters": lambda text: text.translate(LIKE),
    "accents": lambda text: text.translate(ACCENTS),
    "full width": lambda text: text.translate(WIDE),
    "mathematical letters": lambda text: text.translate(BOLD),
    "blanks that do not break": lambda text: text.replace(" ", "\u00a0"),
    "thin and ideographic blanks": lambda text: text.replace(" ", "\u2009\u3000"),
    "line breaks": lambda text: text.replace(" ", "\n"),
    "emphasis": lambda text: f"**{text}**",
    "tags of HTML": lambda text: text.replace(" ", "<b> </b>"),
}


def found(text: str, reader: Reader) -> list[str]:
    """What is found of the phrase's list, as it stands in the text."""
    views = Views([Document(text)], reader)
    return [text[slice(*span)] for one in views.hits.values() for span in views.block.spans(one.first, one.last)]


@pytest.mark.parametrize("name", DISGUISES)
def test_a_phrase_in_disguise(name: str, listed: Reader) -> None:
    hidden = DISGUISES[name](PHRASE)
    text = f"The mill stopped. Now {hidden} the ford is deep."
    quoted = found(text, listed)
    plain = found(f"The mill stopped. Now {PHRASE} the ford is deep.", listed)
    assert len(quoted) == len(plain) > 0
    assert all(quote.strip("*\u202e\u202d\u202c\u2066\u2069\u200b") and quote in text for quote in quoted)


@given(st.lists(st.sampled_from([*DISGUISES.values()]), max_size=2), st.text(max_size=20))
def test_spans_lie_in_the_text_whatever_is_left_out(listed_disguises: list[Callable[[str], str]], around: str) -> None:
    from quality.fold import codes_of, fold

    text = around
    for disguise in listed_disguises:
        text = disguise(text)
    folded = fold(codes_of(text))
    assert len(folded.data) + len(folded.gaps) == len(text)
    assert (folded.gaps[1:] >= folded.gaps[:-1]).all()
    assert ((folded.gaps >= 0) & (folded.gaps <= len(folded.data))).all()
