"""Rebuild the `read` text of a corpus article: what the annotator saw and what the labels describe.

Front matter, scripts, code blocks, tables and images are out, Markdown and links are kept, and the whole stops at the
first line that reaches 600 words. Web pages come as trafilatura's Markdown of their main text. The rules were
recovered from the labelled pairs of file and `read`; `corpus/README.md` says how often they meet exactly.
Change ``RULES`` whenever a rule changes: texts kept from earlier runs are made again.
"""

from __future__ import annotations

import html
import re
from functools import cache
from importlib.metadata import version
from typing import Literal

Format = Literal["md", "txt", "html", "text"]
"""``md``, ``txt`` and ``html`` are whole files; ``text`` is a tidied text from inside a larger file."""

RULES = "1"
"""Version of the reading rules."""

ENOUGH, MOST = 600, 690
"""Words after which reading stops, and words that one more line may not pass."""

LONG_LINE, CUT_LINE = 780, 660
"""A single line above the first number of words is cut to the second."""

_INLINE = "a|b|button|caption|center|em|figcaption|figure|i|link|span|strong"
_BLOCK = "blockquote|div|h[1-6]|li|ol|p|section|table|tbody|td|th|thead|tr|ul"
_LINE_ENDING = "blockquote|div|h[1-6]|li|ol|p|section|tr|ul"

_UP_TO = ".{0,5000}?"
"""What stands between two marks: not without end, so that a mark that nothing closes costs no more than that."""

_I, _M, _S = re.IGNORECASE, re.MULTILINE, re.DOTALL

_MARKDOWN: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\A(---|\+\+\+)[ \t\r]*\n.*?\n\1[ \t\r]*(\n|\Z)", _S), ""),  # front matter, YAML or TOML
    (re.compile(rf"<!--{_UP_TO}-->", _S), " "),
    (re.compile(rf"<(script|style)\b{_UP_TO}</\1>", _S | _I), " "),
    (re.compile(rf"```{_UP_TO}```", _S), " "),
    (re.compile(r"!\[[^\]]{0,2000}\]\([^)]{0,2000}\)"), " "),  # image
    # template tag of Jekyll, Hugo and the like
    (re.compile(r"\{[{%][^%}]{0,2000}+(?:[%}](?!\})[^%}]{0,2000}+){0,9}+[%}]\}"), " "),
    (re.compile(r"^[ \t]*\|.*\|[ \t\r]*$", _M), ""),  # table row
    (re.compile(r"""<a\b[^>]{0,500}?href=["']([^"']{0,2000})["'][^>]{0,500}>(.{0,2000}?)</a>""", _S | _I), r"[\2](\1)"),
    (re.compile(rf"</({_LINE_ENDING})>|<br\b[^>]{{0,300}}>", _I), "\n"),
    (re.compile(r"^(import|export) .*$", _M), ""),  # MDX
    (re.compile(rf"</?({_INLINE}|{_BLOCK})\b[^>]{{0,2000}}>", _I), " "),
    (re.compile(r"<[^>\n]{1,300}>"), " "),
)

_SPACE: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[ \t]+"), " "),
    (re.compile(r"\n "), "\n"),
    (re.compile(r" \n"), "\n"),
    (re.compile(r"\n{3,}"), "\n\n"),
)


def read(content: bytes, format: Format) -> str:
    r"""What the annotator saw of a file: at most some 600 words, counted between white space.

    >>> read(b"---\ntitle: A\n---\nOne <b>two</b> &amp; three.\n", "md")
    'One two & three.'
    """
    if format == "html":
        return head(main_text(content))
    text = content.decode("utf-8", "replace").lstrip("\ufeff")
    return head(text if format == "text" else tidy(text))


def tidy(text: str) -> str:
    """Take out of a Markdown or plain text what no reader reads, and even out its spaces.

    >>> tidy("![logo](a.png) Some   [link](b)")
    'Some [link](b)'
    """
    text = html.unescape(_substitute(_MARKDOWN, text))
    return _substitute(_SPACE, text).strip()


def main_text(page: bytes) -> str:
    """Main text of a web page as Markdown with its links; empty when there is none."""
    import trafilatura

    text = trafilatura.extract(page, output_format="markdown", include_links=True, include_comments=False)
    return text or ""


def head(text: str) -> str:
    r"""The first whole lines of a text, until they hold 600 words.

    >>> head("one\n" * 700).count("one")
    600
    """
    lines: list[str] = []
    words = 0
    for line in text.split("\n"):
        size = len(line.split())
        if words >= ENOUGH or (words and words + size > MOST):
            break
        lines.append(line if size <= LONG_LINE else " ".join(line.split(" ")[:CUT_LINE]))
        words += size
    return "\n".join(lines).strip()


@cache
def rules(format: Format) -> str:
    """Version of what makes the `read` of a format: these rules, and for web pages trafilatura's version too."""
    return f"{RULES}+trafilatura-{version('trafilatura')}" if format == "html" else RULES


def _substitute(table: tuple[tuple[re.Pattern[str], str], ...], text: str) -> str:
    for pattern, replacement in table:
        text = pattern.sub(replacement, text)
    return text
