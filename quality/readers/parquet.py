"""Reader of Parquet: row groups streamed a few rows at a time, so that memory follows the rows and not the file.

A few bytes can stand for very much: a page that is packed, one text that all rows share, rows without values. So what
pages unpack to is read in their headers, and what rows hold is weighed, before any of it is made; the limits are those
of compressed inputs.
"""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO

from quality.document import Document
from quality.errors import InputError
from quality.readers import fields
from quality.readers.base import Options, Reject, needed
from quality.readers.compressed import bomb_of
from quality.readers.pages import PageError, chunks, pages
from quality.whole import writing

if TYPE_CHECKING:
    from pyarrow import Array, RecordBatch
    from pyarrow.parquet import ParquetFile

Cells = dict[str, Any]
"""The values of a row as Arrow's scalars, by the names of their columns."""

BATCH = 4 * 2**20
"""Bytes of rows decoded at a time, as far as the file's own figures go."""

ROWS = 512
"""Rows decoded at a time, at most."""

_TEXTS = frozenset({"string", "large_string", "binary", "large_binary"})

ROW, VALUE = 256, 4
"""Bytes that a row counts for at least (a reject takes as much), and a value (its levels of definition, repetition)."""

UTF_8 = 4
"""Bytes of a character at most: a row of more than so many times ``max_record`` is not made."""


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
            for number, cells in enumerate(_rows(seekable, source, options), 1):
                yield _document(cells, source, f"row {number}", options)
    except (pyarrow.ArrowException, PageError, OSError, UnicodeDecodeError) as error:
        reason = f"is damaged, or no Parquet file: {' '.join(str(error).split())[:150]}"
        if not number:
            raise InputError(source, reason) from None
        yield Reject(source, f"row {number + 1}", "", reason)


def _rows(stream: BinaryIO, source: str, options: Options) -> Iterator[Cells | str]:
    """Rows one by one, or why one is not read; a value is taken out of its column only when its row's turn comes."""
    file, size = _opened(stream), stream.seek(0, io.SEEK_END)
    unpacked = made = 0
    for group, columns in enumerate(chunks(stream)):
        for page in chain.from_iterable(pages(stream, column) for column in columns):
            unpacked += max(page.unpacked, VALUE * page.values)
            _check(source, size, unpacked)
        for batch in file.iter_batches(_rows_at_once(file, group), row_groups=[group]):
            weight = sum(map(weight_of, batch.columns))
            made += weight + ROW * batch.num_rows
            _check(source, size, made)
            for row in range(batch.num_rows):
                yield _row(batch, row, options.max_record if weight > options.max_record else None)


def _row(batch: RecordBatch, row: int, most: int | None) -> Cells | str:
    """The cells of a row; or, with a limit, why there are none."""
    if most is not None and sum(weight_of(column.slice(row, 1)) for column in batch.columns) > UTF_8 * most:
        return f"is larger than {UTF_8 * most} bytes (see --max-record)"
    return {name: column[row] for name, column in zip(batch.schema.names, batch.columns, strict=True)}


def _check(source: str, size: int, unpacked: int) -> None:
    if bomb := bomb_of(size, unpacked):
        raise InputError(source, bomb)


def weight_of(array: Array) -> int:
    """Bytes of the values of an array as rows have them: one that many rows share counts in each.

    >>> import pyarrow
    >>> weight_of(pyarrow.array(["bees", "bees", None]).dictionary_encode())
    8
    """
    from pyarrow import compute, types

    kind = array.type
    if types.is_dictionary(kind) and str(kind.value_type) in _TEXTS:
        lengths = compute.binary_length(array.dictionary)
        return compute.sum(lengths.take(array.indices)).as_py() or 0
    if types.is_struct(kind):
        return sum(map(weight_of, array.flatten()))
    if types.is_list(kind) or types.is_large_list(kind) or types.is_map(kind) or types.is_fixed_size_list(kind):
        return weight_of(array.flatten())
    return int(array.nbytes)


def _document(cells: Cells | str, source: str, place: str, options: Options) -> Document | Reject:
    if isinstance(cells, str):
        return Reject(source, place, "", cells)
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
