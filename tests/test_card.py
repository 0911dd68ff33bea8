"""The card of a model, as the Hugging Face hub reads it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from quality import card, store
from quality.model import LinearModel


def front(text: str) -> dict[str, object]:
    """The metadata before a card."""
    _, matter, _ = text.split("---\n", 2)
    found: dict[str, object] = yaml.safe_load(matter)
    return found


def test_the_card_that_comes_along_is_the_one_its_figures_give(model: LinearModel) -> None:
    stored = (store.default_folder() / "README.md").read_text(encoding="utf-8")
    assert stored == card.card(model.meta, str(model.meta["digest"]))


def test_metadata(model: LinearModel) -> None:
    found = front(card.card(model.meta, "1f0c"))
    assert (found["language"], found["license"], found["pipeline_tag"]) == ("en", "mit", "text-classification")
    assert set(found) == {
        "language", "license", "library_name", "pipeline_tag", "tags", "metrics", "model-index",
    }  # fmt: skip


@pytest.mark.tools
def test_the_hub_reads_it(model: LinearModel, tmp_path: Path) -> None:
    """With the hub's own library, offline: the metadata, the figures, and that nothing is lost when it writes them."""
    hub = pytest.importorskip("huggingface_hub")
    path = tmp_path / "README.md"
    shutil.copy(store.default_folder() / "README.md", path)
    read = hub.ModelCard.load(path, ignore_metadata_errors=False)
    figures = model.meta["figures"]["farm"]
    told = {one.metric_name: one.metric_value for one in read.data.eval_results}
    assert len(told) == len(figures)
    assert told["AUROC"] == pytest.approx(figures["auroc"], abs=1e-4)
    assert read.data.model_name == model.meta["name"]
    assert hub.metadata_load(path) == front(path.read_text(encoding="utf-8"))
    assert hub.ModelCard(str(read)).data.to_dict() == read.data.to_dict()
    assert not {one.name for one in store.default_folder().iterdir()} & {"model.pkl", "model.joblib"}
