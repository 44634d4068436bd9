"""Ratings of all patients by time, ordered by course: the numbers of `plot_lasagna`."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.plots.captions import definition, first_shown
from paintrend.plots.ordering import by_course
from paintrend.results.belonging import check_same_fit
from paintrend.scales import Scale
from paintrend.wording import TimeUnit, course_label, level, number, plural, time_unit

if TYPE_CHECKING:
    from paintrend.results.courses import Courses
    from paintrend.results.fit import Fit

__all__ = ["GONE", "MISSING", "RATED", "SPARSE", "CourseBand", "LasagnaNumbers", "lasagna_info"]

MOST_ROWS = 150
"""Rows of a figure: more would be thinner than four pixels."""
PER_HORIZON = 12
RATED, MISSING, GONE, SPARSE = 0, 1, 2, 3
"""A cell has ratings, has none, lies after the last one, or has those of fewer than half of its
patients."""


class CourseBand(NamedTuple):
    """Rows `start` to `stop` (without it) of the patients for whom a course is named."""

    course: str
    start: int
    stop: int
    n_patients: int


class LasagnaNumbers(NamedTuple):
    """What `draw_lasagna` draws.

    Attributes
    ----------
    names : of the rows: an id, or how many patients
    level : (R, B) mean rating, the scale's own values; NaN where there is none
    kind : (R, B) RATED, MISSING, GONE or SPARSE
    hover : (R, B) words
    edges : (B + 1,) days
    bands : rows of each course
    per_row : patients of a row at most
    n_patients, scale, unit, caption
    """

    names: tuple[str, ...]
    level: NDArray[np.float64]
    kind: NDArray[np.int64]
    hover: tuple[tuple[str, ...], ...]
    edges: NDArray[np.float64]
    bands: tuple[CourseBand, ...]
    per_row: int
    n_patients: int
    scale: Scale
    unit: TimeUnit
    caption: tuple[str, ...]


def lasagna_info(fit: Fit, courses: Courses) -> LasagnaNumbers:
    """Collect ratings by patient and time, patients ordered by course.

    Ratings are averaged over spans of a twelfth of the horizon, each around a multiple of it; from
    a horizon of four weeks on in whole weeks, as visits are. With more than 150 patients neighbours
    of one course share a row: the mean of their means.

    Raises
    ------
    InputError
        If the courses are of other patients than the fit.
    """
    check_same_fit(courses, fit)
    ordered = by_course(courses)
    ids, named = ordered["patient_id"].tolist(), ordered["course"].tolist()
    ratings = fit.diary.ratings
    ratings = ratings[ratings["pain"].notna() & (ratings["day"] <= fit.horizon)]
    width = _span(fit.horizon)
    first = first_shown(float(ratings["day"].min()) if len(ratings) else 0.0, fit.horizon)
    low = int(np.floor(first / width + 0.5))
    n_bins = int(np.floor(fit.horizon / width + 0.5)) - low + 1
    bins = np.floor(ratings["day"].to_numpy(dtype=float) / width + 0.5).astype(np.int64) - low
    row = pd.Index(ids).get_indexer(pd.Index(ratings["patient_id"]))
    seen = (bins >= 0) & (bins < n_bins)
    cell = row[seen] * n_bins + bins[seen]
    size = len(ids) * n_bins
    count = np.bincount(cell, minlength=size).reshape(len(ids), n_bins)
    total = np.bincount(cell, ratings["pain"].to_numpy(dtype=float)[seen], size)
    with np.errstate(invalid="ignore"):
        mean = total.reshape(count.shape) / count
    last = np.where(count.any(axis=1), n_bins - 1 - (count[:, ::-1] > 0).argmax(axis=1), -1)
    per_row = -(-len(ids) // MOST_ROWS) if ids else 1
    groups = _groups(named, per_row)
    edges = np.asarray((np.arange(n_bins + 1) + low - 0.5) * width, dtype=np.float64)
    unit = time_unit(fit.horizon)
    rows = [_row(mean, count, last, members, n_bins) for members in groups]
    spans = [
        f"{unit.name}s {number(a * unit.per_day)} to {number(b * unit.per_day)}"
        for a, b in pairwise(edges.tolist())
    ]
    names = tuple(
        ids[members[0]] if per_row == 1 else plural(len(members), "patient") for members in groups
    )
    hover = tuple(
        tuple(
            _words(names[i], named[members[0]], spans[b], values[b], kinds[b], rated[b],
                   len(members) if per_row > 1 else 0, fit.scale)
            for b in range(n_bins)
        )
        for i, (members, (values, kinds, rated)) in enumerate(zip(groups, rows, strict=True))
    )  # fmt: skip
    return LasagnaNumbers(
        names=names,
        level=np.array([values for values, _, _ in rows]).reshape(len(groups), n_bins),
        kind=np.array([kinds for _, kinds, _ in rows], dtype=np.int64).reshape(-1, n_bins),
        hover=hover,
        edges=edges,
        bands=_bands([named[members[0]] for members in groups], [len(m) for m in groups]),
        per_row=per_row,
        n_patients=len(ids),
        scale=fit.scale,
        unit=unit,
        caption=_caption(fit, courses, len(ratings), int(seen.sum()), per_row, width, unit),
    )


def _span(horizon: float) -> float:
    """Days of a cell."""
    twelfth = horizon / PER_HORIZON
    return 7.0 * max(1, round(twelfth / 7.0)) if horizon >= 28.0 else twelfth


def _groups(named: list[str], per_row: int) -> list[list[int]]:
    """Neighbours of one course, at most `per_row` together."""
    groups: list[list[int]] = []
    for i, course in enumerate(named):
        if groups and named[groups[-1][0]] == course and len(groups[-1]) < per_row:
            groups[-1].append(i)
        else:
            groups.append([i])
    return groups


def _row(
    mean: NDArray[np.float64], count: NDArray[np.int64], last: NDArray[np.int64],
    members: list[int], n_bins: int,
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:  # fmt: skip
    """Mean level, kind of cell, and number of members rated, each (B,)."""
    rated = (count[members] > 0).sum(axis=0)
    total = np.nansum(mean[members], axis=0)
    with np.errstate(invalid="ignore"):
        level_ = np.where(rated > 0, total / rated, np.nan)
    after = np.arange(n_bins) > last[members].max()
    some = np.where(2 * rated < len(members), SPARSE, RATED)
    kind = np.where(rated > 0, some, np.where(after, GONE, MISSING))
    return level_, kind, rated


def _words(
    name: str, course: str, span: str, value: float, kind: int, rated: int, n: int, scale: Scale
) -> str:
    """Words of a cell, lines separated by newlines; the drawing escapes them."""
    if kind in (RATED, SPARSE):
        said = f"mean rating {level(float(value), scale)}" + (
            f", {rated} of {n} rated" if n else ""
        )
    else:
        said = "no rating after the last one" if kind == GONE else "no rating"
    return f"{name}: {course_label(course)}\n{span}: {said}"


def _bands(named: list[str], sizes: list[int]) -> tuple[CourseBand, ...]:
    bands: list[CourseBand] = []
    for i, (course, size) in enumerate(zip(named, sizes, strict=True)):
        if bands and bands[-1].course == course:
            bands[-1] = bands[-1]._replace(stop=i + 1, n_patients=bands[-1].n_patients + size)
        else:
            bands.append(CourseBand(course, i, i + 1, size))
    return tuple(bands)


def _caption(
    fit: Fit, courses: Courses, n_ratings: int, n_seen: int, per_row: int, width: float,
    unit: TimeUnit,
) -> tuple[str, ...]:  # fmt: skip
    n_without = len(fit) - int(fit.info["fitted"].sum())
    early = f", {n_ratings - n_seen} from long before the start left out" * (n_seen < n_ratings)
    together = (
        f" With so many patients each row is the mean of up to {per_row} neighbours of one course."
        if per_row > 1
        else ""
    )
    sparse = " Hatched over a shade: fewer than half rated." if per_row > 1 else ""
    return (
        f"{plural(len(fit), 'patient')}, {n_without} of them not fitted; "
        f"{plural(n_ratings, 'rating')}{early}, {fit.diary.n_missing} missing. Cells: ratings as "
        f"given, averaged over {unit.span(width)}.{together}",
        f"Hatched: no rating. Dotted: after the last rating.{sparse} Patients are ordered by "
        "the course that is named, in each the most certain first.",
        f"{definition(courses.criteria, fit.scale)}.",
    )
