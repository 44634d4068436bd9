"""Small wrong changes to a source file, each of which a test ought to notice."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from typing import NamedTuple

COMPARISONS: dict[type, tuple[type, ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
OPERATIONS: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
}
CALLS = {"min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum", "any": "all",
         "all": "any", "floor": "ceil", "argmax": "argmin", "argmin": "argmax"}  # fmt: skip


class Change(NamedTuple):
    """A mutant: where, in what, from what to what, and the whole new source."""

    line: int
    within: str
    before: str
    after: str
    source: str

    @property
    def name(self) -> str:
        """What identifies a mutant, whatever moves above it: no line number."""
        return f"{self.within}: {self.before} -> {self.after}"


def changes(source: str) -> Iterator[Change]:
    """Give every mutant of a file, one at a time, in the order of its lines."""
    tree = ast.parse(source)
    seen: dict[str, int] = {}
    for path, within, statement in _places(tree):
        node = _at(tree, path)
        for mutated in _variants(node):
            other = copy.deepcopy(tree)
            _put(other, path, mutated)
            place = _at(other, statement)
            before, after = _line_of(_at(tree, statement)), _line_of(place)
            if before == after:
                continue
            change = Change(node.lineno, within, before, after, ast.unparse(other))
            # The same words twice in one function are two mutants.
            seen[change.name] = seen.get(change.name, 0) + 1
            if seen[change.name] > 1:
                change = change._replace(within=f"{within} ({seen[change.name]})")
            yield change


def _line_of(statement: ast.AST) -> str:
    """A statement without what stands under it."""
    header = copy.deepcopy(statement)
    for name in ("body", "orelse", "finalbody", "handlers"):
        if isinstance(getattr(header, name, None), list):
            setattr(header, name, [ast.Pass()] if name == "body" else [])
    return ast.unparse(header).removesuffix("\n    pass").strip()


Path = tuple[tuple[str, int | None], ...]


def _places(tree: ast.Module) -> Iterator[tuple[Path, str, Path]]:
    """Path of every node that computes, the function it is in, and path of its statement."""

    def walk(node: ast.AST, path: Path, within: str, statement: Path) -> Iterator:
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list", "type_params"):
                continue
            children = enumerate(value) if isinstance(value, list) else [(None, value)]
            for i, child in children:
                if not isinstance(child, ast.AST) or _is_left(child):
                    continue
                here = (*path, (name, i))
                inside = child.name if isinstance(child, ast.FunctionDef) else within
                own = here if isinstance(child, ast.stmt) else statement
                if isinstance(child, ast.expr):
                    yield here, inside, own
                yield from walk(child, here, inside, own)

    yield from walk(tree, (), "module", ())


def _is_left(node: ast.AST) -> bool:
    """Texts, imports, names that are exported, and classes of types hold nothing that computes."""
    if isinstance(node, (ast.Import, ast.ImportFrom, ast.ClassDef, ast.JoinedStr, ast.Raise)):
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.AnnAssign) and node.value is None:
        return True
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return True
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"


def _variants(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare):
        for i, operator in enumerate(node.ops):
            for other in COMPARISONS.get(type(operator), ()):
                made = copy.deepcopy(node)
                made.ops[i] = other()
                yield made
    elif isinstance(node, ast.BinOp) and type(node.op) in OPERATIONS:
        made = copy.deepcopy(node)
        made.op = OPERATIONS[type(node.op)]()
        yield made
    elif isinstance(node, ast.BoolOp):
        made = copy.deepcopy(node)
        made.op = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
        yield made
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub, ast.Invert)):
        yield copy.deepcopy(node.operand)
    elif isinstance(node, ast.IfExp):
        yield ast.IfExp(
            copy.deepcopy(node.test), copy.deepcopy(node.orelse), copy.deepcopy(node.body)
        )
    elif isinstance(node, ast.Call):
        yield from _other_call(node)
    elif isinstance(node, ast.Constant):
        for value in _other_constants(node.value):
            yield ast.Constant(value)


def _other_call(node: ast.Call) -> Iterator[ast.AST]:
    made = copy.deepcopy(node)
    if isinstance(made.func, ast.Name) and made.func.id in CALLS:
        made.func.id = CALLS[made.func.id]
        yield made
    elif isinstance(made.func, ast.Attribute) and made.func.attr in CALLS:
        made.func.attr = CALLS[made.func.attr]
        yield made


def _other_constants(value: object) -> Iterator[object]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
        if value > 0:
            yield value - 1
    elif isinstance(value, float):
        yield value * 1.5 if value else 0.5


def _at(tree: ast.AST, path: Path) -> ast.AST:
    node: ast.AST = tree
    for name, i in path:
        value = getattr(node, name)
        node = value if i is None else value[i]
    return node


def _put(tree: ast.AST, path: Path, node: ast.AST) -> None:
    place = _at(tree, path[:-1])
    name, i = path[-1]
    ast.copy_location(node, _at(tree, path))
    if i is None:
        setattr(place, name, node)
    else:
        getattr(place, name)[i] = node
    ast.fix_missing_locations(tree)
