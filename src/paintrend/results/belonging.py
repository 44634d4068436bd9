"""Whether a fit and courses belong together: a picture or list must not mix patients or days."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import TYPE_CHECKING, Any

from paintrend.errors import InputError, UnknownPatientError

if TYPE_CHECKING:
    from paintrend.results.courses import Courses, PatientCourse
    from paintrend.results.fit import Fit
    from paintrend.results.patient import PatientFit

__all__ = [
    "check_courses",
    "check_fit",
    "check_kind",
    "check_same_fit",
    "check_same_patient",
    "check_same_patients",
    "check_side",
    "require_patients",
]

SHOWN = 5
# Looked at by what it has, not by its class: fits are kept in several ways.
OF_FIT = ("patient_ids", "draw_blocks")
OF_COURSES = ("patient_ids", "summary")


def check_fit(fit: Any, where: str) -> None:
    """Refuse what is no fit of patients.

    Raises
    ------
    InputError
    """
    if not all(hasattr(fit, name) for name in OF_FIT):
        raise InputError(f"{where} needs a fit from fit_curves(...), got {type(fit).__name__}.")


def check_courses(courses: Any, where: str = "this") -> None:
    """Refuse what is no courses of patients.

    Raises
    ------
    InputError
    """
    if not all(hasattr(courses, name) for name in OF_COURSES):
        got = type(courses).__name__
        raise InputError(f"{where} needs courses from classify(fit), got {got}.")


def check_kind(given: Any, kind: type, where: str, source: str) -> None:
    """Refuse what is not the result that a function takes; `source` is the call that gives it.

    Raises
    ------
    InputError
    """
    if not isinstance(given, kind):
        raise InputError(f"{where} needs what {source} returns, got {type(given).__name__}.")


def check_side(side: Any, kind: type) -> None:
    """Refuse what is not the kind of table that an option takes; None is none.

    Raises
    ------
    InputError
    """
    if side is not None and not isinstance(side, kind):
        name = kind.__name__.lower()
        raise InputError(
            f"{name}= takes what read_{name} returns, got {type(side).__name__}: "
            f"read_{name}(table, diary)."
        )


def require_patients(
    wanted: Sequence[Any], known: Container[str], ids: Sequence[str], where: str
) -> None:
    """Refuse patients who are not there; ids are text, and nothing else stands for one.

    Raises
    ------
    UnknownPatientError
        With all of them, and what the ids that are there look like.
    """
    unknown = [name for name in wanted if not (isinstance(name, str) and name in known)]
    if unknown:
        more = f" and {len(unknown) - SHOWN} more" if len(unknown) > SHOWN else ""
        raise UnknownPatientError(
            f"no patient {', '.join(map(repr, unknown[:SHOWN]))}{more} {where}; ids are text, "
            "first ones: " + ", ".join(map(repr, ids[:3]))
        )


def check_same_patients(courses: Courses, patient_ids: Sequence[str]) -> None:
    """Refuse courses of other patients than those of a fit.

    Raises
    ------
    InputError
    """
    check_courses(courses)
    if courses.patient_ids != tuple(patient_ids):
        raise InputError("The courses are of other patients than the fit.")


def check_same_fit(courses: Courses, fit: Fit) -> None:
    """Refuse courses that were not read off this fit: other patients, day or horizon.

    Raises
    ------
    InputError
    """
    check_fit(fit, "this")
    check_same_patients(courses, fit.patient_ids)
    _check_same_days(courses, fit, "classify(fit)")


def check_same_patient(patient_course: PatientCourse, patient_fit: PatientFit) -> None:
    """Refuse the course of another patient, day or horizon than that of the curve.

    Raises
    ------
    InputError
    """
    # `band`, not `curve`: to ask for a property is to compute it
    if not (hasattr(patient_fit, "band") and hasattr(patient_fit, "ratings")):
        raise InputError(
            f"expected the curve of one patient, fit[patient_id], got {type(patient_fit).__name__}."
        )
    if not (hasattr(patient_course, "row") and hasattr(patient_course, "patient_id")):
        got = type(patient_course).__name__
        raise InputError(f"expected the course of one patient, courses[patient_id], got {got}.")
    if patient_course.patient_id != patient_fit.patient_id:
        raise InputError(
            f"the curve is of patient {patient_fit.patient_id!r}, the course of patient "
            f"{patient_course.patient_id!r}: give fit[patient_id] and courses[patient_id]."
        )
    _check_same_days(patient_course, patient_fit, "courses of the same fit")


def _check_same_days(course: Any, fit: Any, fix: str) -> None:
    if course.as_of_day != fit.as_of_day:
        raise InputError(
            f"the curves are {_known(fit.as_of_day)}, the courses {_known(course.as_of_day)}: "
            f"give {fix}."
        )
    if course.horizon != fit.horizon:
        raise InputError(
            f"the curves are up to day {fit.horizon:g}, the courses judged at day "
            f"{course.horizon:g}: give {fix}."
        )


def _known(day: float | None) -> str:
    return "of all ratings" if day is None else f"as of day {day:g}"
