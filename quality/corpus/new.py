"""Start a new subject of the written corpus: the skeletons of its articles, to be filled in by a writer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from quality.corpus.articles import GENRES, VERSIONS
from quality.errors import UsageError
from quality.whole import writing

_SUBJECT = re.compile(r"[a-z]+(-[a-z0-9]+)+")

_SKELETON = """\
---
id: {subject}/{version}
subject: {subject}
genre: {genre}
version: {version}
labels: {{filler: , repetition: , unsourced: , farm: }}
licence: CC0-1.0
note: People, firms and places are invented.
---

"""


def skeleton(subject: str, version: str) -> str:
    """Header of an article whose labels and text are still to be given.

    >>> skeleton("health-inhaler-recall", "plain").splitlines()[3]
    'genre: health'
    """
    return _SKELETON.format(subject=subject, version=version, genre=GENRES[subject.partition("-")[0]])


def create(folder: Path, subject: str, versions: Sequence[str] = VERSIONS) -> list[Path]:
    """Write the skeletons of a subject below ``folder`` (the corpus's ``articles``) and return their paths.

    Raises:
        UsageError: for a subject of no genre or shape, or when one of the files is there already.
        InputError: when they cannot be written.
    """
    if not _SUBJECT.fullmatch(subject) or subject.partition("-")[0] not in GENRES:
        raise UsageError(f"subject {subject!r} is not a genre ({', '.join(GENRES)}) and words with hyphens between")
    paths = [folder / subject / f"{version}.md" for version in versions]
    for path in paths:
        if path.exists():
            raise UsageError(f"{path}: is there already")
    with writing(str(folder / subject)):
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(skeleton(subject, path.stem), encoding="utf-8")
    return paths
