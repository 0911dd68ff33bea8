"""Time and peak memory of `quality sites` over many scored records, on many sites and on one."""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import quality
from quality.corpus import load

RUN = """
import sys
from pathlib import Path
from quality.cli import quality
quality(sys.argv[1:], standalone_mode=False)
[peak] = (line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(peak)  # of this program alone: ru_maxrss would count what its parent held
"""


def texts(corpus: Path, cache: Path | None) -> list[list[str]]:
    """The words of each article of the corpus that is at hand."""
    return [article.text.split() for article in load(corpus, cache) if article.text.strip()]


def write(path: Path, words: list[list[str]], records: int, sites: int, length: int) -> int:
    """Scored records whose texts are pieces of the articles, each with an address of its own; the size in bytes."""
    draw = random.Random(7)
    axes = {"filler": 0.2, "repetition": 0.2, "unsourced": 0.2}
    model = quality.load().name
    with path.open("w", encoding="utf-8") as out:
        for number in range(records):
            text = draw.choice(words)
            at = draw.randrange(max(len(text) - length, 1))
            said = {"score": draw.random() ** 3, "verdict": "ok", "reason": None, "axes": axes, "words": length}
            url = f"https://site{number % sites}.example/part{number % 7}/{number}"
            record = {"url": url, "title": f"Number {number}", "text": " ".join(text[at : at + length])}
            out.write(json.dumps(record | {"quality": said | {"links": "none", "evidence": [], "model": model}}) + "\n")
    return path.stat().st_size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--articles", type=int, nargs="+", default=[100], help="of a site; beside all on one site")
    parser.add_argument("--words", type=int, default=400, help="words of a text, at most")
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--cache", type=Path)
    options = parser.parse_args()
    words = texts(options.corpus, options.cache)
    print("| records | sites | MB | CPU s | peak MB |\n|---|---|---|---|---|")
    for records in options.records:
        for sites in (1, *(max(records // articles, 1) for articles in options.articles)):
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "scored.jsonl"
                size = write(path, words, records, sites, options.words)
                before = resource.getrusage(resource.RUSAGE_CHILDREN)
                arguments = ["sites", str(path), "-o", str(Path(folder) / "sites.jsonl"), "--quiet", "--examples", "0"]
                command = [sys.executable, "-c", RUN, *arguments]
                done = subprocess.run(command, check=True, capture_output=True, text=True)
                after = resource.getrusage(resource.RUSAGE_CHILDREN)
                seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
                peak = int(done.stdout) / 1024
                print(f"| {records:,} | {sites:,} | {size / 1e6:.0f} | {seconds:.1f} | {peak:.0f} |", flush=True)


if __name__ == "__main__":
    main()
