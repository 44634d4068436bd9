"""Picture of one patient: ratings, curve with bands, forecast, thresholds, course probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from paintrend.plots.captions import axis_title, wrap
from paintrend.plots.patient_labels import (
    known_shares,
    levels,
    line_labels,
    probability_labels,
)
from paintrend.plots.patient_numbers import Band, PatientInfo, mark_text, patient_info
from paintrend.plots.theme import (
    INK,
    MUTED,
    STYLES,
    TEMPLATE,
    caption_label,
    escape,
    rgba,
    title_id,
)
from paintrend.wording import course_label, level, percent

if TYPE_CHECKING:
    from paintrend.results.courses import PatientCourse
    from paintrend.results.patient import PatientFit

__all__ = ["draw_patient", "plot_patient"]

CURVE = STYLES["improving"].colour
MARK_SYMBOLS = {
    "worst": "triangle-up",
    "back near the start": "diamond",
    "better to the end": "star",
}
# Pixels: the whole figure across; the heading above the plot, and the plot.
WIDTH, ABOVE, PLOT = 940, 84, 340


def plot_patient(
    patient_fit: PatientFit, patient_course: PatientCourse, *, show_draws: bool = False
) -> go.Figure:
    """Draw one patient: ratings, curve, what is predicted, and how probable each course is.

    Parameters
    ----------
    patient_fit
        ``fit[patient_id]``.
    patient_course
        ``courses[patient_id]``.
    show_draws
        Add some of the posterior curves as thin lines.

    Returns
    -------
    plotly.graph_objects.Figure
        The axis has the scale's own direction and its whole range.

    Examples
    --------
    >>> import pandas as pd
    >>> import paintrend as pt
    >>> days = [-7, 0, 14, 28, 42, 56, 70, 84]
    >>> frame = pd.DataFrame({"patient_id": "P1", "day": days, "pain": [6, 6, 9, 8, 5, 3, 2, 2]})
    >>> fit = pt.fit_curves(pt.read_diary(frame, scale="nrs"), horizon=84)
    >>> courses = pt.classify(fit)
    >>> type(pt.plot_patient(fit["P1"], courses["P1"])).__name__
    'Figure'
    """
    return draw_patient(patient_info(patient_fit, patient_course, show_draws=show_draws))


def draw_patient(info: PatientInfo) -> go.Figure:
    """Draw what `patient_info` collected."""
    figure = go.Figure()
    _draw_levels(figure, info)
    if info.curve is not None:
        _draw_curve(figure, info, info.curve)
    _draw_ratings(figure, info)
    _draw_marks(figure, info)
    _draw_probabilities(figure, info)
    caption = wrap(info.caption, 150)
    below = 104 + 17 * len(caption)
    scale, per_day = info.scale, info.unit.per_day
    first = info.first_day
    last = max(info.horizon, info.ratings.day.max(initial=0.0))
    pad = 0.02 * (last - first)
    figure.update_layout(
        template=TEMPLATE,
        width=WIDTH,
        height=ABOVE + PLOT + below,
        margin={"l": 72, "r": 16, "t": ABOVE, "b": below},
        title={
            "text": f"<b>{title_id(info.patient_id)}</b><br>{escape(info.headline)}",
            "y": 1, "yref": "container", "yanchor": "top", "pad": {"t": 28},
        },
        bargap=0.7,
        barmode="overlay",
        legend={"y": -44 / PLOT, "yanchor": "top", "traceorder": "normal"},
        xaxis={
            "domain": [0, 0.74],
            "range": [(first - pad) * per_day, (last + pad) * per_day],
            "title": {"text": f"{info.unit.name}s since the start of treatment", "standoff": 6},
        },
        yaxis={
            "range": [scale.low - 0.03 * scale.span, scale.high + 0.03 * scale.span],
            "title": {"text": "<br>".join(escape(line) for line in axis_title(info.scale))},
        },
        xaxis2={"domain": [0.79, 1], "range": [0, 1], "visible": False, "anchor": "y2"},
        yaxis2={"range": [7.4, -0.7], "visible": False, "anchor": "x2"},
        shapes=_upright_lines(info),
        # Set together: each call of add_annotation checks all of the earlier ones again.
        annotations=[
            *line_labels(info), *probability_labels(info), caption_label(caption, down=96),
        ],
    )  # fmt: skip
    return figure


def _draw_levels(figure: go.Figure, info: PatientInfo) -> None:
    # Traces, not shapes: shapes lie under the grid, which would hide a threshold on a tick.
    end = info.horizon * info.unit.per_day
    lines = [(0.0, end, value, dash) for value, dash, _ in levels(info)]
    if info.scale.severe is not None:
        lines.append((info.first_day * info.unit.per_day, end, info.scale.severe, "longdashdot"))
    for start, stop, value, dash in lines:
        figure.add_scatter(
            x=[start, stop], y=[value, value], mode="lines", hoverinfo="skip", showlegend=False,
            line={"color": MUTED, "width": 1, "dash": dash}, name="level",
        )  # fmt: skip


def _upright_lines(info: PatientInfo) -> list[dict[str, Any]]:
    upright = {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
    lines: list[dict[str, Any]] = [
        {**upright, "x0": 0, "x1": 0, "line": {"color": MUTED, "width": 1}}
    ]
    if info.forecast_from is not None:
        at = info.forecast_from * info.unit.per_day
        line = {"color": MUTED, "width": 1, "dash": "dash"}
        lines.append({**upright, "x0": at, "x1": at, "line": line})
    return lines


def _draw_curve(figure: go.Figure, info: PatientInfo, curve: Band) -> None:
    if info.draws is not None:
        gap = np.full((len(info.draws), 1), np.nan)
        figure.add_scatter(
            x=np.tile(np.append(curve.day, np.nan), len(info.draws)) * info.unit.per_day,
            y=np.hstack([info.draws, gap]).ravel(),
            mode="lines", line={"color": rgba(CURVE, 0.25), "width": 0.7},
            name="some of the curves", hoverinfo="skip",
        )  # fmt: skip
    split = info.forecast_from if info.forecast_from is not None else info.horizon
    observed, forecast = split_band(curve, split)
    if info.before is not None:
        _draw_band(figure, info, info.before, "before the start", observed=True)
    _draw_band(figure, info, observed, "curve", observed=True)
    if info.forecast_from is not None:
        _draw_band(figure, info, forecast, "forecast", observed=False)


def split_band(band: Band, day: float) -> tuple[Band, Band]:
    """Split a band at a day; both parts have that day, so that they meet."""
    edge = Band(np.array([day]), *(np.array([np.interp(day, band.day, v)]) for v in band[1:]))
    early, late = band.day < day, band.day > day
    first = Band(*(np.concatenate([v[early], e]) for v, e in zip(band, edge, strict=True)))
    rest = Band(*(np.concatenate([e, v[late]]) for v, e in zip(band, edge, strict=True)))
    return first, rest


def _draw_band(
    figure: go.Figure, info: PatientInfo, band: Band, name: str, *, observed: bool
) -> None:
    day = band.day * info.unit.per_day
    around = np.concatenate([day, day[::-1]])
    legend = name != "before the start"
    for low, high, share, alpha in (
        (band.low90, band.high90, "90%", 0.16 if observed else 0.07),
        (band.low50, band.high50, "50%", 0.24 if observed else 0.10),
    ):
        figure.add_scatter(
            x=around, y=np.concatenate([high, low[::-1]]), mode="lines", fill="toself",
            fillcolor=rgba(CURVE, alpha), line={"width": 0}, hoverinfo="skip",
            name=f"{share} band", showlegend=legend and observed,
        )  # fmt: skip
    figure.add_scatter(
        x=day, y=band.median, mode="lines", showlegend=legend,
        name="curve (median)" if observed else "forecast (median)",
        line={
            "color": CURVE if observed else rgba(CURVE, 0.75),
            "width": 3 if legend and observed else 2,
            "dash": "solid" if observed else "dash",
        },
        customdata=np.column_stack([band.low90, band.high90]),
        hovertemplate=f"{info.unit.name} %{{x:.1f}}: %{{y:.1f}} "
        f"(90%: %{{customdata[0]:.1f}} to %{{customdata[1]:.1f}})<extra>{name}</extra>",
    )  # fmt: skip


def _draw_ratings(figure: go.Figure, info: PatientInfo) -> None:
    ratings = info.ratings
    for chosen, symbol, name in (
        (~ratings.inclusion, "circle", "rating"),
        (ratings.inclusion, "circle-open", "rating used for inclusion (not fitted)"),
    ):
        if not chosen.any():
            continue
        notes = [_hover(info, int(i), name) for i in np.flatnonzero(chosen)]
        figure.add_scatter(
            x=ratings.day[chosen] * info.unit.per_day, y=ratings.value[chosen], mode="markers",
            marker={"symbol": symbol, "size": 7, "color": INK, "line": {"width": 1.5}},
            name=name, hovertext=notes, hoverinfo="text",
        )  # fmt: skip


def _hover(info: PatientInfo, i: int, name: str) -> str:
    ratings = info.ratings
    first = f"{info.unit.show(float(ratings.day[i]))}: {level(float(ratings.value[i]), info.scale)}"
    lines = [first, name, *ratings.notes[i].split("\n")]
    return "<br>".join(escape(line) for line in lines if line)


def _draw_marks(figure: go.Figure, info: PatientInfo) -> None:
    per_day = info.unit.per_day
    for mark in info.marks:
        figure.add_scatter(
            x=[mark.day * per_day], y=[mark.value], mode="markers+text", name=mark.name,
            text=[f"<b>{mark.name}</b>"], textposition="top center", showlegend=False,
            textfont={"size": 12, "color": INK},
            marker={"symbol": MARK_SYMBOLS[mark.name], "size": 12, "color": "white",
                    "line": {"color": INK, "width": 1.5}},
            error_x={"type": "data", "symmetric": False, "color": INK, "thickness": 1,
                     "array": [(mark.high - mark.day) * per_day],
                     "arrayminus": [(mark.day - mark.low) * per_day]},
            hovertext=mark_text(mark, info.unit), hoverinfo="text", cliponaxis=False,
        )  # fmt: skip


def _draw_probabilities(figure: go.Figure, info: PatientInfo) -> None:
    known = known_shares(info)
    rows = list(range(len(known)))
    figure.add_bar(
        x=[1.0] * len(known), y=rows, orientation="h", xaxis="x2", yaxis="y2", showlegend=False,
        marker={"color": "#EFEFEF"}, hoverinfo="skip",
    )  # fmt: skip
    figure.add_bar(
        x=[share for _, share in known], y=rows, orientation="h",
        xaxis="x2", yaxis="y2", showlegend=False,
        marker={"color": [STYLES[course].colour for course, _ in known]},
        hovertext=[f"{course_label(course)}: {escape(percent(share))}" for course, share in known],
        hoverinfo="text",
    )  # fmt: skip
