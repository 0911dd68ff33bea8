r"""Terminal: the one place where lines are shown to people. Nothing in them can move a cursor or change a colour.

What a text, a file name or a model says may hold escape sequences, control characters and marks that turn the direction
of reading. All commands show their lines through here; the report of ``quality score`` alone has colours, of its own.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TextIO

import click

from quality.writers.base import escaped, printable


def say(line: object, file: TextIO | None = None) -> None:
    """A line on standard output, or on another stream."""
    click.echo(escaped(str(line)), file=file or sys.stdout)


def say_all(lines: str, file: TextIO | None = None) -> None:
    """Each line of a text."""
    for line in lines.split("\n"):
        say(line, file)


def say_row(cells: Iterable[str]) -> None:
    """Cells of a table on standard output, with tabs between."""
    click.echo("\t".join(map(escaped, cells)), file=sys.stdout)


def tell(line: object) -> None:
    """A line on standard error, that says who says it."""
    say(f"quality: {printable(str(line))}", sys.stderr)


def in_ascii(data: bytes) -> bytes:
    r"""JSON lines in ASCII, for a terminal: what JSON lets stand raw (C1 controls, marks of direction) is escaped.

    >>> in_ascii('{"a": "\x9b31m"}\n'.encode())
    b'{"a": "\\u009b31m"}\n'
    """
    if data.isascii() and b"\x7f" not in data:
        return data
    return "".join(map(_json_escape, data.decode("utf-8", "replace"))).encode()


def _json_escape(char: str) -> str:
    if char < "\x7f":
        return char
    units = char.encode("utf-16-be")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
