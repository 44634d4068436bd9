"""Default populations: what is assumed before any cohort is seen, as course prevalences and
typical sizes.

Every number is a stated assumption that a cohort overrides as it grows; below about 50 patients
results rest mainly on them, so reports show a second default beside the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["DEFAULTS", "DefaultPopulation"]


@dataclass(frozen=True)
class DefaultPopulation:
    """A stated starting point.

    Parameters
    ----------
    name : key in `DEFAULTS`
    prevalence : share of each course, summing to 1
    families : proportions of the families of shapes, where the prevalences leave them open
    start : mean and standard deviation of the start, in tenths of the scale's range
    better, worse : mean and sd of the slow change where it improves or worsens, same unit
    hump, trough : mean and sd of the height of a rise and of the depth of a temporary fall, same
        unit
    cycle : sd of the two amplitudes of a regular cycle, same unit
    start_effect : further improvement per tenth of the range that the start lies above its mean
    trend : sd of the change per quarter of the horizon before day 0, same unit
    source : where the numbers come from, and what is assumed
    """

    name: str
    prevalence: Mapping[str, float]
    families: Mapping[str, float]
    start: tuple[float, float]
    better: tuple[float, float]
    worse: tuple[float, float]
    hump: tuple[float, float]
    trough: tuple[float, float]
    cycle: float
    start_effect: float
    trend: float
    source: str


def _prevalence(**shares: float) -> Mapping[str, float]:
    return MappingProxyType(shares)


_FAMILIES = _prevalence(
    flat=0.16,
    better=0.36,
    worse=0.09,
    hump=0.06,
    trough=0.05,
    hump_better=0.10,
    hump_worse=0.03,
    trough_better=0.03,
    trough_worse=0.02,
    cycle=0.04,
    waxing=0.06,
)

DEFAULTS: Mapping[str, DefaultPopulation] = MappingProxyType(
    {
        "rehabilitation": DefaultPopulation(
            name="rehabilitation",
            prevalence=_prevalence(
                improving=0.40,
                worse_before_better=0.10,
                unchanged=0.24,
                transient_worsening=0.07,
                improvement_lost=0.05,
                fluctuating=0.02,
                sustained_deterioration=0.08,
                recent_worsening=0.04,
            ),
            families=_FAMILIES,
            start=(5.5, 1.9),
            better=(-3.5, 1.7),
            worse=(2.6, 1.3),
            hump=(3.0, 1.4),
            trough=(-2.6, 1.3),
            cycle=1.4,
            start_effect=0.4,
            trend=0.75,
            source=(
                "Size of improvement: mean course of acute and persistent low back pain "
                "(Costa 2012, CMAJ 184:E613). "
                "Temporary worsening in 15 to 29% of patients (Larsen 2016, psychotherapy; "
                "assumed to carry over). "
                "All other shares and sizes are assumed."
            ),
        ),
        "cautious": DefaultPopulation(
            name="cautious",
            prevalence=_prevalence(
                improving=0.25,
                worse_before_better=0.08,
                unchanged=0.33,
                transient_worsening=0.08,
                improvement_lost=0.06,
                fluctuating=0.03,
                sustained_deterioration=0.12,
                recent_worsening=0.05,
            ),
            families=_FAMILIES,
            start=(5.5, 1.9),
            better=(-2.8, 1.5),
            worse=(2.6, 1.3),
            hump=(2.8, 1.3),
            trough=(-2.4, 1.2),
            cycle=1.4,
            start_effect=0.3,
            trend=0.75,
            source=(
                "Fewer improve and more deteriorate than in 'rehabilitation'; all shares assumed, "
                "for comparison."
            ),
        ),
    }
)
