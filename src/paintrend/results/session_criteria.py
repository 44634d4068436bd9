"""Thresholds that turn a response to sessions into a verdict."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real

from paintrend.errors import CriteriaError
from paintrend.results.criteria import PROBABLE_FROM
from paintrend.scales import Scale

__all__ = ["SessionCriteria"]


@dataclass(frozen=True, kw_only=True)
class SessionCriteria:
    """Thresholds by which the response to sessions is judged; None stands for the default.

    Parameters
    ----------
    rise : float, optional
        Height of the peak after a session from which there is a response, scale units. Default:
        half of the scale's `worse`.
    left : float
        Share of the peak: where this much is left before the next session, it has not settled.
    climb : float, optional
        Climb of the level before sessions, from the first three to the last three, that counts as
        building up, scale units. Default: the scale's `worse`.
    certainty : float
        Share of curves from which a verdict is called clear; 0.5 to 1.
    sessions : int
        A verdict needs this many sessions with a rating before and one 12 to 72 hours after. With
        1, a single session can show that there is no response, but not that it settles.
    """

    rise: float | None = None
    left: float = 0.25
    climb: float | None = None
    certainty: float = 0.8
    sessions: int = 3

    def resolve(self, scale: Scale) -> SessionCriteria:
        """Fill in the defaults of a scale.

        Raises
        ------
        CriteriaError
            Listing everything that is missing or wrong.

        Examples
        --------
        >>> from paintrend.scales import get_scale
        >>> SessionCriteria().resolve(get_scale("nrs")).rise
        1.0
        """
        worse = scale.worse
        rise = self.rise if self.rise is not None or worse is None else worse / 2.0
        climb = worse if self.climb is None else self.climb
        limits = {
            "rise": (rise, 0.0, scale.span),
            "left": (self.left, 0.0, 1.0),
            "climb": (climb, 0.0, scale.span),
            "certainty": (self.certainty, PROBABLE_FROM, 1.0),
            "sessions": (self.sessions, 1, 1000),
        }
        found = []
        for name, (value, low, high) in limits.items():
            if value is None:
                found.append(f"scale {scale.name!r} has no threshold for worse: give {name}")
            elif (
                isinstance(value, bool)
                or not isinstance(value, Real)
                or not _inside(float(value), low, high, open_low=name in ("rise", "left", "climb"))
            ):
                found.append(f"{name} must be from {low:g} to {high:g}, not {value!r}")
        if found:
            raise CriteriaError("SessionCriteria cannot be used: " + "; ".join(found) + ".")
        return SessionCriteria(
            rise=float(limits["rise"][0]),  # type: ignore[arg-type]
            left=float(self.left),
            climb=float(limits["climb"][0]),  # type: ignore[arg-type]
            certainty=float(self.certainty),
            sessions=int(self.sessions),
        )


def _inside(value: float, low: float, high: float, *, open_low: bool) -> bool:
    return math.isfinite(value) and value <= high and (value > low if open_low else value >= low)
