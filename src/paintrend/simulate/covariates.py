"""Covariates: what else is known about a patient, and how it goes with the course."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from paintrend.errors import is_number
from paintrend.simulate.checks import check_courses, check_shares, require
from paintrend.simulate.streams import pick

__all__ = ["BACK_PAIN_COVARIATES", "ChoiceCovariate", "Covariate", "NumberCovariate"]


def _check_effect(effect: object) -> None:
    good = isinstance(effect, Mapping) and all(is_number(v) for v in effect.values())
    require(good, "effect", "a mapping of courses to log odds", effect)
    check_courses("effect", list(effect))  # type: ignore[call-overload]


@dataclass(frozen=True, kw_only=True)
class NumberCovariate:
    """A number per patient: normal, limited to a range, in steps.

    Parameters
    ----------
    mean, sd : float
        Of the normal distribution before it is limited.
    low, high : float
        Values outside are moved to the nearer limit.
    step : float
        Values are multiples of it; 0 for any value.
    effect : mapping of str to float
        Course -> what one standard deviation adds to the logarithm of the course's weight.
    """

    mean: float
    sd: float
    low: float = -np.inf
    high: float = np.inf
    step: float = 1.0
    effect: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require(is_number(self.mean), "NumberCovariate mean", "a number", self.mean)
        for name in ("sd", "step"):
            value = getattr(self, name)
            require(is_number(value) and value >= 0, f"NumberCovariate {name}", "0 or more", value)
        limits = (self.low, self.high)
        require(self.low < self.high, "NumberCovariate low, high", "in rising order", limits)
        _check_effect(self.effect)

    def draw(self, rng: np.random.Generator) -> tuple[float, Mapping[str, float]]:
        """Draw a value, and what it adds to the logarithm of each course's weight."""
        z = float(rng.standard_normal())
        value = self.mean + self.sd * z
        if self.step:
            value = float(np.round(np.rint(value / self.step) * self.step, 10))
        added = {course: log_odds * z for course, log_odds in self.effect.items()}
        return min(max(value, self.low), self.high), added


@dataclass(frozen=True, kw_only=True)
class ChoiceCovariate:
    """One of several named values per patient.

    Parameters
    ----------
    shares : mapping of str to float
        Value -> its share; the shares sum to 1.
    effect : mapping of str to mapping
        Value -> course -> what it adds to the logarithm of the course's weight.
    """

    shares: Mapping[str, float]
    effect: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_shares("ChoiceCovariate shares", self.shares)
        good = isinstance(self.effect, Mapping) and set(self.effect) <= set(self.shares)
        require(good, "ChoiceCovariate effect", f"about {list(self.shares)}", self.effect)
        for effect in self.effect.values():
            _check_effect(effect)

    def draw(self, rng: np.random.Generator) -> tuple[str, Mapping[str, float]]:
        """Draw a value, and what it adds to the logarithm of each course's weight."""
        value = list(self.shares)[pick(rng, list(self.shares.values()))]
        return value, self.effect.get(value, {})


Covariate = NumberCovariate | ChoiceCovariate

BACK_PAIN_COVARIATES: Mapping[str, Covariate] = MappingProxyType(
    {
        "age": NumberCovariate(mean=51, sd=14, low=18, high=88),
        "sex": ChoiceCovariate(shares={"female": 0.56, "male": 0.44}),
        "diagnosis": ChoiceCovariate(
            shares={"low back pain": 0.62, "sciatica": 0.24, "after spine surgery": 0.14}
        ),
    }
)
"""Age, sex and diagnosis of adults with back pain; assumed figures, without an effect."""
