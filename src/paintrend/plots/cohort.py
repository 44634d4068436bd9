"""Small multiples: many patients at a glance, all with the same axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from paintrend.errors import InputError, whole_number_problem
from paintrend.plots.captions import axis_title, definition, first_shown, start_predicted, wrap
from paintrend.plots.cohort_caption import (
    axis_ends,
    moments_caption,
    open_caption,
    outside_caption,
)
from paintrend.plots.moments import on_axis
from paintrend.plots.ordering import ORDERS, Order, ordered_ids
from paintrend.plots.panel import Panel, panel_info
from paintrend.plots.theme import (
    INK,
    MUTED,
    SIGN,
    STYLES,
    TEMPLATE,
    caption_label,
    escape,
    rgba,
    title_id,
)
from paintrend.results.events import Events
from paintrend.results.inference import starts_predicted
from paintrend.results.symptoms import Symptoms
from paintrend.review import known_at
from paintrend.scales import Scale
from paintrend.wording import TimeUnit, level, plural, short_names, time_unit

if TYPE_CHECKING:
    from paintrend.results.courses import Courses
    from paintrend.results.fit import Fit

__all__ = ["CohortInfo", "Order", "cohort_info", "draw_cohort", "plot_cohort"]

TILE, ABOVE, GAP = 96, 64, 38  # pixels: height of a picture, of the heading, and between rows
LEFT = 48  # pixels
TILE_ID, HOVER_ID = 18, 80  # characters


class CohortInfo(NamedTuple):
    """What the small multiples show: the pictures in order, and of how many patients."""

    panels: tuple[Panel, ...]
    n_patients: int
    columns: int
    order: str
    scale: Scale
    horizon: float
    unit: TimeUnit
    first_day: float
    caption: tuple[str, ...]


def plot_cohort(
    fit: Fit,
    courses: Courses,
    *,
    n: int = 24,
    columns: int = 6,
    order: Order = "review",
    symptoms: Symptoms | None = None,
    events: Events | None = None,
) -> go.Figure:
    """Draw many patients as small pictures on the same axes.

    Parameters
    ----------
    fit
        The fitted patients.
    courses
        Their courses.
    n
        How many patients to show; the heading says of how many.
    columns
        Pictures in a row.
    order
        "review" (as `review_order`), "course" (by course, then by probability) or "given".
    symptoms, events
        What `read_symptoms` and `read_events` returned: upright marks, never modelled.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    InputError
        If `n` or `columns` is not a whole number from 1, `order` is unknown, or courses, symptoms
        or events are of other patients, or courses of another day or horizon, than the fit.

    Examples
    --------
    >>> import pandas as pd
    >>> import paintrend as pt
    >>> days = [-7, 0, 14, 28, 42, 56, 70, 84]
    >>> frame = pd.DataFrame({"patient_id": "P1", "day": days, "pain": [6, 6, 9, 8, 5, 3, 2, 2]})
    >>> fit = pt.fit_curves(pt.read_diary(frame, scale="nrs"), horizon=84)
    >>> courses = pt.classify(fit)
    >>> type(pt.plot_cohort(fit, courses)).__name__
    'Figure'
    """
    return draw_cohort(
        cohort_info(
            fit, courses, n=n, columns=columns, order=order, symptoms=symptoms, events=events
        )
    )


def cohort_info(
    fit: Fit,
    courses: Courses,
    *,
    n: int = 24,
    columns: int = 6,
    order: Order = "review",
    symptoms: Symptoms | None = None,
    events: Events | None = None,
) -> CohortInfo:
    """Collect the numbers of the small multiples; parameters as `plot_cohort`."""
    found = [whole_number_problem("n", n, 1), whole_number_problem("columns", columns, 1)]
    if any(found):
        raise InputError("; ".join(filter(None, found)) + ".")
    symptoms, events = known_at(fit, symptoms, Symptoms), known_at(fit, events, Events)
    ids = ordered_ids(fit, courses, order, symptoms)[:n]
    panels = tuple(panel_info(fit[name], courses[name], events, symptoms) for name in ids)
    days = [panel.rating_day.min(initial=0.0) for panel in panels]
    first_day, unit = first_shown(min(days, default=0.0), fit.horizon), time_unit(fit.horizon)
    criteria, scale = courses.criteria, fit.scale
    n_ratings = sum(len(panel.rating) for panel in panels)
    ids_shown = set(ids)
    n_missing = int(fit.diary.missing["patient_id"].isin(ids_shown).sum())
    n_without = sum(len(panel.curve_day) == 0 for panel in panels)
    without = f", {plural(n_without, 'patient')} not fitted" if n_without else ""
    n_fitted = int(fit.info.loc[ids, "n_ratings"].sum())
    fitted = "" if n_fitted == n_ratings else f", {n_fitted} of them fitted"
    caption = (
        f"{plural(n_ratings, 'rating')}{fitted}, {n_missing} missing{without}"
        f"{start_predicted(starts_predicted(fit.info.loc[ids]), len(ids) - n_without)}. "
        f"{outside_caption(panels, first_day, fit.horizon, unit)}{definition(criteria, scale)}.",
        f"Points: ratings{open_caption(panels, first_day, fit.horizon)}. Line: median curve, with "
        "the 90% band; dashed and pale after the last rating: forecast. Thin line: level at the "
        "start.",
        moments_caption(panels),
    )
    return CohortInfo(
        panels=panels,
        n_patients=len(fit),
        columns=min(columns, max(len(panels), 1)),
        order=order,
        scale=scale,
        horizon=fit.horizon,
        unit=unit,
        first_day=first_day,
        caption=tuple(line for line in caption if line),
    )


def draw_cohort(info: CohortInfo) -> go.Figure:
    """Draw what `cohort_info` collected."""
    n_rows = max(1, -(-len(info.panels) // info.columns))
    width = max(600, 70 + 148 * info.columns)
    caption = wrap(info.caption, max(92, 24 * info.columns), width - LEFT - 8)
    below = 66 + 17 * len(caption)
    plot = n_rows * TILE + (n_rows - 1) * GAP
    figure = make_subplots(
        rows=n_rows,
        cols=info.columns,
        shared_xaxes="all",
        shared_yaxes="all",
        vertical_spacing=GAP / plot if n_rows > 1 else 0,
        horizontal_spacing=0.015,
    )
    for i, panel in enumerate(info.panels):
        _draw_panel(figure, info, panel, i // info.columns + 1, i % info.columns + 1)
    per_day = info.unit.per_day
    ends = [day * per_day for day in axis_ends(info.first_day, info.horizon)]
    figure.update_xaxes(range=ends, nticks=4)
    span = info.scale.span
    figure.update_yaxes(
        range=[info.scale.low - 0.05 * span, info.scale.high + 0.05 * span],
        tickvals=[info.scale.low, (info.scale.low + info.scale.high) / 2, info.scale.high],
    )
    what, direction = axis_title(info.scale)
    ids = short_names([panel.patient_id for panel in info.panels], TILE_ID)
    figure.update_layout(
        template=TEMPLATE,
        width=width,
        height=ABOVE + 26 + plot + below,
        margin={"l": LEFT, "r": 12, "t": ABOVE + 26, "b": below},
        showlegend=False,
        title={
            "text": f"<b>{len(info.panels)} of {info.n_patients} shown: {ORDERS[info.order]}</b>"
            f"<br>{escape(what)}, {escape(direction)}",
            "y": 1, "yref": "container", "yanchor": "top", "pad": {"t": 28},
        },
        # Set together: each call of add_annotation checks all of the earlier ones again.
        annotations=[
            *(_label(panel, ids[panel.patient_id], i) for i, panel in enumerate(info.panels)),
            {"text": f"{info.unit.name}s since the start of treatment", "xref": "paper",
             "yref": "paper", "x": 0.5, "y": 0, "yanchor": "top", "yshift": -26,
             "showarrow": False},
            caption_label(caption, down=54),
        ],
    )  # fmt: skip
    return figure


def _draw_panel(figure: go.Figure, info: CohortInfo, panel: Panel, row: int, col: int) -> None:
    style, per_day = STYLES[panel.course], info.unit.per_day
    day = panel.curve_day * per_day
    if len(day):
        figure.add_scatter(
            x=np.concatenate([day, day[::-1]]), mode="lines", fill="toself", line={"width": 0},
            y=np.concatenate([panel.high90, panel.low90[::-1]]), hoverinfo="skip",
            fillcolor=rgba(style.colour, 0.15), row=row, col=col,
        )  # fmt: skip
        figure.add_scatter(
            x=[0, info.horizon * per_day], y=[panel.baseline] * 2, mode="lines",
            line={"color": MUTED, "width": 1}, hoverinfo="skip", row=row, col=col,
        )  # fmt: skip
        split = info.horizon if panel.forecast_from is None else panel.forecast_from
        for part, dash, alpha in (
            (panel.curve_day <= split, "solid", 1.0),
            (panel.curve_day >= split, "dash", 0.6),
        ):
            figure.add_scatter(
                x=day[part], y=panel.median[part], mode="lines", hoverinfo="skip", row=row, col=col,
                line={"color": rgba(style.colour, alpha), "width": 2, "dash": dash},
            )  # fmt: skip
    _draw_moments(figure, info, panel, row, col)
    unfitted = panel.inclusion | (panel.rating_day > info.horizon)
    symbols = ["circle-open" if one else "circle" for one in unfitted]
    figure.add_scatter(
        x=panel.rating_day * per_day, y=panel.rating, mode="markers", row=row, col=col,
        marker={"size": 4, "color": INK, "symbol": symbols}, hoverinfo="text",
        hovertext=[
            f"{title_id(panel.patient_id, HOVER_ID)}, {info.unit.show(float(at))}: "
            f"{escape(level(float(value), info.scale))}<br>{escape(panel.headline)}"
            for at, value in zip(panel.rating_day, panel.rating, strict=True)
        ],
    )  # fmt: skip


def _draw_moments(figure: go.Figure, info: CohortInfo, panel: Panel, row: int, col: int) -> None:
    scale, per_day = info.scale, info.unit.per_day
    for moment in on_axis(panel.moments, info.first_day, info.horizon):
        is_event = moment.kind == "event"
        symbol = {"event": "diamond-open", "same_day": "triangle-down"}.get(
            moment.kind, "triangle-down-open"
        )
        figure.add_scatter(
            x=[moment.day * per_day] * 2, y=[scale.low, scale.high], row=row, col=col,
            mode="lines+markers", hovertext=escape(moment.text), hoverinfo="text",
            line={"width": 1, "color": MUTED if is_event else SIGN,
                  "dash": "dot" if is_event else "solid"},
            marker={"symbol": symbol, "size": [0, 8], "color": MUTED if is_event else SIGN},
        )  # fmt: skip


def _label(panel: Panel, short: str, i: int) -> dict[str, Any]:
    axis = "" if i == 0 else str(i + 1)
    return {
        "text": f"<b>{escape(short)}</b><br>{escape(panel.tag)}",
        "x": 0, "y": 1, "xref": f"x{axis} domain", "yref": f"y{axis} domain", "xanchor": "left",
        "yanchor": "bottom", "align": "left", "showarrow": False, "font": {"size": 11},
    }  # fmt: skip
