"""What Spark adds: one Parquet file copied, sent through a worker and back, and scored, by the clock, on one core.

    python benchmarks/spark.py --megabytes 16

The same texts are also scored without Spark. All in one run, so that the ratios hold on whatever machine.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession

import quality
from quality.integrations.spark import score

ROOT = Path(__file__).parent.parent
GROUP = 500  # rows of a row group


def texts(megabytes: float) -> pa.Table:
    """The articles written for this project, again and again."""
    paths = sorted(ROOT.glob("corpus/articles/*/*.md"))
    known = [path.read_text(encoding="utf-8").split("---\n", 2)[2] for path in paths]
    found, size = [], 0.0
    while size < megabytes * 1e6:
        found.append(known[len(found) % len(known)])
        size += len(found[-1].encode())
    return pa.table({"id": range(len(found)), "text": found})


def same(batches: Iterator[Any]) -> Iterator[Any]:
    yield from batches


def seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, default=16)
    megabytes = parser.parse_args().megabytes
    os.environ |= {"PYSPARK_PYTHON": sys.executable, "OMP_NUM_THREADS": "1", "SPARK_LOCAL_IP": "127.0.0.1"}
    with TemporaryDirectory() as folder:
        table = texts(megabytes)
        pq.write_table(table, f"{folder}/in.parquet", row_group_size=GROUP)
        spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()

        def write(df: DataFrame, name: str) -> float:
            return seconds(lambda: df.write.mode("overwrite").parquet(f"{folder}/{name}"))

        df = spark.read.parquet(f"{folder}/in.parquet")
        write(score(df.limit(10)), "warm")
        took = {"copied": write(df, "a"), "through a worker": write(df.mapInArrow(same, df.schema), "b"),
                "scored": write(score(df), "c")}  # fmt: skip
        scorer = quality.load()
        scorer.score_table(table.slice(0, 200))
        took["scored without Spark"] = seconds(lambda: scorer.score_table(table))
        spark.stop()
    told = {name: {"s": round(one, 1), "MB/s": round(megabytes / one, 2)} for name, one in took.items()}
    print(json.dumps(told | {"Spark adds": round(took["scored"] / took["scored without Spark"] - 1, 2)}))


if __name__ == "__main__":
    main()
