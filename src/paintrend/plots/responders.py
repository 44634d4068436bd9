"""Picture of the cumulative responder curve: who is better by how much or more."""

from __future__ import annotations

from typing import NamedTuple

import plotly.graph_objects as go

from paintrend.plots.captions import ratings_behind, scale_said
from paintrend.plots.groups import (
    BANDS_UP_TO,
    Frame,
    add_band,
    group_labels,
    group_styles,
    lay_out,
    whole_name,
)
from paintrend.plots.theme import MUTED, escape, rgba
from paintrend.results.belonging import check_kind
from paintrend.results.responders import Responders
from paintrend.wording import amount, number, percent, plural, records, time_unit

__all__ = ["ResponderLine", "ResponderNumbers", "draw_responders", "plot_responders",
           "responder_info"]  # fmt: skip


class ResponderLine(NamedTuple):
    """One group: cuts in scale units, the share better by so much or more, its interval."""

    group: str
    better_by: tuple[float, ...]
    share: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


class ResponderNumbers(NamedTuple):
    """What `draw_responders` draws.

    Attributes
    ----------
    lines : a line per group
    points : improvement that counts, in scale units
    unit : of the scale
    subtitle, caption : words
    """

    lines: tuple[ResponderLine, ...]
    points: float
    unit: str
    subtitle: str
    caption: tuple[str, ...]


def responder_info(responders: Responders) -> ResponderNumbers:
    """Collect what the picture of responders shows."""
    values = responders.values
    points = values.criteria.required("improvement")
    lines = tuple(
        ResponderLine(
            str(group),
            *(tuple(map(float, part[c])) for c in ("better_by", "share", "low", "high")),
        )
        for group, part in responders.cumulative.groupby("group", sort=False)
    )
    shares = responders.shares[responders.shares["among"] == "all"]
    told = []
    for group, part in shares.groupby("group", sort=False):
        kinds = ", ".join(
            f"by {_kind(row['responder'], points, values.scale.unit)} or more: "
            f"{percent(row['share'])} ({percent(row['low'])} to {percent(row['high'])})"
            for row in records(part)
        )
        n = f"n = {number(part['n'].iloc[0])}"
        told.append(f"{group} ({n}), better {kinds}." if responders.by else f"{n}, better {kinds}.")
    lasting = time_unit(values.horizon).span(values.criteria.required("lasting_days"))
    bands = "Bands" if len(lines) <= BANDS_UP_TO else "In brackets"
    return ResponderNumbers(
        lines,
        points,
        values.scale.unit,
        f"mean of the curve's last {lasting} against its start"
        f"{f', by {responders.by}' if responders.by else ''}",
        (
            *told,
            f"{plural(len(values.left_out), 'patient')} could not be fitted"
            f"{ratings_behind(values)}. {bands}: "
            f"{number(100 * responders.level)}% intervals. Percentages are of the distance of the "
            "start from the best end of the scale; what lies after a last rating is predicted. "
            f"{scale_said(values.scale)}.",
        ),
    )


def _kind(responder: str, points: float, unit: str) -> str:
    return amount(points, unit) if responder == "points" else responder


def plot_responders(responders: Responders) -> go.Figure:
    """Draw the cumulative responder curve, by group.

    Parameters
    ----------
    responders : Responders
        From `paintrend.count_responders`.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    InputError
        If `responders` is something else.

    References
    ----------
    Farrar, Dworkin & Max 2006, doi:10.1016/j.jpainsymman.2005.08.018.

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(30, arms={"a": None, "b": None}, seed=1)
    >>> fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84)
    >>> figure = pt.plot_responders(pt.count_responders(fit, by="arm", m=5))
    >>> [trace.name for trace in figure.data if trace.name]
    ['a', 'b']
    """
    check_kind(responders, Responders, "plot_responders", "count_responders(fit)")
    return draw_responders(responder_info(responders))


def draw_responders(info: ResponderNumbers) -> go.Figure:
    """Draw what `responder_info` collected."""
    figure = go.Figure()
    looks = group_styles([line.group for line in info.lines])
    names = group_labels(looks)
    for line in info.lines:
        look, name = looks[line.group], names[line.group]
        if len(info.lines) <= BANDS_UP_TO:
            add_band(figure, line.better_by, line.low, line.high, rgba(look.colour, 0.14))
        figure.add_scatter(
            x=line.better_by, y=line.share, mode="lines+markers", name=name,
            showlegend=len(info.lines) > 1, line={"color": look.colour, "dash": look.dash},
            marker={"symbol": look.symbol, "size": 7, "color": look.colour, "maxdisplayed": 12},
            hoverinfo="text",
            hovertext=[f"{whole_name(line.group)}: better by "
                       f"{escape(amount(x, info.unit))} or more<br>"
                       f"{escape(percent(s))} ({escape(percent(a))} to {escape(percent(b))})"
                       for x, s, a, b in zip(*line[1:], strict=True)],
        )  # fmt: skip
    figure.add_vline(x=info.points, line={"color": MUTED, "width": 1, "dash": "dot"})
    figure.add_annotation(
        x=info.points, y=1, yref="paper", yanchor="bottom", xanchor="left", showarrow=False,
        text=f"{escape(amount(info.points, info.unit))}: counts as better",
        font={"size": 12, "color": MUTED},
    )  # fmt: skip
    figure.update_layout(
        xaxis={"title": {"text": f"better by at least so many {escape(info.unit)} "
                         "(further right = more improvement)", "standoff": 6},
               "range": [0, max(line.better_by[-1] for line in info.lines)]},
        yaxis={"title": {"text": "share of patients", "standoff": 6}, "tickformat": ".0%",
               "range": [0, 1.02]},
    )  # fmt: skip
    return lay_out(
        figure, Frame(above=96), "Who is better at the end, by how much or more", info.subtitle,
        info.caption, [line.group for line in info.lines] if len(info.lines) > 1 else (),
    )  # fmt: skip
