"""Tables: scores as a column of an Arrow table, and the type of that column wherever Arrow is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from quality.errors import UsageError
from quality.model import Score
from quality.readers.base import Options, Reject
from quality.readers.fields import keys

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 1024  # rows that are held as objects at a time
COLUMN = "quality"

ScoreRecords = Callable[[Iterable[Mapping[str, Any]], Options], list[Score | Reject]]


@cache
def quality_type() -> pa.DataType:
    """The type of the column ``quality``: the object that a record carries under this name."""
    import pyarrow as pa

    evidence = [("axis", pa.string()), ("name", pa.string()), ("message", pa.string()), ("contribution", pa.float64())]
    evidence += [("spans", pa.list_(pa.list_(pa.int64()))), ("quote", pa.string())]
    axes = [(name, pa.float64()) for name in ("filler", "repetition", "unsourced")]
    return pa.struct(
        [
            ("score", pa.float64()), ("verdict", pa.string()), ("reason", pa.string()), ("axes", pa.struct(axes)),
            ("words", pa.int64()), ("links", pa.string()), ("evidence", pa.list_(pa.struct(evidence))),
            ("model", pa.string()), ("bias", pa.float64()), ("logit", pa.float64()),
        ]
    )  # fmt: skip


def with_scores(data: Any, text: str, score: ScoreRecords) -> pa.Table:
    """``data`` as an Arrow table with a column ``quality``, null where a row has no text.

    Raises:
        UsageError: when it is no table, or has no such column of texts; pyarrow missing.
    """
    try:
        import pyarrow as pa
    except ImportError:
        raise UsageError("scoring a table needs pyarrow: pip install 'quality[parquet]'") from None
    table = _table(data)
    options = Options(text_key=_column(table, text))
    wanted = [text.partition(".")[0] if text not in table.column_names else text]
    wanted += [name for name in keys(tuple(table.column_names), options).url if name not in wanted]
    pieces = [_scored(rows, options, score) for rows in _batches(table.select(wanted))]
    column = pa.chunked_array(pieces, quality_type())
    at = table.schema.get_field_index(COLUMN)
    return table.append_column(COLUMN, column) if at < 0 else table.set_column(at, COLUMN, column)


def _table(data: Any) -> pa.Table:
    import pyarrow as pa

    if isinstance(data, pa.Table):
        return data
    if isinstance(data, pa.RecordBatch):
        return pa.table(data)
    if not hasattr(data, "__arrow_c_stream__"):
        raise UsageError(f"a {type(data).__name__} is no table: give one of pyarrow, Polars, pandas or DuckDB")
    return pa.table(data)


def _column(table: pa.Table, text: str) -> str:
    """The name, or dotted path, of a column that can hold texts."""
    import pyarrow as pa

    name = text if text in table.column_names else text.partition(".")[0]
    if name not in table.column_names:
        raise UsageError(f"there is no column {text!r}; there are {', '.join(table.column_names) or 'none'}")
    if pa.types.is_primitive(kind := table.schema.field(name).type):
        raise UsageError(f"the column {text!r} holds no texts but {kind}")
    return text


def _batches(table: pa.Table) -> Iterator[list[dict[str, Any]]]:
    for batch in table.to_batches(max_chunksize=ROWS):
        yield batch.to_pylist()


def _scored(rows: list[dict[str, Any]], options: Options, score: ScoreRecords) -> pa.Array:
    import pyarrow as pa

    values = [None if isinstance(one, Reject) else one.as_dict() for one in score(rows, options)]
    return pa.array(values, quality_type())
