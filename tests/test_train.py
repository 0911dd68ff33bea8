"""Training, evaluation and the model's files: the same bytes, figures computed by hand, every check of loading."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from click.testing import CliRunner

import quality
from quality import store
from quality.block import CLASSES, END
from quality.budget import threshold, wilson
from quality.calibrate import Platt, calibration_error, fit_platt, thresholds, truth
from quality.cli import quality as root
from quality.curves import per_family, precision, reliability
from quality.document import Document
from quality.errors import CorpusError, ModelError
from quality.evaluate import false_positives, ranking
from quality.lookup import _MULTIPLIER
from quality.model import HEADS, LinearModel
from quality.plots import DRAWINGS
from quality.release import Data, release
from quality.signals import SIGNALS
from quality.store import ARRAYS, FILES, LARGEST, UNSEALED
from quality.train import Sample, Settings, build_lexicon, family_weights, join, targets, widespread_words

ROOT = Path(__file__).parent.parent
SUBJECTS = 12  # with five versions each


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small corpus of written articles only."""
    folder = tmp_path_factory.mktemp("small") / "corpus"
    subjects = sorted((ROOT / "corpus" / "articles").iterdir())
    for subject in subjects[:: len(subjects) // SUBJECTS]:
        shutil.copytree(subject, folder / "articles" / subject.name)
    shutil.copy(ROOT / "corpus" / "groups.tsv", folder)
    return folder


@pytest.fixture(scope="module")
def trained(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of the small corpus, trained without public articles."""
    folder = tmp_path_factory.mktemp("first") / "en"
    release(corpus, folder, tmp_path_factory.mktemp("nothing"))
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_training_twice_gives_the_same_bytes(corpus: Path, trained: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "quality", "train", "--corpus", str(corpus), "--cache", str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "7"}
    subprocess.run([*command, "-o", str(tmp_path / "en")], env=environment, capture_output=True, check=True)
    assert content(tmp_path / "en") == content(trained)


def test_written_articles_alone_make_a_model(trained: Path) -> None:
    scorer = quality.load(trained)
    meta = scorer.model.meta
    assert (meta["corpus"]["public"], meta["corpus"]["written"]) == (0, 5 * SUBJECTS)
    assert meta["figures"]["families"] == SUBJECTS
    assert (
        scorer.score((ROOT / "corpus/articles/money-bike-lease/farm.md").read_text(encoding="utf-8")).score is not None
    )
    assert meta["digest"] in (trained / "README.md").read_text(encoding="utf-8")


def test_a_corpus_without_articles(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no labelled article at hand; run `quality corpus fetch` first"):
        Data(tmp_path, tmp_path)


# Samples, labels and weights.


def sample(texts: list[str], families: list[str], written: list[bool] | None = None) -> Sample:
    documents = [Document(text) for text in texts]
    return Sample(documents, families, np.zeros((len(texts), 4)), np.array(written or [False] * len(texts)))


def test_words_are_ranked_by_the_families_that_use_them() -> None:
    texts = ["fen fen fen fen", "fen moor", "moor tarn", "moor tarn 1994 Tarn", "counterproductively moor"]
    assert widespread_words(sample(texts, ["a", "a", "b", "c", "d"]), 3) == ["moor", "tarn", "fen"]


def test_the_lexicon_has_the_known_words_first_and_each_once() -> None:
    words = build_lexicon(["said", "moor"]).words
    assert words[:2] == ("said", "moor")
    assert len(set(words)) == len(words)


def test_a_family_weighs_as_the_root_of_its_size() -> None:
    weights = family_weights(["a", "a", "a", "a", "b"])
    assert weights.mean() == pytest.approx(1)
    assert weights.tolist() == pytest.approx([weights[4] / 2] * 4 + [weights[4]])


def test_written_articles_have_their_own_weight() -> None:
    both = join(sample(["x", "y"], ["a", "b"]), sample(["z"], ["c"], [True]))
    assert both.weights((3, 2, 1, 0)).tolist() == [[1] * 4, [1] * 4, [3, 2, 1, 0]]
    assert [document.text for document in both.voters().documents] == ["x", "y"]
    assert len(sample(["z"], ["c"], [True]).voters().documents) == 1, "without public ones all decide"


def test_targets_are_soft_and_keep_their_order() -> None:
    labels = np.array([[0, 0, 0, 0], [4, 4, 4, 4], [2, 1, 2, 3], [3, 1, 2, 3]], float)
    plain, soft = targets(labels, Settings(rank=0.0)), targets(labels, Settings(rank=0.5))
    assert plain[:2].tolist() == [[0.0] * 4, [1.0] * 4]
    assert ((plain[2] > 0) & (plain[2] < 1)).all()
    assert soft[:2].tolist() == [[0.5 / 4 / 2] * 4, [(1 + 3.5 / 4) / 2] * 4], "half label / 4, half mid-rank of four"
    for one in (plain, soft):
        assert one[3, 0] > one[2, 0], "the label farm weighs in its head"
    assert labels[2].tolist() == [2, 1, 2, 3], "the labels stay as they are"


# Evaluation functions by hand.


@pytest.mark.parametrize(
    ("hits", "trials", "interval"),
    # R's prop.test(hits, trials, correct = FALSE), after Wilson 1927.
    [
        (0, 10, (0.0, 0.2775)),
        (1, 10, (0.0179, 0.4042)),
        (5, 10, (0.2366, 0.7634)),
        (10, 10, (0.7225, 1.0)),
        (0, 0, (0, 1)),
    ],
)
def test_wilson(hits: int, trials: int, interval: tuple[float, float]) -> None:
    assert wilson(hits, trials) == pytest.approx(interval, abs=5e-5)


@pytest.mark.parametrize("budget", [0.0, 0.01, 0.05, 0.5])
@pytest.mark.parametrize(
    "scores", [[0.1, 0.2, 0.3, 0.4], [0.5] * 7, [*np.linspace(0, 0.99, 100)], [0.2, 0.2, 0.9, 0.9], [0.9]]
)
def test_threshold_is_the_lowest_within_the_budget(scores: list[float], budget: float) -> None:
    good = np.array(scores)
    limit = threshold(good, budget)
    allowed = budget * len(good) + 1e-9
    assert (good >= limit).sum() <= allowed
    lower = good[good < limit]
    assert not lower.size or (good >= lower.max()).sum() > allowed, "a lower one flags too many"


def test_thresholds_look_at_honest_articles_only() -> None:
    score = np.array([0.1, 0.2, 0.3, 0.99, 0.98])
    limits = thresholds(score, np.array([0.0, 1, 1, 2, 4]))
    assert limits["farm"] == limits["suspect"] == np.nextafter(0.3, 1)


def test_truth() -> None:
    assert truth(np.array([[2.0, 1, 0, 4], [3, 4, 2, 0]])).tolist() == [[0, 0.25, 0, 1], [1, 1, 0.5, 0]]


def test_calibration_error() -> None:
    assert calibration_error(np.array([0.2, 0.2, 0.8, 0.8]), np.array([0.0, 0, 1, 1]), bins=2) == pytest.approx(0.2)
    assert calibration_error(np.array([0.5, 0.5]), np.array([0.0, 1]), bins=1) == 0
    assert calibration_error(np.array([0.9, 0.1, 0.1]), np.array([0.0, 0, 0]), bins=2) == pytest.approx((0.2 + 0.9) / 3)


def test_platt_finds_slope_and_shift() -> None:
    logits = np.log(np.array([1, 3]) / np.array([3, 1]))[:, None].repeat(4, axis=1)
    slope, shift = fit_platt(logits, np.array([[0.0, 1, 1, 1], [4, 3, 3, 3]]))
    assert (slope[1:], shift[1:]) == (pytest.approx([1] * 3, rel=1e-3), pytest.approx([0] * 3, abs=1e-3))
    slope, shift = fit_platt(2 * logits + 1, np.array([[0.0, 1, 1, 1], [4, 3, 3, 3]]))
    assert (slope[1:], shift[1:]) == (pytest.approx([0.5] * 3, rel=1e-3), pytest.approx([-0.5] * 3, abs=1e-3))
    assert Platt(np.ones(4), np.zeros(4)).apply(np.zeros((1, 4))).tolist() == [[0.5] * 4]


def test_ranking() -> None:
    score = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.1])
    figures = ranking(score, np.array([4.0, 0, 3, 2, 1, 0]))
    assert figures["auroc"] == pytest.approx(5 / 6), (
        "of 2 x 3 pairs one is the wrong way round; the label 2 is left out"
    )
    assert figures["average_precision"] == pytest.approx((1 + 2 / 3) / 2)
    assert (figures["tpr_at_1"], figures["tpr_at_5"]) == (0.5, 0.5)
    ranks = np.array([6.0, 5, 4, 3, 2, 1]), np.array([6.0, 1.5, 5, 4, 3, 1.5])
    assert figures["spearman"] == pytest.approx(np.corrcoef(*ranks)[0, 1])


def test_false_positives_are_counted_among_honest_articles() -> None:
    score, farm = np.array([0.9, 0.2, 0.9, 0.9]), np.array([0.0, 1, 4, 0])
    chosen = {"some": np.array([True, True, True, False]), "nobody": np.zeros(4, bool)}
    counted = false_positives(score, farm, chosen, 0.9)
    assert {name: (row["honest"], row["flagged"]) for name, row in counted.items()} == {
        "some": (2, 1),
        "nobody": (0, 0),
    }
    assert counted["some"]["interval"] == list(wilson(1, 2))


# The checks of loading: each spoils one thing of a whole model.

Meta = dict[str, Any]
Spoil = Callable[[Path, Meta], object]


def array(name: str, change: Callable[[Any], Any]) -> Spoil:
    """Change an array, with its sum put right."""
    return lambda folder, meta: np.save(folder / f"{name}.npy", change(np.load(folder / f"{name}.npy")))


def text(name: str, change: Callable[[str], str]) -> Spoil:
    """Change a text file, with its sum put right."""

    def spoil(folder: Path, meta: Meta) -> None:
        path = folder / name
        path.write_bytes(change(path.read_text(encoding="utf-8")).encode())

    return spoil


def value(name: str, new: object) -> Spoil:
    """Change a value of model.json."""
    return lambda folder, meta: meta.update({name: new})


def put(place: Any, new: object) -> Callable[[Any], Any]:
    """An array with one value changed."""

    def change(old: Any) -> Any:
        old[place] = new
        return old

    return change


def huge(folder: Path, meta: Meta) -> None:
    """An array that says it is larger than any memory."""
    with (folder / "idf.npy").open("wb") as file:
        header = {"descr": "<f8", "fortran_order": False, "shape": (1 << 50,)}
        np.lib.format.write_array_header_1_0(file, header)


def header(content: bytes) -> Spoil:
    """Give an array a header of its own."""
    length = len(content).to_bytes(2, "little")
    return lambda folder, meta: (folder / "bias.npy").write_bytes(b"\x93NUMPY\x01\0" + length + content) and None


def crowd(folder: Path, meta: Meta) -> None:
    """As many terms as the format allows, all of which belong in the same corner of a table."""
    symbols = np.arange(1, len(CLASSES) + meta["known"] + 1, dtype=np.uint64)
    symbols = symbols[symbols != END + 1]
    keys = (symbols[:, None] << np.uint64(16) | symbols).ravel()
    keys = keys[keys * _MULTIPLIER < np.uint64(1 << 59)][:20_000]
    weights = np.zeros((len(keys) + len(meta["signals"]), 4))
    for name, array in {"terms": np.sort(keys), "idf": np.ones(len(keys)), "weights": weights}.items():
        np.save(folder / f"{name}.npy", array)


SUMMED: dict[str, tuple[Spoil, str]] = {
    "altered idf": (array("idf", lambda old: old * 2), ""),
    "a float32 array": (array("idf", lambda old: old.astype(np.float32)), r"idf.npy: holds other numbers than float64"),
    "not finite": (array("weights", put((3, 0), np.nan)), r"weights.npy: holds numbers that are not finite"),
    "infinite": (array("bias", put(0, np.inf)), r"bias.npy: holds numbers that are not finite"),
    "objects": (array("bias", lambda old: old.astype(object)), r"bias.npy: is no plain array"),
    "another lexicon": (text("lexicon.txt", lambda old: old + "zyx\n"), ""),
    "larger than memory": (huge, r"idf.npy: is no plain array"),
    "shape of idf": (array("idf", lambda old: old[:-1]), r"idf.npy: has shape"),
    "shape of weights": (array("weights", lambda old: old[:, :3]), r"weights.npy: has shape"),
    "shape of bias": (array("bias", lambda old: old[:2]), r"bias.npy: has shape \(2,\), not \(4,\)"),
    "shape of scale": (array("scale", lambda old: old[:1]), r"scale.npy: has shape"),
    "shape of lists": (array("lists", lambda old: old[:-1]), r"lists.npy: has shape"),
    "no dimension": (array("terms", lambda old: old[0]), r"npy: has shape"),
    "two dimensions": (array("steps", lambda old: old[None]), r"steps.npy: has shape"),
    "a term twice": (array("terms", put(1, 0)), r"terms.npy: holds a term twice, or terms out of order"),
    "a deviation of nothing": (array("scale", put((1, 0), 0)), r"scale.npy: holds a deviation that is not above 0"),
    "a step from nowhere": (array("steps", put(0, 9 << 20)), r"steps.npy: holds a step that nothing leads to"),
    "a step of no word": (array("steps", put(0, (1 << 20) - 1)), r"steps.npy: holds words that the lexicon lacks"),
    "a word twice": (text("lexicon.txt", lambda old: old + old.split("\n")[0] + "\n"), r"holds words that cannot be"),
    "a long word": (text("lexicon.txt", lambda old: old + "x" * 17 + "\n"), r"holds words that cannot be"),
    "an empty word": (text("lexicon.txt", lambda old: "\n" + old), r"holds words that cannot be"),
    "a capital": (text("lexicon.txt", lambda old: old + "Zyx\n"), r"holds words that cannot be"),
    "an accent": (text("lexicon.txt", lambda old: old + "é\n"), r"holds words that cannot be"),
    "a header that does not end": (header(b"{'descr': ('<f8',"), r"bias.npy: is no plain array"),
    "a header of code": (header(b"{'descr': exit(), 'shape': ()}"), r"bias.npy: is no plain array"),
    "a header of brackets": (header(b"(" * 60_000), r"bias.npy: is no plain array"),
    "an escape sequence": (text("lexicon.txt", lambda old: old + "\x1b[0m\n"), r"holds words that cannot be"),
    "terms of no words": (array("terms", put(-1, 1 << 32)), r"terms.npy: holds a term that no text has"),
    "terms in one place": (crowd, r"was made to be slow \(\d+ keys of \d+ crowd in one place\)"),
    "an enormous weight": (array("weights", put((0, 0), 1e300)), r"weights.npy: holds numbers that are not finite, or"),
    "an enormous deviation": (array("scale", put((1, 0), 1e-300)), r"scale.npy: holds a deviation that is not above 0"),
    "a name that moves the cursor": (value("name", "en\x1b[2J"), r"model.json: its name is none"),
    "a name that is none": (value("name", ["en"]), r"model.json: its name is none"),
    "no words": (text("lexicon.txt", lambda old: ""), r"holds words that cannot be"),
    "another format": (value("format", 99), r"format 99, this version reads 1; train again"),
    "other signals": (value("signals", ["sound"]), r"other signals than this version has; train again"),
    "other lists": (value("phrase_lists", ["proverbs"]), r"other phrase lists than this version has; train again"),
    "other files": (value("sha256", {}), r"lists other files than a model has"),
    "files in a list": (value("sha256", []), r"lists other files than a model has"),
    "known words": (value("known", 10**6), r"'known' does not fit the lexicon"),
    "no known words": (value("known", None), r"'known' does not fit the lexicon"),
    "thresholds the wrong way round": (value("thresholds", {"farm": 0.2, "suspect": 0.5}), "0 <= suspect <= farm <= 1"),
    "a threshold that is no number": (value("thresholds", {"farm": "x", "suspect": 0}), "0 <= suspect <= farm <= 1"),
    "no thresholds": (value("thresholds", None), "0 <= suspect <= farm <= 1"),
}


def resum(folder: Path, meta: Meta) -> None:
    """Write model.json with the sums of the files as they are."""
    if meta.get("sha256"):
        sums = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in meta["sha256"]}
        meta["sha256"] = sums | {"model.json": UNSEALED}
    told = json.dumps(meta)
    seal = hashlib.sha256(told.encode()).hexdigest()
    (folder / "model.json").write_text(told.replace(UNSEALED, seal), encoding="utf-8")


@pytest.fixture
def copied(trained: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(trained, tmp_path / "model"))


@pytest.mark.parametrize("name", SUMMED)
def test_a_spoilt_model_is_refused(copied: Path, name: str) -> None:
    spoil, message = SUMMED[name]
    meta = json.loads((copied / "model.json").read_text(encoding="utf-8"))
    spoil(copied, meta)
    resum(copied, meta)
    if not message:
        assert isinstance(store.load(copied), LinearModel), "the sums themselves are right"
        return
    with pytest.raises(ModelError, match=message) as caught:
        store.load(copied)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(str(copied))


@pytest.mark.parametrize("name", [*(f"{name}.npy" for name in ARRAYS), "lexicon.txt", "terms.tsv"])
@pytest.mark.parametrize("damage", ["missing", "truncated", "altered", "oversized"])
def test_a_damaged_file_is_refused(copied: Path, name: str, damage: str) -> None:
    path, said = copied / name, {"missing": "is missing", "oversized": "is larger than 32 MiB"}
    raw = path.read_bytes()
    if damage == "missing":
        path.unlink()
    elif damage == "oversized":
        os.truncate(path, LARGEST + 1)
    else:
        path.write_bytes(raw[:-1] if damage == "truncated" else raw[:-1] + bytes([raw[-1] ^ 1]))
    with pytest.raises(ModelError, match=f"{name}: {said.get(damage, 'was altered or truncated')}"):
        store.load(copied)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (None, "no model here"),
        (b"", "is not JSON"),
        (b"{", "is not JSON"),
        (b"[1]", "format None, this version reads 1"),
        (b"[" * 100_000, "is not JSON"),
        (b"\xff", "is not JSON"),
    ],
)
def test_a_damaged_description_is_refused(copied: Path, raw: bytes | None, message: str) -> None:
    (copied / "model.json").unlink()
    if raw is not None:
        (copied / "model.json").write_bytes(raw)
    with pytest.raises(ModelError, match=message):
        store.load(copied)


def test_an_enormous_description_is_refused(copied: Path) -> None:
    os.truncate(copied / "model.json", LARGEST + 1)
    with pytest.raises(ModelError, match="is larger than 32 MiB"):
        store.load(copied)


def test_what_is_saved_is_what_is_loaded(trained: Path, tmp_path: Path) -> None:
    model = store.load(trained)
    again = store.load(tmp_path) if store.save(model, tmp_path) else None
    assert again is not None
    for name in ARRAYS:
        assert (tmp_path / f"{name}.npy").read_bytes() == (trained / f"{name}.npy").read_bytes()
    assert again.lexicon.words == model.lexicon.words
    assert again.thresholds == model.thresholds


def test_the_listing_has_every_weight(trained: Path) -> None:
    model = store.load(trained)
    lines = [line.split("\t") for line in (trained / "terms.tsv").read_text(encoding="utf-8").splitlines()]
    assert lines[0] == ["term", *HEADS]
    assert np.array([line[1:] for line in lines[1:]], float) == pytest.approx(model.weights, abs=1e-5)
    assert [line[0] for line in lines[-len(SIGNALS) :]] == [f"signal:{signal.name}" for signal in SIGNALS]


def test_the_card_shows_its_drawings(trained: Path) -> None:
    card = (trained / "README.md").read_text(encoding="utf-8")
    for name in DRAWINGS:
        drawing = ElementTree.parse(trained / f"{name}.svg").getroot()
        assert drawing.get("role") == "img"
        assert f"]({name}.svg)" in card


def test_a_card_is_written_anew_without_touching_the_model(trained: Path, corpus: Path, copied: Path) -> None:
    for name in ("README.md", *(f"{name}.svg" for name in DRAWINGS)):
        (copied / name).unlink()
    arguments = ["evaluate", str(copied), "--corpus", str(corpus), "--cache", str(corpus / "nothing"), "--card"]
    assert CliRunner().invoke(root, arguments, prog_name="quality").exit_code == 0
    assert content(copied) == content(trained)


def test_reliability_has_every_article_once() -> None:
    score = np.linspace(0, 1, 23)
    bins = reliability(score, np.where(score > 0.5, 4.0, 0.0))
    assert sum(row["articles"] for row in bins) == 23
    assert [row["score"] for row in bins] == sorted(row["score"] for row in bins)
    assert sum(row["articles"] * row["farm"] for row in bins) == pytest.approx((score > 0.5).sum())


def test_precision_by_hand() -> None:
    """Found in the order farm, honest, farm, honest; the label 2 counts for nothing."""
    score = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    found = precision(score, np.array([4.0, 0, 3, 2, 1]))
    assert found[:26] == [1.0] * 26
    assert found[26:] == [pytest.approx(2 / 3)] * 25


def test_small_families_are_not_told() -> None:
    families = ["a"] * 5 + ["b"] * 4
    found = per_family(np.full(9, 0.5), np.array([4.0] * 2 + [0.0] * 7), families)
    assert found == {"a": {"articles": 5, "score": 0.5, "farm": 0.4}}


REGIONS = 24


@pytest.mark.parametrize("name", [*FILES, "model.json"])
def test_a_flipped_bit_anywhere_is_refused(copied: Path, name: str) -> None:
    """In every region of every file; of the bytes that a file begins and ends with each."""
    path = copied / name
    raw = path.read_bytes()
    places = {*range(16), *range(len(raw) - 8, len(raw)), *range(0, len(raw), max(1, len(raw) // REGIONS))}
    for at in sorted(place for place in places if 0 <= place < len(raw)):
        path.write_bytes(raw[:at] + bytes([raw[at] ^ 1 << at % 8]) + raw[at + 1 :])
        with pytest.raises(ModelError):
            store.load(copied)
    path.write_bytes(raw)
    assert store.load(copied)


@pytest.mark.parametrize("name", [*FILES, "model.json"])
def test_a_file_that_leads_elsewhere_is_refused(copied: Path, tmp_path: Path, name: str) -> None:
    """Also when what is there would fit."""
    (copied / name).rename(tmp_path / name)
    (copied / name).symlink_to(tmp_path / name)
    with pytest.raises(ModelError, match=f"{name}: leads out of the model's folder"):
        store.load(copied)


@pytest.mark.parametrize("name", ["../model.json", "/etc/hostname", "idf.npy/../../idf.npy"])
def test_files_elsewhere_cannot_be_listed(copied: Path, name: str) -> None:
    meta = json.loads((copied / "model.json").read_text(encoding="utf-8"))
    meta["sha256"][name] = meta["sha256"].pop("idf.npy")
    (copied / "model.json").write_text(json.dumps(meta), encoding="utf-8")
    with pytest.raises(ModelError, match="lists other files than a model has"):
        store.load(copied)


def test_swapped_files_are_refused(copied: Path) -> None:
    (copied / "idf.npy").rename(copied / "aside")
    (copied / "bias.npy").rename(copied / "idf.npy")
    (copied / "aside").rename(copied / "bias.npy")
    with pytest.raises(ModelError, match="was altered or truncated"):
        store.load(copied)
