"""Picture of a specification curve: one estimate for every combination of choices."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from paintrend.hypotheses.specifications import NUMBERS
from paintrend.plots.captions import BEHIND, tabled_ratings
from paintrend.plots.groups import Frame, lay_out, need_columns
from paintrend.plots.theme import INK, MUTED, escape
from paintrend.wording import number

__all__ = ["Specifications", "draw_specifications", "plot_specifications", "specification_info"]

ABOVE_ZERO, BELOW_ZERO, HOLDS_ZERO = "#D55E00", "#0072B2", "#595959"
UPPER, ROW, GAP = 260, 20, 24  # pixels


class Specifications(NamedTuple):
    """What `draw_specifications` draws, specifications by their estimates.

    Attributes
    ----------
    estimate, low, high, p_value : a number each
    choices : what was varied -> its values, a number per specification
    null : value without an effect; None for quantities that have none, such as a share
    side : where the interval lies: -1 below `null`, 1 above, 0 holds it; 2 without one
    caption : lines
    """

    estimate: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    p_value: tuple[float, ...]
    choices: dict[str, tuple[float, ...]]
    null: float | None
    side: tuple[int, ...]
    caption: tuple[str, ...]


def specification_info(specifications: pd.DataFrame, null: float | None = 0.0) -> Specifications:
    """Collect what the picture of a specification curve shows.

    Raises
    ------
    InputError
        If the table is not one of `paintrend.multiverse`.
    """
    table = need_columns("plot_specifications", specifications, NUMBERS, "paintrend.multiverse")
    table = table.sort_values("estimate", kind="stable")
    estimate, low, high, p = (tuple(map(float, table[name])) for name in NUMBERS)
    varied = {
        str(name): tuple(map(float, table[name]))
        for name in table.columns
        if name not in (*NUMBERS, *BEHIND)
    }
    side = tuple(
        2 if null is None else 1 if a > null else -1 if b < null else 0
        for a, b in zip(low, high, strict=True)
    )
    n = len(table)
    lies = (
        f" The interval lies above {number(null, 2)} in {side.count(1)}, below it in "
        f"{side.count(-1)}, and holds it in {side.count(0)}."
        if null is not None
        else ""
    )
    return Specifications(
        estimate, low, high, p, varied, null, side,
        (
            f"{n} combinations of choices, sorted by estimate: from {number(estimate[0], 2)} to "
            f"{number(estimate[-1], 2)}, median {number(float(np.median(estimate)), 2)}.{lies}"
            f"{tabled_ratings(table)}",
            "All rest on the same patients: one analysis seen from several sides, not as many "
            "tests. A point below says which value of each choice the estimate above it has.",
        ),
    )  # fmt: skip


def plot_specifications(
    specifications: pd.DataFrame, *, label: str = "estimate", null: float | None = 0.0
) -> go.Figure:
    """Draw the specification curve: sorted estimates with intervals, above the choices behind each.

    Parameters
    ----------
    specifications : DataFrame
        From `paintrend.multiverse`.
    label : str
        Name of the vertical axis.
    null : float, optional
        Value without an effect; None for a quantity that has none, such as a share.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    InputError
        If the table is another one.

    References
    ----------
    Simonsohn, Simmons & Nelson 2020, doi:10.1038/s41562-020-0912-z.

    Examples
    --------
    >>> import pandas as pd
    >>> import paintrend as pt
    >>> table = pd.DataFrame({"worsening": [1.5, 2.0], "estimate": [0.1, 0.2], "low": [-0.1, 0.05],
    ...                       "high": [0.3, 0.35], "p_value": [0.3, 0.02]})
    >>> len(pt.plot_specifications(table).data)
    4
    """
    return draw_specifications(specification_info(specifications, null), label)


def draw_specifications(info: Specifications, label: str = "estimate") -> go.Figure:
    """Draw what `specification_info` collected."""
    figure = go.Figure()
    n = len(info.estimate)
    x = np.arange(1, n + 1)
    off = np.array(info.side)
    at_null = number(info.null, 2) if info.null is not None else ""
    rows = [(name, value) for name, values in info.choices.items() for value in sorted(set(values))]
    for sign, name, colour, symbol in (
        (2, "estimate", BELOW_ZERO, "circle"),
        (0, f"interval holds {at_null}", HOLDS_ZERO, "circle-open"),
        (1, f"interval above {at_null}", ABOVE_ZERO, "triangle-up"),
        (-1, f"interval below {at_null}", BELOW_ZERO, "triangle-down"),
    ):
        at = np.flatnonzero(off == sign)
        if not at.size:
            continue
        estimate = np.array(info.estimate)[at]
        figure.add_scatter(
            x=x[at], y=estimate, mode="markers", name=name, showlegend=True,
            marker={"color": colour, "symbol": symbol, "size": 9 if n <= 60 else 5,
                    "line": {"width": 1.5, "color": colour}},
            error_y={"type": "data", "symmetric": False, "color": colour, "width": 0,
                     "thickness": 2 if n <= 60 else 1,
                     "array": np.array(info.high)[at] - estimate,
                     "arrayminus": estimate - np.array(info.low)[at]},
            hoverinfo="text", hovertext=[_words(info, int(i)) for i in at],
        )  # fmt: skip
        figure.add_scatter(
            x=[x[i] for i in at for _ in info.choices],
            y=[rows.index((name, values[i])) for i in at for name, values in info.choices.items()],
            mode="markers", yaxis="y2", showlegend=False, hoverinfo="skip",
            marker={"color": colour, "symbol": symbol, "size": 8 if n <= 60 else 4},
        )  # fmt: skip
    lower = ROW * len(rows)
    total = UPPER + GAP + lower
    if info.null is not None:
        figure.add_shape(
            type="line", x0=0, x1=1, xref="paper", y0=info.null, y1=info.null,
            line={"color": INK, "width": 1},
        )  # fmt: skip
    first = {name: next(i for i, row in enumerate(rows) if row[0] == name) for name in info.choices}
    for begin in list(first.values())[1:]:
        figure.add_shape(
            type="line", x0=0, x1=1, xref="paper", y0=begin - 0.5, y1=begin - 0.5, yref="y2",
            line={"color": "#CCCCCC", "width": 1},
        )  # fmt: skip
    figure.update_layout(
        xaxis={"range": [0.4, n + 0.6], "showticklabels": False, "ticks": "", "anchor": "y2",
               "title": {"text": f"{n} combinations, sorted by estimate", "standoff": 6}},
        yaxis={"domain": [(lower + GAP) / total, 1.0],
               "title": {"text": escape(label), "standoff": 6}},
        yaxis2={"domain": [0.0, lower / total], "range": [len(rows) - 0.5, -0.5],
                "tickvals": list(range(len(rows))), "showgrid": False,
                "ticktext": [f"{escape(name.replace('_', ' '))} {number(value, 2)}"
                             for name, value in rows]},
    )  # fmt: skip
    figure.update_yaxes(tickfont={"color": MUTED})
    shown = [trace.name for trace in figure.data if trace.name and info.null is not None]
    frame = Frame(plot=total, left=150, axis=40)
    return lay_out(
        figure, frame, "What other choices would have given", "estimates with their intervals "
        "above, the choices behind each below", info.caption, shown,
    )  # fmt: skip


def _words(info: Specifications, i: int) -> str:
    chosen = "<br>".join(
        f"{escape(name.replace('_', ' '))} {number(values[i], 2)}"
        for name, values in info.choices.items()
    )
    p = f", p = {info.p_value[i]:.2g}" if np.isfinite(info.p_value[i]) else ""
    return (
        f"{number(info.estimate[i], 3)} ({number(info.low[i], 3)} to {number(info.high[i], 3)})"
        f"{p}<br>{chosen}"
    )
