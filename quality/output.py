"""Output: what a batch writes, under its names only when it is whole, and what is needed to go on after any end.

OUT.part and the rejects' own .part grow chunk by chunk; the journal beside them tells after each how far the batch
came. At the end all is put on disk, the parts get their names and the journal shrinks to a hidden file, by which a
later ``--resume`` knows that OUT is whole and of what.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from quality import journal
from quality.chunks import Position
from quality.errors import UsageError
from quality.journal import AGAIN, START, Commit, Header, Whole
from quality.tally import Tally
from quality.terminal import in_ascii
from quality.writers.forms import Kind


class Names(NamedTuple):
    """The files of a batch: the output and the rejects."""

    out: Path
    rejects: Path

    @classmethod
    def of(cls, out: str, rejects: str | None = None) -> Names:
        """Names for an output; its rejects go to OUT.rejects.jsonl unless told.

        >>> Names.of("a/scored.csv").journal.name
        'scored.csv.journal'
        """
        return cls(Path(out), Path(rejects or out + ".rejects.jsonl"))

    @property
    def part(self) -> Path:
        """Where the output grows."""
        return _beside(self.out, ".part")

    @property
    def rejects_part(self) -> Path:
        """Where the rejects grow."""
        return _beside(self.rejects, ".part")

    @property
    def journal(self) -> Path:
        """Where the states are told."""
        return _beside(self.out, ".journal")

    @property
    def kept(self) -> Path:
        """Where the journal of a whole output is."""
        return self.out.with_name(f".{self.out.name}.journal")

    @property
    def lock(self) -> Path:
        """What one batch holds as long as it writes."""
        return _beside(self.out, ".lock")

    @property
    def fresh(self) -> Path:
        """Where the whole output stands until it gets its name."""
        return _beside(self.out, ".whole.part")

    def all(self) -> set[Path]:
        """All files that a batch may write."""
        parts = {self.part, self.rejects_part, self.fresh, _beside(self.journal, ".part")}
        return {self.out, self.rejects, self.journal, self.kept, self.lock} | parts


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


class Output(Protocol):
    """Where results go, in their order."""

    start: Commit

    def write(self, data: bytes, rejects: bytes, after: Position, tally: Tally) -> None:
        """Add a chunk's records and rejects; position and counts are those after it."""

    def finish(self) -> None:
        """Nothing comes any more: give the output its name."""

    def close(self) -> None:
        """Let go of all files, whatever happened."""


@dataclass(slots=True)
class Stream:
    """Standard output; rejects go to a file of their own if they have one, else to ``tell``, line by line."""

    rejects: Path | None
    tell: Callable[[bytes], None]
    start: Commit = START
    _rejects: BinaryIO | None = None

    def write(self, data: bytes, rejects: bytes, after: Position, tally: Tally) -> None:
        """Add a chunk's records and rejects."""
        del after, tally
        sys.stdout.buffer.write(in_ascii(data) if sys.stdout.isatty() else data)
        sys.stdout.buffer.flush()
        if rejects and self.rejects:
            self._rejects = self._rejects or self.rejects.open("wb")
            self._rejects.write(rejects)
        elif rejects:
            self.tell(rejects)

    def finish(self) -> None:
        """Nothing more to do."""
        if self.rejects and not self._rejects:
            self.rejects.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the file of rejects."""
        if self._rejects:
            self._rejects.close()


@dataclass(slots=True)
class File:
    """A file and its journal, to go on with from the state ``start``."""

    names: Names
    kind: Kind
    start: Commit = START
    _files: dict[str, BinaryIO] = field(default_factory=dict)
    _sizes: tuple[int, int] = (0, 0)

    def open(self) -> File:
        """Cut off what was written after the state that is gone on from."""
        self._files["part"] = _opened(self.names.part, self.start.output)
        self._files["journal"] = self.names.journal.open("ab", buffering=0)
        self._sizes = (self.start.output, self.start.rejects)
        if self.start.rejects:
            self._files["rejects"] = _opened(self.names.rejects_part, self.start.rejects)
        else:
            self.names.rejects_part.unlink(missing_ok=True)
        return self

    def write(self, data: bytes, rejects: bytes, after: Position, tally: Tally) -> None:
        """Add a chunk's records and rejects, then tell the journal."""
        if rejects and "rejects" not in self._files:
            self._files["rejects"] = _opened(self.names.rejects_part, 0)
        _write(self._files["part"], data)
        if rejects:
            _write(self._files["rejects"], rejects)
        self._sizes = (self._sizes[0] + len(data), self._sizes[1] + len(rejects))
        journal.append(self._files["journal"], Commit(after, *self._sizes, tally))

    def finish(self) -> None:
        """Make the output whole, say so in the journal, and give it its name."""
        self.kind.finish(self.names.part, self.names.fresh)
        _to_disk(self.names.fresh)
        if "rejects" in self._files:
            _to_disk(self.names.rejects_part)
        whole = Whole(self.names.fresh.stat().st_size, self._sizes[1])
        journal.close(self._files["journal"], whole)
        settle(self.names, whole)

    def close(self) -> None:
        """Let go of all files."""
        for file in self._files.values():
            file.close()


def _opened(path: Path, size: int) -> BinaryIO:
    file = path.open("r+b" if size else "wb", buffering=0)
    file.truncate(size)
    file.seek(size)
    return file


def _write(file: BinaryIO, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]


def settle(names: Names, whole: Whole) -> bool:
    """Give a whole output and its rejects their names, as far as they have not got them; whether it is there then."""
    if whole.rejects and _size(names.rejects_part) == whole.rejects:
        names.rejects_part.replace(names.rejects)
    if _size(names.fresh) == whole.output:
        if not whole.rejects:
            names.rejects.unlink(missing_ok=True)
        names.fresh.replace(names.out)
    names.part.unlink(missing_ok=True)
    if _size(names.out) != whole.output:
        return False
    _to_disk(names.out.parent)
    journal.keep(names.journal, names.kept)
    return True


def _to_disk(path: Path) -> None:
    """Have a file, or the names in a directory, survive a loss of power."""
    if path.is_dir() and os.name != "posix":
        return
    number = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else -1


def begin(names: Names, kind: Kind, header: Header) -> File:
    """Start an output afresh. An older one keeps its name until this one is whole."""
    journal.begin(names.journal, header)
    names.fresh.unlink(missing_ok=True)
    return File(names, kind).open()


def resume(names: Names, kind: Kind, header: Header) -> File | None:
    """Go on with an output; None when it is whole. With nothing to go on with it is started afresh.

    Raises:
        UsageError: when inputs, options or model are not those it was begun with, or cannot be known.
    """
    history = journal.read(names.journal) or journal.read(names.kept)
    if history is None:
        if names.out.exists() and not names.part.exists():
            raise UsageError(f"{names.out}: has no journal that tells what it is of; {AGAIN}")
        return begin(names, kind, header)
    if changed := journal.difference(history.header, header):
        raise UsageError(f"{names.out}: cannot be resumed: {changed}; {AGAIN}")
    if history.whole is not None:
        if settle(names, history.whole):
            return None
        raise UsageError(f"{names.out}: is not as it was when it became whole; {AGAIN}")
    if kind.simple and names.fresh.exists() and not names.part.exists():
        names.fresh.replace(names.part)  # it ended between making the output whole and saying so
    output, rejects = _size(names.part), _size(names.rejects_part)
    fits = [one for one in history.commits if one.output <= max(output, 0) and one.rejects <= max(rejects, 0)]
    return File(names, kind, fits[-1]).open()
