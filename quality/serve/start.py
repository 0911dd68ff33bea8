"""Start: the page at ``/``, on which a text is pasted or dropped and its report read.

It is made with the same shell and styles as the report, which it shows in a frame. What is in a frame is bound by the
policy of the page around it too, so this one allows the report's style sheets and script, by their hashes, and nothing
else. The frame's sandbox lets it run that script, and neither navigate nor reach the page.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from quality.page.markup import Safe, element, join
from quality.page.shell import STYLES, asset, page, policy

HERE = Path(__file__).parent
OWN = [asset("start.css", HERE)]
REPORT_SCRIPT = asset("page.js")
SCRIPT = asset("start.js", HERE)

RULES = policy([*STYLES, *OWN], [SCRIPT, REPORT_SCRIPT]) + "; connect-src 'self'"
"""What this page may load, run and ask."""

HEADERS = {"content-security-policy": f"{RULES}; frame-ancestors 'none'"}

KINDS = {"text/plain": "Text", "text/markdown": "Markdown", "text/html": "HTML"}


@cache
def start(model: str) -> str:
    """The whole page.

    >>> start("en-1").count("<textarea")
    1
    """
    return page("quality", join(_top(model), _form(), _answer()), [*STYLES, *OWN], [SCRIPT], RULES)


def _top(model: str) -> Safe:
    said = "Paste an article, or drop a file anywhere on this page. The text goes to this server and is not kept."
    return element("header", element("h1", "quality"), element("p", f"{said} Model {model}."), class_="top")


def _form() -> Safe:
    options = [element("option", name, value=kind) for kind, name in KINDS.items()]
    area = element("textarea", id="text", rows=10, required=True, spellcheck="false", aria_label="The text")
    kind = element("label", "Format ", element("select", *options, id="kind"))
    file = element("label", "File ", element("input", type="file", id="file", accept=".txt,.md,.html,.htm"))
    button = element("button", "Score", type="submit")
    return element("form", area, element("p", kind, file, button, class_="row"), id="form")


def _answer() -> Safe:
    frame = element("iframe", id="report", sandbox="allow-scripts", title="The report", hidden=True)
    return element("main", element("p", id="said", role="status"), frame)
