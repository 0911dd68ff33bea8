"""Groups of writers: which families stand for learners, for parishes, for wire news (``groups.tsv``)."""

from __future__ import annotations

from pathlib import Path

from quality.errors import CorpusError


def read_groups(path: Path) -> dict[str, list[str]]:
    """Group -> its families, from lines ``family<TAB>group``; empty when there is no such file.

    Raises:
        CorpusError: for a line of another shape, and for a file that is not UTF-8.
    """
    groups: dict[str, list[str]] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    except UnicodeDecodeError:
        raise CorpusError([f"{path}:1: is not UTF-8"]) from None
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        family, tab, group = line.partition("\t")
        if not tab or not family or not group:
            raise CorpusError([f"{path}:{number}: is not a family, a tab and a group"])
        groups.setdefault(group, []).append(family)
    return groups
