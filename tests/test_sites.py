"""Sites: what one verdict says, whatever the form, order and size of its input, and what a block list may hold."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

import quality
from quality import scored
from quality.adjust import with_prior
from quality.cli import quality as root
from quality.document import Document
from quality.families import as_sites
from quality.model import LinearModel
from quality.readers import Options
from quality.share import Shares, Spread, fit_spread, logits
from quality.sites import Bounds, Judge, Limits, Site, articles, spill
from quality.sites.across import Across
from quality.sites.address import address, section, site_of
from quality.sites.alike import minima, nearest
from quality.sites.article import Article
from quality.sites.export import FORMATS, Ground, pieces
from quality.sites.gather import Columns, Smallest, gather
from quality.sites.parts import differing
from quality.sites.site import Example
from quality.views import Views

HERE = Path(__file__).parent
CASES: dict[str, Any] = json.loads((HERE / "cases" / "sites.json").read_text(encoding="utf-8"))
WRITTEN = HERE.parent / "corpus" / "articles"
TEXTS = {
    version: [
        path.read_text(encoding="utf-8").split("---\n", 2)[2].strip()
        for path in sorted(WRITTEN.glob(f"*/{version}.md"))
    ]
    for version in ("farm", "plain")
}
FORMS = ["scored.jsonl", "scored.jsonl.gz", "scored.csv", "scored.parquet"]
SPREAD = Spread()


def run(*arguments: object) -> Result:
    return CliRunner().invoke(root, [str(one) for one in arguments], prog_name="quality", catch_exceptions=False)


def items() -> Iterator[dict[str, Any]]:
    """A farm, an honest site with a section of farm pages, and a site of few articles."""
    for number, text in enumerate(TEXTS["farm"][:12]):
        yield {"url": f"https://www.quick.example/{number}", "title": f"Quick {number}", "text": text}
    for number, text in enumerate(TEXTS["plain"][:30]):
        yield {"url": f"https://calm.example/notes/{number}", "title": f"Calm {number}", "author": "Ann", "text": text}
    for number, text in enumerate(TEXTS["farm"][20:32]):
        yield {"url": f"https://calm.example/deals/{number}", "title": f"Deal {number}", "text": text}
    yield {"url": "https://small.example/1", "title": "Small", "text": TEXTS["plain"][40]}
    yield {"url": "https://small.example/2", "title": "Smaller", "text": "Too few words."}
    yield {"feed": "Silent News", "text": "Too few words."}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the same records scored in every form, and without their texts."""
    path = tmp_path_factory.mktemp("sites")
    (path / "items.jsonl").write_text("".join(json.dumps(one) + "\n" for one in items()), encoding="utf-8")
    for name in FORMS:
        assert run("batch", path / "items.jsonl", "-o", path / name, "--quiet", "--jobs", "1").exit_code == 0
    run("batch", path / "items.jsonl", "-o", path / "bare.jsonl", "--quiet", "--jobs", "1", "--drop-text")
    return path


def judged(path: Path, *options: object, code: int = 0) -> list[dict[str, Any]]:
    done = run("sites", path, "-o", "-", "--quiet", *options)
    assert done.exit_code == code, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize(("url", "site", "part"), CASES["addresses"])
def test_address(url: str, site: str, part: str) -> None:
    found = address(url)
    assert (found.site if found else "") == site
    assert section(url) == part


@pytest.mark.parametrize(("record", "key", "site"), CASES["keys"])
def test_site_of_a_record(record: dict[str, Any], key: str, site: str) -> None:
    assert site_of(record.get("url", ""), record, "scored.jsonl", key) == site


@given(st.text(max_size=60))
def test_no_address_breaks(url: str) -> None:
    for one in (url, f"http://{url}", f"https://{url}.example/{url}"):
        found = address(one)
        assert found is None or (found.site and found.host.isascii() and found.host.endswith(found.site))
        section(one)


def test_what_is_said_of_sites(folder: Path) -> None:
    found = {one["site"]: one for one in judged(folder / "scored.jsonl")}
    assert list(found) == ["quick.example", "calm.example", "small.example", "Silent News"]
    quick, calm, small, silent = found.values()
    assert [one["verdict"] for one in found.values()] == ["farm", "mixed", "too few", "too few"]
    assert quick["interval"][0] > 0.5
    assert quick["axes"].keys() == {"filler", "repetition", "unsourced", "across_articles"}
    assert len(quick["examples"]) == 3
    assert all(len(one["evidence"]) == 5 and one["note"] is None for one in quick["examples"])
    assert any("Articles under calm.example/deals/ (12) look more like farm pages" in one for one in calm["reasons"])
    assert (small["articles"], small["scored"]) == (2, 1)
    assert isinstance(small["score"], float)
    assert "1 more has no score: too short 1." in small["reasons"]
    assert (silent["score"], silent["farm_share"], silent["axes"], silent["interval"]) == (None, None, None, None)


@pytest.mark.parametrize("name", FORMS)
def test_every_form_gives_the_same_sites(name: str, folder: Path) -> None:
    assert judged(folder / name) == judged(folder / "scored.jsonl")


@settings(max_examples=5, deadline=None)
@given(st.randoms(use_true_random=False))
def test_order_and_copies_change_nothing(folder: Path, random: Any) -> None:
    lines = (folder / "scored.jsonl").read_text(encoding="utf-8").splitlines()
    copies = map(json.loads, random.sample(lines, 10))
    lines += [json.dumps(one | ({"url": one["url"] + "#comments"} if "url" in one else {})) for one in copies]
    random.shuffle(lines)
    path = folder / "shuffled.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    limits = ("--compare", 7, "--examples", 2)
    assert judged(path, *limits) == judged(folder / "scored.jsonl", *limits)


def test_sites_dealt_again_are_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = judged(folder / "scored.jsonl")
    monkeypatch.setattr(spill, "LARGE", 10)
    monkeypatch.setattr(spill, "FAN", 2)
    monkeypatch.setattr(spill, "BUFFER", 100)
    assert judged(folder / "scored.jsonl") == before


def test_dropped_texts_are_told(folder: Path) -> None:
    quick = judged(folder / "bare.jsonl")[0]
    whole = judged(folder / "scored.jsonl")[0]
    assert {key: quick[key] for key in ("interval", "score", "scored")} == {
        key: whole[key] for key in ("interval", "score", "scored")
    }
    assert all(one["evidence"] is None and "dropped" in one["note"] for one in quick["examples"])
    assert "Without texts its articles could not be compared." in quick["reasons"]
    assert quick["axes"]["across_articles"] is None


def test_a_text_that_changed_shows_no_evidence(folder: Path, tmp_path: Path) -> None:
    record = json.loads((folder / "scored.jsonl").read_text(encoding="utf-8").splitlines()[0])
    (tmp_path / "a.jsonl").write_text(json.dumps(record | {"text": TEXTS["plain"][3]}), encoding="utf-8")
    [site] = judged(tmp_path / "a.jsonl")
    assert site["examples"][0]["evidence"] is None
    assert "another score" in site["examples"][0]["note"]


@pytest.mark.parametrize("form", ["sites.jsonl", "sites.csv", "sites.csv.gz", "sites.parquet"])
def test_every_form_of_output_holds_the_same(form: str, folder: Path) -> None:
    assert run("sites", folder / "scored.jsonl", "-o", folder / form).exit_code == 0
    expected = judged(folder / "scored.jsonl")
    if form.endswith(".jsonl"):
        assert [json.loads(line) for line in (folder / form).read_text(encoding="utf-8").splitlines()] == expected
    elif form.endswith(".parquet"):
        table = pytest.importorskip("pyarrow.parquet").read_table(folder / form)
        assert table.to_pylist() == expected
    else:
        import gzip

        data = (folder / form).read_bytes()
        rows = list(csv.DictReader(io.StringIO((gzip.decompress(data) if form.endswith("gz") else data).decode())))
        assert [(row["site"], row["score"], row["verdict"]) for row in rows] == [
            (one["site"], "" if one["score"] is None else repr(one["score"]), one["verdict"]) for one in expected
        ]
    assert not (folder / f"{form}.part").exists()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"quality": {"score": 2, "verdict": "ok"}}, "its quality is not as a batch writes it"),
        ({"quality": None}, "has no quality.verdict"),
        ({"model": "other-1:12345678"}, "was scored by other-1:12345678, not by"),
    ],
)
def test_what_is_no_record_is_told(change: dict[str, Any], reason: str, folder: Path, tmp_path: Path) -> None:
    lines = (folder / "scored.jsonl").read_text(encoding="utf-8").splitlines()[:6]
    last = json.loads(lines[-1])
    last["quality"] |= {key: value for key, value in change.items() if key == "model"}
    last |= {key: value for key, value in change.items() if key != "model"}
    (tmp_path / "a.jsonl").write_text("\n".join([*lines[:-1], json.dumps(last)]), encoding="utf-8")
    done = run("sites", tmp_path / "a.jsonl", "-o", tmp_path / "out.jsonl")
    assert done.exit_code == 1
    assert "1 record left out" in done.stderr
    assert reason in done.stderr
    assert json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))["articles"] == 5


def test_a_record_without_the_site_key_is_told(folder: Path) -> None:
    done = run("sites", folder / "scored.jsonl", "-o", folder / "out.jsonl", "--site-key", "author")
    assert done.exit_code == 1
    assert "27 records left out: has no author" in done.stderr
    assert [one["site"] for one in judged(folder / "scored.jsonl", "--site-key", "author", code=1)] == ["Ann"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none.jsonl", "-o", "out.jsonl"], "none.jsonl: no such file"),
        (["scored.jsonl", "-o", "out.txt"], "an output ends in"),
        (["scored.jsonl", "-o", "./scored.jsonl"], "is an input and written to at once"),
        (["scored.jsonl", "-o", "no/such/out.jsonl"], "cannot be written"),
        (["scored.jsonl", "-o", "out.txt", "--export", "hosts"], "go together"),
        (["scored.jsonl", "-o", "out.jsonl", "--as-of", "2024-05-01"], "go together"),
        (["scored.jsonl", "-o", "out.jsonl", "--ok-below", "0.7"], "the bounds of a verdict"),
        (["scored.jsonl", "-o", "out.txt", "--export", "hosts", "--as-of", "May"], "does not match"),
    ],
)
def test_what_cannot_be(arguments: list[str], said: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    done = run("sites", *arguments)
    assert done.exit_code == 2
    assert said in done.stderr


def test_the_output_is_no_input(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes((folder / "scored.jsonl").read_bytes())
    for _ in range(2):
        assert run("sites", tmp_path, "-o", tmp_path / "sites.jsonl").exit_code == 0
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.jsonl", "sites.jsonl"]


def test_nothing_stays_when_it_is_ended(folder: Path, tmp_path: Path) -> None:
    reader, writer = os.pipe()
    environment = os.environ | {"PYTHONPATH": str(HERE.parent), "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-m", "quality", "sites", "-", "-o", str(tmp_path / "sites.jsonl")]
    with subprocess.Popen(command, stdin=reader, env=environment, stderr=subprocess.DEVNULL) as process:
        os.write(writer, (folder / "bare.jsonl").read_bytes()[:4000])
        while not list(tmp_path.glob("quality-sites-*/*")):
            time.sleep(0.05)
            os.write(writer, (folder / "bare.jsonl").read_bytes()[:4000])
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        # Python hears of a signal that came just before it began to wait for input with what comes in next.
        os.set_blocking(writer, False)
        while process.poll() is None:
            with suppress(BlockingIOError):
                os.write(writer, (folder / "bare.jsonl").read_bytes()[:4000])
            time.sleep(0.05)
        assert process.returncode == 128 + signal.SIGTERM
    os.close(writer)
    os.close(reader)
    assert list(tmp_path.iterdir()) == []


def test_nothing_in_nothing_out(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("", encoding="utf-8")
    assert judged(tmp_path / "a.jsonl") == []


# The share and its interval.

scores = st.lists(st.floats(0, 1), min_size=1, max_size=60).map(lambda values: np.array(values, float))
SHARES = Shares(SPREAD)


@given(scores)
def test_an_interval_holds_its_share(score: np.ndarray) -> None:
    found = SHARES(score)
    assert 0 <= found.low <= found.share <= found.high <= 1
    assert found.low < found.high
    assert 0 <= found.above(0.5) <= 1
    assert SHARES(np.sort(score))[:3] == found[:3]


def test_more_articles_make_it_narrower() -> None:
    widths = [found.high - found.low for found in (SHARES(np.full(count, 0.02)) for count in (1, 5, 20, 200))]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > 0.5 > widths[-1]


def test_one_article_says_little() -> None:
    found = SHARES(np.array([0.99]))
    assert found.low < 0.5


@pytest.mark.parametrize("articles_", [5, 20, 80])
def test_coverage(articles_: int) -> None:
    """`benchmarks/coverage.py` in small: fixed draws, so that the bounds leave room for chance."""
    random, held = np.random.default_rng(5), []
    for share in (0, 0.1, 0.3, 0.5, 0.7, 0.9, 1):
        farm = random.random((500, articles_)) < share
        mean = np.where(farm, SPREAD.farm, SPREAD.honest) + random.normal(0, SPREAD.between, (500, 1))
        found = SHARES.each(1 / (1 + np.exp(-random.normal(mean, SPREAD.within))))
        held.append(np.mean([one.low <= share <= one.high for one in found]))
    assert 0.93 <= np.mean(held) <= 0.97
    assert min(held) >= 0.9


def test_sites_together_are_as_alone() -> None:
    score = np.random.default_rng(6).random((7, 12))
    alone = [SHARES(one) for one in score]
    assert np.allclose([one[:3] for one in SHARES.each(score)], [one[:3] for one in alone])


@pytest.mark.parametrize("articles_", [20, 70, 300])
def test_where_scores_do_not_tell_the_share_lies_between(articles_: int) -> None:
    """Between the classes the likelihood has two peaks, at no and at all articles; neither is what is told."""
    middling = (SPREAD.honest + SPREAD.farm) / 2 + SPREAD.within * np.linspace(-1.5, 1.5, articles_)
    found = SHARES(1 / (1 + np.exp(-middling)))
    assert found.low < 0.05
    assert found.high > 0.95
    assert 0.3 < found.share < 0.7
    assert 0.3 < found.above(0.5) < 0.7


@pytest.mark.parametrize("tails", [None, 5], ids=["normal", "heavy tails"])
def test_very_many_articles_are_no_proof_of_the_contrary(tails: int | None) -> None:
    """What the sum over shifts leaves out, or a distribution that is not quite normal, must not decide a verdict."""
    random = np.random.default_rng(11)
    for share in (0, 0.1, 1) * 12:
        farm = random.random(5000) < share
        noise = random.normal(size=5000) if tails is None else random.standard_t(tails, 5000) * (1 - 2 / tails) ** 0.5
        mean = np.where(farm, SPREAD.farm, SPREAD.honest) + random.normal(0, SPREAD.between)
        found = SHARES(1 / (1 + np.exp(-(mean + SPREAD.within * noise))))
        assert (found.low <= 0.5) if share < 0.25 else (found.high >= 0.25), (share, found[:3])


def test_a_spread_is_found_again() -> None:
    random, wanted = np.random.default_rng(3), Spread(-3, 1, 1.2, 0.8)
    family = np.repeat(np.arange(400), 12)
    farm = random.random(len(family)) < np.repeat(random.random(400) < 0.4, 12) * 0.8 + 0.1
    logit = np.where(farm, 1, -3) + np.repeat(random.normal(0, 0.8, 400), 12) + random.normal(0, 1.2, len(family))
    found = fit_spread(1 / (1 + np.exp(-logit)), farm, family.astype(str).tolist())
    assert np.allclose(found, wanted, atol=0.15)


def test_a_prior_leaves_the_share(model: LinearModel) -> None:
    shift = with_prior(model, 0.05).bias[0] - model.bias[0]
    meta = dict(model.meta) | {"adjusted": {"prior": 0.05}}
    score = np.array([0.3, 0.6, 0.8, 0.9, 0.4])
    moved = 1 / (1 + np.exp(-(logits(score) + shift)))
    assert np.allclose(Shares(Spread.of(meta))(moved)[:3], Shares(Spread.of(model.meta))(score)[:3], atol=0.02)


def test_families_as_sites() -> None:
    score = np.concatenate([np.linspace(0.7, 0.99, 60), np.linspace(0.001, 0.2, 60)])
    told = as_sites(score, np.repeat([4.0, 0.0], 60), np.repeat([f"f{n}" for n in range(12)], 10).tolist())
    assert told["auroc"] == 1
    assert told["verdicts"]["farms (2.75 or more)"]["farm"] == 6
    assert told["verdicts"]["honest (1 or less)"] == {"sites": 6, "farm": 0, "ok": 6}
    assert as_sites(score[:10], np.repeat([4.0, 0.0], 5), ["a"] * 10) == {}


# Parts of a site.


def parted_site(score: list[float], months: list[int]) -> list[str]:
    """What is said of a site whose articles have these scores, and are of these months (0: unknown)."""
    parts = np.column_stack([np.zeros(len(months), int), np.zeros(len(months), int), months])
    names = ["", *(f"2024-{month:02}" for month in range(1, 13))]
    columns = Columns(np.array(score), np.full((len(score), 3), 0.5), parts)
    return differing(columns, [[""], [""], names], SPREAD)


@pytest.mark.parametrize(
    ("score", "months", "said"),
    [
        ([0.9] * 6 + [0.05] * 9, [5] * 6 + [1] * 5 + [2] * 4, ["Articles of 2024-05 (6) look more like"]),
        ([0.05] * 6 + [0.9] * 9, [5] * 6 + [1] * 5 + [2] * 4, ["Articles of 2024-05 (6) look less like"]),
        ([0.9] * 4 + [0.05] * 9, [5] * 4 + [0] * 9, []),
        ([0.9] * 6 + [0.05] * 9, [0] * 15, []),
        ([0.24] * 200 + [0.01] * 200, [5] * 200 + [0] * 200, []),
        ([0.5] * 6 + [0.3] * 9, [5] * 6 + [1] * 5 + [2] * 4, []),
    ],
)
def test_a_part_that_differs_is_named(score: list[float], months: list[int], said: list[str]) -> None:
    found = parted_site(score, months)
    assert len(found) == len(said)
    assert all(part in one for part, one in zip(said, found, strict=True))


def test_chance_names_no_part() -> None:
    random = np.random.default_rng(11)
    named = 0
    for _ in range(300):
        logit = random.normal(random.normal(-1, 1.5), SPREAD.within, 120)
        named += bool(parted_site((1 / (1 + np.exp(-logit))).tolist(), random.integers(1, 13, 120).tolist()))
    assert named <= 9


# What recurs across articles.

NAMES = (
    "Marlow", "Bisham", "Cookham", "Henley", "Goring", "Wargrave", "Sonning", "Datchet", "Windsor", "Staines", "Hurley",
    "Bray",
)  # fmt: skip
THINGS = (
    "merino", "alpaca", "mohair", "angora", "cashmere", "lambswool", "bouclé", "chenille", "tweed", "felt", "jersey",
    "worsted",
)  # fmt: skip


def case_articles(case: dict[str, Any]) -> list[Article]:
    """Twelve articles by a case's pattern: {a} and {b} vary, {c} and {d} are prose of their own."""
    prose = [text.split("\n\n") for text in TEXTS["plain"]]
    long = [[part for part in parts if len(part.split()) > 40] for parts in prose]
    found = []
    for n, (a, b) in enumerate(zip(NAMES, THINGS, strict=True)):
        c, d = [" ".join(part.split()) for part in (long[2 * n] + long[2 * n + 1] + long[40 + n])[:2]]
        title, text = (case[key].format(a=a, b=b, c=c, d=d, n=n + 2) for key in ("title", "text"))
        found.append(
            Article("x.example", n, f"https://x.example/{n}", title, 0.5, (0.5, 0.5, 0.5), "", "", "", "", "none", text)
        )
    return found


@pytest.mark.parametrize("case", CASES["across"], ids=lambda case: case["name"])
def test_what_recurs(case: dict[str, Any], model: LinearModel) -> None:
    across = Across.of(case_articles(case), model.reader())
    findings = across.findings()
    said = "\n".join(one.reason for one in findings)
    assert [part for part in case["says"] if not re.search(part if "|" in part else re.escape(part), said)] == [], said
    assert (across.share(findings) >= 0.9) if case["repeats"] else (across.share(findings) == 0), said
    assert bool(said) == bool(case["says"]), said


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.6, 0.9, 1.0])
def test_likeness_is_the_share_of_runs_in_common(kept: float, model: LinearModel) -> None:
    words = [f"w{number}" for number in range(3000)]
    random = np.random.default_rng(2)
    made = [" ".join(words[at : at + 1000]) for at in (0, round(1000 * (1 - kept)))]
    made.append(" ".join(random.permutation(words)))
    hashes = minima(Views([Document(text) for text in [*made, "too short"]], model.reader()))
    other, share = nearest(hashes)
    common = kept / (2 - kept)  # of all runs of both texts
    assert share[0] == pytest.approx(common, abs=0.12)
    assert (other[0] == 1) == (kept > 0)
    assert share[2] < 0.05
    assert other[3] == -1


def test_the_articles_kept_are_the_first() -> None:
    random = np.random.default_rng(1)
    made = [
        Article("s", n % 60, "", str(n), float(random.random()), None, "", "", "", "", "none", None) for n in range(100)
    ]
    kept = Smallest(10)
    for one in made:
        kept.add(-(one.score or 0), one)
    best: dict[int, Article] = {}
    for one in sorted(made, key=Article.rank):
        best.setdefault(one.key, one)
    assert kept.sorted() == sorted(best.values(), key=Article.rank)[:10]


# Block lists.

GROUND = Ground("en-1:0123abcd", "f" * 64, date(2024, 5, 1), Bounds())


def farm(site: str, *urls: str, verdict: Any = "farm") -> Site:
    examples = tuple(Example(url, "", 0.9) for url in urls)
    return Site(site, 9, 8, 0.93, (0.71, 1.0), 0.99, verdict, None, (), examples, GROUND.model)


HOSTILE = "https://quick.example/\n0.0.0.0 innocent.example\r\u2028# \u202e=1+1"
LISTED = [
    farm("quick.example", HOSTILE, "https://blog.quick.example/b"),
    farm("github.io", "https://github.io/a", "https://github.io/b"),
    farm("192.0.2.7", "http://192.0.2.7/a"),
    farm("=cmd\n*://*/*", "https://other.example/"),
    farm("calm.example", verdict="mixed"),
    farm("small.example", verdict="too few"),
]


def exported(form: str) -> str:
    return b"".join(pieces(form, LISTED, GROUND)).decode()


def entries(form: str) -> list[str]:
    body = exported(form).split("---\n")[-1]
    return [line for line in body.splitlines() if line and not line.startswith("#")]


def test_ublacklist() -> None:
    assert entries("ublacklist") == ["*://192.0.2.7/*", "*://github.io/*", "*://*.quick.example/*"]


def test_hosts() -> None:
    assert entries("hosts") == [
        "0.0.0.0 github.io", "0.0.0.0 www.github.io",
        "0.0.0.0 quick.example", "0.0.0.0 blog.quick.example", "0.0.0.0 www.quick.example",
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["ublacklist", "hosts"])
def test_a_list_tells_what_each_entry_rests_on(form: str) -> None:
    comments = [line for line in exported(form).splitlines() if line.startswith("#")]
    said = "# quick.example: 93% farm pages (71% to 100%), 8 articles, 2024-05-01, en-1:0123abcd"
    at = comments.index(said)
    assert comments[at + 1].startswith("# e.g. https://quick.example/ 0.0.0.0 innocent.example")
    assert comments[at + 2] == "# e.g. https://blog.quick.example/b"
    assert any("f" * 64 in line for line in comments)
    assert any("=cmd *://*/*: is no domain" in line for line in comments)


def test_csv() -> None:
    rows = list(csv.DictReader(io.StringIO(exported("csv"))))
    assert [row["site"] for row in rows] == ["192.0.2.7", "'=cmd *://*/*", "github.io", "quick.example"]
    assert [rows[-1][name] for name in ("farm_share", "low", "articles", "date", "sha256")] == [
        "0.93",
        "0.71",
        "8",
        "2024-05-01",
        "f" * 64,
    ]
    assert rows[-1]["example2"] == "https://blog.quick.example/b"
    assert "\n" not in rows[-1]["example1"]


@pytest.mark.parametrize("form", FORMATS)
def test_export(form: str, folder: Path) -> None:
    out = folder / f"farms.{form}"
    done = run("sites", folder / "scored.jsonl", "-o", out, "--export", form, "--as-of", "2024-05-01")
    assert done.exit_code == 0
    text = out.read_text(encoding="utf-8")
    assert "quick.example" in text
    assert "2024-05-01" in text
    assert quality.load().name in text
    assert "calm.example" not in text


# The library, and the page that tells of it.


def test_library(folder: Path) -> None:
    scorer = quality.load()
    rows = scored.read(str(folder / "scored.jsonl"), Options())
    judge = Judge(scorer, Bounds(farm=0.9), Limits(0, 1), explain=False)
    found = {one.site: one for one in judge.sites(articles(rows, scorer.name))}
    assert len(found["quick.example"].examples) == 1
    assert gather([], Limits()) == []
