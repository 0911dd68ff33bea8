"""Table of a batch's articles: its columns and filters, and its rows as data for the script that shows them."""

from __future__ import annotations

import json
from typing import Any

from quality.page.markup import Safe, element, join, plain
from quality.page.reasons import counted
from quality.report.gather import Batch, site_of
from quality.scored import VERDICTS, Row

COLUMNS = (
    ("title", "Article", ""), ("site", "Site", ""), ("verdict", "Verdict", ""), ("score", "Score", "number"),
    ("filler", "Filler", "number axis-column"), ("repetition", "Repetition", "number axis-column"),
    ("unsourced", "Unsourced", "number axis-column"), ("words", "Words", "number more-column"),
    ("day", "Date", "more-column"),
)  # fmt: skip
"""Name, heading and kind of each column."""


def section(batch: Batch) -> Safe:
    """The table, empty, with its filters."""
    heads = [
        element("th", element("button", name, type="button", data_sort=key), scope="col", class_=kind or None)
        for key, name, kind in COLUMNS
    ]
    table = element("table", element("thead", element("tr", *heads)), element("tbody", id="rows"), class_="articles")
    pager = element(
        "div",
        element("button", "Previous", type="button", id="previous"),
        element("span", "", id="where", role="status"),
        element("button", "Next", type="button", id="next"),
        class_="pager",
    )
    silent = element("p", "The table needs scripts; the sections of the articles do not.", class_="warning")
    return join(element("p", _told(batch), class_="note"), element("noscript", silent), _filters(batch), table, pager)


def _told(batch: Batch) -> str:
    """What is and what is not on the page."""
    shown, rest = len(batch.worst), len(batch.rows) - batch.left_out - len(batch.worst)
    told = f"The {counted(shown, 'article')} with the highest scores can be opened with their evidence"
    told += f"; {rest:,} more are listed only (see --details)." if rest else "."
    if batch.left_out:
        told += f" The {counted(batch.left_out, 'article')} with the lowest are counted, not listed (see --rows)."
    return told


def _filters(batch: Batch) -> Safe:
    choices = [element("option", "all", value=""), *(element("option", one, value=one) for one in VERDICTS)]
    names = sorted({site_of(row) for row in batch.rows})
    return element(
        "form",
        element("label", "Verdict", element("select", *choices, id="verdict")),
        element("label", "Site", element("input", type="search", id="site", list="known-sites", autocomplete="off")),
        element("label", "Title", element("input", type="search", id="title", autocomplete="off")),
        element("datalist", *(element("option", value=name) for name in names), id="known-sites"),
        class_="filters",
        role="search",
        aria_label="Articles",
    )


def data(batch: Batch) -> Safe:
    """The rows for the table, as JSON that no parser of HTML can take for anything else.

    The n-th row has the section ``a`` and n, as long as there are ``details``.
    """
    listed = batch.rows[: len(batch.rows) - batch.left_out]
    names = sorted({site_of(row) for row in listed})
    place = {name: number for number, name in enumerate(names)}
    rows = [_cells(row, place[site_of(row)]) for row in listed]
    told = {"sites": [plain(name) for name in names], "rows": rows, "details": len(batch.worst)}
    content = json.dumps(told, separators=(",", ":")).replace("<", "\\u003c")
    return element("script", Safe(content), type="application/json", id="data")


def _cells(row: Row, site: int) -> list[Any]:
    axes = [round(value, 3) for value in row.axes] if row.axes else [None] * 3
    score = None if row.score is None else round(row.score, 4)
    title = plain(row.title or row.id or row.url or "Untitled")
    return [title, site, row.verdict, score, *axes, row.words, str(row.day or "")]
