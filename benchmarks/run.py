"""How fast `quality batch` is, beside its peers: python benchmarks/run.py [--megabytes 40] [--folder DIR] [NAME...]

Real text (the public corpus from the cache where it is at hand, else the written articles), repeated to 40 MB of JSON
lines. Each tool runs in a process and an environment of its own, on one core, JSON lines to JSON lines. CPU seconds
count, so that other work on the machine does not; before and after each tool `LC_ALL=C wc -w` reads the same text, and
the ratio is to the mean of both. Peers slower than a tenth of a megabyte a second get a sample. Prints the table of
README.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import venv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from cost import HERE, cost, write_lines


@dataclass(frozen=True)
class Tool:
    """What to run: a peer of peers.py with its packages, or ``quality batch`` with more options.

    ``kernel``: numpy or compiled. ``sample``: megabytes it gets, None for all. ``trainer``: packages that train its
    model. ``clock``: that counts, and all cores may be used.
    """

    title: str
    packages: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    sample: float | None = None
    trainer: tuple[str, ...] = ()
    clock: bool = False
    kernel: str = "compiled"


TOOLS: Mapping[str, Tool] = {
    "quality": Tool("quality batch, one job, compiled kernel", options=("--jobs", "1")),
    "quality_numpy": Tool("quality batch, one job, NumPy alone", options=("--jobs", "1"), kernel="numpy"),
    "quality_clock": Tool("quality batch, one job (by the clock)", options=("--jobs", "1"), clock=True),
    "quality_two": Tool("quality batch, two jobs (by the clock)", options=("--jobs", "2"), clock=True),
    "quality_explain": Tool("quality batch --explain, one job", options=("--jobs", "1", "--explain"), sample=8),
    "fasttext_predict": Tool(
        "fasttext-predict, dim 16, bigrams", ("fasttext-predict",), trainer=("fasttext-numpy2-wheel",)
    ),
    "sklearn_tfidf": Tool(
        "TfidfVectorizer(1-2), 50,000 terms, + LogisticRegression", ("scikit-learn",), trainer=("scikit-learn",)
    ),
    "datatrove_filters": Tool("datatrove's four filters", ("datatrove[processing]", "spacy"), sample=1),
    "slop_guard": Tool("slop-guard", ("slop-guard",), sample=0.5),
    "slopscore": Tool("slopscore-lint", ("slopscore-lint",), sample=0.3),
}  # fmt: skip


def sampled(path: Path, megabytes: float) -> Path:
    """The first so many megabytes of the lines."""
    part = path.with_name(f"sample-{megabytes}.jsonl")
    with path.open("rb") as lines, part.open("wb") as out:
        for line in lines:
            if out.tell() >= megabytes * 1e6:
                break
            out.write(line)
    return part


def python_with(folder: Path, packages: Sequence[str]) -> str:
    """The Python of an environment that has some packages, made when it is not there."""
    home = folder / ("env-" + "-".join(sorted(packages)).replace("[", "_").replace("]", ""))
    python = str(home / "bin" / "python")
    if not (home / "ready").exists():
        venv.create(home, with_pip=True, clear=True)
        cost([python, "-m", "pip", "install", "--quiet", *packages, "orjson"])
        (home / "ready").touch()
    return python


def anchor(text: Path, core: set[int]) -> float:
    """Megabytes a second of ``LC_ALL=C wc -w``: the middle of five."""
    rates = sorted(text.stat().st_size / 1e6 / wc(text, core) for _ in range(5))
    return rates[2]


def wc(text: Path, core: set[int]) -> float:
    return cost(["env", "LC_ALL=C", "wc", "-w", str(text)], core).cpu


def seconds(name: str, tool: Tool, lines: Path, folder: Path, core: set[int]) -> float:
    """CPU seconds for all lines, or those of the clock."""
    out = folder / f"{name}.out.jsonl"
    if not tool.packages:
        command = [sys.executable, "-m", "quality", "batch", str(lines), "-o", str(out), "--quiet", *tool.options]
        found = cost(command, None if tool.clock else core, tool.kernel)
        return found.clock if tool.clock else found.cpu
    if tool.trainer:
        model = python_with(folder, tool.trainer)
        subprocess.run([model, str(HERE / "train_peers.py"), name, str(lines), str(folder)], check=True)
    found = cost(
        [python_with(folder, tool.packages), str(HERE / "peers.py"), name, str(lines), str(out), str(folder)], core
    )
    return float(found.said.split()[-1]) if tool.sample else found.cpu


def version_of(tool: Tool, folder: Path) -> str:
    """The version of what is measured."""
    name = tool.packages[0].partition("[")[0] if tool.packages else "quality"
    if not tool.packages:
        from quality import __version__

        return __version__
    code = f"from importlib.metadata import version; print(version({name!r}))"
    done = subprocess.run([python_with(folder, tool.packages), "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def table(names: Sequence[str], lines: Path, folder: Path, core: set[int]) -> Iterator[str]:
    """Rows of the table, each as soon as it is known."""
    yield "| tool | version | MB/s | ratio to `wc -w` | quality is |"
    yield "|---|---|---|---|---|"
    ours = None
    for name in names:
        tool = TOOLS[name]
        part = sampled(lines, tool.sample) if tool.sample else lines
        text = lines.with_suffix(".txt")
        share = part.stat().st_size / lines.stat().st_size * text.stat().st_size / 1e6
        before = anchor(text, core)
        rate = share / seconds(name, tool, part, folder, core)
        ratio = rate / ((before + anchor(text, core)) / 2)
        ours = ratio if name == "quality" else ours
        times = f"{ours / ratio:,.1f} x" if ours else ""
        yield f"| {tool.title} | {version_of(tool, folder)} | {rate:,.2f} | {ratio:.4f} | {times} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(TOOLS))
    parser.add_argument("--megabytes", type=float, default=40)
    parser.add_argument("--folder", type=Path, default=Path("benchmarks/build"), help="for inputs and environments")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    lines = options.folder / "lines.jsonl"
    write_lines(lines, options.megabytes)
    core = {max(os.sched_getaffinity(0))}
    print(f"Python {platform.python_version()}, NumPy {version('numpy')}, {options.megabytes:g} MB of JSON lines\n")
    for row in table(options.names or list(TOOLS), lines, options.folder, core):
        print(row, flush=True)


if __name__ == "__main__":
    main()
