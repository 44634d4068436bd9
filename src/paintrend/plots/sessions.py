"""Picture of what sessions do: ratings by the time since the last session, cohort or patient."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from paintrend.plots.captions import axis_title, wrap
from paintrend.plots.patient_numbers import Band
from paintrend.plots.session_numbers import PatientDays, SessionInfo, session_info
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
from paintrend.results.belonging import check_kind
from paintrend.results.session_response import SessionResponse
from paintrend.wording import level, number, signed

__all__ = ["draw_sessions", "plot_sessions"]

CURVE, AFTER = STYLES["improving"].colour, STYLES["sustained_deterioration"].colour
WIDTH, ABOVE, ALIGNED, DAYS = 940, 96, 330, 300


def plot_sessions(response: SessionResponse, patient_id: str | None = None) -> go.Figure:
    """Draw ratings by the time since the last session, with the estimated response.

    Parameters
    ----------
    response : SessionResponse
        From `session_response`.
    patient_id : str, optional
        One patient: also the days with their sessions. All patients if not given.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    UnknownPatientError
        If the response has no such patient.
    InputError
        If `response` is something else.

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_sessions(3, horizon=14, seed=1)
    >>> diary = pt.read_diary(cohort.ratings, scale="nrs")
    >>> fit = pt.fit_curves(diary, horizon=14, draws=50)
    >>> response = pt.session_response(fit, pt.read_sessions(cohort.sessions, diary))
    >>> type(pt.plot_sessions(response, "P001")).__name__
    'Figure'
    """
    check_kind(response, SessionResponse, "plot_sessions", "session_response(fit, sessions)")
    return draw_sessions(session_info(response, patient_id))


def draw_sessions(info: SessionInfo) -> go.Figure:
    """Draw what `session_info` collected."""
    figure = go.Figure()
    _draw_response(figure, info)
    caption = wrap(info.caption, 150, WIDTH - 24)
    headline = wrap([info.headline], 105)
    days = info.days is not None
    legend = 60 if days else 24
    below = 68 + legend + 17 * len(caption)
    above = ABOVE + 18 * (len(headline) - 1)
    height = ALIGNED + (DAYS + 70 if days else 0)
    share = ALIGNED / height
    shown = [b for b in info.bins if np.isfinite(b.low)]
    highest = max([*(b.high for b in shown), info.response.high90.max(), *info.rest])
    lowest = min([*(b.low for b in shown), info.response.low90.min(), 0.0, *info.rest])
    pad = 0.08 * (highest - lowest)
    layout = {
        "xaxis": {"title": {"text": "days since the last session", "standoff": 6},
                  "range": [-0.1, info.response.day[-1] + 0.1], "anchor": "y"},
        "yaxis": {"domain": [0, share] if days else [0, 1], "range": [lowest - pad, highest + pad],
                  "title": {"text": f"change in {escape(info.scale.unit)}<br>(up = worse)"}},
    }  # fmt: skip
    if info.days is not None:
        _draw_days(figure, info, info.days)
        scale = info.scale
        layout["xaxis2"] = {
            "title": {"text": "days since the start of treatment", "standoff": 6}, "anchor": "y2",
            "showgrid": False,
        }  # fmt: skip
        layout["yaxis2"] = {
            "domain": [share + 70 / height, 1], "anchor": "x2",
            "range": [scale.low - 0.03 * scale.span, scale.high + 0.03 * scale.span],
            "title": {"text": "<br>".join(escape(line) for line in axis_title(scale))},
        }  # fmt: skip
    figure.update_layout(
        template=TEMPLATE, width=WIDTH, height=above + height + below,
        margin={"l": 84, "r": 24, "t": above, "b": below},
        title={
            "text": f"<b>{title_id(info.title)}</b><br>" + "<br>".join(map(escape, headline)),
            "y": 1, "yref": "container", "yanchor": "top", "pad": {"t": 24},
        },
        legend={"y": -44 / height, "yanchor": "top"},
        **layout,
    )  # fmt: skip
    if np.isfinite(info.usual_gap) and info.usual_gap <= info.response.day[-1]:
        figure.add_shape(
            type="line", x0=info.usual_gap, x1=info.usual_gap, y0=0, y1=1, yref="y domain",
            line={"color": MUTED, "width": 1, "dash": "dash"},
        )  # fmt: skip
        figure.add_annotation(
            x=info.usual_gap, y=1, yref="y domain", xanchor="left", yanchor="top", showarrow=False,
            text=f" usual day of the next session ({number(info.usual_gap)})",
            font={"size": 12, "color": MUTED},
        )  # fmt: skip
    figure.add_annotation(caption_label(caption, down=60 + legend, left=68))
    return figure


def _draw_response(figure: go.Figure, info: SessionInfo) -> None:
    _draw_band(figure, info.response, AFTER, "response to one session (median)", "dash")
    if info.rest.size:
        figure.add_scatter(
            x=info.since, y=info.rest, mode="markers", name="rating less everything else",
            marker={"color": rgba(INK, 0.45), "size": 6, "symbol": "circle"}, hoverinfo="text",
            hovertext=[
                f"{number(at, 2)} days after a session: {signed(rest, 2)} {escape(info.scale.unit)}"
                for at, rest in zip(info.since.tolist(), info.rest.tolist(), strict=True)
            ],
        )  # fmt: skip
    bins = [b for b in info.bins if b.n > 1]
    figure.add_scatter(
        x=[b.since for b in bins], y=[b.mean for b in bins], mode="markers",
        name="mean of ratings", marker={"symbol": "diamond", "size": 9, "color": INK},
        error_y={"type": "data", "symmetric": False, "color": INK, "thickness": 1.2,
                 "array": [b.high - b.mean for b in bins],
                 "arrayminus": [b.mean - b.low for b in bins]},
        hovertext=[
            f"{number(b.since, 2)} days after a session: mean {signed(b.mean, 2)} of {b.n} ratings"
            for b in bins
        ],
        hoverinfo="text",
    )  # fmt: skip
    figure.add_shape(
        type="line", x0=0, x1=1, xref="x domain", y0=0, y1=0, line={"color": MUTED, "width": 1}
    )


def _draw_band(
    figure: go.Figure, band: Band, colour: str, name: str, dash: str, n: str = ""
) -> None:
    around = np.concatenate([band.day, band.day[::-1]])
    axes = {"xaxis": f"x{n}", "yaxis": f"y{n}"}
    for low, high, alpha in ((band.low90, band.high90, 0.16), (band.low50, band.high50, 0.24)):
        figure.add_scatter(
            x=around, y=np.concatenate([high, low[::-1]]), mode="lines", fill="toself",
            fillcolor=rgba(colour, alpha), line={"width": 0}, hoverinfo="skip", showlegend=False,
            **axes,
        )  # fmt: skip
    figure.add_scatter(
        x=band.day, y=band.median, mode="lines", name=name, hoverinfo="text",
        hovertext=[
            f"{escape(name)}, day {number(at)}: {number(mid)} (90%: {number(low)} to "
            f"{number(high)})"
            for at, mid, low, high in zip(
                band.day.tolist(), band.median.tolist(), band.low90.tolist(), band.high90.tolist(),
                strict=True,
            )
        ],
        line={"color": colour, "width": 3, "dash": dash}, **axes,
    )  # fmt: skip


def _draw_days(figure: go.Figure, info: SessionInfo, days: PatientDays) -> None:
    axes = {"xaxis": "x2", "yaxis": "y2"}
    _draw_band(figure, days.curve, CURVE, "curve that is judged (median)", "solid", "2")
    figure.add_scatter(
        x=days.day, y=days.expected, mode="lines", name="with the response to sessions",
        line={"color": AFTER, "width": 1.5, "dash": "dash"}, hoverinfo="skip", **axes,
    )  # fmt: skip
    figure.add_scatter(
        x=days.day, y=days.rating, mode="markers", name="rating", hoverinfo="text",
        hovertext=[
            f"day {number(at)}: {escape(level(value, info.scale))}"
            for at, value in zip(days.day.tolist(), days.rating.tolist(), strict=True)
        ],
        marker={"color": INK, "size": 6}, **axes,
    )  # fmt: skip
    bottom = info.scale.low - 0.02 * info.scale.span
    figure.add_scatter(
        x=days.session, y=np.full(days.session.size, bottom), mode="markers", name="session",
        marker={"symbol": "triangle-up", "size": 10, "color": "white",
                "line": {"color": INK, "width": 1.5}},
        cliponaxis=False, hovertext=[f"session, day {number(d)}" for d in days.session],
        hoverinfo="text", **axes,
    )  # fmt: skip
