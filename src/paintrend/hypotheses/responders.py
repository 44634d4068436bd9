"""Responders from curves: 30%, 50%, points, and the cumulative responder curve."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.pooling.means import group_labels, group_order
from paintrend.pooling.options import check_options
from paintrend.pooling.plausible import draw_plausible
from paintrend.pooling.rules import stretch_shares
from paintrend.progress import Progress
from paintrend.results.criteria import Criteria
from paintrend.results.fit import Fit
from paintrend.results.responders import Responders

__all__ = ["count_responders"]

Array = NDArray[np.float64]
PERCENTAGES = (30, 50)
"""Moderate and substantial improvement (IMMPACT, doi:10.1016/j.jpain.2007.09.005)."""
SAMPLES = 200
CUTS = 41


def count_responders(
    fit: Fit,
    *,
    by: str | None = None,
    m: int = 50,
    outside: pd.DataFrame | None = None,
    criteria: Criteria | None = None,
    level: float = 0.9,
    seed: int | None = None,
    progress: Progress | bool | None = None,
) -> Responders:
    """Give the share of responders by group, from curves instead of single ratings.

    A patient responds if the mean of the curve's last `lasting_days` is better than its start by
    30% or 50% of the start's distance from the best end of the scale, or by `improvement` points. A
    curve that starts at the best end cannot respond, and is among "all" only.

    Parameters
    ----------
    fit : Fit
    by : str, optional
        Column of the groups.
    m, outside, criteria, seed, progress
        As in `paintrend.draw_plausible`.
    level : float
        Of the intervals, which hold who was sampled and what is not known of each curve.

    Returns
    -------
    Responders

    Raises
    ------
    InputError
        If a column is unknown, names a group of one, or is a number.

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(30, arms={"a": None, "b": None}, seed=1)
    >>> fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84)
    >>> found = pt.count_responders(fit, by="arm", m=5)
    >>> found.table()["responder"].unique().tolist()
    ['30%', '50%', 'points']
    """
    check_options(
        "count_responders", m=m, level=level, seed=seed, criteria=criteria, outside=outside, by=by
    )
    values = draw_plausible(
        fit,
        m=m,
        quantities=("baseline", "end_change", "room_to_improve"),
        variables=(by,) if by else (),
        outside=outside,
        criteria=criteria,
        seed=seed,
        progress=progress,
    )
    points = values.criteria.required("improvement")
    cuts = np.linspace(0.0, fit.scale.span, CUTS)
    tables = list(values)
    groups = group_order("count_responders", tables[0], by)
    rng = np.random.Generator(np.random.Philox(key=values.seed))
    rows, curve = [], []
    for group in groups:
        parts = [t if by is None else t[group_labels(t[by]) == group] for t in tables]
        better = [-t["end_change"].to_numpy(dtype=float) for t in parts]
        start = [
            np.asarray(fit.scale.orient(t["baseline"].to_numpy(dtype=float))) - fit.scale.low
            for t in parts
        ]
        room = [t["room_to_improve"].to_numpy() == 1.0 for t in parts]
        for among in ("all", "room_to_improve"):
            inside = room if among != "all" else [np.ones(len(r), dtype=bool) for r in room]
            for name, needed in (
                *((f"{p}%", [p / 100.0 * s for s in start]) for p in PERCENTAGES),
                ("points", [np.full(len(s), points) for s in start]),
            ):
                hits = [
                    ((b >= n) & (b > 0.0))[i]
                    for b, n, i in zip(better, needed, inside, strict=True)
                ]
                size = float(np.mean([len(h) for h in hits]))
                rows.append((group, among, name, *_share(hits, values.widening, level, rng), size))
        for cut in cuts:
            reached = [b >= cut for b in better]
            curve.append((group, cut, *_share(reached, values.widening, level, rng)))
    shares = pd.DataFrame(
        rows, columns=["group", "among", "responder", "share", "low", "high", "n"]
    )
    cumulative = pd.DataFrame(curve, columns=["group", "better_by", "share", "low", "high"])
    return Responders(shares, cumulative, by or "", values, level)


def _share(
    hits: list[NDArray[np.bool_]], widening: float, level: float, rng: np.random.Generator
) -> tuple[float, float, float]:
    """Share and interval: Jeffreys' posterior of every plausible data set, all together."""
    count = np.array([h.sum() for h in hits], dtype=float)
    size = np.array([len(h) for h in hits], dtype=float)
    drawn = rng.beta(count + 0.5, size - count + 0.5, (SAMPLES, len(hits))).T
    wide = stretch_shares(drawn, level, widening)
    low, high = np.quantile(wide, [0.5 - level / 2.0, 0.5 + level / 2.0])
    known = size > 0
    mean = float((count[known] / size[known]).mean()) if known.any() else float("nan")
    # with nobody or everybody among the responders Jeffreys' interval stops short of the share
    return mean, float(np.fmin(low, mean)), float(np.fmax(high, mean))
