"""The compiled kernel against NumPy, which defines it: the same numbers to the last bit, whatever the text."""

from __future__ import annotations

import ctypes
import dataclasses
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quality import compile as compiling
from quality import explain, kernel
from quality.corpus import Article
from quality.document import Document
from quality.fold import codes_of
from quality.model import LinearModel
from quality.similar import comparable
from quality.views import Views

ROOT = Path(__file__).parent.parent

# What the rules of the tokeniser, the phrases and the signals turn on, and what is hostile to them.
PIECES = (
    "the ", "a ", "said ", "Dr. ", "U.S. ", "3,000 ", "1999 ", "0C12 ", "1.5.6", "1,2,3", "a.b", "1.a", "don't ",
    "state-of-the-art ", "\n", "\n\n", "\n- ", "\n1. ", "\n12) ", "\n        * ", "# ", "--", "...", "- ", "*", "'",
    ".", ",", "-", "$", "%", "(", ")", "?", "!", ";", ":", "\t", '"', "é", "ё", "\u200b", "\u2014", "“", "”",
    "\U0001f600", "漢字 ", "ﬁ", "\u00ad", "x" * 20 + " ", "A", "Zebra ", "NASA ", "experts say ",
    "it is important to note that ", "in conclusion ", "word other things came again. ", "word " * 40,
    "x" * 130 + "\n",
    "[a](b)", "[it](", "https://a.example/x_(y)", " \"of\")", "<https://b.example>", "](\n", "((",
    "www.c.example/?tag=d, ", "http://", "mailto:e)", "\r\n", "\r", "|", "\n| a | b |\n", "\n - - -\n", "```\n",
    "](" + "u" * 1999, "t" * 299, "\u2003", "\x1c", "\b", "\x01", "\\ ", "\u00a0", "\u1680", "\u2028", "\u202f",
    "\u205f", "\u3000", "\x85", '"\u2009so\u2009"',
)  # fmt: skip
TEXTS = st.lists(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=60).map(
        lambda parts: "".join(parts).replace("\0", "").encode("utf-8", "replace").decode()
    ),
    min_size=1,
    max_size=5,
)
Case = Callable[[Views, LinearModel], tuple[Any, ...]]


def _amounts(views: Views, model: LinearModel) -> tuple[Any, ...]:
    parts = explain.contributions(model, model.rows(views))
    return parts.doc, parts.amount, np.arange(len(views.documents)) % 3 < 2, 40


def _parts(views: Views, model: LinearModel) -> tuple[Any, ...]:
    parts = explain.contributions(model, model.rows(views))
    chosen = parts.at(explain.strongest(*_amounts(views, model)))
    hits = explain.signal_hits(views, chosen)
    ends = np.cumsum(chosen.times + np.bincount(hits.part, minlength=len(chosen.doc)))
    return model.terms, views.block, chosen, hits, ends


def _told(views: Views, model: LinearModel) -> tuple[Any, ...]:
    """All that is told of the first text, as far as UTF-8 has bytes for it."""
    told = explain.Explainer(model).explain(views, model.rows(views), np.ones(len(views.documents), bool))[0]
    return told.text.encode(), told.sayings, told.columns, orjson.dumps(told.columns.contribution.tolist())[1:-1]


CASES: dict[str, Case] = {
    "quality.block.cut": lambda views, model: (views.text, model.lexicon),
    "quality.counted.repeated": lambda views, model: (views,),
    "quality.distinct.first_equal": lambda views, model: (views.block.stem,),
    "quality.distinct.first_in_group": lambda views, model: (views.block.stem, views.block.doc),
    "quality.evidence.as_json": _told,
    "quality.explain.placed": _parts,
    "quality.explain.strongest": _amounts,
    "quality.features.judge": lambda views, model: (model.rows(views),),
    "quality.fold.fold": lambda views, model: (codes_of("\0".join(one.text for one in views.documents)),),
    "quality.markup.laid": lambda views, model: (views.documents,),
    "quality.phrases.Phrases.match": lambda views, model: (model.phrases, views.block),
    "quality.pieces.counts": lambda views, model: (views.content, views.sentences.first),
    "quality.pieces.parted": lambda views, model: (views.content,),
    "quality.similar.likeness": lambda views, model: (views, comparable(views)),
    "quality.terms.Terms.count": lambda views, model: (model.terms, views.block),
    "quality.terms.tfidf": lambda views, model: (model.terms.count(views.block), model.idf, views.block.docs),
    "quality.views.first_words": lambda views, model: (views.block.is_word, views.sentences.of),
    "quality.views.quoted": lambda views, model: (views.block.kind, views.paragraphs),
    "quality.views.sentence_starts": lambda views, model: (views.block, views.listed("abbreviations")),
}
"""What each function that has two forms is given, from the views of some texts."""


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The library, built for these tests where it is not in use anyway."""
    if kernel.NAME == "compiled":
        yield
        return
    place = tmp_path_factory.mktemp("kernel") / compiling.LIBRARY.name
    if problem := compiling.build(place):
        pytest.skip(f"no C compiler: {problem}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernel, "_library", kernel.declared(ctypes.CDLL(str(place))))
        yield


def same(one: Any, other: Any) -> bool:
    """Whether two results are of the same kind and hold the same bits."""
    if isinstance(one, np.ndarray):
        return bool(one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes())
    if dataclasses.is_dataclass(one):
        return all(same(getattr(one, field.name), getattr(other, field.name)) for field in dataclasses.fields(one))
    if isinstance(one, dict):
        return list(one) == list(other) and all(map(same, one.values(), other.values()))
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def compare(texts: list[str], model: LinearModel) -> None:
    views = Views([Document(text) for text in texts], model.reader())
    for name, (plain, compiled) in kernel.TWINS.items():
        given_to = CASES[name](views, model)
        assert same(plain(*given_to), compiled(*given_to)), name


def test_every_twin_is_compared() -> None:
    assert set(CASES) == set(kernel.TWINS)


@given(TEXTS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_twins_agree_on_hostile_text(library: None, model: LinearModel, texts: list[str]) -> None:
    compare(texts, model)


def test_twins_agree_on_articles(library: None, model: LinearModel, written: list[Article]) -> None:
    for start in range(0, len(written), 50):
        compare([one.text for one in written[start : start + 50]], model)


def test_twins_agree_on_one_long_sentence(library: None, model: LinearModel) -> None:
    compare(["zebra quagga " * 3000 + ". " + "zebra okapi " * 2000 + ". Zebra okapi quagga gnu."], model)


def test_the_same_sources_give_the_same_bytes(library: None, tmp_path: Path) -> None:
    for name in "ab":
        assert compiling.build(tmp_path / name) == ""
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_no_compiler_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "no-such-compiler")
    assert "no-such-compiler" in compiling.build(tmp_path / "kernel")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("choice", "code", "said"), [("numpy", 0, "kernel numpy"), ("fast", 2, "QUALITY_KERNEL is 'fast'; it can be")]
)
def test_the_kernel_can_be_chosen(choice: str, code: int, said: str) -> None:
    for arguments in (["--version"], ["score", "-"]):
        done = subprocess.run(
            [sys.executable, "-m", "quality", *arguments], input="Too few words.", capture_output=True, text=True,
            cwd=ROOT, env=os.environ | {kernel.CHOICE: choice}, check=False,
        )  # fmt: skip
        assert done.returncode == code
        assert "Traceback" not in done.stderr
        assert said in done.stdout + done.stderr or (arguments[0] == "score" and not code)
    assert subprocess.run([sys.executable, "-m", "quality", "-h"], cwd=ROOT, check=True, capture_output=True).stdout


@pytest.mark.tools
def test_wheel_holds_the_kernel_and_is_reproducible(tmp_path: Path) -> None:
    pytest.importorskip("hatchling", reason="hatchling builds the wheel")
    wheels = []
    for name in "ab":
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / name)]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        [wheel] = (tmp_path / name).iterdir()
        wheels.append(wheel)
    assert wheels[0].name == wheels[1].name
    assert wheels[0].read_bytes() == wheels[1].read_bytes()
    assert "-py3-none-" in wheels[0].name
    assert "-any" not in wheels[0].name
    names = zipfile.ZipFile(wheels[0]).namelist()
    assert f"quality/{compiling.LIBRARY.name}" in names
    assert not any(name.endswith((".c", ".h")) for name in names)
