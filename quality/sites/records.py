"""Records of sites: JSON lines, CSV or Parquet, the worst sites first, without holding them all.

Records go to a temporary file as they come, and are put in order by what is remembered of each.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, BinaryIO

from quality.sites.site import Site
from quality.whole import writing
from quality.writers.csv import cell
from quality.writers.forms import SQUEEZES, Kind
from quality.writers.records import dumped

AXES = ("filler", "repetition", "unsourced", "across_articles")
COLUMNS = (
    "site", "articles", "scored", "farm_share", "low", "high", "score", "verdict", *AXES, "reasons", "examples",
    "model",
)  # fmt: skip
BATCH = 1000  # records made into a table at once
MEMBER = 1 << 20  # bytes compressed together


def ranked(sites: Iterable[Site]) -> Iterator[dict[str, Any]]:
    """Records of sites in the order of `Site.rank`."""
    places: list[tuple[int, float, str, int]] = []
    with tempfile.TemporaryFile() as file:
        for site in sites:
            places.append((*site.rank(), file.tell()))
            with writing(tempfile.gettempdir()):
                file.write(dumped(site.as_dict()) + b"\n")
                file.flush()
        for *_, at in sorted(places):
            file.seek(at)
            yield json.loads(file.readline())


def json_lines(records: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """One record a line."""
    return (dumped(one) + b"\n" for one in records)


def rows(records: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """CSV: reasons and the addresses of examples one a line of their cell."""
    yield _row(COLUMNS)
    for one in records:
        low, high = one["interval"] or (None, None)
        examples = [example["url"] or example["title"] for example in one["examples"]]
        flat = {**one, "low": low, "high": high, **(one["axes"] or dict.fromkeys(AXES))}
        flat |= {"reasons": "\n".join(one["reasons"]), "examples": "\n".join(examples)}
        yield _row(cell(flat[name]) for name in COLUMNS)


def _row(cells: Iterable[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue().encode("utf-8", "replace")


def parquet(records: Iterable[Mapping[str, Any]], file: BinaryIO) -> None:
    """A Parquet file with the fields of the records."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from quality.tables import quality_type

    number, text = pa.float64(), pa.string()
    evidence = quality_type().field("evidence").type
    example = pa.struct([("url", text), ("title", text), ("score", number), ("evidence", evidence), ("note", text)])
    schema = pa.schema(
        [
            ("site", text), ("articles", pa.int64()), ("scored", pa.int64()), ("farm_share", number),
            ("interval", pa.list_(number)), ("score", number), ("verdict", text),
            ("axes", pa.struct([(name, number) for name in AXES])), ("reasons", pa.list_(text)),
            ("examples", pa.list_(example)), ("model", text),
        ]
    )  # fmt: skip
    left = iter(records)
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        while part := list(islice(left, BATCH)):
            writer.write_table(pa.Table.from_pylist(part, schema))


def write(records: Iterable[Mapping[str, Any]], kind: Kind, file: BinaryIO) -> None:
    """Write records in the form that a name tells."""
    if kind.form == ".parquet":
        parquet(records, file)
    else:
        put((rows if kind.form == ".csv" else json_lines)(records), SQUEEZES[kind.squeeze], file)


def put(pieces: Iterable[bytes], squeeze: Callable[[bytes], bytes], file: BinaryIO) -> None:
    """Write pieces, compressed a megabyte at a time."""
    held = io.BytesIO()
    members = 0
    for piece in pieces:
        held.write(piece)
        if held.tell() >= MEMBER:
            file.write(squeeze(held.getvalue()))
            held, members = io.BytesIO(), members + 1
    if held.tell() or not members:
        file.write(squeeze(held.getvalue()))  # an empty file is no valid compressed one
