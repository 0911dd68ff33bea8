"""How many articles get no score, and how many texts that are none: the table of docs/abstain.md.

`python benchmarks/abstain.py CORPUS FEEDS` reads the public corpus as it is shared (`web.jsonl.gz`, `other.jsonl.gz`,
`raw/`, `pages/`) and a folder with the saved pages `html/` that `benchmarks/pages.tsv` labels: whether each is an
article, its language, and what it is. The pages were labelled from a dump of their text before any verdict was seen, by
the rule of corpus/GUIDE.md (a list of links, code, a table, a menu or under 80 words of prose is no article); `doubt`
stands for what is prose and yet hardly an article. Beside them: the links of the English pages as lists, and the
modules of Python's own library. `--names` tells what was lost, missed, or in doubt.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import sysconfig
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from lxml import html

import quality
from quality.budget import wilson
from quality.document import Document
from quality.readers import Reject, read

PAGES = Path(__file__).with_name("pages.tsv")
LINKS = 80  # words in the links of a page, at least, for them to be a list
SUFFIXES = {"md": ".md", "txt": ".txt", "html": ".html"}
NO_TEXT = "no text"
Named = tuple[str, Document | Reject]


class Group(NamedTuple):
    """Texts of one kind: ``articles`` should get a score, ``others`` none, and of those in ``doubt`` nobody knows."""

    name: str
    kind: str
    texts: list[Named]


class Found(NamedTuple):
    """What became of a group: the reason for each text, or the empty string where it got a score."""

    group: Group
    reasons: list[str]

    @property
    def refused(self) -> int:
        return sum(map(bool, self.reasons))

    def row(self) -> str:
        number = len(self.reasons)
        low, high = wilson(self.refused, number)
        told = ", ".join(f"{reason} {count}" for reason, count in Counter(filter(None, self.reasons)).most_common())
        share = f"{self.refused / number:.1%} | {low:.1%} to {high:.1%}"
        return f"| {self.group.name} | {self.group.kind} | {number:,} | {self.refused:,} | {share} | {told} |"

    def wrong(self) -> Iterator[str]:
        """Names of the articles without a score, of the others with one, and of all in doubt."""
        for (name, _), reason in zip(self.group.texts, self.reasons, strict=True):
            if self.group.kind == "in doubt" or bool(reason) == (self.group.kind == "articles"):
                yield f"{self.group.name}: {name}: {reason or 'scored'}"


def measure(group: Group) -> Found:
    documents = [text for _, text in group.texts if isinstance(text, Document)]
    reasons = iter(score.reason or "" for score in quality.load().score_many(documents))
    return Found(group, [next(reasons) if isinstance(text, Document) else NO_TEXT for _, text in group.texts])


def rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def opened(path: Path, name: str = "") -> Document | Reject:
    """The document of a file, read as ``name`` says."""
    with path.open("rb") as stream:
        return next(read(stream, name or path.name))


def from_corpus(folder: Path) -> Iterator[Group]:
    web, other = rows(folder / "web.jsonl.gz"), rows(folder / "other.jsonl.gz")
    labelled = [(row["id"], Document(row["read"])) for row in web + other if "labels" in row]
    yield Group("labelled articles of the corpus, as read", "articles", labelled)
    for name, formats in (("Markdown and plain text", ("md", "txt")), ("HTML", ("html",))):
        files = [row for row in web if row["format"] in formats and "skip" not in row]
        texts = [(row["id"], opened(folder / "raw" / row["sha256"], "a" + SUFFIXES[row["format"]])) for row in files]
        yield Group(f"whole files of articles, {name}", "articles", texts)
    whole = [(row["id"], Document(row["text"])) for row in other if "skip" not in row]
    yield Group("whole texts of articles", "articles", whole)
    pages = [(row["id"], opened(folder / row["page"])) for row in other if "page" in row]
    yield Group("whole saved pages of articles", "articles", pages)
    skipped = [(row["id"], Document(row["read"])) for row in web + other if "skip" in row]
    yield Group("rows of the corpus that are no articles", "others", skipped)


def labels(folder: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """Saved pages with their labels; a page that is another than was labelled stops it."""
    with PAGES.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            path = folder / "html" / row["file"]
            if hashlib.sha256(path.read_bytes()).hexdigest() != row["sha256"]:
                raise SystemExit(f"{path}: is not the page that {PAGES} labels")
            yield path, row


def from_pages(folder: Path) -> Iterator[Group]:
    found: dict[tuple[str, str], list[Named]] = {
        ("English articles", "articles"): [],
        ("articles in other languages", "others"): [],
        ("no articles", "others"): [],
        ("prose, hardly articles", "in doubt"): [],
    }
    english, foreign, none, doubt = found.values()
    for path, row in labels(folder):
        article = english if row["language"] == "en" else foreign
        {"yes": article, "no": none, "doubt": doubt}[row["article"]].append((path.name, opened(path)))
    for (name, kind), texts in found.items():
        yield Group(f"saved pages of all kinds: {name}", kind, texts)


def lists_of_links(paths: Iterable[Path]) -> Iterator[Named]:
    """The links of each page as a list in Markdown, where they have enough words to be read as an article."""
    for path in paths:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        links = html.document_fromstring(content).xpath("//a[@href]")
        items = [(" ".join(link.text_content().split()), link.get("href")) for link in links]
        if sum(len(words.split()) for words, _ in items) >= LINKS:
            yield path.name, Document("".join(f"- [{words}]({target})\n" for words, target in items if words))


def derived(corpus: Path, feeds: Path) -> Iterator[Group]:
    english = [path for path, row in labels(feeds) if row["language"] == "en"]
    links = list(lists_of_links([*sorted((corpus / "pages").iterdir()), *english]))
    yield Group("lists of the links of English pages", "others", links)
    modules = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))
    yield Group("modules of Python's library", "others", [(path.name, opened(path, "a.txt")) for path in modules])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, help="folder of web.jsonl.gz, other.jsonl.gz, raw/ and pages/")
    parser.add_argument("feeds", type=Path, help="folder of html/")
    parser.add_argument("--names", action="store_true", help="also tell what was lost, missed, or in doubt")
    options = parser.parse_args()
    print("| texts | are | number | without a score | share | 95 % interval | reasons |\n|---|---|---|---|---|---|---|")
    wrong: list[str] = []
    for groups in (from_corpus(options.corpus), from_pages(options.feeds), derived(options.corpus, options.feeds)):
        for group in groups:
            found = measure(group)
            print(found.row(), flush=True)
            wrong.extend(found.wrong())
    if options.names:
        print("", *wrong, sep="\n")


if __name__ == "__main__":
    main()
