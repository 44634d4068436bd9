"""What every picture of one patient draws: levels, the curve with its bands, ratings."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from paintrend.plots.patient_labels import levels
from paintrend.plots.patient_numbers import Band, PatientInfo
from paintrend.plots.placing import LEVEL_LABEL
from paintrend.plots.theme import INK, MUTED, STYLES, escape, rgba
from paintrend.wording import level

__all__ = ["CURVE", "UNUSED_MARK", "draw_curve", "draw_levels", "draw_ratings", "split_band"]

CURVE = STYLES["improving"].colour
"""Colour of the curve and its bands."""

UNUSED_MARK: dict[str, Any] = {
    "symbol": "circle-open", "size": 7, "color": "#8A8A8A", "line": {"width": 1.2},
}  # fmt: skip
"""Mark of ratings that the curve knows nothing of because they came later."""


def draw_levels(figure: go.Figure, info: PatientInfo) -> None:
    """Draw the start, the levels of a change and the severe level."""
    # Traces, not shapes: shapes lie under the grid, which would hide a threshold on a tick.
    end = info.horizon * info.unit.per_day
    lines = [(0.0, end, value, dash) for value, dash, _ in levels(info)]
    if info.scale.severe is not None:
        lines.append((info.first_day * info.unit.per_day, end, info.scale.severe, "longdashdot"))
    for start, stop, value, dash in lines:
        figure.add_scatter(
            x=[start, stop], y=[value, value], mode="lines", hoverinfo="skip", showlegend=False,
            line={"color": MUTED, "width": 1, "dash": dash}, name=LEVEL_LABEL,
        )  # fmt: skip


def draw_curve(figure: go.Figure, info: PatientInfo, curve: Band) -> None:
    """Draw the curve with its bands, paler and dashed from where it is predicted."""
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


def draw_ratings(figure: go.Figure, info: PatientInfo) -> None:
    """Draw the ratings as they were given, those that are not fitted as open marks."""
    ratings = info.ratings
    late = ratings.day > info.horizon
    own = {"size": 7, "color": INK, "line": {"width": 1.5}}
    for chosen, mark, name in (
        (~ratings.inclusion & ~late, {**own, "symbol": "circle"}, "rating"),
        (
            ratings.inclusion & ~late,
            {**own, "symbol": "circle-open"},
            "rating used for inclusion (not fitted)",
        ),
        (late, UNUSED_MARK, "rating after the horizon (not fitted)"),
    ):
        if not chosen.any():
            continue
        notes = [_hover(info, int(i), name) for i in np.flatnonzero(chosen)]
        figure.add_scatter(
            x=ratings.day[chosen] * info.unit.per_day, y=ratings.value[chosen], mode="markers",
            marker=mark, name=name, hovertext=notes, hoverinfo="text",
        )  # fmt: skip


def _hover(info: PatientInfo, i: int, name: str) -> str:
    ratings = info.ratings
    first = f"{info.unit.show(float(ratings.day[i]))}: {level(float(ratings.value[i]), info.scale)}"
    lines = [first, name, *ratings.notes[i].split("\n")]
    return "<br>".join(escape(line) for line in lines if line)
