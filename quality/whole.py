"""Whole: files that appear under their names only when they are whole, each written by one run at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from quality.errors import InputError, reason
from quality.lock import held


@contextmanager
def writing(place: str) -> Iterator[None]:
    """Around what writes to a place.

    Raises:
        InputError: when that fails; a closed pipe stays a BrokenPipeError.

    >>> with writing("a.html"):
    ...     raise OSError(28, "No space left on device")
    Traceback (most recent call last):
    quality.errors.InputError: a.html: cannot be written: no space left on device
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise InputError(place, f"cannot be written: {reason(error)}") from None


@contextmanager
def written(out: Path) -> Iterator[BinaryIO]:
    """A file to write ``out`` into: OUT.part, which gets its name at the end, and goes when the end is not reached.

    Raises:
        UsageError: when another run is writing it.
        InputError: when it cannot be written.
    """
    if out.exists() and not out.is_file():  # a device or a pipe is never half there
        with writing(str(out)), out.open("wb") as file:
            yield file
        return
    part = out.with_name(out.name + ".part")
    with held(out.with_name(out.name + ".lock"), out), writing(str(out)):
        try:
            with part.open("wb") as file:
                yield file
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)
