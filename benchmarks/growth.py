"""How time and memory of `quality batch` grow: python benchmarks/growth.py [--folder DIR] [MEGABYTES...]

One job, on one core, JSON lines to JSON lines: for inputs of 10, 100 and 1,000 MB, and for 20 MB of documents of 100 to
100,000 words each. Prints the tables of README.md.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from cost import Cost, cost, texts, write_lines

LENGTHS = (100, 1_000, 10_000, 100_000)


def batch(lines: Path) -> Cost:
    out = lines.with_name("growth.out.jsonl")
    command = [sys.executable, "-m", "quality", "batch", str(lines), "-o", str(out), "--jobs", "1", "--quiet"]
    found = cost(command, {max(os.sched_getaffinity(0))})
    for path in (out, out.with_name(f".{out.name}.journal")):
        path.unlink()
    return found


def measure(folder: Path, megabytes: float, some: Iterable[str] | None = None) -> str:
    """CPU seconds, those of a megabyte, and peak memory, as cells."""
    lines = folder / "growth.jsonl"
    write_lines(lines, megabytes, some)
    found = batch(lines)
    for path in (lines, lines.with_suffix(".txt")):
        path.unlink()
    return f"{found.cpu:,.1f} | {1000 * found.cpu / megabytes:,.0f} | {found.peak:,.0f}"


def of_length(words: int) -> list[str]:
    """Documents of that many words, cut from the corpus."""
    pool = "\n\n".join(texts()).split(" ")
    return [" ".join(pool[at : at + words]) for at in range(0, len(pool) - words, words)] or [" ".join(pool)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("megabytes", nargs="*", type=float, default=[10, 100, 1000])
    parser.add_argument("--folder", type=Path, default=Path("benchmarks/build"))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    print("| input | CPU s | ms/MB | peak MB |\n|---|---|---|---|")
    for megabytes in options.megabytes:
        print(f"| {megabytes:,g} MB | {measure(options.folder, megabytes)} |", flush=True)
    for words in LENGTHS:
        cells = measure(options.folder, 20, of_length(words))
        print(f"| 20 MB in documents of {words:,} words | {cells} |", flush=True)


if __name__ == "__main__":
    main()
