"""How the house is built: small modules that say their job, imports that point one way, learning in its own rooms.

What scoring a plain text imports is tested where the command line is (`test_cli.py`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "quality"
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST = 300  # lines of a module

ORDER = (
    "errors", "lock", "whole", "memory", "compile", "kernel", "document", "language", "fold", "markup",
    "lookup", "distinct", "pieces", "lexicon", "block", "phrases", "views", "terms", "similar", "counted",
    "signals", "features",
    "sayings", "evidence", "model", "explain", "store", "abstain",
    "readers", "tables", "scorer",
    "page",
    "corpus", "writers", "terminal",
    "share", "budget", "calibrate", "curves", "pairs", "train", "families", "evaluate", "leakage", "stability",
    "plots", "card", "release", "compare", "adjust",
    "remote", "inputs", "dates", "scored", "sites", "report",
    "lines", "tally", "chunks", "journal", "output", "upload", "progress", "work", "batch",
    "serve", "integrations",
    "cli", "__main__",
)  # fmt: skip
"""The rooms; each imports only from rooms before it."""

LEARNING = {"calibrate", "curves", "families", "train", "evaluate", "leakage", "stability", "release", "compare"}
LEARNING |= {"integrations"}
"""The rooms that import scikit-learn or SciPy."""


def room(module: str) -> str:
    """Room of a module's dotted name."""
    return module.split(".")[1] if "." in module else module


def name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def imports(path: Path) -> Iterator[str]:
    """Dotted names of all that a module imports, at its top or later."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "quality":
            yield from (f"quality.{one.name}" for one in node.names if not one.name.startswith("__"))
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield node.module or ""


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_module_is_small_and_says_its_job(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= LONGEST
    assert ast.get_docstring(ast.parse(text)), "a module opens with a docstring"


def statements(path: Path) -> int:
    """Lines of code of a module as a machine would lay it out, without docstrings and comments."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            node.body[0] = ast.Pass()
    code = [line for line in ast.unparse(tree).splitlines() if line.strip()]
    return len(code) - sum(line.strip() == "pass" for line in code)


@pytest.mark.parametrize("path", sorted((PACKAGE / "integrations").rglob("*.py")), ids=name)
def test_an_integration_is_a_thin_skin(path: Path) -> None:
    assert statements(path) < 100


@pytest.mark.parametrize("path", [path for path in MODULES if path != PACKAGE / "__init__.py"], ids=name)
def test_imports_point_one_way(path: Path) -> None:
    here = room(name(path))
    assert here in ORDER, "a new room has its place in ORDER"
    used = {room(one) for one in imports(path) if one.startswith("quality.")} - {here}
    assert [one for one in sorted(used) if ORDER.index(one) > ORDER.index(here)] == []


def test_learning_stays_in_its_rooms() -> None:
    found = {room(name(path)) for path in MODULES if any(one.startswith(("sklearn", "scipy")) for one in imports(path))}
    assert found <= LEARNING


def test_rooms_are_listed_once() -> None:
    assert len(set(ORDER)) == len(ORDER)
    assert set(ORDER) == {room(name(path)) for path in MODULES} - {"quality"}


def test_nothing_unpickles() -> None:
    barred = {"pickle", "cloudpickle", "dill", "shelve", "marshal"}
    assert [name(path) for path in MODULES if barred & {one.split(".")[0] for one in imports(path)}] == []
