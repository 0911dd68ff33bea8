"""Mutation run: python fuzz/mutate.py MODULE [--seconds N] TESTS... ; prints the mutants that no test notices.

One place of a module is changed at a time (a comparison, an operator, a number, a boundary, a truth) in a copy of the
repository, and the tests are run until one fails. Places are taken in a fixed random order, until the time is up.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr, ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.And: ast.Or, ast.Or: ast.And,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip


def changed(node: ast.AST) -> ast.AST | None:
    """Another node for this one; None where none is to be had."""
    other = copy.deepcopy(node)
    if isinstance(other, ast.Compare) and type(other.ops[0]) in SWAPS:
        other.ops[0] = SWAPS[type(other.ops[0])]()  # type: ignore[assignment]
    elif isinstance(other, (ast.BinOp, ast.BoolOp)) and type(other.op) in SWAPS:
        other.op = SWAPS[type(other.op)]()  # type: ignore[assignment]
    elif isinstance(other, ast.Constant) and type(other.value) is bool:
        other.value = not other.value
    elif isinstance(other, ast.Constant) and type(other.value) in {int, float}:
        other.value = other.value + 1  # type: ignore[operator]
    elif isinstance(other, ast.IfExp):
        other.body, other.orelse = other.orelse, other.body
    elif isinstance(other, ast.If):
        other.test = ast.UnaryOp(ast.Not(), other.test)
    elif isinstance(other, ast.UnaryOp):
        return other.operand
    else:
        return None
    return other


class Change(ast.NodeTransformer):
    """Changes the ``place``-th node that can be changed."""

    def __init__(self, place: int) -> None:
        self.place, self.seen, self.line = place, -1, 0

    def visit(self, node: ast.AST) -> ast.AST:
        """The node, or what stands in its place."""
        if isinstance(node, ast.AnnAssign):
            node.value = self.visit(node.value) if node.value else None  # type: ignore[assignment]
            return node
        other = changed(node)
        if other is not None:
            self.seen += 1
            if self.seen == self.place:
                self.line = getattr(node, "lineno", 0)
                return ast.copy_location(other, node)
        return self.generic_visit(node)


def mutants(source: str) -> Iterator[tuple[int, str]]:
    """Line of each change, and the source with it, in a fixed random order."""
    counter = Change(-2)
    counter.visit(ast.parse(source))
    for place in random.Random(1).sample(range(counter.seen + 1), counter.seen + 1):
        change = Change(place)
        tree = ast.fix_missing_locations(change.visit(ast.parse(source)))
        yield change.line, ast.unparse(tree)


def main() -> None:
    """Print a line for each mutant that survives, and how many there were."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("module", type=Path)
    parser.add_argument("tests", nargs="+")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("-k", default="", help="Tests to run of those, as pytest's -k.")
    options = parser.parse_args()
    end, killed, survived = time.monotonic() + options.seconds, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(folder) / "copy"
        shutil.copytree(ROOT, copied, ignore=shutil.ignore_patterns(".git", ".venv*", "build", "__pycache__"))
        source = (copied / options.module).read_text(encoding="utf-8")
        environment = os.environ | {"PYTHONPATH": str(copied)}
        test = [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", "-k", options.k, *options.tests]
        subprocess.run(test, cwd=copied, env=environment, capture_output=True, check=True)
        for line, text in mutants(source):
            if time.monotonic() > end:
                break
            (copied / options.module).write_text(text, encoding="utf-8")
            try:
                done = subprocess.run(test, cwd=copied, env=environment, capture_output=True, timeout=300, check=False)
                alive = done.returncode == 0
            except subprocess.TimeoutExpired:
                alive = False
            killed, survived = killed + (not alive), survived + alive
            if alive:
                print(f"{options.module}:{line}: {difference(source, text)}", flush=True)
    print(f"{options.module}: {killed} of {killed + survived} mutants were noticed")


def difference(before: str, after: str) -> str:
    """The first line of a mutant that differs."""
    plain = ast.unparse(ast.parse(before)).splitlines()
    return next(
        (
            f"{one.strip()}  ->  {two.strip()}"
            for one, two in zip(plain, after.splitlines(), strict=False)
            if one != two
        ),
        "",
    )


if __name__ == "__main__":
    main()
