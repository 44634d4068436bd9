"""`paintrend sessions FILE --sessions FILE`: what pain does after therapy sessions, as tables."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from typing import NamedTuple

from paintrend.aside import written_aside
from paintrend.cli.console import Progress, UsageError, output_folder, say, writing
from paintrend.cli.inputs import request_of, say_notices
from paintrend.cli.reported import sessions_of
from paintrend.errors import InputError
from paintrend.fitting import fit_curves
from paintrend.plots import plot_sessions
from paintrend.results.criteria import Criteria
from paintrend.results.dose_effect import DoseEffect
from paintrend.results.fit import Fit
from paintrend.results.session_response import ResponsePopulation, SessionResponse
from paintrend.results.sessions import Sessions
from paintrend.soreness.dose import session_dose
from paintrend.soreness.fit import session_response
from paintrend.storage import (
    read_response_population,
    write_response_population,
    write_table,
)

__all__ = ["AfterSessions", "response_of", "run", "write_responses"]


class AfterSessions(NamedTuple):
    """The response to sessions, how it goes with dose and rest (None where too few sessions tell),
    and where ratings of the day of a session were placed."""

    response: SessionResponse
    dose: DoseEffect | None
    same_day: str


def run(arguments: Namespace) -> int:
    """Fit curves and responses, and write the tables and a picture of the cohort."""
    request = request_of(arguments)
    sessions = sessions_of(arguments, request.diary)
    assert sessions is not None, "the option is required"
    known = _known(arguments)
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
        say_notices(arguments, fit.notices)
        after = _after(arguments, fit, request.criteria, sessions, known, progress)
        response = after.response
        progress("writing tables", 0, 1)
        with writing(folder):
            files = write_responses(after, folder)
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
) -> AfterSessions | None:
    """Estimate the response for `fit` and `report`; None, said aloud, if there is nothing to learn
    from."""
    known = _known(arguments)
    if sessions is None:
        return None
    if not set(sessions.attended["patient_id"]) & set(fit.patient_ids):
        notice = "no session was attended: sessions are shown, no response to them is estimated"
        say_notices(arguments, [notice])
        return None
    after = _after(arguments, fit, criteria, sessions, known, progress)
    _say_new(arguments, sessions, after.response)
    return after


def _known(arguments: Namespace) -> ResponsePopulation | None:
    """Read what was learned before, first of all: a file that cannot be used shows at once."""
    if not arguments.response_population:
        return None
    if not arguments.sessions:
        raise UsageError("--response-population goes with the table of --sessions.")
    return read_response_population(arguments.response_population)


def _after(
    arguments: Namespace,
    fit: Fit,
    criteria: Criteria,
    sessions: Sessions,
    known: ResponsePopulation | None,
    progress: Progress,
) -> AfterSessions:
    response = session_response(
        fit, sessions, course_criteria=criteria, population=known, same_day=arguments.same_day,
        progress=progress,
    )  # fmt: skip
    progress("comparing doses", 0, 1)
    try:
        dose = session_dose(response, same_day=arguments.same_day)
    except InputError:
        # too few sessions for it: everything else is there all the same
        dose = None
    return AfterSessions(response, dose, arguments.same_day)


def _say_new(arguments: Namespace, sessions: Sessions, response: SessionResponse) -> None:
    # what the reader assumed has been said when the table was read
    say_notices(arguments, [n for n in response.notices if n not in sessions.notices])


def write_responses(after: AfterSessions, folder: Path, *, members: bool = True) -> list[Path]:
    """Write the tables of a response: patients, levels, cohort, time courses, dose and rest; and
    what was learned, for other patients."""
    response = after.response
    files = [
        write_table(response.table(), folder / "session_response.csv"),
        write_table(response.levels, folder / "session_levels.csv"),
        write_table(response.pooled, folder / "session_cohort.csv"),
        write_table(response.population.table(), folder / "session_time_courses.csv"),
    ]
    if after.dose is not None:
        files.append(write_table(after.dose.table(), folder / "session_dose.csv"))
    learned = folder / "response_population.json"
    return [*files, write_response_population(response.population, learned, members=members)]
