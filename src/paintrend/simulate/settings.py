"""Settings of a simulation: where patients start, when they are seen, how ratings scatter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from paintrend.errors import is_number
from paintrend.simulate.checks import check_whole, require

__all__ = ["Noise", "Start", "Visits"]


def _number(argument: str, value: object, low: float, high: float = float("inf")) -> None:
    expected = f"a number of at least {low:g}" if high == float("inf") else f"{low:g} to {high:g}"
    require(is_number(value) and low <= value <= high, argument, expected, value)  # type: ignore[operator]


def _number_or_none(argument: str, value: object, low: float) -> None:
    if value is not None:
        _number(argument, value, low)


@dataclass(frozen=True, kw_only=True)
class Start:
    """Where patients start, and how their level moves before treatment.

    Parameters
    ----------
    mean : float, optional
        Mean of the true level on day 0, in the scale's own values. Levels are normal, limited to
        the scale's range. Default: 58% of the range from its best end (5.8 on a 0-10 scale).
    sd : float, optional
        Its standard deviation. Default: 16% of the range.
    trend_sd : float, optional
        Standard deviation of the trend before day 0, scale units per day; the mean trend is 0.
        Default: 0.3% of the range (0.2 points a week on a 0-10 scale).
    """

    mean: float | None = None
    sd: float | None = None
    trend_sd: float | None = None

    def __post_init__(self) -> None:
        require(self.mean is None or is_number(self.mean), "Start mean", "a number", self.mean)
        _number_or_none("Start sd", self.sd, 0.0)
        _number_or_none("Start trend_sd", self.trend_sd, 0.0)


@dataclass(frozen=True, kw_only=True)
class Visits:
    """When ratings are planned, and how they are lost.

    The last planned visit up to day 0 (or the first visit, if all are later) is never missed, so
    every patient has a rating.

    Parameters
    ----------
    days : sequence of float, optional
        Planned days, at most the horizon; visits before and on day 0 are before treatment.
        Default: every twelfth of the horizon, with three ratings up to day 0 (every week from
        -14 to 84 for a horizon of 84).
    jitter : int
        A visit takes place up to so many whole days before or after the plan, all equally likely;
        a visit planned on day 0 takes place on day 0, and none is later than the horizon.
    missed : float
        Probability that a rating is missed, independently of everything.
    dropout : float
        Probability, at each visit after day 0, that a patient whose true level is in the middle
        of the scale does not come to this visit and to any later one.
    dropout_odds : float
        The odds of that are multiplied by this for every tenth of the range by which the true
        level at the visit is worse than the middle; 1 makes drop-out independent of pain.
    """

    days: Sequence[float] | None = None
    jitter: int = 0
    missed: float = 0.1
    dropout: float = 0.015
    dropout_odds: float = 1.2

    def __post_init__(self) -> None:
        check_whole("Visits jitter", self.jitter, 0)
        _number("Visits missed", self.missed, 0.0, 1.0)
        _number("Visits dropout", self.dropout, 0.0, 1.0)
        good = is_number(self.dropout_odds) and self.dropout_odds > 0
        require(good, "Visits dropout_odds", "a number above 0", self.dropout_odds)


@dataclass(frozen=True, kw_only=True)
class Noise:
    """How ratings scatter around the curve.

    A rating is the curve plus noise, rounded to the scale's step and kept on the scale. A share
    `persistent` of the noise variance is an Ornstein-Uhlenbeck process, the rest is independent,
    so that the noise of two ratings d days apart has the correlation ``persistent exp(-d / tau)``.

    Parameters
    ----------
    sd : float, optional
        Median over patients of the standard deviation, scale units; 0 for none. Default: 12% of
        the range (1.2 on a 0-10 scale: day-to-day sd of one rating is about 1.2 to 1.3 there,
        from the reliabilities of Heapy 2014).
    spread : float
        Standard deviation over patients of the logarithm of that standard deviation.
    autocorrelation : float
        Correlation of the noise of two ratings `lag_days` apart; below `persistent`.
    lag_days : float
        Days.
    persistent : float
        Share of the noise variance that persists from rating to rating.
    heaping : float
        Probability that a rating is given in multiples of `heap_step` above the lower end.
    heap_step : float, optional
        Default: five steps of the scale; a twentieth of the range where any value may occur.
    """

    sd: float | None = None
    spread: float = 0.3
    autocorrelation: float = 0.3
    lag_days: float = 1.0
    persistent: float = 0.6
    heaping: float = 0.0
    heap_step: float | None = None

    def __post_init__(self) -> None:
        _number_or_none("Noise sd", self.sd, 0.0)
        _number("Noise spread", self.spread, 0.0)
        _number("Noise persistent", self.persistent, 0.0, 1.0)
        good = is_number(self.autocorrelation) and self.autocorrelation >= 0
        good = good and (self.autocorrelation < self.persistent or self.autocorrelation == 0)
        expected = f"0 or more and below persistent ({self.persistent:g})"
        require(good, "Noise autocorrelation", expected, self.autocorrelation)
        for name in ("lag_days", "heap_step"):
            value = getattr(self, name)
            good = value is None and name == "heap_step"
            require(good or (is_number(value) and value > 0), f"Noise {name}", "above 0", value)
        _number("Noise heaping", self.heaping, 0.0, 1.0)
