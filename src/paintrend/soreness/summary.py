"""Tables of the response: one row per patient, one per session, and the cohort."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.features import posterior_band
from paintrend.results.fit import Fit
from paintrend.results.session_criteria import SessionCriteria
from paintrend.results.session_fit import SessionFit
from paintrend.results.sessions import Sessions
from paintrend.session_rules import VERDICTS, verdict_codes
from paintrend.soreness.problem import Problem
from paintrend.soreness.readings import DrawnReading
from paintrend.soreness.timing import Coverage, coverage, is_regular
from paintrend.soreness.verdicts import Facts, give_verdict, why_no_facts

__all__ = ["DRAWN", "Tables", "pooled_table", "response_tables"]

Array = NDArray[np.float64]
DRAWN = (
    "rise", "rise_first", "rise_last", "habituation", "peak_days", "flat_days", "gone_days",
    "left", "level_first", "level_last", "climb",
)  # fmt: skip
"""Numbers of every draw, in the order of the table."""
LEVELS = ("level_first", "level_last")
POOLED = ("rise", "rise_first", "rise_last", "habituation", "left", "climb")


class Tables(NamedTuple):
    """What `SessionResponse` holds of the draws."""

    draws: Mapping[str, Array]
    codes: NDArray[np.int64]
    levels: pd.DataFrame
    summary: pd.DataFrame


def response_tables(
    fit: Fit,
    judged: SessionFit,
    sessions: Sessions,
    problem: Problem,
    readings: Sequence[DrawnReading | None],
    criteria: SessionCriteria,
) -> Tables:
    """Put the draws of all patients of the fit into tables, those without sessions included."""
    ids, n_draws = fit.patient_ids, judged.n_draws
    draws = {name: np.full((len(ids), n_draws), np.nan) for name in DRAWN}
    codes = np.full((len(ids), n_draws), -1, dtype=np.int64)
    position = judged.inference.position
    levels, rows = [], []
    cancelled = sessions.table[sessions.table["status"] == "cancelled"]["patient_id"].value_counts()
    attended = sessions.attended["patient_id"].value_counts()
    for p, name in enumerate(ids):
        n_attended = int(attended.get(name, 0))
        i = position.get(name)
        found = None if i is None else readings[i]
        facts = None
        row: dict[str, Any] = {"patient_id": name}
        if i is not None and found is not None:
            reading = found.reading
            values = (
                reading.rise, reading.first_rise, reading.last_rise,
                reading.last_rise - reading.first_rise, found.peak_days, found.flat_days,
                found.gone_days, reading.left, reading.start_level, reading.end_level,
                reading.climb,
            )  # fmt: skip
            for key, value in zip(DRAWN, values, strict=True):
                draws[key][p] = value
            codes[p] = verdict_codes(
                reading, criteria.rise or 0.0, criteria.left, criteria.climb or 0.0
            )
            own = slice(problem.ratings.offset[i], problem.ratings.offset[i + 1])
            facts = _facts(
                problem.when[own], problem.sessions[i], codes[p], draws, p, fit.scale.unit,
                n_attended - problem.sessions[i].size,
            )  # fmt: skip
            levels.append(_levels(name, problem.sessions[i], found.level, fit))
        without = why_no_facts(n_attended, i is not None, fit.horizon)
        verdict = give_verdict(facts, criteria, without, scale=fit.scale)
        row |= {"verdict": verdict.name, "confidence": verdict.confidence}
        row |= {f"p_{v}": np.nan if facts is None else facts.share[v] for v in VERDICTS}
        row |= {
            "n_sessions": 0 if facts is None else facts.n_sessions,
            "n_cancelled": int(cancelled.get(name, 0)),
            "n_pairs": 0 if facts is None else facts.coverage.pairs,
            "regular": False if facts is None else facts.regular,
            "reason": verdict.reason,
        }
        rows.append(row)
    summary = pd.DataFrame(rows)
    bands = {}
    for key in DRAWN:
        shown = np.asarray(fit.scale.orient(draws[key])) if key in LEVELS else draws[key]
        band, _ = posterior_band(shown)
        bands[key], bands[key + "_low"], bands[key + "_high"] = band.T
    at = list(summary.columns).index("n_sessions")
    summary = pd.concat([summary.iloc[:, :at], pd.DataFrame(bands), summary.iloc[:, at:]], axis=1)
    every = pd.concat(levels, ignore_index=True)
    return Tables(draws, codes, every, summary)


def _facts(
    when: Array,
    session: Array,
    codes: NDArray[np.int64],
    draws: dict[str, Array],
    p: int,
    unit: str,
    n_later: int,
) -> Facts:
    share = np.bincount(codes, minlength=len(VERDICTS)) / codes.size
    seen: Coverage = coverage(when, session)

    def median(name: str) -> float:
        values = draws[name][p]
        values = values[np.isfinite(values)]
        return float(np.median(values)) if values.size else np.nan

    return Facts(
        dict(zip(VERDICTS, share.tolist(), strict=True)),
        median("rise"), median("left"), median("climb"), session.size, seen,
        is_regular(session), unit, n_later,
    )  # fmt: skip


def _levels(name: str, session: Array, level: Array, fit: Fit) -> pd.DataFrame:
    low, middle, high = np.quantile(np.asarray(fit.scale.orient(level)), (0.05, 0.5, 0.95), axis=0)
    return pd.DataFrame(
        {
            "patient_id": name,
            "number": np.arange(1, session.size + 1),
            "day": session,
            "level": middle,
            "level_low": low,
            "level_high": high,
        }
    )


def pooled_table(
    draws: Mapping[str, Array], n_pairs: Array, criteria: SessionCriteria
) -> pd.DataFrame:
    """Means over the patients of this cohort who have the number: quantity, median, low, high,
    n_patients, and n_rated, those of them whose own ratings can judge enough sessions.

    Parameters
    ----------
    n_pairs : (P,) sessions of each patient that ratings can judge
    """
    rated = n_pairs >= criteria.sessions
    rows = []
    for name in POOLED:
        there = np.isfinite(draws[name]).all(axis=1)
        if there.any():
            mean = draws[name][there].mean(axis=0)
            low, middle, high = np.quantile(mean, (0.05, 0.5, 0.95))
            count = int(there.sum()), int((there & rated).sum())
            rows.append((name, middle, low, high, *count))
    columns = ["quantity", "median", "low", "high", "n_patients", "n_rated"]
    return pd.DataFrame(rows, columns=columns)
