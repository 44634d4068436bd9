"""`paintrend monitor FILE`: patients who are followed, those who need a look first at the top."""

from __future__ import annotations

import sys
import textwrap
from argparse import Namespace
from pathlib import Path

from paintrend import __version__
from paintrend.aside import written_aside
from paintrend.cli.about import FILES as FIT_FILES
from paintrend.cli.console import Progress, output_folder, writing
from paintrend.cli.inputs import request_of, say_notices
from paintrend.cli.privacy import hidden, hidden_reported, privacy_of
from paintrend.cli.report import NAMES, write_pages
from paintrend.cli.reported import reported_of
from paintrend.cli.tables import write_problems
from paintrend.monitoring.hiding import hidden_monitor
from paintrend.monitoring.records import Monitor
from paintrend.monitoring.replay import monitor
from paintrend.monitoring.review_list import fit_latest, list_latest
from paintrend.report.files import layout, setting_lines
from paintrend.report.monitor import monitor_html
from paintrend.report.output import check_target
from paintrend.report.signs import signs_statement
from paintrend.report.text import STATEMENT
from paintrend.storage import write_table
from paintrend.wording import plural

__all__ = ["FILES", "run"]

FILES: dict[str, str] = {
    "review.csv": "Every patient once, those who need a look first at the top: the state at the "
    "last look, the group and the reason. Warning signs come first, whatever the curve says.",
    "looks.csv": "One row per patient and day with a rating, judged with the ratings up to that "
    "day: now, outlook, state in words, the shares of curves that end better (p_end_better), worse "
    "(p_deterioration) and near the start (p_near_start), and the columns of courses.csv.",
    "coming.csv": "One row per patient and coming visit, from simulated next ratings: p_named, the "
    "share of futures in which an outlook can be named by then; p_settled, in which it is as "
    "certain as the criteria ask; certainty, the mean probability of the likeliest end; and the "
    "same with three ratings at each visit (_three).",
    "index.html": "The list with the sentence why, and pictures. Open it in a browser.",
    "report.pdf": "The same to print: what is not on paper is said on the first page.",
    "report.docx": "The same to edit.",
    **{name: words for name, words in FIT_FILES.items() if name.startswith("problems")},
}
SHOWN = 8
WIDTH = 100


def run(arguments: Namespace) -> int:
    """Judge each patient on each day, write the review list, print its top."""
    for kind in arguments.format:
        check_target(NAMES[kind])
    request = request_of(arguments)
    reported = reported_of(arguments, request.diary)
    privacy = privacy_of(arguments, request.diary)
    folder = output_folder(arguments.output)
    with Progress(quiet=arguments.quiet) as progress:
        watched = monitor(
            request.diary,
            population=request.population,
            horizon=request.horizon,
            criteria=request.criteria,
            schedule=arguments.schedule,
            symptoms=reported.symptoms,
            events=reported.events,
            sessions=reported.sessions,
            seed=arguments.seed,
            draws=arguments.draws,
            progress=progress,
        )
        progress("writing the list", 0, 1)
        fit, courses = fit_latest(watched)
        review = list_latest(watched, fit, courses, review_day=reported.review_day)
        # With the ids as they are, which random numbers go with: the report hides them itself.
        page = monitor_html(
            watched, fit, courses, review, alarm=arguments.alarm, title=arguments.title,
            privacy=privacy, appendix=arguments.appendix,
        )  # fmt: skip
        signs = signs_statement(fit, watched.symptoms)
        if privacy is not None:
            review = hidden(review, privacy, request.diary)
            reported = hidden_reported(reported, privacy, request.diary)
            watched = hidden_monitor(watched, privacy)
        with writing(folder):
            files = [
                write_table(review, folder / "review.csv"),
                write_table(watched.table(), folder / "looks.csv"),
                write_table(watched.coming, folder / "coming.csv"),
            ]
            files += write_problems(folder, watched.diary, reported, lenient=arguments.lenient)
        pages = write_pages(arguments, {"": page}, folder)
        files += pages
        with writing(folder), written_aside(folder / "README.txt") as aside:
            aside.write_text(_about(watched, files, signs), encoding="utf-8", newline="\n")
    say_notices(arguments, watched.notices)
    lines = [
        f"{plural(len(watched), 'patient')} followed, {plural(len(watched.looks), 'look')}. "
        "First of the list:"
    ]
    for row in review.head(SHOWN).to_dict("records"):
        text = f"{row['patient_id']}: {row['state']}. {row['reason']}"
        lines.append(textwrap.fill(text, WIDTH, initial_indent="  ", subsequent_indent="      "))
    lines += [f"List and pictures: {pages[0]}", *(f"Also written: {file}" for file in pages[1:])]
    lines += [textwrap.fill(f"{signs} {STATEMENT}", WIDTH)]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _about(watched: Monitor, files: list[Path], signs: str) -> str:
    """Explain the files, and name every setting."""
    settings = setting_lines(
        f"paintrend {__version__}",
        watched.diary.source,
        watched.scale,
        watched.horizon,
        watched.criteria,
        watched.draws,
        watched.seed,
        watched.populations[0],
    )
    return layout([f"{file.name}: {FILES[file.name]}" for file in files], settings, signs)
