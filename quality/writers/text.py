"""Writer for people: verdict, score, a bar for each axis, and the evidence with its place and the quoted words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from textwrap import wrap

from click import style as ink

from quality.document import Document, Span
from quality.model import Evidence, Score
from quality.writers.base import Scored, Style, escaped, printable

BAR = 24  # columns
COLOURS = {"farm": "red", "suspect": "yellow", "ok": "green", "abstain": "blue"}
NEAR = 8  # columns that words on either side of a quote must have, or they are not worth showing
_EDGE = re.compile(r"[\n\[\]|<>*]")  # the end of a line, or Markdown
_BLANKS = re.compile(r"\s+")
_ASCII = str.maketrans("█░·“”…", '#.."".')


def write(scored: Iterable[Scored], style: Style) -> Iterator[str]:
    """A report of each document, an empty line between two."""
    for number, one in enumerate(scored):
        report = "\n".join(_report(one, style)) + "\n"
        yield ("\n" if number else "") + (report if style.fancy else report.translate(_ASCII))


def place(text: str, offset: int) -> str:
    r"""Line and column of a character, counted from 1.

    >>> place("one\ntwo", 5)
    '2:2'
    """
    return f"{text.count(chr(10), 0, offset) + 1}:{offset - text.rfind(chr(10), 0, offset)}"


def _report(one: Scored, style: Style) -> Iterator[str]:
    document, score = one
    yield _headline(document, score, style.width)
    if score.axes is not None:
        yield ""
        yield from (_bar(axis, value) for axis, value in score.axes.items())
    yield ""
    yield ink(f"  {score.words} words · links {score.links} · model {printable(score.model)}", dim=True)
    if score.evidence:
        yield ""
    for reason in score.evidence:
        yield from _evidence(reason, document, style.width)
    if score.logit is not None and score.bias is not None:
        yield ""
        yield f"  {score.bias:+.2f} bias; bias and contributions sum to the logit, {score.logit:+.2f}"


def _headline(document: Document, score: Score, width: int) -> str:
    said = score.verdict.upper() if score.score is None else f"{score.verdict.upper()} {score.score:.2f}"
    said = f"{said}: {score.reason}" if score.reason else said
    name = _shorten(printable(document.source or "-"), width - len(said) - 2)
    gap = " " * (width - len(name) - len(said))
    return ink(name, bold=True) + gap + ink(said, COLOURS[score.verdict], bold=True)


def _bar(axis: str, value: float) -> str:
    filled = round(value * BAR)
    return f"  {axis:<11}{'█' * filled}{ink('░' * (BAR - filled), dim=True)} {value:.2f}"


def _evidence(reason: Evidence, document: Document, width: int) -> Iterator[str]:
    part = ink(f"{reason.contribution:+6.2f}", "red" if reason.contribution > 0 else "green")
    first, *rest = wrap(printable(reason.message), width - 9) or [reason.name]
    yield f"  {part} {first}"
    yield from (" " * 9 + line for line in rest)
    if reason.spans:
        yield " " * 9 + _quote(reason, document.text, reason.spans, width - 9)


def _quote(reason: Evidence, text: str, spans: tuple[Span, ...], width: int) -> str:
    where = place(text, spans[0].start)
    more = f" and {len(spans) - 1} more" if len(spans) > 1 else ""
    room = width - len(where) - len(more) - 3
    words = _shorten(printable(reason.quote), room)
    before, after = _around(text, spans[0], (room - len(words)) // 2)
    return f"{ink(where, 'cyan')} “{before}{ink(words, bold=True)}{after}”{more}"


def _around(text: str, span: Span, most: int) -> tuple[str, str]:
    """Whole words of the line on either side of a span, as one word says little; each has at most so many columns."""
    if most < NEAR:
        return "", ""
    left, right = text[max(0, span.start - most) : span.start], text[span.end : span.end + most]
    before, after = _EDGE.split(left[::-1], maxsplit=1)[0][::-1], _EDGE.split(right, maxsplit=1)[0]
    if left[: len(left) - len(before)].endswith("]") and before.startswith("("):
        before = before.partition(")")[2]  # less the target of a link
    first, last = span.start - len(before), span.end + len(after)
    if text[max(0, first - 1) : first].strip("\n"):
        before = "…" + (before.partition(" ")[2] if len(before) == most else before).lstrip()
    if text[last : last + 1].strip("\n"):
        after = (after.rpartition(" ")[0] if len(after) == most else after).rstrip() + "…"
    return escaped(_BLANKS.sub(" ", before)), escaped(_BLANKS.sub(" ", after))


def _shorten(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(width - 1, 8)].rstrip() + "…"
