"""Swimmer plot: how long each patient was followed, and what happened when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from paintrend.plots.captions import axis_title, wrap
from paintrend.plots.moment_lines import LINE_STYLES
from paintrend.plots.ordering import ORDERS, Order
from paintrend.plots.session_marks import MARK_STYLES
from paintrend.plots.swimmer_numbers import Lane, SwimmerNumbers, swimmer_info
from paintrend.plots.theme import (
    INK,
    MUTED,
    STYLES,
    TEMPLATE,
    caption_label,
    escape,
    legend_names,
    title_id,
)
from paintrend.wording import amount, short_names

if TYPE_CHECKING:
    from paintrend.results.courses import Courses
    from paintrend.results.events import Events
    from paintrend.results.fit import Fit
    from paintrend.results.sessions import Sessions
    from paintrend.results.symptoms import Symptoms

__all__ = ["draw_swimmer", "plot_swimmer"]

WIDTH, LEFT, RIGHT, ABOVE, ROW = 940, 150, 190, 84, 20  # pixels
IN_A_ROW, LEGEND_LINE, BAR = 2, 19, 0.65
LANE_ID, HOVER_ID = 16, 80  # characters
SPELLS = {
    "worse": ("#D55E00", "/", "worse"),
    "better": ("#0072B2", ".", "better"),
}


def plot_swimmer(
    fit: Fit,
    courses: Courses,
    *,
    n: int = 40,
    order: Order = "review",
    sessions: Sessions | None = None,
    events: Events | None = None,
    symptoms: Symptoms | None = None,
) -> go.Figure:
    """Draw a lane per patient: follow-up, spells of worse and better, sessions, events, signs.

    Parameters
    ----------
    fit
        The fitted patients.
    courses
        Their courses.
    n
        Lanes at most; the heading says of how many patients.
    order
        "review" (as `review_order`), "course" or "given".
    sessions, events, symptoms
        What `read_sessions`, `read_events` and `read_symptoms` returned: shown, never modelled.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    InputError
        If `n` is not a whole number from 1, `order` is unknown, or courses, sessions, events or
        symptoms are of other patients, or courses of another day or horizon, than the fit.

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(12, seed=1)
    >>> fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84)
    >>> type(pt.plot_swimmer(fit, pt.classify(fit), n=5)).__name__
    'Figure'
    """
    return draw_swimmer(
        swimmer_info(
            fit, courses, n=n, order=order, sessions=sessions, events=events, symptoms=symptoms
        )
    )


def draw_swimmer(info: SwimmerNumbers) -> go.Figure:
    """Draw what `swimmer_info` collected."""
    figure = go.Figure()
    _draw_bars(figure, info)
    _draw_ends(figure, info)
    _draw_sessions(figure, info)
    _draw_moments(figure, info)
    n_rows = max(len(info.lanes), 1)
    plot = max(ROW * n_rows, 40)
    down = 60 + LEGEND_LINE * max(1, -(-len(legend_names(figure)) // IN_A_ROW))
    caption = wrap(info.caption, 150, WIDTH - 24)
    below = down + 10 + 17 * len(caption)
    per_day = info.unit.per_day
    pad = 0.02 * (info.horizon - info.first_day) * per_day
    what, direction = axis_title(info.scale)
    ids = short_names([lane.patient_id for lane in info.lanes], LANE_ID)
    figure.update_layout(
        template=TEMPLATE, width=WIDTH, height=ABOVE + plot + below, barmode="overlay",
        margin={"l": LEFT, "r": RIGHT, "t": ABOVE, "b": below},
        title={
            "text": f"<b>{len(info.lanes)} of {info.n_patients} shown: {ORDERS[info.order]}</b><br>"
            f"{escape(what)}, {escape(direction)}",
            "y": 1, "yref": "container", "yanchor": "top", "pad": {"t": 28},
        },
        legend={"y": -46 / plot, "yanchor": "top", "traceorder": "normal"},
        xaxis={"range": [info.first_day * per_day - pad, info.horizon * per_day + pad],
               "title": {"text": f"{info.unit.name}s since the start of treatment", "standoff": 6}},
        yaxis={"range": [n_rows - 0.5, -0.5], "showgrid": False, "ticks": "",
               "tickvals": list(range(len(info.lanes))),
               "ticktext": [escape(short) for short in ids.values()]},
        shapes=[{"type": "line", "x0": 0, "x1": 0, "yref": "paper", "y0": 0, "y1": 1,
                 "layer": "below", "line": {"color": MUTED, "width": 1}}],
        annotations=[
            *({"x": 1, "xref": "paper", "y": i, "xanchor": "left", "xshift": 10,
               "showarrow": False, "font": {"size": 12}, "text": escape(lane.tag)}
              for i, lane in enumerate(info.lanes)),
            caption_label(caption, down=down, left=LEFT - 16),
        ],
    )  # fmt: skip
    return figure


def _short(lane: Lane) -> str:
    return title_id(lane.patient_id, HOVER_ID)


def _draw_bars(figure: go.Figure, info: SwimmerNumbers) -> None:
    per_day = info.unit.per_day
    rated = [(i, lane) for i, lane in enumerate(info.lanes) if np.isfinite(lane.last)]
    figure.add_bar(
        x=[(lane.last - lane.first) * per_day for _, lane in rated],
        base=[lane.first * per_day for _, lane in rated], y=[i for i, _ in rated],
        orientation="h", width=BAR, name="followed",
        marker={"color": "#D9D9D9", "line": {"width": 0}},
        hoverinfo="text",
        hovertext=[
            f"{_short(lane)}: {escape(lane.tag)}<br>rated from {info.unit.show(lane.first)} to "
            f"{info.unit.show(lane.last)}"
            for _, lane in rated
        ],
    )  # fmt: skip
    for kind, (colour, shape, word) in SPELLS.items():
        size = info.worsening if kind == "worse" else info.improvement
        own = [(i, lane, spell) for i, lane in rated for spell in lane.spells if spell.kind == kind]
        said = f"curve {word} by {amount(size, info.scale.unit)} or more"
        if own:
            figure.add_bar(
                x=[(spell.stop - spell.start) * per_day for _, _, spell in own],
                base=[spell.start * per_day for _, _, spell in own], y=[i for i, _, _ in own],
                orientation="h", width=BAR, name=escape(said), hoverinfo="text",
                marker={"color": colour, "line": {"width": 0},
                        "pattern": {"shape": shape, "fgcolor": "white", "bgcolor": colour,
                                    "size": 6, "solidity": 0.25}},
                hovertext=[
                    f"{_short(lane)}: {escape(said)}<br>{info.unit.show(spell.start)} to "
                    f"{info.unit.show(spell.stop)}"
                    for _, lane, spell in own
                ],
            )  # fmt: skip


def _draw_ends(figure: go.Figure, info: SwimmerNumbers) -> None:
    for complete, symbol, name in (
        (True, "triangle-right", "ratings to the end"),
        (False, "circle-open", "ratings end earlier"),
    ):
        own = [
            (i, lane)
            for i, lane in enumerate(info.lanes)
            if np.isfinite(lane.last) and lane.complete == complete
        ]
        if own:
            figure.add_scatter(
                x=[lane.last * info.unit.per_day for _, lane in own], y=[i for i, _ in own],
                mode="markers", name=name, cliponaxis=False, hoverinfo="text",
                marker={"symbol": symbol, "size": 10, "color": INK, "line": {"width": 1.5}},
                hovertext=[f"{_short(lane)}: last rating {info.unit.show(lane.last)}"
                           for _, lane in own],
            )  # fmt: skip


def _draw_sessions(figure: go.Figure, info: SwimmerNumbers) -> None:
    for status, style in MARK_STYLES.items():
        own = [
            (i, lane, mark)
            for i, lane in enumerate(info.lanes)
            for mark in lane.sessions
            if mark.status == status
        ]
        if own:
            figure.add_scatter(
                x=[mark.day * info.unit.per_day for _, _, mark in own], y=[i for i, _, _ in own],
                mode="markers", name=style.name, cliponaxis=False, hoverinfo="text",
                marker={"symbol": style.symbol, "size": style.size, "color": INK,
                        "line": {"color": INK, "width": 1.2}},
                hovertext=[
                    f"{_short(lane)}: session {info.unit.show(mark.day)}<br>"
                    + escape("; ".join([mark.status, *mark.known]))
                    for _, lane, mark in own
                ],
            )  # fmt: skip


def _draw_moments(figure: go.Figure, info: SwimmerNumbers) -> None:
    for kind, style in LINE_STYLES.items():
        own = [
            (i, lane, moment)
            for i, lane in enumerate(info.lanes)
            for moment in lane.moments
            if moment.kind == kind
        ]
        if own:
            figure.add_scatter(
                x=[moment.day * info.unit.per_day for _, _, moment in own],
                y=[i for i, _, _ in own], mode="markers", name=style.name, cliponaxis=False,
                marker={"symbol": style.symbol, "size": 11,
                        "color": STYLES["recent_worsening"].colour if kind != "event" else INK,
                        "line": {"width": 1.5}},
                hoverinfo="text",
                hovertext=[
                    f"{_short(lane)}: {info.unit.show(moment.day)}, {escape(moment.text)}"
                    for _, lane, moment in own
                ],
            )  # fmt: skip
