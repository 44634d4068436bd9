"""The report of a cohort, written to one file: HTML that needs no network, PDF or Word."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from paintrend.plots.cohort_check import plot_cohort_check
from paintrend.plots.course_numbers import course_shares
from paintrend.plots.courses import draw_courses
from paintrend.privacy import Privacy, check_privacy, pseudonymise
from paintrend.report import text
from paintrend.report.model_check import cohort_check
from paintrend.report.output import check_options, check_target, paper_of, write_output
from paintrend.report.page import render_page
from paintrend.report.pictures import (
    LISTED,
    Seen,
    courses_at_start,
    figure_block,
    full_pictures,
    review_groups,
)
from paintrend.report.printing import (
    PRINTED,
    PRINTED_ROWS,
    mark_pictures,
    mark_printed,
    not_printed,
)
from paintrend.report.problems import data_facts, set_aside
from paintrend.report.second import courses_under_second_default
from paintrend.report.sessions import check_response, session_facts
from paintrend.report.signs import event_facts, sign_facts, signs_statement
from paintrend.report.tables import (
    compare_defaults,
    course_rows,
    patient_columns,
    patient_rows,
    threshold_rows,
)
from paintrend.results.belonging import check_kind, check_same_fit, check_same_patients
from paintrend.results.dose_effect import DoseEffect
from paintrend.results.session_response import SessionResponse
from paintrend.review import SIGN_GROUPS, review_order
from paintrend.wording import plural

if TYPE_CHECKING:
    from paintrend.results.courses import Courses
    from paintrend.results.events import Events
    from paintrend.results.fit import Fit
    from paintrend.results.sessions import Sessions
    from paintrend.results.symptoms import Symptoms

__all__ = ["report_html", "write_report"]


def write_report(
    fit: Fit,
    courses: Courses,
    path: str | os.PathLike[str],
    *,
    symptoms: Symptoms | None = None,
    events: Events | None = None,
    sessions: Sessions | None = None,
    response: SessionResponse | None = None,
    dose: DoseEffect | None = None,
    review_day: float | None = None,
    title: str | None = None,
    n_pictures: int = 24,
    second: Courses | None = None,
    privacy: Privacy | None = None,
    paper: str = "a4",
    appendix: bool = False,
    created: datetime | None = None,
) -> Path:
    """Write the report of a cohort: HTML that opens without a network, PDF, or a Word file.

    All three say the same, but paper, which PDF and Word are for, holds the patients to look at:
    of the review list the first 40 and all with a warning sign, 12 full pictures, two to a sheet,
    and the table of all patients. It says what is not printed. The file is written aside and
    renamed, so that a reader never meets half a report.

    Parameters
    ----------
    fit
        The fitted patients.
    courses
        Their courses.
    path
        File to write; its folder is made if it does not exist. Its end chooses the format: .html,
        .pdf (extra `export` and a Chrome or Chromium) or .docx (extras `word` and `export`, and the
        same).
    symptoms
        What `read_symptoms` returned: warning signs lead the review list. Without it the report
        says that they were not checked.
    events
        What `read_events` returned: shown in lists and pictures, never modelled.
    sessions
        What `read_sessions` returned: marks in the pictures, and the reasons of the list tell how
        long the latest rating lies after a session; by default those of `response`.
    response
        What `session_response(fit, sessions)` returned: adds a section on what pain does after
        sessions. No other number of the report changes through it.
    dose
        What `session_dose(response)` returned: added to that section.
    review_day
        Day from which a lack of improvement is listed; half of the horizon by default, and none
        with a horizon of less than two weeks.
    title
        Heading; by default the scale and the number of patients.
    n_pictures
        Patients shown with a full picture: the first of `review_order`.
    second
        Courses of the same patients under another set of built-in assumptions, to be shown beside;
        in a cohort of fewer than 50 patients they are worked out if not given.
    privacy
        Pseudonyms instead of ids, ages in bands (`Privacy`); no number changes through it.
    paper
        "a4" or "letter", for PDF and Word.
    appendix
        Print everything that the screen shows: every patient of the list, every picture.
    created
        Date in the report; now by default.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    InputError
        If `courses` or `second`, `symptoms`, `events`, `sessions` or `response` are of other
        patients than `fit`, `response` is of another day or horizon, or there is a `dose` without
        a `response`; or if an option cannot be used or the file name ends in something else.
    MissingExtraError, BrowserError
        If the format needs what is not there.

    Examples
    --------
    >>> import pandas as pd
    >>> import paintrend as pt
    >>> days = [-7, 0, 14, 28, 42, 56, 70, 84]
    >>> frame = pd.DataFrame({"patient_id": "P1", "day": days, "pain": [6, 6, 9, 8, 5, 3, 2, 2]})
    >>> fit = pt.fit_curves(pt.read_diary(frame, scale="nrs"), horizon=84)
    >>> courses = pt.classify(fit)
    >>> import tempfile
    >>> folder = tempfile.mkdtemp()
    >>> pt.write_report(fit, courses, f"{folder}/report.html").name
    'report.html'
    """
    check_options(
        "write_report", title=title, created=created, n_pictures=n_pictures, appendix=appendix
    )
    check_target(path)
    sheet = paper_of(paper, landscape=True)
    page = report_html(
        fit, courses, symptoms=symptoms, events=events, sessions=sessions, response=response,
        dose=dose, review_day=review_day, title=title, n_pictures=n_pictures, second=second,
        privacy=privacy, appendix=appendix, created=created,
    )  # fmt: skip
    return write_output(page, Path(path), sheet)


def report_html(
    fit: Fit,
    courses: Courses,
    *,
    symptoms: Symptoms | None = None,
    events: Events | None = None,
    sessions: Sessions | None = None,
    response: SessionResponse | None = None,
    dose: DoseEffect | None = None,
    review_day: float | None = None,
    title: str | None = None,
    n_pictures: int = 24,
    second: Courses | None = None,
    privacy: Privacy | None = None,
    appendix: bool = False,
    created: datetime | None = None,
) -> str:
    """Make the text of the report; parameters as `write_report`."""
    check_same_fit(courses, fit)
    if second is not None:
        check_same_patients(second, fit.patient_ids)
    check_privacy(privacy)
    if response is not None:
        check_kind(response, SessionResponse, "response=", "session_response(fit, sessions)")
    if dose is not None:
        check_kind(dose, DoseEffect, "dose=", "session_dose(response)")
    check_response(fit, response, dose)
    if sessions is None and response is not None:
        sessions = response.sessions.select(fit.patient_ids)
    if second is None:
        second = courses_under_second_default(fit, courses)
    # First everything that random numbers of patients go into: these go with the ids.
    shares = course_shares(courses)
    second_shares = None if second is None else course_shares(second)
    check = cohort_check(fit)
    review = review_order(
        fit, courses, symptoms=symptoms, events=events, sessions=sessions, review_day=review_day
    )
    listed = review.head(LISTED)
    pictured = list(listed["patient_id"].head(n_pictures))
    known = courses_at_start(fit, courses, pictured)
    if privacy is not None:
        diary = fit.diary
        names = privacy.pseudonyms(pictured)
        pictured = [names[name] for name in pictured]

        def hidden(result: Any) -> Any:
            return None if result is None else pseudonymise(result, privacy, diary=diary)

        fit, courses, known, second = map(hidden, (fit, courses, known, second))
        review, symptoms, events, sessions, response = map(
            hidden, (review, symptoms, events, sessions, response)
        )
        listed = review.head(LISTED)
    scale, table = fit.scale, courses.table()
    curve_days = None if fit.population is None else fit.population.lasting_days
    seen = Seen(fit, courses, events, symptoms, sessions)
    by_id = table.set_index("patient_id", drop=False)
    groups = review_groups(seen, review, set(pictured))
    on_list = mark_printed(groups, SIGN_GROUPS, whole=appendix)
    pictures = full_pictures(seen, pictured, known)
    n_pictured = mark_pictures(pictures, whole=appendix)
    n_rows = len(listed) if appendix else min(len(listed), PRINTED_ROWS)
    context: dict[str, Any] = {
        "patients": plural(len(fit), "patient"),
        "single": len(fit) == 1,
        "warning_signs": signs_statement(fit, symptoms),
        "signs": sign_facts(fit, symptoms),
        "events": event_facts(fit, events),
        "sessions": session_facts(response, dose),
        "answer": text.answer(courses, shares),
        "early": text.early(fit),
        "n_patients": len(fit),
        "n_listed": len(listed),
        "course_rows": course_rows(shares, fit.scale, with_intervals=len(fit) > 1),
        "n_fitted": shares.n_fitted,
        "n_with_room": shares.n_with_room,
        "courses_figure": figure_block(draw_courses(shares), "How common each course is"),
        "groups": groups,
        "pictures": pictures,
        "brief": not appendix,
        "n_facts": None if appendix else PRINTED,
        "n_rows_printed": n_rows,
        "not_printed": not_printed(on_list, (n_pictured, len(pictures)), (n_rows, len(listed))),
        "columns": patient_columns(fit.horizon, fit.scale),
        "rows": patient_rows(by_id.loc[listed["patient_id"]], scale, fit.horizon, courses.criteria),
        "thresholds": threshold_rows(courses.criteria, scale, fit.horizon, curve_days),
        "n_sensitive": int(table["threshold_sensitive"].sum()),
        "n_forecast": _with_status(table, "forecast"),
        "n_no_baseline": _with_status(table, "no_baseline"),
        "data": data_facts(fit),
        # with a response they are in the section on sessions
        "sessions_aside": set_aside(None if response is not None else sessions),
        "population": text.population_sentences(fit.population),
        "few": fit.population is None or fit.population.n_patients < text.FEW_PATIENTS,
        "comparison": compare_defaults(shares, second_shares, courses, second)
        if second is not None and second_shares is not None
        else None,
        "check": check
        and {"text": check.text, **figure_block(plot_cohort_check(check), check.text)},
        "limits": text.limits(courses.criteria, fit.horizon, curve_days),
    }
    heading = title or f"{scale.label}: courses of {plural(len(fit), 'patient')}"
    return render_page("cohort.html.j2", heading, scale, created, context)


def _with_status(table: pd.DataFrame, code: str) -> int:
    return sum(code in status.split(";") for status in table["status"])
