"""`paintrend sessions FILE --sessions FILE`: what pain does after therapy sessions, as tables."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from paintrend.cli.console import Progress, output_folder, say, writing
from paintrend.cli.inputs import request_of, say_notices
from paintrend.cli.reported import sessions_of
from paintrend.errors import InputError
from paintrend.fitting import fit_curves
from paintrend.plots import plot_sessions
from paintrend.results.criteria import Criteria
from paintrend.results.fit import Fit
from paintrend.results.session_response import SessionResponse
from paintrend.results.sessions import Sessions
from paintrend.soreness.dose import session_dose
from paintrend.soreness.fit import session_response
from paintrend.storage import write_table
from paintrend.storage.aside import written_aside

__all__ = ["response_of", "run", "write_responses"]


def run(arguments: Namespace) -> int:
    """Fit curves and responses, and write the tables and a picture of the cohort."""
    request = request_of(arguments)
    sessions = sessions_of(arguments, request.diary)
    assert sessions is not None, "the option is required"
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
            files = write_responses(response, folder, arguments.same_day)
            picture = folder / "sessions.html"
            with written_aside(picture) as aside:
                plot_sessions(response).write_html(aside, include_plotlyjs=True)
    _say_new(arguments, sessions, response)
    sys.stdout.write("".join(f"{file}\n" for file in [*files, picture]))
    if not arguments.quiet:
        say(repr(response).splitlines()[0])
    return 0


def response_of(
    arguments: Namespace,
    fit: Fit,
    criteria: Criteria,
    sessions: Sessions | None,
    progress: Progress,
) -> SessionResponse | None:
    """Estimate the response for `fit` and `report`; None, said aloud, if there is nothing to learn
    from."""
    if sessions is None:
        return None
    if not set(sessions.attended["patient_id"]) & set(fit.patient_ids):
        notice = "no session was attended: sessions are shown, no response to them is estimated"
        say_notices(arguments, [notice])
        return None
    response = session_response(
        fit, sessions, course_criteria=criteria, same_day=arguments.same_day, progress=progress
    )
    _say_new(arguments, sessions, response)
    return response


def _say_new(arguments: Namespace, sessions: Sessions, response: SessionResponse) -> None:
    # what the reader assumed has been said when the table was read
    say_notices(arguments, [n for n in response.notices if n not in sessions.notices])


def write_responses(response: SessionResponse, folder: Path, same_day: str) -> list[Path]:
    """Write the tables of a response: patients, levels, cohort, time courses, dose and rest."""
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
    return files
