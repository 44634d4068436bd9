"""The report of a cohort, written to one HTML file that needs no network."""

from __future__ import annotations

import base64
import hashlib
import os
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
import pandas as pd
import plotly.graph_objects as go
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from paintrend.courses import classify
from paintrend.errors import InputError
from paintrend.plots.captions import first_shown
from paintrend.plots.cohort_check import plot_cohort_check
from paintrend.plots.course_numbers import course_shares
from paintrend.plots.courses import draw_courses
from paintrend.plots.panel import panel_info
from paintrend.plots.patient import plot_patient
from paintrend.plots.sparkline import sparkline_svg
from paintrend.report import text
from paintrend.report.model_check import cohort_check
from paintrend.report.problems import data_facts
from paintrend.report.second import courses_under_second_default
from paintrend.report.tables import (
    compare_defaults,
    course_rows,
    patient_columns,
    patient_rows,
    threshold_rows,
)
from paintrend.results.headings import headline
from paintrend.review import GROUPS, review_order
from paintrend.storage.aside import written_aside
from paintrend.wording import number, plural, short_id, time_unit

if TYPE_CHECKING:
    from paintrend.results.courses import Courses
    from paintrend.results.fit import Fit

__all__ = ["report_html", "template_source", "write_report"]

LISTED = 500
"""Patients that the table of a report shows; it says of how many."""

LISTED_PER_GROUP = 100
"""The same for each group of the review list, in a cohort of more than `LISTED`."""

TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("paintrend", "report/templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def write_report(
    fit: Fit,
    courses: Courses,
    path: str | os.PathLike[str],
    *,
    title: str | None = None,
    n_pictures: int = 24,
    second: Courses | None = None,
    created: datetime | None = None,
) -> Path:
    """Write the report of a cohort: one HTML file that opens without a network.

    The file is written aside and renamed, so that a reader never meets half a report.

    Parameters
    ----------
    fit
        The fitted patients.
    courses
        Their courses.
    path
        File to write; its folder is made if it does not exist.
    title
        Heading; by default the scale and the number of patients.
    n_pictures
        Patients shown with a full picture: the first of `review_order`.
    second
        Courses of the same patients under another set of built-in assumptions, to be shown beside;
        in a cohort of fewer than 50 patients they are worked out if not given.
    created
        Date in the report; now by default.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    InputError
        If `courses` or `second` are of other patients than `fit`.

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
    target = Path(path)
    page = report_html(
        fit, courses, title=title, n_pictures=n_pictures, second=second, created=created
    )
    with written_aside(target) as aside:
        # Bytes: the script hashes in the page hold only if no line ending is translated.
        aside.write_bytes(page.encode("utf-8", errors="replace"))
    return target


def report_html(
    fit: Fit,
    courses: Courses,
    *,
    title: str | None = None,
    n_pictures: int = 24,
    second: Courses | None = None,
    created: datetime | None = None,
) -> str:
    """Make the text of the report; parameters as `write_report`."""
    for other in (courses, second):
        if other is not None and tuple(other) != tuple(fit):
            raise InputError("The courses are of other patients than the fit.")
    if second is None:
        second = courses_under_second_default(fit, courses)
    scale, table = fit.scale, courses.table()
    shares = course_shares(courses)
    check = cohort_check(fit)
    review = review_order(fit, courses)
    listed = review.head(LISTED)
    pictured = list(listed["patient_id"].head(n_pictures))
    by_id = table.set_index("patient_id", drop=False)
    scripts = [Markup(get_plotlyjs()), Markup(template_source("report.js"))]
    context: dict[str, Any] = {
        "title": title or f"{scale.label}: courses of {plural(len(fit), 'patient')}",
        "patients": plural(len(fit), "patient"),
        "single": len(fit) == 1,
        "created": (created or datetime.now().astimezone()).strftime("%Y-%m-%d %H:%M"),
        "version": _version(),
        "style": Markup(template_source("report.css")),
        "scripts": scripts,
        "policy": _policy(scripts),
        "statement": text.STATEMENT,
        "warning_signs": text.warning_signs(),
        "answer": text.answer(courses, shares),
        "early": text.early(fit),
        "scale": scale,
        "span": f"{number(scale.low)} to {number(scale.high)}",
        "n_patients": len(fit),
        "n_listed": len(listed),
        "course_rows": course_rows(shares, with_intervals=len(fit) > 1),
        "n_fitted": shares.n_fitted,
        "n_with_room": shares.n_with_room,
        "courses_figure": _figure(draw_courses(shares), "How common each course is"),
        "groups": _review_groups(fit, courses, review, set(pictured)),
        "pictures": _pictures(fit, courses, pictured),
        "columns": patient_columns(fit.horizon),
        "rows": patient_rows(by_id.loc[listed["patient_id"]], scale, fit.horizon),
        "thresholds": threshold_rows(courses.criteria, scale, fit.horizon),
        "n_sensitive": int(table["threshold_sensitive"].sum()),
        "n_forecast": _with_status(table, "forecast"),
        "n_no_baseline": _with_status(table, "no_baseline"),
        "data": data_facts(fit),
        "population": text.population_sentences(fit.population),
        "few": fit.population is None or fit.population.n_patients < text.FEW_PATIENTS,
        "comparison": compare_defaults(shares, course_shares(second), courses, second)
        if second is not None
        else None,
        "check": check and {"text": check.text, **_figure(plot_cohort_check(check), check.text)},
        "limits": text.LIMITS,
    }
    return TEMPLATES.get_template("cohort.html.j2").render(context)


def _with_status(table: pd.DataFrame, code: str) -> int:
    return sum(code in status.split(";") for status in table["status"])


def _review_groups(
    fit: Fit, courses: Courses, review: pd.DataFrame, pictured: set[str]
) -> list[dict[str, Any]]:
    """Give the review list by group, each patient with a small picture."""
    days = fit.diary.ratings["day"]
    first = first_shown(float(days.min()) if len(days) else 0.0, fit.horizon)
    unit = time_unit(fit.horizon)
    most = len(review) if len(review) <= LISTED else LISTED_PER_GROUP
    groups = []
    for key, words in GROUPS.items():
        inside = review[review["group"] == key]
        members = [
            {
                "rank": row["rank"],
                "patient_id": row["patient_id"],
                "link": row["patient_id"] in pictured,
                "reason": row["reason"],
                "picture": _small_picture(fit, courses, row["patient_id"], first),
            }
            for row in inside.head(most).to_dict("records")
        ]
        if members:
            n, shown = len(inside), len(members)
            axis = f"{unit.show(first)} to {unit.show(fit.horizon)}"
            count = str(n) if n == shown else f"first {shown} of {n} shown"
            groups.append(
                {"key": key, "words": words, "members": members, "n": n, "count": count,
                 "axis": axis}
            )  # fmt: skip
    return groups


def _small_picture(fit: Fit, courses: Courses, patient_id: str, first_day: float) -> Markup:
    panel = panel_info(fit[patient_id], courses[patient_id])
    return Markup(sparkline_svg(panel, first_day))


def _pictures(fit: Fit, courses: Courses, pictured: list[str]) -> list[dict[str, Any]]:
    """Give the full pictures, each with what was known before the ratings since day 0."""
    if not pictured:
        return []
    known = classify(fit.select(pictured).as_of(0.0), courses.criteria)
    return [
        {
            **_picture(fit, courses, name, i + 1),
            "before": text.before_and_after(
                known[name].row, courses[name].row, retrospective=known.retrospective
            ),
        }
        for i, name in enumerate(pictured)
    ]


def _picture(fit: Fit, courses: Courses, patient_id: str, rank: int) -> dict[str, Any]:
    patient_fit, patient_course = fit[patient_id], courses[patient_id]
    said = headline(patient_course.row, fit.scale)
    figure = plot_patient(patient_fit, patient_course)
    covariates = "; ".join(f"{name}: {value}" for name, value in patient_fit.covariates.items())
    return {
        "rank": rank,
        "patient_id": patient_id,
        "covariates": covariates,
        **_figure(figure, f"Patient {short_id(patient_id)}: {said}. {patient_course.status_text}"),
    }


def _figure(figure: go.Figure, alt: str) -> dict[str, Any]:
    # Inside a script element only these could end it or start a comment.
    json = figure.to_json().replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    size = {"width": figure.layout.width, "height": figure.layout.height}
    return {"json": Markup(json), "alt": alt, **size}


def _policy(scripts: list[Markup]) -> str:
    """Allow the page its own two scripts and nothing from outside."""
    hashes = (
        base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
        for script in scripts
    )
    allowed = " ".join(f"'sha256-{value}'" for value in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def template_source(name: str) -> str:
    """Give a packaged style sheet or script as text, lines ended as the script hashes expect."""
    assert TEMPLATES.loader is not None
    return TEMPLATES.loader.get_source(TEMPLATES, name)[0].replace("\r\n", "\n")


def _version() -> str:
    try:
        return metadata.version("paintrend")
    except metadata.PackageNotFoundError:
        return "from source"
