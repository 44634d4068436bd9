"""Picture of all curves of a cohort with the median."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from paintrend.plots.captions import axis_title, wrap
from paintrend.plots.spaghetti_numbers import CohortMedian, SpaghettiNumbers, spaghetti_info
from paintrend.plots.theme import (
    INK,
    STYLES,
    TEMPLATE,
    caption_label,
    escape,
    legend_names,
    rgba,
    title_id,
)
from paintrend.wording import course_label, level, plural

if TYPE_CHECKING:
    from paintrend.results.courses import Courses
    from paintrend.results.fit import Fit

__all__ = ["draw_spaghetti", "plot_spaghetti"]

WIDTH, LEFT, RIGHT, ABOVE, PLOT = 940, 72, 24, 84, 420  # pixels
LEGEND_LINE, IN_A_ROW = 19, 4
MANY = 60
"""Lines from which on each is thinner and paler."""


def plot_spaghetti(fit: Fit, courses: Courses, *, lines: int = 300, seed: int = 0) -> go.Figure:
    """Draw the curve of every patient as a line, with the median of the cohort.

    Parameters
    ----------
    fit
        The fitted patients.
    courses
        Their courses.
    lines
        Patients drawn as lines at most: of a larger cohort a sample, and the caption says so. The
        median rests on all of them, or on a sample of 2,000.
    seed
        Of the sample and of the bootstrap behind the interval of the median.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    InputError
        If `lines` is not a whole number from 1 or `seed` one from 0, or the courses are of other
        patients, another day or horizon than the fit.

    See Also
    --------
    spaghetti_info : the numbers, and what the interval leaves out.

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(12, seed=1)
    >>> fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84)
    >>> figure = pt.plot_spaghetti(fit, pt.classify(fit))
    >>> "12 of 12" in figure.layout.title.text
    True
    """
    return draw_spaghetti(spaghetti_info(fit, courses, lines=lines, seed=seed))


def draw_spaghetti(info: SpaghettiNumbers) -> go.Figure:
    """Draw what `spaghetti_info` collected."""
    figure = go.Figure()
    heading = "All curves" + (" and the median of the cohort" if info.cohort is not None else "")
    per_day, scale = info.unit.per_day, info.scale
    if info.cohort is not None:
        _draw_band(figure, info.cohort, per_day)
    for course in dict.fromkeys(line.course for line in info.lines):
        _draw_course(figure, info, course)
    if info.cohort is not None:
        _draw_median(figure, info, info.cohort)
    rows = max(1, -(-len(legend_names(figure)) // IN_A_ROW))
    caption = wrap(info.caption, 150, WIDTH - 24)
    down = 56 + LEGEND_LINE * rows
    below = down + 10 + 17 * len(caption)
    pad = 0.02 * info.horizon * per_day
    figure.update_layout(
        template=TEMPLATE, width=WIDTH, height=ABOVE + PLOT + below,
        margin={"l": LEFT, "r": RIGHT, "t": ABOVE, "b": below},
        title={
            "text": f"<b>{heading}</b><br>{info.n_shown} of "
            f"{plural(info.n_patients, 'patient')} as lines",
            "y": 1, "yref": "container", "yanchor": "top", "pad": {"t": 28},
        },
        legend={"y": -44 / PLOT, "yanchor": "top", "traceorder": "normal"},
        xaxis={"range": [-pad, info.horizon * per_day + pad],
               "title": {"text": f"{info.unit.name}s since the start of treatment", "standoff": 6}},
        yaxis={"range": [scale.low - 0.03 * scale.span, scale.high + 0.03 * scale.span],
               "title": {"text": "<br>".join(escape(line) for line in axis_title(scale))}},
        annotations=[caption_label(caption, down=down, left=LEFT - 16)],
    )  # fmt: skip
    return figure


def _draw_course(figure: go.Figure, info: SpaghettiNumbers, course: str) -> None:
    style, per_day = STYLES[course], info.unit.per_day
    own = [line for line in info.lines if line.course == course]
    many = info.n_shown > MANY
    # one trace for all, with gaps: hundreds of traces would be slow to draw
    gap = np.full(1, np.nan, dtype=np.float32)
    x = [part for line in own for part in ((line.day * per_day).astype(np.float32), gap)]
    y = [part for line in own for part in (line.level.astype(np.float32), gap)]
    figure.add_scatter(
        x=np.concatenate(x), y=np.concatenate(y), mode="lines", hoverinfo="skip",
        line={"color": rgba(style.colour, 0.35 if many else 0.65), "dash": style.dash,
              "width": 0.9 if many else 1.4},
        showlegend=False, legendgroup=course, name=course_label(course),
    )  # fmt: skip
    figure.add_scatter(
        x=[line.day[-1] * per_day for line in own], y=[line.level[-1] for line in own],
        mode="markers", name=f"{course_label(course)} ({len(own)})", legendgroup=course,
        marker={"symbol": style.symbol, "color": style.colour, "size": 5 if many else 7,
                "line": {"width": 1, "color": style.colour}},
        hoverinfo="text", cliponaxis=False,
        hovertext=[
            f"{title_id(line.patient_id)}: {course_label(course)}<br>last rating "
            f"{info.unit.show(float(line.day[-1]))}, curve at "
            f"{escape(level(float(line.level[-1]), info.scale))}"
            for line in own
        ],
    )  # fmt: skip


def _draw_band(figure: go.Figure, cohort: CohortMedian, per_day: float) -> None:
    day = cohort.day * per_day
    figure.add_scatter(
        x=np.concatenate([day, day[::-1]]),
        y=np.concatenate([cohort.three_quarters, cohort.quarter[::-1]]), mode="lines",
        fill="toself", fillcolor=rgba(INK, 0.08), line={"width": 0}, hoverinfo="skip",
        name="middle half of the patients",
    )  # fmt: skip


def _draw_median(figure: go.Figure, info: SpaghettiNumbers, cohort: CohortMedian) -> None:
    day = cohort.day * info.unit.per_day
    figure.add_scatter(
        x=np.concatenate([day, day[::-1]]), y=np.concatenate([cohort.high, cohort.low[::-1]]),
        mode="lines", fill="toself", fillcolor=rgba(INK, 0.25), line={"width": 0},
        hoverinfo="skip", name="90% interval of the median",
    )  # fmt: skip
    # a white line below keeps the median apart from the many lines
    for colour, width, shown in (("white", 7, False), (INK, 4, True)):
        figure.add_scatter(
            x=day, y=cohort.median, mode="lines", line={"color": colour, "width": width},
            name="median of the cohort", showlegend=shown,
            hoverinfo="text" if shown else "skip",
            hovertext=[
                f"{info.unit.show(float(at))}: median {escape(level(float(m), info.scale))} "
                f"(90%: {escape(level(float(low), info.scale))} to "
                f"{escape(level(float(high), info.scale))})"
                for at, m, low, high in zip(
                    cohort.day, cohort.median, cohort.low, cohort.high, strict=True
                )
            ] if shown else None,
        )  # fmt: skip
