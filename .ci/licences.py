"""Licences of all that the package needs at run time, with every extra: python .ci/licences.py > docs/licences.md"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
HEAD = """# Licences of what this package needs

Every package that `pip install 'quality[all]'` brings, with the licence that its own metadata tells.
Made by `python .ci/licences.py > docs/licences.md`; none is part of this repository or of its wheel.

| package | licence |
|---|---|"""


def needed() -> list[str]:
    """Names of all packages, also those that others need."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    waiting = [*project["dependencies"], *_without_names(extras, "all")]
    found: dict[str, None] = {}
    while waiting:
        one = Requirement(waiting.pop())
        name = re.sub(r"[-_.]+", "-", one.name).lower()
        if name in found or (one.marker and not one.marker.evaluate({"extra": ""})):
            continue
        try:
            waiting += distribution(name).requires or []
        except PackageNotFoundError:
            continue
        found[name] = None
    return sorted(found)


def _without_names(extras: dict[str, list[str]], name: str) -> Iterator[str]:
    for one in extras[name]:
        wanted = Requirement(one)
        if wanted.name == "quality":
            for extra in wanted.extras:
                yield from _without_names(extras, extra)
        else:
            yield one


def licence(name: str) -> str:
    """What a package says of its licence."""
    told = distribution(name).metadata
    classes = [one.split(" :: ")[-1] for one in told.get_all("Classifier") or [] if one.startswith("License ::")]
    short = told.get("License-Expression") or ", ".join(one for one in classes if one != "OSI Approved")
    return short or (told.get("License") or "").strip().splitlines()[0][:60]


if __name__ == "__main__":
    print(HEAD)
    for package in needed():
        print(f"| {package} | {licence(package)} |")
