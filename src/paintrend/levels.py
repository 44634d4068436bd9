"""Where the curves of each patient are on a day, against where they began."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.results.criteria import Criteria
from paintrend.results.fit import Fit

__all__ = ["LEVEL_COLUMNS", "Levels", "levels_on", "summarise_levels"]

Array = NDArray[np.float64]
LEVEL_COLUMNS = ("p_raised", "p_lower", "level", "level_low", "level_high")


class Levels(NamedTuple):
    """Curves of some patients on one day each, worse is higher, scale units.

    Attributes
    ----------
    rows : (n,) which patients of the fit
    now, change : (n, D) level on the day, and against day 0
    """

    rows: NDArray[np.intp]
    now: Array
    change: Array


def levels_on(fit: Fit, day: Array) -> Iterator[Levels]:
    """Give the levels of all who have a full set of curves, some patients at a time.

    Parameters
    ----------
    fit : Fit
    day : (P,) one day per patient of the fit, NaN for those who are not to be looked at; before day
        0, where the grid starts, the curve of day 0 counts
    """
    known = np.isfinite(day)
    at = np.zeros(len(fit), dtype=np.intp)
    held = np.clip(day[known], 0.0, fit.horizon)
    at[known] = np.abs(fit.grid[None, :] - held[:, None]).argmin(axis=1)
    for block in fit.draw_blocks():
        rows = np.arange(block.start, block.stop)
        now = block.curves[np.arange(rows.size), :, at[rows]]
        change = now - block.curves[:, :, 0]
        keep = known[rows] & np.isfinite(change).all(axis=1)
        yield Levels(rows[keep], now[keep], change[keep])


def summarise_levels(fit: Fit, day: Array, criteria: Criteria) -> Array:
    """Give the columns `LEVEL_COLUMNS`, (P, 5); NaN without curves. The level is in the scale's own
    values, with its 90% band."""
    found = np.full((len(fit), len(LEVEL_COLUMNS)), np.nan)
    for levels in levels_on(fit, day):
        found[levels.rows] = np.column_stack(
            [
                (levels.change >= criteria.required("worsening")).mean(axis=1),
                (levels.change <= -criteria.required("improvement")).mean(axis=1),
                np.quantile(np.asarray(fit.scale.orient(levels.now)), [0.5, 0.05, 0.95], axis=1).T,
            ]
        )
    return found
