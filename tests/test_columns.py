"""Tables of records that share few fields: a thousand columns, and all that does not fit as JSON in one more."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pyarrow import parquet

from quality.cli import quality as root
from quality.writers.records import COLUMNS, MORE

PAD = "x" * 1500  # so that the records fill several chunks
EXTRA = 60


def lines() -> list[dict[str, Any]]:
    return [{"text": "Few words.", f"k{number}": number, "pad": PAD} for number in range(COLUMNS + EXTRA)]


def nested() -> list[dict[str, Any]]:
    return [{"text": "Few words.", "inner": {f"k{number}": {"deep": number}}} for number in range(COLUMNS)]


def batch(records: list[dict[str, Any]], folder: Path, form: str) -> list[dict[str, Any]]:
    """Rows of the table that a batch makes of some records."""
    (folder / "a.jsonl").write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
    done = CliRunner().invoke(root, ["batch", str(folder / "a.jsonl"), "-o", str(folder / f"a.{form}"), "--jobs", "1"])
    assert done.exit_code == 0, done.stderr
    return list(rows(folder / f"a.{form}"))


def rows(path: Path) -> Iterator[dict[str, Any]]:
    if path.suffix == ".parquet":
        yield from parquet.read_table(path).to_pylist()
        return
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_fields_beyond_the_thousandth_share_a_column(form: str, tmp_path: Path) -> None:
    found = batch(lines(), tmp_path, form)
    names = [name for name in found[0] if not name.startswith("quality")]
    assert len(names) == COLUMNS
    for number, row in enumerate(found):
        held = {name: int(row[name]) for name in names if name.startswith("k") and row[name] not in {None, ""}}
        more = json.loads(row[MORE] or "{}")
        assert held | more == {f"k{number}": number}
        assert row["text"] == "Few words."


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_objects_of_too_many_fields_are_json(form: str, tmp_path: Path) -> None:
    found = batch(nested(), tmp_path, form)
    assert [json.loads(row["inner"]) for row in found] == [one["inner"] for one in nested()]


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_table_of_no_fields_but_the_text(form: str, tmp_path: Path) -> None:
    [row] = batch([{"text": "Few words."}], tmp_path, form)
    assert row["text"] == "Few words."
    assert MORE not in row
