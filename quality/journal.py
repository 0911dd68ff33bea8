"""Journal: how far a batch came, so that it can go on after any end.

The file beside OUT holds JSON lines: what the batch is of (inputs, options, model), then after every chunk the position
in the inputs, the sizes of what was written, and the counts; at the end the size of the whole OUT. A line is written
after the output it speaks of, and only whole lines count; what lies beyond the sizes they tell is written again. This
holds whenever the program is killed, not when the machine loses power.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from quality.chunks import Position
from quality.errors import UsageError
from quality.tally import Tally

FORMAT = 1
AGAIN = "run it without --resume to start afresh"

Header = Mapping[str, Any]
"""What a batch is of: ``inputs`` (a list of ``INPUT`` each), ``options`` and ``model``."""

INPUT = ("name", "size", "modified", "problem")
SHAPE = {"model": str, "options": dict, "inputs": list}


class Commit(NamedTuple):
    """A state to go on from: position in the inputs, bytes of output and of rejects, counts."""

    position: Position = Position()
    output: int = 0
    rejects: int = 0
    tally: Tally = Tally()


START = Commit()


class Whole(NamedTuple):
    """Bytes of a whole output, and of its rejects."""

    output: int
    rejects: int


@dataclass(frozen=True, slots=True)
class History:
    """What a journal tells: its header, its commits, and what the output holds if it is ``whole``."""

    header: Header
    commits: list[Commit] = field(default_factory=lambda: [Commit()])
    whole: Whole | None = None


def read(path: Path) -> History | None:
    """What the journal tells; None when there is none or not even its first line is whole.

    Raises:
        UsageError: for a journal of another version, and for one that is damaged.
    """
    try:
        lines = path.read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return None
    if not lines:
        return None
    try:
        return _history(path, [json.loads(line) for line in lines])
    except (ValueError, TypeError, LookupError, RecursionError):
        raise UsageError(f"{path}: is damaged; {AGAIN}") from None


def _history(path: Path, entries: list[dict[str, Any]]) -> History:
    header = entries[0]
    if header["format"] != FORMAT:
        raise UsageError(f"{path}: is no journal of this version; {AGAIN}")
    shaped = all(isinstance(header[name], kind) for name, kind in SHAPE.items())
    if not shaped or any(len(one) != len(INPUT) for one in header["inputs"]):
        raise ValueError(header)
    history = History(header)
    for entry in entries[1:]:
        if "whole" in entry:
            return History(header, history.commits, Whole(*_counts(entry["whole"])))
        output, rejects = _counts([entry["output"], entry["rejects"]])
        at, tally = Position(*_counts(entry["at"])), Tally(*_counts(entry["tally"]))
        history.commits.append(Commit(at, output, rejects, tally))
    return history


def _counts(values: list[Any]) -> list[int]:
    if not all(type(value) is int and value >= 0 for value in values):
        raise ValueError(values)
    return values


def begin(path: Path, header: Header) -> None:
    """Start a journal; it takes the place of another at once."""
    fresh = path.with_name(path.name + ".part")
    fresh.write_bytes(_line({"format": FORMAT} | dict(header)))
    os.replace(fresh, path)


def append(journal: BinaryIO, commit: Commit) -> None:
    """Tell of a state that was reached."""
    entry = {"at": commit.position, "output": commit.output, "rejects": commit.rejects, "tally": commit.tally}
    journal.write(_line(entry))


def close(journal: BinaryIO, whole: Whole) -> None:
    """Tell that the output is whole."""
    journal.write(_line({"whole": whole}))


def keep(path: Path, kept: Path) -> None:
    """Leave of the journal of a whole output what it is of and how large it is, in the file ``kept``."""
    if not path.exists():
        return
    first, *_, last = path.read_bytes().splitlines(keepends=True)
    fresh = path.with_name(path.name + ".part")
    fresh.write_bytes(first + last)
    fresh.replace(kept)
    path.unlink()


def _line(entry: Mapping[str, Any]) -> bytes:
    return json.dumps(entry, separators=(",", ":")).encode() + b"\n"


def difference(before: Header, now: Header) -> str | None:
    """The first thing that changed between two headers, in words; None when they are the same.

    >>> difference({"model": "en:1", "options": {}, "inputs": []}, {"model": "en:2", "options": {}, "inputs": []})
    'the model was en:1 and is en:2'
    """
    if before["model"] != now["model"]:
        return f"the model was {before['model']} and is {now['model']}"
    for name, value in now["options"].items():
        if before["options"].get(name) != value:
            return f"the option {name} was {_shown(before['options'].get(name))} and is {_shown(value)}"
    return _changed_input(before["inputs"], now["inputs"])


def _shown(value: Any) -> str:
    return "not given" if value in (None, "", [], False) else json.dumps(value).strip('"')


def _changed_input(before: list[list[Any]], now: list[list[Any]]) -> str | None:
    for old, new in zip(before, now, strict=False):
        if old[0] != new[0]:
            return f"the inputs were {old[0]}, ... and are {new[0]}, ..."
        if old[1] != new[1]:
            return f"{new[0]} had {old[1]} bytes and has {new[1]}"
        if old[2] != new[2]:
            return f"{new[0]} was written to since"
        if old[3] != new[3]:
            return f"{new[0]} can be read and could not, or the other way round"
    return None if len(before) == len(now) else f"there were {len(before)} inputs and are {len(now)}"
