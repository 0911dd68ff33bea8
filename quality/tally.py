"""Tally: what became of the records of a batch, counted."""

from __future__ import annotations

from typing import NamedTuple


class Tally(NamedTuple):
    """Counts of records: ``read = scored + abstained + rejected + skipped`` and ``scored = farm + suspect + ok``.

    ``skipped``: scored before. ``written``: records in the output. ``failed``: inputs that could not be read, or not to
    their end. ``characters``: of the texts that were scored.

    >>> Tally(read=2, scored=2, farm=2) + Tally(read=1, rejected=1)  # doctest: +ELLIPSIS
    Tally(read=3, scored=2, abstained=0, rejected=1, skipped=0, farm=2, suspect=0, ok=0, written=0, failed=0, ...)
    """

    read: int = 0
    scored: int = 0
    abstained: int = 0
    rejected: int = 0
    skipped: int = 0
    farm: int = 0
    suspect: int = 0
    ok: int = 0
    written: int = 0
    failed: int = 0
    characters: int = 0

    def __add__(self, other: object) -> Tally:
        if not isinstance(other, Tally):
            return NotImplemented
        return Tally(*(one + two for one, two in zip(self, other, strict=True)))

    @property
    def farm_share(self) -> float:
        """Share of farm pages among the texts scored."""
        return self.farm / self.scored if self.scored else 0.0

    def summary(self) -> str:
        """One line for people.

        >>> Tally(read=3, scored=2, rejected=1, farm=1, ok=1, written=2).summary()
        '3 read, 2 scored (1 farm, 0 suspect, 1 ok), 0 abstained, 1 rejected'
        """
        said = f"{self.read:,} read, {self.scored:,} scored "
        said += f"({self.farm:,} farm, {self.suspect:,} suspect, {self.ok:,} ok), "
        said += f"{self.abstained:,} abstained, {self.rejected:,} rejected"
        said += f", {self.skipped:,} scored before" if self.skipped else ""
        said += f", {self.written:,} written" if self.written < self.scored + self.abstained else ""
        return said + (f", {self.failed:,} {'input' if self.failed == 1 else 'inputs'} not read" if self.failed else "")
