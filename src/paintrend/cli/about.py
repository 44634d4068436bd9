"""README.txt beside the tables: what the columns mean and with which settings they were made."""

from __future__ import annotations

import textwrap
from pathlib import Path

from paintrend import __version__
from paintrend.report.text import STATEMENT, warning_signs
from paintrend.results.courses import Courses
from paintrend.results.fit import Fit
from paintrend.storage.tables import FORMULA_STARTS

__all__ = ["FILES", "about_text"]

FILES: dict[str, str] = {
    "courses.csv": "One row per patient, in the order of the diary, those who could not be fitted "
    "included (status, status_text). course is the most probable course, or cannot_tell; p_... is "
    "the share of the patient's posterior curves in that course. p_dip = p_worse_before_better + "
    "p_transient_worsening; p_deterioration = p_sustained_deterioration + p_recent_worsening. "
    "Features come with median, _low and _high (90% interval), and _share where they exist in some "
    "curves only: baseline is in the scale's own values; pre_trend (per day), rise, end_change and "
    "burden are changes, positive = worse; peak_day, return_day and better_day are days. What lies "
    "after last_day is predicted. Read status_text with every course.",
    "curves.csv": "The curve of each patient on 169 equally spaced days from 0 to the horizon: "
    "median, low and high (90% band), in the scale's own values.",
    "curves.parquet": "The curve of each patient on 169 equally spaced days from 0 to the horizon: "
    "median, low and high (90% band), in the scale's own values.",
    "population.json": "What was learned from these patients, for --population with other "
    "patients. It holds nothing on a single patient.",
    "problems.csv": "Rows of the diary that were set aside, why, and how to fix them.",
}


def about_text(fit: Fit, courses: Courses, files: list[Path]) -> str:
    """Explain the files of a fit and name every setting behind them."""
    criteria, scale = courses.criteria, fit.scale
    settings = {
        "made by": f"paintrend {__version__}",
        "ratings": fit.diary.source,
        "scale": f"{scale.name} ({scale.label}), {scale.low:g} to {scale.high:g}, "
        f"{scale.direction_text}",
        "horizon": f"day {fit.horizon:g}",
        "worsening": f"{criteria.worsening:g} {scale.unit}",
        "improvement": f"{criteria.improvement:g} {scale.unit}",
        "lasting": f"{criteria.lasting_days:g} days",
        "sustained": f"{criteria.sustained_days:g} days",
        "certainty": f"{criteria.certainty:g}",
        "curves per patient": f"{fit.n_draws}",
        "seed": f"{fit.seed}",
        "population": fit.population.text,
    }
    starts = " ".join(repr(start).strip("'") for start in FORMULA_STARTS)
    paragraphs = [
        *(f"{file.name}: {FILES[file.name]}" for file in files),
        "Numbers are in full precision; an empty cell is a missing value. In CSV files text that "
        f"begins with one of {starts} has a ' in front, headings and patient ids too: a "
        "spreadsheet would run it as a formula. Take the ' away before joining such ids to other "
        "tables.",
        f"{warning_signs()} {STATEMENT}",
    ]
    lines = [f"{name}: {value}" for name, value in settings.items()]
    wrapped = [textwrap.fill(line, 96, subsequent_indent="    ") for line in lines]
    return (
        "\n\n".join([*(textwrap.fill(text, 96) for text in paragraphs), "\n".join(wrapped)]) + "\n"
    )
