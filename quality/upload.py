"""Upload: an output at an address. It is made whole in a temporary folder here, then brought there."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from quality import output, remote
from quality.chunks import Position
from quality.errors import UsageError
from quality.journal import START, Commit, Header
from quality.output import File, Names
from quality.tally import Tally
from quality.writers.forms import Kind


@dataclass(slots=True)
class Upload:
    """An output at the address ``out``; its rejects go to ``rejects``, an address or a file."""

    out: str
    rejects: str
    local: File
    start: Commit = START
    _brought: bool = field(default=True)

    @classmethod
    def begin(cls, out: str, rejects: str | None, kind: Kind, header: Header) -> Upload:
        """Start afresh.

        Raises:
            UsageError: when nothing can be written there.
        """
        remote.writable(out)
        folder = Path(tempfile.mkdtemp(prefix="quality-"))
        names = Names.of(str(folder / PurePosixPath(out).name))
        return cls(out, rejects or f"{out}.rejects.jsonl", output.begin(names, kind, header))

    def write(self, data: bytes, rejects: bytes, after: Position, tally: Tally) -> None:
        """Add a chunk's records and rejects."""
        self.local.write(data, rejects, after, tally)

    def finish(self) -> None:
        """Bring the whole output, and its rejects if there are any, to their addresses.

        Raises:
            UsageError: when that fails; says where the whole output is.
        """
        self.local.finish()
        names = self.local.names
        self._brought = False
        try:
            _bring(names.rejects, self.rejects)
            _bring(names.out, self.out)
        except Exception as error:  # each store has exceptions of its own
            reason = f"{type(error).__name__}: {' '.join(str(error).split())}"
            raise UsageError(f"{self.out}: cannot be written ({reason}); the whole output is {names.out}") from None
        self._brought = True

    def close(self) -> None:
        """Let go of all files, and of the folder unless it holds the only whole output."""
        self.local.close()
        if self._brought:
            shutil.rmtree(self.local.names.out.parent, ignore_errors=True)


def _bring(file: Path, name: str) -> None:
    """Bring a file to its place; where there is none, nothing is to stay there either."""
    if not remote.is_remote(name):
        shutil.move(file, name) if file.exists() else Path(name).unlink(missing_ok=True)
    elif file.exists():
        remote.put(file, name)
    else:
        remote.remove(name)
