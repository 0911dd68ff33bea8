"""Article: the section of one text: verdict, axes, the way from bias to score, and the text with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from quality.document import Document
from quality.model import Evidence, Score
from quality.page.marks import pieces
from quality.page.markup import Safe, element, join, link, marked
from quality.page.reasons import AXES, BARS, drawing, reasons, waterfall

MEASURED = {"filler": "Filler", "repetition": "Repetition", "unsourced": "Unsourced"}
STRONGEST = 24  # pieces of evidence told one by one; the others are summed by axis
LONGEST = 60_000  # characters of a text shown


def article(document: Document, score: Score, id: str, level: int = 2, notes: Iterable[str] = ()) -> Safe:
    """The section of an article; ``id`` is its anchor, ``level`` that of its heading; without a text, its axes."""
    heading = element(f"h{level}", document.title or document.id or document.source or "Untitled", id=f"{id}-title")
    head = element("header", heading, _about(document, score), *(element("p", note, class_="note") for note in notes))
    if not document.text:
        inside = _axes(score)
    elif score.score is None:
        inside = join(element("p", f"No score: {score.reason}.", class_="lead"), _text(document, [], id))
    else:
        told = [one for one in score.evidence[:STRONGEST] if one.contribution]
        way = join(waterfall(score, level + 1), reasons(score, told, id, level + 1))
        text = element("div", _legend(), _text(document, told, id), class_="reading")
        columns = element("div", text, element("div", way, class_="reasons"), class_="columns")
        inside = join(_axes(score), columns)
    return element("section", head, inside, class_="article", id=id, aria_labelledby=f"{id}-title", tabindex="-1")


def badge(verdict: str) -> Safe:
    """The verdict, in its colour."""
    return element("span", verdict, class_=f"badge {verdict}")


def _about(document: Document, score: Score) -> Safe:
    number = [element("strong", f"{score.score:.3f}", class_="number")] if score.score is not None else []
    facts = [f"{score.words:,} words", f"links {score.links}", f"model {score.model}"]
    where = link(document.url, document.url) if document.url else document.source
    items = [element("span", one) for one in (where, *facts) if one]
    return join(element("p", badge(score.verdict), *number, class_="verdict"), element("p", *items, class_="facts"))


def _axes(score: Score) -> Safe:
    rows = [_axis(MEASURED[name], value) for name, value in (score.axes or {}).items()]
    return element("dl", *rows, class_="axes")


def _axis(name: str, value: float) -> Safe:
    bar = element("rect", class_="fill", width=f"{BARS * value:.1f}", height=8)
    return element("div", element("dt", name), element("dd", drawing(bar, 8), element("span", f"{value:.2f}")))


def _legend() -> Safe:
    boxes = [
        element(
            "label",
            element("input", type="checkbox", checked=True, data_show=axis),
            element("span", name, class_=f"axis {axis}"),
        )
        for axis, name in AXES.items()
    ]
    hint = element(
        "p", "Point at a marked place, tap it, or step through with the arrow keys to see why it counts.", class_="hint"
    )
    return element("fieldset", element("legend", "Marks"), *boxes, hint, class_="legend")


def _text(document: Document, told: Sequence[Evidence], id: str) -> Safe:
    """The text, its evidence marked; of an enormous one its beginning."""
    text = document.text
    shown = min(len(text), LONGEST)
    parts: list[Safe] = []
    first = True
    for piece in pieces(shown, [one.spans for one in told]):
        words = text[piece.start : piece.end]
        if not piece.on or words.isspace():
            parts.append(marked(words))
            continue
        axes = dict.fromkeys(told[number].axis for number in piece.on)
        side = "more" if sum(told[number].contribution for number in piece.on) > 0 else "less"
        parts.append(
            element(
                "mark", marked(words), class_=" ".join((side, *axes)), tabindex="0" if first else "-1",
                aria_describedby=" ".join(f"{id}e{number}" for number in piece.on),
            )
        )  # fmt: skip
        first = False
    cut = f"The first {shown:,} of {len(text):,} characters are shown; the evidence is that of all."
    after = [element("p", cut, class_="note")] if shown < len(text) else []
    return join(
        element("div", *parts, class_="text", role="group", aria_label="The text with its evidence marked"), *after
    )
