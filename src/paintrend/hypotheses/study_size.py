"""Planning: how many patients, visits and baseline ratings tell a difference in dips."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import beta

from paintrend.core.course_rules import DIP
from paintrend.diary import read_diary
from paintrend.errors import MOST_REPEATS, InputError, is_number, whole_number_problem
from paintrend.fitting import fit_curves
from paintrend.hypotheses.shares import prevalence
from paintrend.pooling.options import FEWEST_DRAWS
from paintrend.progress import Progress, StageCount, shown_progress
from paintrend.scales import Scale
from paintrend.simulate import DEFAULT_MIX, Noise, Visits, simulate_cohort

__all__ = ["power"]

BASELINE_GAP = 7.0
"""Days between ratings before treatment; a twelfth of the horizon if that is shorter."""


def power(
    shares: tuple[float, float] = (0.1, 0.3),
    *,
    patients: Sequence[int] = (100,),
    visits: Sequence[int] = (12,),
    baseline_ratings: Sequence[int] = (1, 3),
    cohorts: int = 20,
    scale: str | Scale = "nrs",
    horizon: float = 84.0,
    course_mix: Mapping[str, float] | None = None,
    noise: Noise | None = None,
    alpha: float = 0.05,
    m: int = 20,
    seed: int = 0,
    progress: Progress | bool | None = None,
) -> pd.DataFrame:
    """Simulate two arms that differ in how common dips are, and count how often that is found.

    Every combination of patients, visits and baseline ratings is simulated `cohorts` times, fitted,
    and compared with `paintrend.prevalence`. The same seeds are used for all of them, so that
    designs differ by what is asked and not by luck.

    Parameters
    ----------
    shares : pair of float
        Share of patients with a dip in each arm.
    patients : sequence of int
        In both arms together.
    visits : sequence of int
        Ratings after day 0, equally spaced up to the horizon.
    baseline_ratings : sequence of int
        Ratings up to day 0, the last one on day 0.
    cohorts : int
        Simulated per design.
    scale, horizon, course_mix, noise
        As in `paintrend.simulate_cohort`; the mix gives the other courses.
    alpha : float
        A difference is found if its p-value is below.
    m : int
        Plausible data sets per cohort.
    seed : int
    progress : True or callable, optional

    Returns
    -------
    DataFrame
        One row per design: ``patients``, ``visits``, ``baseline_ratings``, ``power`` with its 95%
        interval ``low``, ``high`` (from the number of cohorts), ``difference`` (mean estimate),
        ``interval_width`` (mean width of its 90% interval), ``cohorts``.

    Raises
    ------
    InputError
        If an option cannot be used; all of them in one message.

    Examples
    --------
    >>> import paintrend as pt
    >>> found = pt.power((0.1, 0.5), patients=(40,), baseline_ratings=(2,), cohorts=2, m=4)
    >>> found[["patients", "visits", "baseline_ratings", "cohorts"]].to_numpy().tolist()
    [[40, 12, 2, 2]]
    """
    patients, visits, baseline_ratings = map(_listed, (patients, visits, baseline_ratings))
    _check(shares, patients, visits, baseline_ratings, cohorts, alpha, m, seed, horizon, course_mix)
    mix = dict(DEFAULT_MIX if course_mix is None else course_mix)
    arms = {"a": _with_dips(mix, shares[0]), "b": _with_dips(mix, shares[1])}
    designs = list(product(patients, visits, baseline_ratings))
    gap = min(BASELINE_GAP, horizon / 12.0)
    rows = []
    with shown_progress(progress) as report:
        count = StageCount(report, "simulating studies", len(designs) * cohorts)
        for n, later, before in designs:
            days = np.concatenate(
                [np.arange(1 - before, 1) * gap, horizon * np.arange(1, later + 1) / later]
            )
            found = []
            for k in range(cohorts):
                cohort = simulate_cohort(
                    n, scale=scale, horizon=horizon, arms=arms, noise=noise, covariates={},
                    visits=Visits(days=[float(d) for d in days]), seed=seed + k,
                )  # fmt: skip
                fit = fit_curves(read_diary(cohort.ratings, scale=scale), horizon=horizon)
                contrast = prevalence(fit, by="arm", m=m).contrasts
                found.append(contrast.query("among == 'all' and course == 'dip'").iloc[0])
                count(1)
            hits = sum(float(row["p_value"]) < alpha for row in found)
            rows.append(
                {
                    "patients": n,
                    "visits": later,
                    "baseline_ratings": before,
                    "power": hits / cohorts,
                    "low": float(beta.ppf(0.025, hits, cohorts - hits + 1)) if hits else 0.0,
                    "high": float(beta.ppf(0.975, hits + 1, cohorts - hits))
                    if hits < cohorts
                    else 1.0,
                    "difference": float(np.mean([row["difference"] for row in found])),
                    "interval_width": float(
                        np.mean([r["difference_high"] - r["difference_low"] for r in found])
                    ),
                    "cohorts": cohorts,
                }
            )
    return pd.DataFrame(rows)


def _listed(values: Any) -> tuple[Any, ...]:
    """What an option lists; one number stands for itself."""
    return tuple(values) if isinstance(values, Iterable) else (values,)


def _with_dips(mix: dict[str, float], share: float) -> dict[str, float]:
    """The mix with another share of dips; the other courses keep their proportions."""
    dips = sum(mix.get(name, 0.0) for name in DIP)
    if not 0.0 < dips < 1.0:
        raise InputError("power: course_mix must have dips and other courses.")
    return {
        name: value * (share / dips if name in DIP else (1.0 - share) / (1.0 - dips))
        for name, value in mix.items()
    }


def _check(
    shares: tuple[float, float],
    patients: Sequence[int],
    visits: Sequence[int],
    baseline_ratings: Sequence[int],
    cohorts: int,
    alpha: float,
    m: int,
    seed: int,
    horizon: float,
    course_mix: Mapping[str, float] | None,
) -> None:
    found = [
        whole_number_problem("m", m, FEWEST_DRAWS, MOST_REPEATS),
        whole_number_problem("seed", seed, 0),
    ]
    two = _listed(shares)
    if len(two) != 2 or not all(is_number(s) and 0.0 < s < 1.0 for s in two):
        found.append(f"shares must be two numbers between 0 and 1, got {shares!r}")
    for name, values, least in (
        ("patients", patients, 10),
        ("visits", visits, 2),
        ("baseline_ratings", baseline_ratings, 1),
    ):
        found += [p for v in values if (p := whole_number_problem(name, v, least, MOST_REPEATS))][
            :1
        ]
        if not values:
            found.append(f"{name} is empty")
    found.append(whole_number_problem("cohorts", cohorts, 2, MOST_REPEATS))
    if not (is_number(alpha) and 0.0 < alpha < 1.0):
        found.append(f"alpha must be between 0 and 1, got {alpha!r}")
    if not (is_number(horizon) and horizon > 0):
        found.append(f"horizon must be a positive number of days, got {horizon!r}")
    if course_mix is not None and not isinstance(course_mix, Mapping):
        found.append(f"course_mix maps courses to shares, got {course_mix!r}")
    found = [problem for problem in found if problem]
    if found:
        raise InputError("power: " + "; ".join(found) + ".")
