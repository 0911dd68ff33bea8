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

RUN = "import sys, resource; from quality.cli import quality; quality(sys.argv[1:], standalone_mode=False); print("
PEAK = "resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"


def write(path: Path, records: int, sites: int, length: int) -> int:
    """Scored records whose texts are drawn from the written articles; the size in bytes."""
    draw = random.Random(7)
    files = sorted(Path("corpus/articles").glob("*/*.md"))
    words = [file.read_text(encoding="utf-8").split("---\n", 2)[2].split() for file in files]
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
    parser.add_argument("--words", type=int, default=400, help="words of a text")
    options = parser.parse_args()
    print("| records | sites | MB | CPU s | peak MB |\n|---|---|---|---|---|")
    for records in options.records:
        for sites in (1, max(records // 100, 1)):
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "scored.jsonl"
                size = write(path, records, sites, options.words)
                before = resource.getrusage(resource.RUSAGE_CHILDREN)
                arguments = ["sites", str(path), "-o", str(Path(folder) / "sites.jsonl"), "--quiet", "--examples", "0"]
                command = [sys.executable, "-c", RUN + PEAK, *arguments]
                done = subprocess.run(command, check=True, capture_output=True, text=True)
                after = resource.getrusage(resource.RUSAGE_CHILDREN)
                seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
                peak = int(done.stdout) / 1024
                print(f"| {records:,} | {sites:,} | {size / 1e6:.0f} | {seconds:.1f} | {peak:.0f} |", flush=True)


if __name__ == "__main__":
    main()
