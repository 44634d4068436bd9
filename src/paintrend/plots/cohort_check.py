"""Picture of a cohort's ratings beside ratings that the model makes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from paintrend.plots.captions import axis_title, wrap
from paintrend.plots.theme import INK, MUTED, TEMPLATE, caption_label, escape
from paintrend.results.belonging import check_kind
from paintrend.results.check_statistics import STATISTICS
from paintrend.results.checks import CohortCheck
from paintrend.wording import plural, records

__all__ = ["CheckNumbers", "CheckRow", "check_numbers", "draw_check", "plot_cohort_check"]

WIDTH, ABOVE, ROW, BELOW = 940, 84, 34, 96  # pixels
SHOWN = 3.0
"""Half-widths of the model's range that the axis holds; what lies further out stands at its end."""
REPLICATED, DIFFERS = "#56B4E9", "#D55E00"


class CheckRow(NamedTuple):
    """One statistic, placed so that the replicates' median is 0 and their 90% range is -1 to 1.

    Attributes
    ----------
    label, numbers, meaning : words
    observed : place of what was rated, inf if no replicate varies and it differs
    replicated : places of the replicates
    differs : whether the ratings differ from what the model makes
    """

    label: str
    numbers: str
    meaning: str
    observed: float
    replicated: tuple[float, ...]
    differs: bool


class CheckNumbers(NamedTuple):
    """What `draw_check` draws.

    Attributes
    ----------
    rows : one per statistic
    caption : lines of text
    """

    rows: tuple[CheckRow, ...]
    caption: tuple[str, ...]


def plot_cohort_check(check: CohortCheck) -> go.Figure:
    """Draw each statistic of the ratings beside those of the replicated cohorts.

    Parameters
    ----------
    check
        From `paintrend.check_cohort`.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    InputError
        If `check` is something else.

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(12, seed=1)
    >>> fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84)
    >>> type(pt.plot_cohort_check(pt.check_cohort(fit))).__name__
    'Figure'
    """
    check_kind(check, CohortCheck, "plot_cohort_check", "check_cohort(fit)")
    return draw_check(check_numbers(check))


def check_numbers(check: CohortCheck) -> CheckNumbers:
    """Place observed and replicated statistics on one axis."""
    rows = []
    for row, values in zip(records(check.table()), check.replicated.T, strict=True):
        name, seen, low, high = row["statistic"], row["observed"], row["low"], row["high"]
        places = [_place(value, low, row["replicated"], high) for value in (seen, *values)]
        unit = f" {check.scale.unit}" if STATISTICS[name].unit == "points" else ""
        rows.append(
            CheckRow(
                label=check.label(name),
                numbers=f"{check.show(name, seen)}{unit}; {check.show(name, low)} to "
                f"{check.show(name, high)}",
                meaning=STATISTICS[name].meaning,
                observed=places[0],
                replicated=tuple(places[1:]),
                differs=name in check.differing,
            )
        )
    beyond = any(abs(row.observed) > SHOWN for row in rows)
    caption = (
        f"{plural(check.n_patients, 'patient')}, {check.n_patients - check.n_fitted} of them not "
        f"fitted; {plural(check.n_ratings, 'rating')} fitted, {check.n_missing} missing. "
        f"{', '.join(axis_title(check.scale))}.",
        f"Replicated: {check.n_replicates} times, every patient is rated anew on the same days, "
        "from a curve and a noise that fit the patient. Each row has its own axis, on which 90% "
        "of the replicated cohorts lie within the shaded range."
        + (" A triangle points to what lies beyond the axis." if beyond else ""),
        "Few ratings show large differences only, many show small ones too. That the ratings are "
        "like these does not show that the model is right.",
    )
    return CheckNumbers(tuple(rows), caption)


def _place(value: float, low: float, middle: float, high: float) -> float:
    gap, width = value - middle, high - middle if value > middle else middle - low
    if gap == 0.0:
        return 0.0
    return float(gap / width if width > 0.0 else np.copysign(np.inf, gap))


def draw_check(numbers: CheckNumbers) -> go.Figure:
    """Draw what `check_numbers` placed."""
    figure = go.Figure()
    rows = numbers.rows
    if rows:
        figure.add_vrect(
            x0=-1, x1=1, fillcolor=REPLICATED, opacity=0.16, line_width=0, layer="below"
        )
        figure.add_vline(x=0, line={"color": MUTED, "width": 1, "dash": "dot"}, layer="below")
    ticks = [(x, i) for i, row in enumerate(rows) for x in row.replicated if abs(x) <= SHOWN]
    figure.add_scatter(
        x=[x for x, _ in ticks], y=[i for _, i in ticks], mode="markers", hoverinfo="skip",
        marker={"symbol": "line-ns", "size": 12, "opacity": 0.45,
                "line": {"color": "#0072B2", "width": 1}},
        name="replicated", showlegend=bool(rows),
    )  # fmt: skip
    for differs, name, symbol, colour, size in (
        (False, "as rated", "diamond", INK, 12),
        (True, "as rated, differs", "x", DIFFERS, 13),
    ):
        group = [(i, row) for i, row in enumerate(rows) if row.differs == differs]
        shown = [float(np.clip(row.observed, -SHOWN, SHOWN)) for _, row in group]
        beyond = [abs(row.observed) > SHOWN for _, row in group]
        ends = ["triangle-right" if x > 0 else "triangle-left" for x in shown]
        figure.add_scatter(
            x=shown, y=[i for i, _ in group], mode="markers", name=name, cliponaxis=False,
            showlegend=bool(group), hoverinfo="text",
            hovertext=[f"{escape(row.label)}<br>{escape(row.meaning)}" for _, row in group],
            marker={"symbol": [end if out else symbol
                               for end, out in zip(ends, beyond, strict=True)],
                    "size": size, "color": colour, "line": {"color": "white", "width": 1}},
        )  # fmt: skip
    for i, row in enumerate(rows):
        said = f"{escape(row.numbers)}{'; <b>differs</b>' if row.differs else ''}"
        figure.add_annotation(
            x=1, xref="paper", y=i, xanchor="left", xshift=12, showarrow=False, align="left",
            text=said, font={"size": 12},
        )  # fmt: skip
    figure.add_annotation(
        x=1, xref="paper", y=1, yref="paper", xanchor="left", yanchor="bottom", xshift=12,
        showarrow=False, text="as rated; 90% of the replicated", font={"size": 12, "color": MUTED},
    )  # fmt: skip
    caption = wrap(numbers.caption, 140, WIDTH - 24)
    below = BELOW + 17 * len(caption)
    figure.update_layout(
        template=TEMPLATE, width=WIDTH, height=ABOVE + ROW * max(len(rows), 1) + below,
        margin={"l": 270, "r": 240, "t": ABOVE, "b": below},
        title={
            "text": "<b>Ratings as they are, and as the model makes them</b><br>"
            "the whole cohort beside cohorts made from the fitted curves",
            "y": 1, "yref": "container", "yanchor": "top", "pad": {"t": 24},
        },
        legend={"y": -52 / (ROW * max(len(rows), 1)), "yanchor": "top"},
        xaxis={"range": [-1.06 * SHOWN, 1.06 * SHOWN], "tickvals": [-1, 0, 1],
               "ticktext": ["low", "middle", "high"],
               "title": {"text": "less \N{LEFTWARDS ARROW} what the model makes "
                         "\N{RIGHTWARDS ARROW} more", "font": {"size": 13}, "standoff": 6}},
        yaxis={"tickvals": list(range(len(rows))), "ticktext": [escape(r.label) for r in rows],
               "range": [len(rows) - 0.5, -0.5]},
    )  # fmt: skip
    figure.add_annotation(caption_label(caption, down=88, left=254))
    return figure
