"""The best that can be said of a curve by someone who knows how curves, heights and noise are
spread and each patient's time course and noise, but neither the curve nor the heights.

Everything is normal (means and covariances of curves are those of another, larger simulated
cohort), so that the posterior is exact but for two things: courses are normal only roughly, and
ratings where the true level is near an end of the scale are left out.

    python benchmarks/session_best.py --world everybody --seeds 200 201 202
"""

from __future__ import annotations

import argparse
import sys
from typing import NamedTuple

import numpy as np
from common import Page
from numpy.typing import NDArray
from session_worlds import HIDDEN, WORLDS, loss

from paintrend.core.course_rules import COURSES, classify_curves
from paintrend.session_columns import carried_columns, columns_at, weights_of
from paintrend.session_rules import sizes
from paintrend.simulate import Soreness, simulate_sessions
from paintrend.simulate.session_settings import form_after

Array = NDArray[np.float64]
OTHERS, OTHER_SEED, DRAWS, FEW = 300, 9999, 1000, 20
NEAR_END = 1.5
"""Points from an end of the scale within which ratings are left out."""
WORSE = [COURSES.index(c) for c in ("sustained_deterioration", "recent_worsening")]


class Spread(NamedTuple):
    """Mean and covariance of start, change at each grid point, first and settled height."""

    mean: Array
    covariance: Array


def spread_of(settings: dict[str, object]) -> Spread:
    """Means and covariances in a large cohort of the same world; heights as simulated."""
    others = simulate_sessions(OTHERS, seed=OTHER_SEED, **settings)  # type: ignore[arg-type]
    s: Soreness = settings.get("soreness", Soreness())  # type: ignore[assignment]
    start, change = others.curves[:, 0], others.curves - others.curves[:, :1]
    n = change.shape[1]
    covariance = np.zeros((n + 3, n + 3))
    covariance[0, 0] = start.var()
    covariance[1:-2, 1:-2] = np.cov(change.T)
    # settled = share * first * exp(0.2 z)
    square = (s.first**2 + s.spread**2) * s.settled**2
    grown = s.settled * np.exp(0.02)
    covariance[-2:, -2:] = [
        [s.spread**2, grown * s.spread**2],
        [grown * s.spread**2, square * np.exp(0.08) - (grown * s.first) ** 2],
    ]
    return Spread(np.r_[start.mean(), change.mean(axis=0), s.first, grown * s.first], covariance)


def best_deterioration(cohort, spread: Spread, form: str, seed: int = 0) -> Array:
    """Probability of a deterioration of each patient, (P,); NaN without a session. Everybody has to
    respond."""
    rng, grid = np.random.default_rng(seed), cohort.grid
    held = cohort.sessions[cohort.sessions["status"] == "attended"]
    low, high = cohort.scale.low, cohort.scale.high
    names = ("worsening", "improvement", "lasting_days", "sustained_days")
    required = [cohort.criteria.required(name) for name in names]
    out = np.full(len(cohort.truth), np.nan)
    for i, row in enumerate(cohort.truth.itertuples()):
        session = held[held["patient_id"] == row.patient_id]["day"].to_numpy()
        own = cohort.ratings[cohort.ratings["patient_id"] == row.patient_id]
        if session.size < 2:
            continue
        day, y = own["day"].to_numpy(), own["pain"].to_numpy(float)
        at = lambda t, p=row.peak_days, g=row.gone_days: form_after(form, t, p, g)  # noqa: E731
        weight = weights_of(session.size)
        x = columns_at(day, session, weight, at)
        settled = (row.last_rise - row.first_rise * weight[-1, 0]) / weight[-1, 1]
        true = np.interp(day, grid, cohort.curves[i]) + x @ [row.first_rise, settled]
        inside = (true > low + NEAR_END) & (true < high - NEAR_END)
        if inside.sum() < FEW:
            inside[:] = True
        day, y, x = day[inside], y[inside], x[inside]
        rows = _rows(day, grid, x)
        gap = np.abs(day[:, None] - day[None, :])
        v = row.noise_sd**2 * (0.6 * np.exp(-gap * np.log(2.0)) + 0.4 * np.eye(day.size))
        v += np.eye(day.size) / 12.0
        cross = rows @ spread.covariance
        gain = np.linalg.solve(cross @ rows.T + v, cross).T
        mean = spread.mean + gain @ (y - rows @ spread.mean)
        left = spread.covariance - gain @ cross
        values, vectors = np.linalg.eigh(0.5 * (left + left.T))
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        drawn = mean + rng.standard_normal((DRAWS, mean.size)) @ root.T
        size = sizes(drawn[:, -2], drawn[:, -1], session.size)
        lasting = carried_columns(grid, session, size.T, at).T
        judged = np.clip(drawn[:, :1] + drawn[:, 1:-2] + lasting, low, high)
        named = classify_curves(judged, cohort.horizon, *required)
        out[i] = np.isin(named, WORSE).mean()
    return out


def _rows(day: Array, grid: Array, x: Array) -> Array:
    """What start, changes and heights add to each rating, (n, grid + 3)."""
    place = np.clip(np.interp(day, grid, np.arange(grid.size)), 0, grid.size - 1)
    at = np.minimum(place.astype(int), grid.size - 2)
    rows = np.zeros((day.size, grid.size + 3))
    each = np.arange(day.size)
    # before day 0 there is no change
    rows[each, 1 + at] = np.where(day < 0, 0.0, 1.0 - (place - at))
    rows[each, 2 + at] = np.where(day < 0, 0.0, place - at)
    rows[:, 0], rows[:, -2:] = 1.0, x
    return rows


def main(arguments: list[str] | None = None) -> int:
    """Print how many true deteriorations the best possible hides."""
    parser = argparse.ArgumentParser(description=__doc__)
    everybody = [
        name for name, world in WORLDS.items()
        if world.settings.get("soreness", Soreness()).none == 0.0
    ]  # fmt: skip
    parser.add_argument("--world", default="everybody", choices=everybody)
    parser.add_argument("--patients", type=int, default=150)
    parser.add_argument("--seeds", nargs="+", type=int, default=list(range(200, 208)))
    parser.add_argument("--markdown", metavar="FILE")
    options = parser.parse_args(arguments)
    page = Page()
    page.begin("Deteriorations that the best possible hides", "session_best.py", arguments)
    page.write("\n| cohort | true | mean probability | hidden | log-loss |\n|---|---|---|---|---|")
    settings = WORLDS[options.world].settings
    spread = spread_of(settings)
    form = settings.get("soreness", Soreness()).form  # type: ignore[attr-defined]
    total = np.zeros(2, dtype=int)
    for seed in options.seeds:
        cohort = simulate_sessions(options.patients, seed=seed, **settings)
        p = best_deterioration(cohort, spread, form)
        told = np.isfinite(p)
        worse = np.isin([COURSES.index(c) for c in cohort.truth["course"]], WORSE)[told]
        p = p[told]
        hidden = int((p[worse] < HIDDEN).sum())
        total += hidden, int(worse.sum())
        page.write(
            f"| {seed} | {int(worse.sum())} of {worse.size} | {p.mean():.3f} | {hidden} "
            f"| {loss(np.stack([1.0 - p, p], axis=1), worse.astype(int)):.3f} |"
        )
    page.write(f"\n{total[0]} of {total[1]} true deteriorations are given less than {HIDDEN:.0%}.")
    page.save(options.markdown)
    return 0


if __name__ == "__main__":
    sys.exit(main())
