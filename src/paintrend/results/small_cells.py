"""Small cells of tables by group: left out before a table leaves the house."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.errors import InputError, is_number, switch_problem

__all__ = ["suppress_small_cells"]


def suppress_small_cells(
    table: pd.DataFrame,
    *,
    below: float = 5,
    n: str = "n",
    share: str = "share",
    within: Sequence[str] = (),
    parts: Mapping[str, Sequence[str]] | None = None,
    complement: bool = False,
) -> pd.DataFrame:
    """Leave out the numbers of cells that stand for few patients.

    A cell stands for ``n * share`` patients, or for ``n`` where the table has no share. Where one
    cell alone of a set that adds up would be left out, it could be worked out from the others: the
    smallest of them is left out too. A table made of the same patients in another way may still
    give a small cell away; look at all tables that go out together.

    Parameters
    ----------
    table : DataFrame
    below : float
        Cells of fewer patients are left out, empty ones are not.
    n, share : str
        Columns with the patients of the group and with the share of the cell in it.
    within : sequence of str
        Columns that name a set of cells which add up, such as ``("group", "among")``.
    parts : mapping, optional
        Rows that are sums of others, by the last column of text: they are left out with any of
        their parts.
    complement : bool
        Also leave out where few patients are *not* in the cell.

    Returns
    -------
    DataFrame
        The same rows; numbers that were left out are NaN, and ``suppressed`` says where.

    Raises
    ------
    InputError
        If a column is missing, `below` is no positive number, or an option is of another kind.

    Examples
    --------
    >>> arms = pd.DataFrame({"arm": ["a", "b", "c"], "n": [40.0, 3.0, 12.0], "pain": [4.0, 6, 5]})
    >>> suppress_small_cells(arms, below=5)["pain"].tolist()
    [4.0, nan, 5.0]
    >>> suppress_small_cells(arms.assign(all="yes"), within=["all"])["suppressed"].tolist()
    [False, True, True]
    """
    if not isinstance(table, pd.DataFrame):
        raise InputError(
            f"suppress_small_cells takes a table with counts, got {type(table).__name__}."
        )
    if not is_number(below) or below <= 0:
        raise InputError(f"suppress_small_cells: below must be a positive number, got {below!r}.")
    if isinstance(within, str) or not isinstance(within, Iterable):
        raise InputError(f"suppress_small_cells: within must be a list of columns, got {within!r}.")
    if parts is not None and not isinstance(parts, Mapping):
        raise InputError(
            f"suppress_small_cells: parts must map a sum to its parts, got {type(parts).__name__}."
        )
    problem = switch_problem("complement", complement)
    if problem:
        raise InputError(f"suppress_small_cells: {problem}.")
    odd = [name for name in (n, share, *within) if not isinstance(name, str)]
    if odd:
        raise InputError(f"suppress_small_cells: columns are named by text, got {odd[0]!r}.")
    missing = [name for name in (n, *within) if name not in table.columns]
    if missing:
        raise InputError(f"suppress_small_cells: the table has no column {', '.join(missing)}.")
    size = table[n].to_numpy(dtype=float)
    count = size * table[share].to_numpy(dtype=float) if share in table.columns else size
    few = size < below
    out = few | ((count < below) & (count != 0.0))
    if complement:
        out |= (size - count < below) & (size != count)
    labels = [name for name in table.columns if not pd.api.types.is_numeric_dtype(table[name])]
    name = table[labels[-1]].to_numpy(dtype=object) if labels else np.empty(len(table), object)
    sums = np.isin(name, list(parts or {}))
    sets = table.groupby(list(within), sort=False).ngroup().to_numpy() if within else None
    if sets is not None:
        for one in np.unique(sets):
            here = np.flatnonzero(sets == one)
            _suppress_another(out, count, here[~sums[here]])
            for row in here[sums[here]]:
                own = here[np.isin(name[here], list((parts or {})[name[row]]))]
                out[row] |= bool(out[own].any())
    # A mask and not a copy of each column: columns of whole numbers take no NaN.
    blank = table.copy()
    for column in table.columns.difference([*labels, n], sort=False):
        blank[column] = table[column].astype(float).mask(out)
    blank[n] = table[n].astype(float).mask(few)
    return blank.assign(suppressed=out)


def _suppress_another(
    out: NDArray[np.bool_], count: NDArray[np.float64], cells: NDArray[np.intp]
) -> None:
    """Leave out a second cell of a set in which one alone is left out."""
    left = cells[~out[cells] & (count[cells] != 0.0)]
    if out[cells].sum() == 1 and left.size:
        out[left[np.argmin(count[left])]] = True
