"""The caption below the small multiples: what is not drawn, and what the marks are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from paintrend.wording import TimeUnit, plural

if TYPE_CHECKING:
    from paintrend.plots.panel import Panel

__all__ = ["axis_ends", "moments_caption", "open_caption", "outside_caption"]


def axis_ends(first_day: float, horizon: float) -> tuple[float, float]:
    """Ends of the time axis, with room for the points at both."""
    room = 0.03 * (horizon - first_day)
    return first_day - room, horizon + room


def outside_caption(
    panels: tuple[Panel, ...], first_day: float, horizon: float, unit: TimeUnit
) -> str:
    """Say how many ratings lie left and right of what is drawn; "" where all are drawn."""
    left, right = axis_ends(first_day, horizon)
    day = np.concatenate([np.empty(0), *(panel.rating_day for panel in panels)])
    of = plural(len(day), "rating")
    return "".join(
        f"{n} of {of} {'is' if n == 1 else 'are'} {where} of what is drawn. "
        for n, where in (
            (int((day < left).sum()), f"before {unit.show(first_day)}, left"),
            (int((day > right).sum()), "after the horizon, right"),
        )
        if n
    )


def open_caption(panels: tuple[Panel, ...], first_day: float, horizon: float) -> str:
    """Say what the open points are; "" where none is drawn."""
    left, right = axis_ends(first_day, horizon)
    kinds = {
        "used for inclusion" if inclusion else "after the horizon"
        for panel in panels
        for day, inclusion in zip(panel.rating_day, panel.inclusion, strict=True)
        if left <= day <= right and (inclusion or day > horizon)
    }
    return f" (open: {', or '.join(sorted(kinds, reverse=True))}; not fitted)" if kinds else ""


def moments_caption(panels: tuple[Panel, ...]) -> str:
    """Say what the marks of events and warning signs are; "" where there is none."""
    if not any(panel.moments for panel in panels):
        return ""
    return (
        "Dotted upright lines: events. Lines under a triangle: warning signs (filled: same day). "
        "Shown as reported, not part of the model."
    )
