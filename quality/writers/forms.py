"""Forms: the kinds of files that a batch writes. A table maps endings of names to them.

A form writes the records of a chunk as bytes that stand on their own: workers make them, and a batch can go on after
any of them. What needs all records at once (the columns of a table) is made of those bytes when they are all there.

To add a form, write its functions in a module of its own and give it a line in ``FORMS``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path, PurePath
from typing import BinaryIO, NamedTuple

from quality.errors import UsageError
from quality.readers import Options
from quality.writers import records
from quality.writers.records import Record

Squeeze = Callable[[bytes], bytes]


class Form(NamedTuple):
    """``encode`` writes some records, without their text if options tell which it is; ``finish``, where there is one,
    makes the file of all that was encoded. ``squeezed``: it may be compressed by its name."""

    encode: Callable[[Iterable[Record], Options | None], bytes]
    finish: Callable[[Path, BinaryIO, Squeeze], None] | None = None
    squeezed: bool = True


def _finish_csv(part: Path, file: BinaryIO, squeeze: Squeeze) -> None:
    from quality.writers import csv

    csv.finish(part, file, squeeze)


def _encode_parquet(scored: Iterable[Record], drop: Options | None) -> bytes:
    from quality.writers import parquet

    return parquet.encode(scored, drop)


def _finish_parquet(part: Path, file: BinaryIO, squeeze: Squeeze) -> None:
    from quality.writers import parquet

    parquet.finish(part, file, squeeze)


FORMS = {
    ".jsonl": Form(records.json_lines),
    ".csv": Form(records.json_lines, _finish_csv),
    ".parquet": Form(_encode_parquet, _finish_parquet, squeezed=False),
}
"""Ending of a name -> form."""

ALSO = {".jl": ".jsonl", ".ndjson": ".jsonl"}


def _gzip(data: bytes) -> bytes:
    import gzip

    return gzip.compress(data, 6, mtime=0)


def _zstd(data: bytes) -> bytes:
    import zstandard

    return zstandard.ZstdCompressor(level=3).compress(data)


SQUEEZES: dict[str, Squeeze] = {"": bytes, ".gz": _gzip, ".zst": _zstd}
"""Compression by ending: each call makes a member (or frame) of its own."""


class Kind(NamedTuple):
    """What a name says of a file: the ending of its form, and of its compression."""

    form: str
    squeeze: str = ""

    @property
    def simple(self) -> bool:
        """Whether the file is what was encoded, without more."""
        return FORMS[self.form].finish is None

    def encode(self, scored: Iterable[Record], drop: Options | None) -> bytes:
        """The bytes of some records; empty for none."""
        data = FORMS[self.form].encode(scored, drop)
        return data if not (data and self.simple) else SQUEEZES[self.squeeze](data)

    def finish(self, part: Path, fresh: Path) -> None:
        """Make the file ``fresh`` of all that was encoded into ``part``, which may go."""
        form, squeeze = FORMS[self.form], SQUEEZES[self.squeeze]
        if form.finish:
            with fresh.open("wb") as file:
                form.finish(part, file, squeeze)
            return
        if not part.stat().st_size:
            part.write_bytes(squeeze(b""))  # an empty file is no valid compressed one
        part.replace(fresh)


def kind_of(name: str) -> Kind:
    """What a name of an output says; ``-`` is JSON lines.

    Raises:
        UsageError: when it says nothing known, or what it says needs a package that is not there.

    >>> kind_of("scored.csv.gz"), kind_of("-")
    (Kind(form='.csv', squeeze='.gz'), Kind(form='.jsonl', squeeze=''))
    """
    if name == "-":
        return Kind(".jsonl")
    path = PurePath(name.lower())
    squeeze = path.suffix if path.suffix in SQUEEZES else ""
    suffix = path.with_suffix("").suffix if squeeze else path.suffix
    form = ALSO.get(suffix, suffix)
    if form not in FORMS or (squeeze and not FORMS[form].squeezed):
        raise UsageError(f"{name}: an output ends in .jsonl or .csv (with .gz or .zst, if you like) or in .parquet")
    _require(form, squeeze)
    return Kind(form, squeeze)


def _require(form: str, squeeze: str) -> None:
    from importlib.util import find_spec

    for ending, package, extra in ((".parquet", "pyarrow", "parquet"), (".zst", "zstandard", "zstd")):
        if ending in (form, squeeze) and find_spec(package) is None:
            raise UsageError(f"writing {ending} needs {package}: pip install 'quality[{extra}]'")
