"""Mutants: a module's source with one place changed, as a slip of the hand might."""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr, ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.And: ast.Or, ast.Or: ast.And,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip


class Mutant(NamedTuple):
    """A change: its line, the function it is in, what stood and stands there (and for which time), the new source."""

    line: int
    within: str
    change: str
    source: str


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its lines."""
    seen: Counter[tuple[str, str]] = Counter()
    for number in count():
        one = _Change(number)
        tree = one.visit(ast.parse(source))
        if not one.line:
            return
        seen[one.within, one.change] += 1
        again = seen[one.within, one.change]
        told = one.change + (f" ({again})" if again > 1 else "")
        yield Mutant(one.line, one.within, told, ast.unparse(ast.fix_missing_locations(tree)))


class _Change(ast.NodeTransformer):
    """Makes the change of a ``number``; ``line`` stays 0 when there are fewer."""

    def __init__(self, number: int) -> None:
        self.left, self.line, self.within, self.change = number, 0, "", ""
        self._path: list[str] = []

    def visit(self, node: ast.AST) -> ast.AST:
        """The node, or what stands in its place."""
        if self.line or isinstance(node, (ast.Import, ast.ImportFrom)) or _is_alias(node):
            return node
        for other in _variants(node):
            if self.left == 0:
                self.line, self.within = node.lineno, ".".join(self._path)  # type: ignore[attr-defined]
                self.change = f"{_shown(node)} -> {_shown(other)}"
                return ast.copy_location(other, node)
            self.left -= 1
        named = isinstance(node, (ast.FunctionDef, ast.ClassDef))
        self._path += [node.name] if named else []  # type: ignore[attr-defined]
        for name, value in ast.iter_fields(node):
            if name not in {"annotation", "returns"} and not (name == "body" and self._only_text(value)):
                self._visit_field(node, name, value)
        del self._path[len(self._path) - named :]
        return node

    def _visit_field(self, node: ast.AST, name: str, value: object) -> None:
        if isinstance(value, list):
            value[:] = [self.visit(one) if isinstance(one, ast.AST) else one for one in value]
        elif isinstance(value, ast.AST):
            setattr(node, name, self.visit(value))

    @staticmethod
    def _only_text(body: object) -> bool:
        return isinstance(body, list) and all(_is_text(one) for one in body)


def _shown(node: ast.AST) -> str:
    """A node in one line, of an `if` only the head."""
    return ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).splitlines()[0]


def _is_text(node: ast.AST) -> bool:
    """Whether a statement is a text alone: it documents."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_alias(node: ast.AST) -> bool:
    """Whether it documents, gives a name to a type, or lists names for ``import *``."""
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
        return _is_text(node)
    name = node.targets[0].id
    return name == "__all__" or (name.istitle() and isinstance(node.value, ast.Subscript))


def _variants(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand in a node's place."""
    if isinstance(node, ast.Compare):
        for place, sign in enumerate(node.ops):
            if type(sign) in SWAPS:
                other = copy.deepcopy(node)
                other.ops[place] = SWAPS[type(sign)]()  # type: ignore[call-overload]
                yield other
    elif isinstance(node, (ast.BinOp, ast.BoolOp, ast.AugAssign)) and type(node.op) in SWAPS:
        yield _with(node, op=SWAPS[type(node.op)]())
    elif isinstance(node, ast.Constant):
        yield from _constants(node)
    elif isinstance(node, ast.IfExp):
        yield _with(node, body=node.orelse, orelse=node.body)
    elif isinstance(node, (ast.If, ast.While)):
        yield _with(node, test=ast.UnaryOp(ast.Not(), node.test))
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, (ast.Expr, ast.Raise)) and not isinstance(getattr(node, "value", None), ast.Yield):
        yield ast.Pass()
    elif isinstance(node, (ast.Return, ast.Assign)) and not _is_none(node.value):
        yield _with(node, value=ast.Constant(None))
    elif isinstance(node, ast.Call):
        for place, _ in enumerate(node.keywords):
            yield _with(node, keywords=node.keywords[:place] + node.keywords[place + 1 :])


def _with(node: ast.AST, **fields: object) -> ast.AST:
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return copy.deepcopy(other)


def _is_none(node: ast.expr | None) -> bool:
    return node is None or (isinstance(node, ast.Constant) and node.value is None)


def _constants(node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, (int, float)):
        yield ast.Constant(value + 1)
    elif isinstance(value, str):
        yield ast.Constant(value + "?")
