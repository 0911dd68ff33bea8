"""Remote: files that are not on this machine, by the addresses that fsspec knows (s3://, gs://, https://, memory://).

Nothing here is reached unless an address is given. What each store needs is a package of its own, which fsspec names.
"""

from __future__ import annotations

import glob
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, NamedTuple, cast

from quality.errors import UsageError

WHOLE_AT_ONCE = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oci", "oss"})
"""Stores where an object appears when all of it was sent, and where renaming it would copy it."""

READ_ONLY = frozenset({"http", "https"})
_STAMPS = ("ETag", "etag", "mtime", "LastModified", "last_modified", "updated", "created")


class Found(NamedTuple):
    """A remote file, its bytes if they are known, and a number that changes with it, if there is one."""

    name: str
    size: int | None
    stamp: int | None


def is_remote(name: str) -> bool:
    """Whether a name is an address.

    >>> is_remote("s3://news/items.jsonl"), is_remote("items.jsonl"), is_remote("-")
    (True, False, False)
    """
    return "://" in name


def find(name: str) -> Iterator[Found]:
    """The files that an address stands for: itself, those below a folder, or those that a pattern matches, sorted.

    Raises:
        FileNotFoundError: when there are none.
        UsageError: when a package is missing that this store needs.
    """
    store, path = _store(name)
    if glob.has_magic(path if _protocol(name) not in READ_ONLY else path.replace("?", "")):
        found = store.glob(path, detail=True)
    elif _protocol(name) not in READ_ONLY and store.isdir(path):
        found = store.find(path, detail=True)
    else:
        found = {path: store.info(path)}
    files = {path: info for path, info in sorted(found.items()) if info.get("type") != "directory"}
    shown = {
        path: info for path, info in files.items() if len(files) == 1 or not PurePosixPath(path).name.startswith(".")
    }
    if not shown:
        raise FileNotFoundError(2, "no file matches this pattern")
    for one, info in shown.items():
        yield Found(store.unstrip_protocol(one), info.get("size"), _stamp(info))


def _stamp(info: dict[str, Any]) -> int | None:
    told = next((str(info[name]) for name in _STAMPS if info.get(name)), None)
    return None if told is None else int.from_bytes(hashlib.sha256(told.encode()).digest()[:6])


def opened(name: str) -> BinaryIO:
    """The bytes of a remote file, read piece by piece as they are asked for.

    Raises:
        OSError: when it cannot be opened.
        UsageError: when a package is missing that this store needs.
    """
    store, path = _store(name)
    if _protocol(name) not in READ_ONLY:
        return cast(BinaryIO, store.open(path, "rb"))
    # Of a web server in one request, from the beginning on: not all of them send parts.
    return cast(BinaryIO, io.BufferedReader(_Forward(store.open(path, "rb", block_size=0))))


class _Forward(io.RawIOBase):
    """A file that is only read on."""

    def __init__(self, file: Any) -> None:
        self._file, self._at = file, 0

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Bytes read into the buffer."""
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def tell(self) -> int:
        """How far it is read."""
        return self._at

    def close(self) -> None:
        """Close the file too."""
        self._file.close()
        super().close()


def writable(name: str) -> None:
    """Look whether a store can be written to at all.

    Raises:
        UsageError: when it cannot, or a package is missing that it needs.
    """
    _store(name)
    if _protocol(name) in READ_ONLY:
        raise UsageError(f"{name}: nothing can be written to {_protocol(name)}://")


def put(file: Path, name: str) -> None:
    """Bring a file to an address, where it appears when it is whole.

    Raises:
        OSError: when it cannot be written.
    """
    store, path = _store(name)
    if _protocol(name) in WHOLE_AT_ONCE:
        store.put_file(str(file), path)
        return
    store.makedirs(store._parent(path), exist_ok=True)
    store.put_file(str(file), f"{path}.part")
    store.mv(f"{path}.part", path)


def remove(name: str) -> None:
    """Take away a file, if it is there."""
    store, path = _store(name)
    if store.exists(path):
        store.rm_file(path)


def _protocol(name: str) -> str:
    return name.partition("://")[0].rpartition("::")[2]


def _store(name: str) -> tuple[Any, str]:
    """The store of an address, and the path in it."""
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise UsageError(f"{name}: addresses need fsspec: pip install 'quality[fsspec]'") from None
    try:
        store, path = url_to_fs(name)
    except (ImportError, ValueError) as error:
        raise UsageError(f"{name}: {' '.join(str(error).split())}") from None
    return store, str(path)
