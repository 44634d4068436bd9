"""Therapy sessions in the picture of one patient: a small mark a session, and what to say of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import plotly.graph_objects as go

from paintrend.plots.theme import INK, escape
from paintrend.wording import TimeUnit, number, plural

if TYPE_CHECKING:
    from paintrend.results.sessions import Sessions
    from paintrend.scales import Scale

__all__ = [
    "MARK_STYLES",
    "MarkStyle",
    "SessionMark",
    "axis_bottom",
    "draw_session_marks",
    "marks_of",
    "session_caption",
    "with_tags",
]

MARKS_AT, MARKS_ROOM, BARE_ROOM = 0.045, 0.075, 0.03
"""Parts of the scale's span below its lowest value: where the marks stand, the room that they need,
no rating in it, and the room without them."""


class MarkStyle(NamedTuple):
    """How sessions of a status are drawn: told apart by symbol, all of one colour."""

    name: str
    symbol: str
    size: int


MARK_STYLES: dict[str, MarkStyle] = {
    "attended": MarkStyle("session", "line-ns-open", 11),
    "planned": MarkStyle("session planned", "circle-open", 6),
    "cancelled": MarkStyle("session cancelled", "x-thin-open", 7),
}


class SessionMark(NamedTuple):
    """A session: its day, its status, and what else is known of it."""

    day: float
    status: str
    known: tuple[str, ...] = ()


def marks_of(
    patient_id: str, sessions: Sessions | None, until: float | None = None
) -> tuple[SessionMark, ...]:
    """Collect the sessions of one patient, by day.

    Parameters
    ----------
    patient_id
    sessions
        As read; None for none.
    until
        Day up to which is looked: nothing later is seen on an earlier day.
    """
    if sessions is None:
        return ()
    own = sessions.table[sessions.table["patient_id"] == patient_id]
    found = []
    for row in own.to_dict("records"):
        dose = float(row["dose"])
        known = [
            *([] if np.isnan(dose) else [f"intensity {number(dose, 2)}"]),
            *([str(row["type"])] if row["type"] else []),
            *(f"{name} {row[name]}" for name in ("therapist", "reason") if row[name]),
        ]
        found.append(SessionMark(float(row["day"]), str(row["status"]), tuple(known)))
    return tuple(mark for mark in found if until is None or mark.day <= until)


def with_tags(
    notes: Sequence[str], days: Sequence[float], patient_id: str, sessions: Sessions | None
) -> tuple[str, ...]:
    """Add to the note of each rating how long it lies after a session.

    Parameters
    ----------
    notes
        A text per rating, its lines separated by newlines.
    days
        Their days.
    patient_id
    sessions
        As read; with None the notes stay as they are.
    """
    if sessions is None:
        return tuple(notes)
    own = sessions.select([patient_id])
    tags = [own.tag(patient_id, float(day)) for day in days]
    return tuple(
        "\n".join(part for part in (tag, note) if part)
        for tag, note in zip(tags, notes, strict=True)
    )


def session_caption(
    marks: Sequence[SessionMark], shown: Sequence[SessionMark], *, left_out: bool
) -> list[str]:
    """Count the sessions, and say whether the curve knows of them.

    Parameters
    ----------
    marks, shown
        All sessions of the patient, and those on the axis.
    left_out
        True if the curve leaves out the response to them (`paintrend.session_response`).
    """
    if not marks:
        return []
    counts = [
        f"{sum(mark.status == status for mark in marks)} {status}"
        for status in MARK_STYLES
        if any(mark.status == status for mark in marks)
    ]
    off = len(marks) - len(shown)
    counts += [f"{off} not on the axis"] if off else []
    said = (
        "the curve leaves out the response to them, as far as it was gone before the next one"
        if left_out
        else "sessions are shown, not modelled"
    )
    return [f"{plural(len(marks), 'session')} ({', '.join(counts)}): {said}."]


def axis_bottom(marks: Sequence[SessionMark], scale: Scale) -> float:
    """Give the lower end of an axis of ratings: further down where there are marks."""
    return scale.low - (MARKS_ROOM if marks else BARE_ROOM) * scale.span


def draw_session_marks(
    figure: go.Figure, marks: Sequence[SessionMark], unit: TimeUnit, scale: Scale
) -> None:
    """Put a small mark on the day of each session, with all that is known to hover over.

    Parameters
    ----------
    figure
        To draw into.
    marks
        Those on the axis.
    unit
        Of the axis.
    scale
        Of the ratings: the marks stand below its lowest value.
    """
    y = scale.low - MARKS_AT * scale.span
    for status, style in MARK_STYLES.items():
        own = [mark for mark in marks if mark.status == status]
        if own:
            figure.add_scatter(
                x=[mark.day * unit.per_day for mark in own], y=[y] * len(own), mode="markers",
                marker={"symbol": style.symbol, "size": style.size, "color": INK,
                        "line": {"color": INK, "width": 1.5}},
                name=style.name, hovertext=[_hover(mark, unit) for mark in own], hoverinfo="text",
                cliponaxis=False,
            )  # fmt: skip


def _hover(mark: SessionMark, unit: TimeUnit) -> str:
    return escape(f"session {unit.on(mark.day)} ({'; '.join([mark.status, *mark.known])})")
