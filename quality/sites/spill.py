"""Spill: articles dealt to files by their site, so that however many there are, few are in memory at once.

All articles of a site go into one file. A file that is still large and holds several sites is dealt again, by other
bits of the same digest; so the memory needed is that of the articles of one file, and texts of one site beyond what
is compared (`quality.sites.gather`) are never held.
"""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

from quality.sites.article import Article, packed, unpacked
from quality.whole import writing

FAN = 64  # files at a time
LARGE = 64 << 20  # bytes of articles in a file, from which it is dealt again
BUFFER = 1 << 17  # bytes packed at once
DEEPEST = 5  # times that articles are dealt: a 64-bit digest has no more bits to deal by


def parted(articles: Iterable[Article], depth: int = 0) -> Iterator[Iterator[Article]]:
    """The articles in parts, each with all articles of its sites; a part is to be read before the next is asked for.

    Raises:
        InputError: when there is no room for the texts in the folder for temporary files ($TMPDIR).
    """
    with tempfile.TemporaryDirectory(prefix="quality-sites-") as folder:
        for part in _deal(articles, Path(folder), depth):
            yield from parted(part.read(), depth + 1) if part.is_large(depth) else (part.read(),)
            part.path.unlink()


class _Part:
    """A file of articles, compressed piece by piece."""

    def __init__(self, path: Path, keep: Callable[[BinaryIO], BinaryIO]) -> None:
        self.path = path
        self.size = 0
        self._sites: set[str] = set()
        self._held: list[bytes] = []
        self._bytes = 0
        with writing(str(path)):
            self._file = keep(path.open("wb"))

    def add(self, one: Article) -> None:
        """Hold an article, and write what is held when it is much."""
        line = packed(one)
        self._held.append(line)
        self._bytes += len(line)
        if len(self._sites) < 2:
            self._sites.add(one.site)
        if self._bytes >= BUFFER:
            self.flush()

    def flush(self) -> None:
        """Write what is held, packed."""
        data = zlib.compress(b"".join(self._held), 1)
        with writing(str(self.path)):
            self._file.write(len(data).to_bytes(4, "big") + data)
            self._file.flush()
        self.size += self._bytes
        self._held, self._bytes = [], 0

    def is_large(self, depth: int) -> bool:
        return self.size > LARGE and len(self._sites) > 1 and depth < DEEPEST

    def read(self) -> Iterator[Article]:
        """The articles written, in their order."""
        with self.path.open("rb") as file:
            while size := file.read(4):
                for line in zlib.decompress(file.read(int.from_bytes(size, "big"))).splitlines():
                    yield unpacked(line)


def _deal(articles: Iterable[Article], folder: Path, depth: int) -> list[_Part]:
    parts: dict[int, _Part] = {}
    with ExitStack() as files:
        for one in articles:
            bits = int.from_bytes(blake2b(one.site.encode("utf-8", "replace"), digest_size=8).digest(), "big")
            number = bits // FAN**depth % FAN
            if number not in parts:
                parts[number] = _Part(folder / str(number), files.enter_context)
            parts[number].add(one)
        for part in parts.values():
            part.flush()
    return [parts[number] for number in sorted(parts)]
