"""What a report says about the data: ratings, gaps, and everything that was set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from paintrend.results.diary import PROBLEM_COLUMNS
from paintrend.wording import number, plural, sentence, time_unit

if TYPE_CHECKING:
    from paintrend.results.fit import Fit
    from paintrend.results.sessions import Sessions

__all__ = ["SHOWN", "Aside", "DataFacts", "data_facts", "problem_rows", "set_aside"]

SHOWN = 200
"""Rows of a table of problems that a report shows; it says how many there are."""


class DataFacts(NamedTuple):
    """Sentences about the data, and tables of what was set aside, as text."""

    sentences: tuple[str, ...]
    problems: tuple[tuple[str, ...], ...]
    n_problems: int
    after_horizon: tuple[tuple[str, ...], ...]
    n_after_horizon: int
    not_fitted: tuple[tuple[str, str], ...]
    n_not_fitted: int


class Aside(NamedTuple):
    """The first problems of a table that goes with the ratings, as text, and how many there are."""

    rows: tuple[tuple[str, ...], ...]
    n: int


def set_aside(sessions: Sessions | None) -> Aside:
    """Give what was set aside of the sessions; nothing if none were supplied."""
    if sessions is None:
        return Aside((), 0)
    return Aside(problem_rows(sessions.problems), len(sessions.problems))


def data_facts(fit: Fit) -> DataFacts:
    """Collect what a reader must know about the ratings behind a report."""
    diary, unit = fit.diary, time_unit(fit.horizon)
    problems, late = diary.problems, fit.set_aside
    unfitted = fit.info[~fit.info["fitted"].astype(bool)]
    return DataFacts(
        sentences=tuple(_sentences(fit)),
        problems=problem_rows(problems),
        n_problems=len(problems),
        after_horizon=tuple(
            (str(row["patient_id"]), unit.show(row["day"]), number(row["pain"], 2))
            for row in late.head(SHOWN).to_dict("records")
        ),
        n_after_horizon=len(late),
        not_fitted=tuple(
            (str(name), str(reason)) for name, reason in unfitted["reason"].head(SHOWN).items()
        ),
        n_not_fitted=len(unfitted),
    )


def problem_rows(problems: pd.DataFrame) -> tuple[tuple[str, ...], ...]:
    """Give the first rows of a list of problems as text."""
    return tuple(
        tuple(_text(row[name]) for name in PROBLEM_COLUMNS)
        for row in problems.head(SHOWN).to_dict("records")
    )


def _sentences(fit: Fit) -> list[str]:
    diary, unit = fit.diary, time_unit(fit.horizon)
    inclusion = int(diary.ratings["inclusion"].sum())
    said = [
        f"Source: {diary.source or 'a table in memory'}; {plural(diary.n_patients, 'patient')}, "
        f"{plural(diary.n_ratings, 'rating')}, {diary.n_missing} missing (no answer in the file).",
    ]
    counts = fit.info["n_ratings"]
    if len(counts):
        said.append(
            f"Fitted ratings per patient: {int(counts.min())} to {int(counts.max())}, median "
            f"{number(float(counts.median()))}; at or before {unit.show(0.0)}: "
            f"{int(fit.info['n_baseline'].min())} to {int(fit.info['n_baseline'].max())}."
        )
    if inclusion:
        said.append(
            f"{plural(inclusion, 'rating')} used to select patients: shown as open points, not "
            "fitted."
        )
    if len(fit.set_aside):
        said.append(
            f"{plural(len(fit.set_aside), 'rating')} after {unit.show(fit.horizon)}: set aside."
        )
    said.extend(sentence(notice) for notice in (*diary.notices, *fit.notices))
    return said


def _text(value: Any) -> str:
    return "" if value is None or (not isinstance(value, str) and pd.isna(value)) else str(value)
