"""Picture of how common each course is, by group, with differences between groups."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import plotly.graph_objects as go

from paintrend.plots.groups import Frame, group_labels, group_styles, lay_out, whole_name
from paintrend.plots.prevalence_numbers import Mark, PrevalenceNumbers, prevalence_info
from paintrend.plots.theme import MUTED, CourseStyle, escape
from paintrend.results.belonging import check_kind
from paintrend.results.prevalence import Prevalence
from paintrend.wording import short_names

__all__ = ["draw_prevalence", "plot_prevalence"]

ROW, BETWEEN = 17, 15  # pixels per group and between courses
AXIS_CHARACTERS, AXIS_LINE = 40, 21


def plot_prevalence(
    prevalence: Prevalence, *, among: str = "all", courses: Sequence[str] | None = None
) -> go.Figure:
    """Draw the share of each course by group, and beside it each group less the reference.

    Parameters
    ----------
    prevalence : Prevalence
        From `paintrend.prevalence`.
    among : str
        ``all``, or those with ``room_to_worsen`` or ``room_to_improve``.
    courses : sequence of str, optional
        Which rows; all of them for up to four groups, else ``dip``, ``deterioration`` and
        ``end_better``.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    InputError
        If `among` or a course is unknown.

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(30, arms={"a": None, "b": None}, seed=1)
    >>> fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84)
    >>> figure = pt.plot_prevalence(pt.prevalence(fit, by="arm", m=5), courses=("dip",))
    >>> [trace.name for trace in figure.data]
    ['a', 'b', 'b']
    """
    check_kind(prevalence, Prevalence, "plot_prevalence", "prevalence(fit)")
    return draw_prevalence(prevalence_info(prevalence, among, courses))


def draw_prevalence(info: PrevalenceNumbers) -> go.Figure:
    """Draw what `prevalence_info` collected."""
    figure = go.Figure()
    looks, n = group_styles(info.groups), len(info.groups)
    labels = group_labels(info.groups)
    block = n * ROW + BETWEEN
    centre = {course: i * block for i, course in enumerate(info.courses)}

    def height(mark: Mark) -> float:
        return centre[mark.course] + (info.groups.index(mark.group) - (n - 1) / 2.0) * ROW

    for group in info.groups:
        own = [m for m in info.shares if m.group == group]
        _add_marks(figure, own, [height(m) for m in own], looks[group], labels, ("x", "y"), n > 1)
        other = [m for m in info.differences if m.group == group]
        if other:
            points = [_in_points(m) for m in other]
            _add_marks(
                figure, points, [height(m) for m in other], looks[group], labels, ("x2", "y"), False
            )
    for i in range(1, len(info.courses)):
        figure.add_shape(
            type="line", x0=0, x1=1, xref="paper", y0=(i - 0.5) * block, y1=(i - 0.5) * block,
            line={"color": "#E6E6E6", "width": 1}, layer="below",
        )  # fmt: skip
    compared = bool(info.differences)
    against = ""
    if compared:
        reference = short_names(info.groups)[info.reference]
        against = "<br>".join(
            map(escape, textwrap.wrap(f"than with {reference})", AXIS_CHARACTERS))
        )
    top = max((m.high for m in info.shares), default=1.0)
    figure.update_layout(
        xaxis={"domain": [0.0, 0.55 if compared else 1.0], "range": [0, min(1.04 * top, 1.02)],
               "tickformat": ".0%", "showgrid": True, "gridcolor": "#E6E6E6",
               "title": {"text": "share of patients", "standoff": 6}},
        yaxis={"tickvals": list(centre.values()),
               "ticktext": [escape(label) for label in info.courses.values()],
               "range": [(len(centre) - 0.5) * block, -0.5 * block], "showgrid": False},
    )  # fmt: skip
    if compared:
        reach = 105 * max(max(abs(m.low), abs(m.high)) for m in info.differences)
        figure.update_layout(
            xaxis2={"domain": [0.6, 1.0], "range": [-reach, reach], "anchor": "y",
                    "tickformat": ".0f", "showgrid": True, "gridcolor": "#E6E6E6",
                    "title": {"text": "percentage points<br>(right of the line = more common<br>"
                              f"{against}", "standoff": 6}},
        )  # fmt: skip
        figure.add_shape(
            type="line", x0=0, x1=0, xref="x2", y0=0, y1=1, yref="paper",
            line={"color": MUTED, "width": 1.5}, layer="below",
        )  # fmt: skip
    frame = Frame(
        plot=block * len(centre),
        left=196,
        axis=(98 + AXIS_LINE * against.count("<br>")) if compared else 64,
    )
    return lay_out(
        figure, frame, "How common each course is", info.subtitle, info.caption,
        info.groups if n > 1 else (),
    )  # fmt: skip


def _in_points(mark: Mark) -> Mark:
    """Give a difference of shares in percentage points: ticks with a % read as a ratio."""
    return mark._replace(value=100 * mark.value, low=100 * mark.low, high=100 * mark.high)


def _add_marks(
    figure: go.Figure,
    marks: list[Mark],
    y: list[float],
    look: CourseStyle,
    labels: dict[str, str],
    axes: tuple[str, str],
    legend: bool,
) -> None:
    group = marks[0].group
    name = labels[group]
    figure.add_scatter(
        x=[m.value for m in marks], y=y, mode="markers", name=name, legendgroup=name,
        xaxis=axes[0], yaxis=axes[1], showlegend=legend, cliponaxis=False,
        marker={"color": look.colour, "symbol": look.symbol, "size": 9,
                "line": {"width": 1.5 if look.symbol.endswith("-open") else 0}},
        error_x={"type": "data", "symmetric": False, "thickness": 2, "width": 0,
                 "color": look.colour,
                 "array": [m.high - m.value for m in marks],
                 "arrayminus": [m.value - m.low for m in marks]},
        hoverinfo="text",
        hovertext=[f"{escape(m.course.replace('_', ' '))}, {whole_name(group)}<br>{escape(m.text)}"
                   for m in marks],
    )  # fmt: skip
