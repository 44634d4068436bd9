"""What the review list knows of each patient beside the course: ratings, signs, events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from paintrend.errors import InputError
from paintrend.levels import levels_on
from paintrend.results.belonging import check_side
from paintrend.results.events import Events
from paintrend.results.sessions import Sessions
from paintrend.results.symptoms import Symptoms
from paintrend.warning_signs import GRADES
from paintrend.wording import TimeUnit, number

if TYPE_CHECKING:
    from paintrend.results.fit import Fit

__all__ = [
    "event_texts",
    "known_at",
    "latest_ratings",
    "session_tags",
    "share_raised",
    "sign_facts",
]

DAYS_SHOWN = 3
EVENTS_SHOWN = 3

Side = TypeVar("Side", Symptoms, Events, Sessions)


def share_raised(fit: Fit, worsening: float) -> np.ndarray:
    """Share of each patient's curves that are raised on the day of the last rating.

    Parameters
    ----------
    fit
        The fitted patients.
    worsening
        Change in scale units that counts as worse.

    Returns
    -------
    array, shape (P,)
        NaN where a patient was not fitted or has no rating.
    """
    share = np.full(len(fit), np.nan)
    for levels in levels_on(fit, fit.info["last_day"].to_numpy(dtype=float)):
        share[levels.rows] = (levels.change >= worsening).mean(axis=1)
    return share


def latest_ratings(fit: Fit) -> pd.DataFrame:
    """Day and value of each patient's latest rating, also of one after the horizon.

    A rating that is not fitted still says how the patient is; only what lies after the day of an
    early answer stays unseen.
    """
    columns = ["patient_id", "day", "pain"]
    ratings = fit.diary.ratings[columns]
    if len(fit.set_aside) and set(columns) <= set(fit.set_aside.columns):
        ratings = pd.concat([ratings, fit.set_aside[columns]], ignore_index=True)
    ratings = ratings.dropna(subset=["pain"])
    if fit.as_of_day is not None:
        ratings = ratings[ratings["day"] <= fit.as_of_day]
    latest = ratings.sort_values("day", kind="stable").groupby("patient_id").tail(1)
    latest = latest.set_index("patient_id").reindex(list(fit.patient_ids))
    return latest.rename(columns={"day": "latest_day", "pain": "latest"}).astype(float)


def known_at(fit: Fit, side: Side | None, kind: type[Side]) -> Side | None:
    """Return what was known on the day of the fit, of the patients of the fit.

    Parameters
    ----------
    fit : Fit
    side : Symptoms or Events or Sessions or None
    kind : type
        Which of them it must be.

    Raises
    ------
    InputError
        If it is something else, or of a patient who is not in the fit: a sign must not get lost
        through another spelling of an id.
    """
    check_side(side, kind)
    if side is None:
        return None
    name = kind.__name__.lower()
    told = side.asked if isinstance(side, Symptoms) else side.table
    own = set(fit.patient_ids)
    others = [str(one) for one in told["patient_id"].unique() if one not in own]
    if others:
        raise InputError(
            f"{name} of {len(others)} who are not among the patients fitted: "
            f"{', '.join(map(repr, others[:5]))}{' ...' if len(others) > 5 else ''}. Correct the "
            f"ids, or leave these patients out: {name}.select(fit.patient_ids)."
        )
    return side if fit.as_of_day is None else side.up_to(fit.as_of_day)


def sign_facts(symptoms: Symptoms | None, ids: pd.Index, unit: TimeUnit) -> pd.DataFrame:
    """Say for each patient how urgent the signs are, when the last of them was, and all of them.

    Returns
    -------
    DataFrame
        Index `ids`: ``grade`` ("" for none), ``sign_day`` (last day of a sign of that grade),
        ``signs`` and ``sign_sources`` (texts).
    """
    facts = pd.DataFrame(
        {"grade": "", "sign_day": np.nan, "signs": "", "sign_sources": ""}, index=ids
    )
    if symptoms is None or not len(symptoms.table):
        return facts
    urgency = {grade: i for i, grade in enumerate(GRADES)}
    table = symptoms.table.assign(urgency=symptoms.table["grade"].map(urgency))
    for patient, own in table.groupby("patient_id", sort=False):
        if patient not in facts.index:
            continue
        first = own[own["urgency"] == own["urgency"].min()]
        names = list(own.sort_values(["urgency", "day"], kind="stable")["sign"].unique())
        days = own.groupby("sign")["day"]
        said = [
            f"{symptoms.signs[name].label} ({GRADES[symptoms.signs[name].grade]}) "
            f"{_days(days.get_group(name), unit)}"
            for name in names
        ]
        sources = [f"{symptoms.signs[name].label}: {symptoms.signs[name].source}" for name in names]
        facts.loc[patient, ["grade", "signs", "sign_sources"]] = [
            first["grade"].iloc[0], "; ".join(said), " ".join(sources)
        ]  # fmt: skip
        facts.loc[patient, "sign_day"] = float(first["day"].max())
    return facts


def _days(days: pd.Series, unit: TimeUnit) -> str:
    """Say days: "on day 3", "on day 3, 7 and 9", "on day 3 to 84 (12 times)"."""
    shown = [number(day * unit.per_day) for day in sorted(days.unique())]
    if len(shown) > DAYS_SHOWN:
        return f"{unit.before} {unit.name} {shown[0]} to {shown[-1]} ({len(shown)} times)"
    return f"{unit.before} {unit.name} " + " and ".join(", ".join(shown).rsplit(", ", 1))


def event_texts(events: Events | None, ids: pd.Index, unit: TimeUnit) -> pd.Series:
    """Say the last events of each patient, "" for none."""
    texts: dict[Any, str] = {}
    if events is not None:
        for patient, own in events.table.groupby("patient_id", sort=False):
            last = own.sort_values("day", kind="stable").tail(EVENTS_SHOWN)
            said = [
                f"{event} {unit.on(day)}"
                for event, day in zip(last["event"], last["day"], strict=True)
            ]
            more = len(own) - len(last)
            texts[patient] = "; ".join([f"{more} earlier"] * bool(more) + said)
    return pd.Series([texts.get(name, "") for name in ids], index=ids, dtype="str")


def session_tags(sessions: Sessions | None, latest_day: pd.Series) -> pd.Series:
    """Say how long the latest rating of each patient lies after a session, "" for none.

    Words of a sentence and nothing else: no group, no place and no probability comes from them.

    Parameters
    ----------
    sessions
        As read; None for none.
    latest_day
        Day of the latest rating by patient, NaN where there is none.
    """
    tags = {}
    if sessions is not None:
        for patient, own in sessions.table.groupby("patient_id", sort=False):
            day = float(latest_day.get(patient, np.nan))
            if not np.isnan(day):
                tags[patient] = Sessions(own).tag(str(patient), day)
    said = [tags.get(name, "") for name in latest_day.index]
    return pd.Series(said, index=latest_day.index, dtype="str")
