"""Shapes of pain curves: each is a function and a row; fitting, simulation and docs read the same
row.

A curve is ``b + c S(t) + h B(t)`` for ``t >= 0`` and ``b + g t`` before day 0. ``S`` is a slow
change that is 0 on day 0 and 1 at the horizon, ``B`` a hump that is 0 on day 0 and 1 at its peak.
One more family, ``waxing``, replaces both by a smooth random curve (`Waxing`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "FAMILIES",
    "FORMS",
    "WAXING",
    "Component",
    "Family",
    "Form",
    "Shape",
    "ShapeTable",
    "Waxing",
    "evaluate",
    "shape_table",
]

Array = NDArray[np.float64]


def linear(t: Array, horizon: float) -> Array:
    """``t / H``."""
    return t / horizon


def exponential(t: Array, horizon: float, tau: float) -> Array:
    """``(1 - exp(-t / tau)) / (1 - exp(-H / tau))``."""
    return np.expm1(-t / tau) / np.expm1(-horizon / tau)


def log_time(t: Array, horizon: float, tau: float) -> Array:
    """``log(1 + t / tau) / log(1 + H / tau)``."""
    return np.log1p(t / tau) / np.log1p(horizon / tau)


def sigmoid(t: Array, horizon: float, midpoint: float, width: float) -> Array:
    """``(s(t) - s(0)) / (s(H) - s(0))`` with ``s(t) = 1 / (1 + exp(-(t - midpoint) / width))``."""

    def s(x: Array | float) -> Array:
        return np.asarray(0.5 * (1.0 + np.tanh(0.5 * (np.asarray(x) - midpoint) / width)))

    return (s(t) - s(0.0)) / (s(horizon) - s(0.0))


def gamma_hump(t: Array, horizon: float, peak: float, sharpness: float) -> Array:
    """``((t / p) exp(1 - t / p)) ** a``: 0 on day 0, 1 at the peak day p, sharper with larger
    a."""
    x = t / peak
    return (x * np.exp(1.0 - x)) ** sharpness


@dataclass(frozen=True)
class Form:
    """A row of the table of forms: the function and what it means."""

    name: str
    role: str
    function: Callable[..., Array]
    formula: str
    parameters: tuple[tuple[str, str, str], ...]
    reference: str


FORMS: dict[str, Form] = {
    form.name: form
    for form in (
        Form("linear", "slow", linear, "t/H", (), "steady change"),
        Form(
            "exponential",
            "slow",
            exponential,
            "(1 - exp(-t/tau)) / (1 - exp(-H/tau))",
            (("tau", "days", "time after which 63% of an unbounded change has happened"),),
            "first-order recovery",
        ),
        Form(
            "log_time",
            "slow",
            log_time,
            "log(1 + t/tau) / log(1 + H/tau)",
            (("tau", "days", "time scale on which the fast early change gives way to a slow one"),),
            "mean course of low back pain: Costa 2012, CMAJ 184:E613",
        ),
        Form(
            "sigmoid",
            "slow",
            sigmoid,
            "(s(t) - s(0)) / (s(H) - s(0)), s logistic",
            (
                ("midpoint", "days", "day on which half of the change has happened"),
                ("width", "days", "the middle 46% of the change takes two widths"),
            ),
            "delayed or stepwise change",
        ),
        Form(
            "gamma_hump",
            "hump",
            gamma_hump,
            "((t/p) exp(1 - t/p))**a",
            (
                ("peak", "days", "day of the peak"),
                ("sharpness", "1", "1 is a slow fall after the peak; 8 a narrow hump"),
            ),
            "rise and decay of a transient response",
        ),
    )
}


@dataclass(frozen=True)
class Family:
    """Shapes that share the signs of the slow change (c) and of the hump (h); +1 is worse."""

    name: str
    slow: int
    hump: int
    meaning: str


FAMILIES: tuple[Family, ...] = (
    Family("flat", 0, 0, "stays at the start"),
    Family("better", -1, 0, "slow improvement"),
    Family("worse", 1, 0, "slow worsening"),
    Family("hump", 0, 1, "rises and returns"),
    Family("trough", 0, -1, "falls and returns"),
    Family("hump_better", -1, 1, "rises, then ends better"),
    Family("hump_worse", 1, 1, "rises early, stays worse"),
    Family("trough_better", -1, -1, "falls fast, gives some back"),
    Family("trough_worse", 1, -1, "falls first, then ends worse"),
    Family("waxing", 0, 0, "waxes and wanes"),
)
WAXING = len(FAMILIES) - 1
QUALITY = 3.0


@dataclass(frozen=True)
class Component:
    """One S or one B: a form with its parameters in days."""

    form: str
    parameters: tuple[float, ...]

    @property
    def name(self) -> str:
        """Form and parameters in words."""
        names = [p[0] for p in FORMS[self.form].parameters]
        inner = ", ".join(f"{n}={v:.3g}" for n, v in zip(names, self.parameters, strict=True))
        return f"{self.form}({inner})"


@dataclass(frozen=True)
class Waxing:
    """Settings of ``b + w(t)``: ``w(t) = v(t) - v(0) + trend``, v a stationary Gaussian process.

    v has a Matern 5/2 covariance, or, with a ``period``, that of a damped oscillator of quality 3,
    which forgets its phase in about one period (Rasmussen & Williams 2006, ch. 4; Foreman-Mackey
    et al. 2017, 10.3847/1538-3881/aa9332).

    Parameters
    ----------
    length : length scale of the Matern process, days; unused with a period
    period : period of the oscillator, days; 0 for the Matern process
    size : standard deviation of v, in tenths of the scale's range
    trend : standard deviation at the horizon of an exponential slow change added to v, same unit
    """

    length: float
    period: float
    size: float
    trend: float

    def correlation(self, lag: Array) -> Array:
        """Correlation of v at a lag in days."""
        d = np.abs(lag)
        if self.period:
            omega = 2.0 * np.pi / self.period
            decay = omega / (2.0 * QUALITY)
            damped = np.sqrt(omega**2 - decay**2)
            phase = damped * d
            return np.asarray(np.exp(-decay * d) * (np.cos(phase) + decay / damped * np.sin(phase)))
        r = np.sqrt(5.0) * d / self.length
        return np.asarray((1.0 + r + r * r / 3.0) * np.exp(-r))

    def covariance(self, t: Array, horizon: float) -> Array:
        """Covariance of w at days ``t`` (n,), shape (n, n)."""
        start = self.correlation(t)
        k = self.correlation(t[:, None] - t[None, :]) - start[:, None] - start[None, :] + 1.0
        slow = exponential(t, horizon, horizon / 3.0)
        return np.asarray(self.size**2 * k + self.trend**2 * np.outer(slow, slow))


@dataclass(frozen=True)
class Shape:
    """A row of the dictionary: indices into `ShapeTable.slow` and `.hump` (-1 is none) and a
    family."""

    slow: int
    hump: int
    family: int


@dataclass(frozen=True)
class ShapeTable:
    """The dictionary for one horizon and one smallest visit gap (days)."""

    horizon: float
    gap: float
    lasting_days: float
    slow: tuple[Component, ...]
    hump: tuple[Component, ...]
    shapes: tuple[Shape, ...]
    waxing: tuple[Waxing, ...]

    def name(self, index: int) -> str:
        """A shape in words, e.g. ``hump_better: exponential(tau=14) + gamma_hump(...)``."""
        if index >= len(self.shapes):
            w = self.waxing[index - len(self.shapes)]
            kind = f"period={w.period:.3g}" if w.period else f"length={w.length:.3g}"
            return f"waxing: {kind}, size={w.size:.3g}, trend={w.trend:.3g}"
        shape = self.shapes[index]
        parts = [self.slow[shape.slow].name] if shape.slow >= 0 else []
        parts += [self.hump[shape.hump].name] if shape.hump >= 0 else []
        return f"{FAMILIES[shape.family].name}: {' + '.join(parts) or 'constant'}"


def evaluate(component: Component, t: Array, horizon: float) -> Array:
    """Value of a component at days ``t``; 0 at and before day 0.

    Examples
    --------
    >>> evaluate(Component("gamma_hump", (21.0, 3.0)), np.array([-7.0, 0.0, 21.0]), 84.0).tolist()
    [0.0, 0.0, 1.0]
    """
    after = np.maximum(np.asarray(t, dtype=float), 0.0)
    return FORMS[component.form].function(after, horizon, *component.parameters)


def _spread(low: float, high: float, n: int) -> list[float]:
    return np.geomspace(low, high, n).tolist()


@lru_cache(maxsize=32)
def shape_table(horizon: float, gap: float, lasting_days: float) -> ShapeTable:
    """Build the dictionary: time constants in days, log-spaced from the smallest visit gap to the
    horizon.

    Parameters
    ----------
    horizon : day at which the course is judged
    gap : smallest visit gap that the shapes should resolve, days
    lasting_days : shortest duration that counts as curve and not as noise, days
    """
    low = float(np.clip(gap, horizon / 100.0, horizon / 8.0))
    slow = [Component("linear", ())]
    slow += [Component("exponential", (tau,)) for tau in _spread(low, 0.6 * horizon, 5)]
    slow += [Component("log_time", (tau,)) for tau in _spread(low / 4.0, horizon / 8.0, 2)]
    middles = _spread(max(1.5 * low, lasting_days), 0.8 * horizon, 6)
    slow += [Component("sigmoid", (m, m / 5.0)) for m in middles]
    smooth = list(range(len(slow)))
    # whether a late step counts as sustained hangs on its day: steps sit as close as visits, or L,
    # allow
    n_steps = int(np.ceil(0.92 * horizon / max(low, lasting_days)))
    steps = (np.arange(n_steps) + 0.5) * 0.95 * horizon / n_steps
    slow += [Component("sigmoid", (m, min(low, lasting_days) / 6.0)) for m in steps.tolist()]
    hump = [
        Component("gamma_hump", (peak, sharpness))
        for sharpness in (1.0, 3.0, 9.0)
        for peak in _spread(low, 0.85 * horizon, 9)
    ]
    pairs = {
        "hump_better": (smooth, range(len(hump))),
        "hump_worse": (smooth[::2], range(0, 18, 2)),
    }
    pairs["trough_better"] = pairs["hump_worse"]
    pairs["trough_worse"] = (smooth, range(0, 27, 2))
    shapes = []
    for index, family in enumerate(FAMILIES[:-1]):
        slows: list[int] | range = range(len(slow)) if family.slow else [-1]
        humps: list[int] | range = range(len(hump)) if family.hump else [-1]
        if family.slow and family.hump:
            slows, humps = pairs[family.name]
        shapes += [Shape(s, h, index) for s in slows for h in humps]
    lengths = _spread(lasting_days, max(5.0 * lasting_days, horizon / 2.0), 4)
    periods = _spread(max(4.0 * lasting_days, horizon / 4.0), horizon, 4)
    waxing = [Waxing(x, 0.0, size, 0.0) for x in lengths for size in (0.7, 1.4, 2.6)]
    waxing += [Waxing(x, 0.0, size, 2.5) for x in lengths[:2] for size in (0.7, 1.4)]
    waxing += [Waxing(0.0, x, size, 0.0) for x in periods for size in (1.0, 2.0)]
    return ShapeTable(
        horizon, low, lasting_days, tuple(slow), tuple(hump), tuple(shapes), tuple(waxing)
    )
