"""Tables of every kind: the same numbers as one text at a time and as a batch, whatever the table is made with."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import quality
from quality.corpus import Article
from quality.errors import UsageError
from quality.tables import ROWS, quality_type

ROOT = Path(__file__).parent.parent
SENTENCE = "The mill at Corran Ford stopped on Tuesday, said <a href='/una'>Una Pell</a>, who runs it. "
HTML = f"<p>{SENTENCE * 20}</p>"


@pytest.fixture(scope="module")
def table(written: list[Article]) -> pa.Table:
    """Articles with addresses, one that is HTML, and rows without a text."""
    texts = [one.text for one in written[:60]] + [HTML, None, "  "]
    urls = [f"https://mill.example.org/{number}" for number in range(len(texts))]
    return pa.table({"url": urls, "text": texts, "n": range(len(texts))})


@pytest.fixture(scope="module")
def batched(table: pa.Table, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What ``quality batch`` says of the rows; None of those it rejects."""
    folder = tmp_path_factory.mktemp("batch")
    pq.write_table(table, folder / "in.parquet")
    command = [sys.executable, "-m", "quality", "batch", "in.parquet", "-o", "out.jsonl", "--quiet"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    assert subprocess.run(command, cwd=folder, env=environment, check=False).returncode == 1
    rows = [json.loads(line) for line in (folder / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    found = {row["n"]: row["quality"] for row in rows}
    return [found.get(number) for number in range(len(table))]


def agree(scored: pa.Table, batched: list[Any]) -> None:
    for one, other in zip(scored["quality"].to_pylist(), batched, strict=True):
        if other is None:
            assert one is None
            continue
        assert {name: one[name] for name in ("verdict", "reason", "words", "links", "model")} == {
            name: other[name] for name in ("verdict", "reason", "words", "links", "model")
        }
        assert one["score"] == pytest.approx(other["score"], abs=1e-9)
        assert one["axes"] == (other["axes"] and pytest.approx(other["axes"], abs=1e-9))


def of_polars(table: pa.Table) -> Any:
    import polars as pl

    return pl.from_arrow(table)


def of_pandas(table: pa.Table) -> Any:
    return table.to_pandas()


def of_duckdb(table: pa.Table) -> Any:
    import duckdb

    return duckdb.from_arrow(table)


def of_batches(table: pa.Table) -> Any:
    return pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=7))


def of_larger_types(table: pa.Table) -> Any:
    return table.set_column(1, "text", table["text"].cast(pa.large_string()).dictionary_encode())


tools = pytest.mark.tools
FORMS = [
    pytest.param("pyarrow", lambda table: table),
    pytest.param("pyarrow", lambda table: table.combine_chunks().to_batches()[0], id="record batch"),
    pytest.param("pyarrow", of_batches),
    pytest.param("pyarrow", of_larger_types),
    pytest.param("polars", of_polars, marks=tools),
    pytest.param("pandas", of_pandas, marks=tools),
    pytest.param("duckdb", of_duckdb, marks=tools),
]


@pytest.mark.parametrize(("library", "form"), FORMS)
def test_agrees_with_batch(library: str, form: Callable[[pa.Table], Any], table: pa.Table, batched: list[Any]) -> None:
    pytest.importorskip(library)
    scored = quality.load().score_table(form(table))
    assert scored.column_names == ["url", "text", "n", "quality"]
    agree(scored, batched)


@pytest.mark.tools
@pytest.mark.parametrize("library", ["polars", "pandas", "duckdb"])
def test_comes_back(library: str, table: pa.Table, batched: list[Any]) -> None:
    """The scored table is one of the library's again, with nothing lost."""
    module = importlib.import_module(library)
    scored = quality.load().score_table(table)
    if library == "polars":
        again = module.from_arrow(scored).to_arrow()
    elif library == "pandas":
        again = pa.Table.from_pandas(scored.to_pandas(), schema=scored.schema)
    else:
        again = pa.table(module.sql("from scored"))
    agree(again, batched)


def test_one_text_at_a_time(written: list[Article]) -> None:
    texts = [one.text for one in written[60:90]]
    scored = quality.load().score_table(pa.table({"body": texts}), text="body")["quality"].to_pylist()
    assert [one["score"] for one in scored] == pytest.approx([quality.score(text).score for text in texts], abs=1e-9)


def test_more_rows_than_are_held() -> None:
    table = pa.table({"text": ["Too few words."] * (ROWS + 1)})
    assert quality.load().score_table(table)["quality"].combine_chunks().field("reason").to_pylist()[-1] == "too short"


def test_a_table_of_nothing() -> None:
    scored = quality.load().score_table(pa.table({"text": pa.array([], pa.string())}))
    assert (len(scored), scored.schema.field("quality").type) == (0, quality_type())


def test_a_text_within_a_struct_and_a_score_from_before() -> None:
    table = pa.table({"item": [{"body": "Too few words."}], "quality": ["old"]})
    scored = quality.load().score_table(table, text="item.body")
    assert scored.column_names == ["item", "quality"]
    assert scored["quality"][0]["reason"].as_py() == "too short"


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (pa.table({"body": ["a"]}), "there is no column 'text'; there are body"),
        (pa.table({"text": [1]}), "the column 'text' holds no texts but int64"),
        (["a"], "a list is no table: give one of pyarrow, Polars, pandas or DuckDB"),
    ],
)
def test_what_is_no_table_of_texts(table: Any, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        quality.load().score_table(table)
