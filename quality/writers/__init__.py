"""Writers: one function a format, scores in, text out; a table names them. They decide nothing.

To add a format, write its ``write`` in a module of this package and give it a place in ``FORMATS``. A writer is
imported when it is first needed, so that plain text waits for nothing.
"""

from __future__ import annotations

from importlib import import_module

from quality.writers.base import Scored, Style, Writer

__all__ = ["FORMATS", "Scored", "Style", "Writer", "writer"]

FORMATS = ("text", "json", "jsonl", "csv", "sarif", "html")
"""Names of the formats; each is the function ``write`` of the module of its name."""

EXPLAINED = frozenset({"html"})
"""Formats that show all evidence, asked for or not."""


def writer(name: str) -> Writer:
    r"""The writer of a format.

    >>> list(writer("json")([], Style(many=True)))
    ['[]\n']
    """
    write: Writer = import_module(f"quality.writers.{name}").write
    return write
