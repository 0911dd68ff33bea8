"""Lock: one run at a time writes an output. A lock goes with the process that holds it, however that ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from quality.errors import InputError, UsageError, reason


@contextmanager
def held(path: Path, out: Path) -> Iterator[None]:
    """Hold the lock ``path`` of the output ``out``. The file goes at the end; one left by a killed process is nobody's.

    Raises:
        UsageError: when another process holds it.
        InputError: when it cannot be made.
    """
    try:
        file = _taken(path)
    except OSError as error:
        raise InputError(str(out), f"cannot be written: {reason(error)}") from None
    if file is None:
        raise UsageError(f"{out}: another run is writing it; wait for its end, or write to another name")
    try:
        yield
    finally:
        if sys.platform == "win32":
            file.close()  # there an open file cannot be removed
        path.unlink(missing_ok=True)
        file.close()


def _taken(path: Path) -> BinaryIO | None:
    """The file of the lock; None when another process holds it."""
    while True:
        file = path.open("ab")
        if not _lock(file):
            file.close()
            return None
        if path.exists() and os.path.samestat(path.stat(), os.fstat(file.fileno())):
            return file
        file.close()  # who held it before has just removed it


def _lock(file: BinaryIO) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
