"""Kinds of values that options of several commands have."""

from __future__ import annotations

import re
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
