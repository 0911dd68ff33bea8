"""datatrove as it is: pipelines from JSON lines to JSON lines in its local executor."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from quality.corpus import Article
from quality.errors import UsageError

pytestmark = pytest.mark.tools
pytest.importorskip("datatrove")

ROOT = Path(__file__).parent.parent
PIPELINE = """
import sys
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter
from quality.integrations.datatrove import QualityFilter

if __name__ == "__main__":
    LocalPipelineExecutor(
        pipeline=[
            JsonlReader("in"),
            QualityFilter({options}exclusion_writer=JsonlWriter("dropped")),
            JsonlWriter("kept"),
        ],
        tasks=2, workers={workers}, logging_dir="logs",
    ).run()
"""


@pytest.fixture
def place(written: list[Article], tmp_path: Path) -> Path:
    """Two files of documents with addresses, one of them without a text."""
    (tmp_path / "in").mkdir()
    chosen = [one for one in written if one.version in ("plain", "farm")][:60]
    for half in (0, 1):
        rows = [
            {"id": one.id, "url": f"https://{one.family}.example.org/", "text": one.text} for one in chosen[half::2]
        ]
        rows += [{"id": "empty", "text": " "}] * half
        (tmp_path / "in" / f"{half}.jsonl").write_text(
            "".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8"
        )
    return tmp_path


def execute(folder: Path, options: str, workers: int = 1) -> tuple[list[Any], list[Any], dict[str, Any]]:
    """Documents kept and dropped, and the stats of the filter."""
    (folder / "run.py").write_text(PIPELINE.format(options=options, workers=workers), encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "run.py"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    stats = json.loads((folder / "logs" / "stats.json").read_text(encoding="utf-8"))
    counted = {name: one["total"] if isinstance(one, dict) else one for name, one in stats[1]["stats"].items()}
    return documents(folder / "kept"), documents(folder / "dropped"), counted


def documents(folder: Path) -> list[Any]:
    lines = [gzip.decompress(path.read_bytes()).decode() for path in sorted(folder.glob("*.jsonl.gz"))]
    return [json.loads(line) for line in "".join(lines).splitlines()]


def scores(rows: list[Any]) -> dict[str, Any]:
    return {one["id"]: (one.get("metadata") or one)["quality"] for one in rows}


def batched(folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "quality", "batch", "in", "-o", "out.jsonl", "--quiet"]
    subprocess.run(command, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False)
    return scores([json.loads(line) for line in (folder / "out.jsonl").read_text(encoding="utf-8").splitlines()])


def test_labels_only(place: Path) -> None:
    kept, dropped, stats = execute(place, "drop=(), ", workers=2)
    assert (len(kept), dropped) == (61, [])
    found = scores(kept)
    assert found.pop("empty") is None
    assert [one["metadata"]["quality_rejected"] for one in kept if one["id"] == "empty"] == ["its text is empty"]
    assert found == batched(place)
    assert (stats["quality_rejected"], stats["forwarded"]) == (1, 61)


def test_drops_with_a_reason(place: Path) -> None:
    kept, dropped, stats = execute(place, "")
    expected = batched(place)
    assert scores(dropped) == {name: one for name, one in expected.items() if one["verdict"] == "farm"}
    assert {name for name, one in scores(kept).items() if one} == {
        name for name, one in expected.items() if one["verdict"] != "farm"
    }
    assert {one["metadata"]["filter_reason"] for one in dropped} == {"quality_farm"}
    assert stats["dropped_quality_farm"] == len(dropped) == 30


def test_another_threshold_and_one_at_a_time(place: Path) -> None:
    kept, dropped, _ = execute(place, "drop=['suspect', 'farm'], threshold=0.001, batch_size=1, explain=True, ")
    assert len(dropped) > 40
    assert all(one["metadata"]["quality"]["evidence"] for one in dropped)
    assert len(kept) + len(dropped) == 61


def test_a_verdict_that_there_is_none_of() -> None:
    from quality.integrations.datatrove import QualityFilter

    with pytest.raises(UsageError, match="drop: junk: a verdict is farm, suspect, ok, abstain"):
        QualityFilter(drop=["junk"])
