"""Picture of course probabilities over time, stacked, with "cannot tell" and "lost"."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from paintrend.monitoring.records import Monitor
from paintrend.plots.captions import wrap
from paintrend.plots.outlook_numbers import LAYERS, LOST, OutlookNumbers, outlook_info
from paintrend.plots.theme import (
    INK,
    MUTED,
    PATTERNS,
    STYLES,
    TEMPLATE,
    caption_label,
    escape,
    legend_names,
    title_id,
)
from paintrend.results.belonging import check_kind
from paintrend.wording import CANNOT_TELL, course_label, percent, plural

__all__ = ["draw_outlooks", "plot_outlooks"]

WIDTH, LEFT, RIGHT, ABOVE, PLOT = 940, 72, 190, 84, 400  # pixels
LABELLED = 0.02
"""Share at the right end from which on a layer has its name there."""
LINE, TAIL = 16, 0.025
COLOURS = {name: style.colour for name, style in STYLES.items()} | {
    CANNOT_TELL: "#D9D9D9",
    LOST: "#FFFFFF",
}
FILLS = PATTERNS | {LOST: "/"}
NAMES = {LOST: "lost or not rated"}


def plot_outlooks(monitor: Monitor, patient_id: str | None = None) -> go.Figure:
    """Draw how probable each course was on each day, stacked, with "cannot tell" and "lost".

    Parameters
    ----------
    monitor
        From `paintrend.monitor`.
    patient_id
        One patient; all of them if not given.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    UnknownPatientError
        If nobody has this id.

    Examples
    --------
    >>> import paintrend as pt
    >>> others = pt.read_diary(pt.simulate_cohort(30, seed=3).ratings, scale="nrs")
    >>> population = pt.fit_curves(others, horizon=84).population
    >>> new = pt.read_diary(pt.simulate_cohort(4, seed=8).ratings, scale="nrs")
    >>> watched = pt.monitor(new, population=population, every=28, plan="none")
    >>> type(pt.plot_outlooks(watched)).__name__
    'Figure'
    """
    check_kind(monitor, Monitor, "plot_outlooks", "monitor(diary, ...)")
    return draw_outlooks(outlook_info(monitor, patient_id))


def draw_outlooks(info: OutlookNumbers) -> go.Figure:
    """Draw what `outlook_info` collected."""
    figure = go.Figure()
    per_day = info.unit.per_day
    # the last look has a width too
    end = max(info.horizon, float(info.day[-1])) + TAIL * info.horizon
    days = np.append(info.day, end)
    for i, layer in enumerate(LAYERS):
        shares, name = (
            np.append(info.shares[:, i], info.shares[-1, i]),
            NAMES.get(layer) or course_label(layer),
        )
        shown = bool((shares > 0).any())
        figure.add_scatter(
            x=days * per_day, y=shares, stackgroup="all", mode="lines", name=name,
            line={"width": 0.8, "color": INK, "shape": "hv"}, visible=shown, showlegend=shown,
            fillcolor=COLOURS[layer],
            fillpattern={"shape": FILLS[layer], "fgcolor": "#9A9A9A" if layer == LOST else "white",
                         "bgcolor": COLOURS[layer], "size": 7, "solidity": 0.25},
            hoverinfo="text",
            hovertext=[f"{info.unit.show(float(day))}: {name} {escape(percent(float(share)))}"
                       for day, share in zip([*info.day, info.day[-1]], shares, strict=True)],
        )  # fmt: skip
    if info.undecided.any():
        open_ = info.day[info.undecided]
        figure.add_scatter(
            x=open_ * per_day, y=[1.035] * len(open_), mode="markers", name="no course named",
            marker={"symbol": "square-open", "size": 9, "color": INK, "line": {"width": 1.5}},
            hoverinfo="text", cliponaxis=False,
            hovertext=[f"{info.unit.show(float(day))}: no course could be named" for day in open_],
        )  # fmt: skip
    caption = wrap(info.caption, 150, WIDTH - 24)
    # layers that nobody has are hidden from the legend too
    down = 58 + 19 * max(1, -(-len(legend_names(figure)) // 3))
    below = down + 10 + 17 * len(caption)
    who = (
        plural(info.n_patients, "patient") if info.patient_id is None else title_id(info.patient_id)
    )
    what = "share of curves" if info.patient_id is not None else "share of patients"
    figure.update_layout(
        template=TEMPLATE, width=WIDTH, height=ABOVE + PLOT + below,
        margin={"l": LEFT, "r": RIGHT, "t": ABOVE, "b": below},
        title={
            "text": f"<b>How probable each course was, as known on each day</b><br>{who}",
            "y": 1, "yref": "container", "yanchor": "top", "pad": {"t": 28},
        },
        legend={"y": -46 / PLOT, "yanchor": "top", "traceorder": "normal"},
        xaxis={"range": [0, end * per_day],
               "title": {"text": f"{info.unit.name}s since the start of treatment", "standoff": 6}},
        yaxis={"range": [0, 1.06 if info.undecided.any() else 1], "tickformat": ".0%",
               "tickvals": [0, 0.25, 0.5, 0.75, 1], "title": {"text": what}},
        annotations=[*_names(info), caption_label(caption, down=down, left=LEFT - 16)],
    )  # fmt: skip
    return figure


def _names(info: OutlookNumbers) -> list[dict[str, Any]]:
    """Names beside the right end of their layers, moved up where these are thin."""
    labels: list[dict[str, Any]] = []
    floor, below = -1.0, 0.0
    for layer, share in zip(LAYERS, info.shares[-1], strict=True):
        middle = (below + share / 2) * PLOT
        below += share
        if share < LABELLED:
            continue
        at = max(middle, floor + LINE)
        floor = at
        name = NAMES.get(layer) or course_label(layer)
        labels.append(
            {"x": 1, "xref": "paper", "y": at / PLOT, "yref": "paper", "xanchor": "left",
             "yanchor": "middle", "xshift": 8, "showarrow": False,
             "font": {"size": 12, "color": INK if layer != LOST else MUTED},
             "text": f"{name} {escape(percent(float(share)))}"}
        )  # fmt: skip
    return labels
