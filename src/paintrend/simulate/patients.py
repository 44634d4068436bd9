"""One simulated patient: course, curve, visits and ratings put together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paintrend.core.course_rules import COURSES
from paintrend.simulate.curves import DrawnCurve, draw_curve, grid_days
from paintrend.simulate.ratings import attended, noise_at, rate, visit_days
from paintrend.simulate.streams import pick, stream
from paintrend.simulate.world import World

__all__ = ["Patient", "draw_patient"]


@dataclass(frozen=True, eq=False)
class Patient:
    """What was drawn for one patient; `pain` at `days` are the ratings that were made."""

    patient_id: str
    arm: str
    course: str
    curve: DrawnCurve
    pre_trend: float
    noise_sd: float
    dropped_out: bool
    days: NDArray[np.float64]
    pain: NDArray[np.float64]
    covariates: dict[str, object]


def draw_patient(world: World, patient_id: str) -> Patient:
    """Draw a patient; what comes out depends on the seed and the id, not on other patients."""

    def rng(purpose: str) -> np.random.Generator:
        return stream(world.seed, patient_id, purpose)

    source = world.source
    scale, horizon = source.scale, source.table.horizon
    arm = list(world.arms)[pick(rng("arm"), [1.0] * len(world.arms))]
    weights = np.array([world.arms[arm].get(course, 0.0) for course in COURSES])
    covariates: dict[str, object] = {}
    for name, covariate in world.covariates.items():
        covariates[name], added = covariate.draw(rng(f"covariate {name}"))
        weights *= np.exp([added.get(course, 0.0) for course in COURSES])
    course = COURSES[pick(rng("course"), weights.tolist())]
    curve = draw_curve(rng("curve"), course, source)
    pre_trend = world.trend_sd * float(rng("trend").standard_normal())
    days = visit_days(rng("days"), world.planned, world.visits.jitter, horizon)
    level = np.where(
        days < 0.0,
        curve.values[0] + pre_trend * days,
        np.interp(days, grid_days(horizon), curve.values),
    )
    noise_sd = world.noise_sd * float(
        np.exp(world.noise.spread * rng("noise sd").standard_normal())
    )
    felt = level + noise_sd * noise_at(rng("noise"), days, world.noise)
    kept, dropped_out = attended(rng("visits"), level, world.planned, world.visits, scale)
    pain = rate(rng("rating"), felt, scale, world.noise)
    return Patient(
        patient_id=patient_id,
        arm=arm,
        course=course,
        curve=curve,
        pre_trend=pre_trend,
        noise_sd=noise_sd,
        dropped_out=dropped_out,
        days=days[kept],
        pain=pain[kept],
        covariates=covariates,
    )
