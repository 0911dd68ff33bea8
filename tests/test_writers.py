"""Formats of ``quality score``: each on ordinary and on hostile texts and names, read back by what reads it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from click import unstyle
from hypothesis import given, settings
from hypothesis import strategies as st

import quality
from quality.document import Document, Span
from quality.model import Evidence, Score
from quality.writers import FORMATS, Scored, Style, writer
from quality.writers.sarif import uri

HERE = Path(__file__).parent
ARTICLES = HERE.parent / "corpus" / "articles"
HOSTILE: list[dict[str, str]] = json.loads((HERE / "cases" / "hostile.json").read_text(encoding="utf-8"))
FARM = (ARTICLES / "money-bike-lease" / "farm.md").read_text(encoding="utf-8")
each_hostile = pytest.mark.parametrize("case", HOSTILE, ids=lambda case: case["name"])


def scored(text: str, explain: bool = True, **fields: Any) -> Scored:
    document = Document(text, **{"source": "a.md", "links": "none", **fields})
    return Scored(document, quality.score(document, explain))


def hostile(case: dict[str, str]) -> Scored:
    """An article in which a hostile text stands, under a hostile name."""
    name = case["text"].replace("\0", "")
    return scored(FARM.replace("experts", case["text"]) + f"\n\n{case['text']}\n", source=name, title=name, id=name)


def written(form: str, *scores: Scored) -> str:
    return "".join(writer(form)(scores, Style(many=True)))


def results(*scores: Scored) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(written("sarif", *scores))["runs"][0]["results"]
    return found


@pytest.mark.parametrize(
    ("text", "quote", "shown"),
    [
        ("The weir is old.", "is", "1:10 “The weir is old.”"),
        ("One line.\nThe weir\tis old.\nAnother.", "is", "2:10 “The weir is old.”"),
        ("It stood [there](/a), is said, for [years](/b).", "is", "1:23 “…, is said, for…”"),
        (
            "Ann said that the weir at Dorn, which is older than the mill, will stay as it was.",
            "is",
            "1:39 “…that the weir at Dorn, which is older than the mill, will…”",
        ),
        ("A " + "very " * 40 + "long line", "very " * 20, "1:3 “" + ("very " * 20)[:64].rstrip() + "…”"),
        ("It is. \x1b[31mRed", "is", "1:4 “It is. \\x1b…”"),
    ],
)
def test_a_quote_stands_among_its_words(text: str, quote: str, shown: str) -> None:
    at = text.index(quote)
    evidence = Evidence("wording", "is", "It is.", 1.0, (Span(at, at + len(quote)),), " ".join(quote.split()))
    axes = {"filler": 0.1, "repetition": 0.1, "unsourced": 0.1}
    score = Score(0.9, "farm", None, axes, 100, "none", "en-1:0", evidence=(evidence,))
    [line] = [line for line in unstyle(written("text", Scored(Document(text), score))).splitlines() if "“" in line]
    assert line.strip() == shown
    assert len(line) <= Style().width


@each_hostile
@pytest.mark.parametrize("form", FORMATS)
def test_every_format_can_be_written_as_utf8(form: str, case: dict[str, str]) -> None:
    assert written(form, hostile(case)).encode()


@each_hostile
def test_csv_is_read_back_and_runs_nothing(case: dict[str, str]) -> None:
    one = hostile(case)
    rows = list(csv.DictReader(io.StringIO(written("csv", one, scored("Too few words."))), strict=True))
    assert [row["quality_verdict"] for row in rows] == [one.score.verdict, "abstain"]
    assert float(rows[0]["quality_score"]) == one.score.score
    assert len(rows[0]["quality_evidence"].splitlines()) == len(one.score.evidence)
    assert not [cell for row in rows for cell in row.values() if cell[:1] in set("=+@\t\r")]


@each_hostile
def test_sarif_places_are_those_of_the_evidence(case: dict[str, str]) -> None:
    one = hostile(case)
    verdict, *evidence = results(one)
    assert verdict["ruleId"] == one.score.verdict
    assert len(evidence) == len(one.score.evidence)
    lines = one.document.text.split("\n")
    for result, reason in zip(evidence, one.score.evidence, strict=True):
        places = [*result["locations"], *result.get("relatedLocations", [])]
        regions = [place["physicalLocation"].get("region") for place in places]
        assert [(one["charOffset"], one["charOffset"] + one["charLength"]) for one in regions if one] == [*reason.spans]
        for region in filter(None, regions):
            text = lines[region["startLine"] - 1][region["startColumn"] - 1 :]
            assert text.startswith(region["snippet"]["text"].split("\n")[0])
            assert lines[region["endLine"] - 1][: region["endColumn"] - 1].endswith(
                region["snippet"]["text"].split("\n")[-1]
            )


def test_sarif_names_its_rules() -> None:
    log = json.loads(written("sarif", scored(FARM), scored("Too few words.")))
    rules = {rule["id"] for rule in log["runs"][0]["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in log["runs"][0]["results"]} <= rules


def test_sarif_of_a_page_has_no_places_in_it() -> None:
    assert "region" not in written("sarif", scored(FARM, extraction=0.9))


def test_sarif_of_nothing_is_a_run_without_results() -> None:
    assert results() == []


@pytest.mark.tools
@pytest.mark.parametrize("explain", [False, True])
def test_sarif_is_valid_by_the_official_schema(explain: bool) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = HERE.parent / "node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"
    if not schema.exists():
        pytest.skip("needs the schema: npm install --no-save @microsoft/jest-sarif")
    scores = [scored(FARM, explain), scored("Too few words."), *map(hostile, HOSTILE)]
    jsonschema.validate(json.loads(written("sarif", *scores)), json.loads(schema.read_text(encoding="utf-8")))


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1))
def test_sarif_addresses_lead_back_to_the_file(name: str) -> None:
    told = uri(name)
    assert told.isascii()
    assert ":" not in told.removeprefix("file://")
    assert unquote(told.removeprefix("file://")) == Path(name).as_posix()


@settings(max_examples=30, deadline=None)
@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_any_text_can_be_written(text: str) -> None:
    one = scored(FARM[:900] + text)
    for form in FORMATS:
        assert written(form, one)


def test_abstention_has_no_number() -> None:
    one = scored("Too few words.")
    assert isinstance(one.score, Score)
    assert results(one)[0]["kind"] == "notApplicable"
