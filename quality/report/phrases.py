"""Phrases of a batch: which reasons, phrases and wordings push most of its worst articles towards ``farm``."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from quality.document import Document
from quality.model import Evidence, Score
from quality.page.markup import Safe, element, join
from quality.page.reasons import AXES, drawing

SHOWN = 15
KINDS = {"reasons": "Reason", "phrases": "Phrase", "wordings": "Wording"}
WORDS = 6  # of a phrase, at most: longer spans are sentences, which seldom come again elsewhere
_WORDING = re.compile(r"[a-z’']+(?: [a-z’']+)+")  # words alone, marks and classes of words tell a reader little

Key = tuple[str, str]  # an axis, and words


class Line(NamedTuple):
    """What stands out: its axis, its words, in how many articles, and what it adds to all their logits."""

    axis: str
    words: str
    articles: int
    amount: float


class Strongest:
    """Sums over articles of what their evidence adds, by reason, by phrase and by wording."""

    def __init__(self) -> None:
        self.articles = 0
        self._amounts: dict[str, defaultdict[Key, float]] = {kind: defaultdict(float) for kind in KINDS}
        self._seen: dict[str, Counter[Key]] = {kind: Counter() for kind in KINDS}

    def add(self, document: Document, score: Score) -> None:
        """Count the evidence of one article that speaks for ``farm``."""
        self.articles += 1
        for one in score.evidence:
            if one.contribution <= 0:
                continue
            if one.axis == "wording":
                self._count("wordings", [(one.axis, one.name)] * bool(_WORDING.fullmatch(one.name)), one.contribution)
            else:
                self._count("reasons", [(one.axis, one.message)], one.contribution)
                self._count("phrases", _phrases(document, one), one.contribution / max(len(one.spans), 1))

    def _count(self, kind: str, keys: Iterable[Key], amount: float) -> None:
        found = Counter(keys)
        for key, times in found.items():
            self._amounts[kind][key] += times * amount
        self._seen[kind].update(found.keys())

    def lines(self, kind: str) -> list[Line]:
        """The strongest ``reasons``, ``phrases`` or ``wordings``."""
        found = sorted(self._amounts[kind].items(), key=lambda one: (-one[1], one[0]))[:SHOWN]
        return [Line(*key, self._seen[kind][key], amount) for key, amount in found]


def _phrases(document: Document, one: Evidence) -> list[Key]:
    quotes = (" ".join(document.text[slice(*span)].split()).lower() for span in one.spans)
    return [(one.axis, quote) for quote in quotes if quote and one.axis != "repetition" and quote.count(" ") < WORDS]


def section(strongest: Strongest) -> Safe:
    """Three tables beside each other."""
    told = f"What adds most to the logits of the {strongest.articles:,} farm and suspect articles shown, summed; "
    told += "of wordings those of two words or more."
    tables = [_table(name, strongest.lines(kind)) for kind, name in KINDS.items()]
    return join(element("p", told, class_="note"), element("div", *tables, class_="three"))


def _table(name: str, lines: list[Line]) -> Safe:
    most = max((line.amount for line in lines), default=1.0)
    head = element("thead", element("tr", *(element("th", one, scope="col") for one in (name, "Articles", "Adds"))))
    rows = [_row(line, most) for line in lines]
    return element(
        "div", element("h3", f"{name}s"), element("table", head, element("tbody", *rows), class_="strongest")
    )


def _row(line: Line, most: float) -> Safe:
    bar = drawing(element("rect", width=f"{100 * line.amount / most:.1f}", height=3), 3)
    words = element("span", line.words, class_=f"axis {line.axis}", title=AXES[line.axis])
    numbers = [element("td", said, class_="number") for said in (f"{line.articles:,}", f"+{line.amount:.2f}")]
    return element("tr", element("th", words, bar, scope="row"), *numbers)
