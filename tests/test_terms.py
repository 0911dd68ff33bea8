"""Terms and scores against the plainest path: a tokeniser that walks, and scikit-learn with the model's numbers."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from quality import kernel
from quality.block import CLASSES, END, INDENT, UNWRAPPED, WRAPPED_LINE
from quality.corpus import Article
from quality.document import Document
from quality.explain import Explainer
from quality.features import Rows
from quality.fold import codes_of, fold
from quality.markup import prose
from quality.model import HEADS, LinearModel, describe
from quality.release import document_of
from quality.scorer import Scorer, logistic
from quality.terms import (
    LONGEST,
    MOST_KNOWN,
    SYMBOL_BITS,
    Counts,
    Terms,
    end_free,
    levels,
    name,
    pack,
    possible,
    symbols,
)
from quality.train import CHUNK, chunks
from quality.views import Views
from quality.writers.records import dumped

NEAR = 1e-9
MARKS = dict(zip('.?!,:;"()$%', CLASSES[5:16], strict=True)) | {"-": "--", "\x81": "--", "\x82": "<sign>"}


# The reference tokeniser: a document's folded text, line by line and character by character.


def is_word(char: str) -> bool:
    return (char.isascii() and char.isalnum()) or char == "\x80"


def joins(line: str, at: int) -> bool:
    """Whether the mark at this place belongs to the word around it."""
    if not 0 < at < len(line) - 1 or not (is_word(line[at - 1]) and is_word(line[at + 1])):
        return False
    before, after = line[at - 1].isdigit(), line[at + 1].isdigit()
    return {"'": True, ".": before == after, ",": before and after}.get(line[at], False)


def cut(line: str) -> Iterator[tuple[int, str, str]]:
    """Place, class and lower-case letters of each token of a line."""
    at = 0
    while at < len(line):
        start, char = at, line[at]
        at += 1
        if is_word(char):
            while at < len(line) and (is_word(line[at]) or joins(line, at)):
                at += 1
            yield start, word_class(line[start:at]), line[start:at].lower()
        elif char in MARKS and not parts_words(line, start) and not (char in ".-" and line[at : at + 1] == char):
            yield start, MARKS[char], ""


def parts_words(line: str, at: int) -> bool:
    """Whether a hyphen stands between two words."""
    return line[at] == "-" and 0 < at < len(line) - 1 and is_word(line[at - 1]) and is_word(line[at + 1])


def word_class(word: str) -> str:
    if word[0].isdigit():
        return "<year>" if len(word) == 4 and word.isdigit() and word[:2] in ("19", "20") else "<num>"
    if not ("A" <= word[0] <= "Z"):
        return "<low>"
    return "<CAPS>" if len(word) > 1 and "A" <= word[-1] <= "Z" else "<Cap>"


def tokens(text: str) -> Iterator[tuple[str, str]]:
    """Class and letters of each token of a document."""
    lines = fold(codes_of(text)).data.tobytes().decode("latin-1").split("\n")
    sizes = [sum(len(word) or 1 for _, _, word in cut(line)) for line in lines]
    unwrapped = sum(size for size in sizes if size > WRAPPED_LINE) > UNWRAPPED * sum(sizes)
    blank = after_heading = False
    for number, line in enumerate(lines):
        found = list(cut(line))
        if not found:
            blank = True
            continue
        inner = line[min(INDENT, len(line) - len(line.lstrip(" "))) :]
        bullet, heading = inner[:2] in ("* ", "- ", "+ "), inner.startswith("#")
        if number and (blank or after_heading or bullet or heading or unwrapped or numbered(inner)):
            yield "<p>", ""
        yield from ((kind, word) for at, kind, word in found if not (bullet and at == len(line) - len(inner)))
        blank, after_heading = False, heading
    yield "<end>", ""


def numbered(line: str) -> bool:
    digits = len(line) - len(line.lstrip("0123456789"))
    return digits in (1, 2) and line[digits : digits + 2] in (". ", ") ")


@lru_cache(maxsize=CHUNK)
def grams(text: str, known: frozenset[str]) -> list[str]:
    """The terms that could be in a model, as a person reads them."""
    symbols = [word if word in known else kind for kind, word in tokens(text)]
    return [
        " ".join(symbols[at : at + size]) for size in range(1, LONGEST + 1) for at in range(len(symbols) - size + 1)
    ]


# The model's files as scikit-learn's own objects.


class Rebuilt:
    """`TfidfVectorizer` and `LogisticRegression` with the numbers of a model."""

    def __init__(self, model: LinearModel) -> None:
        words = model.lexicon.words
        known = frozenset(words[: model.terms.known])
        self.names = [name(int(key), words) for key in model.terms.keys]
        self.model = model
        vocabulary = {term: place for place, term in enumerate(self.names)}
        analyzer = partial(grams, known=known)
        self.vectorizer = TfidfVectorizer(analyzer=analyzer, vocabulary=vocabulary, sublinear_tf=True)
        self.vectorizer.idf_ = model.idf
        self.heads = LogisticRegression()
        self.heads.classes_ = np.arange(len(HEADS))
        self.heads.coef_, self.heads.intercept_ = model.weights.T.copy(), model.bias


@pytest.fixture(scope="session")
def rebuilt(model: LinearModel) -> Rebuilt:
    return Rebuilt(model)


def agree(model: LinearModel, rebuilt: Rebuilt, documents: Sequence[Document]) -> None:
    """Counts, tf-idf and logits of both paths are the same, and each logit is bias and contributions."""
    for views in chunks(documents, model.reader()):
        found = model.rows(views)
        texts = [prose(document).text for document in views.documents]
        shape = len(texts), len(model.terms)
        ours = sparse.csr_matrix((found.counts.times, (found.counts.doc, found.counts.term)), shape)
        value = sparse.csr_matrix((found.value, (found.counts.doc, found.counts.term)), shape)
        tfidf = rebuilt.vectorizer.transform(texts)
        theirs = super(TfidfVectorizer, rebuilt.vectorizer).transform(texts)
        assert (ours != theirs).nnz == 0, differing(views, ours, theirs)
        assert abs(value - tfidf).max() <= NEAR
        logits = rebuilt.heads.decision_function(sparse.hstack([tfidf, sparse.csr_matrix(found.signals)]).tocsr())
        assert np.abs(model.logits(found) - logits).max() <= NEAR
        sums_up(model, found)


def differing(views: Views, ours: sparse.csr_matrix, theirs: sparse.csr_matrix) -> list[str]:
    return [views.documents[place].id for place in sorted(set((ours != theirs).nonzero()[0].tolist()))]


def sums_up(model: LinearModel, found: Rows) -> None:
    """Bias and contributions are the logit, and its logistic is the score."""
    signals, terms = model.contributions(found)
    for doc, logit in enumerate(model.logits(found)[:, 0].tolist()):
        parts = signals[doc].tolist() + terms[found.counts.doc == doc].tolist()
        score = float(logistic(np.array(logit)))
        assert math.fsum([float(model.bias[0]), *parts]) == pytest.approx(logit, abs=NEAR)
        assert math.log(score / (1 - score)) == pytest.approx(logit, abs=NEAR)


def explained(model: LinearModel, document: Document) -> None:
    """The evidence told is those contributions, the strongest first."""
    views, found = describe([document], model, model.reader())
    (told,) = Explainer(model).explain(views, found, np.ones(1, bool))
    parts = [one.contribution for one in told]
    assert parts == sorted(parts, key=abs, reverse=True)
    assert sorted(parts) == sorted(np.concatenate([part.ravel() for part in model.contributions(found)]).tolist())
    assert told.json() == orjson.dumps([one.as_dict() for one in told])


def test_evidence_of_many_is_that_of_each(model: LinearModel, written: list[Article]) -> None:
    """In a block with others, and as JSON, also where UTF-8 has no bytes for a quote."""
    scorer = Scorer(model)
    texts = [document_of(article).text for article in written[::40]] + [
        "\ud800 said the man. " * 60,
        "Said, “so”\\. \u2028" * 60,
    ]
    for text, score in zip(texts, scorer.score_many(texts, explain=True), strict=True):
        assert score == scorer.score(text, explain=True)
        assert json.loads(dumped(score.fields())) == score.as_dict()


def test_names_of_terms_are_distinct(rebuilt: Rebuilt) -> None:
    assert len(set(rebuilt.names)) == len(rebuilt.names)
    assert not any("<end>" in one.split() for one in rebuilt.names)


def test_scikit_learn_agrees_on_written_articles(model: LinearModel, rebuilt: Rebuilt, written: list[Article]) -> None:
    agree(model, rebuilt, [document_of(article) for article in written])


@pytest.mark.shared
def test_scikit_learn_agrees_on_public_articles(model: LinearModel, rebuilt: Rebuilt, public: list[Article]) -> None:
    agree(model, rebuilt, [document_of(article) for article in public])


def test_evidence_is_the_contributions(model: LinearModel, written: list[Article]) -> None:
    for article in written[::20]:
        explained(model, document_of(article))


ODD = st.lists(
    st.sampled_from([
        "the", "said", "Ann", "NASA", "1994", "3.5", "1,200", "co.uk", "'", ".", "..", "--", "-", ",", "?", "“", "(",
        "%", " ", " ", "\n", "\n\n", "\n# ", "\n- ", "\n  * ", "\n1. ", "\n12) ", "\n3.5", "é", "日", "\u200b", "😀",
        "x" * 170,
    ]),
    max_size=60,
).map("".join)  # fmt: skip


@given(st.lists(ODD, min_size=1, max_size=3))
def test_both_tokenisers_agree_on_odd_texts(model: LinearModel, rebuilt: Rebuilt, texts: list[str]) -> None:
    documents = [Document(text) for text in texts]
    views = Views(documents, model.reader())
    kinds = [CLASSES[kind] for kind in views.block.kind.tolist()]
    assert kinds == [kind for document in documents for kind, _ in tokens(prose(document).text)]
    agree(model, rebuilt, documents)


@pytest.mark.parametrize("text", ["", "?", "Nothing known: Zyx qwv."])
def test_hardly_any_term(model: LinearModel, rebuilt: Rebuilt, text: str) -> None:
    agree(model, rebuilt, [Document(text), replace(Document(text), links="none")])


def test_symbols_fill_their_bits() -> None:
    """The last word that can keep its identity has the last symbol that fits."""
    assert len(CLASSES) + MOST_KNOWN == (1 << SYMBOL_BITS) - 1


@pytest.mark.parametrize(
    ("size", "keys"), [(1, [5, 6, 7, 8]), (2, [0x5_0006, 0x6_0007, 0x7_0008]), (3, [0x5_0006_0007, 0x6_0007_0008])]
)
def test_symbols_are_packed(size: int, keys: list[int]) -> None:
    assert pack(np.array([4, 5, 6, 7]), size).tolist() == keys


WORD = len(CLASSES)  # symbol of the first word that keeps its identity; a key holds symbols and one


@pytest.mark.parametrize(
    ("key", "fits"),
    [
        (0, False), (1, True), (WORD + 3, True), (WORD + 4, False), (1 << 16, False), (1 << 16 | 1, True),
        (WORD + 3 << 16 | WORD + 3, True), (WORD + 4 << 16 | 1, False), (1 << 16 | WORD + 4, False),
        (1 << 32 | 1, False), (1 << 32 | 1 << 16 | 1, False), (1 << 63, False),
    ],
)  # fmt: skip
def test_keys_that_texts_have(key: int, fits: bool) -> None:
    """With three words that keep their identity."""
    assert possible(np.array([key], np.uint64), 3).tolist() == [fits]


def test_ends_of_documents_are_told() -> None:
    """In any place of a term; a class or word whose bits are like it is none."""
    free = [1, END, END + 2, END << 16 | 1, END + 2 << 16 | END + 2, 0xFFFF]
    ended = [END + 1, END + 1 << 16 | 1, 1 << 16 | END + 1, END + 1 << 16 | END + 1]
    assert end_free(np.array(free + ended, np.uint64)).tolist() == [True] * len(free) + [False] * len(ended)


@pytest.mark.parametrize("form", [0, 1], ids=["numpy", "compiled"])
def test_a_pair_may_be_the_first_of_all_terms(model: LinearModel, form: int) -> None:
    if form and kernel.NAME != "compiled":
        pytest.skip("the kernel was not built")
    views = Views([Document("Quagga, okapi. Quagga, gnu.")], model.reader())
    symbol = symbols(views.block, 0)
    pair = Terms(pack(symbol, 2)[:1], 0)
    counts = kernel.TWINS["quality.terms.Terms.count"][form](pair, views.block)
    assert [part.tolist() for part in counts] == [[0], [0], [2]]


@pytest.mark.parametrize("form", [0, 1], ids=["numpy", "compiled"])
@pytest.mark.parametrize("scale", [0.0, 1e-6, 1.0])
def test_weights_of_any_size_are_made_one(form: int, scale: float) -> None:
    """Also where a model's idf is tiny; where it is 0 they stay 0."""
    if form and kernel.NAME != "compiled":
        pytest.skip("the kernel was not built")
    counts = Counts(np.array([0, 0, 1]), np.array([0, 1, 1]), np.array([1, 3, 2]))
    value = kernel.TWINS["quality.terms.tfidf"][form](counts, np.array([1.0, 2.0]) * scale, 2)
    first, second = 1.0, (1 + math.log(3)) * 2
    length = math.hypot(first, second)
    wanted = [first / length, second / length, 1.0] if scale else [0.0, 0.0, 0.0]
    assert value.tolist() == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize("most", [0, 1, 2, 1023, 1024, 65_535, 65_536, 100_000])
def test_every_number_of_times_has_its_logarithm(most: int) -> None:
    table = levels(most)
    assert table[1] == 1.0
    assert table[most] == pytest.approx(1 + math.log(most) if most else 1.0, abs=1e-12)
