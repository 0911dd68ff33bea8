"""How the time of the worst inputs grows: python benchmarks/hostile.py [--size BYTES] [NAME...]

Each input of ``fuzz/worst.py`` is read, or scored, at two sizes, one twice the other. Prints for each the CPU seconds
and memory of a megabyte and how the time grew, which is 2 for time that is linear; those above 3 are marked, and so is
what gave neither an answer nor a reject. NAME is the beginning of an input's name.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "fuzz"))

from answers import Answer, alone, reading, scoring
from worst import FILES, TEXTS

from quality.scorer import Scorer

SECONDS, MEGABYTES = 120, 3000
LEAST = 0.05  # seconds under which growth is noise
STEEP = 3.0


def cases() -> Iterator[tuple[str, Callable[[int], Answer]]]:
    """Name of each input, and what measures it at a size."""
    scorer = Scorer.load()
    scorer.score("The mill stopped on Tuesday, it said. " * 30, explain=True)
    articles = sorted((Path(__file__).parent.parent / "corpus" / "articles").glob("*/*.md"))
    prose = "\n\n".join(path.read_text(encoding="utf-8").split("---\n", 2)[2] for path in articles)[:4000]
    for name, make in TEXTS.items():

        def scored(size: int, make: Callable[[int], bytes] = make) -> Answer:
            text = f"{prose}\n\n{make(size).decode('utf-8', 'surrogatepass')}"
            return alone(lambda: scoring(text, scorer), SECONDS, MEGABYTES)

        yield f"score: {name}", scored
    for name, (source, make) in FILES.items():

        def read(size: int, make: Callable[[int], bytes] = make, source: str = source) -> Answer:
            content = make(size)
            return alone(lambda: reading(content, source), SECONDS, MEGABYTES)

        yield name, read


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--size", type=int, default=1 << 18)
    options = parser.parse_args()
    print("| input | CPU s/MB | MB/MB | twice the size takes | |\n|---|---|---|---|---|")
    steep = 0
    for name, measure in cases():
        if options.names and not name.startswith(tuple(options.names)):
            continue
        one, two = measure(options.size), measure(2 * options.size)
        size, growth = 2 * options.size / 2**20, two.seconds / max(one.seconds, LEAST)
        bad = growth > STEEP or not re.match(r"\d+ documents|ok|suspect|farm|abstain", two.found)
        steep += bad
        said = f"**steep** {two.found}" if bad else ""
        cells = f"{two.seconds / size:.2f} | {two.grown / size:.0f} | {growth:.1f} x | {said}"
        print(f"| {name} | {cells} |", flush=True)
    sys.exit(bool(steep))


if __name__ == "__main__":
    main()
