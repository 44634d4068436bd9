"""`paintrend sessions FILE --sessions FILE`: what pain does after therapy sessions, as tables."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from paintrend.cli.console import Progress, output_folder, say, writing
from paintrend.cli.inputs import named_pairs, request_of, say_notices
from paintrend.errors import InputError
from paintrend.fitting import fit_curves
from paintrend.plots import plot_sessions
from paintrend.results.session_response import SessionResponse
from paintrend.sessions import read_sessions
from paintrend.soreness.dose import session_dose
from paintrend.soreness.fit import session_response
from paintrend.storage import write_table
from paintrend.storage.aside import written_aside

__all__ = ["run"]


def run(arguments: Namespace) -> int:
    """Fit curves and responses, and write the tables and a picture of the cohort."""
    request = request_of(arguments)
    sessions = read_sessions(
        arguments.sessions,
        request.diary,
        columns=named_pairs("--session-columns", arguments.session_columns) or None,
        start=arguments.start,
        time_unit=arguments.time_unit,
        lenient=arguments.lenient,
    )
    folder = output_folder(arguments.output)
    with Progress(quiet=arguments.quiet) as progress:
        fit = fit_curves(
            request.diary,
            horizon=request.horizon,
            population=request.population,
            seed=arguments.seed,
            draws=arguments.draws,
            lasting_days=arguments.lasting_days,
            progress=progress,
        )
        response = session_response(
            fit,
            sessions,
            course_criteria=request.criteria,
            same_day=arguments.same_day,
            progress=progress,
        )
        progress("writing tables", 0, 1)
        with writing(folder):
            files = _write(response, folder, arguments.same_day)
    say_notices(arguments, response.notices)
    sys.stdout.write("".join(f"{file}\n" for file in files))
    if not arguments.quiet:
        say(repr(response).splitlines()[0])
    return 0


def _write(response: SessionResponse, folder: Path, same_day: str) -> list[Path]:
    files = [
        write_table(response.table(), folder / "session_response.csv"),
        write_table(response.levels, folder / "session_levels.csv"),
        write_table(response.pooled, folder / "session_cohort.csv"),
        write_table(response.population.table(), folder / "session_time_courses.csv"),
    ]
    try:
        effects = session_dose(response, same_day=same_day).table()
    except InputError:
        # too few sessions for it: the other tables are there all the same
        pass
    else:
        files.append(write_table(effects, folder / "session_dose.csv"))
    picture = folder / "sessions.html"
    with written_aside(picture) as aside:
        plot_sessions(response).write_html(aside, include_plotlyjs=True)
    return [*files, picture]
