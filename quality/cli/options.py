"""Options that several commands have, and kinds of their values."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import click


class Size(click.ParamType[int]):
    """A number of bytes: 500k, 64M, 1G."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number of bytes."""
        if isinstance(value, int):
            return value
        match = re.fullmatch(r"([1-9]\d{0,11})([kmg]?)i?b?", value.strip().lower())
        if not match:
            self.fail(f"{value!r} is no size; write 500k, 64M or 1G", param, ctx)
        return int(match[1]) << {"": 0, "k": 10, "m": 20, "g": 30}[match[2]]


def field_keys(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that name the fields of a record: ``text_key``, ``id_key``, ``url_key``, ``title_key``."""
    fields = {
        "text": ("text (a.b for b in a)", "text, content, body, article, ..."), "id": ("id", "id, guid, ..."),
        "url": ("address", "url, link, ..."), "title": ("title", "title, ..."),
    }  # fmt: skip
    for name, (what, usual) in reversed(fields.items()):
        said = f"Field of the {what}.  [default: {usual}]"
        command = click.option(f"--{name}-key", default="", metavar="KEY", help=said)(command)
    return command


def scored_with(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of commands that read scored records: ``site_key``, ``date_key``, ``model``, and those of fields."""
    same = "The model that the records were scored with, if not the one at hand."
    command = click.option("--model", type=click.Path(), metavar="DIR", help=same)(command)
    usual = "Field of the date.  [default: published, date, ...]"
    command = field_keys(click.option("--date-key", default="", metavar="KEY", help=usual)(command))
    usual = "Field that names the site.  [default: the domain, the feed]"
    return click.option("--site-key", default="", metavar="KEY", help=usual)(command)
