"""Run any analysis on plausible values and pool what it finds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from paintrend.errors import InputError
from paintrend.pooling.judged import QUANTITIES
from paintrend.pooling.options import check_options
from paintrend.pooling.plausible import QUANTITIES_BY_DEFAULT, draw_plausible
from paintrend.pooling.rules import combine_estimates
from paintrend.pooling.variables import column_names
from paintrend.progress import Progress
from paintrend.results.criteria import Criteria
from paintrend.results.fit import Fit
from paintrend.results.plausible import PlausibleValues
from paintrend.results.pooled import PooledAnalysis

__all__ = ["pool_draws", "pool_values"]

SHOWN = 5
EXPECTED = (
    "a fitted statsmodels model, a mapping from names to (estimate, standard error), "
    "or one such pair"
)


def pool_draws(
    fit: Fit,
    analysis: Callable[[pd.DataFrame], Any],
    *,
    m: int = 50,
    quantities: Sequence[str] = QUANTITIES_BY_DEFAULT,
    variables: Sequence[str] = (),
    outside: pd.DataFrame | None = None,
    criteria: Criteria | None = None,
    interactions: bool = False,
    df: float | None = None,
    level: float = 0.9,
    seed: int | None = None,
    progress: Progress | bool | None = None,
) -> PooledAnalysis:
    """Run an analysis on plausible courses and features, and pool it by Rubin's rules.

    Everything that the analysis uses has to be named, so that it is in the population from which
    courses are drawn: without the outcome in it a true effect of 1 became 0.34. The table that the
    analysis gets holds what is named and nothing else.

    Parameters
    ----------
    fit : Fit
    analysis : callable
        From a table with one row per patient to a fitted statsmodels model, a mapping from names to
        (estimate, standard error), or one such pair.
    m, quantities, variables, outside, criteria, interactions, seed, progress
        As in `paintrend.draw_plausible`.
    df : float, optional
        Degrees of freedom without anything missing. Default: ``df_resid`` of the model, else
        patients less terms.
    level : float
        Of the intervals.

    Returns
    -------
    PooledAnalysis

    Raises
    ------
    InputError
        If the analysis asks for a column that is not named, or gives something else.

    References
    ----------
    Rubin 1987, doi:10.1002/9780470316696; Barnard & Rubin 1999, doi:10.1093/biomet/86.4.948.

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(30, arms={"a": None, "b": None}, seed=1)
    >>> fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84)
    >>> def mean_rise(table):
    ...     return table["rise"].mean(), table["rise"].sem()
    >>> pooled = pool_draws(fit, mean_rise, m=5, quantities=("rise",))
    >>> pooled.table().index.tolist()
    ['estimate']
    """
    check_options(
        "pool_draws", m=m, level=level, seed=seed, criteria=criteria, outside=outside,
        interactions=interactions,
    )  # fmt: skip
    if df is not None and not (isinstance(df, int | float) and df > 0):
        raise InputError(f"pool_draws: df must be a number above 0, or None, got {df!r}.")
    if not callable(analysis):
        raise InputError(
            f"pool_draws: analysis must be a function of a table, got {type(analysis).__name__}. "
            "Named courses cannot be analysed as if they were known."
        )
    values = draw_plausible(
        fit,
        m=m,
        quantities=quantities,
        variables=variables,
        outside=outside,
        criteria=criteria,
        interactions=interactions,
        seed=seed,
        progress=progress,
    )
    others = column_names(fit.diary, outside)
    name = getattr(analysis, "__name__", "analysis")
    return pool_values(values, analysis, name=name, df=df, level=level, known=others)


def pool_values(
    values: PlausibleValues,
    analysis: Callable[[pd.DataFrame], Any],
    *,
    name: str,
    df: float | Sequence[float] | None = None,
    level: float = 0.9,
    known: Sequence[str] = (),
    n: int = 0,
    note: str = "",
) -> PooledAnalysis:
    """Run an analysis on every table and pool it; `known` are columns that exist elsewhere, `n` is
    how many patients it uses, where the analysis itself does not say; `df` may be one of each
    term; `note` is said with the result."""
    found = []
    for table in values:
        given = table.copy()
        try:
            found.append(_read(analysis(given)))
        except Exception as error:
            _refuse_unnamed(error, given, known)
            raise
    terms = list(found[0][0])
    if not terms:
        raise InputError(f"{name}: the analysis must give {EXPECTED}; got an empty mapping.")
    for own, _, _ in found:
        if list(own) != terms:
            raise InputError(
                f"{name}: estimates are {', '.join(terms)} in the first draw and "
                f"{', '.join(own) or 'none'} in another; a course that is rare may be missing from "
                "some draws: use dip, deterioration or end_better, or name every term."
            )
    pairs = np.array([[own[t] for t in terms] for own, _, _ in found], dtype=float)
    broken = ~np.isfinite(pairs).all(axis=(0, 2)) | (pairs[:, :, 1] < 0).any(axis=0)
    if broken.any():
        bad = [t for t, b in zip(terms, broken, strict=True) if b]
        raise InputError(
            f"{name}: no finite estimate or standard error for {', '.join(bad[:SHOWN])}"
            + (f" and {len(bad) - SHOWN} more" if len(bad) > SHOWN else "")
            + " in some draws."
        )
    n = found[0][2] or n or values.n_patients
    own_df = df if df is not None else found[0][1]
    complete = np.full(len(terms), float(n - len(terms)) if own_df is None else own_df)
    summary = combine_estimates(
        terms, pairs[:, :, 0], pairs[:, :, 1], complete, level, values.widening
    )
    each = pd.DataFrame(
        {
            "draw": np.repeat(np.arange(1, len(found) + 1), len(terms)),
            "term": np.tile(terms, len(found)),
            "estimate": pairs[:, :, 0].ravel(),
            "std_error": pairs[:, :, 1].ravel(),
        }
    )
    return PooledAnalysis(summary, each, values, level, name, int(n), note)


def _refuse_unnamed(error: Exception, table: pd.DataFrame, known: Sequence[str]) -> None:
    """Say which column an analysis missed, if that is why it failed."""
    missed = [
        column
        for column in dict.fromkeys([*known, *QUANTITIES])
        if column not in table and f"'{column}'" in str(error)
    ]
    if missed:
        where = "quantities" if missed[0] in QUANTITIES else "variables"
        raise InputError(
            f"the analysis uses {', '.join(map(repr, missed))}, which is not in the population "
            f"that courses are drawn from. Name it: {where}=({missed[0]!r}, ...). Left out, its "
            "relation to the course would be drawn as if there were none."
        ) from error


def _read(found: Any) -> tuple[dict[str, tuple[float, float]], float | None, int]:
    """Estimates and standard errors by name, degrees of freedom, and patients, where they are
    said."""
    if hasattr(found, "params") and hasattr(found, "bse"):
        params, errors = found.params, found.bse
        if isinstance(params, pd.DataFrame):
            # one column per class of a multinomial model
            names = [f"{column}: {row}" for column in params for row in params.index]
            params, errors = params.to_numpy().ravel("F"), errors.to_numpy().ravel("F")
        else:
            names = [str(k) for k in getattr(params, "index", range(len(params)))]
        own = dict(
            zip(names, zip(map(float, params), map(float, errors), strict=True), strict=True)
        )
        use_t = getattr(found, "use_t", True)
        df = float(found.df_resid) if use_t and hasattr(found, "df_resid") else None
        return own, df if use_t else np.inf, int(getattr(found, "nobs", 0))
    if hasattr(found, "pvalue"):
        raise InputError(
            f"the analysis must give {EXPECTED}; got a test ({type(found).__name__}). A statistic "
            "and a p-value cannot be pooled: give what was estimated, and its standard error."
        )
    if isinstance(found, Mapping):
        pairs = {str(k): v for k, v in found.items()}
    else:
        pairs = {"estimate": found}
    try:
        numbers = {k: tuple(map(float, v)) for k, v in pairs.items()}
        return {k: (estimate, error) for k, (estimate, error) in numbers.items()}, None, 0
    except (TypeError, ValueError):
        raise InputError(
            f"the analysis must give {EXPECTED}; got {type(found).__name__}."
        ) from None
