"""Picture of simulated studies: how often a difference is found, by design."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from paintrend.plots.groups import (
    Frame,
    group_labels,
    group_styles,
    lay_out,
    need_columns,
    whole_name,
)
from paintrend.plots.theme import MUTED, CourseStyle, escape
from paintrend.wording import number, percent, plural

__all__ = ["DesignLine", "PowerNumbers", "draw_power", "plot_power", "power_info"]

VARIED = {"patients": "patients", "visits": "visits after day 0",
          "baseline_ratings": "ratings up to day 0"}  # fmt: skip
COLUMNS = (*VARIED, "power", "low", "high", "difference", "interval_width", "cohorts")
PLANNED = 0.8
"""Share that studies are commonly planned for; a convention."""
DODGE = 0.32
"""Width over which designs at the same place stand side by side, in steps of the axis."""


class DesignLine(NamedTuple):
    """Designs that differ in what the axis shows alone; places on it, shares, mean widths."""

    name: str
    place: tuple[float, ...]
    power: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    width: tuple[float, ...]


class PowerNumbers(NamedTuple):
    """What `draw_power` draws.

    Attributes
    ----------
    axis : what the axis shows, a key of `VARIED`
    values : its values, from left to right
    lines : of designs
    caption : lines
    """

    axis: str
    values: tuple[int, ...]
    lines: tuple[DesignLine, ...]
    caption: tuple[str, ...]


def power_info(power: pd.DataFrame) -> PowerNumbers:
    """Collect what the picture of simulated studies shows.

    Raises
    ------
    InputError
        If the table is not one of `paintrend.power`.
    """
    table = need_columns("plot_power", power, COLUMNS, "paintrend.power")
    counts = {name: table[name].nunique() for name in VARIED}
    axis = max(VARIED, key=lambda name: counts[name])
    values = tuple(sorted(map(int, table[axis].unique())))
    others = [name for name in VARIED if name != axis]
    parts = list(table.groupby(others, sort=True))
    lines = []
    for k, (chosen, part) in enumerate(parts):
        part = part.sort_values(axis)
        shift = (k - (len(parts) - 1) / 2.0) * DODGE / max(len(parts) - 1, 1)
        named = [
            _count(v, name) for name, v in zip(others, chosen, strict=True) if counts[name] > 1
        ]
        lines.append(
            DesignLine(
                ", ".join(named),
                tuple(values.index(int(v)) + shift for v in part[axis]),
                *(tuple(map(float, part[c])) for c in ("power", "low", "high", "interval_width")),
            )
        )
    fixed = [_count(table[name].iloc[0], name) for name in others if counts[name] < 2]
    cohorts = int(table["cohorts"].min())
    always = f" Always {' and '.join(fixed)}." if fixed else ""
    return PowerNumbers(
        axis, values, tuple(lines),
        (
            f"{plural(cohorts, 'simulated study').replace('studys', 'studies')} per design, two "
            f"arms; mean difference found: {number(100 * float(table['difference'].mean()))} "
            f"percentage points.{always}",
            "Bars in the upper panel: 95% intervals from the number of simulated studies alone. "
            "The same seeds serve all designs. Real patients may differ from those simulated: the "
            "figure says how designs compare under the assumptions made.",
        ),
    )  # fmt: skip


def _count(value: object, name: str) -> str:
    noun, _, rest = VARIED[name].partition(" ")
    return f"{plural(int(str(value)), noun.removesuffix('s'))} {rest}".strip()


def plot_power(power: pd.DataFrame) -> go.Figure:
    """Draw how often a difference in dips is found, and how wide its interval is, by design.

    Parameters
    ----------
    power : DataFrame
        From `paintrend.power`.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    InputError
        If the table is another one.

    Examples
    --------
    >>> import pandas as pd
    >>> import paintrend as pt
    >>> table = pd.DataFrame({"patients": [60, 120], "visits": 12, "baseline_ratings": 3,
    ...     "power": [0.4, 0.7], "low": [0.2, 0.5], "high": [0.6, 0.9], "difference": 0.2,
    ...     "interval_width": [0.4, 0.3], "cohorts": 20})
    >>> len(pt.plot_power(table).data)
    2
    """
    return draw_power(power_info(power))


def draw_power(info: PowerNumbers) -> go.Figure:
    """Draw what `power_info` collected."""
    figure = go.Figure()
    looks = group_styles([line.name for line in info.lines])
    names = group_labels(looks)
    several = len(info.lines) > 1
    for line in info.lines:
        look, name = looks[line.name], names[line.name]
        power, low, high = map(np.array, (line.power, line.low, line.high))
        figure.add_scatter(
            x=line.place, y=line.power, name=name, legendgroup=name, showlegend=several,
            **_look(look),
            error_y={"type": "data", "symmetric": False, "width": 0, "color": look.colour,
                     "thickness": 1.5, "array": high - power, "arrayminus": power - low},
            hoverinfo="text",
            hovertext=[f"{whole_name(line.name)}<br>found in {escape(percent(p))} "
                       f"({escape(percent(a))} to {escape(percent(b))})"
                       for p, a, b in zip(power, low, high, strict=True)],
        )  # fmt: skip
        figure.add_scatter(
            x=line.place, y=[100 * w for w in line.width], name=name, legendgroup=name,
            showlegend=False, yaxis="y2", **_look(look), hoverinfo="text",
            hovertext=[f"{whole_name(line.name)}<br>interval {number(100 * w)} percentage points "
                       "wide"
                       for w in line.width],
        )  # fmt: skip
    figure.add_hline(y=PLANNED, line={"color": MUTED, "width": 1, "dash": "dot"}, yref="y")
    figure.update_layout(
        xaxis={"tickvals": list(range(len(info.values))), "ticktext": list(map(str, info.values)),
               "range": [-0.5, len(info.values) - 0.5], "anchor": "y2",
               "title": {"text": VARIED[info.axis], "standoff": 6}},
        yaxis={"domain": [0.46, 1.0], "range": [0, 1.03], "tickformat": ".0%",
               "title": {"text": "studies that find it", "standoff": 6}},
        yaxis2={"domain": [0.0, 0.36], "rangemode": "tozero", "tickformat": ".0f",
                "title": {"text": "interval width,<br>percentage points", "standoff": 6}},
    )  # fmt: skip
    subtitle = "upper panel: share with p below alpha (dotted: 80%); lower: width of the interval"
    title = "How often a difference in dips would be found"
    return lay_out(
        figure, Frame(plot=440, left=104), title, subtitle, info.caption,
        [line.name for line in info.lines] if several else (),
    )  # fmt: skip


def _look(look: CourseStyle) -> dict[str, object]:
    return {
        "mode": "lines+markers", "cliponaxis": False,
        "line": {"color": look.colour, "dash": look.dash},
        "marker": {"symbol": look.symbol, "size": 9, "color": look.colour},
    }  # fmt: skip
