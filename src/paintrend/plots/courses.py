"""Picture of how common each course is in a cohort."""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go

from paintrend.core.course_rules import COURSES
from paintrend.plots.captions import start_predicted, wrap
from paintrend.plots.course_numbers import CourseShares, Share, course_shares
from paintrend.plots.theme import MUTED, STYLES, TEMPLATE, caption_label, escape
from paintrend.results.belonging import check_courses
from paintrend.wording import CANNOT_TELL, course_label, percent, plural

if TYPE_CHECKING:
    from paintrend.results.courses import Courses

__all__ = ["draw_courses", "plot_courses"]

FEW = 10
"""Patients below which the reader is told how little an interval can say."""

WIDTH, ABOVE, ROW = 940, 84, 40  # pixels


def plot_courses(courses: Courses, *, seed: int = 0) -> go.Figure:
    """Draw how common each course is, with 90% intervals.

    Parameters
    ----------
    courses
        Courses of all patients.
    seed
        Of the bootstrap behind the intervals.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    InputError
        If `courses` is something else, or `seed` is not a whole number from 0.

    See Also
    --------
    course_shares : the numbers, and what the intervals leave out.

    Examples
    --------
    >>> import pandas as pd
    >>> import paintrend as pt
    >>> days = [-7, 0, 14, 28, 42, 56, 70, 84]
    >>> frame = pd.DataFrame({"patient_id": "P1", "day": days, "pain": [6, 6, 9, 8, 5, 3, 2, 2]})
    >>> fit = pt.fit_curves(pt.read_diary(frame, scale="nrs"), horizon=84)
    >>> courses = pt.classify(fit)
    >>> type(pt.plot_courses(courses)).__name__
    'Figure'
    """
    check_courses(courses, "plot_courses")
    return draw_courses(course_shares(courses, seed=seed))


def draw_courses(info: CourseShares) -> go.Figure:
    """Draw what `course_shares` estimated."""
    figure = go.Figure()
    # one patient is no cohort: the shares are of the curves, and an interval would be of nothing
    single = info.n_fitted == 1
    rows = list(range(len(COURSES)))
    # Groups differ in symbol and height too, so that the picture survives a black printer.
    groups = (
        (info.shares, f"all fitted patients (n = {info.n_fitted})", -0.12, False),
        (info.with_room, f"those with room to worsen (n = {info.n_with_room})", 0.2, True),
    )
    for shares, group, shift, opened in groups[:1] if single else groups:
        values = [shares[name] for name in COURSES]
        colours = [MUTED if opened else STYLES[name].colour for name in COURSES]
        symbols = [STYLES[name].symbol + ("-open" if opened else "") for name in COURSES]
        for i, value in enumerate([] if single else values):
            figure.add_shape(
                type="line", x0=value.low, x1=value.high, y0=i + shift, y1=i + shift,
                line={"color": colours[i], "width": 1.5 if opened else 4},
            )  # fmt: skip
        figure.add_scatter(
            x=[value.mean for value in values], y=[i + shift for i in rows], mode="markers",
            marker={"color": colours, "symbol": symbols, "size": 8 if opened else 12,
                    "line": {"color": "white" if not opened else MUTED, "width": 1}},
            name=group, hoverinfo="text", cliponaxis=False, showlegend=not single,
            hovertext=[f"{course_label(name)}, {group}<br>{escape(_words(value, single=single))}"
                       for name, value in zip(COURSES, values, strict=True)],
        )  # fmt: skip
    for i, name in enumerate(COURSES):
        figure.add_annotation(
            x=1, xref="paper", y=i, xanchor="left", xshift=8, showarrow=False, align="left",
            text=_label(info, name, single=single),
            font={"size": 12},
        )  # fmt: skip
    caption = wrap(_caption(info), 140, WIDTH - 24)
    highest = max(share.high for share in (*info.shares.values(), *info.with_room.values()))
    below = 96 + 17 * len(caption)
    figure.update_layout(
        template=TEMPLATE, width=WIDTH, height=ABOVE + ROW * len(COURSES) + below,
        margin={"l": 170, "r": 270, "t": ABOVE, "b": below},
        title={
            "text": "<b>How probable each course is</b><br>share of the curves of one patient"
            if single else "<b>How common each course is</b><br>expected share of patients, "
            "90% interval, and patients for whom the course is named",
            "y": 1, "yref": "container", "yanchor": "top", "pad": {"t": 28},
        },
        legend={"y": -52 / (ROW * len(COURSES)), "yanchor": "top"},
        xaxis={"range": [0, 1.05 * highest if highest > 0 else 1], "tickformat": ".0%",
               "title": {"text": "share of the curves" if single else "share of patients",
                         "standoff": 6}, "showgrid": True,
               "gridcolor": "#E6E6E6", "rangemode": "tozero"},
        yaxis={"tickvals": rows, "ticktext": [course_label(name) for name in COURSES],
               "range": [len(COURSES) - 0.5, -0.5], "showgrid": False},
    )  # fmt: skip
    figure.add_annotation(caption_label(caption, down=88, left=154))
    return figure


def _caption(info: CourseShares) -> list[str]:
    missing = "" if info.n_missing is None else f", {info.n_missing} missing"
    missing += start_predicted(info.n_start_predicted, info.n_fitted)
    if info.n_fitted == 1:
        return [
            f"{plural(info.n_patients, 'patient')}, {info.n_patients - 1} not fitted; "
            f"{plural(info.n_ratings, 'rating')} fitted{missing}. {info.definition} A share is "
            "that of the curves that fit the ratings; one patient says nothing of how common a "
            "course is.",
        ]
    few = " With so few patients the intervals say little." if info.n_fitted < FEW else ""
    return [
        f"{plural(info.n_patients, 'patient')}, {info.n_patients - info.n_fitted} of them not "
        f"fitted; {plural(info.n_ratings, 'rating')} fitted{missing}. For "
        f"{info.named[CANNOT_TELL]} it cannot be told yet which course it is; they count with all "
        "their curves.",
        f"{info.definition} Bars: 90% interval, too narrow for inference because what the whole "
        f"cohort taught about each patient is taken as known.{few}",
        "Room to worsen: at the start far enough from the worst end of the scale to show it.",
    ]


def _label(info: CourseShares, name: str, *, single: bool) -> str:
    if single:
        return escape(_words(info.shares[name], single=True)) + (
            "; named" if info.named[name] else ""
        )
    return f"{escape(_words(info.shares[name]))}; named for {info.named[name]}"


def _words(share: Share, *, single: bool = False) -> str:
    if single:
        return percent(share.mean)
    return f"{percent(share.mean)} ({percent(share.low)} to {percent(share.high)})"
