"""Picture of the overview: one mark per patient, to be clicked on."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from paintrend.explorer.overview_numbers import CourseGroup, OverviewInfo
from paintrend.plots.captions import wrap
from paintrend.plots.theme import INK, MUTED, STYLES, TEMPLATE, caption_label, escape
from paintrend.results.direction import in_direction
from paintrend.wording import course_label, number

__all__ = ["draw_overview", "refresh_overview"]

WIDTH, HEIGHT, BELOW = 740, 560, 190  # pixels
MANY = 2_000
"""Patients from which marks are drawn by the graphics processor."""


def draw_overview(info: OverviewInfo) -> go.Figure:
    """Draw what `overview_info` collected: a trace per course, then the patient looked at."""
    kind = go.Scattergl if info.n_patients > MANY else go.Scatter
    traces = [
        kind(
            mode="markers", hoverinfo="text", showlegend=True, name=course_label(group.course),
            marker={
                "symbol": STYLES[group.course].symbol, "color": STYLES[group.course].colour,
                "size": 9, "line": {"width": 1},
            },
            **_values(group),
        )
        for group in info.groups
    ]  # fmt: skip
    ring = go.Scatter(
        mode="markers", hoverinfo="skip", name="patient looked at", showlegend=False,
        marker={"symbol": "circle-open", "size": 20, "color": INK, "line": {"width": 2.5}},
        **_ring(info),
    )  # fmt: skip
    figure = go.Figure([*traces, ring])
    figure.update_layout(
        template=TEMPLATE, width=WIDTH, height=HEIGHT, clickmode="event", dragmode=False,
        margin={"l": 76, "r": 12, "t": 62, "b": BELOW},
        legend={"y": -0.18, "yanchor": "top", "traceorder": "normal", "itemclick": False,
                "itemdoubleclick": False},
        **_axes(info), **_words(info),
    )  # fmt: skip
    return figure


def refresh_overview(figure: Any, info: OverviewInfo, before: OverviewInfo) -> None:
    """Bring a figure that shows ``before`` to other numbers of the same patients, all at once.

    What is the same is left alone: most of the time goes into handing changes to the page.
    """
    with figure.batch_update():
        for trace, group, old in zip(figure.data, info.groups, before.groups, strict=False):
            if (group.ids, group.notes) != (old.ids, old.notes):
                trace.update(_values(group))
        if info.marked != before.marked:
            figure.data[-1].update(_ring(info))
        if (info.rise_range, info.end_range) != (before.rise_range, before.end_range):
            figure.update_layout(_axes(info))
        _change(figure.layout, _words(info), _words(before))


def _change(target: Any, values: Any, before: Any) -> None:
    """Set what differs and nothing else: to set a label anew takes a hundred times as long as to
    compare it."""
    for key in values if isinstance(values, dict) else range(len(values)):
        if values[key] == before[key]:
            continue
        if isinstance(values[key], dict | list):
            _change(target[key], values[key], before[key])
        else:
            target[key] = values[key]


def _values(group: CourseGroup) -> dict[str, Any]:
    return {
        "x": group.rise,
        "y": group.end_change,
        "customdata": list(group.ids),
        "hovertext": [
            "<br>".join(escape(line) for line in note.split("\n")) for note in group.notes
        ],
    }


def _ring(info: OverviewInfo) -> dict[str, Any]:
    x, y = info.marked or (None, None)
    return {"x": [x], "y": [y]}


def _axes(info: OverviewInfo) -> dict[str, Any]:
    unit = escape(info.scale.unit)
    return {
        "xaxis": {
            "range": list(info.rise_range),
            "title": {"text": in_direction("Largest rise above the start", info.scale)
                      + f", {unit} (right = worse on the way)",
                      "standoff": 6},
        },
        "yaxis": {
            "range": list(info.end_range),
            "title": {"text": f"Change from the start to {info.unit.show(info.horizon)}, {unit}"
                      "<br>(up = worse at the end)", "standoff": 6},
        },
    }  # fmt: skip


def _words(info: OverviewInfo) -> dict[str, Any]:
    """Thresholds, heading and caption."""
    worse, better = number(info.worsening, 2), number(info.improvement, 2)
    lines = [
        {"type": "line", "xref": "x", "yref": "paper", "x0": info.worsening, "x1": info.worsening,
         "y0": 0, "y1": 1},
        *({"type": "line", "xref": "paper", "yref": "y", "x0": 0, "x1": 1, "y0": at, "y1": at}
          for at in (info.worsening, -info.improvement)),
    ]  # fmt: skip
    words = {"showarrow": False, "font": {"size": 11, "color": MUTED}, "borderpad": 1,
             "bgcolor": "rgba(255, 255, 255, 0.8)"}  # fmt: skip
    n_drawn = info.n_selected - info.n_without_place
    return {
        "title": {
            "text": f"<b>{n_drawn} of {info.n_patients} patients drawn</b><br>click on a mark to "
            "look at the patient; the list does the same by keyboard",
            "y": 1, "yref": "container", "yanchor": "top", "pad": {"t": 12},
        },
        "shapes": [
            {**line, "layer": "between", "line": {"color": MUTED, "width": 1, "dash": "dot"}}
            for line in lines
        ],
        "annotations": [
            {**words, "x": 1, "xref": "paper", "xanchor": "right", "y": info.worsening,
             "yanchor": "bottom", "text": f"worse at the end by {worse}"},
            {**words, "x": 1, "xref": "paper", "xanchor": "right", "y": -info.improvement,
             "yanchor": "top", "text": f"better at the end by {better}"},
            {**words, "x": info.worsening, "y": 1, "yref": "paper", "xanchor": "left",
             "yanchor": "top", "text": f"{in_direction('rise of', info.scale)} {worse}"},
            caption_label(wrap(info.caption, 112), down=134, left=60),
        ],
    }  # fmt: skip
