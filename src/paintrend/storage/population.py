"""A population as a JSON file: written in full precision, checked at the door when read.

::

    {
      "format": "paintrend population",  "version": 1,  "paintrend": "0.1.0",
      "scale": {...},                    every field of `Scale`
      "horizon": 84.0,  "lasting_days": 7.0,  "gap": 7.0,        days
      "default": "rehabilitation",       the default population that learning shrinks towards
      "n_patients": 240,  "n_cohort": 240,  "time_unit": "days",
      "trace": [...],                    log evidence per patient
      "dictionary": {                    what the numbers below belong to
        "shapes": 858, "waxing": 24, "noise": 18,                numbers of rows
        "digest": "..."                  hash over the names of these rows and their formulas
      },
      "prior": {                         on the 0-10 unit, see `paintrend.core.prior.Prior`
        "shape": [...],                  shares of shapes, then of waxing settings
        "mean": [[...]],  "covariance": [[[...]]],               by family
        "noise": [...]                   shares of noise settings
      },
      "members": ["0f3a...", ...],       one-way digests, up to 8 per patient; may be missing
      "sha256": "..."                    of all of the above as JSON, keys sorted, no blanks
    }

It holds no id, no rating and no date. The digests tell whether a patient who is met again is one of
those it was learned from; ``members=False`` leaves them out.
"""

from __future__ import annotations

import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from paintrend.aside import path_of
from paintrend.defaults import DEFAULTS
from paintrend.errors import PopulationError, switch_problem
from paintrend.readers.wide import UNITS
from paintrend.results.population import Population
from paintrend.shapes import LONGEST, SHORTEST
from paintrend.storage.checks import Checks, digest_of
from paintrend.storage.documents import check_format, read_document, write_document, written_by
from paintrend.storage.prior import NO_PRIOR, describe_dictionary, read_prior
from paintrend.storage.scales import read_scale

__all__ = [
    "FORMAT",
    "VERSION",
    "population_document",
    "population_of",
    "read_population",
    "write_population",
]

FORMAT = "paintrend population"
VERSION = 1
"""Rises when an older paintrend could no longer read the file."""


def write_population(
    population: Population, path: str | os.PathLike[str], *, members: bool = True
) -> Path:
    """Write a population to a JSON file that `read_population` gives back exactly.

    The file is written aside and renamed, so that nobody meets half a file. It holds shares and
    sizes, and one-way digests by which a patient who is met again is known: whoever has the file
    and guesses an id with its first ratings can tell that this patient was in the cohort.

    Parameters
    ----------
    population : Population
        ``fit.population``.
    path : path
        Its folder is made if it does not exist.
    members : bool
        False leaves the digests out. It can then no longer be seen that a patient who is fitted
        with this population was in it, and a look back in time is taken for a fair one.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    PopulationError
        If something else than a population came.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> import paintrend as pt
    >>> ratings = pd.DataFrame({"patient_id": "P1", "day": [0, 21, 42, 84], "pain": [6, 4, 3, 2]})
    >>> fit = pt.fit_curves(pt.read_diary(ratings, scale="nrs"), horizon=84)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write_population(fit.population, f"{folder}/population.json")
    ...     again = read_population(path)
    >>> again.n_patients, bool((again.prior.shape == fit.population.prior.shape).all())
    (1, True)
    """
    problem = switch_problem("members", members)
    if problem:
        raise PopulationError(f"write_population: {problem}.")
    if not isinstance(population, Population):
        raise PopulationError(
            f"write_population takes fit.population, got {type(population).__name__}."
        )
    document = population_document(population, members=members)
    return write_document({**document, "sha256": digest_of(document)}, path)


def population_document(population: Population, *, members: bool = True) -> dict[str, Any]:
    """Give a population as what JSON holds."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "paintrend": written_by(),
        "scale": {
            name: value.item() if isinstance(value, np.generic) else value
            for name, value in asdict(population.scale).items()
        },
        "horizon": population.horizon,
        "lasting_days": population.lasting_days,
        "gap": population.gap,
        "default": population.default,
        "n_patients": population.n_patients,
        "n_cohort": population.n_cohort,
        "time_unit": population.time_unit,
        "trace": list(population.trace),
        "dictionary": describe_dictionary(population),
        "prior": {
            name: np.asarray(values).tolist() for name, values in population.prior._asdict().items()
        },
        **({"members": sorted(population.members)} if members else {}),
    }


def read_population(path: str | os.PathLike[str]) -> Population:
    """Read a population that `write_population` wrote, and check all of it.

    Parameters
    ----------
    path : path
        A JSON file.

    Returns
    -------
    Population

    Raises
    ------
    PopulationError
        If the file cannot be read, is something else, comes from a newer paintrend, was learned
        with another dictionary of shapes, or holds values that no population has; every problem
        with its key, what was expected and what came.

    Examples
    --------
    >>> read_population("no such file.json")
    Traceback (most recent call last):
    paintrend.errors.PopulationError: there is no file no such file.json.
    """
    file = path_of(path)
    return population_of(read_document(file, "population", "write_population"), file.name)


def population_of(document: Any, name: str) -> Population:
    """Give the population of a document that came from JSON; `name` is for messages.

    Raises
    ------
    PopulationError
    """
    check_format(document, name, "population", VERSION)
    known: dict[str, Any] = document
    checks = Checks()
    draft = _draft(known, checks)
    prior = read_prior(known, draft, checks)
    checks.digest(known)
    if draft is None or prior is None or checks.found:
        raise PopulationError(checks.message(name))
    return replace(draft, prior=prior)


def _draft(document: dict[str, Any], checks: Checks) -> Population | None:
    """Read all but the prior; None after a problem."""
    scale = read_scale(document, checks)
    days = {
        name: checks.number(document, name, SHORTEST, LONGEST)
        for name in ("horizon", "lasting_days", "gap")
    }
    n_patients = checks.whole(document, "n_patients", least=0)
    # Files of the first versions do not say how large the cohort was.
    n_cohort = checks.whole({"n_cohort": 0, **document}, "n_cohort", least=0)
    unit = document.get("time_unit", "")
    if not isinstance(unit, str) or unit not in ("", *UNITS):
        checks.add("time_unit", f"one of {', '.join(UNITS)}", unit)
    trace = checks.array(document.get("trace"), "trace", (None,))
    members = checks.digests(document, "members")
    default = document.get("default")
    if not isinstance(default, str) or default not in DEFAULTS:
        checks.add("default", f"one of {', '.join(DEFAULTS)}", default, "default" in document)
    if checks.found or scale is None or trace is None:
        return None
    return Population(
        scale=scale,
        horizon=days["horizon"],
        lasting_days=days["lasting_days"],
        gap=days["gap"],
        prior=NO_PRIOR,
        default=str(default),
        n_patients=n_patients,
        trace=tuple(trace.tolist()),
        members=members,
        n_cohort=n_cohort,
        time_unit=unit,
    )
