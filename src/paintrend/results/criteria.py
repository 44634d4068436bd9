"""Criteria: the thresholds that turn a curve into a course."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from numbers import Real

from paintrend.errors import CriteriaError, InputError
from paintrend.scales import Scale

__all__ = [
    "CANNOT_TELL_FROM",
    "PROBABLE_FROM",
    "SENSITIVITY_FACTORS",
    "Criteria",
    "check_criteria",
    "longest_gap",
]

PROBABLE_FROM = 0.5
"""Below this share of curves no course is named."""

CANNOT_TELL_FROM = 0.2
"""From this share of curves that end worse, no course that does not end worse is named."""

SENSITIVITY_FACTORS = (0.75, 1.25)
"""Both thresholds are multiplied by these to see whether the named course depends on them."""


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """Thresholds by which curves are judged; None stands for the default.

    Parameters
    ----------
    worsening : float, optional
        Change in scale units that counts as worse. Default: the scale's `worse`.
    improvement : float, optional
        Change in scale units that counts as better. Default: the scale's `better`. The two are
        separate: worsening is not improvement mirrored.
    sustained_days : float, optional
        Days before the horizon, of which 80% must be worse for a sustained deterioration.
        Default: a quarter of the horizon.
    lasting_days : float, optional
        Days a condition has to hold to count as lasting. Default: a twelfth of the horizon.
    certainty : float
        Share of curves from which a course is called clear; 0.5 to 1.

    Examples
    --------
    >>> from paintrend.scales import get_scale
    >>> Criteria(worsening=3).resolve(get_scale("nrs"), 84)
    Criteria(worsening=3.0, improvement=2.0, sustained_days=21.0, lasting_days=7.0, certainty=0.8)
    """

    worsening: float | None = None
    improvement: float | None = None
    sustained_days: float | None = None
    lasting_days: float | None = None
    certainty: float = 0.8

    def resolve(self, scale: Scale, horizon: float) -> Criteria:
        """Fill in every default for a scale and a horizon.

        Parameters
        ----------
        scale : Scale
            Gives the default thresholds and the largest change possible.
        horizon : float
            Days.

        Returns
        -------
        Criteria
            With a number in every field.

        Raises
        ------
        CriteriaError
            Listing everything that is missing or wrong.
        """
        values = {
            "worsening": scale.worse if self.worsening is None else self.worsening,
            "improvement": scale.better if self.improvement is None else self.improvement,
            "sustained_days": horizon / 4 if self.sustained_days is None else self.sustained_days,
            "lasting_days": horizon / 12 if self.lasting_days is None else self.lasting_days,
            "certainty": self.certainty,
        }
        most = {
            "worsening": (scale.span, f"the span of scale {scale.name!r}"),
            "improvement": (scale.span, f"the span of scale {scale.name!r}"),
            "sustained_days": (horizon, "the horizon in days"),
            "lasting_days": (horizon, "the horizon in days"),
            "certainty": (1.0, "a share of 1"),
        }
        problems = [
            problem
            for name, value in values.items()
            if (problem := _problem(name, value, *most[name], scale=scale))
        ]
        if problems:
            raise CriteriaError("Criteria cannot be used: " + "; ".join(problems) + ".")
        return Criteria(**{name: float(value) for name, value in values.items()})  # type: ignore[arg-type]

    def scaled(self, factor: float) -> Criteria:
        """Multiply both thresholds of resolved criteria by a factor."""
        return Criteria(
            worsening=self.required("worsening") * factor,
            improvement=self.required("improvement") * factor,
            sustained_days=self.sustained_days,
            lasting_days=self.lasting_days,
            certainty=self.certainty,
        )

    def required(self, name: str) -> float:
        """Give a field of resolved criteria.

        Raises
        ------
        CriteriaError
            If there is no such field, or it still stands for a default.
        """
        value = getattr(self, name) if name in {field.name for field in fields(self)} else None
        if value is None:
            raise CriteriaError(f"Criteria have no value for {name!r}: call resolve() first.")
        return float(value)


def check_criteria(criteria: object, where: str) -> None:
    """Refuse thresholds that are no Criteria; None stands for the defaults.

    Raises
    ------
    InputError
    """
    if criteria is not None and not isinstance(criteria, Criteria):
        got = type(criteria).__name__
        raise InputError(f"{where} takes thresholds as Criteria(worsening=...), got {got}.")


def _problem(name: str, value: object, most: float, what: str, *, scale: Scale) -> str:
    """Say what is wrong with one value; an empty text if nothing is."""
    if value is None and name in ("worsening", "improvement"):
        return (
            f"scale {scale.name!r} has no threshold for {name}: "
            f"give Criteria({name}=...) in {scale.unit}"
        )
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
        return f"{name} must be a number, not {value!r}"
    number = float(value)
    if name == "certainty":
        return "" if PROBABLE_FROM <= number <= most else f"{name} must be 0.5 to 1, not {value!r}"
    if not 0 < number <= most:
        return f"{name} must be above 0 and at most {most:g} ({what}), not {value!r}"
    return ""


def longest_gap(criteria: Criteria) -> float:
    """Days between the last rating and the horizon that are not yet a forecast.

    Parameters
    ----------
    criteria : Criteria
        Resolved.

    Examples
    --------
    >>> from paintrend.scales import get_scale
    >>> round(longest_gap(Criteria().resolve(get_scale("nrs"), 84)), 3)
    14.0
    """
    # a gap of exactly that is none, also where hours as parts of a day are a little off
    return 2 * criteria.required("lasting_days") * (1 + 1e-9)
