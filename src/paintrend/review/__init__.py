"""Review: in which order to look at patients, and why each one stands where it stands."""

from paintrend.review.facts import known_at, latest_ratings, share_raised
from paintrend.review.groups import (
    DETERIORATION_FROM,
    GROUPS,
    NO_IMPROVEMENT_BELOW,
    RAISED_FROM,
    REVIEW_AT,
    REVIEW_FROM,
    SIGN_GROUPS,
)
from paintrend.review.order import review_order

__all__ = [
    "DETERIORATION_FROM",
    "GROUPS",
    "NO_IMPROVEMENT_BELOW",
    "RAISED_FROM",
    "REVIEW_AT",
    "REVIEW_FROM",
    "SIGN_GROUPS",
    "known_at",
    "latest_ratings",
    "review_order",
    "share_raised",
]
