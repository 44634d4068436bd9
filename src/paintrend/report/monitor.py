"""The report of patients who are followed: who needs a look first, and how each one stands."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paintrend.monitoring.coming import FUTURES, FUTURES_OF_SEVERAL
from paintrend.monitoring.hiding import hidden_monitor
from paintrend.monitoring.review_list import fit_latest, list_latest
from paintrend.monitoring.states import MEANINGS, visit_text
from paintrend.plots.monitor import draw_monitor
from paintrend.plots.monitor_numbers import monitor_info
from paintrend.privacy import Privacy, check_privacy, pseudonymise
from paintrend.report import text
from paintrend.report.output import check_options, check_target, paper_of, write_output
from paintrend.report.page import render_page
from paintrend.report.pictures import Seen, figure_block, review_groups
from paintrend.report.printing import PRINTED, mark_pictures, mark_printed, not_printed
from paintrend.report.problems import data_facts, set_aside
from paintrend.report.signs import event_facts, sign_facts, signs_statement
from paintrend.report.tables import threshold_rows
from paintrend.results.direction import in_direction
from paintrend.review import SIGN_GROUPS
from paintrend.wording import percent, plural, records, short_id, time_unit

if TYPE_CHECKING:
    import pandas as pd

    from paintrend.monitoring.patient import PatientMonitor
    from paintrend.monitoring.records import Monitor
    from paintrend.results.courses import Courses
    from paintrend.results.fit import Fit

__all__ = ["monitor_html", "write_monitor_report"]

PICTURES = 12
"""Patients shown with a full picture."""

COMING_HEADINGS = (
    "Visit", "An outlook can be named", "It is settled",
    "Named with three ratings at each visit", "Settled with three ratings at each visit",
)  # fmt: skip

CHANCE = 15
"""Percentage points by which a share of 100 futures and one of 50 differ by chance: 1.645
sqrt(1/4 (1/100 + 1/50)) is 14."""

OUTLOOKS = {
    "better": "likely to end better",
    "near_start": "likely to end near the start",
    "worse": "likely to end worse",
}


def write_monitor_report(
    monitor: Monitor,
    path: str | os.PathLike[str],
    *,
    review_day: float | None = None,
    alarm: float | None = None,
    title: str | None = None,
    n_pictures: int = PICTURES,
    privacy: Privacy | None = None,
    paper: str = "a4",
    appendix: bool = False,
    created: datetime | None = None,
) -> Path:
    """Write the review list of patients who are followed: HTML, PDF, or a Word file.

    All three say the same; on paper are the first 40 patients of the list and all with a warning
    sign, and it says what is not printed.

    Parameters
    ----------
    monitor
        From `paintrend.monitor` with a population of other patients.
    path
        File to write; its folder is made if it does not exist. Its end chooses the format: .html
        (opens without a network), .pdf (extra `export` and a Chrome or Chromium) or .docx (extras
        `word` and `export`, and the same).
    review_day
        Day from which a lack of improvement is listed; half of the horizon by default, and none
        with a horizon of less than two weeks.
    alarm
        Threshold on the share of curves that end worse, drawn in the pictures
        (`paintrend.alarm_policy`).
    title
        Heading; by default the scale and the number of patients.
    n_pictures
        Patients shown with a full picture: the first of the list.
    privacy
        Pseudonyms instead of ids, ages in bands (`Privacy`); no number changes through it.
    paper
        "a4" or "letter", for PDF and Word.
    appendix
        Print every patient of the list.
    created
        Date in the report; now by default.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    InputError
        If the cohort was cross-fitted, an option cannot be used, or the file name ends in something
        else.
    MissingExtraError, BrowserError
        If the format needs what is not there.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> import paintrend as pt
    >>> others = pt.read_diary(pt.simulate_cohort(30, seed=3).ratings, scale="nrs")
    >>> population = pt.fit_curves(others, horizon=84).population
    >>> ratings = pd.DataFrame({"patient_id": "N1", "day": [-7, 0, 7, 14], "pain": [5, 5, 7, 8]})
    >>> watched = pt.monitor(pt.read_diary(ratings, scale="nrs"), population=population)
    >>> pt.write_monitor_report(watched, f"{tempfile.mkdtemp()}/review.html").name
    'review.html'
    """
    check_options(
        "write_monitor_report", title=title, created=created, n_pictures=n_pictures,
        appendix=appendix,
    )  # fmt: skip
    check_target(path)
    sheet = paper_of(paper, landscape=True)
    fit, courses = fit_latest(monitor)
    review = list_latest(monitor, fit, courses, review_day=review_day)
    page = monitor_html(
        monitor, fit, courses, review, alarm=alarm, title=title, n_pictures=n_pictures,
        privacy=privacy, appendix=appendix, created=created,
    )  # fmt: skip
    return write_output(page, Path(path), sheet)


def monitor_html(
    monitor: Monitor,
    fit: Fit,
    courses: Courses,
    review: pd.DataFrame,
    *,
    alarm: float | None = None,
    title: str | None = None,
    n_pictures: int = PICTURES,
    privacy: Privacy | None = None,
    appendix: bool = False,
    created: datetime | None = None,
) -> str:
    """Make the text of the report from what `fit_latest` and `list_latest` gave, all of it with the
    ids as they are; else as `write_monitor_report`."""
    pictured = list(review["patient_id"].head(n_pictures))
    shown = monitor
    check_privacy(privacy)
    if privacy is not None:
        shown = hidden_monitor(monitor, privacy)
        diary = monitor.diary
        fit = pseudonymise(fit, privacy, diary=diary)
        courses = pseudonymise(courses, privacy, diary=diary)
        review = pseudonymise(review, privacy, diary=diary)
    names = [name if privacy is None else privacy.pseudonym(name) for name in pictured]
    seen = Seen(fit, courses, shown.events, shown.symptoms)
    patients = plural(len(shown), "patient")
    groups = review_groups(seen, review, set(names))
    on_list = mark_printed(groups, SIGN_GROUPS, whole=appendix)
    pictures = [
        # random numbers go with the id: hiding it must not move a curve
        _picture(shown[name], monitor[own], rank, alarm)
        for rank, (name, own) in enumerate(zip(names, pictured, strict=True), start=1)
    ]
    n_pictured = mark_pictures(pictures, whole=appendix)
    curve_days = monitor.populations[0].lasting_days
    context: dict[str, Any] = {
        "patients": patients,
        "answer": _answer(shown),
        "warning_signs": signs_statement(fit, shown.symptoms),
        "signs": sign_facts(fit, shown.symptoms),
        "events": event_facts(fit, shown.events),
        "groups": groups,
        "pictures": pictures,
        "coming": (_coming_caption(shown), COMING_HEADINGS),
        "brief": not appendix,
        "n_facts": None if appendix else PRINTED,
        "not_printed": not_printed(on_list, (n_pictured, len(pictures)), (0, 0)),
        "words": [tuple(in_direction(said, monitor.scale) for said in row) for row in MEANINGS],
        "thresholds": threshold_rows(monitor.criteria, monitor.scale, monitor.horizon, curve_days),
        "data": data_facts(fit),
        "sessions_aside": set_aside(shown.sessions),
        "notices": shown.notices,
        "population": text.population_sentences(monitor.populations[0]),
        "limits": text.limits(monitor.criteria, monitor.horizon, curve_days),
    }
    heading = title or f"{monitor.scale.label}: {patients} followed"
    return render_page("monitor.html.j2", heading, monitor.scale, created, context)


def _answer(monitor: Monitor) -> str:
    """Say in two sentences how many patients stand where."""
    latest = monitor.latest()
    n, raised = len(latest), latest["now"] == "raised"
    counts = [f"{int((latest['outlook'] == key).sum())} {words}" for key, words in OUTLOOKS.items()]
    untold = ~latest["outlook"].isin(OUTLOOKS)
    first = (
        f"Of {plural(n, 'patient')}, {int(raised.sum())} {'is' if raised.sum() == 1 else 'are'} "
        f"raised now; for {int((raised & untold).sum())} of these it cannot be told yet how they "
        "will end."
    )
    return (
        f"{in_direction(first, monitor.scale)} Of all: {', '.join(counts)}; for "
        f"{int(untold.sum())} the end cannot be told yet."
    )


def _picture(
    patient: PatientMonitor, fitted_as: PatientMonitor, rank: int, alarm: float | None
) -> dict[str, Any]:
    figure = draw_monitor(monitor_info(patient, alarm=alarm, fitted_as=fitted_as))
    return {
        "rank": rank,
        "patient_id": patient.patient_id,
        "coming": _coming(patient.coming[patient.coming["day"] == patient.last_day], patient),
        **figure_block(figure, f"Patient {short_id(patient.patient_id)}: {patient.state}."),
    }


def _coming(rows: pd.DataFrame, patient: PatientMonitor) -> list[tuple[str, ...]]:
    """What the coming visits are likely to show, as cells under `COMING_HEADINGS`."""
    horizon = patient.population.horizon
    unit = time_unit(horizon)
    shown = []
    for row in records(rows):
        day, words = float(row["visit"]), visit_text(float(row["visit"]), horizon)
        when = words if words == unit.show(day) else f"{words} ({unit.show(day)})"
        shares = ("p_named", "p_settled", "p_named_three", "p_settled_three")
        shown.append((when, *(percent(row[share]) for share in shares)))
    return shown


def _coming_caption(monitor: Monitor) -> str:
    """Say what the shares in the table of coming visits are, and how rough."""
    return (
        "What the coming visits are likely to show: shares of simulated futures, "
        f"{FUTURES} with one rating at each visit and {FUTURES_OF_SEVERAL} with three, so that "
        f"shares that differ by less than about {CHANCE} percentage points may be the same. "
        "Named: one end is likely by the rules of this page. Settled: the likeliest end has "
        f"{percent(monitor.criteria.certainty)} of the curves or more."
    )
