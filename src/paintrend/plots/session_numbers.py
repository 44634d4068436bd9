"""Numbers of the picture of sessions: ratings by days since the last one, and the response."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.plots.patient_numbers import Band
from paintrend.responses import response_at
from paintrend.results.direction import in_direction
from paintrend.scales import Scale
from paintrend.wording import CANNOT_TELL, number, percent, plural

if TYPE_CHECKING:
    from paintrend.results.session_response import SessionResponse

__all__ = ["Bin", "PatientDays", "SessionInfo", "session_info"]

Array = NDArray[np.float64]
EDGES = (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0)
SHOWN_DAYS = 8.0
N_DAYS = 97


class Bin(NamedTuple):
    """Mean of the ratings between two times after a session, with a 90% interval of the mean."""

    since: float
    mean: float
    low: float
    high: float
    n: int


class PatientDays(NamedTuple):
    """One patient's days: ratings and sessions, the curve that is judged, and what is expected.

    Values are the scale's own; `session` has the days of the sessions.
    """

    day: Array
    rating: Array
    expected: Array
    session: Array
    curve: Band


class SessionInfo(NamedTuple):
    """What `draw_sessions` draws; changes are in scale units, positive is worse.

    Attributes
    ----------
    since, rest : of every rating (of one patient), or empty
    bins : means of these, for all
    response : band of the response to one session by days since it
    usual_gap : median days between sessions
    days : of one patient, None for a cohort
    """

    title: str
    headline: str
    scale: Scale
    since: Array
    rest: Array
    bins: tuple[Bin, ...]
    response: Band
    usual_gap: float
    days: PatientDays | None
    horizon: float
    caption: tuple[str, ...]


def session_info(response: SessionResponse, patient_id: str | None = None) -> SessionInfo:
    """Collect the numbers of `plot_sessions`."""
    table = response.aligned
    ids = list(response.patient_ids)
    if patient_id is not None:
        response[patient_id]
        table = table[table["patient_id"] == patient_id]
    rows = [ids.index(patient_id)] if patient_id is not None else list(range(len(ids)))
    since, rest = table["since"].to_numpy(float), table["rest"].to_numpy(float)
    there = np.isfinite(since) & (since <= SHOWN_DAYS)
    bins = _bins(since[there], rest[there], table["patient_id"].to_numpy()[there])
    levels = response.levels[response.levels["patient_id"].isin([ids[row] for row in rows])]
    gaps = levels.groupby("patient_id")["day"].diff().dropna()
    n_treated = levels["patient_id"].nunique()
    summary = response.summary.iloc[rows]
    if patient_id is None:
        counts = summary["verdict"].value_counts()
        said = ", ".join(f"{str(name).replace('_', ' ')} {n}" for name, n in counts.items())
        title, headline = "Pain after a session", said
    else:
        row = summary.iloc[0]
        title = patient_id
        share = "" if row["verdict"] == CANNOT_TELL else f" ({percent(row['p_' + row['verdict']])})"
        headline = f"{str(row['verdict']).replace('_', ' ')}{share}. {row['reason']}"
    return SessionInfo(
        title=title,
        headline=headline,
        scale=response.scale,
        since=since[there] if patient_id is not None else np.empty(0),
        rest=rest[there] if patient_id is not None else np.empty(0),
        bins=bins,
        response=_response(response, rows),
        usual_gap=float(gaps.median()) if len(gaps) else np.nan,
        days=_days(response, patient_id) if patient_id is not None else None,
        horizon=response.fit.horizon,
        caption=(
            f"{plural(n_treated, 'patient')} with {plural(len(levels), 'session')} attended; "
            f"{plural(int(there.sum()), 'rating')} up to {SHOWN_DAYS:g} days after a session, "
            f"{plural(int(len(table) - there.sum()), 'other')}; "
            f"{plural(_missing(response, patient_id), 'rating')} missing.",
            "Dots: ratings less the curve and less what earlier sessions left"
            + (" (means with 90% intervals). " if patient_id is None else ". ")
            + "Band: response to one session, median and 90%.",
            in_direction("A rise counts from ", response.scale)
            + f"{number(response.criteria.rise or 0.0, 2)} "
            f"({response.scale.unit}) on; it settles if less than "
            f"{percent(response.criteria.left)} of its peak is left before the next session.",
            *response.notices,
        ),
    )


def _missing(response: SessionResponse, patient_id: str | None) -> int:
    missing = response.fit.diary.missing
    return len(missing) if patient_id is None else int((missing["patient_id"] == patient_id).sum())


def _bins(since: Array, rest: Array, patient: NDArray[np.object_]) -> tuple[Bin, ...]:
    """Means over patients of their own means: a patient with many ratings counts once."""
    found = []
    for low, high in pairwise(EDGES):
        here = (since > low) & (since <= high)
        if not here.any():
            continue
        _, code = np.unique(patient[here], return_inverse=True)
        count = np.bincount(code)
        own = np.bincount(code, rest[here]) / count
        n = own.size
        # one patient: the ratings are all there is
        spread = own if n > 1 else rest[here]
        half = 1.645 * spread.std(ddof=1) / np.sqrt(spread.size) if spread.size > 1 else np.nan
        mean = float(own.mean())
        found.append(Bin((low + high) / 2.0, mean, mean - half, mean + half, int(here.sum())))
    return tuple(found)


def _response(response: SessionResponse, rows: list[int]) -> Band:
    """Response to one session: mean over patients in each draw."""
    days = np.linspace(0.0, SHOWN_DAYS, N_DAYS)
    total, n = np.zeros((response.draws["rise"].shape[1], days.size)), 0
    for row in rows:
        rise = response.draws["rise"][row]
        if not np.isfinite(rise).all():
            continue
        peak = np.nan_to_num(response.draws["peak_days"][row], nan=1.0)
        gone = np.nan_to_num(response.draws["gone_days"][row], nan=2.0)
        flat = np.nan_to_num(response.draws["flat_days"][row], nan=0.0)
        total += rise[:, None] * response_at(
            days[None, :], peak[:, None], gone[:, None], flat[:, None]
        )
        n += 1
    drawn = total / max(n, 1)
    low90, low50, median, high50, high90 = np.quantile(drawn, (0.05, 0.25, 0.5, 0.75, 0.95), axis=0)
    return Band(days, median, low50, high50, low90, high90)


def _days(response: SessionResponse, patient_id: str) -> PatientDays:
    fit = response.fit[patient_id]
    own = response.aligned[response.aligned["patient_id"] == patient_id]
    levels = response[patient_id].levels
    low50, high50 = fit.band(0.5)
    curve = fit.curve
    return PatientDays(
        own["day"].to_numpy(float),
        np.asarray(response.scale.orient(own["rating"].to_numpy(float))),
        np.asarray(response.scale.orient(own["expected"].to_numpy(float))),
        levels["day"].to_numpy(float),
        Band(
            curve["day"].to_numpy(float), curve["median"].to_numpy(float), low50, high50,
            curve["low"].to_numpy(float), curve["high"].to_numpy(float),
        ),
    )  # fmt: skip
