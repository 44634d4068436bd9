"""Picture of a tipping-point analysis: how much worse leavers would have to be."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd
import plotly.graph_objects as go

from paintrend.plots.captions import short_time, tabled_ratings
from paintrend.plots.groups import Frame, add_band, lay_out, need_columns
from paintrend.plots.theme import INK, SIGN, rgba
from paintrend.wording import LONGEST_ID, number, plural, printable, short_names

__all__ = ["TippingNumbers", "draw_tipping_point", "plot_tipping_point", "tipping_info"]

COLUMNS = ("delta", "lost", "difference", "low", "high", "p_value")
COLOUR = "#0072B2"
SIDES = {-1: "better than the reference", 0: "not told apart", 1: "worse than the reference"}


class TippingNumbers(NamedTuple):
    """What `draw_tipping_point` draws.

    Attributes
    ----------
    delta, difference, low, high : a number per delta
    conclusion : what the interval says at each delta, -1 (below 0), 0 or 1
    tips_at : the smallest delta of the table at which that is another than at the first; None
    subtitle : which group is compared with which; empty where the table does not tell
    caption : lines
    """

    delta: tuple[float, ...]
    difference: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    conclusion: tuple[int, ...]
    tips_at: float | None
    subtitle: str
    caption: tuple[str, ...]


def tipping_info(tipping: pd.DataFrame) -> TippingNumbers:
    """Collect what the picture of a tipping-point analysis shows.

    Raises
    ------
    InputError
        If the table is not one of `paintrend.tipping_point`.
    """
    table = need_columns("plot_tipping_point", tipping, COLUMNS, "paintrend.tipping_point")
    table = table.sort_values("delta", kind="stable")
    delta, difference, low, high = (
        tuple(map(float, table[name])) for name in ("delta", "difference", "low", "high")
    )
    conclusion = tuple(1 if a > 0 else -1 if b < 0 else 0 for a, b in zip(low, high, strict=True))
    tips = next((d for d, c in zip(delta, conclusion, strict=True) if c != conclusion[0]), None)
    first = SIDES[conclusion[0]]
    changes = (
        f"The conclusion ({first}) changes at the delta of {number(tips, 2)}."
        if tips is not None
        else f"The conclusion ({first}) stays up to the delta of {number(delta[-1], 2)}."
    )
    lost = plural(int(table["lost"].iloc[0]), "patient")
    when = (
        f" (last rating before {short_time(float(table['left_before'].iloc[0]))})"
        if "left_before" in table
        else ""
    )
    return TippingNumbers(
        delta, difference, low, high, conclusion, tips, _compared(table),
        (
            f"{changes} {lost} of {_group(table)} left early{when}; delta is added to the change "
            "at the end of each of them and of nobody in the reference."
            f"{_in_full(table)}{tabled_ratings(table)}",
            "Difference in the change at the end, adjusted for the start, with its interval; "
            "triangle: the interval lies on one side of 0; open circle: it holds 0. With delta 0 "
            "those who left are taken to resemble those who stayed. Only the deltas of the table "
            "were tried; which of them is likely the ratings cannot say.",
        ),
    )  # fmt: skip


def _group(table: pd.DataFrame) -> str:
    return printable(str(table["group"].iloc[0])) if "group" in table else "the group"


def _compared(table: pd.DataFrame) -> str:
    if "reference" not in table:
        return ""
    group, reference = _group(table), str(table["reference"].iloc[0])
    short = short_names([group, reference])
    return f"{short[group]} against the reference, {short[reference]}"


def _in_full(table: pd.DataFrame) -> str:
    """Say the whole name of the reference where the heading has no room for it."""
    reference = str(table["reference"].iloc[0]) if "reference" in table else ""
    cut = len(reference) > LONGEST_ID
    return f" Reference: {printable(reference)}." if cut else ""


def plot_tipping_point(tipping: pd.DataFrame) -> go.Figure:
    """Draw a comparison of two groups against how much worse the leavers of one became.

    Parameters
    ----------
    tipping : DataFrame
        From `paintrend.tipping_point`.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    InputError
        If the table is another one.

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(40, arms={"a": None, "b": None}, seed=1)
    >>> fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84)
    >>> found = pt.tipping_point(fit, by="arm", deltas=(0, 2, 4), m=4)
    >>> len(pt.plot_tipping_point(found).data)
    2
    """
    return draw_tipping_point(tipping_info(tipping))


def draw_tipping_point(info: TippingNumbers) -> go.Figure:
    """Draw what `tipping_info` collected."""
    figure = go.Figure()
    add_band(figure, info.delta, info.low, info.high, rgba(COLOUR, 0.15))
    figure.add_scatter(
        x=info.delta, y=info.difference, mode="lines+markers", showlegend=False,
        line={"color": COLOUR, "width": 2.5},
        marker={"size": 10, "color": COLOUR, "line": {"width": 1.5, "color": COLOUR},
                "symbol": [{0: "circle-open", 1: "triangle-up", -1: "triangle-down"}[c]
                           for c in info.conclusion]},
        hoverinfo="text",
        hovertext=[f"delta {number(d, 2)}: {number(y, 2)} ({number(a, 2)} to {number(b, 2)}), "
                   f"{SIDES[c]}"
                   for d, y, a, b, c in zip(*info[:5], strict=True)],
    )  # fmt: skip
    figure.add_hline(y=0, line={"color": INK, "width": 1})
    if info.tips_at is not None:
        figure.add_vline(x=info.tips_at, line={"color": SIGN, "width": 1.5, "dash": "dash"})
        figure.add_annotation(
            x=info.tips_at, y=1, yref="paper", yanchor="bottom", showarrow=False,
            text=f"tipping point: {number(info.tips_at, 2)}", font={"size": 12, "color": SIGN},
        )  # fmt: skip
    figure.update_layout(
        xaxis={"title": {"text": "delta: how much worse the leavers became than predicted, "
                         "scale units", "standoff": 6}},
        yaxis={"title": {"text": "difference at the end, scale units<br>"
                         "(above the line = worse than the reference)", "standoff": 6}},
    )  # fmt: skip
    return lay_out(
        figure, Frame(left=104, above=96), "How wrong would the prediction of leavers have to be?",
        info.subtitle, info.caption,
    )  # fmt: skip
