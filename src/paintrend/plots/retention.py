"""Picture of who stays: retention by course, and what leavers rated last beside stayers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from paintrend.core.course_rules import COURSES
from paintrend.errors import InputError
from paintrend.plots.captions import axis_title, tabled_ratings
from paintrend.plots.groups import Frame, lay_out, need_columns
from paintrend.plots.theme import MUTED, STYLES, escape
from paintrend.scales import Scale, get_scale
from paintrend.wording import TimeUnit, course_label, number, percent, time_unit

__all__ = ["CourseLine", "RetentionNumbers", "draw_retention", "plot_retention", "retention_info"]

COLUMNS = ("course", "day", "retained", "n", "last_of_leavers", "same_time_of_stayers")
FEWEST = 1.0
"""Expected patients below which a course is not drawn."""
ACROSS, PANEL, GAP, TOP, HEAD = 3, 130, 62, 280, 70
LEAVERS = "#D55E00"


class CourseLine(NamedTuple):
    """One course: time, share retained, and mean ratings of leavers and of stayers, NaN where
    there are none."""

    course: str
    n: float
    time: tuple[float, ...]
    retained: tuple[float, ...]
    leavers: tuple[float, ...]
    stayers: tuple[float, ...]


class RetentionNumbers(NamedTuple):
    """What `draw_retention` draws.

    Attributes
    ----------
    lines : by course, the most common first
    unit : of time
    scale : of the ratings
    caption : lines
    """

    lines: tuple[CourseLine, ...]
    unit: TimeUnit
    scale: Scale
    caption: tuple[str, ...]


def retention_info(retention: pd.DataFrame, scale: str | Scale) -> RetentionNumbers:
    """Collect what the picture of retention shows.

    Raises
    ------
    InputError
        If the table is not one of `paintrend.retention_by_course`.
    """
    table = need_columns("plot_retention", retention, COLUMNS, "paintrend.retention_by_course")
    scale = get_scale(scale)
    size = table.groupby("course")["n"].first()
    unknown = [str(name) for name in size.index if name not in COURSES]
    if unknown:
        raise InputError(f"plot_retention: no course {', '.join(map(repr, unknown))}.")
    unit = time_unit(float(table["day"].max()))
    order = [str(c) for c in size.sort_values(ascending=False, kind="stable").index]
    # of a handful of patients no course may have one: the most frequent is drawn all the same
    shown = [c for c in order if size[c] >= FEWEST] or order[:1]
    lines = []
    for course in shown:
        part = table[table["course"] == course].sort_values("day")
        lines.append(
            CourseLine(
                course, float(size[course]), tuple(map(float, part["day"] * unit.per_day)),
                *(tuple(map(float, part[c])) for c in COLUMNS[2:3] + COLUMNS[4:]),
            )
        )  # fmt: skip
    rare = [course_label(str(c)) for c in size.index if c not in shown]
    hidden = f" Not drawn, fewer than one patient expected: {', '.join(rare)}." if rare else ""
    # not the very last day: who is rated a day before it has not left
    days = sorted(table["day"].unique())
    late = float(days[-2] if len(days) > 1 else days[-1])
    last = table[table["day"] == late]
    end = float((last["retained"] * last["n"]).sum() / last["n"].sum())
    return RetentionNumbers(
        tuple(lines), unit, scale,
        (
            f"{number(float(size.sum()))} fitted patients, {percent(end)} of them rated "
            f"{unit.on(late)} or later."
            f"{tabled_ratings(table)}{hidden} Still rated: share with a rating on that day or "
            "later; at the right end, on the last day itself.",
            "Courses are plausible ones: each patient counts in each course as often as the curves "
            "say, and what follows a last rating is predicted as if leavers resembled stayers. "
            "Crosses: mean last rating of those who leave; line: ratings of the others in the same "
            "weeks. Crosses on the worse side of the line mean that those who do badly leave.",
        ),
    )  # fmt: skip


def plot_retention(retention: pd.DataFrame, scale: str | Scale) -> go.Figure:
    """Draw who is still rated, by course, and last ratings of leavers beside those of stayers.

    Parameters
    ----------
    retention : DataFrame
        From `paintrend.retention_by_course`.
    scale : str or Scale
        Of the ratings, such as ``fit.scale``.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    InputError
        If the table is another one.
    ScaleError
        If the scale is unknown.

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(30, seed=1)
    >>> fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84)
    >>> figure = pt.plot_retention(pt.retention_by_course(fit, m=4), fit.scale)
    >>> type(figure).__name__
    'Figure'
    """
    return draw_retention(retention_info(retention, scale))


def draw_retention(info: RetentionNumbers) -> go.Figure:
    """Draw what `retention_info` collected."""
    figure = go.Figure()
    rows = -(-len(info.lines) // ACROSS)
    total = TOP + rows * (PANEL + GAP)
    for line in info.lines:
        look, label = STYLES[line.course], course_label(line.course)
        figure.add_scatter(
            x=line.time, y=line.retained, mode="lines+markers", name=label,
            line={"color": look.colour, "dash": look.dash},
            marker={"symbol": look.symbol, "size": 7, "color": look.colour},
            hoverinfo="text",
            hovertext=[f"{label}, {info.unit.name} {number(t)}: {escape(percent(r))}"
                       for t, r in zip(line.time, line.retained, strict=True)],
        )  # fmt: skip
    end = max(line.time[-1] for line in info.lines)
    layout: dict[str, object] = {}
    for k, line in enumerate(info.lines):
        row, column = divmod(k, ACROSS)
        left = column / ACROSS
        above = total - TOP - GAP - row * (PANEL + GAP)
        x, y = f"x{k + 2}", f"y{k + 2}"
        layout[f"xaxis{k + 2}"] = {"domain": [left, left + 0.88 / ACROSS], "anchor": y,
                                   "range": [-0.04 * end, 1.04 * end], "nticks": 4}  # fmt: skip
        layout[f"yaxis{k + 2}"] = {
            "domain": [max((above - PANEL) / total, 0.0), above / total], "anchor": x,
            "range": _rating_range(info.scale), "nticks": 4,
            "title": {"text": "rating" if column == 0 else ""},
        }  # fmt: skip
        _add_ratings(figure, line, info, (x, y))
        figure.add_annotation(
            text=f"{course_label(line.course)} (n = {number(line.n)})", x=0, y=1,
            xref=f"{x} domain", yref=f"{y} domain", xanchor="left", yanchor="bottom",
            showarrow=False, font={"size": 12},
        )  # fmt: skip
    what, span = axis_title(info.scale)
    figure.add_annotation(
        text=f"<b>Last ratings of leavers (crosses) and ratings of stayers (line)</b>: "
        f"{escape(what)}, {escape(span)}", x=0, y=(total - TOP - GAP) / total, xref="paper",
        yref="paper", yshift=22, xanchor="left", yanchor="bottom", showarrow=False,
        font={"size": 13},
    )  # fmt: skip
    figure.update_layout(
        xaxis={"anchor": "y", "range": [-0.02 * end, 1.02 * end]},
        yaxis={"domain": [(total - TOP + HEAD) / total, 1.0], "range": [0, 1.03],
               "tickformat": ".0%", "title": {"text": "still rated", "standoff": 6}},
        **layout,
    )  # fmt: skip
    return lay_out(
        figure, Frame(plot=total, axis=40), "Who stays, and how those who leave rated last",
        f"by course; {info.unit.name}s since treatment start", info.caption,
        [course_label(line.course) for line in info.lines],
    )  # fmt: skip


def _rating_range(scale: Scale) -> list[float]:
    room = 0.05 * (scale.high - scale.low)
    return [scale.low - room, scale.high + room]


def _add_ratings(
    figure: go.Figure, line: CourseLine, info: RetentionNumbers, axes: tuple[str, str]
) -> None:
    figure.add_scatter(
        x=line.time, y=line.stayers, mode="lines", xaxis=axes[0], yaxis=axes[1], showlegend=False,
        line={"color": MUTED, "width": 2}, connectgaps=True, hoverinfo="text",
        hovertext=[f"stayers, {info.unit.name} {number(t)}: {number(y)}"
                   for t, y in zip(line.time, line.stayers, strict=True)],
    )  # fmt: skip
    known = np.isfinite(line.leavers)
    time, rating = np.array(line.time)[known], np.array(line.leavers)[known]
    figure.add_scatter(
        x=time, y=rating, mode="markers", xaxis=axes[0], yaxis=axes[1], showlegend=False,
        marker={"symbol": "x", "size": 8, "color": LEAVERS}, hoverinfo="text", cliponaxis=False,
        hovertext=[f"last rating of leavers, {info.unit.name} {number(t)}: {number(y)}"
                   for t, y in zip(time, rating, strict=True)],
    )  # fmt: skip
