"""Picture of an alarm policy: how early each rule detects, against how many false alarms."""

from __future__ import annotations

import plotly.graph_objects as go

from paintrend.plots.captions import wrap
from paintrend.plots.policy_numbers import PolicyNumbers, RuleLine, RuleMark, policy_info
from paintrend.plots.theme import (
    INK,
    MUTED,
    TEMPLATE,
    CourseStyle,
    caption_label,
    escape,
    readable,
)
from paintrend.results.alarm_policy import AlarmPolicy
from paintrend.results.alarm_words import CHOSEN, POLICY
from paintrend.results.belonging import check_kind
from paintrend.wording import number, percent

__all__ = ["RULE_STYLES", "draw_policy", "plot_policy"]

WIDTH, PLOT, ABOVE, LEFT, RIGHT = 940, 400, 84, 78, 210  # pixels
LABEL_GAP = 20
TO_90 = 1.645
"""Standard errors in half a 90% interval."""

RULE_STYLES: dict[str, CourseStyle] = {
    POLICY: CourseStyle("#0072B2", "solid", "circle"),
    "plus_two": CourseStyle("#D55E00", "dash", "triangle-up"),
    "two_raised": CourseStyle("#000000", "dot", "square"),
    "expected_recovery": CourseStyle("#009E73", "dashdot", "diamond"),
}
"""Look of each rule; no two share a colour, a dash or a symbol."""
SIGNS = {"circle": "\N{BLACK CIRCLE}", "triangle-up": "\N{BLACK UP-POINTING TRIANGLE}",
         "square": "\N{BLACK SQUARE}", "diamond": "\N{BLACK DIAMOND}"}  # fmt: skip
"""The symbols as letters, for names beside lines."""


def plot_policy(policy: AlarmPolicy, *, judged: str | None = None) -> go.Figure:
    """Draw delay against false alarms, all rules in one picture.

    Each line is a rule over all of its thresholds, further left with fewer false alarms, further
    down with earlier detection. The filled mark is the policy at the chosen threshold, open marks
    are the other rules as they are used now.

    Parameters
    ----------
    policy : AlarmPolicy
    judged : str, optional
        One of `policy.judges`; the first if not given.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    InputError
        If the policy was not judged against that.

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(40, seed=1)
    >>> fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84)
    >>> policy = pt.alarm_policy(fit.population, schedule=[0, 28, 56, 84], n=60, draws=50)
    >>> type(pt.plot_policy(policy)).__name__
    'Figure'
    """
    check_kind(policy, AlarmPolicy, "plot_policy", "alarm_policy(...)")
    return draw_policy(policy_info(policy, judged))


def draw_policy(info: PolicyNumbers) -> go.Figure:
    """Draw what `policy_info` collected."""
    figure = go.Figure()
    caption = wrap(info.caption, 150, WIDTH - 24)
    below = 128 + 17 * len(caption)
    for line in info.lines:
        _add_line(figure, line)
    for mark in info.marks:
        _add_mark(figure, mark)
    for symbol, name in (
        ("circle", "chosen for the budget"),
        ("square-open", "as used now"),
    ):
        figure.add_scatter(
            x=[None], y=[None], mode="markers", name=name,
            marker={"symbol": symbol, "size": 12, "color": MUTED, "line": {"width": 2}},
        )  # fmt: skip
    top = 1.04 * info.latest
    figure.add_vline(x=info.budget, line={"color": MUTED, "width": 1, "dash": "dot"}, layer="below")
    figure.update_layout(
        template=TEMPLATE, width=WIDTH, height=ABOVE + PLOT + below,
        margin={"l": LEFT, "r": RIGHT, "t": ABOVE, "b": below},
        title={
            "text": "<b>How early alarms come, and how many are false</b><br>"
            + escape(info.subtitle),
            "y": 1, "yref": "container", "yanchor": "top", "pad": {"t": 24},
        },
        legend={"y": -72 / PLOT, "yanchor": "top"},
        xaxis={"range": [0, info.widest], "tickformat": ".0%", "showgrid": True,
               "gridcolor": "#E6E6E6",
               "title": {"text": "share of those who do not get worse who get an alarm "
                         "(further left = fewer false alarms)", "standoff": 6}},
        yaxis={"range": [0, top],
               "title": {"text": f"mean {info.unit.name} of detection<br>"
                         "(lower = earlier)", "standoff": 6}},
        annotations=[
            *_line_labels(info.lines, top),
            {"x": info.budget, "y": 1, "yref": "paper", "yanchor": "bottom", "showarrow": False,
             "text": f"budget {escape(percent(info.budget))}",
             "font": {"size": 12, "color": MUTED}},
            caption_label(caption, down=110, left=LEFT - 16),
        ],
    )  # fmt: skip
    return figure


def _add_line(figure: go.Figure, line: RuleLine) -> None:
    style = RULE_STYLES[line.rule]
    figure.add_scatter(
        x=line.false_alarms, y=line.delay, mode="lines", showlegend=False, name=line.label,
        line={"color": style.colour, "dash": style.dash, "width": 3 if line.rule == POLICY else 2},
        hovertemplate="%{x:.0%} of those not worse, %{y:.1f}<extra>"
                      + escape(line.label) + "</extra>",
    )  # fmt: skip


def _add_mark(figure: go.Figure, mark: RuleMark) -> None:
    style, chosen = RULE_STYLES[mark.rule], mark.setting == CHOSEN
    bar = {"color": style.colour, "thickness": 1.2, "width": 0}
    figure.add_scatter(
        x=[mark.false_alarms], y=[mark.delay], mode="markers", showlegend=False, name=mark.text,
        cliponaxis=False,
        error_x={"array": [TO_90 * mark.false_alarms_se], **bar},
        error_y={"array": [TO_90 * mark.delay_se], **bar},
        marker={"symbol": style.symbol if chosen else f"{style.symbol}-open", "size": 14,
                "color": style.colour, "line": {"width": 1 if chosen else 2.5,
                                                "color": INK if chosen else style.colour}},
        hoverinfo="text",
        hovertext=[f"{escape(mark.text)}<br>{escape(percent(mark.false_alarms))} of those "
                   f"not worse, {escape(number(mark.delay))}"],
    )  # fmt: skip


def _line_labels(lines: tuple[RuleLine, ...], top: float) -> list[dict[str, object]]:
    """Names of the rules where their lines leave the picture, moved apart where they are close."""
    per_pixel = top / PLOT
    order = sorted(lines, key=lambda line: line.ends_at)
    labels: list[dict[str, object]] = []
    lowest = -float("inf")
    for line in order:
        style = RULE_STYLES[line.rule]
        y = max(line.ends_at, lowest + LABEL_GAP * per_pixel)
        lowest = y
        labels.append(
            {
                "x": 1, "xref": "paper", "y": y, "xanchor": "left", "yanchor": "middle",
                "xshift": 8, "showarrow": False,
                "text": f"{SIGNS[style.symbol]} {escape(line.label)}",
                "font": {"size": 13, "color": readable(style.colour)},
            }
        )  # fmt: skip
    return labels
