"""The world of a simulation: everything that is the same for all patients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paintrend.results.criteria import Criteria
from paintrend.scales import Scale
from paintrend.shapes import shape_table
from paintrend.simulate.checks import check_courses, check_shares, require
from paintrend.simulate.covariates import Covariate
from paintrend.simulate.curves import CurveSource
from paintrend.simulate.mixes import DEFAULT_MIX
from paintrend.simulate.ratings import planned_days
from paintrend.simulate.settings import Noise, Start, Visits

__all__ = ["World", "arm_mixes", "build_world"]

RESERVED = ("patient_id", "day", "pain", "arm", "inclusion")


@dataclass(frozen=True)
class World:
    """Settings with every default filled in; `planned` are days, the rest is in scale units."""

    source: CurveSource
    arms: Mapping[str, Mapping[str, float]]
    planned: NDArray[np.float64]
    visits: Visits
    noise: Noise
    noise_sd: float
    trend_sd: float
    covariates: Mapping[str, Covariate]
    seed: int


def arm_mixes(
    course_mix: Mapping[str, float] | None,
    arms: Mapping[str, Mapping[str, float] | None] | None,
) -> dict[str, Mapping[str, float]]:
    """Give the course mix of each arm; one arm without a name if there are none."""
    default = DEFAULT_MIX if course_mix is None else course_mix
    if arms is not None:
        good = isinstance(arms, Mapping) and bool(arms)
        require(good, "arms", "a mapping of arm names to course mixes", arms)
    mixes = {"": default} if arms is None else {a: m or default for a, m in arms.items()}
    for arm, mix in mixes.items():
        argument = f"arms[{arm!r}]" if arm else "course_mix"
        check_shares(argument, mix)
        check_courses(argument, list(mix))
    return mixes


def build_world(
    scale: Scale,
    horizon: float,
    arms: Mapping[str, Mapping[str, float]],
    start: Start,
    visits: Visits,
    noise: Noise,
    covariates: Mapping[str, Covariate],
    criteria: Criteria,
    seed: int,
) -> World:
    """Fill in the defaults that depend on scale and horizon."""
    for argument, value, kind in (
        ("start", start, Start),
        ("visits", visits, Visits),
        ("noise", noise, Noise),
        ("criteria", criteria, Criteria),
        ("covariates", covariates, Mapping),
    ):
        require(isinstance(value, kind), argument, f"a {kind.__name__}", value)
    for name, covariate in covariates.items():
        require(name not in RESERVED, "covariates", f"named other than {RESERVED}", name)
        expected = "a NumberCovariate or ChoiceCovariate"
        require(isinstance(covariate, Covariate), f"covariates[{name!r}]", expected, covariate)
    planned = planned_days(visits, horizon)
    after = np.diff(planned[planned >= 0.0])
    resolved = criteria.resolve(scale, horizon)
    gap = float(after.min()) if after.size else horizon / 12.0
    mean = scale.low + 0.58 * scale.span if start.mean is None else scale.orient(start.mean)
    on_scale = f"on the scale ({scale.low:g} to {scale.high:g})"
    require(scale.low <= mean <= scale.high, "Start mean", on_scale, start.mean)
    source = CurveSource(
        table=shape_table(horizon, gap, resolved.required("lasting_days")),
        scale=scale,
        criteria=resolved,
        mean=float(mean),
        sd=0.16 * scale.span if start.sd is None else float(start.sd),
    )
    return World(
        source=source,
        arms=arms,
        planned=planned,
        visits=visits,
        noise=noise,
        noise_sd=0.12 * scale.span if noise.sd is None else float(noise.sd),
        trend_sd=0.003 * scale.span if start.trend_sd is None else float(start.trend_sd),
        covariates=covariates,
        seed=seed,
    )
