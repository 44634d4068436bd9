"""Events and warning signs of one patient in numbers: when, what, and where the words stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from paintrend.warning_signs import GRADES
from paintrend.wording import TimeUnit, plural

if TYPE_CHECKING:
    from paintrend.results.events import Events
    from paintrend.results.symptoms import Symptoms

__all__ = ["LANES", "Moment", "moment_caption", "moment_lanes", "moments_of", "on_axis"]

LONGEST = 34
"""Characters of a moment that a picture shows; hovering shows all of it."""

LISTED = 6
"""Moments that a caption names."""

LANES = 7
"""Rows of words above a picture; what does not fit has a line without words."""

CHARACTER, GAP = 6.6, 10.0
"""Pixels of a letter, and between words."""


class Moment(NamedTuple):
    """Something that happened on one day.

    `kind` is "event", "same_day" or "prompt"; `text` is what happened, `note` what else is known.
    """

    day: float
    kind: str
    text: str
    note: str = ""


def moments_of(
    patient_id: str,
    events: Events | None = None,
    symptoms: Symptoms | None = None,
    until: float | None = None,
) -> tuple[Moment, ...]:
    """Collect what happened to one patient, by day; signs before events of the same day.

    Parameters
    ----------
    patient_id
    events, symptoms
        As read; None for none.
    until
        Day up to which is looked: nothing later is seen on an earlier day.
    """
    found: list[Moment] = []
    if symptoms is not None:
        own = symptoms.table[symptoms.table["patient_id"] == patient_id]
        found += [
            Moment(float(row["day"]), str(row["grade"]), str(row["label"]), _source(symptoms, row))
            for row in own.to_dict("records")
        ]
    if events is not None:
        own = events.table[events.table["patient_id"] == patient_id]
        found += [
            Moment(float(row["day"]), "event", str(row["event"]), str(row["note"]))
            for row in own.to_dict("records")
        ]
    rank = {kind: i for i, kind in enumerate([*GRADES, "event"])}
    seen = [moment for moment in found if until is None or moment.day <= until]
    return tuple(sorted(seen, key=lambda moment: (moment.day, rank[moment.kind])))


def _source(symptoms: Symptoms, row: dict) -> str:
    return f"source: {symptoms.signs[str(row['sign'])].source}"


def short_text(moment: Moment) -> str:
    """Say a moment in a few words: signs with their grade, cut to what a picture holds."""
    text = moment.text if moment.kind == "event" else f"{GRADES[moment.kind]}: {moment.text}"
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "\N{HORIZONTAL ELLIPSIS}"


def on_axis(moments: Sequence[Moment], first: float, last: float) -> tuple[Moment, ...]:
    """Keep those that lie on an axis."""
    return tuple(moment for moment in moments if first <= moment.day <= last)


def moment_lanes(moments: Sequence[Moment], pixels_per_day: float) -> tuple[int | None, ...]:
    """Give each moment a row for its words, so that no words and no lines lie on others.

    Words begin at their line and run to the right. Each moment lies above all those whose line
    its words would cross; so the line of a lower one ends below them. Warning signs have their
    words before any event has, and late events before early ones.

    Parameters
    ----------
    moments
        By day.
    pixels_per_day
        Width of a day in the picture.

    Returns
    -------
    tuple of int or None
        Row from the bottom, 0 first; None where more than `LANES` would be needed.
    """
    x = [moment.day * pixels_per_day for moment in moments]
    right = [
        at + GAP + CHARACTER * len(short_text(moment))
        for at, moment in zip(x, moments, strict=True)
    ]

    def rows(chosen: set[int]) -> dict[int, int]:
        found: dict[int, int] = {}
        for i in sorted(chosen, reverse=True):
            found[i] = 1 + max((row for j, row in found.items() if x[j] < right[i]), default=-1)
        return found

    latest_first = range(len(moments) - 1, -1, -1)
    wanted = [i for i in latest_first if moments[i].kind != "event"]
    wanted += [i for i in latest_first if moments[i].kind == "event"]
    chosen: set[int] = set()
    for i in wanted:
        if max(rows(chosen | {i}).values()) < LANES:
            chosen.add(i)
    placed = rows(chosen)
    return tuple(placed.get(i) for i in range(len(moments)))


def moment_caption(
    moments: Sequence[Moment], shown: Sequence[Moment], wordless: Sequence[Moment], unit: TimeUnit
) -> list[str]:
    """Say what the lines are, which have no words or no line, and that no curve knows of them."""
    if not moments:
        return []
    n_events = sum(moment.kind == "event" for moment in moments)
    n_signs = len(moments) - n_events
    counted = [plural(n_events, "event")] * bool(n_events)
    counted += [plural(n_signs, "warning sign")] * bool(n_signs)
    lines = [f"{' and '.join(counted)}: shown as reported, not part of the model."]
    outside = [moment for moment in moments if moment not in shown]
    for title, some in (("Lines without words", wordless), ("Not on the axis", outside)):
        if some:
            said = "; ".join(f"{short_text(one)}, {unit.show(one.day)}" for one in some[:LISTED])
            more = f"; and {len(some) - LISTED} more" if len(some) > LISTED else ""
            lines.append(f"{title}: {said}{more}.")
    return lines
