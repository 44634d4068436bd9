"""README.txt beside the tables: what the columns mean and with which settings they were made."""

from __future__ import annotations

from pathlib import Path

from paintrend import __version__
from paintrend.cli.sessions import AfterSessions
from paintrend.readers.formulas import FORMULA_STARTS
from paintrend.report.files import (
    COURSE_COLUMNS,
    CURVE_COLUMNS,
    POPULATION_FILE,
    layout,
    setting_lines,
)
from paintrend.results.courses import Courses
from paintrend.results.direction import in_direction
from paintrend.results.fit import Fit
from paintrend.wording import amount, percent

__all__ = ["FILES", "about_text"]

FILES: dict[str, str] = {
    "courses.csv": "One row per patient, in the order of the diary, those who could not be fitted "
    f"included (status, status_text). {COURSE_COLUMNS}",
    "courses.parquet": "The same table as courses.csv.",
    "courses.xlsx": "The same table as courses.csv.",
    "curves.csv": CURVE_COLUMNS,
    "curves.parquet": CURVE_COLUMNS,
    "population.json": POPULATION_FILE,
    "review.csv": "Every patient once, those who need a look first at the top, with the reason: "
    "warning signs first, whatever the curve says. Events and sessions are told, not modelled.",
    "problems.csv": "Rows of the diary that were set aside, why, and how to fix them.",
    "problems_symptoms.csv": "The same for the table of symptoms. A sign in such a row is not on "
    "the review list.",
    "problems_events.csv": "The same for the table of events.",
    "problems_sessions.csv": "The same for the table of sessions.",
    "session_response.csv": "One row per patient: the verdict on what pain does after sessions, "
    "the share of curves behind it (p_settles, p_does_not_settle, p_builds_up, p_no_response), the "
    "response with 90% intervals (_low, _high), the course with the response left out (course) and "
    "with the sessions not known (course_ignoring, as in courses.csv), and the reason. Sessions "
    "were observed, not assigned: that they made pain rise is not shown.",
    "session_levels.csv": "Level before each session attended, with a 90% interval.",
    "session_cohort.csv": "Means of the response over the patients, with 90% intervals.",
    "session_time_courses.csv": "Days to the peak after a session, days until a tenth of it is "
    "left, and the share of patients as learned; the first row is no response.",
    "session_dose.csv": "How the response goes with dose and days of rest, within patients and "
    "between them, with 90% intervals. It does not show what a change of either would do.",
    "response_population.json": "What was learned of responses to sessions, for "
    "--response-population with other patients. It holds no id, no rating and no session, only "
    "one-way digests by which a patient who is met again is known.",
}


def about_text(
    fit: Fit,
    courses: Courses,
    files: list[Path],
    signs: str,
    after: AfterSessions | None = None,
) -> str:
    """Explain the files of a fit, say whether warning signs were checked, and name every
    setting."""
    settings = setting_lines(
        f"paintrend {__version__}",
        fit.diary.source,
        fit.scale,
        fit.horizon,
        courses.criteria,
        fit.n_draws,
        fit.seed,
        fit.population,
    )
    if after is not None:
        response = after.response
        used, unit = response.criteria, fit.scale.unit
        rise, climb = (in_direction(word, fit.scale) for word in ("rise", "climb"))
        settings |= {
            "sessions": f"{response.sessions.source}; ratings of the day of a session whose order "
            f"is not known: {after.same_day}",
            "after a session": f"{rise} {amount(used.rise or 0.0, unit)}; not settled from "
            f"{percent(used.left)} left; {climb} {amount(used.climb or 0.0, unit)}; certainty "
            f"{used.certainty:g}; at least {used.sessions} rated sessions",
        }
    starts = " ".join(repr(start).strip("'") for start in FORMULA_STARTS)
    paragraphs = [
        *(f"{file.name}: {FILES[file.name]}" for file in files),
        "Numbers are in full precision; an empty cell is a missing value. In CSV files text that "
        f"begins with one of {starts} has a ' in front, headings and patient ids too, and so has "
        "what follows a separator within text: a spreadsheet would run it as a formula. paintrend "
        "takes the ' away when it reads such a file; do the same before joining such ids to other "
        "tables.",
    ]
    return layout(paragraphs, settings, signs)
