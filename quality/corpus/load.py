"""Load the corpus: every article at hand, written and public, with the text that its labels describe."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Literal

from quality.corpus import articles, singles
from quality.corpus.articles import GENRES, Written, read_all
from quality.corpus.fetch import cached, default_cache, write_whole
from quality.corpus.read import Format, read, rules
from quality.corpus.rows import Row, read_rows
from quality.errors import CorpusError


@dataclass(frozen=True, slots=True)
class Article:
    """One article of the corpus.

    ``text`` is what the annotator saw; ``labels`` are the four numbers of ``corpus/GUIDE.md``, or ``None`` with a
    reason in ``skip`` (it is no article) or without one (nobody labelled it). ``family`` holds all that must stay on
    one side of a split: for a written article its subject. ``words`` counts the whole text.
    """

    id: str
    family: str
    source: str
    pool: str
    text: str
    labels: Mapping[str, int] | None
    skip: str | None
    words: int
    origin: Literal["web", "written"]
    format: Format
    licence: str
    title: str = ""
    genre: str = ""
    version: str = ""


def load(folder: Path, cache: Path | None = None) -> list[Article]:
    """Articles of a corpus folder: the written ones, then those public ones whose files are in the cache.

    ``folder`` has ``articles/``, ``singles/`` and ``web.jsonl`` (each may be missing); ``cache`` is the one that
    `quality corpus fetch` filled, by default ``$QUALITY_CACHE`` or the user's cache folder. Public articles without
    their file are left out. The rebuilt texts are kept in the cache, so later loads are quick.

    Raises:
        CorpusError: for rows and articles that break the rules, ``path:line: what`` each.
    """
    rows = read_rows(folder / "web.jsonl") if (folder / "web.jsonl").exists() else []
    written = [*_written(folder / "articles", articles), *_written(folder / "singles", singles)]
    return [*written, *_web(rows, cache or default_cache())]


def _written(folder: Path, rules: ModuleType) -> list[Article]:
    found, problems = read_all(folder)
    problems += (f"{one.path}:1: {problem}" for one in found for problem in rules.header_problems(one))
    if problems:
        raise CorpusError(problems)
    return list(map(_from_written, found))


def _from_written(article: Written) -> Article:
    header = article.header
    return Article(
        id=header["id"],
        family=article.subject,
        source=article.subject,
        pool="written",
        text=article.text.strip(),
        labels=header["labels"],
        skip=None,
        words=len(article.words()),
        origin="written",
        format="md",
        licence=str(header["licence"]),
        genre=GENRES[header["genre"]] if header.get("genre") in GENRES else str(header.get("genre", "")),
        version=header.get("version", "single"),
    )


def _web(rows: Iterable[Row], cache: Path) -> list[Article]:
    present = [row for row in rows if cached(row, cache).is_file()]
    texts = _read_texts(present, cache)
    return [
        Article(
            id=row.id,
            family=row.family,
            source=row.source,
            pool=row.pool,
            text=texts[_key(row)],
            labels=row.labels,
            skip=row.skip,
            words=row.words,
            origin="web",
            format=row.format,
            licence=row.licence,
            title=row.title,
        )
        for row in present
    ]


def _key(row: Row) -> str:
    return f"{row.sha256} {row.format} {rules(row.format)}"


def _read_texts(rows: list[Row], cache: Path) -> dict[str, str]:
    """Text of each row by its key; those made before come from one file in the cache."""
    store = cache / "read.json"
    known = _stored(store)
    texts = {key: known[key] for row in rows if (key := _key(row)) in known}
    missing = [row for row in rows if _key(row) not in texts]
    texts |= {_key(row): read(cached(row, cache).read_bytes(), row.format) for row in missing}
    if missing:
        # A cache that cannot be written to costs the next load its time, and nothing else.
        with suppress(OSError):
            write_whole(store, json.dumps(known | texts, ensure_ascii=False).encode())
    return texts


def _stored(path: Path) -> dict[str, str]:
    try:
        texts = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return texts if isinstance(texts, dict) else {}
