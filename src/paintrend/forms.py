"""Forms of the two parts of a pain curve: a slow change S and a hump B, each a function and a row.

S is 0 on day 0 and 1 at the horizon; B is 0 on day 0 and 1 at its peak. Both are 0 before day 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["FORMS", "Component", "Form", "evaluate", "exponential"]

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


def step(t: Array, horizon: float, midpoint: float, width: float) -> Array:
    """0 before ``midpoint - width``, 1 after ``midpoint + width``, straight between."""
    return np.clip((t - midpoint + width) / (2.0 * width), 0.0, 1.0)


def sine(t: Array, horizon: float, period: float) -> Array:
    """``sin(2 pi t / period)``; with `cosine` a regular cycle of any phase."""
    return np.asarray(np.sin(2.0 * np.pi * t / period))


def cosine(t: Array, horizon: float, period: float) -> Array:
    """``1 - cos(2 pi t / period)``."""
    return np.asarray(1.0 - np.cos(2.0 * np.pi * t / period))


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
                ("sharpness", "1", "0.4 is a fast rise and a slow fall; 9 a narrow hump"),
            ),
            "rise and decay of a transient response",
        ),
        Form(
            "step",
            "slow",
            step,
            "0 before m - w, 1 after m + w, straight between",
            (
                ("midpoint", "days", "day on which half of the change has happened"),
                ("width", "days", "half of the time that the change takes"),
            ),
            "sudden change",
        ),
        Form(
            "sine",
            "slow",
            sine,
            "sin(2 pi t/P)",
            (("period", "days", "time from one peak to the next"),),
            "regular cycle",
        ),
        Form(
            "cosine",
            "hump",
            cosine,
            "1 - cos(2 pi t/P)",
            (("period", "days", "time from one peak to the next"),),
            "regular cycle",
        ),
    )
}


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


def evaluate(component: Component, t: Array, horizon: float) -> Array:
    """Value of a component at days ``t``; 0 at and before day 0.

    Examples
    --------
    >>> evaluate(Component("gamma_hump", (21.0, 3.0)), np.array([-7.0, 0.0, 21.0]), 84.0).tolist()
    [0.0, 0.0, 1.0]
    """
    after = np.maximum(np.asarray(t, dtype=float), 0.0)
    return FORMS[component.form].function(after, horizon, *component.parameters)
