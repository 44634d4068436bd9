"""Mixes: how common courses are, and which families of shapes give each course.

The default mix is a plausible one for back pain in physiotherapy, with every course common enough
to test against; it is an assumption, not a measured prevalence.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["COURSE_FAMILIES", "DEFAULT_MIX"]

DEFAULT_MIX: Mapping[str, float] = MappingProxyType(
    {
        "improving": 0.40,
        "worse_before_better": 0.12,
        "unchanged": 0.20,
        "transient_worsening": 0.06,
        "improvement_lost": 0.05,
        "fluctuating": 0.04,
        "sustained_deterioration": 0.09,
        "recent_worsening": 0.04,
    }
)
"""Share of each course when none is asked for."""

# Only families in which at least one curve in a few hundred has the course: others would make
# rejection slow without adding anything a reader could see.
COURSE_FAMILIES: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "improving": {"better": 0.6, "trough_better": 0.15, "hump_better": 0.1, "waxing": 0.15},
        "worse_before_better": {"hump_better": 0.85, "waxing": 0.15},
        "unchanged": {
            "flat": 0.45,
            "better": 0.15,
            "worse": 0.1,
            "hump": 0.1,
            "trough": 0.05,
            "waxing": 0.15,
        },
        "transient_worsening": {"hump": 0.7, "hump_better": 0.1, "waxing": 0.2},
        "improvement_lost": {"trough": 0.7, "trough_worse": 0.1, "waxing": 0.2},
        "fluctuating": {"waxing": 1.0},
        "sustained_deterioration": {"worse": 0.6, "hump_worse": 0.25, "waxing": 0.15},
        "recent_worsening": {"worse": 0.5, "trough_worse": 0.25, "waxing": 0.25},
    }
)
"""Share of each family of shapes among the curves of a course."""
