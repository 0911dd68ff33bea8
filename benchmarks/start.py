"""How long it takes to start: ``import quality`` beside an empty Python and NumPy, measured in turn in one run."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

PROGRAMS = {
    "an empty program": "pass",
    "import numpy": "import numpy",
    "import quality": "import quality",
    "import quality and numpy": "import quality, numpy",
    "load the model": "import quality; quality.load()",
    "load the model, score a text": "import quality; quality.score('Too few words.')",
}
ROUNDS = 21


def main() -> None:
    """Print the median of each program, what it takes beyond the empty one, and that in times of NumPy's import."""
    taken: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for _ in range(ROUNDS):
        for name, program in PROGRAMS.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", program], check=True)
            taken[name].append(1000 * (time.perf_counter() - start))
    median = {name: statistics.median(values) for name, values in taken.items()}
    empty, numpy = median["an empty program"], median["import numpy"] - median["an empty program"]
    print("| program | ms | beyond an empty one | in imports of numpy |\n|---|---|---|---|")
    for name, value in median.items():
        print(f"| {name} | {value:.0f} | {value - empty:.0f} | {(value - empty) / numpy:.2f} |")


if __name__ == "__main__":
    main()
