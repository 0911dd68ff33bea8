"""The page about a batch: read from every form that a batch writes, with nothing left out in silence."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

import quality
from quality import scored
from quality.cli import quality as root
from quality.dates import day, published
from quality.document import Document
from quality.model import Evidence, Score
from quality.page.plot import Plot, counts, share
from quality.readers import Options, Reject
from quality.report import charts
from quality.report.gather import Limits, gather
from quality.report.phrases import Strongest
from quality.report.sites import section
from quality.scored import Row
from quality.sites import Site

HERE = Path(__file__).parent
DATES: list[dict[str, Any]] = json.loads((HERE / "cases" / "dates.json").read_text(encoding="utf-8"))
ARTICLES = sorted((HERE.parent / "corpus" / "articles").glob("*/*.md"))[::31]
FORMS = ["scored.jsonl", "scored.jsonl.gz", "scored.csv", "scored.csv.zst", "scored.parquet"]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(root, [str(one) for one in arguments], prog_name="quality")


@pytest.fixture(scope="module")
def items(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("items") / "items.jsonl"
    rows = [
        {"id": f"{place}", "title": one.parent.name, "url": f"https://www.site{place % 3}.example/{place}",
         "published": f"2024-0{place % 4 + 1}-02", "text": one.read_text(encoding="utf-8")}
        for place, one in enumerate(ARTICLES)
    ]  # fmt: skip
    rows += [{"id": "short", "text": "Too few words."}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + "no JSON\n{}\n", encoding="utf-8")
    return path


def batch(items: Path, out: Path, *options: str) -> Path:
    assert run("batch", items, "-o", out, "--quiet", "--jobs", "1", *options).exit_code == 1
    return out


def report(path: Path, *options: object, exit_code: int = 0) -> str:
    page = path.with_suffix(".html")
    done = run("report", path, "-o", page, *options)
    assert done.exit_code == exit_code, done.output
    return page.read_text(encoding="utf-8")


def rows_of(page: str) -> list[list[Any]]:
    """The rows of the table, with the names of their sites."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page)
    assert found
    data = json.loads(found[1])
    return [[row[0], data["sites"][row[1]], *row[2:]] for row in data["rows"]]


@pytest.mark.parametrize("name", FORMS)
def test_every_form_gives_the_same_page(name: str, items: Path, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    plain = report(batch(items, tmp_path / "plain" / "scored.jsonl"))
    other = report(batch(items, tmp_path / name)).replace(name, "scored.jsonl")
    assert rows_of(other) == rows_of(plain)
    assert other.count('<section class="article"') == len(ARTICLES)
    assert "Scored again" not in other
    assert other == plain


@pytest.mark.parametrize("name", ["scored.jsonl", "scored.csv", "scored.parquet"])
def test_a_text_that_was_dropped_is_told(name: str, items: Path, tmp_path: Path) -> None:
    page = report(batch(items, tmp_path / name, "--drop-text"))
    assert page.count("its evidence is not at hand") == len(ARTICLES)
    assert len(rows_of(page)) == len(ARTICLES) + 1
    assert "<mark" not in page


def test_what_is_told_is_what_the_batch_said(items: Path, tmp_path: Path) -> None:
    path = batch(items, tmp_path / "scored.jsonl")
    records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    page = report(path)
    for record in records:
        said = record["quality"]
        title = record.get("title") or record["id"]
        [row] = [
            row for row in rows_of(page) if row[0] == title and row[2] == said["verdict"] and row[7] == said["words"]
        ]
        assert row[3] == (None if said["score"] is None else round(said["score"], 4))
    assert "2 records could not be read or scored." in page
    assert "has no text" in page


def test_rows_and_details_beyond_a_limit_are_told(items: Path, tmp_path: Path) -> None:
    page = report(batch(items, tmp_path / "scored.jsonl"), "--details", 2, "--rows", 5)
    assert len(rows_of(page)) == 5
    assert page.count('<section class="article"') == 2
    assert "The 2 articles with the highest scores can be opened with their evidence; 3 more are listed only" in page
    assert f"The {len(ARTICLES) - 4} articles with the lowest are counted, not listed" in page
    assert f"<strong>{len(ARTICLES) + 1}</strong><span>articles</span>" in page
    scores = [row[3] for row in rows_of(page)]
    assert scores == sorted(scores, reverse=True)


def test_an_altered_text_is_told(items: Path, tmp_path: Path) -> None:
    path = batch(items, tmp_path / "scored.jsonl")
    path.write_text(path.read_text("utf-8").replace("the ", "a ", 30), encoding="utf-8")
    assert "Scored again, this text gets " in report(path)


def test_scores_of_another_model_are_told(items: Path, tmp_path: Path) -> None:
    path = batch(items, tmp_path / "scored.jsonl")
    name = quality.load().name
    path.write_text(path.read_text("utf-8").replace(name, "en-0.0.1:00000000"), encoding="utf-8")
    page = report(path)
    assert f"the score is by the model en-0.0.1:00000000, this report was made with {name}" in page
    assert "Scored by en-0.0.1:00000000; the thresholds are those of " in page
    assert "<mark" not in page


def test_thresholds_that_were_moved_are_told(items: Path, tmp_path: Path) -> None:
    path = batch(items, tmp_path / "scored.jsonl", "--threshold", "0")
    assert "at other thresholds than those marked here" in report(path)
    assert "at other thresholds" not in report(path, "--threshold", "0")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"text": "Words."}', "has no quality.verdict, which a batch writes"),
        ('{"quality": 7}', "has no quality.verdict, which a batch writes"),
        ('{"quality": {"verdict": "farm"}}', "its quality is not as a batch writes it"),
        ('{"quality": {"verdict": "bad", "score": 0.5, "axes": null}}', "its quality is not as a batch writes it"),
        ('{"quality": {"verdict": "farm", "score": 7, "axes": null}}', "its quality is not as a batch writes it"),
        (
            '{"quality": {"verdict": "ok", "score": 0.1, "axes": {"filler": 1}}}',
            "its quality is not as a batch writes it",
        ),
        ('{"quality": {"verdict": "ok", "score": "<b>", "axes": null}}', "its quality is not as a batch writes it"),
        ("no JSON", "is not JSON"),
    ],
)
def test_records_that_no_batch_wrote_are_told(line: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "scored.jsonl").write_text(line + "\n", encoding="utf-8")
    page = report(tmp_path / "scored.jsonl", exit_code=1)
    assert reason in page
    assert "<strong>0</strong><span>articles</span>" in page


def test_nothing_scored_is_a_page_too(tmp_path: Path) -> None:
    (tmp_path / "scored.jsonl").write_text("", encoding="utf-8")
    assert "<strong>0</strong>" in report(tmp_path / "scored.jsonl")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["none.jsonl"], "none.jsonl: no such file or directory"),
        (["."], "is a directory"),
        (["a.jsonl", "--rejects", "odd.jsonl"], "odd.jsonl: is no file of rejects"),
        (["a.jsonl", "--model", "nowhere"], "nowhere: no model here"),
        (["-"], "SCORED is a file, not standard input"),
        (["a.jsonl", "-o", "no/such/folder.html"], "folder.html: cannot be written"),
    ],
)
def test_what_cannot_be_read_or_written(
    arguments: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.jsonl").write_text("", encoding="utf-8")
    Path("odd.jsonl").write_text('{"what": 1}\n', encoding="utf-8")
    done = run("report", "-o", "page.html", *arguments)
    assert done.exit_code == 2
    assert says in done.output


@pytest.mark.parametrize("case", DATES, ids=lambda case: case["name"])
def test_dates(case: dict[str, Any]) -> None:
    found = published(case["record"], case.get("key", ""))
    assert (found and found.isoformat()) == case["day"]


@given(st.dates(date(1970, 1, 2)))
def test_a_day_is_read_as_it_is_written(when: date) -> None:
    assert day(when.isoformat()) == day(when) == day(f"{when:%a, %d %b} {when.year:04} 12:00:00 +0000") == when


@given(st.text() | st.integers() | st.floats() | st.none() | st.lists(st.integers()))
def test_any_value_is_a_day_or_none(value: Any) -> None:
    assert day(value) is None or isinstance(day(value), date)


def row(number: int, score: float | None, url: str = "", when: date | None = None) -> Row:
    verdict = "abstain" if score is None else "farm" if score >= 0.5 else "ok"
    axes = None if score is None else (score, score, score)
    return Row(str(number), "a", url, "", when, score, verdict, None, axes, 100, "none", "m", {"text": "Words."})


SCORES = st.lists(st.none() | st.floats(0, 1), max_size=30)


@given(SCORES, st.integers(0, 10), st.integers(1, 30))
def test_the_worst_are_the_first_rows(scores: list[float | None], details: int, rows: int) -> None:
    found = [row(number, score) for number, score in enumerate(scores)]
    batch = gather(found, Options(), Limits(rows, details))
    known = [one for one in batch.rows if one.score is not None]
    assert [one.id for one, _ in batch.worst] == [one.id for one in known[:details]]
    assert [one.score for one in known] == sorted((one for one in scores if one is not None), reverse=True)
    assert len(batch.rows) == batch.total == len(scores)
    assert batch.left_out == max(len(scores) - rows, 0)


@given(SCORES)
def test_drawings_hold_every_article(scores: list[float | None]) -> None:
    found = [row(number, score, when=date(2000 + number, 1, 1)) for number, score in enumerate(scores)]
    if any(score is not None for score in scores):
        said = re.findall(
            r"<title>[\d.]+ to [\d.]+: ([^<]*)</title>", charts.histogram(found, {"farm": 0.5, "suspect": 0.4})
        )
        counted = [int(number) for bar in dict.fromkeys(said) for number in re.findall(r"\d+", bar)]
        assert 0 < sum(counted) <= len(scores)
    assert (charts.over_time(found) is None) == (len(scores) < 2)


@given(st.lists(st.floats(-2, 2), min_size=2, max_size=9))
def test_points_stay_inside_the_drawing(values: list[float]) -> None:
    plot = Plot("A plot", share("x"), counts("y", 9))
    for x, y in zip(values, reversed(values), strict=True):
        across, up = plot.place(x, max(y, 0))
        assert 0 <= across <= plot.width
        assert 0 <= up <= plot.height


def site(
    name: str, low: float | None, high: float = 1.0, reasons: tuple[str, ...] = (), said: str = "mixed"
) -> Site:  # fmt: skip
    """A site whose share of farm pages lies within an interval; without one, nothing of it has a score."""
    interval = None if low is None else (low, high)
    share = None if low is None else (low + high) / 2
    return Site(name, 9, 0 if low is None else 9, share, interval, share, said, None, reasons, (), "m")


def test_wordings_that_stand_out_are_of_several_words() -> None:
    """Words alone, marks and classes of words carry weight, and tell nobody anything."""
    strongest = Strongest()
    names = ("is", "<Cap> is", "is a", "? <p>", "one of the")
    evidence = [Evidence("wording", name, "Wording.", 0.1, (), "") for name in names]
    strongest.add(Document("Words."), Score(0.9, "farm", None, None, 1, "none", "m", evidence))
    assert [line.words for line in strongest.lines("wordings")] == ["is a", "one of the"]


def test_sites_stand_as_quality_sites_orders_them() -> None:
    few = site("few", 0.9, said="too few")
    good, often = site("good", 0.0, 0.1, said="ok"), site("often", 0.8, said="farm")
    page = section(
        iter([few, good, site("silent", None, said="too few"), site("twice", 0.4), site("once", 0.2), often])
    )
    assert re.findall(r'data-site="([^"]*)"', page) == ["often", "twice", "once", "good", "few"]
    assert "90% (80% to 100%)" in page
    assert "1 more site;" in page


def test_many_sites_are_counted() -> None:
    page = section(site(f"site{number}", 0.5) for number in range(40))
    assert page.count("data-site=") == 25
    assert "15 more sites;" in page


def test_reasons_of_a_site_are_text() -> None:
    page = section([site("<b>", 0.2, reasons=("<script>alert(1)</script>", "Two."))])
    assert "<b>" not in page
    assert "<summary>2 reasons</summary><ul><li>&lt;script&gt;" in page


def test_without_sites_the_page_says_why() -> None:
    assert "of the model at hand only" in section([])


@pytest.mark.parametrize(
    ("options", "names"), [((), {f"site{n}.example" for n in range(3)}), (("--site-key", "title"), None)]
)
def test_sites_of_the_page_are_those_of_the_table(
    options: tuple[str, ...], names: set[str] | None, items: Path, tmp_path: Path
) -> None:
    page = report(batch(items, tmp_path / "scored.jsonl"), *options)
    listed = {row[1] for row in rows_of(page) if row[3] is not None}
    assert set(re.findall(r'data-site="([^"]*)"', page)) == listed
    assert names is None or listed == names


def test_a_parquet_file_of_something_else_is_told(tmp_path: Path) -> None:
    import pyarrow
    from pyarrow import parquet

    parquet.write_table(pyarrow.table({"text": ["Words."]}), tmp_path / "a.parquet")
    [found] = scored.read(str(tmp_path / "a.parquet"), Options())
    assert isinstance(found, Reject)
    assert found.reason == "has no quality.verdict, which a batch writes"
