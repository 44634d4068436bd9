"""Arms of a trial or a cohort, compared in an outcome of the curve and adjusted for the start."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.errors import InputError
from paintrend.pooling.curves import gather_curves
from paintrend.pooling.judged import COURSE_SHARES, check_quantities
from paintrend.pooling.least_squares import robust_regression
from paintrend.pooling.links import read_variable
from paintrend.pooling.means import (
    group_df,
    group_labels,
    group_order,
    mean_df,
    means_by,
    refuse_combinations,
    refuse_gaps,
    share_error,
)
from paintrend.pooling.options import check_options, name_list
from paintrend.pooling.plausible import draw_from_pool
from paintrend.pooling.rules import combine_estimates
from paintrend.pooling.variables import variable_table
from paintrend.progress import Progress
from paintrend.results.arm_comparison import BASELINES, ArmComparison
from paintrend.results.criteria import Criteria
from paintrend.results.fit import Fit
from paintrend.results.inference import usable_ratings
from paintrend.results.plausible import PlausibleValues

__all__ = ["compare_arms"]

Array = NDArray[np.float64]
RATED = "rated_baseline"
NO_OUTCOMES = ("course", "baseline", "pre_trend", "room_to_worsen", "room_to_improve")
"""A course has no mean; the others are read off the start, which is adjusted for."""


def compare_arms(
    fit: Fit,
    outcome: str = "end_level",
    *,
    by: str,
    baseline: str = "latent",
    adjust: Sequence[str] = (),
    reference: str | None = None,
    m: int = 50,
    outside: pd.DataFrame | None = None,
    criteria: Criteria | None = None,
    level: float = 0.9,
    seed: int | None = None,
    progress: Progress | bool | None = None,
) -> ArmComparison:
    """Compare arms in an outcome of the curve, adjusted for the start (analysis of covariance).

    In each plausible data set the outcome is regressed on the arm, the start and the covariates by
    least squares, with standard errors that allow unequal spread (HC3); the results are pooled by
    Rubin's rules. Outcome, start and arm are in the population together.

    What is adjusted for decides what the difference means. A mean of ratings before treatment is
    the start plus error. Where arms were made by chance they start alike on average, and the error
    costs precision only. Where they were not, adjusting for it takes away only a part of the
    difference at the start, and the rest shows as an effect that is not there. The start of the
    plausible curve (``latent``) has no such error: what is not known of it differs from draw to
    draw instead. It is right in both cases as far as the model of curves is (where the start is
    known badly, a part of the difference remains), and also has patients who were not rated up to
    day 0, whose start is predicted. ``rated`` rests on nothing that was
    rated after day 0: the covariate of a trial's protocol.

    Parameters
    ----------
    fit : Fit
    outcome : str
        A quantity that every curve has: ``end_level``, ``end_change``, ``rise``, ``burden``,
        ``worse_days`` ...; for 1 or 0 (``end_better``, ``dip``) differences are those of shares.
    by : str
        Column of the arms.
    baseline : str
        ``latent`` or ``rated``.
    adjust : sequence of str
        Further covariates.
    reference : str, optional
        The arm that others are compared with; the first by name if not given.
    m, outside, criteria, seed, progress
        As in `paintrend.draw_plausible`.
    level : float
        Of the intervals.

    Returns
    -------
    ArmComparison

    Raises
    ------
    InputError
        If outcome, baseline or a column cannot be used.

    References
    ----------
    Lockwood & McCaffrey 2014, doi:10.3102/1076998613509405 (error in the covariate);
    Vickers & Altman 2001, doi:10.1136/bmj.323.7321.1123 (adjusting for the start).

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(40, arms={"a": None, "b": None}, seed=1)
    >>> fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84)
    >>> found = pt.compare_arms(fit, by="arm", m=5)
    >>> found.table()[["group", "reference"]].values.tolist()
    [['b', 'a']]
    """
    adjust = name_list(adjust)
    check_options(
        "compare_arms", m=m, level=level, seed=seed, criteria=criteria, outside=outside, by=by,
        adjust=adjust,
    )  # fmt: skip
    quantity = check_quantities("compare_arms", outcome)[0]
    if quantity in NO_OUTCOMES:
        raise InputError(
            f"compare_arms: {quantity!r} is no outcome with a mean after the start: use end_level, "
            "end_change, rise, or a share such as end_better; for courses, prevalence(by=...)."
        )
    if baseline not in BASELINES:
        raise InputError(
            f"compare_arms: baseline must be one of {', '.join(BASELINES)}, got {baseline!r}."
        )
    pool = gather_curves(fit, criteria, seed=seed)
    table = variable_table(fit.diary, (by, *adjust), outside, pool.ids)
    if baseline == "rated":
        table = _with_rated(fit, table)
    names = (quantity, "baseline") if baseline == "latent" else (quantity,)
    values = draw_from_pool(pool, names, table, m=m, seed=seed, progress=progress)
    refuse_gaps("compare_arms", values, (quantity,))
    return _compared(values, quantity, by, baseline, adjust, reference, level)


def _with_rated(fit: Fit, table: pd.DataFrame) -> pd.DataFrame:
    """The variables, with the mean of each patient's ratings up to day 0."""
    if RATED in table:
        raise InputError(f"compare_arms: rename the column {RATED!r}; the name is used here.")
    used, _ = usable_ratings(fit.diary, fit.horizon)
    mean = used[used["day"] <= 0].groupby("patient_id")["pain"].mean()
    out = table.assign(**{RATED: mean.set_axis(mean.index.astype(str)).reindex(table.index)})
    if out[RATED].notna().sum() < 2:
        raise InputError(
            "compare_arms: fewer than 2 patients have a rating up to day 0: a start that was not "
            "rated cannot be adjusted for; baseline='latent' predicts it."
        )
    return out


def _compared(
    values: PlausibleValues, outcome: str, by: str, baseline: str, adjust: tuple[str, ...],
    reference: str | None, level: float,
) -> ArmComparison:  # fmt: skip
    first = values.tables[0]
    start = "baseline" if baseline == "latent" else RATED
    groups = group_order("compare_arms", first, by, reference)
    known = first[[by, start, *adjust]].notna().all(axis=1).to_numpy()
    arm = group_labels(first.loc[known, by])
    members = np.stack([arm == g for g in groups], axis=1).astype(float)
    few = [g for g, n in zip(groups, members.sum(axis=0), strict=True) if n < 2]
    if few or len(groups) < 2:
        raise InputError(
            f"compare_arms: fewer than 2 patients with a start in {', '.join(few) or groups[0]!r}: "
            "of one patient no spread within the group can be learned."
        )
    covariates = [read_variable(name, first.loc[known, name]).columns for name in adjust]
    refuse_combinations("compare_arms", by, adjust, members, covariates)
    found = []
    for table in values:
        part = table[known]
        own = part[start].to_numpy(dtype=float)
        centred = [c - c.mean(axis=0) for c in (own[:, None], *covariates)]
        y = part[outcome].to_numpy(dtype=float)
        beta, cover = robust_regression(np.column_stack([members, *centred]), y)
        if outcome in COURSE_SHARES:
            _doubt_none_and_all(cover, members, y)
        found.append((beta, cover))
    n, k = len(arm), members.shape[1] + 1 + sum(c.shape[1] for c in covariates)
    df = float(n - k)
    means = np.array([beta[: len(groups)] for beta, _ in found])
    errors = np.array([np.sqrt(np.diag(cover)[: len(groups)]) for _, cover in found])
    off = means[:, 1:] - means[:, :1]
    off_errors = np.array(
        [
            [np.sqrt(c[0, 0] + c[g, g] - 2.0 * c[0, g]) for g in range(1, len(groups))]
            for _, c in found
        ]
    )
    # as in a difference of means the smaller group may be what it rests on
    size = np.minimum(members.sum(axis=0), df + 1.0)
    of_means, of_effects = (np.minimum(df, of) for of in group_df((errors**2).mean(axis=0), size))
    effects = combine_estimates(groups[1:], off, off_errors, of_effects, level, values.widening)
    pooled_means = combine_estimates(groups, means, errors, of_means, level, values.widening)
    starts = [means_by(start, by, groups)(table[known]) for table in values]
    pairs = np.array([[s[t] for t in starts[0]] for s in starts])
    start_df = np.array(mean_df([table[known] for table in values], start, by, groups))
    pooled_starts = combine_estimates(
        list(starts[0]), pairs[:, :, 0], pairs[:, :, 1], start_df, level, values.widening
    )
    drawn = np.stack([table.loc[known, start].to_numpy(dtype=float) for table in values])
    error = drawn.var(axis=0, ddof=1).mean()
    table = effects.rename_axis("group").reset_index()
    table.insert(1, "reference", groups[0])
    return ArmComparison(
        outcome, by, baseline, adjust, table,
        pooled_means.rename_axis("group").reset_index(),
        pooled_starts.rename_axis("group").reset_index(),
        float(1.0 - error / drawn.var()) if baseline == "latent" else float("nan"),
        values, level, n,
    )  # fmt: skip


def _doubt_none_and_all(cover: Array, members: Array, y: Array) -> None:
    """Give an arm in which nobody or everybody has the outcome the error of a share with half a
    patient more of each kind: its residuals are none."""
    for g, own in enumerate(y[member == 1.0] for member in members.T):
        if own.min() == own.max():
            cover[g, g] = max(cover[g, g], share_error(own) ** 2)
