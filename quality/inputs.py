"""Inputs: the files that names, directories and patterns on a command line stand for, in a stable order."""

from __future__ import annotations

import glob
import os
import stat
import sys
from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from quality import remote
from quality.errors import UsageError, reason

STDIN = "-"


@dataclass(frozen=True, slots=True)
class Input:
    """One file. ``size`` in bytes; ``modified`` in nanoseconds, or a number that changes with a remote file. Both are
    None for a stream that cannot be read twice.

    ``problem`` says why it cannot be read, where that is known before it is opened.
    """

    name: str
    size: int | None = None
    modified: int | None = None
    problem: str = ""

    def key(self) -> list[str | int | None]:
        """What must be the same for the input to be the same."""
        return [self.name, self.size, self.modified, self.problem]


def expand(names: Iterable[str], but: Collection[Path | str] = ()) -> list[Input]:
    """The files that ``names`` stand for: in the order of the names, those of a directory or pattern by their path.

    A directory stands for all files below it but hidden ones, a pattern (``*``, ``?``, ``[...]``, ``**``) for what it
    matches, ``-`` for standard input. An address may stand for all these too. The files ``but`` (resolved paths, or
    addresses) are left out of directories and patterns.

    >>> [one.problem for one in expand(["no/such/file.jsonl", "no/*.jsonl"])]
    ['no such file or directory', 'no file matches this pattern']
    """
    return [found for name in names for found in _expand(name, but)]


def _expand(name: str, but: Collection[Path | str]) -> Iterator[Input]:
    if name == STDIN:
        yield Input(name)
    elif remote.is_remote(name):
        yield from _remote(name, but)
    elif os.path.isdir(name):
        yield from _below(name, but)
    elif glob.has_magic(name) and not os.path.lexists(name):
        matches = [path for path in sorted(glob.glob(name, recursive=True)) if Path(path).resolve() not in but]
        for path in matches:
            yield from _below(path, but) if os.path.isdir(path) and "**" not in name else _file(path)
        if not matches:
            yield Input(name, problem="no file matches this pattern")
    else:
        yield from _file(name)


def _file(name: str) -> Iterator[Input]:
    try:
        status = os.stat(name)
    except OSError as error:
        yield Input(name, problem=reason(error))
        return
    if stat.S_ISREG(status.st_mode):
        yield Input(name, status.st_size, status.st_mtime_ns)
    elif not stat.S_ISDIR(status.st_mode):
        yield Input(name)


def _remote(name: str, but: Collection[Path | str]) -> Iterator[Input]:
    try:
        for one in remote.find(name):
            if one.name not in but:
                yield Input(one.name, one.size, one.stamp)
    except UsageError:
        raise
    except FileNotFoundError as error:
        yield Input(name, problem=error.strerror or "no such file or directory")
    except Exception as error:  # each store has exceptions of its own
        yield Input(name, problem=reason(error))


def _below(folder: str, but: Collection[Path | str]) -> Iterator[Input]:
    """Files below a directory; directories that cannot be listed are inputs with a problem."""
    failed: list[OSError] = []
    for here, folders, files in os.walk(folder, onerror=failed.append):
        yield from _failures(failed)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(name for name in files if not name.startswith(".")):
            path = os.path.join(here, name)
            if Path(path).resolve() not in but:
                yield from _file(path)
    yield from _failures(failed)


def _failures(failed: list[OSError]) -> Iterator[Input]:
    while failed:
        error = failed.pop(0)
        yield Input(os.fspath(error.filename), problem=reason(error))


def opened(name: str) -> AbstractContextManager[BinaryIO]:
    """The bytes of an input."""
    if remote.is_remote(name):
        return remote.opened(name)
    return nullcontext(sys.stdin.buffer) if name == STDIN else open(name, "rb")
