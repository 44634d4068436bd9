"""Words of direction: what moved is said so that it holds on the scale at hand.

Every sentence is written for scales on which higher is worse. Where higher is better, what the
score did is said as worse and better, and where a value lies by its own values, so that nobody
reads raised of a score that fell. This is the one place that knows the words of both.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paintrend.scales import Scale

__all__ = ["HIGHER_IS_BETTER", "in_direction"]

HIGHER_IS_BETTER = MappingProxyType(
    {
        # what moved
        "raised": "worse",
        "lower": "better",
        "rose": "worse first",
        "rise": "worsening",
        "fall": "improvement",
        "rises": "gets worse",
        "falls": "gets better",
        "climb": "worsening",
        "climbs": "gets worse",
        "up:": "worse:",
        "down:": "better:",
        "are up": "are worse",
        "are down": "are better",
        "curves that rise": "curves that get worse on the way",
        "patients rise": "patients get worse",
        "ratings rise": "ratings get worse",
        "them rise": "them get worse",
        # a change that is a number: above 0 is worse on every scale
        "mean change": "mean change towards worse",
        "change at the end": "change at the end, towards worse",
        "change of the level": "change towards worse of the level",
        # where a value lies
        "rise above the start": "worsening since the start",
        "above expected": "below expected",
        "above that": "below that",
        "above the": "below the",
        "above the upper": "below the lower",
        "above those": "below those",
        "as used now, above": "as used now, below",
        "higher than": "lower than",
    }
)
"""Words of a sentence and what stands for them on a scale on which higher is better."""

_WORDS = re.compile(
    "|".join(
        rf"\b{re.escape(words)}" + ("" if words.endswith(":") else r"\b")
        for words in sorted(HIGHER_IS_BETTER, key=len, reverse=True)
    ),
    re.IGNORECASE,
)


def in_direction(text: str, scale: Scale) -> str:
    """Say a sentence that was written for "higher is worse" on the scale at hand.

    For the program's own words: ids, covariates and other text of users must not go through it.

    Examples
    --------
    >>> from paintrend.scales import Scale, get_scale
    >>> relief = Scale("relief", 0, 10, better=2, worse=2, higher_is_worse=False)
    >>> in_direction("Raised now", relief), in_direction("Raised now", get_scale("nrs"))
    ('Worse now', 'Raised now')
    """
    return text if scale.higher_is_worse else _WORDS.sub(_turned, text)


def _turned(found: re.Match[str]) -> str:
    said = HIGHER_IS_BETTER[found[0].lower()]
    return said[0].upper() + said[1:] if found[0][0].isupper() else said
