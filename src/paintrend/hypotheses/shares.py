"""Prevalence of courses, with intervals that hold both uncertainties: who was sampled, and which
course each patient has."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.core.course_rules import COURSES, DETERIORATION, DIP
from paintrend.errors import InputError
from paintrend.hypotheses.standardised import standardised_shares
from paintrend.pooling.links import read_variable
from paintrend.pooling.means import group_labels, group_order, refuse_combinations
from paintrend.pooling.options import check_options, name_list
from paintrend.pooling.plausible import draw_plausible
from paintrend.pooling.rules import p_of_difference, stretch_shares
from paintrend.progress import Progress
from paintrend.results.criteria import Criteria
from paintrend.results.fit import Fit
from paintrend.results.plausible import PlausibleValues
from paintrend.results.prevalence import Prevalence

__all__ = ["SHOWN", "prevalence", "share_courses"]

Array = NDArray[np.float64]
SHOWN: tuple[str, ...] = (*COURSES, "dip", "deterioration", "end_better")
"""Rows of every group."""
AMONG = ("all", "room_to_worsen", "room_to_improve")
PER_COURSE = 0.25
"""Patients of each course that are added to every group: half a patient with a dip (which is two
courses), as Jeffreys' prior of a share has."""
EITHER = 0.5
SAMPLES = 200
"""Shares drawn per plausible data set."""


def prevalence(
    fit: Fit,
    *,
    by: str | None = None,
    adjust: Sequence[str] = (),
    reference: str | None = None,
    m: int = 50,
    outside: pd.DataFrame | None = None,
    criteria: Criteria | None = None,
    level: float = 0.9,
    seed: int | None = None,
    progress: Progress | bool | None = None,
) -> Prevalence:
    """Give the share of each course, by group, with differences and ratios.

    Each plausible data set (`paintrend.draw_plausible`) has counts of courses, and shares are drawn
    from their Dirichlet posterior; intervals are quantiles over
    all draws of all data sets, widened for how few data sets there are. With
    `adjust`, shares come from a multinomial regression of the course on group and covariates and
    are standardised: each group is given the covariates of all patients.

    Parameters
    ----------
    fit : Fit
    by : str, optional
        Column of the groups.
    adjust : sequence of str
        Covariates to adjust for.
    reference : str, optional
        The group that others are compared with; the first by name if not given.
    m, outside, criteria, seed, progress
        As in `paintrend.draw_plausible`.
    level : float
        Of the intervals.

    Returns
    -------
    Prevalence

    Raises
    ------
    InputError
        If a column is unknown, names a group of one, or is not a choice where groups are asked for,
        or if covariates and groups are combinations of each other.

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(30, arms={"a": None, "b": None}, seed=1)
    >>> fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84)
    >>> found = pt.prevalence(fit, by="arm", m=5)
    >>> shares = found.table()
    >>> float(shares.query("group == 'a' and among == 'all'")["share"].iloc[:8].sum().round(9))
    1.0
    """
    adjust = name_list(adjust)
    check_options(
        "prevalence", m=m, level=level, seed=seed, criteria=criteria, outside=outside, by=by,
        adjust=adjust,
    )  # fmt: skip
    if by is None and (adjust or reference is not None):
        raise InputError("prevalence: adjust= and reference= compare groups: name them with by=.")
    values = draw_plausible(
        fit,
        m=m,
        quantities=("course", "end_better", "room_to_worsen", "room_to_improve"),
        variables=(*((by,) if by else ()), *adjust),
        outside=outside,
        criteria=criteria,
        seed=seed,
        progress=progress,
    )
    return share_courses(values, by, adjust, reference, level)


def share_courses(
    values: PlausibleValues,
    by: str | None,
    adjust: tuple[str, ...],
    reference: str | None,
    level: float,
) -> Prevalence:
    """The same from plausible values that are there already."""
    # by id: sums, and the random numbers that patients take, then do not depend on the order
    tables = [t.sort_values("patient_id").reset_index(drop=True) for t in values]
    order = group_order("prevalence", tables[0], by, reference)
    if by is not None and adjust:
        part = tables[0][_known(tables[0], (by, *adjust))]
        members = (group_labels(part[by])[:, None] == np.array(order)).astype(float)
        covariates = [read_variable(name, part[name]).columns for name in adjust]
        refuse_combinations("prevalence", by, adjust, members, covariates)
    rng = np.random.Generator(np.random.Philox(key=values.seed))
    # (draws, groups, among, samples, shown)
    drawn = np.stack([_draw_shares(table, by, adjust, order, rng) for table in tables])
    size = np.array(
        [
            [[(_known(t, adjust) & _rows(t, by, g, a)).sum() for a in AMONG] for g in order]
            for t in tables
        ]
    )
    of_means = bool(adjust)
    wide = _stretched(drawn, level, values.widening, of_means)
    shares = _share_table(drawn, wide, size.mean(axis=0), order, level)
    contrasts = _contrast_table(drawn, wide, order, level, values.widening, of_means)
    return Prevalence(shares, contrasts, by or "", adjust, values, level)


def _known(table: pd.DataFrame, adjust: tuple[str, ...]) -> NDArray[np.bool_]:
    """Which rows have every covariate."""
    return np.asarray(table[list(adjust)].notna().all(axis=1), dtype=bool)


def _rows(table: pd.DataFrame, by: str | None, group: str, among: str) -> NDArray[np.bool_]:
    """Which rows belong to a group and have room."""
    inside = np.ones(len(table), dtype=bool)
    if by is not None:
        inside = group_labels(table[by]) == group
    return inside if among == "all" else inside & (table[among].to_numpy() == 1.0)


def _draw_shares(
    table: pd.DataFrame,
    by: str | None,
    adjust: tuple[str, ...],
    groups: list[str],
    rng: np.random.Generator,
) -> Array:
    """Shares (groups, among, samples, shown) of one plausible data set."""
    out = np.empty((len(groups), len(AMONG), SAMPLES, len(SHOWN)))
    codes = pd.Categorical(table["course"], categories=list(COURSES)).codes
    better = table["end_better"].to_numpy()
    for a, among in enumerate(AMONG):
        if adjust:
            rows = _known(table, (by or "", *adjust)) & _rows(table, None, "all", among)
            courses, ends = standardised_shares(
                table[rows], by or "", adjust, groups, (PER_COURSE, EITHER), rng, SAMPLES
            )
            out[:, a] = [_with_sums(c, e) for c, e in zip(courses, ends, strict=True)]
            continue
        for g, group in enumerate(groups):
            inside = _rows(table, by, group, among)
            counts = np.bincount(codes[inside], minlength=len(COURSES))
            n_better = better[inside].sum()
            ends = rng.beta(n_better + EITHER, inside.sum() - n_better + EITHER, SAMPLES)
            out[g, a] = _with_sums(rng.dirichlet(counts + PER_COURSE, SAMPLES), ends)
    return out


def _with_sums(courses: Array, end_better: Array) -> Array:
    """Shares of courses (samples, 8), then of dips, deteriorations and better ends."""
    sums = [courses[:, [COURSES.index(c) for c in names]].sum(1) for names in (DIP, DETERIORATION)]
    return np.column_stack([courses, *sums, end_better])


def _stretched(drawn: Array, level: float, widening: float, of_means: bool) -> Array:
    """The same draws, moved apart for the number of data sets."""
    wide = stretch_shares(np.moveaxis(drawn, 3, -1), level, widening, of_means=of_means)
    return np.moveaxis(wide, -1, 3)


def _share_table(
    drawn: Array, wide: Array, size: Array, groups: list[str], level: float
) -> pd.DataFrame:
    rows = []
    for g, group in enumerate(groups):
        for a, among in enumerate(AMONG):
            for c, course in enumerate(SHOWN):
                own = drawn[:, g, a, :, c]
                low, high = np.quantile(wide[:, g, a, :, c], [0.5 - level / 2.0, 0.5 + level / 2.0])
                rows.append((group, among, course, own.mean(), low, high, size[g, a]))
    return pd.DataFrame(rows, columns=["group", "among", "course", "share", "low", "high", "n"])


def _contrast_table(
    drawn: Array, wide: Array, groups: list[str], level: float, widening: float, of_means: bool
) -> pd.DataFrame:
    """Differences are those of the shares; intervals and p-values are of the draws moved apart."""
    rows = []
    at = [0.5 - level / 2.0, 0.5 + level / 2.0]
    moved = np.moveaxis(drawn, 3, -1)
    for g in range(1, len(groups)):
        p_value = p_of_difference(moved[:, 0], moved[:, g], widening, of_means=of_means)
        for a, among in enumerate(AMONG):
            for c, course in enumerate(SHOWN):
                found = drawn[:, g, a, :, c].mean() - drawn[:, 0, a, :, c].mean()
                base, own = wide[:, 0, a, :, c].ravel(), wide[:, g, a, :, c].ravel()
                off, ratio = own - base, own / np.maximum(base, 1e-12)
                middle = drawn[:, g, a, :, c] / np.maximum(drawn[:, 0, a, :, c], 1e-12)
                rows.append(
                    (groups[g], groups[0], among, course, found, *np.quantile(off, at),
                     np.median(middle), *np.quantile(ratio, at), float(p_value[a, c]))
                )  # fmt: skip
    columns = (
        "group reference among course difference difference_low difference_high ratio ratio_low "
        "ratio_high p_value"
    )
    return pd.DataFrame(rows, columns=columns.split())
