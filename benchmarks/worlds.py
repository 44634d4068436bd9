"""Worlds with known truth whose curves, noise and schedules are not made from paintrend's own
table of shapes.

A world is a clinic of curves (see `clinics`), a schedule, a noise and a way of giving ratings. The
same clinic that makes the patients makes the pool of curves from which the best possible answer is
computed (see `ideal`). Pain is on 0 to 10, worse is higher.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from clinics import AT_THE_CEILING, AT_THE_FLOOR, CLIMBING, FALLING, MIXED, POINTS, STEADY, Clinic
from clinics import Curves as Curves
from numpy.typing import NDArray

Array = NDArray[np.float64]
LATER = 1e-9
"""Days after day 0 from which a rating can be missed."""


@dataclass(frozen=True)
class World:
    """What makes a cohort.

    Parameters
    ----------
    name, text : key and a sentence
    horizon : days
    step : rounding step on 0-10
    planned : days of planned ratings
    missed : probability that a rating after day 0 is missing
    clinic : the kinds of curves and how common each is
    noise : median and log-sd over people of the noise sd
    share, tau : autocorrelated share of the noise variance and its time constant, days
    heap : share of people who give multiples of 5 only
    dropout : log-odds of stopping after a given rating gain this much per point of pain above 5;
        None for no drop-out. It depends on ratings that are in the diary, so the ratings that are
        there say all there is to say about the curve.
    nobody_rises : True if no curve lies above its start at any time
    """

    name: str
    text: str
    horizon: float
    step: float
    planned: tuple[float, ...]
    missed: float
    clinic: Clinic
    noise: tuple[float, float] = (1.0, 0.3)
    share: float = 0.0
    tau: float = 1.0
    heap: float = 0.0
    dropout: float | None = None
    nobody_rises: bool = False

    @property
    def grid(self) -> Array:
        """Days of the curves."""
        return np.linspace(0.0, self.horizon, POINTS)

    @property
    def rules(self) -> tuple[float, float, float, float, float]:
        """Horizon, worsening, improvement, lasting and sustained days: how courses are judged."""
        return self.horizon, 2.0, 2.0, self.horizon / 12.0, self.horizon / 4.0


@dataclass(frozen=True)
class Cohort:
    """A sampled cohort: ratings (patient_id, day, pain on 0-10) and true curves."""

    world: World
    ratings: pd.DataFrame
    truth: Curves

    def up_to(self, day: float) -> Cohort:
        """Give the same patients with their ratings up to a day."""
        return Cohort(self.world, self.ratings[self.ratings["day"] <= day], self.truth)


WEEKLY = (-14.0, -7.0, 0.0, *np.arange(7.0, 85.0, 7.0))
YEAR = (-14.0, 0.0, 14.0, 42.0, 90.0, 150.0, 250.0, 365.0)
DAILY = tuple(np.arange(-5.0, 57.0))
CORRELATED = {"share": 0.6, "tau": 10.0}


def _weekly(name: str, text: str, clinic: Clinic, missed: float = 0.0, **settings: object) -> World:
    return World(name, text, 84.0, 1.0, WEEKLY, missed, clinic, **settings)  # type: ignore[arg-type]


WORLDS: dict[str, World] = {
    w.name: w
    for w in (
        _weekly("weekly", "weekly 0-10, 12 weeks", MIXED),
        World("year", "8 visits in a year, 0-100", 365.0, 0.1, YEAR, 0.0, MIXED),
        World("daily", "daily 0-10, 8 weeks, 25% missing", 56.0, 1.0, DAILY, 0.25, MIXED),
        _weekly(
            "rough",
            "weekly, autocorrelated noise, heaping on 5 and 10, drop-out that follows pain",
            MIXED,
            missed=0.1,
            heap=0.15,
            dropout=0.3,
            **CORRELATED,
        ),
        _weekly("floor", "weekly, 40% of ratings at the floor", AT_THE_FLOOR),
        _weekly("ceiling", "weekly, 40% of ratings at the ceiling", AT_THE_CEILING),
        _weekly("steady", "nobody rises, weekly, white noise", STEADY, nobody_rises=True),
        _weekly(
            "steady-ar",
            "nobody rises, weekly, autocorrelated noise",
            STEADY,
            nobody_rises=True,
            **CORRELATED,
        ),
        _weekly(
            "climbing", "nobody rises, pain climbing before treatment", CLIMBING, nobody_rises=True
        ),
        _weekly(
            "falling", "nobody rises, pain falling before treatment", FALLING, nobody_rises=True
        ),
    )
}


def levels_at(world: World, curves: Curves, days: Array) -> Array:
    """Noise-free level (n, len(days)), before and after day 0."""
    x = np.clip(days / world.horizon, 0.0, 1.0) * (POINTS - 1)
    i = np.minimum(x.astype(int), POINTS - 2)
    after = curves.level[:, i] * (1 - (x - i)) + curves.level[:, i + 1] * (x - i)
    before = np.clip(curves.level[:, :1] + curves.trend[:, None] * np.minimum(days, 0.0), 0.0, 10.0)
    return np.where(days < 0, before, after)


def heaped(y: Array) -> Array:
    """Round a rating on 0-10 to the nearest of 0, 5 and 10: the answer of those who heap."""
    return np.where(y < 2.5, 0.0, np.where(y < 7.5, 5.0, 10.0))


def sample_cohort(world: World, n: int, seed: int) -> Cohort:
    """Sample patients and their ratings."""
    rng = np.random.default_rng([seed, *map(ord, world.name)])
    curves = world.clinic.sample(rng, n, world.horizon)
    days = np.array(world.planned)
    level = levels_at(world, curves, days)
    sd = np.exp(rng.normal(np.log(world.noise[0]), world.noise[1], n))[:, None]
    noise = rng.normal(size=level.shape)
    if world.share:
        process = _ornstein_uhlenbeck(rng, n, days, world.tau)
        noise = np.sqrt(world.share) * process + np.sqrt(1 - world.share) * noise
    y = np.clip(np.round((level + sd * noise) / world.step) * world.step, 0.0, 10.0)
    if world.heap:
        heaper = rng.random(n) < world.heap
        y[heaper] = heaped(y[heaper])
    keep = (rng.random(level.shape) >= world.missed) | (days < LATER)
    if world.dropout is not None:
        odds = -4.0 + world.dropout * (y - 5.0)
        stop = (rng.random(level.shape) < 1 / (1 + np.exp(-odds))) & (days > 0) & keep
        keep &= np.cumsum(stop, axis=1) - stop == 0
    row, column = np.nonzero(keep)
    ratings = pd.DataFrame(
        {"patient_id": [f"{i:05d}" for i in row], "day": days[column], "pain": y[row, column]}
    )
    return Cohort(world, ratings, curves)


def _ornstein_uhlenbeck(rng: np.random.Generator, n: int, days: Array, tau: float) -> Array:
    process = np.empty((n, days.size))
    process[:, 0] = rng.normal(size=n)
    for j in range(1, days.size):
        rho = np.exp(-(days[j] - days[j - 1]) / tau)
        process[:, j] = rho * process[:, j - 1] + np.sqrt(1 - rho**2) * rng.normal(size=n)
    return process
