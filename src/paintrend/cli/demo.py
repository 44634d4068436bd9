"""`paintrend demo`: the sample cohort from the file to the report."""

from __future__ import annotations

import sys
from argparse import Namespace

from paintrend.cli.console import Progress, output_folder, writing
from paintrend.cli.reported import Reported
from paintrend.cli.sample import HORIZON, sample_file
from paintrend.cli.summary import summary_text
from paintrend.courses import classify
from paintrend.diary import read_diary
from paintrend.events import read_events
from paintrend.fitting import fit_curves
from paintrend.report.cohort import write_report
from paintrend.symptoms import read_symptoms

__all__ = ["run"]


def run(arguments: Namespace) -> int:
    """Fit the sample cohort, print a summary, write index.html."""
    folder = output_folder(arguments.output)
    with Progress(quiet=arguments.quiet) as progress:
        progress("reading", 0, 1)
        diary = read_diary(sample_file(), "nrs")
        symptoms = read_symptoms(sample_file("symptoms.csv"), diary)
        events = read_events(sample_file("events.csv"), diary)
        reported = Reported(symptoms, events)
        # Kernels are compiled in the first run on a machine; later ones begin to learn at once.
        progress("preparing", 0, 1)
        fit = fit_curves(
            diary,
            horizon=HORIZON,
            seed=arguments.seed,
            draws=arguments.draws,
            progress=progress,
        )
        progress("naming courses", 0, 1)
        courses = classify(fit)
        progress("writing the report", 0, 1)
        page = folder / "index.html"
        with writing(page):
            write_report(
                fit, courses, page, symptoms=symptoms, events=events,
                title="Sample cohort (simulated)",
            )  # fmt: skip
    about = "Sample cohort (simulated, back pain, start of physiotherapy):"
    sys.stdout.write(summary_text(fit, courses, about, page, reported) + "\n")
    return 0
