"""Mutation run: python fuzz/mutate.py [MODULE...] [--every N]; tells of each mutant whether a test notices it.

Each mutant of `mutants` stands in a copy of the repository, where the tests of its module (``RUNS``) run until one
fails. Those that none notices must be explained in ``survivors.json``: exit 1 when one is not, or when one that is
explained is noticed. A process in which all libraries are loaded is forked for each, so that a mutant takes seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import pytest
from mutants import Mutant, mutants

ROOT = Path(__file__).parent.parent
SURVIVORS = Path(__file__).with_name("survivors.json")
OF_SCORES = (
    "quality/{}.py", "tests/test_terms.py", "tests/test_score.py", "tests/test_kernel.py",
    "-k", "not public and not same_sources and not can_be_chosen and not wheel and not import_is_light",
)  # fmt: skip
RUNS: dict[str, Sequence[str]] = {
    "model": OF_SCORES,
    "terms": OF_SCORES,
    "batch": (
        "quality/{}.py", "tests/test_batch.py", "tests/test_faults.py::test_a_signal_ends_workers_that_wait",
        "-k", "not killed_at_random and not every_option_does and not kinds_hold and not on_a_terminal",
    ),
}  # fmt: skip
"""Module -> its tests, all of which take some seconds, and what is left out of them."""

PYTEST = ("-x", "-q", "--assert=plain", "-p", "no:cacheprovider", "--hypothesis-seed=1")
MEMORY = 6 << 30  # bytes that a mutant may take
PATIENCE = 300  # seconds after which a mutant is taken to run for ever, and so is noticed


def copied(folder: Path) -> Path:
    """A copy of the files under version control, with the compiled kernel."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    kernel = [str(path.relative_to(ROOT)) for path in (ROOT / "quality").glob("_kernel.*")]
    for name in [*filter(None, listed.split("\0")), *kernel]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return folder


def passes(folder: Path, tests: Sequence[str], told: Path | None = None) -> bool:
    """Whether all tests pass, in a fork of this process; ``told`` gets the names of the modules they load."""
    child = os.fork()
    if child:
        return _ended(child)
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background hears none, and tests do
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        os.chdir(folder)
        sys.path.insert(0, str(folder))
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        code = pytest.main([*PYTEST, *tests])
        if told:
            told.write_text("\n".join(one for one in sys.modules if not one.startswith(("quality", "test"))), "utf-8")
        os._exit(int(code))
    finally:
        os._exit(1)


def _ended(child: int) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status == 0
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def loaded(folder: Path, tests: Sequence[str]) -> None:
    """Load here what the tests load, but the package itself; ends the run when they do not pass as it is."""
    told = folder / "modules"
    if not passes(folder, tests, told):
        sys.exit(f"{' '.join(tests)}: do not pass without any change")
    for name in told.read_text("utf-8").split():
        if not name.startswith(("_pytest", "conftest", "fuzz")):
            try:
                import_module(name)
            except ImportError:
                continue


def verdict(one: Mutant, path: Path, tests: Sequence[str], known: dict[str, str]) -> str:
    """What becomes of a mutant: ``killed``, ``explained``, or what asks for work: ``survived``, ``stale``."""
    path.write_text(one.source, encoding="utf-8")
    alive = passes(path.parent.parent, tests)
    why = known.get(f"{path.stem}.{one.within}: {one.change}")
    return ("explained" if why else "survived") if alive else ("stale" if why else "killed")


def main() -> int:
    """Print a line for each mutant, and how many became what; 1 when some ask for work."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", choices=[*RUNS, []], metavar="MODULE", help=f"Of {', '.join(RUNS)}.")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="Take every N-th mutant.")
    options = parser.parse_args()
    os.environ |= {"PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"}
    sys.dont_write_bytecode = True
    known: dict[str, str] = json.loads(SURVIVORS.read_text("utf-8"))
    total: Counter[str] = Counter()
    for module in options.modules or RUNS:
        with tempfile.TemporaryDirectory() as name:
            folder, tests = copied(Path(name)), [one.format(module) for one in RUNS[module]]
            path = folder / "quality" / f"{module}.py"
            source = path.read_text("utf-8")
            loaded(folder, tests)
            counts: Counter[str] = Counter()
            for one in list(mutants(source))[:: options.every]:
                said = verdict(one, path, tests, known)
                counts[said] += 1
                print(f"{said}\t{module}:{one.line}\t{one.within}\t{one.change}", flush=True)
        print(f"{module}: {dict(counts)}", flush=True)
        total += counts
    return int(total["survived"] + total["stale"] > 0)


if __name__ == "__main__":
    sys.exit(main())
