"""The overview in numbers: where each patient lies between a rise and the end."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.course_rules import COURSES
from paintrend.explorer.state import PLACES, State
from paintrend.plots.captions import definition
from paintrend.results.direction import in_direction
from paintrend.scales import Scale
from paintrend.wording import CANNOT_TELL, TimeUnit, course_label, percent, signed, time_unit

__all__ = ["CourseGroup", "OverviewInfo", "overview_info"]

FloatArray = NDArray[np.float64]

EDGE, LABELS = 0.06, 0.26
"""Parts of the range of an axis that stay free beyond it, and to the right, where the labels of the
thresholds would hide marks."""


class CourseGroup(NamedTuple):
    """Patients for whom the same course is named: ids, places, and what hovering tells."""

    course: str
    ids: tuple[str, ...]
    rise: FloatArray
    end_change: FloatArray
    notes: tuple[str, ...]


class OverviewInfo(NamedTuple):
    """What the overview shows.

    Attributes
    ----------
    groups
        One for each course and for cannot_tell, also those without a patient.
    marked
        Rise and end of the patient looked at; None if there is none, or no curve.
    worsening, improvement
        Thresholds; changes are positive when worse.
    rise_range, end_range
        Of all patients, whoever is selected.
    n_selected, n_patients, n_without_place
        Numbers of patients; those without a curve have no place.
    """

    groups: tuple[CourseGroup, ...]
    marked: tuple[float, float] | None
    patient_id: str | None
    worsening: float
    improvement: float
    rise_range: tuple[float, float]
    end_range: tuple[float, float]
    n_selected: int
    n_patients: int
    n_without_place: int
    scale: Scale
    horizon: float
    unit: TimeUnit
    caption: tuple[str, ...]


def overview_info(state: State) -> OverviewInfo:
    """Collect the numbers of the overview of a state."""
    places = state.places.loc[list(state.ids), list(PLACES)].to_numpy(dtype=float)
    known = np.isfinite(places).all(axis=1)
    chosen = state.table.loc[list(state.ids), ["course", "confidence", "p_dip", "p_deterioration"]]
    # lists and arrays, as of each patient some words are written: a table answers slowly
    ids, place = np.array(state.ids, dtype=object)[known], places[known]
    told = {name: chosen[name].to_numpy()[known] for name in chosen}
    unit = time_unit(state.fit.horizon)
    scale = state.fit.scale
    worsening = state.criteria.required("worsening")
    improvement = state.criteria.required("improvement")
    groups = []
    for course in (*COURSES, CANNOT_TELL):
        mine = np.flatnonzero(told["course"] == course)
        own, label = place[mine], course_label(course)
        notes = tuple(
            f"{name}\n{label}"
            + (f", {confidence}" if confidence != "none" else "")
            + in_direction(
                f"\nlargest rise {signed(rise)}, change at the end {signed(end)}", scale
            )
            + f"\ndip {percent(dip)}, ends worse {percent(worse)} of the curves"
            for name, (rise, end), confidence, dip, worse in zip(
                ids[mine], own.tolist(),
                *(told[name][mine].tolist() for name in ("confidence", "p_dip", "p_deterioration")),
                strict=True,
            )
        )  # fmt: skip
        groups.append(
            CourseGroup(
                course, tuple(ids[mine].tolist()), own[:, 0].copy(), own[:, 1].copy(), notes
            )
        )
    marked = None
    if state.patient_id is not None:
        at = state.places.loc[[state.patient_id], list(PLACES)].to_numpy(dtype=float)[0]
        marked = (float(at[0]), float(at[1])) if np.isfinite(at).all() else None
    said = definition(state.criteria, state.fit.scale)
    judged = f"{said}; judged at {unit.show(state.fit.horizon)}"
    return OverviewInfo(
        groups=tuple(groups),
        marked=marked,
        patient_id=state.patient_id,
        worsening=worsening,
        improvement=improvement,
        rise_range=_range(state, "rise", worsening, worsening, beyond=LABELS),
        end_range=_range(state, "end_change", -improvement, worsening),
        n_selected=len(state.ids),
        n_patients=len(state.fit),
        n_without_place=int((~known).sum()),
        scale=state.fit.scale,
        horizon=state.fit.horizon,
        unit=unit,
        caption=(
            f"One mark per patient: medians of the curves. {judged}. The course rests on all "
            "curves and not on the place of the mark.",
            *(
                [f"{int((~known).sum())} without a curve have no place here."]
                if not known.all()
                else []
            ),
        ),
    )


def _range(
    state: State, name: str, least: float, most: float, *, beyond: float = EDGE
) -> tuple[float, float]:
    """Range of an axis: all patients and the thresholds, so that it rests while filters move."""
    values = state.places[name].to_numpy(dtype=float)
    values = values[np.isfinite(values)]
    low = min(values.min(initial=0.0), least, 0.0)
    high = max(values.max(initial=0.0), most)
    return float(low - EDGE * (high - low)), float(high + beyond * (high - low))
