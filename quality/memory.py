"""Memory: how freed memory is kept. A batch asks for arrays of the same sizes again and again."""

from __future__ import annotations

import ctypes
import gc
import sys

TRIM, MAP = -1, -3  # M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of glibc's mallopt(3)
CYCLES = 100_000  # objects made, less those gone, until Python looks for cycles among them (700 by default)
KEPT = 128 << 20  # bytes that stay with the process when they are freed
LARGEST = 16 << 20  # bytes of a piece that is kept: larger ones, of single long texts, go back to the system at once


def keep() -> None:
    """Keep freed memory for what comes next, where the C library can be told (glibc), and look for cycles more rarely.

    By default it gives large pieces back at once, and to get each of their pages again takes longer than the work on
    them. The records of a batch hold no cycles.
    """
    gc.set_threshold(CYCLES)
    if sys.platform == "linux" and hasattr(ctypes.CDLL(None), "mallopt"):
        library = ctypes.CDLL(None)
        library.mallopt(TRIM, KEPT)
        library.mallopt(MAP, LARGEST)
