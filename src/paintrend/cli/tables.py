"""The files of a fit: courses.csv, curves.csv, population.json, problems.csv, README.txt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from paintrend.cli.about import about_text
from paintrend.results.courses import Courses
from paintrend.results.fit import Fit
from paintrend.storage import write_population, write_table
from paintrend.storage.aside import written_aside

__all__ = ["curve_tables", "write_tables"]


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


def curve_tables(fit: Fit) -> Iterator[pd.DataFrame]:
    """Yield patient_id, day, median, low and high (90% band) of all patients in blocks.

    The same numbers as ``fit[patient_id].curve``; NaN for a patient who was not fitted.
    """
    for block in fit.draw_blocks():
        values = fit.scale.orient(block.curves)
        low, high = np.quantile(values, [0.5 - 0.9 / 2.0, 0.5 + 0.9 / 2.0], axis=1)
        ids = fit.patient_ids[block.start : block.stop]
        yield pd.DataFrame(
            {
                "patient_id": np.repeat(np.array(ids, dtype=object), len(fit.grid)),
                "day": np.tile(fit.grid, len(ids)),
                "median": np.median(values, axis=1).ravel(),
                "low": low.ravel(),
                "high": high.ravel(),
            }
        )
