"""Shell: a whole page around its sections: head, style sheets, scripts, and the policy that lets run nothing else."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path

from quality.page.markup import Safe, element, join

HERE = Path(__file__).parent


def asset(name: str, folder: Path = HERE) -> Safe:
    """A style sheet or a script that comes with the package."""
    return Safe((folder / name).read_text(encoding="utf-8"))


STYLES = [asset(name) for name in ("colours.css", "plot.css", "page.css")]
"""The style sheets of every page."""


def page(title: str, body: Safe, styles: Sequence[Safe], scripts: Sequence[Safe], rules: str = "") -> str:
    """A whole page; ``rules``: another policy than that of its own style sheets and scripts.

    >>> page("A < B", Safe("<main></main>"), [], []).startswith("<!doctype html>")
    True
    """
    head = join(
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=rules or policy(styles, scripts)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        *(element("style", one) for one in styles),
    )
    code = join(*(element("script", one) for one in scripts))
    return f"<!doctype html>\n{element('html', element('head', head), element('body', body, code), lang='en')}\n"


def policy(styles: Sequence[Safe], scripts: Sequence[Safe]) -> str:
    """The Content-Security-Policy (level 3) under which only these style sheets and scripts count.

    >>> policy([], [Safe("1")])
    "default-src 'none'; style-src 'none'; script-src 'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='; base-uri \
'none'; form-action 'none'"
    """
    return (
        f"default-src 'none'; style-src {_hashes(styles)}; script-src {_hashes(scripts)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hashes(sources: Sequence[Safe]) -> str:
    told = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in sources]
    return " ".join(f"'sha256-{one}'" for one in told) or "'none'"
