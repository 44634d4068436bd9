"""Intercurrent events: which of them count for a patient, by which strategy, on which day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.core.course_rules import COURSES
from paintrend.errors import InputError, is_number
from paintrend.pooling.judged import COURSE_SHARES
from paintrend.results.events import EVENT_KINDS, Events
from paintrend.results.fit import Fit
from paintrend.scales import Scale

__all__ = ["STRATEGIES", "Intercurrent", "check_unfavourable", "read_intercurrent"]

STRATEGIES = {
    "treatment_policy": "ratings after the event are used as if it had not happened",
    "while_on_treatment": "the curve is judged up to the event; ratings after it are not used",
    "composite": "the event itself is the unfavourable outcome",
}
"""Of ICH E9(R1), section A.3.2, those that a curve can carry."""
BEFORE_EVENT = ("baseline", "pre_trend", "room_to_worsen", "room_to_improve")
"""Quantities of the start, which no later event changes."""
SHOWN = 5


class Intercurrent(NamedTuple):
    """What events do to P patients.

    Attributes
    ----------
    until : (P,) day of the first event up to which the curve is judged; infinite for none
    failed : (P,) whether an event is the unfavourable outcome
    handled : one row per event: ``patient_id``, ``day``, ``event``, ``strategy``, ``counts``
    """

    until: NDArray[np.float64]
    failed: NDArray[np.bool_]
    handled: pd.DataFrame


def read_intercurrent(fit: Fit, events: Events, strategies: Mapping[str, str]) -> Intercurrent:
    """Tell which events count for which patient of the diary.

    The first event that ends the time on treatment sets the day; a composite event counts if it
    happened up to then, and up to the horizon.

    Raises
    ------
    InputError
        Listing everything that cannot be used: unknown strategies and kinds, kinds without a
        strategy, patients who are not in the fit, events up to day 0.
    """
    if not isinstance(events, Events):
        raise InputError(
            f"handle_events: events must come from read_events(...), got {type(events).__name__}."
        )
    table, ids = events.table.copy(), [str(i) for i in fit.diary.patients.index]
    table["patient_id"] = table["patient_id"].astype(str)
    found = _problems(table, ids, strategies)
    if found:
        raise InputError("handle_events: " + "; ".join(found) + ".")
    table["strategy"] = table["event"].map(dict(strategies))
    row = pd.Index(ids).get_indexer(pd.Index(table["patient_id"]))
    day, strategy = table["day"].to_numpy(dtype=float), table["strategy"].to_numpy(dtype=object)
    until = np.full(len(ids), np.inf)
    ends = (strategy == "while_on_treatment") & (day < fit.horizon)
    np.minimum.at(until, row[ends], day[ends])
    fails = (strategy == "composite") & (day <= np.minimum(until[row], fit.horizon))
    failed = np.zeros(len(ids), dtype=bool)
    failed[row[fails]] = True
    table["counts"] = np.select(
        [strategy == "treatment_policy", day > fit.horizon, fails, ends & (day == until[row])],
        ["ratings kept", "after the horizon", "unfavourable outcome", "judged up to this day"],
        "after the time on treatment",
    )
    columns = ["patient_id", "day", "event", "strategy", "counts"]
    return Intercurrent(until, failed, table[columns].reset_index(drop=True))


def _problems(table: pd.DataFrame, ids: list[str], strategies: Mapping[str, str]) -> list[str]:
    there = table["event"].value_counts()
    listed = ", ".join(f"{kind} ({n})" for kind, n in there.items()) or "none"
    if not isinstance(strategies, Mapping) or not strategies:
        return [
            "strategies must say for each kind of event how it is handled, such as {'surgery': "
            f"'composite'}}; events of the table: {listed}"
        ]
    found = [
        f"{strategy!r} (of {kind!r}) is no strategy; there are {', '.join(STRATEGIES)}"
        for kind, strategy in strategies.items()
        if strategy not in STRATEGIES
    ]
    # a kind that is known may well have happened to nobody yet; one that is not is a slip
    unknown = [kind for kind in strategies if kind not in there and kind not in EVENT_KINDS]
    if unknown:
        found.append(f"no event {_some(unknown)} in the table; there are: {listed}")
    without = [str(kind) for kind in there.index if kind not in strategies]
    if without:
        found.append(
            f"no strategy for {_some(without)}: name one for every kind of event; "
            "'treatment_policy' uses all ratings as they are"
        )
    strange = sorted(set(table["patient_id"]) - set(ids))
    if strange:
        found.append(
            f"the fit has no patient {_some(strange)}: take events of patients of the diary only, "
            "events.select(fit.patient_ids)"
        )
    handled = table["event"].map(dict(strategies)).isin(["while_on_treatment", "composite"])
    early = table[handled & (table["day"] <= 0)]
    if len(early):
        rows = [f"{i} (day {d:g})" for i, d in zip(early["patient_id"], early["day"], strict=True)]
        found.append(
            f"events up to day 0 come before treatment and cannot interrupt it: "
            f"{', '.join(rows[:SHOWN])}{_more(rows)}; leave these rows out, or handle their kind "
            "as 'treatment_policy'"
        )
    return found


def check_unfavourable(
    given: Mapping[str, object], quantities: tuple[str, ...], composite: bool, scale: Scale
) -> dict[str, float]:
    """Numbers that stand for the unfavourable outcome, by quantity; a course is its code.

    Raises
    ------
    InputError
    """
    named = dict(given)
    need = [name for name in quantities if name not in BEFORE_EVENT] if composite else []
    found = []
    missing = [name for name in need if name not in named]
    if missing:
        found.append(
            f"say what the unfavourable outcome is: unfavourable={{{missing[0]!r}: ...}} (missing "
            f"for {', '.join(missing)})"
        )
    extra = [name for name in named if name not in need]
    if extra:
        why = "no event is composite" if not composite else "it is not read, or is of the start"
        found.append(f"unfavourable={_some(extra)} has no use: {why}")
    out: dict[str, float] = {}
    for name in need:
        value = named.get(name)
        if name not in named:
            continue
        if name == "course":
            if value in COURSES:
                out[name] = float(COURSES.index(str(value)))
            else:
                found.append(f"unfavourable course must be one of {', '.join(COURSES)}")
        elif not isinstance(value, int | float) or not is_number(value):
            found.append(f"unfavourable {name} must be a number, got {value!r}")
        elif name in COURSE_SHARES and value not in (0, 1):
            found.append(f"unfavourable {name} must be 0 or 1, got {value!r}")
        elif name == "end_level" and not scale.low <= value <= scale.high:
            found.append(
                f"unfavourable end_level must lie on the scale, {scale.low:g} to {scale.high:g}, "
                f"got {value!r}"
            )
        else:
            out[name] = float(value)
    if found:
        raise InputError("handle_events: " + "; ".join(found) + ".")
    return out


def _some(names: list[str]) -> str:
    return ", ".join(map(repr, names[:SHOWN])) + _more(names)


def _more(names: list[str]) -> str:
    return f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
