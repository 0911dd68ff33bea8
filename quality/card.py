"""The card of a model: its README.md and drawings, made of the figures of the run that saved its weights."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from quality import store
from quality.errors import ModelError
from quality.model import LinearModel
from quality.plots import SAID, drawings
from quality.whole import writing

Figures = Mapping[str, Any]

_NAMES = {
    "auroc": "AUROC", "average_precision": "average precision", "tpr_at_1": "true positives at 1 % false positives",
    "tpr_at_5": "true positives at 5 % false positives", "spearman": "Spearman with the label",
}  # fmt: skip

_METRICS = {
    "auroc": "roc_auc", "average_precision": "average_precision", "tpr_at_1": "recall_at_1_percent_fpr",
    "tpr_at_5": "recall_at_5_percent_fpr", "spearman": "spearmanr",
}  # fmt: skip
"""Our name of a figure -> the hub's type of a metric, where it has one (evaluate-metric), else one like them."""

_TAGS = ("content-farm", "text-quality", "tf-idf", "logistic-regression", "explainable")

_HEAD = """\
# {name}

Scores English articles for being content-farm material: four linear heads (farm, filler, repetition, unsourced) over
masked TF-IDF n-grams and signals. The files are plain arrays, a word list and JSON, read by `quality` alone:

    import quality
    quality.load("{folder}").score(text)

**What the score is not.** It says nothing of who or what wrote a text, whether it is true, or whether a site deserves
trust. One text shows signs only; a verdict on a site needs many articles.

Digest (sha256 of `model.json`): `{digest}`
"""

_LABELS = """
It was labelled by a language model following `corpus/GUIDE.md`; no person checked the labels. Which kinds of articles
to write for training was decided after reading errors on the families that the figures below come from: on further
families expect somewhat less.
"""

_UNMEASURED = """
Trained through scikit-learn on {texts} texts of {families} families, with labels of its user. Nothing was measured on
unseen texts, the score is not calibrated, the axes repeat it, and both thresholds stand at one half: `quality
calibrate` fits them.
"""


def _front(meta: Figures) -> Iterator[str]:
    """The metadata that the hub reads (hub-docs, modelcard.md), with the figures as its model-index. YAML."""
    yield "---"
    yield f"language: {meta['language']}"
    yield "license: mit"
    yield "library_name: quality"
    yield "pipeline_tag: text-classification"
    yield f"tags: [{', '.join(_TAGS)}]"
    if figures := meta.get("figures"):
        yield f"metrics: [{', '.join(_METRICS[key] for key in figures['farm'])}]"
        yield "model-index:"
        yield f"- name: {json.dumps(meta['name'])}"
        yield "  results:"
        yield "  - task: {type: text-classification, name: content-farm articles}"
        yield f"    dataset: {{type: quality-corpus, name: {json.dumps(_tested(figures))}}}"
        yield "    metrics:"
        for key, value in figures["farm"].items():
            yield f"    - {{type: {_METRICS[key]}, name: {json.dumps(_NAMES[key])}, value: {value:.4f}}}"
    yield "---"
    yield ""


def _tested(figures: Figures) -> str:
    articles, families, folds = (figures[name] for name in ("articles", "families", "folds"))
    return f"{articles} articles of {families} families, {folds} folds of unseen families"


def table(figures: Figures) -> str:
    """The figures over unseen families, as text for a terminal and for the card alike."""
    return "\n".join(_lines(figures))


def _lines(figures: Figures) -> Iterator[str]:
    yield _tested(figures)
    yield from _drawn(
        ("farm 3-4 against 0-1", "this model", "95 % interval", "plain TF-IDF + logistic regression"),
        [_ranked(figures, key) for key in figures["farm"]],
    )
    yield from _drawn(
        ("head", "Spearman with its label", "expected calibration error"),
        [
            (head, f"{value:.3f}", f"{figures['calibration_error'][head]:.3f}")
            for head, value in figures["spearman"].items()
        ],
    )
    limits = figures["thresholds"]
    yield f"\nThresholds of these folds: `farm` from {limits['farm']:.3f}, `suspect` from {limits['suspect']:.3f}."
    yield from _drawn(
        ("honest articles flagged as `farm`", "articles", "flagged", "share", "95 % interval (Wilson)"),
        [_flagged(name, row) for name, row in {**figures["groups"], **figures["lengths"]}.items()],
    )
    yield from _sites(figures.get("sites", {}))
    yield from _drawn(
        ("within one pool (where the articles were looked for)", "farm", "honest", "AUROC"),
        [(name, row["farm"], row["honest"], f"{row['auroc']:.3f}") for name, row in figures.get("pools", {}).items()],
    )
    yield from _drawn(
        ("written pairs, subject unseen: against its plain version", "subjects that do", "that do not"),
        [
            (_demand(name), f"{row['share']:.1%}", ", ".join(row["failed"]) or "-")
            for name, row in figures.get("pairs", {}).items()
        ],
    )
    yield from _stability(figures.get("stability", {}))
    yield from _leakage(figures.get("leakage", {}))


def _drawn(head: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """A blank line and a Markdown table; nothing at all where there are no rows."""
    if rows:
        yield ""
        yield f"| {' | '.join(head)} |"
        yield "|" + "---|" * len(head)
        yield from (f"| {' | '.join(map(str, row))} |" for row in rows)


def _ranked(figures: Figures, key: str) -> Sequence[object]:
    low, high = figures["intervals"][key]
    return _NAMES[key], f"{figures['farm'][key]:.3f}", f"{low:.3f} to {high:.3f}", f"{figures['baseline'][key]:.3f}"


def _flagged(name: str, row: Figures) -> Sequence[object]:
    low, high = row["interval"]
    share = row["flagged"] / max(row["honest"], 1)
    return name, row["honest"], row["flagged"], f"{share:.1%}", f"{low:.1%} to {high:.1%}"


def _sites(told: Figures) -> Iterator[str]:
    if told:
        yield from _drawn(
            ("families taken as sites, by their mean label of farm", "sites", "verdict `farm`", "verdict `ok`"),
            [(name, row["sites"], row["farm"], row["ok"]) for name, row in told["verdicts"].items()],
        )
        auroc = "-" if told["auroc"] is None else f"{told['auroc']:.3f}"
        yield (
            f"\nAUROC of farms against honest sites: {auroc}. The interval holds the share of articles labelled farm "
            f"in {told['covered']:.1%} of all {told['sites']} families."
        )


def _stability(changes: Figures) -> Iterator[str]:
    if changes:
        yield "\nStability: the same article in another form, scored by the finished model."
    yield from _drawn(
        ("change", "articles", "rank correlation", "mean change", "largest", "jumps"),
        [_moved(name, row) for name, row in changes.items()],
    )


def _moved(name: str, row: Figures) -> Sequence[object]:
    told = "-" if row["rank_correlation"] is None else f"{row['rank_correlation']:.3f}"
    jumps = f"{row['jumps']} above {row['jump']}"
    return name, row["articles"], told, f"{row['mean']:.3f}", f"{row['largest']:.3f}", jumps


def _leakage(leak: Figures) -> Iterator[str]:
    if leak:
        yield ""
        yield (
            f"Leakage: from the model's features a linear classifier tells which of {leak['families']} families an "
            f"article comes from in {leak['accuracy']:.1%} of cases (from plain TF-IDF in {leak['plain']:.1%}, by "
            f"always naming the largest family in {leak['chance']:.1%})."
        )


def _adjusted(told: Figures) -> str:
    flagged = ", ".join(f"{verdict} {count}" for verdict, count in told["flagged"].items())
    bounds = ", ".join(f"{verdict} {bound:.2%}" for verdict, bound in told["bounds"].items())
    prior = "as in the corpus" if told["prior"] is None else f"{told['prior']:.1%}"
    return (
        f"\n## Adjusted\n\nA copy of `{told['from']}` with thresholds fitted to {told['good']} texts that its user "
        f"holds to be good: flagged {flagged}; at most {bounds} of all such texts (Wilson bound, 95 %). "
        f"Share of farm pages expected: {prior}. The figures above are those of the original.\n"
    )


def _demand(name: str) -> str:
    kind, _, axis = name.partition(" ")
    if kind == "farm":
        return "`farm` scores higher"
    return f"`{axis}` raises {axis}" if kind == "raises" else f"`{axis}` raises {axis} more than the other axes"


def card(meta: Mapping[str, Any], digest: str) -> str:
    """The whole card, in the form that the Hugging Face hub reads.

    >>> card({"name": "mine", "language": "en", "corpus": {"texts": 2, "families": 1}}, "1f0c").splitlines()[1]
    'language: en'
    """
    return "\n".join(_front(meta)) + "\n" + "\n".join(_body(meta, digest))


def _body(meta: Mapping[str, Any], digest: str) -> Iterator[str]:
    yield _HEAD.format(name=meta["name"], folder=meta["name"].rsplit("-", 1)[0], digest=digest)
    if "figures" not in meta:
        yield _UNMEASURED.format(**meta["corpus"]).lstrip("\n")
        return
    corpus = meta["corpus"]
    yield _LABELS.lstrip("\n")
    yield "## Figures over unseen families\n"
    yield table(meta["figures"])
    yield from (f"\n![{said}]({name}.svg)\n\n{said}" for name, said in SAID.items() if name in meta["figures"])
    yield "\n## Training\n"
    yield (
        f"{corpus['public']} public and {corpus['written']} written labelled articles of {corpus['families']} families "
        f"(corpus sha256 `{corpus['sha256'][:16]}`). Settings: {_named(meta['settings'])}. Made with "
        f"{_named(meta['versions'])}.\n"
    )
    if "adjusted" in meta:
        yield _adjusted(meta["adjusted"])


def _named(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())


def files(meta: Mapping[str, Any], digest: str) -> dict[str, str]:
    """Names and contents of the card and of the drawings beside it, one for each figure that is drawn.

    Raises:
        ModelError: when a model of another version does not tell what the card shows.
    """
    meta = json.loads(json.dumps(dict(meta), sort_keys=True))  # in the order of model.json, whoever calls
    try:
        return drawings(meta.get("figures", {})) | {"README.md": card(meta, digest)}
    except KeyError as error:
        told = f"does not tell {error}, which the model's card shows"
    except (TypeError, ValueError, AttributeError) as error:
        told = f"does not tell what the model's card shows as this version does ({error})"
    raise ModelError(f"model.json: {told}; train again")


def write(meta: Mapping[str, Any], digest: str, folder: Path) -> None:
    """Write the card into a model's folder: README.md, and its drawings.

    Raises:
        ModelError: see `files`.
        InputError: when it cannot be written.
    """
    with writing(str(folder)):
        for name, content in files(meta, digest).items():
            (folder / name).write_text(content, encoding="utf-8")


def save(model: LinearModel, folder: Path) -> str:
    """Write a model's folder with its card, ready to be used or uploaded; returns the digest.

    Raises:
        ModelError: see `files`; then nothing is written.
        InputError: when it cannot be written; what is there then is no model that can be loaded.
    """
    files(model.meta, store.UNSEALED)
    with writing(str(folder)):
        digest = store.save(model, folder)
    write(model.meta, digest, folder)
    return digest
