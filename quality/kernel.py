"""Kernel: which array functions run compiled, and the one door to the compiled library.

NumPy is the definition: each function that has a compiled twin (in ``quality/c``) stands in its module as plain NumPy,
and `twin` puts the compiled one in its place where the library was built. Both give the same numbers to the last bit,
which the tests compare. ``QUALITY_KERNEL=numpy`` or ``compiled`` forces one; ``quality --version`` tells which it is.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

from quality.compile import LIBRARY, SOURCES, digest
from quality.errors import UsageError

P = ParamSpec("P")
R = TypeVar("R")

CHOICE = "QUALITY_KERNEL"

_Place = ctypes.c_char * 0


class _Array:
    """An argument that is an array of one kind of number, without gaps: as `numpy.ctypeslib.ndpointer`, but faster."""

    def __init__(self, kind: Any) -> None:
        self._kind = np.dtype(kind)

    def from_param(self, array: NDArray[Any]) -> Any:
        """What ctypes hands over: where the array begins."""
        if array.dtype != self._kind:
            raise TypeError(f"an array of {array.dtype} stands where one of {self._kind} is due")
        if array.flags.writeable:
            return _Place.from_buffer(array)  # type: ignore[arg-type]  # raises TypeError where there are gaps
        if not array.flags.c_contiguous:
            raise TypeError("an array has gaps")
        return ctypes.c_void_p(array.ctypes.data)


_N = ctypes.c_int64
_BYTES, _I32, _I64, _U32, _U64, _F64 = map(_Array, (np.uint8, np.int32, np.int64, np.uint32, np.uint64, np.float64))
_TABLE = (_U64, _I32, _BYTES, _N, _N)
_PHRASES = (_I32, _N, _U32, *_TABLE)
_TERMS = (_I32, _BYTES, _I64, _N, _N, _N, _N, _I32, *_TABLE)
SIGNATURES: dict[str, tuple[Any, ...]] = {
    "fold": (_U32, _N, _BYTES, _N, _N, _BYTES),
    "squeeze": (_BYTES, _N, _N, _I64),
    "most_tokens": (_BYTES, _N),
    "cut": (_BYTES, _N, _BYTES, *_TABLE, _U64, _BYTES, _I64, _I64, _BYTES, _I32, _U64, _U64, _I64),
    "first_equal": (_U64, _N, _I64),
    "first_in_group": (_U64, _I64, _N, _I64),
    "repeated": (_I64, _N, _U64, _I64, _I64, _N, _N, _I64),
    "sentence_starts": (_BYTES, _I64, _I64, _BYTES, _N, _BYTES),
    "quoted": (_BYTES, _I64, _I64, _N, _BYTES),
    "first_words": (_BYTES, _I64, _N, _BYTES),
    "counts": (_BYTES, _N, _I64, _N, _I64),
    "pieces": (_BYTES, _N, _I64, _I64),
    "count": (*_TERMS, _I64, _I64, _I64),
    "tfidf": (_I64, _I64, _I64, _N, _F64, _F64, _N, _F64, _F64),
    "judged": (_BYTES, _I64, _N, _BYTES, *_TABLE, _U64, _BYTES, _N, *_PHRASES, _N, _N, _N, _I32, *_TABLE, *[_F64] * 5),
    "likeness": (_I64, _N, _I64, _U64, _I32, _I64, _I64, _N, _F64),
    "markup": (_U32, _I64, _N, _U32, _I64, _I64, _BYTES),
    "strongest": (_I64, _F64, _N, _BYTES, _N, _N, _I64),
    "placed": (*_TERMS, *[_I64] * 3, _N, _I64, _I32, *[_I64] * 2, *[_N] * 2, *[_I64] * 3, _N, _I64, _I32),
    "evidence": (_I32, _I32, _I32, _I64, _N, _BYTES, _N, _BYTES, _N, _BYTES, _I64, _BYTES, _I64, _N, _N, _BYTES),
    "match": (_I32, _N, *_PHRASES, _N, _N, _I64, _I64, _I64),
}
"""Arguments of each function of the library; it is called with nothing else."""

TWINS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {}
"""Name of each function that has two forms: the NumPy one and the compiled one."""


def _open() -> tuple[ctypes.CDLL | None, str]:
    """The library, or why there is none: it was not built, or of other sources than stand here, or is not wanted."""
    if os.environ.get(CHOICE) == "numpy":
        return None, "is not wanted"
    try:
        library = ctypes.CDLL(str(LIBRARY))
    except OSError as error:
        return None, f"cannot be loaded ({error})" if LIBRARY.exists() else "was not built"
    fits = not SOURCES.is_dir() or library.quality_sources() & 0xFFFFFFFF == digest()
    return (declared(library), "") if fits else (None, "is of other sources than stand beside it")


def declared(library: ctypes.CDLL) -> ctypes.CDLL:
    """A library, with the kinds of its functions' arguments."""
    for name, arguments in SIGNATURES.items():
        function = library[f"quality_{name}"]
        function.argtypes, function.restype = arguments, _N
        setattr(library, name, function)
    return library


_library, _lack = _open()
NAME = "numpy" if _library is None else "compiled"


def ready() -> None:
    """Whether the kernel is the one that ``QUALITY_KERNEL`` asks for.

    Raises:
        UsageError: when it cannot be had.
    """
    choice = os.environ.get(CHOICE, "")
    if choice not in ("", "numpy", "compiled"):
        raise UsageError(f"{CHOICE} is {choice!r}; it can be numpy or compiled")
    if choice == "compiled" and choice != NAME:
        raise UsageError(f"{CHOICE} asks for {LIBRARY}, which {_lack}; `python -m quality.compile` builds it")


def call(name: str, *arguments: Any) -> int:
    """Call a function of the library, which checks the kinds of its arguments; returns what it says.

    Raises:
        MemoryError: when memory is lacking.
    """
    said: int = getattr(_library, name)(*arguments)
    if said < 0:
        raise MemoryError
    return said


def twin(compiled: Callable[P, R]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Marks a NumPy function that has a ``compiled`` form, which takes its place where the library is there."""

    def choose(plain: Callable[P, R]) -> Callable[P, R]:
        TWINS[f"{plain.__module__}.{plain.__qualname__}"] = plain, compiled
        return plain if _library is None else wraps(plain)(compiled)

    return choose
