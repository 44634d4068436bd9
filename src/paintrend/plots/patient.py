"""Picture of one patient: ratings, curve with bands, forecast, thresholds, course probabilities."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from paintrend.plots.captions import axis_title, wrap
from paintrend.plots.moment_lines import lines_of, mark_moments
from paintrend.plots.patient_caption import mark_text
from paintrend.plots.patient_curve import draw_curve, draw_levels, draw_ratings
from paintrend.plots.patient_labels import (
    known_shares,
    line_labels,
    probability_labels,
)
from paintrend.plots.patient_numbers import PatientInfo, patient_info
from paintrend.plots.placing import place_words
from paintrend.plots.session_marks import axis_bottom, draw_session_marks
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
from paintrend.wording import course_label, percent

if TYPE_CHECKING:
    from paintrend.results.courses import PatientCourse
    from paintrend.results.events import Events
    from paintrend.results.patient import PatientFit
    from paintrend.results.sessions import Sessions
    from paintrend.results.symptoms import Symptoms

__all__ = ["draw_patient", "plot_patient"]

MARK_SYMBOLS = {
    "worst": "triangle-up",
    "back near the start": "diamond",
    "better to the end": "star",
}
# Pixels: the whole figure across and its margins; the heading above the plot, and the plot.
WIDTH, LEFT, RIGHT, ABOVE, PLOT = 940, 72, 16, 84, 340
# Pixels of a row of the legend, of a name without its letters, and of a letter.
LEGEND_LINE, LEGEND_ENTRY, LEGEND_LETTER = 19, 34, 6
# Part of the width that the curve has; the rest begins where the probabilities do, whose names have
# to fit in wide letters too (DejaVu, where there is no Arial).
CURVE_PART, SHARES_FROM = 0.71, 0.755


def plot_patient(
    patient_fit: PatientFit,
    patient_course: PatientCourse,
    *,
    show_draws: bool = False,
    events: Events | None = None,
    symptoms: Symptoms | None = None,
    sessions: Sessions | None = None,
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
    events, symptoms
        What `read_events` and `read_symptoms` returned, of any patients: those of this one are
        upright lines. They are shown, and play no part in the curve. Of a fit as of an earlier day
        nothing later is shown.
    sessions
        What `read_sessions` returned: small marks along the lower edge, and hovering over a rating
        tells how long it lies after a session. Shown, not modelled, unless the fit is
        ``response.fit`` of `session_response`.

    Returns
    -------
    plotly.graph_objects.Figure
        The axis has the scale's own direction and its whole range.

    Raises
    ------
    InputError
        If curve and course are not of the same patient, day and horizon, or a table is not what
        its reader returned.

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
    return draw_patient(
        patient_info(
            patient_fit,
            patient_course,
            show_draws=show_draws,
            events=events,
            symptoms=symptoms,
            sessions=sessions,
        )
    )


def draw_patient(info: PatientInfo) -> go.Figure:
    """Draw what `patient_info` collected."""
    figure = go.Figure()
    draw_levels(figure, info)
    if info.curve is not None:
        draw_curve(figure, info, info.curve)
    draw_ratings(figure, info)
    _draw_marks(figure, info)
    _draw_probabilities(figure, info)
    caption = wrap(info.caption, 140, WIDTH - LEFT - 8)
    scale, per_day = info.scale, info.unit.per_day
    first, last = info.first_day, info.last_day
    pad = 0.02 * (last - first)
    moments = lines_of(info.moments, info.lanes, info.unit, plot_height=PLOT)
    top = scale.high + 0.03 * scale.span
    mark_moments(figure, info.moments, info.unit, top)
    draw_session_marks(figure, info.sessions, info.unit, scale)
    # the picture has room for a legend of two rows
    down = 96 + LEGEND_LINE * max(0, _legend_rows(figure) - 2)
    below = down + 8 + 17 * len(caption)
    above = ABOVE + moments.above
    # overwrite: there is no layout yet, and to compare with none takes as long as to draw the rest
    figure.update_layout(
        overwrite=True,
        template=TEMPLATE,
        width=WIDTH,
        height=above + PLOT + below,
        margin={"l": LEFT, "r": RIGHT, "t": above, "b": below},
        title={
            "text": f"<b>{title_id(info.patient_id)}</b><br>{escape(info.headline)}",
            "y": 1, "yref": "container", "yanchor": "top", "pad": {"t": 28},
        },
        bargap=0.7,
        barmode="overlay",
        legend={"y": -44 / PLOT, "yanchor": "top", "traceorder": "normal"},
        xaxis={
            "domain": [0, CURVE_PART],
            "range": [(first - pad) * per_day, (last + pad) * per_day],
            "title": {"text": f"{info.unit.name}s since the start of treatment", "standoff": 6},
        },
        yaxis={
            "range": [axis_bottom(info.sessions, scale), top],
            "title": {"text": "<br>".join(escape(line) for line in axis_title(info.scale))},
        },
        xaxis2={"domain": [SHARES_FROM, 1], "range": [0, 1], "visible": False, "anchor": "y2"},
        yaxis2={"range": [7.4, -0.7], "visible": False, "anchor": "x2"},
        shapes=[*_upright_lines(info), *moments.shapes],
        # Set together: each call of add_annotation checks all of the earlier ones again.
        annotations=[
            *line_labels(info), *probability_labels(info), *moments.labels,
            caption_label(caption, down=down),
        ],
    )  # fmt: skip
    place_words(figure)
    return figure


def _legend_rows(figure: go.Figure) -> int:
    names = legend_names(figure)
    widest = LEGEND_ENTRY + LEGEND_LETTER * max(map(len, names), default=0)
    return math.ceil(len(names) / max(1, (WIDTH - LEFT - RIGHT) // widest))


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
