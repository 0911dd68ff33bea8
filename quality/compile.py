"""Compile: the C sources in ``quality/c`` -> the library that `quality.kernel` opens, where there is a C compiler.

The build of the wheel runs it (``hatch_build.py``); in a source tree that is used as it stands,
``python -m quality.compile`` does. Only the standard library is needed, and the same sources give the same bytes.
"""

from __future__ import annotations

import os
import sys
import zlib
from pathlib import Path

SOURCES = Path(__file__).with_name("c")
LIBRARY = Path(__file__).with_name("_kernel.dll" if sys.platform == "win32" else "_kernel.so")
FLAGS = ("-std=c11", "-O3", "-fPIC", "-shared", "-fvisibility=hidden", "-ffp-contract=off")
PLAIN = ("-Wl,--build-id=none", "-Wl,-s") if sys.platform == "linux" else ()


def digest() -> int:
    """Checksum of the sources; the library is built with it, and tells it."""
    return zlib.crc32(b"".join(path.read_bytes() for path in sorted(SOURCES.glob("*.[ch]"))))


def build(target: Path = LIBRARY) -> str:
    """Build the library; returns why it could not be built, or nothing.

    ``CC`` names the compiler and ``CFLAGS`` further options, as usual.
    """
    import shlex
    import subprocess
    import tempfile

    command = [*shlex.split(os.environ.get("CC", "cc")), *FLAGS, *PLAIN, *shlex.split(os.environ.get("CFLAGS", ""))]
    names = [path.name for path in sorted(SOURCES.glob("*.c"))]
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        # Made aside and put in place at once: a library that is in use must not change under its user.
        fresh = Path(folder) / target.name
        try:
            done = subprocess.run(
                [*command, f"-DQUALITY_SOURCES={digest()}u", *names, "-o", str(fresh)],
                cwd=SOURCES, capture_output=True, text=True, check=False,
            )  # fmt: skip
        except OSError as error:
            return f"{error}"
        if done.returncode:
            return done.stderr or f"{command[0]} ended with {done.returncode}"
        fresh.replace(target)
    return ""


if __name__ == "__main__":
    sys.exit(build() or None)
