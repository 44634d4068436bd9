"""Follow-up, spells, sessions and events of patients: the numbers of `plot_swimmer`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.errors import InputError, whole_number_problem
from paintrend.plots.captions import definition, first_shown, start_predicted
from paintrend.plots.moments import Moment, moments_of, on_axis
from paintrend.plots.ordering import Order, ordered_ids
from paintrend.plots.session_marks import SessionMark, marks_of
from paintrend.results.criteria import longest_gap
from paintrend.results.events import Events
from paintrend.results.headings import tag
from paintrend.results.inference import starts_predicted
from paintrend.results.sessions import Sessions
from paintrend.results.symptoms import Symptoms
from paintrend.review import known_at
from paintrend.scales import Scale
from paintrend.wording import TimeUnit, plural, time_unit

if TYPE_CHECKING:
    from paintrend.results.courses import Courses
    from paintrend.results.fit import Fit

__all__ = ["Lane", "Spell", "SwimmerNumbers", "swimmer_info"]


class Spell(NamedTuple):
    """Days on which the curve is `worse` or `better` than at the start by what counts."""

    kind: str
    start: float
    stop: float


class Lane(NamedTuple):
    """One patient: days of the first and last rating (NaN without any), spells up to the last
    rating, sessions and moments on the axis, and whether the ratings reach the end."""

    patient_id: str
    course: str
    tag: str
    first: float
    last: float
    spells: tuple[Spell, ...]
    sessions: tuple[SessionMark, ...]
    moments: tuple[Moment, ...]
    complete: bool


class SwimmerNumbers(NamedTuple):
    """What `draw_swimmer` draws.

    Attributes
    ----------
    lanes : from above
    n_patients, order, first_day, horizon, unit, scale, worsening, improvement, caption
    """

    lanes: tuple[Lane, ...]
    n_patients: int
    order: str
    first_day: float
    horizon: float
    unit: TimeUnit
    scale: Scale
    worsening: float
    improvement: float
    caption: tuple[str, ...]


def swimmer_info(
    fit: Fit,
    courses: Courses,
    *,
    n: int = 40,
    order: Order = "review",
    sessions: Sessions | None = None,
    events: Events | None = None,
    symptoms: Symptoms | None = None,
) -> SwimmerNumbers:
    """Collect the numbers of the figure; parameters as `plot_swimmer`."""
    problem = whole_number_problem("n", n, 1)
    if problem:
        raise InputError(f"plot_swimmer: {problem}.")
    symptoms, events = known_at(fit, symptoms, Symptoms), known_at(fit, events, Events)
    sessions = known_at(fit, sessions, Sessions)
    ids = ordered_ids(fit, courses, order, symptoms)[:n]
    criteria, unit = courses.criteria, time_unit(fit.horizon)
    worsening, improvement = criteria.required("worsening"), criteria.required("improvement")
    until = fit.horizon if fit.as_of_day is None else min(fit.horizon, fit.as_of_day)
    gap = longest_gap(criteria)
    own = fit.diary.ratings[fit.diary.ratings["patient_id"].isin(ids)]
    own = own[own["pain"].notna()]
    days = {str(name): group.to_numpy(dtype=float)
            for name, group in own.groupby("patient_id", sort=False)["day"]}  # fmt: skip
    first_day = first_shown(float(own["day"].min()) if len(own) else 0.0, fit.horizon)
    lanes = []
    for name in ids:
        rated = days.get(name, np.empty(0))
        rated = rated[rated <= fit.horizon]
        last = float(rated.max()) if len(rated) else np.nan
        row = courses[name].row
        spells = _spells(fit, name, last, worsening, improvement)
        marks = marks_of(name, sessions, fit.as_of_day)
        moments = moments_of(name, events, symptoms, fit.as_of_day)
        lanes.append(
            Lane(
                patient_id=name,
                course=courses[name].course,
                tag=tag(row, fit.scale, courses.criteria),
                first=max(float(rated.min()), first_day) if len(rated) else np.nan,
                last=last,
                spells=spells,
                sessions=tuple(m for m in marks if first_day <= m.day <= fit.horizon),
                moments=on_axis(moments, first_day, fit.horizon),
                complete=bool(until - last <= gap),
            )
        )
    without = sum(not fit.info.loc[name, "fitted"] for name in ids)
    n_missing = int(fit.diary.missing["patient_id"].isin(set(ids)).sum())
    shown = fit.info.loc[ids]
    starts = start_predicted(starts_predicted(shown), len(ids) - without)
    told = [
        f"{plural(sum(len(lane.sessions) for lane in lanes), 'session')} of those shown"
        if sessions is not None
        else "no table of sessions",
        "events shown as reported, not part of the model" if events is not None
        else "no table of events",
        "warning signs as reported" if symptoms is not None
        else "warning signs not supplied, not checked",
    ]  # fmt: skip
    return SwimmerNumbers(
        lanes=tuple(lanes),
        n_patients=len(fit),
        order=order,
        first_day=first_day,
        horizon=fit.horizon,
        unit=unit,
        scale=fit.scale,
        worsening=worsening,
        improvement=improvement,
        caption=(
            f"{len(ids)} of {plural(len(fit), 'patient')}, {without} of those shown not fitted; "
            f"{plural(len(own), 'rating')}, {n_missing} missing{starts}. Bars: first to last "
            f"rating; an arrow where ratings reach {unit.show(until)} (or the last "
            f"{unit.span(gap)} before), an open circle where "
            "they end earlier.",
            f"Hatched and coloured: the median curve is worse or better than at its start by what "
            f"counts. {definition(criteria, fit.scale)}.",
            f"{'; '.join(told)[0].upper()}{'; '.join(told)[1:]}.",
        ),
    )


def _spells(
    fit: Fit, name: str, last: float, worsening: float, improvement: float
) -> tuple[Spell, ...]:
    if not fit.info.loc[name, "fitted"]:
        return ()
    curve = fit[name].curve
    day, level = (curve[c].to_numpy(dtype=float) for c in ("day", "median"))
    change = np.asarray(fit.scale.orient(level), dtype=float)
    change = change - change[0]
    seen = day <= last
    found = [
        Spell(kind, float(day[a]), float(day[b]))
        for kind, there in (("worse", change >= worsening), ("better", change <= -improvement))
        for a, b in _runs(there & seen)
    ]
    return tuple(sorted(found, key=lambda spell: spell.start))


def _runs(there: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last place of each run of True."""
    edges = np.diff(np.concatenate([[0], there.astype(np.int8), [0]]))
    begin, end = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1
    return list(zip(begin.tolist(), end.tolist(), strict=True))
