"""Coverage-guided fuzzing with atheris: python fuzz/fuzz.py TARGET [-max_total_time=SECONDS] [FOLDER]

The targets are in ``targets.py``; `model` and `kernel` need the compiled kernel. What is found and is neither an answer
nor an error of this package ends the run, and its input is in a file ``crash-*``: mend it, and give it a case in the
tests.
"""

from __future__ import annotations

import sys
import warnings

import atheris

with atheris.instrument_imports(include=["quality"]):
    from targets import TARGETS


def main() -> None:
    """Fuzz a target until the time is up or something is found."""
    warnings.simplefilter("ignore")
    name, *words = sys.argv[1:] or [""]
    if name not in TARGETS:
        sys.exit(f"{name!r} is no target; there are {', '.join(TARGETS)}")
    atheris.Setup([sys.argv[0], *words], TARGETS[name]())
    atheris.Fuzz()


if __name__ == "__main__":
    main()
