"""What a command costs: seconds by the clock and of the processor, peak memory; and the text to measure with."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
import time
from collections.abc import Collection, Iterable, Sequence
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

import orjson

HERE = Path(__file__).parent
SINGLE = {
    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "LC_ALL": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "",
}  # fmt: skip


class Cost(NamedTuple):
    """Of a command that has ended: seconds by the clock, of the processor (its children too), peak megabytes of its
    own, and what it said on standard error."""

    clock: float
    cpu: float
    peak: float
    said: str


def cost(command: Sequence[str], cores: Collection[int] | None = None, kernel: str = "") -> Cost:
    """Run a command, on some cores; it must end well. ``kernel``: which one quality uses, its own choice if empty."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores or before)
    begun = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        environment = os.environ | SINGLE | {"QUALITY_KERNEL": kernel}
        process = subprocess.Popen(command, env=environment, stderr=said, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        clock = time.perf_counter() - begun
        said.seek(0)
        words = said.read().decode()
    os.sched_setaffinity(0, before)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: {words}")
    return Cost(clock, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, words)


def texts() -> list[str]:
    """Texts of the corpus that are at hand: the public ones, else those written for it."""
    from quality.corpus.load import load

    articles = load(HERE.parent / "corpus")
    return [one.text for one in articles if one.origin == "web"] or [one.text for one in articles]


def write_lines(path: Path, megabytes: float, some: Iterable[str] | None = None) -> None:
    """JSON lines of that size, and beside them their text."""
    size = 0
    with path.open("wb") as lines, path.with_suffix(".txt").open("wb") as plain:
        for number, text in enumerate(cycle(some or texts())):
            if size >= megabytes * 1e6:
                return
            label = hashlib.sha256(text.encode()).digest()[0] % 2
            record = {"id": number, "url": f"https://site{number % 97}.example/{number}", "label": label, "text": text}
            line = orjson.dumps(record) + b"\n"
            size += lines.write(line)
            plain.write(text.encode() + b"\n")
