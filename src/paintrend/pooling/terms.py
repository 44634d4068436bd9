"""What a formula names, and whether it has products: read from the formula, not from the data."""

from __future__ import annotations

import ast
import re
from typing import NamedTuple

import numpy as np

from paintrend.errors import InputError

__all__ = ["Terms", "read_terms"]

FUNCTIONS = ("C", "I", "log", "exp", "sqrt", "bs", "Q")
"""Functions that a formula may call, beside NumPy's of numbers (`numpy.ufunc`)."""
CONTRASTS = {"Treatment", "Sum", "Poly", "Helmert", "Diff"}
"""Codings of a choice, which a formula may name without calling them."""
PLAIN = (
    ast.BinOp, ast.UnaryOp, ast.Name, ast.Constant, ast.Call, ast.Load,
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.UAdd, ast.USub,
)  # fmt: skip
INSIDE = (
    ast.keyword, ast.List, ast.Tuple, ast.Compare, ast.cmpop, ast.BitAnd, ast.BitOr, ast.Invert,
    ast.Mod, ast.FloorDiv,
)  # fmt: skip
"""What may stand between the brackets of a function, too."""


class Terms(NamedTuple):
    """Names of a formula, those of the outcome last, whether terms are multiplied, and the names
    of the outcome."""

    names: list[str]
    products: bool
    outcome: tuple[str, ...]


def read_terms(formula: str) -> Terms:
    """Read the names of a formula, as in ``rise ~ arm * log(age) + C(site, Treatment(2))``.

    The outcome comes last, so that its regression on the curve has the others in it. Names of
    functions, of their options and text between quotes are no columns, but for ``Q("a name")``.
    A formula is evaluated as code later on: what is no formula is refused here.

    Raises
    ------
    InputError
        If a side cannot be read, calls anything but `FUNCTIONS` and functions of NumPy, or has the
        same name as the other.

    Examples
    --------
    >>> read_terms("rise ~ arm * log(age) + Q('height in cm')").names
    ['arm', 'age', 'height in cm', 'rise']
    >>> read_terms("rise ~ C(site, Treatment('x')) + I(age / 10)").products
    False
    """
    left, right = (_parsed(side, formula) for side in formula.split("~"))
    for side in (left, right):
        _refuse_code(side, formula, inside=False)
    outcome, predictors = _names_of(left), _names_of(right)
    twice = sorted(set(outcome) & set(predictors))
    if twice:
        raise InputError(
            f"regress: {', '.join(map(repr, twice))} is on both sides of {formula!r}: nothing can "
            "be learned from a regression on itself. Leave it out on one side."
        )
    names = list(dict.fromkeys([*predictors, *outcome]))
    return Terms(names, _multiplies(right), tuple(dict.fromkeys(outcome)))


def _refuse_code(node: ast.AST, formula: str, *, inside: bool) -> None:
    """Refuse what is more than names, numbers, signs and calls of `FUNCTIONS`."""
    what: str | None = None
    inner = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.Call):
        if not _may_be_called(node.func):
            what = f"{ast.unparse(node.func)}()"
        inner.remove(node.func)
        inside = True
    elif not isinstance(node, (*PLAIN, *INSIDE) if inside else PLAIN) or (
        isinstance(node, ast.Constant) and not inside and not isinstance(node.value, int | float)
    ):
        # an operator by itself is no text
        what = ast.unparse(node) or type(node).__name__
    if what is not None:
        raise InputError(
            f"regress: a formula cannot have {what!r} ({formula!r}): expected names joined by +, "
            f"-, *, / or :, and of functions {', '.join(f'{name}()' for name in FUNCTIONS)} and "
            "NumPy's of numbers, such as np.log10(). What needs more goes into a column of "
            "outside=."
        )
    for child in inner:
        _refuse_code(child, formula, inside=inside)


def _may_be_called(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return function.id in (*FUNCTIONS, *CONTRASTS)
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id == "np"
        and isinstance(getattr(np, function.attr, None), np.ufunc)
    )


def _parsed(side: str, formula: str) -> ast.expr:
    """A side as an expression; ``a:b`` is to the names of a formula what ``a*b`` is."""
    python = re.sub(r"('[^']*'|\"[^\"]*\")|:", lambda found: found.group(1) or "*", side)
    try:
        return ast.parse(python.strip(), mode="eval").body
    except SyntaxError:
        raise InputError(
            f"regress: cannot read {side.strip()!r} in {formula!r}: expected names joined by +, * "
            "or :, such as 'rise ~ arm + age'; a name with spaces goes into Q('a name')."
        ) from None


def _names_of(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Name):
        return [] if node.id in CONTRASTS else [node.id]
    inner = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.Call):
        inner.remove(node.func)
        called = isinstance(node.func, ast.Name) and node.func.id
        if called == "Q" and node.args and isinstance(node.args[0], ast.Constant):
            return [str(node.args[0].value)]
    return [name for child in inner for name in _names_of(child)]


def _multiplies(node: ast.AST) -> bool:
    """Whether terms are multiplied, outside of functions."""
    if isinstance(node, ast.Call):
        return False
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div | ast.Pow):
        return True
    return any(_multiplies(child) for child in ast.iter_child_nodes(node))
