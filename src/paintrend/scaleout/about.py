"""README.txt of a folder of partitions: what is in it, in which order, with which settings."""

from __future__ import annotations

from pathlib import Path

from paintrend.aside import written_aside
from paintrend.report.files import (
    COURSE_COLUMNS,
    CURVE_COLUMNS,
    POPULATION_FILE,
    layout,
    setting_lines,
)
from paintrend.report.text import warning_signs
from paintrend.results.population import Population
from paintrend.scaleout.job import Job
from paintrend.storage.documents import written_by

__all__ = ["write_readme"]

ORDER = (
    "Patients are in partitions by a hash of their id, and within a partition in the order of "
    "their ids as text. The same input and options give the same files, whatever the number of "
    "workers and however often the run was stopped and continued."
)


def write_readme(job: Job, population: Population, *, problems: bool) -> Path:
    """Write README.txt."""
    files = {
        "courses": "One row per patient, those who could not be fitted included (status, "
        f"status_text). {ORDER} {COURSE_COLUMNS}",
        "curves": CURVE_COLUMNS if job.curves else "",
        "population.json": POPULATION_FILE,
        "problems.csv": "Rows of the input that were set aside, why, and how to fix them."
        if problems
        else "",
        "run.json": "What the results depend on (input files, options, software), and counts.",
    }
    settings = setting_lines(
        f"paintrend {written_by()}",
        f"{job.source.name} ({len(job.source.files)} Parquet "
        f"{'file' if len(job.source.files) == 1 else 'files'}, {job.source.rows:,} rows)",
        job.scale,
        job.horizon,
        job.criteria,
        job.draws,
        job.seed,
        population,
    )
    paragraphs = [f"{name}: {text}" for name, text in files.items() if text]
    paragraphs += ["Numbers are in full precision."]
    readme = job.folder / "README.txt"
    with written_aside(readme) as aside:
        aside.write_text(
            layout(paragraphs, settings, warning_signs()), encoding="utf-8", newline="\n"
        )
    return readme
