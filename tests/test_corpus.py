"""The corpus room: reading rules, rows, articles, loading, folds, fetching, and its commands."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from quality.cli import quality as root
from quality.cli.corpus import corpus
from quality.corpus import Article, load
from quality.corpus import fetch as fetching
from quality.corpus.articles import VERSIONS
from quality.corpus.check import check
from quality.corpus.fetch import Outcome, cached, default_cache, fetch
from quality.corpus.new import create
from quality.corpus.read import head, read
from quality.corpus.rows import Row, read_rows
from quality.corpus.split import folds
from quality.corpus.stats import stats
from quality.errors import CorpusError, UsageError

HERE = Path(__file__).parent
ROOT = HERE.parent
CASES: dict[str, list[dict[str, Any]]] = json.loads((HERE / "cases" / "corpus.json").read_text(encoding="utf-8"))
LABELS = {"filler": 0, "repetition": 1, "unsourced": 2, "farm": 0}


def cases(kind: str) -> pytest.MarkDecorator:
    """Parametrize a test by the cases of one kind."""
    return pytest.mark.parametrize("case", CASES[kind], ids=lambda case: case["name"])


def digest(content: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()


def record(content: bytes, url: str = "https://example.org/a.md", **more: object) -> dict[str, Any]:
    """A row of `web.jsonl` for some content."""
    return {
        "id": f"sample/{digest(content)[:6]}",
        "family": "sample",
        "source": "sample",
        "sha256": digest(content),
        "bytes": len(content),
        "format": "md",
        "licence": "CC0-1.0",
        "words": len(content.split()),
        "url": url,
        "labels": LABELS,
        **more,
    }


def inside(text: str) -> dict[str, Any]:
    """A row for a text inside a larger file."""
    row = record(text.encode(), format="text", fetch=False, repo="a/b", commit="0" * 40, path="c.json#1")
    del row["url"]
    return row


def write_rows(folder: Path, *records: dict[str, Any]) -> list[Row]:
    """Write a `web.jsonl` and read it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "web.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return read_rows(path)


@cases("read")
def test_read(case: dict[str, Any]) -> None:
    assert read(case["file"].encode(), case["format"]) == case["read"]


def test_read_takes_the_main_text_of_a_page() -> None:
    text = read((HERE / "files" / "article.html").read_bytes(), "html")
    assert "[the minutes of the council](https://parish.example.org/minutes/2024-05)" in text
    assert "Privacy" not in text


@pytest.mark.parametrize(
    ("lines", "words"),
    [([100] * 9, 600), ([590, 90, 20], 680), ([590, 120], 590), ([700], 700), ([900], 660), ([300, 900], 300)],
)
def test_head_keeps_whole_lines(lines: list[int], words: int) -> None:
    text = "\n".join(" ".join(["word"] * count) for count in lines)
    assert len(head(text).split()) == words


@cases("rows")
def test_row_that_breaks_the_rules(case: dict[str, Any], tmp_path: Path) -> None:
    good = record(b"Some words.")
    bad = {key: value for key, value in good.items() if key not in case.get("without", [])} | case.get("change", {})
    path = tmp_path / "web.jsonl"
    path.write_text(json.dumps(good) + "\n" + case.get("line", json.dumps({**bad, "id": "sample/2"})) + "\n")
    with pytest.raises(CorpusError) as caught:
        read_rows(path)
    assert any(f"{path}:2: {case['problem']}" in problem for problem in caught.value.problems)


def test_rows_with_the_same_id(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"web\.jsonl:3: id sample/\w+ stands in line 1 too"):
        write_rows(tmp_path, record(b"One."), record(b"Two."), record(b"One."))


def test_the_rows_of_the_project() -> None:
    rows = read_rows(ROOT / "corpus" / "web.jsonl")
    assert [row.id for row in rows] == sorted(row.id for row in rows)
    assert Counter(row.labels is not None for row in rows)[True] > 1900
    assert len({row.family for row in rows}) > 100


def article(words: int = 300, subject: str = "health-sample", version: str = "plain") -> str:
    """A good article of words that no other subject has."""
    labels = "{filler: 0, repetition: 0, unsourced: 0, farm: 0}"
    text = " ".join(f"{subject.replace('-', '')}w{number}" for number in range(words)).replace("healthsamplew", "w")
    return (
        f"---\nid: {subject}/{version}\nsubject: {subject}\ngenre: {subject.partition('-')[0]}\nversion: {version}\n"
        f"labels: {labels}\nlicence: CC0-1.0\nnote: All names are invented.\n---\n\n{text}\n"
    )


def write_subject(folder: Path, subject: str = "health-sample") -> Path:
    """Write five good versions of a subject and return the folder of articles."""
    for version in VERSIONS:
        path = folder / "articles" / subject / f"{version}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(article(subject=subject, version=version), encoding="utf-8")
    return folder


@cases("articles")
def test_article_that_breaks_the_rules(case: dict[str, Any], tmp_path: Path) -> None:
    folder = write_subject(tmp_path)
    path = folder / "articles" / "health-sample" / "plain.md"
    assert check(folder, complete=False) == []
    old, new = case.get("replace", ("", ""))
    changed = case.get("content", article().replace(old, new))
    path.write_text(changed if new != "\0" else changed.partition("\0")[0], encoding="utf-8")
    problems = check(folder, complete=False)
    assert any(case["problem"] in problem for problem in problems), problems
    assert all(re.match(r"\S+?(:\d+)?: \S", problem) for problem in problems)


def test_missing_version_and_subjects(tmp_path: Path) -> None:
    folder = write_subject(tmp_path)
    (folder / "articles" / "health-sample" / "farm.md").unlink()
    assert check(folder, complete=False) == [f"{folder / 'articles' / 'health-sample'}: lacks farm"]
    assert len(check(folder)) == 13


def test_run_shared_by_two_subjects_and_with_a_seed(tmp_path: Path) -> None:
    folder = write_subject(tmp_path)
    write_subject(tmp_path, "sport-sample")
    assert check(folder, complete=False) == []
    path = folder / "articles" / "sport-sample" / "plain.md"
    run = "W20 w21 w22, w23 w24 w25 w26 w27."
    path.write_text(path.read_text(encoding="utf-8") + f"\nA line.\n{run}\n", encoding="utf-8")
    [problem] = check(folder, complete=False)
    shared = "w20 w21 w22 w23 w24 w25 w26 w27"
    assert problem.startswith(f"{path}:14: shares '{shared}' with {folder}/articles/health-sample/")
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.txt").write_text(f"Words. {run}", encoding="utf-8")
    assert len(check(folder, tmp_path / "seeds", complete=False)) == 6


def test_a_new_subject(tmp_path: Path) -> None:
    paths = create(tmp_path / "articles", "food-plum-jam")
    assert [path.stem for path in paths] == list(VERSIONS)
    assert any("label filler is None" in problem for problem in check(tmp_path, complete=False))
    with pytest.raises(UsageError, match=r"plain\.md: is there already"):
        create(tmp_path / "articles", "food-plum-jam")


@pytest.mark.parametrize("subject", ["food", "other-plum-jam", "food-../../etc", "food-Plum", ""])
def test_a_subject_of_no_shape(subject: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a genre"):
        create(tmp_path / "articles", subject)
    assert not list(tmp_path.iterdir())


class Site(ThreadingHTTPServer):
    """A web site on loopback with the files it is given; counts what is asked."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.asked: Counter[str] = Counter()
        self.sent, self.closing, self.packed = 0, False, False
        super().__init__(("127.0.0.1", 0), Page)

    def url(self, name: str) -> str:
        """Address of a file."""
        return f"http://127.0.0.1:{self.server_address[1]}/{name}"


ENDLESS = {"flood.md": b"First words." * 5000, "drip.md": b"F"}
"""Files that never end: what is sent of them over and over."""


class Page(BaseHTTPRequestHandler):
    """Answers with a file of the site, or 404."""

    server: Site

    def do_GET(self) -> None:
        """Answer."""
        name = self.path[1:]
        self.server.asked[name] += 1
        if name in ENDLESS:
            self.send_response(200)
            self.end_headers()
            with contextlib.suppress(OSError):
                while not self.server.closing:
                    self.wfile.write(ENDLESS[name])
                    self.server.sent += len(ENDLESS[name])
                    time.sleep(0.001 if len(ENDLESS[name]) > 1 else 0.05)
            return
        content = self.server.files.get(name)
        self.send_response(200 if content is not None else 404)
        self.send_header("Content-Length", str(len(content or b"")))
        if self.server.packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Site({"a.md": b"First words.", "b.md": b"# Second\n\nMore words."}) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.closing = True
        server.shutdown()
        thread.join()


def site_rows(folder: Path, site: Site) -> list[Row]:
    """Rows for the two files of the site, and for a text inside a larger file."""
    web = [record(content, site.url(name), id=f"web/{name[0]}") for name, content in site.files.items()]
    return write_rows(folder, *web, inside("Text inside."))


def test_fetch_and_load(site: Site, tmp_path: Path) -> None:
    rows = site_rows(tmp_path, site)
    assert load(tmp_path, tmp_path / "cache") == []
    assert fetch(rows, tmp_path / "cache") == Outcome(fetched=2, elsewhere=1)
    assert [(one.id, one.text) for one in load(tmp_path, tmp_path / "cache")] == [
        ("web/a", "First words."),
        ("web/b", "# Second\n\nMore words."),
    ]
    assert fetch(rows, tmp_path / "cache") == Outcome(kept=2, elsewhere=1)
    assert site.asked == {"a.md": 1, "b.md": 1}


def test_fetch_resumes(site: Site, tmp_path: Path) -> None:
    rows, cache = site_rows(tmp_path, site), tmp_path / "cache"
    second = site.files.pop("b.md")
    outcome = fetch(rows, cache)
    assert (outcome.fetched, len(outcome.failed)) == (1, 1)
    assert outcome.failed[0].startswith(f"web/b: {site.url('b.md')}: 404")
    site.files["b.md"] = second
    assert fetch(rows, cache) == Outcome(kept=1, fetched=1, elsewhere=1)
    assert site.asked["a.md"] == 1


def test_fetch_refuses_another_file(site: Site, tmp_path: Path) -> None:
    rows, cache = site_rows(tmp_path, site), tmp_path / "cache"
    site.files["a.md"] = b"Other words."
    [failure] = fetch(rows, cache).failed
    assert failure == f"web/a: {site.url('a.md')}: the file there has another SHA-256: it was changed or damaged"
    assert not cached(rows[0], cache).exists()


@pytest.mark.parametrize(("name", "size"), [("flood.md", 12), ("flood.md", 1 << 20), ("drip.md", 1 << 20)])
def test_fetch_ends_what_does_not_end(
    name: str, size: int, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "LONGEST", 0.3)
    too_much = f"the file there has more than the {size} bytes of its row: it was changed"
    why = too_much if name == "flood.md" else "did not arrive within 0.3 seconds"
    rows = write_rows(tmp_path, record(b"First words.", site.url(name)) | {"bytes": size})
    assert fetch(rows, tmp_path / "cache").failed == [f"{rows[0].id}: {site.url(name)}: {why}"]
    assert site.sent < 2 * (size + (8 << 20)), "twice tried, and what the network had taken by then"
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []


def test_fetch_takes_nothing_packed(site: Site, tmp_path: Path) -> None:
    """What says that it is a bomb of gzip is taken as it is, and is another file."""
    site.files["a.md"], rows = gzip.compress(bytes(1 << 20)), site_rows(tmp_path, site)[:1]
    site.packed = True
    row = replace(rows[0], bytes=len(site.files["a.md"]), sha256=digest(bytes(1 << 20)))
    [failure] = fetch([row], tmp_path / "cache").failed
    assert "has another SHA-256" in failure


def test_fetch_replaces_a_damaged_file(site: Site, tmp_path: Path) -> None:
    rows, cache = site_rows(tmp_path, site), tmp_path / "cache"
    fetch(rows, cache)
    cached(rows[0], cache).write_bytes(b"First w")
    assert fetch(rows, cache) == Outcome(kept=1, fetched=1, elsewhere=1)
    assert cached(rows[0], cache).read_bytes() == b"First words."


def test_fetch_from_no_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    rows = write_rows(tmp_path, record(b"Words.", "http://127.0.0.1:1/a.md"))
    [failure] = fetch(rows, tmp_path / "cache").failed
    assert failure.startswith(f"{rows[0].id}: http://127.0.0.1:1/a.md: ")


def write_mirror(folder: Path, files: list[bytes], texts: list[str]) -> Path:
    """A mirror with files named by their digest and texts in `other.jsonl.gz`."""
    (folder / "raw").mkdir(parents=True)
    for content in files:
        (folder / "raw" / digest(content)).write_bytes(content)
    with gzip.open(folder / "other.jsonl.gz", "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps({"sha256": digest(text.encode()), "text": text}) + "\n" for text in texts)
    return folder


def test_fetch_from_a_mirror(tmp_path: Path) -> None:
    rows = write_rows(tmp_path, record(b"First."), inside("Text   inside."), record(b"Lost."))
    mirror = write_mirror(tmp_path / "mirror", [b"First."], ["Text   inside."])
    outcome = fetch(rows, tmp_path / "cache", mirror)
    assert outcome.fetched == 2
    assert outcome.failed == [f"{rows[2].id}: {mirror}: has no {rows[2].sha256}"]
    assert [one.text for one in load(tmp_path, tmp_path / "cache")] == ["First.", "Text   inside."]


def test_fetch_from_a_damaged_mirror(tmp_path: Path) -> None:
    rows = write_rows(tmp_path, record(b"First."))
    mirror = write_mirror(tmp_path / "mirror", [b"First."], [])
    (mirror / "raw" / rows[0].sha256).write_bytes(b"Fir")
    [failure] = fetch(rows, tmp_path / "cache", mirror).failed
    assert "has another SHA-256" in failure
    (mirror / "other.jsonl.gz").write_bytes(b"no gzip")
    with pytest.raises(CorpusError, match=r"other\.jsonl\.gz: is damaged"):
        fetch(rows, tmp_path / "cache", mirror)
    with pytest.raises(CorpusError, match="no such folder"):
        fetch(rows, tmp_path / "cache", tmp_path / "nowhere")


def test_cache_of_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("QUALITY_CACHE", str(tmp_path))
    assert default_cache() == tmp_path
    monkeypatch.delenv("QUALITY_CACHE")
    assert default_cache().name == "quality"


def test_load_reads_once_and_survives_a_damaged_store(tmp_path: Path) -> None:
    rows, cache = write_rows(tmp_path, record(b"Some   words.")), tmp_path / "cache"
    fetch(rows, cache, write_mirror(tmp_path / "mirror", [b"Some   words."], []))
    first = load(tmp_path, cache)
    store = cache / "read.json"
    kept = json.loads(store.read_bytes())
    store.write_text(json.dumps(dict.fromkeys(kept, "Kept words.")))
    assert load(tmp_path, cache)[0].text == "Kept words."
    store.write_bytes(b'{"half')
    assert load(tmp_path, cache) == first


def test_load_written_articles(tmp_path: Path) -> None:
    folder = write_subject(tmp_path)
    loaded = load(tmp_path, tmp_path / "cache")
    assert [one.id for one in loaded] == [f"health-sample/{version}" for version in sorted(VERSIONS)]
    assert {(one.family, one.origin, one.genre, one.words) for one in loaded} == {
        ("health-sample", "written", "health", 300)
    }
    (folder / "articles" / "health-sample" / "farm.md").write_text("no header")
    with pytest.raises(CorpusError, match=r"farm\.md:1: does not start"):
        load(tmp_path, tmp_path / "cache")


def sample(number: int, family: str, farm: int | None) -> Article:
    """An article for folds and counts."""
    labels = None if farm is None else {"filler": 0, "repetition": 0, "unsourced": 0, "farm": farm}
    return Article(f"a/{number}", family, family, "", "Words.", labels, None, 1, "web", "md", "MIT")


def test_folds_keep_families_and_balance() -> None:
    articles = [sample(number, f"family{number % 40}", number % 40 % 5) for number in range(400)]
    dealt = folds(articles, 4)
    assert dealt == folds(reversed(articles), 4)
    sizes = Counter((dealt[one.family], one.labels["farm"]) for one in articles if one.labels)
    assert set(sizes.values()) == {20}
    with pytest.raises(ValueError, match="two at least"):
        folds(articles, 1)


def test_stats() -> None:
    counts = stats([sample(1, "a", 4), sample(2, "a", 0), sample(3, "b", None)], listed=5)
    assert (counts["articles"], counts["labelled"], counts["families"], counts["not fetched"]) == (3, 2, 2, 2)
    assert counts["labels"]["web"]["farm"] == [1, 0, 0, 0, 1]
    assert json.loads(json.dumps(counts)) == counts


def run(*args: object) -> Result:
    """Run the group."""
    return CliRunner().invoke(root, ["corpus", *map(str, args)])


@pytest.mark.parametrize("command", sorted(corpus.commands))
def test_help_has_an_example(command: str) -> None:
    result = run(command, "-h")
    assert result.exit_code == 0
    assert f"Example:\n    quality corpus {command}" in result.output


def test_command_new_and_check(tmp_path: Path) -> None:
    result = run("new", "law-garden-fence", "--corpus", tmp_path, "--version", "plain")
    assert (result.exit_code, result.stdout) == (0, f"{tmp_path}/articles/law-garden-fence/plain.md\n")
    again = run("new", "law-garden-fence", "--corpus", tmp_path)
    assert (again.exit_code, again.stderr.count("\n")) == (2, 1)
    assert run("new", "law-garden-fence", "--corpus", tmp_path, "--version", "best").exit_code == 2
    write_rows(tmp_path, record(b"Words."))
    checked = run("check", "--corpus", tmp_path, "--partial")
    assert checked.exit_code == 1
    assert f"{tmp_path}/articles/law-garden-fence/plain.md:1: label filler is None" in checked.stdout


def test_command_check_on_a_good_corpus(tmp_path: Path) -> None:
    write_rows(tmp_path, record(b"Words."))
    write_subject(tmp_path)
    result = run("check", "--corpus", tmp_path, "--partial")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "quality: 1 rows, 5 articles, 0 problems\n"
    assert run("check", "--corpus", tmp_path / "nowhere").exit_code == 2


def test_command_fetch_and_stats(tmp_path: Path) -> None:
    write_rows(tmp_path, record(b"First."), record(b"Lost."))
    mirror, cache = write_mirror(tmp_path / "mirror", [b"First."], []), tmp_path / "cache"
    result = run("fetch", "--corpus", tmp_path, "--cache", cache, "--mirror", mirror)
    assert result.exit_code == 1
    assert result.stderr.endswith("fetched 1, kept 0, failed 1\n")
    counted = run("stats", "--corpus", tmp_path, "--cache", cache, "--format", "json")
    assert (counted.exit_code, json.loads(counted.stdout)["not fetched"]) == (0, 1)
    assert "articles" in run("stats", "--corpus", tmp_path, "--cache", cache).stdout


def test_command_on_broken_rows_says_where(tmp_path: Path) -> None:
    (tmp_path / "web.jsonl").write_text("{}\n")
    for command in ("stats", "fetch"):
        result = run(command, "--corpus", tmp_path, "--cache", tmp_path)
        assert result.exit_code == 2
        assert result.stderr.startswith(f"quality: {tmp_path}/web.jsonl:1: lacks id\n")
