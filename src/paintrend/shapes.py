"""Shapes of pain curves: each is a function and a row; fitting, simulation and docs read the same
row.

A curve is ``b + c S(t) + h B(t)`` for ``t >= 0`` and ``b + g t`` before day 0. ``S`` is a slow
change that is 0 on day 0 and 1 at the horizon, ``B`` a hump that is 0 on day 0 and 1 at its peak.
One more family, ``waxing``, replaces both by a smooth random curve (`Waxing`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from paintrend.forms import FORMS, Component, Form, evaluate, exponential

__all__ = [
    "FAMILIES",
    "FORMS",
    "LONGEST",
    "SHORTEST",
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

SHORTEST, LONGEST = 1e-6, 1e6
"""Days that a horizon, a gap or a lasting time may have."""


@dataclass(frozen=True)
class Family:
    """Shapes that share the signs of the slow change (c) and of the hump (h); +1 is worse.

    In a `cyclic` family both may have either sign: they are the sine and the cosine of a cycle.
    """

    name: str
    slow: int
    hump: int
    meaning: str
    cyclic: bool = False


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
    Family("cycle", 1, 1, "goes up and down regularly", cyclic=True),
    Family("waxing", 0, 0, "waxes and wanes"),
)
WAXING = len(FAMILIES) - 1
QUALITY = 12.0
"""Quality of the oscillator: it forgets its phase in about four periods."""


@dataclass(frozen=True)
class Waxing:
    """Settings of ``b + w(t)``, w a Gaussian process that is 0 on day 0, plus a slow trend.

    w comes from a stationary v with a Matern 5/2 covariance or, with a ``period``, that of a
    damped oscillator that forgets its phase in about four periods (Rasmussen & Williams 2006, ch.
    4; Foreman-Mackey et al. 2017, 10.3847/1538-3881/aa9332).

    Parameters
    ----------
    length : length scale of the Matern process, days; unused with a period
    period : period of the oscillator, days; 0 for the Matern process
    size : standard deviation of v, in tenths of the scale's range
    trend : standard deviation at the horizon of an exponential slow change added to v, same unit
    pinned : True where day 0 is the level that the patient waxes about (v given v(0) = 0),
        False where day 0 may be any moment of it (v less v(0))
    """

    length: float
    period: float
    size: float
    trend: float
    pinned: bool = False

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
        k = self.correlation(t[:, None] - t[None, :])
        k = k - np.outer(start, start) if self.pinned else k - start[:, None] - start[None, :] + 1.0
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

    def near(self, role: str) -> NDArray[np.int64]:
        """Neighbours below and above of each slow change or hump (n, 2): the same form with the
        nearest day, itself where there is none, and for steps (see `jumps`)."""
        parts = self.slow if role == "slow" else self.hump
        out = np.repeat(np.arange(len(parts))[:, None], 2, axis=1)
        for i in range(1, len(parts)):
            if _adjacent(parts[i - 1], parts[i]):
                out[i, 0], out[i - 1, 1] = i - 1, i
        return out

    def jumps(self) -> tuple[Array, float]:
        """Day of each slow change that is a step, as a share of the horizon (-1 for others), and
        how far apart steps lie."""
        day = np.array([c.parameters[0] if c.form == "step" else -self.horizon for c in self.slow])
        steps = np.sort(day[day >= 0.0]) / self.horizon
        return day / self.horizon, float(np.diff(steps).min()) if steps.size > 1 else 0.0

    def name(self, index: int) -> str:
        """A shape in words, e.g. ``hump_better: exponential(tau=14) + gamma_hump(...)``."""
        if index >= len(self.shapes):
            w = self.waxing[index - len(self.shapes)]
            kind = f"period={w.period:.3g}" if w.period else f"length={w.length:.3g}"
            about = "about the start" if w.pinned else "from any moment"
            return f"waxing: {kind}, size={w.size:.3g}, trend={w.trend:.3g}, {about}"
        shape = self.shapes[index]
        parts = [self.slow[shape.slow].name] if shape.slow >= 0 else []
        parts += [self.hump[shape.hump].name] if shape.hump >= 0 else []
        return f"{FAMILIES[shape.family].name}: {' + '.join(parts) or 'constant'}"


def _adjacent(a: Component, b: Component) -> bool:
    """Whether a mixture of two components is much like one between them."""
    if a.form != b.form or a.form in ("linear", "step", "sine", "cosine"):
        return False
    return a.form != "gamma_hump" or a.parameters[1:] == b.parameters[1:]


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
    slow += [Component("step", (m, min(low, lasting_days) / 3.0)) for m in steps.tolist()]
    hump = [
        Component("gamma_hump", (peak, sharpness))
        for sharpness in (1.0, 3.0, 9.0)
        for peak in _spread(low, 0.85 * horizon, 9)
    ]
    # a fast rise and a slow fall; a late one would not be back by the horizon
    early = _spread(low, horizon / 8.0, 4) if low < horizon / 10.0 else [low]
    hump += [Component("gamma_hump", (peak, 0.4)) for peak in early]
    plain_slow, plain_hump = range(len(slow)), range(len(hump))
    # periods a quarter of a cycle apart over the whole horizon
    fastest = horizon / max(3.5 * lasting_days, horizon / 4.0)
    cycles = np.arange(0.75, max(fastest, 0.75) + 1e-9, 0.25)
    slow += [Component("sine", (horizon / x,)) for x in cycles.tolist()]
    hump += [Component("cosine", (horizon / x,)) for x in cycles.tolist()]
    pairs: dict[str, tuple[Sequence[int], Sequence[int]]] = {
        "hump_better": (smooth, plain_hump),
        "hump_worse": (smooth[::2], [*range(0, 18, 2), *plain_hump[27:]]),
    }
    pairs["trough_better"] = pairs["hump_worse"]
    pairs["trough_worse"] = (smooth, range(0, 27, 2))
    shapes = []
    for index, family in enumerate(FAMILIES[:-1]):
        if family.cyclic:
            shapes += [
                Shape(len(plain_slow) + i, len(plain_hump) + i, index) for i in range(cycles.size)
            ]
            continue
        slows: Sequence[int] = plain_slow if family.slow else [-1]
        humps: Sequence[int] = plain_hump if family.hump else [-1]
        if family.slow and family.hump:
            slows, humps = pairs[family.name]
        shapes += [Shape(s, h, index) for s in slows for h in humps]
    lengths = _spread(lasting_days, max(5.0 * lasting_days, horizon / 2.0), 4)
    periods = _spread(max(4.0 * lasting_days, horizon / 4.0), horizon, 4)
    waxing = [Waxing(x, 0.0, size, 0.0) for x in lengths for size in (0.7, 1.4, 2.6)]
    waxing += [Waxing(x, 0.0, size, 2.5) for x in lengths[:2] for size in (0.7, 1.4)]
    waxing += [Waxing(0.0, x, size, 0.0) for x in periods for size in (1.0, 2.0)]
    waxing += [Waxing(0.0, x, size, 0.0, True) for x in periods for size in (1.0, 2.0)]
    waxing += [Waxing(x, 0.0, size, 0.0, True) for x in lengths[:3] for size in (1.0, 2.0)]
    return ShapeTable(
        horizon, low, lasting_days, tuple(slow), tuple(hump), tuple(shapes), tuple(waxing)
    )
