"""Spark: a real cluster of two executors on this machine, one of which is killed."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import quality
from quality.cli import quality as root
from quality.errors import ModelError, UsageError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

pytestmark = pytest.mark.tools
pytest.importorskip("pyspark", reason="needs PySpark")
if shutil.which("java") is None:
    pytest.skip("needs Java", allow_module_level=True)

HERE = Path(__file__).parent
ARTICLES = sorted((HERE.parent / "corpus" / "articles").glob("*/*.md"))
PACKAGE = str(Path(quality.__file__).parent.parent)
PARTS = 12  # tasks: enough that some are left when an executor is killed


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of JSON lines: articles, and texts of all other kinds."""
    texts: list[Any] = [path.read_text(encoding="utf-8").split("---\n", 2)[2] for path in ARTICLES[:240]]
    texts += ["Few words.", "", None, "<p>A <a href='https://a.example/'>link</a></p>" * 40, "nul \0", "é" * 5000]
    path = tmp_path_factory.mktemp("records") / "a.jsonl"
    lines = [json.dumps({"id": n, "url": f"https://a.example/{n}", "text": one}) for n, one in enumerate(texts)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def expected(records: Path) -> dict[int, Any]:
    """What ``quality batch`` says of each record, by id; of rejected ones nothing."""
    from click.testing import CliRunner

    out = records.parent / "batch.jsonl"
    CliRunner().invoke(root, ["batch", str(records), "-o", str(out), "--jobs", "1"], catch_exceptions=False)
    scored = [json.loads(line) for line in out.read_bytes().splitlines()]
    return {one["id"]: one["quality"] for one in scored}


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    from pyspark.sql import SparkSession

    os.environ |= {"PYSPARK_PYTHON": sys.executable, "OMP_NUM_THREADS": "1", "SPARK_LOCAL_IP": "127.0.0.1"}
    folder = tmp_path_factory.mktemp("spark")
    builder = SparkSession.builder.master("local-cluster[2,1,1024]").appName("test")
    settings = {
        "spark.ui.enabled": "false", "spark.executorEnv.PYTHONPATH": PACKAGE, "spark.driver.memory": "600m",
        "spark.sql.shuffle.partitions": "2", "spark.local.dir": str(folder), "spark.log.level": "ERROR",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
    }  # fmt: skip
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


def agree(found: dict[int, Any], expected: dict[int, Any]) -> None:
    """Each row as ``quality batch`` has it, numbers to 1e-9; null where that rejects."""
    assert {number for number, told in found.items() if told is None} == set(found) - set(expected)
    for number, told in expected.items():
        mine = found[number]
        assert mine["score"] == pytest.approx(told["score"], abs=1e-9)
        assert mine["axes"] == (pytest.approx(told["axes"], abs=1e-9) if told["axes"] else None)
        for name in ("verdict", "reason", "words", "links", "evidence", "model"):
            assert mine[name] == told[name]


def rows(df: DataFrame) -> dict[int, Any]:
    return {row["id"]: row["quality"] and row["quality"].asDict(recursive=True) for row in df.collect()}


def test_numbers_are_those_of_a_batch(spark: SparkSession, records: Path, expected: dict[int, Any]) -> None:
    from quality.integrations.spark import schema, score

    df = spark.read.json(str(records)).repartition(PARTS)
    scored = score(df)
    assert scored.columns == ["id", "text", "url", "quality"]
    assert scored.schema == schema(df.schema)
    found = rows(scored)
    assert len(found) == 246
    agree(found, expected)
    again = score(scored.withColumnRenamed("text", "body"), "body", threshold=0.0)
    assert again.columns == ["id", "body", "url", "quality"]
    assert {told["verdict"] for told in rows(again).values() if told} == {"farm", "abstain"}


def test_the_model_is_loaded_once_a_worker(spark: SparkSession, records: Path) -> None:
    from quality.integrations.spark import _load, score

    def loads(batches: Any) -> Iterator[Any]:
        import pyarrow as pa

        for batch in batches:
            info = _load.cache_info()
            yield pa.RecordBatch.from_pydict({"misses": [info.misses] * len(batch), "hits": [info.hits] * len(batch)})

    df = spark.read.json(str(records)).repartition(PARTS)
    assert score(df).count() == 246
    seen = df.mapInArrow(loads, "misses bigint, hits bigint").collect()
    assert {row["misses"] for row in seen} == {1}
    assert max(row["hits"] for row in seen) >= 2


def test_a_killed_executor_loses_nothing(
    spark: SparkSession, records: Path, expected: dict[int, Any], tmp_path: Path
) -> None:
    from quality.integrations.spark import score

    df = spark.read.json(str(records))
    many = df.union(df.withColumn("id", df["id"] + 1000)).repartition(4 * PARTS)
    writing = threading.Thread(target=score(many).write.parquet, args=(str(tmp_path / "out"),))
    writing.start()
    before = executors(spark)
    assert len(before) == 2
    wait_for_tasks(spark, 2)
    os.kill(before[0], signal.SIGKILL)
    writing.join(120)
    assert not writing.is_alive()
    found = rows(spark.read.parquet(str(tmp_path / "out")))
    assert len(found) == 2 * 246
    agree({number: told for number, told in found.items() if number < 1000}, expected)
    agree({number - 1000: told for number, told in found.items() if number >= 1000}, expected)
    assert before[0] not in executors(spark)


def executors(spark: SparkSession) -> list[int]:
    """Process ids of the executors of this application, and of no other."""
    mine = spark.sparkContext.applicationId.encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            words = path.read_bytes().split(b"\0")
            if mine in words and any(word.endswith(b"ExecutorBackend") for word in words):
                found.append(int(path.parent.name))
    return sorted(found)


def wait_for_tasks(spark: SparkSession, done: int) -> None:
    """Until some tasks of the last stage are done and some are not."""
    tracker = spark.sparkContext.statusTracker()
    for _ in range(1200):
        for stage in tracker.getActiveStageIds():
            info = tracker.getStageInfo(stage)
            if info and info.numTasks == 4 * PARTS and done <= info.numCompletedTasks < info.numTasks - 4:
                return
        time.sleep(0.05)
    raise AssertionError("the job was never under way")


def test_what_is_wrong_is_told_by_the_driver(spark: SparkSession, records: Path, tmp_path: Path) -> None:
    from quality.integrations.spark import score

    df = spark.read.json(str(records))
    with pytest.raises(UsageError, match=r"there is no column 'body'; there are id, text, url"):
        score(df, "body")
    with pytest.raises(ModelError):
        score(df, model=str(tmp_path))
    with pytest.raises(UsageError, match="between 0 and 1"):
        score(df, threshold=2)


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_spark_submit(kind: str, records: Path, expected: dict[int, Any], tmp_path: Path) -> None:
    import pyarrow.json
    import pyarrow.parquet as pq

    source = records
    if kind == "parquet":
        source = tmp_path / "a.parquet"
        pq.write_table(pyarrow.json.read_json(records), source)
    script = Path(quality.__file__).parent / "integrations" / "spark" / "__main__.py"
    submit = [str(Path(sys.executable).parent / "spark-submit"), "--master", "local[2]", str(script)]
    environment = os.environ | {"PYTHONPATH": PACKAGE, "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    command = [*submit, str(source), str(tmp_path / "out")]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    table = pq.read_table(tmp_path / "out")
    agree(dict(zip(table["id"].to_pylist(), table["quality"].to_pylist(), strict=True)), expected)
