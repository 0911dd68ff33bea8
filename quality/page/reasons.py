"""Reasons: the way from the bias to the score, an axis a step, and the strongest evidence piece by piece."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from quality.model import Evidence, Score
from quality.page.markup import Safe, element, join

AXES = {"filler": "Filler", "repetition": "Repetition", "sourcing": "Sourcing", "wording": "Wording"}
QUOTE = 90  # characters of a quotation in the list of reasons
BARS = 100.0  # width of a bar's drawing


class Move(NamedTuple):
    """A row of the waterfall, from one place on the logit's scale to another; ``kind`` is an axis, bias or sum."""

    name: str
    said: str
    kind: str
    start: float
    end: float


def moves(score: Score) -> list[Move]:
    """The rows from the bias to the logit of a score that is explained: the evidence of each axis is one.

    >>> evidence = (Evidence("filler", "hedge", "It pads.", 0.5, (), ""),)
    >>> moves(Score(0.6, "ok", None, {}, 90, "none", "en", evidence, bias=-0.1, logit=0.4, explained=True))[1]
    Move(name='Filler', said='1 reason', kind='filler', start=-0.1, end=0.4)
    """
    at = score.bias or 0.0
    rows = [Move("Bias", "before a word is read", "bias", 0.0, at)]
    for axis, name in AXES.items():
        parts = [one.contribution for one in score.evidence if one.axis == axis and one.contribution]
        rows.append(Move(name, counted(len(parts), "reason"), axis, at, at + sum(parts)))
        at = rows[-1].end
    return [*rows, Move("Logit", "the sum", "sum", 0.0, at)]


def counted(number: int, noun: str) -> str:
    """A number of things.

    >>> counted(1, "place"), counted(2000, "place")
    ('1 place', '2,000 places')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def waterfall(score: Score, level: int) -> Safe:
    """The waterfall, as a table; nothing where the score is not explained."""
    if score.bias is None or score.score is None:
        return join()
    way = moves(score)
    ends = [0.0, *(move.end for move in way)]
    rows = [_move(move, min(ends), max(ends)) for move in way]
    table = element("table", _head("Axis"), element("tbody", *rows), class_="way")
    power = element("sup", _signed(-way[-1].end))
    said = element("p", "The score is 1 / (1 + e", power, f") = {score.score:.3f}.", class_="note formula")
    return join(element(f"h{level}", "From bias to score"), table, said)


def _move(move: Move, low: float, high: float) -> Safe:
    ends = (*sorted((move.start, move.end)), 0.0)
    left, right, zero = (BARS * (place - low) / max(high - low, 1e-9) for place in ends)
    bar = element("rect", x=f"{left:.2f}", width=f"{max(right - left, 0.5):.2f}", y=2, height=12)
    line = element("path", d=f"M{zero:.2f} 0V16", class_="zero")
    tag = element("span", move.name, class_=f"axis {move.kind}" if move.kind in AXES else None)
    label = element("th", tag, element("span", move.said, class_="note"), scope="row")
    kind = "" if move.kind in AXES else move.kind
    return _row(label, join(line, bar), move.end - move.start, kind)


def reasons(score: Score, told: Sequence[Evidence], id: str, level: int) -> Safe:
    """The strongest evidence, each piece with its bar, its words, and how many others there are."""
    most = max((abs(one.contribution) for one in told), default=1.0)
    rows = [_reason(one, f"{id}e{number}", most) for number, one in enumerate(told)]
    others = sum(one.contribution != 0 for one in score.evidence) - len(told)
    note = [element("p", f"{others:,} weaker reasons are in the sums above.", class_="note")] if others else []
    table = element("table", _head("Reason"), element("tbody", *rows), class_="way why")
    return join(element(f"h{level}", "The strongest reasons"), table, *note)


def _reason(one: Evidence, id: str, most: float) -> Safe:
    width = BARS / 2 * abs(one.contribution) / most
    left = BARS / 2 - (width if one.contribution < 0 else 0)
    bar = element("rect", x=f"{left:.2f}", width=f"{width:.2f}", y=2, height=12)
    line = element("path", d=f"M{BARS / 2:g} 0V16", class_="zero")
    tag = element("span", AXES[one.axis], class_=f"axis {one.axis}")
    message = element("span", one.message, class_="message")
    label = element("th", tag, " ", message, *_where(one, id), scope="row")
    return _row(label, join(line, bar), one.contribution, "", id)


def _where(one: Evidence, id: str) -> Iterator[Safe]:
    """The words of the first place, unless the message has them, and a button through all."""
    if one.quote and one.axis != "wording":
        yield element("q", one.quote if len(one.quote) <= QUOTE else one.quote[: QUOTE - 1].rstrip() + "…")
    if one.spans:
        yield element("button", counted(len(one.spans), "place"), type="button", data_to=id)


def _row(label: Safe, bar: Safe, amount: float, kind: str, id: str | None = None) -> Safe:
    classes = f"{'more' if amount > 0 else 'less'} {kind}".rstrip()
    cells = element("td", drawing(bar, 16)), element("td", _signed(amount), class_="number")
    return element("tr", label, *cells, id=id, class_=classes)


def _head(first: str) -> Safe:
    names = [element("th", name, scope="col") for name in (first, "Step", "Adds")]
    return element("thead", element("tr", *names))


def _signed(number: float) -> str:
    return f"{number:+.2f}".replace("-", "−")


def drawing(content: Safe, height: int) -> Safe:
    """A bar that takes the width there is; ``BARS`` is all of it."""
    box = f"0 0 {BARS:g} {height}"
    return element("svg", content, viewBox=box, preserveAspectRatio="none", class_="bar", aria_hidden="true")
