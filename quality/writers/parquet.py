"""Writer of Parquet, for batches: the fields of the input record with their types, and ``quality`` as a struct.

Each chunk is written as a stream of Arrow's own; when all are there, their columns are united and they become the row
groups of the file. A column that has values of kinds that do not go together holds them all as JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from quality.tables import quality_type
from quality.writers.records import Record, dumped

if TYPE_CHECKING:
    import pyarrow as pa

    from quality.readers import Options
    from quality.writers.forms import Squeeze


def encode(records: Iterable[Record], drop: Options | None) -> bytes:
    """Records as a stream of Arrow; empty for none."""
    import pyarrow as pa

    rows = [one.fields(drop) for one in records]
    if not rows:
        return b""
    names = dict.fromkeys(name for row in rows for name in row)
    names.pop("quality")
    columns = {name: column([row.get(name) for row in rows]) for name in names}
    columns["quality"] = pa.array([row["quality"] for row in rows], quality_type())
    table = pa.table(columns)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def column(values: list[Any]) -> pa.Array:
    """Values as a column: of their own type where they have one, else as JSON.

    >>> column([1, None]).type, column([1, "one"]).to_pylist()
    (DataType(int64), ['1', '"one"'])
    """
    import pyarrow as pa

    try:
        found = pa.array(values)
    except (pa.ArrowException, OverflowError, UnicodeEncodeError):
        found = None
    return _as_json(values) if found is None or not _storable(found.type) else found


def _as_json(values: list[Any]) -> pa.Array:
    import pyarrow as pa

    return pa.array([None if value is None else dumped(value).decode() for value in values], pa.string())


def _storable(type: pa.DataType) -> bool:
    """Whether Parquet has this type: it has no struct without fields."""
    import pyarrow as pa

    if pa.types.is_struct(type):
        return type.num_fields > 0 and all(_storable(type.field(i).type) for i in range(type.num_fields))
    return not pa.types.is_list(type) or _storable(type.value_type)


def finish(part: Path, file: BinaryIO, squeeze: Squeeze) -> None:
    """Write a Parquet file of the streams in ``part``, one row group each."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    del squeeze  # Parquet compresses within
    schema = _united(table.schema for table in _tables(part))
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for table in _tables(part):
            writer.write_table(pa.table([_cast(table, field) for field in schema], schema=schema))


def _tables(part: Path) -> Iterator[pa.Table]:
    import pyarrow as pa

    with pa.OSFile(str(part)) as streams:
        while streams.tell() < streams.size():
            with pa.ipc.open_stream(streams) as stream:
                yield stream.read_all()


def _united(schemas: Iterable[pa.Schema]) -> pa.Schema:
    """A schema for all: of a column whose types do not go together, text."""
    import pyarrow as pa

    types: dict[str, pa.DataType] = {}
    for schema in schemas:
        for field in schema:
            types[field.name] = _common(types[field.name], field.type) if field.name in types else field.type
    quality = types.pop("quality", quality_type())
    return pa.schema([*types.items(), ("quality", quality)])


def _common(one: pa.DataType, other: pa.DataType) -> pa.DataType:
    import pyarrow as pa

    if one == other:
        return one
    try:
        both = [pa.schema([("", one)]), pa.schema([("", other)])]
        return pa.unify_schemas(both, promote_options="permissive").field(0).type
    except pa.ArrowException:
        return pa.string()


def _cast(table: pa.Table, field: pa.Field) -> pa.ChunkedArray:
    import pyarrow as pa

    if field.name not in table.column_names:
        return pa.chunked_array([pa.nulls(len(table), field.type)])
    values = table.column(field.name)
    if values.type == field.type:
        return values
    if field.type == pa.string():
        return pa.chunked_array([_as_json(values.to_pylist())])
    return pa.chunked_array([pa.array(values.to_pylist(), field.type)])
