"""Picture of the time to a lasting change: who has had it by when, and who is still at risk."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from paintrend.plots.captions import definition, ratings_behind, scale_said
from paintrend.plots.groups import (
    BANDS_UP_TO,
    Frame,
    add_band,
    group_labels,
    group_styles,
    lay_out,
    whole_name,
)
from paintrend.plots.theme import MUTED, escape, rgba
from paintrend.results.belonging import check_kind
from paintrend.results.event_times import EventTimes
from paintrend.wording import (
    TimeUnit,
    number,
    percent,
    plural,
    records,
    short_names,
    time_unit,
)

__all__ = ["EventLine", "EventNumbers", "draw_time_to", "event_info", "plot_time_to"]

LOOKS_AT_RISK = 7
"""Times at which patients at risk are counted."""
MANY = 4
"""Groups from which on the caption leaves differences between means to the table."""
RISK_ROW = 17  # pixels
DIRECTIONS = {"better_day": "better", "worse_day": "worse"}
FOLLOWED = {
    "curves": "on whole plausible curves: what lies after a last rating is predicted",
    "observed": "on observed follow-up: patients leave {sustained} before their last rating",
}


class EventLine(NamedTuple):
    """One group: time in the figure's unit, share with the event, interval, patients at risk."""

    group: str
    time: tuple[float, ...]
    share: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    at_risk: tuple[float, ...]


class EventNumbers(NamedTuple):
    """What `draw_time_to` draws.

    Attributes
    ----------
    lines : a line per group
    looks : positions in the lines at which patients at risk are shown
    direction : better or worse
    unit : of time
    subtitle, caption : words
    """

    lines: tuple[EventLine, ...]
    looks: tuple[int, ...]
    direction: str
    unit: TimeUnit
    subtitle: str
    caption: tuple[str, ...]


def event_info(times: EventTimes) -> EventNumbers:
    """Collect what the picture of the time to a change shows."""
    values, unit = times.values, time_unit(times.values.horizon)
    columns = ("share", "low", "high", "at_risk")
    lines = tuple(
        EventLine(
            str(group),
            tuple(part["day"] * unit.per_day),
            *(tuple(map(float, part[column])) for column in columns),
        )
        for group, part in times.shares.groupby("group", sort=False)
    )
    looks = np.linspace(0, len(lines[0].time) - 1, LOOKS_AT_RISK).round().astype(int)
    held = unit.span(values.criteria.required("sustained_days"))
    return EventNumbers(
        lines,
        tuple(map(int, looks)),
        DIRECTIONS[times.event],
        unit,
        f"first {unit.name} that starts {held} {DIRECTIONS[times.event]} than at the start"
        f"{f', by {times.by}' if times.by else ''}",
        (*_means(times, unit), *_caption(times, held)),
    )


def _means(times: EventTimes, unit: TimeUnit) -> tuple[str, ...]:
    rows = records(times.means)
    if times.by and len(rows) > 2 * MANY - 1:
        rows = [row for row in rows if row["group"] in set(times.shares["group"])]
    groups = list(dict.fromkeys(times.shares["group"]))
    told = [
        f"{_who(str(row['group']), groups) if times.by else 'mean'} "
        f"{number(row['estimate'] * unit.per_day)} "
        f"({number(row['low'] * unit.per_day)} to {number(row['high'] * unit.per_day)})"
        for row in rows
    ]
    end = unit.show(times.until)
    return (f"{unit.name.capitalize()}s without it up to {end}: {'; '.join(told)}.",)


def _who(name: str, groups: list[str]) -> str:
    """Say a difference in words: in "a - b -3" a minus sign of a name and of a number meet."""
    return name if name in groups else f"{name.removesuffix(f' - {groups[0]}')} less {groups[0]}"


def _caption(times: EventTimes, held: str) -> tuple[str, ...]:
    values = times.values
    short = (
        f" Follow-up of {plural(times.not_at_risk, 'patient')} is too short to see it; not shown."
        if times.not_at_risk
        else ""
    )
    return (
        f"n = {values.counted((times.by,) if times.by else ())}; "
        f"{plural(len(values.left_out), 'patient')} could not be fitted"
        f"{ratings_behind(values)}.{short} {definition(values.criteria, values.scale)}. Judged "
        f"{FOLLOWED[times.mode].format(sustained=held)}.",
        f"{number(100 * times.level)}% intervals hold who was sampled and what is not known of "
        f"each curve ({len(values)} plausible data sets). At risk: patients still followed "
        f"without it, mean over these. {scale_said(values.scale)}.",
    )


def plot_time_to(times: EventTimes) -> go.Figure:
    """Draw the share of patients who have had a lasting change by each day, by group.

    Below stands how many are still at risk.

    Parameters
    ----------
    times : EventTimes
        From `paintrend.time_to`.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    InputError
        If `times` is something else.

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(40, arms={"a": None, "b": None}, seed=1)
    >>> fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84)
    >>> figure = pt.plot_time_to(pt.time_to(fit, "better_day", by="arm", m=4))
    >>> [trace.name for trace in figure.data if trace.name]
    ['a', 'b']
    """
    check_kind(times, EventTimes, "plot_time_to", "time_to(fit)")
    return draw_time_to(event_info(times))


def draw_time_to(info: EventNumbers) -> go.Figure:
    """Draw what `event_info` collected."""
    figure = go.Figure()
    looks, several = group_styles([line.group for line in info.lines]), len(info.lines) > 1
    names, short = group_labels(looks), short_names(looks)
    for line in info.lines:
        look, name = looks[line.group], names[line.group]
        if len(info.lines) <= BANDS_UP_TO:
            add_band(figure, line.time, line.low, line.high, rgba(look.colour, 0.14))
        figure.add_scatter(
            x=line.time, y=line.share, mode="lines+markers", name=name, showlegend=several,
            line={"color": look.colour, "dash": look.dash, "width": 2.5},
            marker={"symbol": look.symbol, "size": 8, "maxdisplayed": 8, "color": look.colour},
            hoverinfo="text",
            hovertext=[f"{whole_name(line.group)}, {info.unit.name} {number(t)}<br>"
                       f"{escape(percent(s))} ({escape(percent(a))} to {escape(percent(b))}); "
                       f"at risk {number(r)}"
                       for t, s, a, b, r in zip(*line[1:], strict=True)],
        )  # fmt: skip
    end = info.lines[0].time[-1]
    for k, line in enumerate(info.lines):
        down = -(74 + (k + 1) * RISK_ROW)
        for at in info.looks:
            _add_text(figure, line.time[at], down, f"{line.at_risk[at]:.0f}", "center", "x")
        name = escape(short[line.group]) if several else "patients"
        _add_text(figure, 0.0, down, name, "right", "paper", shift=-16)
    _add_text(figure, 0.0, -72, "at risk", "right", "paper", shift=-16)
    top = max(max(line.high if len(info.lines) <= BANDS_UP_TO else line.share)
              for line in info.lines)  # fmt: skip
    figure.update_layout(
        xaxis={"range": [-0.01 * end, 1.01 * end],
               "title": {"text": f"{info.unit.name} since treatment start", "standoff": 6}},
        yaxis={"range": [0, min(1.05 * top + 0.02, 1.02)], "tickformat": ".0%",
               "title": {"text": f"share {info.direction} by then", "standoff": 6}},
    )  # fmt: skip
    longest = max(map(len, short.values())) if several else 8
    frame = Frame(
        axis=92 + RISK_ROW * (len(info.lines) + 1), left=max(84, min(26 + 7 * longest, 300))
    )
    title = f"How soon patients get {info.direction} and stay so"
    return lay_out(
        figure, frame, title, info.subtitle, info.caption,
        [line.group for line in info.lines] if several else (),
    )  # fmt: skip


def _add_text(
    figure: go.Figure, x: float, down: int, text: str, anchor: str, xref: str, shift: int = 0
) -> None:
    figure.add_annotation(
        x=x, y=0, xref=xref, yref="paper", yshift=down, xshift=shift, xanchor=anchor,
        yanchor="bottom", showarrow=False, text=text, font={"size": 12, "color": MUTED},
    )  # fmt: skip
