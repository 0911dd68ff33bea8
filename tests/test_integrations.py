"""What holds for all integrations: without its library each says the command that mends it, and the extra exists."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "quality" / "integrations"
NEEDED = re.compile(r'^with needed\("([^"]+)", "([^"]+)"\):\n((?: {4}.*\n)+)', re.M)
MODULES = [
    (".".join(path.relative_to(ROOT).with_suffix("").parts), *match.groups())
    for path in sorted(FOLDER.rglob("*.py"))
    for match in NEEDED.finditer(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("module", "library", "extra", "imports"), MODULES, ids=[one[0] for one in MODULES])
def test_without_its_library(module: str, library: str, extra: str, imports: str) -> None:
    names = set(re.findall(r"^ {4}(?:from|import) (\w+)", imports, re.M))
    code = f"import sys; sys.modules.update(dict.fromkeys({sorted(names)!r})); import {module}"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    said = f"ImportError: this needs {library}: pip install 'quality[{extra}]'"
    assert done.stderr.splitlines()[-1] == said


def test_extras_exist_and_each_library_has_one() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert {extra for _, _, extra, _ in MODULES} - set(extras) == set()
    assert {"quality.integrations.scrapy", "quality.integrations.datatrove"} <= {module for module, *_ in MODULES}


def test_every_integration_has_a_page() -> None:
    pages = {path.stem for path in (ROOT / "docs").glob("*.md")}
    modules = {path.stem for path in FOLDER.iterdir() if not path.name.startswith("__")}
    assert modules - pages == set()
