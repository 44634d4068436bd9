"""The response of a cohort to therapy sessions: numbers with intervals, verdicts, courses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.errors import UnknownPatientError
from paintrend.responses import RESPONSES, Response
from paintrend.results.courses import Courses
from paintrend.results.direction import in_direction
from paintrend.results.listing import listing_html
from paintrend.results.population import Population
from paintrend.results.session_criteria import SessionCriteria
from paintrend.results.session_fit import SessionFit
from paintrend.results.sessions import Sessions
from paintrend.scales import Scale
from paintrend.wording import amount, number, percent, plural

__all__ = ["PatientResponse", "ResponsePopulation", "SessionResponse"]

Array = NDArray[np.float64]
TOLD_FROM = 0.5
"""Least share of patients whose own ratings can judge sessions, for a mean rise to be told."""


@dataclass(frozen=True, eq=False, repr=False)
class ResponsePopulation:
    """How people respond to sessions, learned from a cohort.

    Parameters
    ----------
    share : array (1 + M,)
        Share of patients without a response, then with each time course.
    mean : array (r,), covariance : array (r, r)
        Height of the first and of the settled response of the others, 0-10 unit.
    population : Population
        That of their curves and noise, learned along with it.
    n_patients : int
        Patients with sessions learned from.
    trace : tuple of float
        Log evidence per patient of each pass.
    responses : tuple of Response
        The time courses.
    """

    share: Array
    mean: Array
    covariance: Array
    population: Population
    n_patients: int
    trace: tuple[float, ...]
    responses: tuple[Response, ...] = RESPONSES

    def table(self) -> pd.DataFrame:
        """Time courses with their shares: peak_days, gone_days, flat_days, share; the first row is
        no response."""
        return pd.DataFrame(
            {
                "peak_days": [np.nan, *(r.peak_days for r in self.responses)],
                "gone_days": [np.nan, *(r.gone_days for r in self.responses)],
                "flat_days": [np.nan, *(r.flat_days for r in self.responses)],
                "share": self.share,
            }
        )

    def __repr__(self) -> str:
        return (
            f"ResponsePopulation from {plural(self.n_patients, 'patient')}: "
            f"{percent(self.share[0])} without a response"
        )

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>{self.table().to_html(index=False)}"


@dataclass(frozen=True, eq=False, repr=False)
class SessionResponse:
    """What happened to the pain of each patient after sessions.

    Parameters
    ----------
    fit : SessionFit
        Curves with the response taken into account; what was gone before the next session is left
        out. Goes into `classify` and every plot as any fit.
    courses, courses_ignoring : Courses
        Courses of these curves, and of the fit that knows nothing of sessions.
    sessions : Sessions
    criteria : SessionCriteria
        Resolved.
    population : ResponsePopulation
    draws : mapping of str to array (P, D)
        rise, rise_first, rise_last, habituation, peak_days, flat_days, gone_days, left,
        level_first, level_last, climb: oriented, scale units, days, shares; NaN where a curve has
        no such number.
    codes : array (P, D)
        Positions in `session_rules.VERDICTS`, -1 where no session was attended.
    levels : DataFrame
        One row per session attended: patient_id, number, day, level, level_low, level_high (just
        before the session, the scale's own values).
    aligned : DataFrame
        One row per rating used: patient_id, day, since (days since the last session), rating, rest
        (rating less the curve and less what earlier sessions left), expected; oriented.
    summary : DataFrame
        What `table` shows.
    pooled : DataFrame
        Means over the patients of this cohort: quantity, median, low, high (90%), n_patients, and
        n_rated, those of them with enough sessions rated before and 12 to 72 hours after. Where
        that is less than half, the mean rests mainly on what is assumed.
    notices : tuple of str
    """

    fit: SessionFit
    courses: Courses
    courses_ignoring: Courses
    sessions: Sessions
    criteria: SessionCriteria
    population: ResponsePopulation
    draws: Mapping[str, Array]
    codes: NDArray[np.int64]
    levels: pd.DataFrame
    aligned: pd.DataFrame
    summary: pd.DataFrame
    pooled: pd.DataFrame
    notices: tuple[str, ...] = ()

    @property
    def scale(self) -> Scale:
        """The scale of the ratings."""
        return self.fit.scale

    @property
    def patient_ids(self) -> tuple[str, ...]:
        """All patients in the diary's order."""
        return self.fit.patient_ids

    def table(self) -> pd.DataFrame:
        """One row per patient: verdict, its probability, and the response with 90% intervals.

        Columns: patient_id, verdict, confidence, p_settles, p_does_not_settle, p_builds_up,
        p_no_response; rise, rise_first, rise_last, habituation (change of the rise from the first
        session to the last, negative = smaller), peak_days, flat_days (days at the peak),
        gone_days, left, level_first, level_last, climb, each with _low and _high; n_sessions,
        n_cancelled, n_pairs, regular, course, course_ignoring (sessions not known),
        p_deterioration, p_deterioration_ignoring, reason (what the verdict rests on, or what
        would be needed).
        """
        return self.summary.copy()

    def __len__(self) -> int:
        return len(self.patient_ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self.patient_ids)

    def __getitem__(self, patient_id: str) -> PatientResponse:
        if patient_id not in self.patient_ids:
            raise UnknownPatientError(
                f"no patient {patient_id!r} among {len(self)}; first ones: "
                + ", ".join(map(repr, self.patient_ids[:3]))
            )
        row = self.patient_ids.index(patient_id)
        own = self.levels[self.levels["patient_id"] == patient_id].drop(columns="patient_id")
        return PatientResponse(
            patient_id,
            self.scale,
            self.criteria,
            dict(self.summary.iloc[row]),
            {name: values[row] for name, values in self.draws.items()},
            own.reset_index(drop=True),
        )

    def _lines(self) -> list[str]:
        counts = self.summary["verdict"].value_counts()
        verdicts = ", ".join(f"{name} {n}" for name, n in counts.items())
        rise = self.pooled.set_index("quantity").loc["rise"].to_dict()
        told = (
            f"{amount(rise['median'], self.scale.unit)} "
            f"({number(rise['low'], 2)} to {number(rise['high'], 2)})"
        )
        rated, n = int(rise["n_rated"]), int(rise["n_patients"])
        if rated < TOLD_FROM * n:
            told = (
                f"cannot be told: {rated} of {plural(n, 'patient')} "
                f"with {self.criteria.sessions} sessions or more rated before and 12 to 72 h after"
            )
        return [
            f"Response to sessions of {plural(len(self), 'patient')}: {verdicts}",
            f"{in_direction('mean rise after a session', self.scale)} {told}",
            *(f"note: {notice}" for notice in self.notices),
        ]

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def _repr_html_(self) -> str:
        return listing_html(self._lines(), self.summary)


@dataclass(frozen=True, eq=False, repr=False)
class PatientResponse:
    """One patient's response to sessions.

    Attributes
    ----------
    patient_id : str
    scale : Scale
    criteria : SessionCriteria
        Thresholds of the verdicts.
    row : mapping
        The patient's row of ``SessionResponse.table()``.
    draws : mapping of str to array
        By quantity (``rise``, ``left``, ``climb`` ...) the value in each posterior draw, NaN where
        there is none.
    levels : DataFrame
        The patient's rows of ``SessionResponse.levels``: the level before each session.
    """

    patient_id: str
    scale: Scale
    criteria: SessionCriteria
    row: Mapping[str, Any]
    draws: Mapping[str, Array]
    levels: pd.DataFrame

    @property
    def verdict(self) -> str:
        """The verdict, or cannot_tell."""
        return str(self.row["verdict"])

    def why(self) -> pd.DataFrame:
        """Give the checks behind the verdict.

        Returns
        -------
        DataFrame
            check, value (the median over the curves), operator, threshold, unit, share (of the
            curves that meet it; 1 or 0 for a count), met.
        """
        c, unit = self.criteria, self.scale.unit
        counted = [
            ("sessions rated before and 12 to 72 hours after", "n_pairs", c.sessions, "sessions"),
        ]
        rows: list[tuple[Any, ...]] = [
            (text, self.row[key], ">=", least, what, float(self.row[key] >= least))
            for text, key, least, what in counted
        ]
        for text, name, least, what in (
            ("rise after a session", "rise", c.rise, unit),
            ("share left before the next session", "left", c.left, "share"),
            ("climb of the level before sessions", "climb", c.climb, unit),
        ):
            values = self.draws[name]
            there = np.isfinite(values)
            median = float(np.median(values[there])) if there.any() else np.nan
            share = float((values[there] >= float(least or 0.0)).mean()) if there.any() else np.nan
            rows.append((in_direction(text, self.scale), median, ">=", least, what, share))
        names = ["check", "value", "operator", "threshold", "unit", "share"]
        table = pd.DataFrame(rows, columns=names)
        return table.assign(met=table["share"] >= 0.5)

    def __repr__(self) -> str:
        return f"PatientResponse {self.patient_id}: {self.verdict}. {self.row['reason']}"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>{self.why().to_html(index=False)}"
