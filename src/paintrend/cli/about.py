"""README.txt beside the tables: what the columns mean and with which settings they were made."""

from __future__ import annotations

from pathlib import Path

from paintrend import __version__
from paintrend.report.files import (
    COURSE_COLUMNS,
    CURVE_COLUMNS,
    POPULATION_FILE,
    layout,
    setting_lines,
)
from paintrend.results.courses import Courses
from paintrend.results.fit import Fit
from paintrend.storage.tables import FORMULA_STARTS

__all__ = ["FILES", "about_text"]

FILES: dict[str, str] = {
    "courses.csv": "One row per patient, in the order of the diary, those who could not be fitted "
    f"included (status, status_text). {COURSE_COLUMNS}",
    "curves.csv": CURVE_COLUMNS,
    "curves.parquet": CURVE_COLUMNS,
    "population.json": POPULATION_FILE,
    "review.csv": "Every patient once, those who need a look first at the top, with the reason: "
    "warning signs first, whatever the curve says. Events are told, not modelled.",
    "problems.csv": "Rows of the diary that were set aside, why, and how to fix them.",
    "problems_symptoms.csv": "The same for the table of symptoms. A sign in such a row is not on "
    "the review list.",
    "problems_events.csv": "The same for the table of events.",
}


def about_text(fit: Fit, courses: Courses, files: list[Path], signs: str) -> str:
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
    starts = " ".join(repr(start).strip("'") for start in FORMULA_STARTS)
    paragraphs = [
        *(f"{file.name}: {FILES[file.name]}" for file in files),
        "Numbers are in full precision; an empty cell is a missing value. In CSV files text that "
        f"begins with one of {starts} has a ' in front, headings and patient ids too: a "
        "spreadsheet would run it as a formula. Take the ' away before joining such ids to other "
        "tables.",
    ]
    return layout(paragraphs, settings, signs)
