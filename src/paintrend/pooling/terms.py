"""What a formula names, and whether it has products: read from the formula, not from the data."""

from __future__ import annotations

import ast
import re
from typing import NamedTuple

from paintrend.errors import InputError

__all__ = ["Terms", "read_terms"]

MODULES = {"np"}
CONTRASTS = {"Treatment", "Sum", "Poly", "Helmert", "Diff"}
"""Codings of a choice, which a formula may name without calling them."""


class Terms(NamedTuple):
    """Names of a formula, those of the outcome last, and whether terms are multiplied."""

    names: list[str]
    products: bool


def read_terms(formula: str) -> Terms:
    """Read the names of a formula, as in ``rise ~ arm * log(age) + C(site, Treatment(2))``.

    The outcome comes last, so that its regression on the curve has the others in it. Names of
    functions, of their options and text between quotes are no columns, but for ``Q("a name")``.

    Raises
    ------
    InputError
        If a side cannot be read.

    Examples
    --------
    >>> read_terms("rise ~ arm * log(age) + Q('height in cm')")
    Terms(names=['arm', 'age', 'height in cm', 'rise'], products=True)
    >>> read_terms("rise ~ C(site, Treatment('x')) + I(age / 10)").products
    False
    """
    left, right = (_parsed(side, formula) for side in formula.split("~"))
    names = [*_names_of(right), *_names_of(left)]
    return Terms(list(dict.fromkeys(names)), _multiplies(right))


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
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return [] if node.value.id in MODULES else [node.value.id]
    inner = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id == "Q" and node.args and isinstance(node.args[0], ast.Constant):
            return [str(node.args[0].value)]
        inner.remove(node.func)
    return [name for child in inner for name in _names_of(child)]


def _multiplies(node: ast.AST) -> bool:
    """Whether terms are multiplied, outside of functions."""
    if isinstance(node, ast.Call):
        return False
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div | ast.Pow):
        return True
    return any(_multiplies(child) for child in ast.iter_child_nodes(node))
