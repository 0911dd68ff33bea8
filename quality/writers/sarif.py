"""Writer of SARIF 2.1.0 (OASIS, 2020), which editors and code hosts show beside the lines: verdicts and evidence.

Each text gives a result for its verdict, and one for each piece of evidence, at its first place; further places are
related locations. Columns count characters. Places in a text that was taken out of a web page are no places of that
page, and are left out.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from quality import __version__
from quality.document import Document, Span
from quality.model import Evidence, Score
from quality.signals import SIGNALS
from quality.writers.base import Scored, Style

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {"farm": "error", "suspect": "warning", "ok": "none", "abstain": "none"}
KINDS = {"farm": "fail", "suspect": "fail", "ok": "pass", "abstain": "notApplicable"}
_VERDICTS = {
    "farm": "The text reads like content-farm material.",
    "suspect": "The text has some of the marks of content-farm material.",
    "ok": "The text shows few marks of content-farm material, or none.",
    "abstain": "The text got no score.",
}


def write(scored: Iterable[Scored], style: Style) -> Iterator[str]:
    """One log with one run; its results are written as they come."""
    from json import dumps

    del style
    driver = {"name": "quality", "version": __version__, "rules": list(_rules())}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": []}
    head, tail = dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}).rsplit("[]", 1)
    yield head + "["
    before = "\n"
    for one in scored:
        for result in _results(*one):
            yield before + dumps(result)
            before = ",\n"
    yield "\n]" + tail + "\n"


def _rules() -> Iterator[dict[str, Any]]:
    for verdict, said in _VERDICTS.items():
        yield {"id": verdict, "shortDescription": {"text": said}, "defaultConfiguration": {"level": LEVELS[verdict]}}
    for signal in SIGNALS:
        yield _rule(f"{signal.axis}/{signal.name}", signal.more)
    yield _rule("wording", "The wording is more usual in a farm page.")


def _rule(id: str, said: str) -> dict[str, Any]:
    return {"id": id, "shortDescription": {"text": said}, "defaultConfiguration": {"level": "note"}}


def _results(document: Document, score: Score) -> Iterator[dict[str, Any]]:
    where = _Places(document)
    said = score.reason if score.score is None else f"score {score.score:.2f}"
    properties = {name: value for name, value in score.as_dict().items() if name != "evidence"}
    yield {
        "ruleId": score.verdict, "kind": KINDS[score.verdict], "level": LEVELS[score.verdict],
        "message": {"text": f"{_VERDICTS[score.verdict]} ({said})"}, "locations": [where.whole()],
        "properties": properties,
    }  # fmt: skip
    for one in score.evidence:
        yield _evidence(one, where)


def _evidence(one: Evidence, where: _Places) -> dict[str, Any]:
    against = one.contribution > 0
    quoted = f" “{one.quote}”" if one.quote else ""
    first, *others = [where.of(span) for span in one.spans] or [where.whole()]
    result = {
        "ruleId": "wording" if one.axis == "wording" else f"{one.axis}/{one.name}",
        "kind": "fail" if against else "informational", "level": "note" if against else "none",
        "message": {"text": f"{one.message}{quoted}"}, "locations": [first],
        "properties": {"axis": one.axis, "name": one.name, "contribution": one.contribution},
    }  # fmt: skip
    return result | ({"relatedLocations": others} if others and where.known else {})


class _Places:
    """Locations in a document; ``known``: its text is that of the file."""

    def __init__(self, document: Document) -> None:
        self.known = document.extraction is None
        self.text = document.text
        self.uri = uri(document.source)
        self.lines = [0, *(place + 1 for place, char in enumerate(document.text) if char == "\n")]

    def whole(self) -> dict[str, Any]:
        """The document as such."""
        return {"physicalLocation": {"artifactLocation": {"uri": self.uri}}}

    def of(self, span: Span) -> dict[str, Any]:
        """Some characters of the document."""
        if not self.known:
            return self.whole()
        (line, column), (last, end) = map(self._line, span)
        region = {
            "startLine": line, "startColumn": column, "endLine": last, "endColumn": end, "charOffset": span.start,
            "charLength": span.end - span.start, "snippet": {"text": self.text[slice(*span)]},
        }  # fmt: skip
        return {"physicalLocation": {"artifactLocation": {"uri": self.uri}, "region": region}}

    def _line(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self.lines, offset)
        return line, offset - self.lines[line - 1] + 1


def uri(source: str) -> str:
    """The address of a file: relative if its path is.

    >>> uri("drafts/a b.md"), uri("/tmp/é.md")
    ('drafts/a%20b.md', 'file:///tmp/%C3%A9.md')
    """
    path = PurePath(source)
    told = quote(os.fsencode(path.as_posix()), safe="/")
    return f"file://{told}" if path.is_absolute() else told
