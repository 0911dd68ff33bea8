"""Articles written for the corpus: ``articles/<subject>/<version>.md``, a YAML header and a text, and their rules.

Each subject is told in five versions that differ in their faults and in nothing else, so that a model can learn the
faults. The rules here are those for one article: header, scales, length, reserved addresses; `check` has the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from quality.corpus.rows import label_problem
from quality.errors import CorpusError

VERSIONS = ("plain", "filler", "repetition", "unsourced", "farm")

GENRES: Mapping[str, str] = {
    "world": "world news",
    "tech": "technology",
    "local": "local news",
    "sport": "sport",
    "health": "health",
    "travel": "travel",
    "money": "money",
    "home": "home and garden",
    "law": "law and housing",
    "food": "food",
    "science": "science",
    "culture": "culture and celebrities",
}
"""First part of a subject's name -> its genre. The whole corpus has ``SUBJECTS`` subjects of each."""

SUBJECTS = 5
SHORTEST, LONGEST = 250, 600
"""Words of an article."""

LARGEST = 100_000
"""Bytes of a file; the longest article takes some 5,000."""

_KEYS = frozenset({"id", "subject", "genre", "version", "labels", "licence", "note"})
_HEADER = re.compile(r"\A---\n(.*?\n)---\n", re.DOTALL)
_WORD = re.compile(r"[A-Za-z0-9]+(?:['’][A-Za-z]+)*")
_TARGET = re.compile(r"\]\([^)\n]{0,2000}\)")
_ADDRESS = re.compile(r"(?:https?://|www\.)([^/\s)>\"']+)")
_RESERVED = re.compile(r"(^|\.)(example\.(com|org|net)|example|test|invalid)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Written:
    """One written article: its path, header, text, and the line on which the text starts."""

    path: Path
    header: Mapping[str, Any]
    text: str
    line: int = 1

    @property
    def subject(self) -> str:
        """Name of the folder: the family of its five versions."""
        return self.path.parent.name

    def words(self) -> list[tuple[str, int]]:
        """Words in lower case with the line that each stands on; addresses of links do not count."""
        lines = _TARGET.sub("]", self.text).split("\n")
        return [(word.lower(), self.line + n) for n, line in enumerate(lines) for word in _WORD.findall(line)]


def read_written(path: Path) -> Written:
    """One article of a corpus folder.

    Raises:
        CorpusError: when it is no file, too large or not UTF-8, or has no header that YAML can read.
    """
    if not path.is_file() or path.stat().st_size > LARGEST:
        raise CorpusError([f"{path}:1: is no file of at most {LARGEST} bytes"])
    try:
        content = path.read_bytes().decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise CorpusError([f"{path}:1: is not UTF-8"]) from None
    match = _HEADER.match(content)
    if match is None:
        raise CorpusError([f"{path}:1: does not start with a header between two lines of ---"])
    header = _header(match[1], path)
    if not isinstance(header, dict):
        raise CorpusError([f"{path}:1: header is no mapping of keys to values"])
    return Written(path, header, content[match.end() :], match[0].count("\n") + 1)


def _header(text: str, path: Path) -> Any:
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader)):
            raise CorpusError([f"{path}:1: header refers to itself (an alias of YAML)"])
        return yaml.safe_load(text)
    except CorpusError:
        raise
    except Exception as error:  # a value that looks like a date or a number and is none fails in ways of its own
        mark = getattr(error, "problem_mark", None)
        raise CorpusError([f"{path}:{mark.line + 2 if mark else 1}: header is not YAML"]) from None


def read_all(folder: Path) -> tuple[list[Written], list[str]]:
    """All articles below a folder by path, and a line for each that could not be read."""
    articles: list[Written] = []
    problems: list[str] = []
    for path in sorted(folder.glob("*/*.md")):
        try:
            articles.append(read_written(path))
        except CorpusError as error:
            problems += error.problems
    return articles, problems


def text_problems(article: Written, shortest: int, longest: int) -> Iterator[str]:
    """What is wrong with the text of an article, ``path:line: what`` each: its length in words, real addresses."""
    count = len(article.words())
    if not shortest <= count <= longest:
        yield f"{article.path}:1: has {count} words, not {shortest} to {longest}"
    for number, line in enumerate(article.text.split("\n"), start=article.line):
        for host in _ADDRESS.findall(line):
            if not _RESERVED.search(host.rstrip(".,;:!?")):
                yield f"{article.path}:{number}: address {host} is not on a domain reserved for examples"


def header_problems(article: Written) -> Iterator[str]:
    """What is wrong with the header of an article, a plain sentence each."""
    header, subject, version = article.header, article.subject, article.path.stem
    yield from (f"header lacks {key}" for key in sorted(_KEYS - set(header)))
    yield from (f"header has unknown key {key}" for key in sorted(map(str, set(header) - _KEYS)))
    expected = {"id": f"{subject}/{version}", "subject": subject, "version": version}
    yield from (f"{key} is not {value}" for key, value in expected.items() if header.get(key) != value)
    if version not in VERSIONS:
        yield f"version {version} is none of {', '.join(VERSIONS)}"
    prefix = subject.partition("-")[0]
    if header.get("genre") not in (prefix, GENRES.get(prefix)) or prefix not in GENRES:
        yield f"genre {header.get('genre')} does not go with subject {subject}"
    yield from common_problems(header)


def common_problems(header: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the labels, licence or note of a header."""
    if problem := label_problem(header.get("labels")):
        yield problem
    if not header.get("licence"):
        yield "licence is empty"
    if "invented" not in str(header.get("note")).lower():
        yield "note does not say that names are invented"
