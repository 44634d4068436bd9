"""What is compared when a cohort is checked: a row of words for each statistic."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["STATISTICS", "Statistic"]


class Statistic(NamedTuple):
    """One thing that is compared.

    Attributes
    ----------
    label : what a reader is shown; ``{best}``, ``{worst}`` and ``{middle}`` stand for ratings
    meaning : how it is computed
    unit : "points" (scale units), "correlation" or "share"
    """

    label: str
    meaning: str
    unit: str


STATISTICS: dict[str, Statistic] = {
    "spread": Statistic(
        "scatter about the own curve",
        "root mean square of the distance of ratings from their patient's curve",
        "points",
    ),
    "spread_difference": Statistic(
        "difference in scatter between patients",
        "standard deviation over patients with three or more ratings of each one's scatter",
        "points",
    ),
    "near_share": Statistic(
        "ratings close to the curve",
        "share of ratings within half a standard deviation of the patient's noise from the curve",
        "share",
    ),
    "lag1": Statistic(
        "runs above or below the curve",
        "correlation of a rating's distance from the curve with that of the rating before",
        "correlation",
    ),
    "cohort_sd": Statistic(
        "spread of all ratings", "standard deviation of all ratings together", "points"
    ),
    "best_end_share": Statistic(
        "ratings at the best end ({best})", "share of ratings at the best end of the scale", "share"
    ),
    "worst_end_share": Statistic(
        "ratings at the worst end ({worst})",
        "share of ratings at the worst end of the scale",
        "share",
    ),
    "middle_share": Statistic(
        "ratings on the middle ({middle})", "share of ratings on the middle of the scale", "share"
    ),
    "uneven_values": Statistic(
        "unevenness of neighbouring values",
        "half the distance of each value's count from the mean of its neighbours' counts, summed, "
        "as a share of all ratings",
        "share",
    ),
}
"""Everything that is compared, in the order of the table."""
