"""Progress of a batch: a bar on a terminal, a line for each input that fails, and one line at the end."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from quality.chunks import Failed
from quality.tally import Tally
from quality.terminal import tell


class Progress:
    """Shows how far a batch is. ``total``: bytes of all inputs, None if unknown; ``start``: counts from before."""

    def __init__(self, total: int | None, start: Tally, quiet: bool = False) -> None:
        self.start, self.quiet = start, quiet
        self.begun = time.monotonic()
        self.bar: Any = None
        if sys.stderr.isatty() and not quiet:
            from tqdm import tqdm

            self.bar = tqdm(total=total, unit="B", unit_scale=True, dynamic_ncols=True, leave=False)

    def __call__(self, tally: Tally, consumed: int, failed: Sequence[Failed]) -> None:
        """After each chunk: the counts so far, the bytes read so far, what failed."""
        for one in failed:
            self.tell(f"{one.source}: {one.reason}")
        if self.bar is not None:
            self.bar.set_postfix_str(f"{tally.read:,} records, farm {tally.farm_share:.1%}", refresh=False)
            self.bar.update(max(consumed - self.bar.n, 0))

    def tell(self, line: str) -> None:
        """A line on standard error, above the bar."""
        if self.bar is not None:
            self.bar.clear()
        tell(line)

    def summary(self, tally: Tally) -> None:
        """The line at the end."""
        if self.quiet:
            return
        self.end()
        seconds = time.monotonic() - self.begun
        megabytes = (tally.characters - self.start.characters) / 1e6
        self.tell(f"{tally.summary()}; {megabytes:,.1f} MB of text, {megabytes / max(seconds, 1e-3):,.1f} MB/s")

    def end(self) -> None:
        """Take the bar away."""
        if self.bar is not None:
            self.bar.close()
            self.bar = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()
