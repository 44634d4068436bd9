"""The course rules read point by point: what the kernels find with bits of words, found slowly."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from paintrend.core.course_rules import COURSES, GRID_POINTS, UNJUDGED


class Reading(NamedTuple):
    """Code, features in the order of `FEATURES` and checks in the order of `CHECKS`."""

    code: int
    features: list[float]
    checks: list[int]


def runs(holds: list[bool]) -> list[tuple[int, int]]:
    """First point and length of every run of points on which a condition holds."""
    found, start = [], None
    for i, held in enumerate([*holds, False]):
        if held and start is None:
            start = i
        elif not held and start is not None:
            found.append((start, i - start))
            start = None
    return found


def read_curve(
    curve: np.ndarray, step: float, worsening: float, improvement: float, n: int, m: int
) -> Reading:
    """Read one curve by the table: n points last, m points are the last part."""
    f = [float(x) for x in curve]
    if not np.isfinite(f).all():
        return Reading(UNJUDGED, [np.nan] * 9, [-1] * 5)
    d = [x - f[0] for x in f]
    up, down = ([x >= worsening for x in d], [x <= -improvement for x in d])
    up_runs, down_runs = runs(up), runs(down)
    lasting_up = [start for start, length in up_runs if length >= n]
    lasting_down = [start for start, length in down_runs if length >= n]
    late = sum(up[-m:])
    drift = 0.0
    for x in d[-n:]:
        drift += x - d[-1]
    end = d[-1] + drift / n
    if end <= -improvement:
        course = "improving"
        if lasting_up:
            first = not lasting_down or lasting_up[0] < lasting_down[0]
            course = "worse_before_better" if first else "fluctuating"
    elif end >= worsening:
        course = "sustained_deterioration" if 10 * late >= 8 * m else "recent_worsening"
    elif lasting_up:
        course = "fluctuating" if lasting_down else "transient_worsening"
    else:
        course = "improvement_lost" if lasting_down else "unchanged"
    peak = d.index(max(d))
    settled = [
        peak + 1 + start
        for start, length in runs([x < 0.5 * worsening for x in d[peak + 1 :]])
        if length >= n
    ]
    ends_down = [start for start, length in down_runs if start + length == GRID_POINTS]
    nan = float("nan")
    features = [
        f[0],
        max(d),
        end,
        float(np.trapezoid(np.maximum(d, 0.0), dx=step)),
        step * (sum(up) - (0.5 if up[-1] else 0.0)),
        step * peak if lasting_up else nan,
        step * settled[0] if lasting_up and settled else nan,
        step * ends_down[0] if ends_down else nan,
        float(bool(lasting_up)),
    ]
    checks = [
        max([length for _, length in up_runs], default=0),
        lasting_up[0] if lasting_up else -1,
        max([length for _, length in down_runs], default=0),
        lasting_down[0] if lasting_down else -1,
        late,
    ]
    return Reading(COURSES.index(course), features, checks)
