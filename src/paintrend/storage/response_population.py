"""A population of responses to sessions as a JSON file: written and checked as a population is.

::

    {
      "format": "paintrend response population",  "version": 1,  "paintrend": "0.1.0",
      "n_patients": 120,                 patients with sessions learned from
      "trace": [...],                    log evidence per patient
      "no_response": 0.31,               share of patients without a response
      "time_courses": [                  the others; these rows have to be those of this paintrend
        {"peak_days": 1.0, "gone_days": 4.0, "flat_days": 0.0, "share": 0.08}, ...
      ],
      "mean": [1.7, 1.1],                height of the first and of the settled response, 0-10 unit
      "covariance": [[...], [...]],
      "population": {...},               that of curves and noise, as `write_population` writes it
      "sha256": "..."                    of all of the above; checked if it is there
    }

It holds no id, no rating, no day of a session.
"""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paintrend.aside import path_of
from paintrend.errors import PopulationError, switch_problem
from paintrend.responses import RESPONSES
from paintrend.results.session_response import ResponsePopulation
from paintrend.storage.checks import Checks, digest_of
from paintrend.storage.documents import check_format, read_document, write_document, written_by
from paintrend.storage.population import population_document, population_of

__all__ = ["read_response_population", "write_response_population"]

Array = NDArray[np.float64]
KIND = "response population"
VERSION = 1
"""Rises when an older paintrend could no longer read the file."""
SUM_TOLERANCE = 1e-6
HEIGHTS = 2


def write_response_population(
    population: ResponsePopulation, path: str | os.PathLike[str], *, members: bool = True
) -> Path:
    """Write how people respond to sessions to a JSON file, for patients who come later.

    `read_response_population` gives it back exactly, and ``session_response(..., population=...)``
    judges other patients with it: one patient alone cannot be told from noise without others.

    Parameters
    ----------
    population : ResponsePopulation
        ``response.population``.
    path : path
        Its folder is made if it does not exist.
    members : bool
        As in `write_population`: False leaves out the one-way digests of those learned from.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    PopulationError
        If something else than a population of responses came.

    Examples
    --------
    >>> import tempfile
    >>> import paintrend as pt
    >>> cohort = pt.simulate_sessions(3, horizon=14, seed=1)
    >>> diary = pt.read_diary(cohort.ratings, scale="nrs")
    >>> fit = pt.fit_curves(diary, horizon=14, draws=50)
    >>> response = pt.session_response(fit, pt.read_sessions(cohort.sessions, diary))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write_response_population(response.population, f"{folder}/responses.json")
    ...     again = read_response_population(path)
    >>> again.n_patients, bool((again.share == response.population.share).all())
    (3, True)
    """
    problem = switch_problem("members", members)
    if problem:
        raise PopulationError(f"write_response_population: {problem}.")
    if not isinstance(population, ResponsePopulation):
        raise PopulationError(
            f"write_response_population takes response.population, got {type(population).__name__}."
        )
    rows = zip(population.responses, population.share[1:].tolist(), strict=True)
    document = {
        "format": f"paintrend {KIND}",
        "version": VERSION,
        "paintrend": written_by(),
        "n_patients": population.n_patients,
        "trace": list(population.trace),
        "no_response": float(population.share[0]),
        "time_courses": [{**asdict(row), "share": share} for row, share in rows],
        "mean": population.mean.tolist(),
        "covariance": population.covariance.tolist(),
        "population": population_document(population.population, members=members),
    }
    return write_document({**document, "sha256": digest_of(document)}, path)


def read_response_population(path: str | os.PathLike[str]) -> ResponsePopulation:
    """Read what `write_response_population` wrote, and check all of it.

    Parameters
    ----------
    path : path
        A JSON file.

    Returns
    -------
    ResponsePopulation
        For ``session_response(..., population=...)``, which refuses another scale or horizon.

    Raises
    ------
    PopulationError
        If the file cannot be read, is something else, comes from a newer paintrend, was learned
        with other shapes or time courses, or holds values that no population has; every problem
        with its key, what was expected and what came.

    Examples
    --------
    >>> read_response_population("no such file.json")
    Traceback (most recent call last):
    paintrend.errors.PopulationError: there is no file no such file.json.
    """
    file = path_of(path)
    document = read_document(file, KIND, "write_response_population")
    check_format(document, file.name, KIND, VERSION)
    checks = Checks()
    n_patients = checks.whole(document, "n_patients", least=1)
    trace = checks.array(document.get("trace"), "trace", (None,))
    share = _shares(document, checks)
    mean = checks.array(document.get("mean"), "mean", (HEIGHTS,))
    covariance = checks.array(document.get("covariance"), "covariance", (HEIGHTS, HEIGHTS))
    if covariance is not None:
        checks.covariance(covariance, "covariance")
    checks.digest(document)
    if checks.found or trace is None or share is None or mean is None or covariance is None:
        raise PopulationError(checks.message(file.name))
    curves = population_of(document.get("population"), f"{file.name}, population")
    return ResponsePopulation(share, mean, covariance, curves, n_patients, tuple(trace.tolist()))


def _shares(document: dict[str, Any], checks: Checks) -> Array | None:
    """Shares of no response and of each time course; None after a problem."""
    before = len(checks.found)
    none = checks.number(document, "no_response", 0.0, 1.0)
    rows = document.get("time_courses")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        checks.add("time_courses", "a list of objects", rows, "time_courses" in document)
        return None
    expected = [asdict(row) for row in RESPONSES]
    came = [{name: value for name, value in row.items() if name != "share"} for row in rows]
    if came != expected:
        # shares that belong to other rows would be given to the wrong ones
        first = next(
            (i for i, (a, b) in enumerate(zip(came, expected, strict=False)) if a != b),
            min(len(came), len(expected)),
        )
        checks.add_text(
            "time_courses",
            f"the {len(expected)} rows of this paintrend",
            f"{len(came)} rows, the first other one at {first}: it was learned with other time "
            "courses",
        )
        return None
    share = [checks.number({**row, "share": row.get("share")}, "share", 0.0, 1.0) for row in rows]
    total = none + sum(share)
    if len(checks.found) == before and abs(total - 1.0) > SUM_TOLERANCE:
        checks.add_text("time_courses", "shares that sum to 1 with no_response", f"{total:.9g}")
    return np.array([none, *share]) if len(checks.found) == before else None
