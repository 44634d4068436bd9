"""Simulated cohorts with therapy sessions: ratings around them, and the true response."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.core.course_rules import COURSES, classify_curves
from paintrend.results.criteria import Criteria
from paintrend.results.session_cohort import SessionCohort
from paintrend.results.session_criteria import SessionCriteria
from paintrend.scales import Scale, get_scale
from paintrend.session_columns import carried_columns, columns_at
from paintrend.session_rules import VERDICTS, Reading, fading, read_response, verdict_codes
from paintrend.simulate.checks import check_horizon, check_size, check_whole, require
from paintrend.simulate.curves import draw_curve, grid_days
from paintrend.simulate.ratings import attended, noise_at, rate
from paintrend.simulate.session_settings import SessionPlan, Soreness, form_after
from paintrend.simulate.settings import Noise, Start, Visits
from paintrend.simulate.streams import pick, stream
from paintrend.simulate.world import World, arm_mixes, build_world

__all__ = ["simulate_sessions"]

Array = NDArray[np.float64]
MORNING, EVENING, SOME_HOURS = 0.45, 0.8, 0.2
"""Time of day of sessions and of ratings; hours from a session to the rating after it, days."""
PAIN = 2.0
"""Tenths of the range above the own start from which a session may be cancelled for pain."""
USUAL_DOSE = 5.0


class Treated(NamedTuple):
    """What was drawn for one patient."""

    ratings: pd.DataFrame
    sessions: pd.DataFrame
    truth: dict[str, Any]
    curve: Array
    judged: Array


def simulate_sessions(
    n_patients: int = 120,
    *,
    scale: str | Scale = "nrs",
    horizon: float = 56.0,
    course_mix: Mapping[str, float] | None = None,
    plan: SessionPlan | None = None,
    soreness: Soreness | None = None,
    start: Start | None = None,
    visits: Visits | None = None,
    noise: Noise | None = None,
    criteria: Criteria | None = None,
    session_criteria: SessionCriteria | None = None,
    seed: int = 0,
) -> SessionCohort:
    """Simulate a cohort whose courses and whose responses to sessions are known.

    As `simulate_cohort`, and on top of the curve what sessions add (`Soreness`). A session can be
    cancelled because of pain (`SessionPlan`): sessions are then held on good days, so that a rating
    after a session is higher than one before it without any response.

    Parameters
    ----------
    n_patients, scale, horizon, course_mix, start, noise, criteria, seed
        As in `simulate_cohort`.
    plan : SessionPlan, optional
    soreness : Soreness, optional
    visits : Visits, optional
        Days of the ratings apart from those at sessions; every evening from day -7 by default.
    session_criteria : SessionCriteria, optional
        Thresholds of the true verdict.

    Returns
    -------
    SessionCohort

    Raises
    ------
    InputError
        Naming the argument, what was expected and what came.

    Examples
    --------
    >>> cohort = simulate_sessions(3, seed=1)
    >>> cohort.sessions["status"].isin(["attended", "cancelled"]).all()
    np.True_
    """
    check_whole("n_patients", n_patients, 1)
    check_whole("seed", seed, 0)
    horizon = check_horizon(horizon)
    check_size(n_patients, horizon if visits is None else 0)
    for argument, value, kind in (
        ("plan", plan, SessionPlan),
        ("soreness", soreness, Soreness),
        ("session_criteria", session_criteria, SessionCriteria),
    ):
        require(value is None or isinstance(value, kind), argument, f"a {kind.__name__}", value)
    every_day = [float(d) for d in range(-7, int(horizon) + 1)]
    world = build_world(
        get_scale(scale), horizon, arm_mixes(course_mix, None), start or Start(),
        visits or Visits(days=every_day, dropout=0.0005), noise or Noise(), {},
        criteria or Criteria(), int(seed),
    )  # fmt: skip
    plan, soreness = plan or SessionPlan(), soreness or Soreness()
    own = (session_criteria or SessionCriteria()).resolve(world.source.scale)
    drawn = [
        _patient(world, f"P{number:03d}", plan, soreness, own)
        for number in range(1, n_patients + 1)
    ]
    return SessionCohort(
        ratings=pd.concat([one.ratings for one in drawn], ignore_index=True),
        sessions=pd.concat([one.sessions for one in drawn], ignore_index=True),
        truth=pd.DataFrame([one.truth for one in drawn]),
        curves=np.array([one.curve for one in drawn]),
        judged=np.array([one.judged for one in drawn]),
        grid=grid_days(world.source.table.horizon),
        horizon=world.source.table.horizon,
        scale=world.source.scale,
        criteria=world.source.criteria,
        session_criteria=own,
        seed=world.seed,
    )


def _planned(rng: np.random.Generator, plan: SessionPlan, horizon: float) -> Array:
    """Days of the sessions, the first on day 0."""
    paused = rng.random() < plan.pause
    away = horizon * rng.uniform(0.35, 0.55)
    days, day, i = [], 0.0, 0
    while day < horizon - 1.0:
        off = rng.choice([-1.0, 1.0]) if i and rng.random() < plan.moved else 0.0
        if not (paused and away <= day < away + 14.0):
            days.append(day + off + MORNING)
        day += plan.gaps[i % len(plan.gaps)]
        i += 1
    # moved sessions may meet: one of them is enough
    return np.unique(days)


def _patient(
    world: World, name: str, plan: SessionPlan, soreness: Soreness, criteria: SessionCriteria
) -> Treated:
    def rng(purpose: str) -> np.random.Generator:
        return stream(world.seed, name, purpose)

    source = world.source
    scale, horizon, unit = source.scale, source.table.horizon, source.scale.span / 10.0
    grid = grid_days(horizon)
    mix = world.arms[""]
    course = COURSES[pick(rng("course"), [mix.get(course, 0.0) for course in COURSES])]
    curve = draw_curve(rng("curve"), course, source).values
    trend = world.trend_sd * float(rng("trend").standard_normal())
    noise_sd = world.noise_sd * float(
        np.exp(world.noise.spread * rng("noise sd").standard_normal())
    )

    def slow(days: Array) -> Array:
        return np.where(days < 0.0, curve[0] + trend * days, np.interp(days, grid, curve))

    planned = _planned(rng("sessions"), plan, horizon)
    form, height = _response(rng("response"), soreness, unit)
    doses = rng("dose")
    usual = USUAL_DOSE - plan.dose_for_well * (curve[0] - source.mean) / max(source.sd, 1e-9)
    dose = np.maximum(usual + plan.dose_spread * doses.standard_normal(planned.size), 0.0)
    evening = np.minimum(world.planned + EVENING, horizon)
    around = [planned - 0.02, planned + SOME_HOURS] if plan.rated else [planned - 0.02]
    days = np.unique(np.concatenate([evening, *around]))
    days = days[days <= horizon]
    scatter = noise_sd * noise_at(rng("noise"), days, world.noise)
    held: list[float] = []
    size: list[float] = []
    reasons: list[str] = []
    chance = rng("cancel").random((2, planned.size))
    for s, day in enumerate(planned):
        at, before = np.array([day]), np.array(size)[:, None]
        added = columns_at(at, np.array(held), before, form)[0, 0] if held else 0.0
        felt = slow(at)[0] + added + scatter[np.searchsorted(days, day - 0.02)]
        hurts = felt >= curve[0] + PAIN * unit
        if hurts and chance[0, s] < plan.cancelled_for_pain:
            reasons.append("pain")
        elif chance[1, s] < plan.missed:
            reasons.append("other")
        else:
            reasons.append("")
            more = 1.0 + soreness.per_dose * (dose[s] - usual)
            size.append(height(len(held)) * more)
            held.append(day)
    session, sizes = np.array(held), np.array(size)
    took = np.array(reasons) == ""
    level = slow(days) + columns_at(days, session, sizes[:, None], form)[:, 0]
    level = np.clip(level, scale.low, scale.high)
    rated = np.isin(days, evening)
    kept, _ = attended(rng("visits"), level, days, world.visits, scale)
    if plan.rated:
        rated |= np.isin(days, np.concatenate([session - 0.02, session + SOME_HOURS]))
    kept &= rated
    pain = rate(rng("rating"), level + scatter, scale, world.noise)
    lasting = carried_columns(grid, session, sizes[:, None], form)[:, 0]
    judged = np.clip(curve + lasting, scale.low, scale.high)
    reading, left = _reading(slow, form, session, sizes, scale)
    truth = (
        {
            "patient_id": name,
            "course": COURSES[_course(judged, world)],
            "course_alone": course,
            "noise_sd": noise_sd,
            "responds": bool(height(0) != 0.0),
            **{key: float(value[0]) for key, value in reading._asdict().items()},
            **_when(form, height(0) != 0.0),
            "n_sessions": int(took.sum()),
            "n_cancelled": int((~took).sum()),
            "mean_dose": float(dose[took].mean()) if took.any() else np.nan,
            "verdict": VERDICTS[
                int(verdict_codes(reading, criteria.rise or 0.0, left, criteria.climb or 0.0)[0])
            ],
        }
        if took.any()
        else {"patient_id": name, "course": COURSES[_course(judged, world)]}
    )
    return Treated(
        pd.DataFrame({"patient_id": name, "day": np.round(days[kept], 3), "pain": pain[kept]}),
        pd.DataFrame(
            {
                "patient_id": name,
                "day": np.round(planned, 3),
                "status": np.where(took, "attended", "cancelled"),
                "dose": np.round(dose, 1),
                "reason": reasons,
            }
        ),
        truth, curve, judged,
    )  # fmt: skip


def _response(rng: np.random.Generator, soreness: Soreness, unit: float) -> tuple[Any, Any]:
    """The time course of a patient's response, and its height by the number of the session."""
    responds = rng.random() >= soreness.none
    z = rng.standard_normal(4)
    peak = soreness.peak_days * np.exp(soreness.varies * z[0])
    gone = peak + soreness.fall_days * np.exp(soreness.varies * z[1])
    first = (soreness.first + soreness.spread * z[2]) * unit if responds else 0.0
    settled = soreness.settled * first * np.exp(0.2 * z[3])

    def height(number: int) -> float:
        e = float(fading(number + 1)[-1])
        return float(first * e + settled * (1.0 - e))

    return partial(form_after, soreness.form, peak_days=peak, gone_days=gone), height


def _reading(
    slow: Any, form: Any, session: Array, sizes: Array, scale: Scale
) -> tuple[Reading, float]:
    before = columns_at(session, session, sizes[:, None], form)[:, 0]
    level = np.clip(slow(session) + before, scale.low, scale.high)
    kept = form(np.diff(session)) * bool(sizes.any())
    return read_response(sizes[None, :], kept[None, :], level[None, :]), 0.25


def _when(form: Any, responds: bool) -> dict[str, float]:
    """Days to the peak and until a tenth is left, of any form."""
    if not responds:
        return {"peak_days": np.nan, "gone_days": np.nan}
    t = np.linspace(0.0, 40.0, 8001)
    k = form(t)
    top = int(k.argmax())
    return {"peak_days": float(t[top]), "gone_days": float(t[top:][k[top:] <= 0.1 * k[top]][0])}


def _course(curve: Array, world: World) -> int:
    named = ("worsening", "improvement", "lasting_days", "sustained_days")
    required = [world.source.criteria.required(name) for name in named]
    return int(classify_curves(curve[None, :], world.source.table.horizon, *required)[0])
