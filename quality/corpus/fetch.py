"""Bring the corpus's files into a cache: verified by their SHA-256, in parallel, from the web or from a mirror.

No server is listened to for longer, or for more bytes, than the file of a row takes: rows tell its size.

A cache holds ``files/<sha256>``: whole files as their addresses serve them, and the UTF-8 texts of those articles that
lie inside larger files (only a mirror has these). What is there and whole is never fetched again.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pooch
import requests
from tqdm import tqdm
from urllib3.exceptions import HTTPError

from quality.corpus.rows import Row
from quality.errors import CorpusError, reason
from quality.whole import writing

TIMEOUT = 30.0
"""Seconds that a server may stay silent."""

PART = 1 << 16
"""Bytes that are taken of a server at once, at most."""

LONGEST = 300.0
"""Seconds that a file may take; ours, of 230 kB at most, take one."""


@dataclass(slots=True)
class Outcome:
    """What a fetch did: files there before, files brought, articles that only a mirror has, and failures (lines)."""

    kept: int = 0
    fetched: int = 0
    elsewhere: int = 0
    failed: list[str] = field(default_factory=list)


def default_cache() -> Path:
    """Folder of the cache: ``$QUALITY_CACHE``, else the user's cache folder for this program."""
    return Path(os.environ.get("QUALITY_CACHE") or pooch.os_cache("quality"))


def cached(row: Row, cache: Path) -> Path:
    """Where the cache keeps the file of a row."""
    return cache / "files" / row.sha256


def fetch(rows: Iterable[Row], cache: Path, mirror: Path | None = None, jobs: int = 8) -> Outcome:
    """Bring the files of these rows into the cache; with a mirror, from there and from nowhere else.

    A mirror is a folder of files named by their SHA-256, in it or in its ``raw``; an ``other.jsonl.gz`` beside them
    (records with ``sha256`` and ``text``) brings the articles that lie inside larger files. Progress is shown on
    standard error when that is a terminal.

    Raises:
        CorpusError: when the mirror is no folder.
        InputError: when the cache cannot be made.
    """
    outcome = Outcome()
    wanted = list(_missing(rows, cache, outcome))
    if mirror is not None:
        _copy(wanted, cache, mirror, outcome)
        return outcome
    outcome.elsewhere = sum(not row.fetch for row in wanted)
    _download([row for row in wanted if row.fetch], cache, jobs, outcome)
    return outcome


def _missing(rows: Iterable[Row], cache: Path, outcome: Outcome) -> Iterator[Row]:
    for row in {row.sha256: row for row in rows}.values():
        path = cached(row, cache)
        if path.exists() and _whole(path.read_bytes(), row):
            outcome.kept += 1
        else:
            yield row


def _whole(content: bytes, row: Row) -> bool:
    return hashlib.sha256(content).hexdigest() == row.sha256


def _download(rows: list[Row], cache: Path, jobs: int, outcome: Outcome) -> None:
    pooch.get_logger().setLevel("ERROR")
    store = pooch.create(
        path=cache / "files",
        base_url="",
        registry={row.sha256: f"sha256:{row.sha256}" for row in rows},
        urls={row.sha256: row.url for row in rows},
        retry_if_failed=1,
    )

    def bring(row: Row) -> str:
        """Bring the file of a row; says why it could not be had, or nothing."""
        try:
            store.fetch(row.sha256, downloader=partial(_receive, row))
        except (requests.RequestException, HTTPError, ValueError, OSError) as error:
            return f"{row.id}: {row.url}: {_reason(error)}"
        return ""

    with ThreadPoolExecutor(jobs) as pool:
        _count(tqdm(pool.map(bring, rows), total=len(rows), unit="file", disable=None), outcome)


def _receive(row: Row, url: str, output: str, store: object) -> None:
    """Write what an address sends into a file, as long as it may be that of a row."""
    end, size = time.monotonic() + LONGEST, 0
    as_it_is = {"Accept-Encoding": "identity"}  # what is packed may unpack to anything
    with requests.get(url, stream=True, timeout=TIMEOUT, headers=as_it_is) as answer, open(output, "wb") as file:
        answer.raise_for_status()
        while part := answer.raw.read1(PART, decode_content=False):
            size += len(part)
            if size > row.bytes:
                raise ValueError(f"the file there has more than the {row.bytes} bytes of its row: it was changed")
            if time.monotonic() > end:
                raise ValueError(f"did not arrive within {LONGEST:g} seconds")
            file.write(part)


def _reason(error: Exception) -> str:
    if isinstance(error, ValueError) and "hash" in str(error):
        return "the file there has another SHA-256: it was changed or damaged"
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def _count(results: Iterable[str], outcome: Outcome) -> None:
    for failure in results:
        if failure:
            outcome.failed.append(failure)
        else:
            outcome.fetched += 1


def _copy(rows: list[Row], cache: Path, mirror: Path, outcome: Outcome) -> None:
    if not mirror.is_dir():
        raise CorpusError([f"{mirror}: no such folder"])
    texts = _texts(mirror / "other.jsonl.gz")
    with writing(str(cache)):
        (cache / "files").mkdir(parents=True, exist_ok=True)

    def bring(row: Row) -> str:
        """Bring the file of a row; says why it could not be had, or nothing."""
        found = [path for path in (mirror / row.sha256, mirror / "raw" / row.sha256) if path.is_file()]
        content = found[0].read_bytes() if found else texts.get(row.sha256)
        if content is None:
            return f"{row.id}: {mirror}: has no {row.sha256}"
        if not _whole(content, row):
            return f"{row.id}: {found[0] if found else mirror}: has another SHA-256: it was changed or damaged"
        try:
            write_whole(cached(row, cache), content)
        except OSError as error:
            return f"{row.id}: {cache}: cannot be written: {reason(error)}"
        return ""

    _count(map(bring, tqdm(rows, unit="file", disable=None)), outcome)


def _texts(path: Path) -> dict[str, bytes]:
    if not path.is_file():
        return {}
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            return {record["sha256"]: record["text"].encode() for record in map(json.loads, lines)}
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CorpusError([f"{path}: is damaged ({type(error).__name__})"]) from None


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that appears under its name only when whole."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
