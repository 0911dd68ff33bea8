"""Writers: one function a format, scores in, text out; a table maps names to them. They decide nothing.

To add a format, write its function in a module of its own and give it a line in ``FORMATS``.
"""

from __future__ import annotations

from quality.writers import json, text
from quality.writers.base import Scored, Style, Writer

__all__ = ["FORMATS", "Scored", "Style", "Writer"]

FORMATS: dict[str, Writer] = {"text": text.write, "json": json.write, "jsonl": json.write_lines}
