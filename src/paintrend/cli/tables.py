"""The files of a fit: courses.csv, curves.csv, population.json, problems.csv, README.txt."""

from __future__ import annotations

from pathlib import Path

from paintrend.cli.about import about_text
from paintrend.results.courses import Courses
from paintrend.results.fit import Fit
from paintrend.storage import write_population, write_table
from paintrend.storage.aside import written_aside
from paintrend.storage.curves import curve_tables

__all__ = ["write_tables"]


def write_tables(
    fit: Fit, courses: Courses, folder: Path, *, curves: str, lenient: bool
) -> list[Path]:
    """Write all tables of a fit and a text that explains them.

    Parameters
    ----------
    fit, courses
        The fitted patients and their courses.
    folder
        Where to; files of an earlier run are replaced.
    curves : {"csv", "parquet", "none"}
        Format of the table of curves.
    lenient
        Write problems.csv, even if nothing had to be set aside.

    Returns
    -------
    list of Path
    """
    files = [write_table(courses.table(), folder / "courses.csv")]
    if curves != "none":
        files.append(write_table(curve_tables(fit), folder / f"curves.{curves}"))
    files.append(write_population(fit.population, folder / "population.json"))
    # A list left by an earlier run would be taken for that of this one.
    if lenient or (folder / "problems.csv").exists():
        files.append(write_table(fit.diary.problems, folder / "problems.csv"))
    readme = folder / "README.txt"
    with written_aside(readme) as aside:
        aside.write_text(about_text(fit, courses, files), encoding="utf-8", newline="\n")
    return [*files, readme]
