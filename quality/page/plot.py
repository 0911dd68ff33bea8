"""Plot: small drawings with axes, as SVG: bars, dots, curves. One style for pages and for the card of a model."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from quality.page.markup import Safe, element, join

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 480, 52, 14, 22, 46  # units of the drawing
Point = tuple[float, float]


class Scale(NamedTuple):
    """An axis: its label, its ends, where it is marked and how. ``root``: distances are those of square roots."""

    label: str
    low: float
    high: float
    ticks: Sequence[tuple[float, str]]
    root: bool = False

    def at(self, value: float) -> float:
        """Where a value lies between the ends, in [0, 1]."""
        low, high, value = (math.sqrt(one) if self.root else one for one in (self.low, self.high, value))
        return min(max((value - low) / ((high - low) or 1.0), 0.0), 1.0)


def share(label: str) -> Scale:
    """An axis from 0 to 1.

    >>> share("score").at(0.25)
    0.25
    """
    return Scale(label, 0.0, 1.0, [(tick / 4, f"{tick / 4:g}") for tick in range(5)])


def counts(label: str, most: float) -> Scale:
    """An axis of counts from 0 to ``most``, by their square roots, so that few are still seen beside many.

    >>> [said for _, said in counts("articles", 612).ticks]
    ['0', '10', '100', '612']
    """
    most = max(most, 1)
    steps = [10**power for power in range(1, 10) if 10**power <= most / 2]
    return Scale(label, 0.0, most, [(one, f"{one:,}") for one in (0, *steps[-2:], most)], root=True)


@dataclass(frozen=True)
class Plot:
    """A drawing over two axes. ``title`` says what it shows to those who do not see it."""

    title: str
    x: Scale
    y: Scale
    height: int = 260
    width: int = WIDTH

    def place(self, x: float, y: float) -> Point:
        """Where a point of the axes lies in the drawing."""
        across = LEFT + self.x.at(x) * (self.width - LEFT - RIGHT)
        return across, self.height - BOTTOM - self.y.at(y) * (self.height - TOP - BOTTOM)

    def bar(self, across: Point, up: Point, kind: str = "", said: str = "") -> Safe:
        """A bar between two values of each axis, with what it says when it is pointed at."""
        (x, base), (end, top) = (self.place(*corner) for corner in zip(across, up, strict=True))
        tall = max(base - top, 1.5)
        told = [element("title", said)] if said else []
        sizes = {"x": f"{x + 0.5:.1f}", "y": f"{base - tall:.1f}", "height": f"{tall:.1f}"}
        return element("rect", *told, class_=f"block {kind}".strip(), width=f"{max(end - x - 1, 1):.1f}", **sizes)

    def dots(self, points: Iterable[Point], kind: str = "") -> Safe:
        """Dots, all in one path so that thousands stay light."""
        path = "".join(f"M{x:.0f} {y:.0f}h0" for x, y in sorted({self.place(*point) for point in points}))
        return element("path", class_=f"dots {kind}".strip(), d=path) if path else join()

    def curve(self, points: Iterable[Point], kind: str = "") -> Safe:
        """A line through points."""
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in (self.place(*point) for point in points))
        return element("path", class_=f"curve {kind}".strip(), d=f"M{path}")

    def rule(self, x: float, said: str, drop: int = 0) -> Safe:
        """An upright line at a value, with its name; ``drop`` puts the name on a lower line."""
        (across, low), (_, high) = self.place(x, self.y.low), self.place(x, self.y.high)
        line = element("path", class_="rule", d=f"M{across:.1f} {low:.1f}V{high - 2:.1f}")
        side = (
            {"class_": "said end", "x": f"{across - 5:.1f}"}
            if x > 0.5
            else {"class_": "said", "x": f"{across + 5:.1f}"}
        )
        return join(line, element("text", said, y=f"{high + 8 + 15 * drop:.1f}", **side))

    def note(self, x: float, y: float, said: str, kind: str = "said") -> Safe:
        """Words at a place."""
        across, up = self.place(x, y)
        return element("text", said, x=f"{across:.1f}", y=f"{up:.1f}", class_=kind)

    def draw(self, *shapes: Safe, style: str = "") -> Safe:
        """The whole drawing; with a ``style`` sheet of its own it can stand in a file."""
        own = {"xmlns": "http://www.w3.org/2000/svg"} if style else {}
        sheet = [element("style", Safe(style))] if style else []
        box = f"0 0 {self.width} {self.height}"
        inside = (*sheet, element("title", self.title), self._axes(), *shapes)
        return element("svg", *inside, class_="plot", viewBox=box, role="img", aria_label=self.title, **own)

    def _axes(self) -> Safe:
        (left, base), (right, top) = self.place(self.x.low, self.y.low), self.place(self.x.high, self.y.high)
        parts = []
        for value, said in self.y.ticks:
            y = self.place(self.x.low, value)[1]
            parts.append(element("path", class_="grid", d=f"M{left:.1f} {y:.1f}H{right:.1f}"))
            parts.append(element("text", said, class_="end", x=f"{left - 7:.1f}", y=f"{y + 4:.1f}"))
        for value, said in self.x.ticks:
            x = self.place(value, self.y.low)[0]
            parts.append(element("text", said, class_="middle", x=f"{x:.1f}", y=f"{base + 17:.1f}"))
        parts.append(element("path", class_="edge", d=f"M{left:.1f} {base:.1f}H{right:.1f}"))
        parts.append(
            element("text", self.x.label, class_="middle", x=f"{(left + right) / 2:.1f}", y=f"{base + 37:.1f}")
        )
        parts.append(element("text", self.y.label, x=2, y=f"{top - 9:.1f}"))
        return join(*parts)
