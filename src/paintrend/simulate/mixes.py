"""Mixes: how common courses are.

The default mix is a plausible one for back pain in physiotherapy, with every course common enough
to test against; it is an assumption, not a measured prevalence.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["DEFAULT_MIX"]

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
