"""Reader of Parquet: row groups streamed a few rows at a time, so that memory follows the rows and not the file."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

from quality.document import Document
from quality.errors import InputError
from quality.readers import fields
from quality.readers.base import Options, Reject, needed
from quality.whole import writing

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile

Cells = dict[str, Any]
"""The values of a row as Arrow's scalars, by the names of their columns."""

BATCH = 4 * 2**20
"""Bytes of rows decoded at a time, as far as the file's own figures go."""

ROWS = 512
"""Rows decoded at a time, at most."""


def read(stream: BinaryIO, source: str, options: Options) -> Iterator[Document | Reject]:
    """A document or a reject for each row; what Python has no value for is the text that Arrow makes of it.

    Raises:
        InputError: when it is no Parquet file, or one that is cut short, or pyarrow is not installed.
    """
    with needed(source, "Parquet", "pyarrow", "parquet"):
        import pyarrow
    number = 0
    try:
        with _seekable(stream) as seekable:
            for number, cells in enumerate(_rows(_opened(seekable)), 1):
                yield _document(cells, source, f"row {number}", options)
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
        reason = f"is damaged, or no Parquet file: {' '.join(str(error).split())[:150]}"
        if not number:
            raise InputError(source, reason) from None
        yield Reject(source, f"row {number + 1}", "", reason)


def _rows(file: ParquetFile) -> Iterator[Cells]:
    """Rows one by one; a value is taken out of its column only when its row's turn comes."""
    for group in range(file.num_row_groups):
        for batch in file.iter_batches(_rows_at_once(file, group), row_groups=[group]):
            names, columns = batch.schema.names, batch.columns
            for row in range(batch.num_rows):
                yield {name: column[row] for name, column in zip(names, columns, strict=True)}


def _document(cells: Cells, source: str, place: str, options: Options) -> Document | Reject:
    try:
        record = {name: _value(cell) for name, cell in cells.items()}
    except (ValueError, LookupError, ArithmeticError, NotImplementedError) as error:
        return Reject(source, place, "", f"holds a value that cannot be read ({' '.join(str(error).split())[:150]})")
    return fields.document(record, source, place, options)


def _value(cell: Any) -> Any:
    """A value; a date beyond Python's years, or nanoseconds where pandas is not at hand, as text."""
    import pyarrow

    try:
        return cell.as_py()
    except (ValueError, ArithmeticError):
        if isinstance(cell, pyarrow.StructScalar):
            return {name: _value(one) for name, one in cell.items()}
        if isinstance(cell, pyarrow.ListScalar):
            return [_value(one) for one in cell]
        return cell.cast("string").as_py()


def _opened(stream: BinaryIO) -> ParquetFile:
    """The file, its dictionaries left as they are: a long text that many rows share is held once."""
    from pyarrow.parquet import ParquetFile

    metadata = ParquetFile(stream, pre_buffer=False).metadata
    columns = [metadata.schema.column(number) for number in range(metadata.num_columns)]
    texts = [one.path for one in columns if one.physical_type == "BYTE_ARRAY"]
    return ParquetFile(stream, metadata=metadata, pre_buffer=False, read_dictionary=texts)


def _rows_at_once(file: ParquetFile, group: int) -> int:
    told = file.metadata.row_group(group)
    size: int = BATCH * max(told.num_rows, 1) // max(told.total_byte_size, 1)
    return max(1, min(ROWS, size))


@contextmanager
def _seekable(stream: BinaryIO) -> Iterator[BinaryIO]:
    """The stream, or a temporary copy of one that cannot go back: Parquet's index is at its end."""
    if stream.seekable():
        yield stream
        return
    with tempfile.TemporaryFile() as copy:
        with writing(tempfile.gettempdir()):
            shutil.copyfileobj(stream, copy)
            copy.seek(0)
        yield copy
