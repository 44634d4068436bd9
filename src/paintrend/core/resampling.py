"""From weighted proposals to equally weighted draws.

Systematic resampling keeps of every stretch of the proposals as many as its weight is worth, give
or take one. So they are put in order first: curves that a glance takes for the same course stand
together. The shares of courses among the draws are then nearly those of the weights, where the
order in which they are proposed would leave them to chance.
"""

from __future__ import annotations

import numpy as np

from paintrend.core.compile import kernel
from paintrend.core.curves import draw_on_grid
from paintrend.core.streams import MASK

__all__ = ["SKETCH_POINTS", "course_order", "glance", "resample", "rough_courses", "shuffled"]

N_COURSES = 8
ENDS, RISES = 16, 4
"""Levels of the end, and of the highest rise, that are told apart within a course."""
N_KEYS = N_COURSES * ENDS * RISES
SKETCH_POINTS = 16
"""Days at which a glance is taken at a curve: 15 from day 0 to the horizon, and its end."""
LATE = 4
"""Points of a sketch that stand for its last quarter."""


@kernel(inline=True, counted=False, inner=True)
def _rough_course(end, up, down, late, worsening, improvement):
    """Course of a sketch, counted so that courses that pass into each other are neighbours:
    improving, worse before better, fluctuating, improvement lost, unchanged, transient worsening,
    recent worsening, sustained deterioration.

    Parameters
    ----------
    up, down : bit g is set where the change is that large at point g;  late : the last `LATE` of up
    """
    if end <= -improvement:
        if up == 0:
            return 0
        # the lowest bit that is set is the first point
        return 1 if down == 0 or (up & -up) < (down & -down) else 2
    if end >= worsening:
        return 7 if late == (1 << LATE) - 1 else 6
    if up != 0:
        return 2 if down != 0 else 5
    return 3 if down != 0 else 4


@kernel(counted=False)
def rough_courses(sketch, worsening, improvement, key):
    """Fill ``key`` (D,) with places in an order in which curves of one course stand together.

    Parameters
    ----------
    sketch : (D, 16) levels at the days of `grid.sketch_rows`: equally spaced from day 0 to the
        horizon, and the middle of the time that counts as the end
    worsening, improvement : thresholds, in the unit of the levels
    """
    last = SKETCH_POINTS - 2
    points = (1 << (last + 1)) - 1
    for d in range(sketch.shape[0]):
        b = sketch[d, 0]
        half = up = well_up = down = 0
        # without a branch, so that it becomes vector instructions
        for g in range(SKETCH_POINTS):
            change = sketch[d, g] - b
            half += int(change >= 0.5 * worsening) << g
            up += int(change >= worsening) << g
            well_up += int(change >= 1.5 * worsening) << g
            down += int(change <= -improvement) << g
        end = sketch[d, last + 1] - b
        up &= points
        down &= points
        late = up >> (last + 1 - LATE)
        course = _rough_course(end, up, down, late, worsening, improvement)
        # in steps of half a threshold; the end runs up in one course and down in the next
        ends = end / (0.5 * (worsening if end > 0.0 else improvement)) + 0.5 * ENDS
        at_end = min(max(int(ends), 0), ENDS - 1)
        place = at_end if course & 1 else ENDS - 1 - at_end
        rise = (half != 0) + (up != 0) + (well_up != 0)
        key[d] = (course * ENDS + place) * RISES + rise


@kernel(inline=True, counted=False)
def glance(model, setting, amplitude, wave, wave_row, sketch, key):
    """Fill ``key`` (D,) with `rough_courses` of proposals; ``sketch`` (some, 16) is work space, the
    other parameters are those of `curves.draw_on_grid`."""
    worsening, improvement = model.thresholds[0], model.thresholds[1]
    for a in range(0, setting.shape[0], sketch.shape[0]):
        b = min(a + sketch.shape[0], setting.shape[0])
        draw_on_grid(
            setting[a:b], amplitude[a:b], wave, wave_row[a:b], model, model.sketch, 1.0, 0.0, sketch
        )
        rough_courses(sketch[: b - a], worsening, improvement, key[a:b])


@kernel
def course_order(key, order):
    """Fill ``order`` (D,) with the rows in the order of their keys; equal keys keep theirs."""
    first = np.zeros(N_KEYS + 1, dtype=np.int64)
    for k in key:
        first[k + 1] += 1
    for k in range(N_KEYS):
        first[k + 1] += first[k]
    for d in range(key.shape[0]):
        order[first[key[d]]] = d
        first[key[d]] += 1


@kernel
def resample(weight, order, n_keep, uniform):
    """Systematic resampling to equal weights, along an order.

    Returns
    -------
    kept : (n_keep,) rows;  log_mean : log mean weight
    """
    total = 0.0
    for x in weight:
        total += x
    kept = np.empty(n_keep, dtype=np.int64)
    cumulative, step = weight[order[0]], total / n_keep
    i = 0
    for d in range(n_keep):
        at = (d + uniform) * step
        while cumulative < at and i < weight.shape[0] - 1:
            i += 1
            cumulative += weight[order[i]]
        kept[d] = order[i]
    return kept, np.log(total / weight.shape[0])


@kernel
def shuffled(kept, uniform, at):
    """The same rows in random order.

    They come course by course: all calm draws first, say. Draw d of every patient put together
    would then be a cohort of the calm, and not one of the cohorts that the ratings allow.
    """
    order = kept.copy()
    for d in range(order.size - 1, 0, -1):
        other = np.int64(uniform[(at + d) & MASK] * (d + 1))
        order[d], order[other] = order[other], order[d]
    return order
