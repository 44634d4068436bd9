"""Patients and prior of scripts/reference_sampler.py, and its curves written out apart from the
package."""

from __future__ import annotations

import numpy as np

HORIZON, OUTLIER, QUALITY = 84.0, 0.005, 12.0
WIDE = ((0.95, None), (0.05, 3.5))
"""Shares of the usual start and of one from anywhere on the scale, which has this sd."""
COURSE_RULES = {
    "worsening": 2.0,
    "improvement": 2.0,
    "lasting_days": 7.0,
    "sustained_days": 21.0,
}
CURVE_DAYS = (0, 14, 28, 56, 84)

# start, trend before day 0 (per day), slow change, hump
FAMILIES = {
    "flat": {"mean": [5.0, 0.0, 0.0, 0.0], "sd": [2.0, 0.05, 0.0, 0.0]},
    "better": {"mean": [5.0, 0.0, -3.0, 0.0], "sd": [2.0, 0.05, 1.5, 0.0]},
    "worse": {"mean": [5.0, 0.0, 2.5, 0.0], "sd": [2.0, 0.05, 1.2, 0.0]},
    "hump": {"mean": [5.0, 0.0, 0.0, 3.0], "sd": [2.0, 0.05, 0.0, 1.4]},
    "hump_better": {"mean": [5.0, 0.0, -3.0, 3.0], "sd": [2.0, 0.05, 1.5, 1.4]},
    "cycle": {"mean": [5.0, 0.0, 0.0, 0.0], "sd": [2.0, 0.05, 1.5, 1.5]},
    "waxing": {"mean": [5.0, 0.0, 0.0, 0.0], "sd": [2.0, 0.05, 0.0, 0.0]},
}
CORRELATION = np.array(
    [[1.0, 0.2, -0.4, 0.0], [0.2, 1.0, 0.0, 0.0], [-0.4, 0.0, 1.0, 0.3], [0.0, 0.0, 0.3, 1.0]]
)
SHAPES = (
    {"family": "flat", "slow": None, "hump": None, "share": 0.18},
    {"family": "better", "slow": ["exponential", 15.0], "hump": None, "share": 0.14},
    {"family": "better", "slow": ["exponential", 30.0], "hump": None, "share": 0.08},
    {"family": "better", "slow": ["sigmoid", 50.0, 6.0], "hump": None, "share": 0.1},
    {"family": "worse", "slow": ["linear"], "hump": None, "share": 0.1},
    {"family": "hump", "slow": None, "hump": ["gamma_hump", 21.0, 3.0], "share": 0.06},
    {"family": "hump", "slow": None, "hump": ["gamma_hump", 35.0, 3.0], "share": 0.04},
    {
        "family": "hump_better",
        "slow": ["exponential", 30.0],
        "hump": ["gamma_hump", 14.0, 1.0],
        "share": 0.12,
    },
    {"family": "cycle", "slow": ["sine", 42.0], "hump": ["cosine", 42.0], "share": 0.06},
)
WAXING = (
    {"length": 10.0, "period": 0.0, "size": 2.0, "trend": 2.5, "pinned": False, "share": 0.06},
    {"length": 0.0, "period": 42.0, "size": 1.5, "trend": 0.0, "pinned": True, "share": 0.06},
)
NOISE = tuple(
    {"heap": heap, "sd": sd, "share": share, "tau": tau, "weight": a * b}
    for heap, sd, a in ((0.0, 0.7, 0.45), (0.0, 1.4, 0.35), (0.9, 0.9, 0.2))
    for share, tau, b in ((0.0, 1.0, 0.6), (0.7, 6.0, 0.4))
)
"""Rounding to the ends and the middle; sd; share and time constant of the autocorrelated part."""

WEEKS = [7.0 * week for week in range(12)]
PATIENTS = {
    "mid-scale": (
        [-14.0, -7.0, 0.0, 7.0, 14.0, 21.0, 28.0, 42.0, 56.0, 70.0],
        [5, 6, 6, 7, 8, 7, 6, 5, 4, 4],
    ),
    "at the floor": (WEEKS[:9], [1, 2, 0, 1, 0, 0, 0, 0, 0]),
    "two ratings": ([0.0, 28.0], [6, 4]),
    "daily, autocorrelated": (
        [float(day) for day in range(14)],
        [5, 6, 7, 7, 7, 6, 4, 3, 4, 4, 5, 7, 7, 6],
    ),
    "heaping": (WEEKS[:10], [5, 5, 10, 10, 5, 5, 5, 5, 0, 5]),
    "waxing": (WEEKS, [5, 7, 8, 6, 3, 2, 4, 7, 8, 5, 3, 3]),
}


def covariance(family, wide_sd=None):
    """Covariance (4, 4) of the amplitudes, zero where the family has none."""
    sd = np.array(FAMILIES[family]["sd"])
    found = CORRELATION * np.outer(sd, sd)
    if wide_sd is not None:
        found[0, :] = found[:, 0] = 0.0
        found[0, 0] = max(wide_sd, sd[0]) ** 2
    return found


def amplitude_maps():
    """Mean (2 K, 4) of the amplitudes of every setting, and a root (2 K, 4, 4) of their covariance.

    The settings with the wide start follow after all of those with the usual one.
    """
    names = [s["family"] for s in SHAPES] + ["waxing"] * len(WAXING)
    roots = np.zeros((2, len(names), 4, 4))
    for wide, (_, sd) in enumerate(WIDE):
        for root, name in zip(roots[wide], names, strict=True):
            own = np.ix_(*2 * [[d for d in range(4) if FAMILIES[name]["sd"][d] > 0]])
            root[own] = np.linalg.cholesky(covariance(name, sd)[own])
    return np.array([FAMILIES[n]["mean"] for n in names * 2]), roots.reshape(-1, 4, 4)


def component(row, day):
    """A slow change or a hump at days; 0 at and before day 0."""
    if row is None:
        return np.zeros_like(day)
    name, *p = row
    t = np.maximum(day, 0.0)
    if name == "linear":
        return t / HORIZON
    if name == "exponential":
        return np.expm1(-t / p[0]) / np.expm1(-HORIZON / p[0])
    if name == "sigmoid":
        s = [1.0 / (1.0 + np.exp(-(v - p[0]) / p[1])) for v in (t, 0.0, HORIZON)]
        return (s[0] - s[1]) / (s[2] - s[1])
    if name == "sine":
        return np.sin(2.0 * np.pi * t / p[0])
    if name == "cosine":
        return 1.0 - np.cos(2.0 * np.pi * t / p[0])
    if name == "gamma_hump":
        return (t / p[0] * np.exp(1.0 - t / p[0])) ** p[1]
    raise ValueError(f"no formula for {name}")


def neighbour(role, row, direction):
    """The next component of the same form with an earlier (-1) or later (1) day; itself if none."""
    rows = [s[role] for s in SHAPES if s[role] and s[role][0] == row[0]]
    if row[0] in ("sine", "cosine", "linear"):
        return row
    if role == "hump":
        rows = [other for other in rows if other[2] == row[2]]
    beyond = [other for other in rows if direction * (other[1] - row[1]) > 0.0]
    return min(beyond, key=lambda other: abs(other[1] - row[1]), default=row)


def columns(shape, day):
    """Columns (3, n, 4) of start, trend before day 0, slow change and hump.

    The second and third are what a whole step to the neighbour before and after would add.
    """
    found = np.zeros((3, day.size, 4))
    found[0, :, 0], found[0, :, 1] = 1.0, np.minimum(day, 0.0)
    for place, role in ((2, "slow"), (3, "hump")):
        row = shape.get(role)
        found[0, :, place] = component(row, day)
        if row is not None:
            for side, direction in ((1, -1), (2, 1)):
                other = component(neighbour(role, row, direction), day)
                found[side, :, place] = other - found[0, :, place]
    return found


def wave_covariance(setting, s, t):
    """Covariance of a waxing curve between days s > 0 and days t > 0."""

    def stationary(lag):
        lag = np.abs(lag)
        if setting["period"] == 0.0:
            r = 5.0**0.5 * lag / setting["length"]
            return (1.0 + r + r**2 / 3.0) * np.exp(-r)
        omega = 2.0 * np.pi / setting["period"]
        decay = omega / (2.0 * QUALITY)
        ring = (omega**2 - decay**2) ** 0.5
        return np.exp(-decay * lag) * (np.cos(ring * lag) + decay / ring * np.sin(ring * lag))

    k, a, b = stationary(s[:, None] - t[None, :]), stationary(s)[:, None], stationary(t)[None, :]
    k = k - a * b if setting["pinned"] else k - a - b + 1.0
    slow = [component(["exponential", HORIZON / 3.0], v) for v in (s, t)]
    return setting["size"] ** 2 * k + setting["trend"] ** 2 * np.outer(*slow)


def complete_curves(rng, amplitude, place, path, setting, day, grid):
    """Curves (P, G) on a grid from day 0: waxing ones drawn given their level at the rating days.

    ``amplitude`` and ``place`` (P, 4) and ``setting`` (P,) are those of each particle, ``path``
    (P, n) is its level at the rating days.
    """
    curves = np.empty((setting.size, grid.size))
    weights = np.stack([np.ones_like(place), np.maximum(-place, 0.0), np.maximum(place, 0.0)])
    for k in np.unique(setting):
        rows = np.flatnonzero(setting == k)
        x = columns(SHAPES[k] if k < len(SHAPES) else {}, grid)
        curves[rows] = np.einsum("rp,srp,sgp->rg", amplitude[rows], weights[:, rows], x)
        if k >= len(SHAPES):
            wave, after = WAXING[k - len(SHAPES)], day > 0.0
            known, at = day[after], grid[1:]
            seen = (path[rows] - amplitude[rows] @ columns({}, day)[0].T)[:, after]
            across = wave_covariance(wave, known, at)
            own = wave_covariance(wave, known, known) + 1e-9 * np.eye(known.size)
            gain = np.linalg.solve(own, across).T
            values, vectors = np.linalg.eigh(wave_covariance(wave, at, at) - gain @ across)
            root = vectors * np.sqrt(np.maximum(values, 0.0))
            curves[rows, 1:] += seen @ gain.T + rng.standard_normal((rows.size, at.size)) @ root.T
    return curves
