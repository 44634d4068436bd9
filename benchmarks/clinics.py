"""Clinics: kinds of pain curves that are not made from paintrend's own table of shapes.

A kind is a function (rng, n, unit) -> change from the start (n, 169) in points, where `unit` is
time as a share of the horizon. A clinic says how common each kind is, where people start and how
pain moved before treatment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import convolve1d

Array = NDArray[np.float64]
Kind = Callable[[np.random.Generator, int, Array], Array]
POINTS = 169


@dataclass(frozen=True)
class Curves:
    """Curves (n, 169) clipped to 0-10, the trend before day 0 (n,) per day, and the number of the
    kind (n,) in the clinic's `kinds`."""

    level: Array
    trend: Array
    kind: NDArray[np.int64]


@dataclass(frozen=True)
class Clinic:
    """Kinds of curves and how common each is.

    Parameters
    ----------
    kinds : name -> (share, function)
    start : mean, sd, lowest and highest level on day 0
    shift : lowest and highest shift of the whole curve, before it is cut off at 0 and 10
    trend : mean and sd of the change before day 0, points per horizon
    """

    kinds: dict[str, tuple[float, Kind]]
    start: tuple[float, float, float, float]
    shift: tuple[float, float] = (0.0, 0.0)
    trend: tuple[float, float] = (0.0, 0.0)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the kinds."""
        return tuple(self.kinds)

    @property
    def shares(self) -> Array:
        """How common each kind is."""
        return np.array([share for share, _ in self.kinds.values()])

    def sample(self, rng: np.random.Generator, n: int, horizon: float) -> Curves:
        """Draw n curves of the clinic."""
        return self.draw(rng, rng.choice(len(self.kinds), n, p=self.shares), horizon)

    def draw(self, rng: np.random.Generator, kind: NDArray[np.int64], horizon: float) -> Curves:
        """Draw one curve of each given kind."""
        unit = np.linspace(0.0, 1.0, POINTS)
        n = kind.size
        mean, sd, low, high = self.start
        start = np.clip(rng.normal(mean, sd, n), low, high) + rng.uniform(*self.shift, n)
        level = np.repeat(start[:, None], POINTS, axis=1)
        for number, (_, function) in enumerate(self.kinds.values()):
            rows = np.flatnonzero(kind == number)
            if rows.size:
                level[rows] += function(rng, rows.size, unit)
        np.clip(level, 0.0, 10.0, out=level)
        return Curves(level, rng.normal(*self.trend, n) / horizon, kind)


def _column(rng: np.random.Generator, n: int, low: float, high: float) -> Array:
    return rng.uniform(low, high, n)[:, None]


def _fall(rng: np.random.Generator, n: int) -> Array:
    return -np.abs(rng.normal(3.6, 1.5, n))[:, None]


def _rise(rng: np.random.Generator, n: int) -> Array:
    return np.abs(rng.normal(3.2, 1.3, n))[:, None]


def recovery(rng: np.random.Generator, n: int, unit: Array) -> Array:
    """Power-law recovery."""
    return _fall(rng, n) * (1.0 - (1.0 + unit / _column(rng, n, 0.05, 0.4)) ** -1.5)


def hump(rng: np.random.Generator, n: int, unit: Array) -> Array:
    """Kinetic hump (Bateman): appearance at rate 1/rise, decay at rate 1/fall, back to the
    start."""
    rise, fall = _column(rng, n, 0.02, 0.12), _column(rng, n, 0.1, 0.35)
    rise = np.minimum(rise, fall * 0.95)
    peak = np.log(fall / rise) * rise * fall / (fall - rise)
    height = np.exp(-peak / fall) - np.exp(-peak / rise)
    return _rise(rng, n) * (np.exp(-unit / fall) - np.exp(-unit / rise)) / height


def hump_and_recovery(rng: np.random.Generator, n: int, unit: Array) -> Array:
    """Recovery with a kinetic hump on it."""
    return recovery(rng, n, unit) + hump(rng, n, unit)


def delayed_recovery(rng: np.random.Generator, n: int, unit: Array) -> Array:
    """Logistic recovery about a day between a quarter and four fifths of the horizon."""
    middle, width = _column(rng, n, 0.25, 0.8), _column(rng, n, 0.02, 0.08)
    return _fall(rng, n) * (_logistic(unit, middle, width) - _logistic(0.0, middle, width))


def _logistic(unit: Array | float, middle: Array, width: Array) -> Array:
    return 1.0 / (1.0 + np.exp(-(unit - middle) / width))


def step_up(rng: np.random.Generator, n: int, unit: Array) -> Array:
    """Sudden and lasting worsening."""
    return _rise(rng, n) * (unit >= _column(rng, n, 0.1, 0.8))


def ramp(rng: np.random.Generator, n: int, unit: Array) -> Array:
    """Worsening in a straight line."""
    return _rise(rng, n) * unit


def flat(rng: np.random.Generator, n: int, unit: Array) -> Array:
    """No change."""
    return np.zeros((n, unit.size))


def wave(rng: np.random.Generator, n: int, unit: Array) -> Array:
    """Sinusoid of 1 to 3 cycles that begins at any phase."""
    cycles, phase = _column(rng, n, 1.0, 3.0), _column(rng, n, 0.0, 2 * np.pi)
    swing = np.sin(2 * np.pi * unit * cycles + phase) - np.sin(phase)
    return _column(rng, n, 0.8, 3.2) * swing


def walk(rng: np.random.Generator, n: int, unit: Array) -> Array:
    """Random walk, smoothed over a tenth of the horizon."""
    path = np.cumsum(rng.normal(0, np.sqrt(0.5), (n, unit.size)), axis=1)
    kernel = np.hanning(17) / np.hanning(17).sum()
    path = convolve1d(path * _column(rng, n, 0.15, 0.35), kernel, axis=1, mode="nearest")
    return path - path[:, :1]


def log_time(rng: np.random.Generator, n: int, unit: Array) -> Array:
    """Steady improvement in the logarithm of time."""
    tau = _column(rng, n, 0.03, 0.3)
    drop = np.abs(rng.normal(3.5, 1.2, n))[:, None]
    return -drop * np.log1p(unit / tau) / np.log1p(1.0 / tau)


MIXTURE: dict[str, tuple[float, Kind]] = {
    "recovery": (0.22, recovery),
    "hump_and_recovery": (0.16, hump_and_recovery),
    "hump": (0.08, hump),
    "delayed_recovery": (0.10, delayed_recovery),
    "step_up": (0.07, step_up),
    "ramp": (0.07, ramp),
    "flat": (0.13, flat),
    "wave": (0.10, wave),
    "walk": (0.07, walk),
}
NO_RISE: dict[str, tuple[float, Kind]] = {"log_time": (0.5, log_time), "flat": (0.5, flat)}

USUAL_START = (5.6, 1.7, 0.5, 9.8)
MIXED = Clinic(MIXTURE, USUAL_START, trend=(0.0, 3.0))
AT_THE_FLOOR = Clinic(MIXTURE, USUAL_START, shift=(-5.3, -3.5), trend=(0.0, 3.0))
AT_THE_CEILING = Clinic(MIXTURE, USUAL_START, shift=(3.5, 5.5), trend=(0.0, 3.0))
STEADY_START = (5.8, 1.5, 2.5, 9.5)
STEADY = Clinic(NO_RISE, STEADY_START)
CLIMBING = Clinic(NO_RISE, STEADY_START, trend=(7.0, 2.0))
FALLING = Clinic(NO_RISE, STEADY_START, trend=(-7.0, 2.0))
