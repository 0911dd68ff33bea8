"""Spark: scores as a column of a data frame, on as many machines as there are.

The model's folder is broadcast, so that it goes to each machine once; each Python worker lays it out, loads it with all
checks and keeps it for all its tasks. Rows go from Spark to the scorer and back as Arrow batches.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from quality import store
from quality.errors import UsageError
from quality.integrations import needed
from quality.scorer import Scorer
from quality.tables import COLUMN, quality_type

with needed("PySpark", "spark"):
    import pyarrow as pa
    from pyspark.sql.pandas.types import from_arrow_type
    from pyspark.sql.types import StructField, StructType

if TYPE_CHECKING:
    from pyspark import Broadcast
    from pyspark.sql import DataFrame

Files = Mapping[str, bytes]


def score(df: DataFrame, text: str = "text", model: str | None = None, threshold: float | None = None) -> DataFrame:
    """``df`` with a column ``quality``: what ``quality batch`` writes into Parquet, null where a row has no text.

    ``text`` names the column of texts (``a.b`` for b within the struct a); a column of addresses is used by its usual
    names. ``model``: a folder on the driver, by default that of the package. Nothing is computed before Spark is asked.

    Raises:
        UsageError: when there is no such column, or the threshold is no number in [0, 1].
        ModelError: when the folder holds no model that can be used.
    """
    if not {text, text.partition(".")[0]} & set(df.columns):
        raise UsageError(f"there is no column {text!r}; there are {', '.join(df.columns) or 'none'}")
    files = packed(Path(model) if model else store.default_folder())
    _with_threshold(Scorer.load(model), threshold)  # what is wrong is told here, and not by a worker
    shipped = df.sparkSession.sparkContext.broadcast(files)
    return df.mapInArrow(partial(_scored, shipped=shipped, text=text, threshold=threshold), schema(df.schema))


def schema(before: StructType) -> StructType:
    """The schema of a scored data frame: ``quality`` comes last, or in the place of one that was there.

    >>> schema(StructType([])).simpleString()[:58]
    'struct<quality:struct<score:double,verdict:string,reason:s'
    """
    column = StructField(COLUMN, from_arrow_type(quality_type()))
    fields = [column if one.name == COLUMN else one for one in before.fields]
    return StructType(fields if COLUMN in before.names else [*fields, column])


def packed(folder: Path) -> Files:
    """The files of a model's folder, by name."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def _scored(
    batches: Iterable[pa.RecordBatch], shipped: Broadcast[Files], text: str, threshold: float | None
) -> Iterator[pa.RecordBatch]:
    """What a worker does with the rows of a task."""
    scorer = _with_threshold(_load(_Shipped(shipped.value)), threshold)
    for batch in batches:
        yield from scorer.score_table(batch, text).to_batches()


class _Shipped:
    """A shipped model; one is as good as another with the same ``model.json``, which holds the digests of all files."""

    def __init__(self, files: Files) -> None:
        self.files = files

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Shipped) and self.files["model.json"] == other.files["model.json"]

    def __hash__(self) -> int:
        return hash(self.files["model.json"])


@lru_cache(maxsize=4)
def _load(shipped: _Shipped) -> Scorer:
    """The scorer of a shipped model, loaded once a worker."""
    with TemporaryDirectory(prefix="quality-") as folder:
        for name, content in shipped.files.items():
            (Path(folder) / name).write_bytes(content)
        return Scorer.load(folder)


def _with_threshold(scorer: Scorer, threshold: float | None) -> Scorer:
    return scorer if threshold is None else scorer.with_threshold(threshold)
