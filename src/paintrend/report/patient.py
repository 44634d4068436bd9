"""The report of one patient: one page, part of it to be read aloud to the patient."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paintrend.courses import classify
from paintrend.errors import UnknownPatientError
from paintrend.plots.patient import draw_patient
from paintrend.plots.patient_numbers import patient_info
from paintrend.privacy import Privacy, check_privacy, pseudonymise
from paintrend.report import text
from paintrend.report.aloud import not_known, words_aloud
from paintrend.report.lower import lower_picture
from paintrend.report.output import check_options, check_target, paper_of, write_output
from paintrend.report.page import render_page
from paintrend.report.patient_tables import check_rows, own_data, short_thresholds
from paintrend.report.pictures import covariate_words, figure_block
from paintrend.report.signs import signs_statement
from paintrend.results.belonging import check_courses, check_fit
from paintrend.results.events import Events
from paintrend.results.headings import headline
from paintrend.results.sessions import Sessions
from paintrend.results.symptoms import Symptoms
from paintrend.review import known_at
from paintrend.wording import short_id, short_names, time_unit

if TYPE_CHECKING:
    from paintrend.results.courses import Courses
    from paintrend.results.fit import Fit

__all__ = ["patient_html", "write_patient_report"]


def write_patient_report(
    fit: Fit,
    courses: Courses,
    /,
    patient_id: str,
    path: str | os.PathLike[str],
    *,
    symptoms: Symptoms | None = None,
    events: Events | None = None,
    sessions: Sessions | None = None,
    privacy: Privacy | None = None,
    paper: str = "a4",
    title: str | None = None,
    created: datetime | None = None,
) -> Path:
    """Write the report of one patient: one page as HTML, PDF or Word.

    It holds a summary in plain words that can be read aloud to the patient, the picture, the checks
    behind the course, the thresholds with their sources, what is wrong with the patient's data, and
    the limits. It describes ratings; it does not reassure or advise.

    Parameters
    ----------
    fit
        The fitted patients.
    courses
        Their courses.
    patient_id
        Whose report.
    path
        File to write; its end chooses the format: .html (opens without a network), .pdf (extra
        `export` and a Chrome or Chromium), .docx (extras `word` and `export`, and the same).
    symptoms, events, sessions
        As for `write_report`: those of this patient are shown.
    privacy
        Pseudonym instead of the id, ages in bands (`Privacy`).
    paper
        "a4" or "letter".
    title
        Heading; by default the patient's id.
    created
        Date in the report; now by default.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    UnknownPatientError
        If the fit has no such patient.
    InputError
        If an option cannot be used, the file name ends in something else, or tables are of other
        patients.
    MissingExtraError, BrowserError
        If the format needs what is not there.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> import paintrend as pt
    >>> days = [-7, 0, 14, 28, 42, 56, 70, 84]
    >>> frame = pd.DataFrame({"patient_id": "P1", "day": days, "pain": [6, 6, 9, 8, 5, 3, 2, 2]})
    >>> fit = pt.fit_curves(pt.read_diary(frame, scale="nrs"), horizon=84)
    >>> courses = pt.classify(fit)
    >>> file = f"{tempfile.mkdtemp()}/P1.html"
    >>> pt.write_patient_report(fit, courses, "P1", file).name
    'P1.html'
    """
    check_options("write_patient_report", title=title, created=created)
    check_target(path)
    sheet = paper_of(paper, landscape=False)
    page = patient_html(
        fit, courses, patient_id, symptoms=symptoms, events=events, sessions=sessions,
        privacy=privacy, title=title, created=created,
    )  # fmt: skip
    return write_output(page, Path(path), sheet, one_page=True)


def patient_html(
    fit: Fit,
    courses: Courses,
    patient_id: str,
    *,
    symptoms: Symptoms | None = None,
    events: Events | None = None,
    sessions: Sessions | None = None,
    privacy: Privacy | None = None,
    title: str | None = None,
    created: datetime | None = None,
) -> str:
    """Make the text of the report of one patient; parameters as `write_patient_report`."""
    check_fit(fit, "write_patient_report")
    check_courses(courses, "write_patient_report")
    check_privacy(privacy)
    if patient_id not in set(fit.patient_ids) or patient_id not in courses:
        first = ", ".join(map(repr, tuple(fit.patient_ids)[:3]))
        raise UnknownPatientError(
            f"no patient {patient_id!r} in this fit and these courses; ids are text, first ones: "
            f"{first}"
        )
    symptoms = known_at(fit, symptoms, Symptoms)
    events = known_at(fit, events, Events)
    sessions = known_at(fit, sessions, Sessions)
    # pseudonyms are never so long that a heading cuts them
    short = short_names(fit.patient_ids)[patient_id] if privacy is None else None
    one = fit.select([patient_id])
    # With the id as it is: random numbers go with it, and hiding it must not move a percentage.
    known = classify(one.as_of(0.0), courses.criteria)
    before = text.before_and_after(
        known[patient_id].row, courses[patient_id].row, retrospective=known.retrospective
    )
    shown: list[Any] = [one, courses.select([patient_id])]
    shown += [
        None if side is None else side.select([patient_id]) for side in (symptoms, events, sessions)
    ]
    if privacy is not None:
        shown = [
            None if item is None else pseudonymise(item, privacy, diary=fit.diary) for item in shown
        ]
    one, course, *own = shown
    return _render(one, course, own, before, title or (short and f"Patient {short}"), created)


def _render(
    one: Fit,
    courses: Courses,
    own: list[Any],
    before: str,
    title: str | None,
    created: datetime | None,
) -> str:
    (patient_id,) = one.patient_ids
    symptoms, events, sessions = own
    patient_fit, course = one[patient_id], courses[patient_id]
    curve_days = None if one.population is None else one.population.lasting_days
    info = patient_info(patient_fit, course, events=events, symptoms=symptoms, sessions=sessions)
    figure = lower_picture(draw_patient(info._replace(caption=())))
    said = f"Patient {short_id(patient_id)}: {headline(course.row, one.scale, course.criteria)}."
    context: dict[str, Any] = {
        "patient_id": patient_id,
        "covariates": covariate_words(patient_fit),
        "warning_signs": signs_statement(one, symptoms),
        "aloud": words_aloud(patient_fit, course, symptoms),
        "not_known": not_known(patient_fit, course, curve_days),
        "figure_of": figure_block(figure, f"{said} {course.status_text}"),
        "caption": info.caption,
        "before": before,
        "headline": headline(course.row, one.scale, course.criteria),
        "status": course.status_text,
        "checks": check_rows(course),
        "thresholds": short_thresholds(course.criteria, one.scale, one.horizon, curve_days),
        "judged": time_unit(one.horizon).on(one.horizon),
        "sensitive": bool(course.row["threshold_sensitive"]),
        "data": own_data(one, symptoms, events, sessions),
        "population": text.population_sentences(one.population)[0],
        "limits": text.LIMITS[1:4],
    }
    heading = title or f"Patient {short_id(patient_id)}"
    # a title can have any text in it, so only the usual one stands for the id
    context["whole_id"] = "" if heading == f"Patient {patient_id}" else patient_id
    return render_page("patient.html.j2", heading, one.scale, created, context)
