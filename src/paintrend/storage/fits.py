"""A fit in files: tables in Parquet and a description in JSON; docs/files.md has the format."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from paintrend.aside import path_of
from paintrend.errors import FitError, PopulationError
from paintrend.results.fit import Fit
from paintrend.results.population import Population
from paintrend.results.session_fit import SessionFit
from paintrend.scales import Scale, get_scale
from paintrend.storage.cells import frame_bytes, table_bytes, table_of
from paintrend.storage.checks import Checks, shown
from paintrend.storage.documents import check_version, written_by
from paintrend.storage.draws import draws_table, inference_of, waves_table
from paintrend.storage.fit_diaries import DIARY_TABLES, diary_document, diary_frames, diary_of
from paintrend.storage.pieces import (
    DESCRIPTION,
    changed,
    check_digest,
    read_description,
    read_piece,
    write_pieces,
)
from paintrend.storage.population import population_document, population_of

__all__ = ["FIT_FORMAT", "FIT_VERSION", "read_fit", "write_fit"]

FIT_FORMAT = "paintrend fit"
FIT_VERSION = 1
"""Rises when an older paintrend could no longer read the files."""

NOT_READ: dict[int, str] = {}
"""Older versions that can no longer be read -> why."""


def write_fit(fit: Fit, path: str | os.PathLike[str]) -> Path:
    """Write a fit to a folder or to one .zip file that `read_fit` gives back bit for bit.

    Ratings, covariates, problems, the population, every posterior draw: what is computed from the
    fit that was read (courses, looks back, figures, reports) is equal to the last digit. **The
    files hold ids and ratings: keep them as you keep the data.** No program code is in them (no
    pickle), and every file is listed with its hash.

    A process may be killed at any moment: the folder or file then holds the fit that was there
    before or the new one, never half. Only one process at a time may write to a folder.

    Parameters
    ----------
    fit : Fit
        From `paintrend.fit_curves`.
    path : path
        One file if the name ends in .zip; else a folder, made if it does not exist. A fit that is
        there already is replaced.

    Returns
    -------
    Path
        The folder or file.

    Raises
    ------
    FitError
        If it is no fit that can be written, or something else stands there.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> import paintrend as pt
    >>> ratings = pd.DataFrame({"patient_id": "P1", "day": [0, 21, 42, 84], "pain": [6, 4, 3, 2]})
    >>> fit = pt.fit_curves(pt.read_diary(ratings, scale="nrs"), horizon=84)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     again = read_fit(write_fit(fit, f"{folder}/fit.zip"))
    >>> bool((again.draws("P1") == fit.draws("P1")).all())
    True
    """
    if isinstance(fit, SessionFit):
        raise FitError(
            "write_fit: the curves of this fit leave out the response to sessions. Write the fit "
            "it was made from; session_response(fit, sessions) then gives this one again."
        )
    if not isinstance(fit, Fit):
        raise FitError(f"write_fit takes a fit from fit_curves, got {type(fit).__name__}.")
    document = {
        "format": FIT_FORMAT,
        "version": FIT_VERSION,
        "paintrend": written_by(),
        "n_patients": len(fit),
        "n_fitted": len(fit.inference.position),
        "n_draws": fit.n_draws,
        "seed": int(fit.seed),
        "workers": int(fit.workers),
        "external": bool(fit.external),
        "as_of_day": None if fit.as_of_day is None else float(fit.as_of_day),
        "notices": list(fit.notices),
        "learned_until": float(fit.learned_until) if np.isfinite(fit.learned_until) else None,
        "diary": diary_document(fit.diary),
        "population": population_document(fit.population),
    }
    target = path_of(path)
    write_pieces(target, _pieces(fit), document)
    return target


def _pieces(fit: Fit) -> Iterator[tuple[str, int, bytes]]:
    """Yield name, number of rows and bytes of every table; one at a time, as draws are large."""
    frames = {**diary_frames(fit.diary), "info": fit.info.reset_index(names="patient_id")}
    for name, frame in frames.items():
        try:
            yield name, len(frame), frame_bytes(frame)
        except ValueError as error:
            raise FitError(f"write_fit: the table {name} cannot be written: {error}.") from error
    for name, make in (("draws", draws_table), ("waves", waves_table)):
        table: pa.Table = make(fit.inference)
        yield name, table.num_rows, table_bytes(table)


def read_fit(
    path: str | os.PathLike[str],
    *,
    scale: str | Scale | None = None,
    horizon: float | None = None,
) -> Fit:
    """Read a fit that `write_fit` wrote, and check all of it.

    Parameters
    ----------
    path : path
        The folder or the .zip file.
    scale : str or Scale, optional
        Refuse a fit on another scale.
    horizon : float, optional
        Refuse a fit with another horizon.

    Returns
    -------
    Fit

    Raises
    ------
    FitError
        If it is not there, damaged, changed, something else, from a version of paintrend whose
        files cannot be read, or not on this scale or horizon.
    PopulationError
        If its population cannot be used, e.g. as it was learned with other shapes.

    Examples
    --------
    >>> read_fit("no such fit")
    Traceback (most recent call last):
    paintrend.errors.FitError: no such fit is not there.
    """
    target = path_of(path)
    wanted = None if scale is None else get_scale(scale)
    document = _known(read_description(target), target)
    try:
        return _fit_of(target, document, wanted, horizon)
    except FitError:
        if not changed(target, document):
            raise
        # Another fit took its place meanwhile: that one is whole.
        return _fit_of(target, _known(read_description(target), target), wanted, horizon)


def _known(document: dict[str, Any], target: Path) -> dict[str, Any]:
    """Refuse what is certainly not a fit that this version can read."""
    if document.get("format") != FIT_FORMAT:
        raise FitError(
            f"{target}: {DESCRIPTION}: format: expected {FIT_FORMAT!r}, "
            f"got {shown(document.get('format'))}."
        )
    version = check_version(document, str(target), FIT_VERSION, FitError)
    if version in NOT_READ:
        raise FitError(
            f"{target}: version {version}, written by paintrend "
            f"{shown(document.get('paintrend'))}, can no longer be read: "
            f"{NOT_READ[version]}. Fit the ratings again, or read it with that version."
        )
    check_digest(target, document)
    return document


def _fit_of(
    target: Path, document: dict[str, Any], scale: Scale | None, horizon: float | None
) -> Fit:
    population = population_of(document.get("population"), f"{target}: population")
    _check_asked(target, population, scale, horizon)
    checks = Checks()
    seed = checks.whole(document, "seed", least=0)
    workers = checks.whole(document, "workers", least=1)
    sizes = {name: checks.whole(document, name, least=0) for name in ("n_patients", "n_fitted")}
    sizes["n_draws"] = checks.whole(document, "n_draws", least=1)
    external = document.get("external")
    if not isinstance(external, bool):
        checks.add("external", "true or false", external, "external" in document)
    day = document.get("as_of_day")
    if day is not None:
        day = checks.number(document, "as_of_day", -1e9, 1e9)
    notices = document.get("notices", [])  # neither is there in fits of earlier versions
    if not isinstance(notices, list) or not all(isinstance(text, str) for text in notices):
        checks.add("notices", "a list of texts", notices)
    until = document.get("learned_until")
    until = np.inf if until is None else checks.number(document, "learned_until", -1e9, 1e9)
    if checks.found:
        raise FitError(checks.message(f"{target}: {DESCRIPTION}", "fit"))
    try:
        tables = {name: _table(target, document, name) for name in (*DIARY_TABLES, "info")}
        diary = diary_of(document.get("diary"), tables, population.scale)
        inference = inference_of(
            tables["info"],
            {name: _table(target, document, name) for name in ("draws", "waves")},
            diary.patient_ids,
            population,
            sizes,
        )
    except (FitError, PopulationError):
        raise
    except (ValueError, KeyError, TypeError, pa.ArrowException) as error:
        raise FitError(f"{target} is not a usable fit: {error}.") from error
    return Fit(
        diary, population, inference, seed, workers, document["external"], day,
        notices=tuple(notices), learned_until=until,
    )  # fmt: skip


def _table(target: Path, document: dict[str, Any], name: str) -> pa.Table:
    data, rows = read_piece(target, document, name)
    try:
        table = table_of(data)
    except ValueError as error:
        raise FitError(f"{target}: the table {name}: {error}.") from error
    if table.num_rows != rows:
        raise FitError(f"{target}: the table {name}: expected {rows} rows, got {table.num_rows}.")
    return table


def _check_asked(
    target: Path, population: Population, scale: Scale | None, horizon: float | None
) -> None:
    """Refuse a fit that is not the one that was asked for."""
    own = population.scale
    found = []
    if scale is not None:
        for name in ("name", "low", "high", "step", "higher_is_worse"):
            if getattr(own, name) != getattr(scale, name):
                found.append(
                    f"scale {name}: {getattr(own, name)!r} there, {getattr(scale, name)!r} asked"
                )
    if horizon is not None and horizon != population.horizon:
        found.append(f"horizon: {population.horizon:g} there, {horizon!r} asked")
    if found:
        raise FitError(f"{target} is not the fit asked for: {'; '.join(found)}.")
