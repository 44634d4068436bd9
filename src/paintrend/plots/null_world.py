"""Picture of a landmark test: the estimate beside those of worlds with nothing to find."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from paintrend.plots.captions import definition, ratings_behind, short_time, wrap
from paintrend.plots.theme import INK, MUTED, TEMPLATE, caption_label, escape
from paintrend.results.belonging import check_kind
from paintrend.results.landmark import LandmarkTest
from paintrend.wording import number

__all__ = ["NullWorldInfo", "draw_null_world", "null_world_info", "plot_null_world"]

BINS = 24
WIDTH, ABOVE, PANEL = 820, 96, 170  # pixels
COLOURS = {"no_link": "#0072B2", "no_dips": "#E69F00"}
PATTERNS = {"no_link": "", "no_dips": "/"}
TITLES = {
    "no_link": "World without a link: later levels follow from the levels so far",
    "no_dips": "World without dips: same starts and ends",
}
LEVELS = "estimate, scale units (positive = worse later)"
RESPONDERS = "estimate, difference in the share who are better (positive = more of them)"


class NullWorldInfo(NamedTuple):
    """What the figure shows.

    Attributes
    ----------
    observed, low, high : estimate in the cohort, and its usual 90% interval
    edges : (BINS + 1,) of the bars;  counts : name of the world -> (BINS,) made cohorts
    p_values : name of the world -> p
    axis : what the estimates are, in words
    caption : lines
    """

    observed: float
    low: float
    high: float
    edges: NDArray[np.float64]
    counts: dict[str, NDArray[np.int64]]
    p_values: dict[str, float]
    axis: str
    caption: list[str]


def null_world_info(test: LandmarkTest) -> NullWorldInfo:
    """Collect the numbers of the figure."""
    every = np.concatenate([*(world.estimates for world in test.worlds), [test.estimate]])
    edges = np.linspace(every.min(), every.max() + 1e-9, BINS + 1)
    out = test.patients.loc[~test.patients["analysed"], "reason"].value_counts()
    left = "".join(f"; {n} {reason}" for reason, n in out.items())
    counts = f" {definition(test.criteria, test.scale)}." if test.criteria is not None else ""
    return NullWorldInfo(
        test.estimate,
        test.estimate - 1.645 * test.std_error,
        test.estimate + 1.645 * test.std_error,
        edges,
        {world.name: np.histogram(world.estimates, edges)[0] for world in test.worlds},
        {world.name: world.p_value for world in test.worlds},
        RESPONDERS if test.outcome.startswith("responder") else LEVELS,
        [
            f"n = {test.n} of {len(test.patients)} patients{left}{ratings_behind(test)}.{counts}",
            f"Line: by how much {test.outcome.replace('_', ' ')} differs for each unit of "
            f"{test.predictor.replace('_', ' ')} seen by {short_time(test.landmark)}, adjusted for "
            "the levels at the start and on that day. Band: its usual 90% interval. Bars: the "
            f"same in {len(test.worlds[0].estimates)} made cohorts with the same visits, "
            "rounding, noise and drop-out; so few cannot give a p-value below "
            f"{test.smallest_p:.2g}.",
        ],
    )


def plot_null_world(test: LandmarkTest) -> go.Figure:
    """Draw the estimate of a landmark test beside those of its two null worlds.

    Parameters
    ----------
    test
        From `paintrend.landmark_test`.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    InputError
        If `test` is something else.

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(30, seed=1)
    >>> fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84)
    >>> figure = pt.plot_null_world(pt.landmark_test(fit, landmark=28, worlds=20))
    >>> len(figure.data)
    2
    """
    check_kind(test, LandmarkTest, "plot_null_world", "landmark_test(fit)")
    return draw_null_world(null_world_info(test))


def draw_null_world(info: NullWorldInfo) -> go.Figure:
    """Draw what `null_world_info` collected."""
    figure = go.Figure()
    centre = (info.edges[:-1] + info.edges[1:]) / 2.0
    step = info.edges[1] - info.edges[0]
    for k, (name, counts) in enumerate(info.counts.items()):
        axis = "" if k == 0 else "2"
        figure.add_bar(
            x=centre, y=counts, width=step, xaxis="x", yaxis=f"y{axis}", showlegend=False,
            marker={"color": COLOURS[name], "pattern": {"shape": PATTERNS[name]},
                    "line": {"color": "white", "width": 1}},
            hovertemplate="%{x:.2f}: %{y} made cohorts<extra></extra>",
        )  # fmt: skip
        figure.add_annotation(
            text=f"<b>{escape(TITLES[name])}</b>: p = {info.p_values[name]:.2g}", x=0, y=1,
            xref="paper", yref=f"y{axis} domain", xanchor="left", yanchor="bottom", showarrow=False,
            font={"size": 13}, bgcolor="rgba(255, 255, 255, 0.85)", borderpad=0,
        )  # fmt: skip
    figure.add_shape(
        type="rect", x0=info.low, x1=info.high, y0=0, y1=1, yref="paper", line={"width": 0},
        fillcolor="rgba(89, 89, 89, 0.15)", layer="below",
    )  # fmt: skip
    figure.add_shape(
        type="line", x0=info.observed, x1=info.observed, y0=0, y1=1, yref="paper",
        line={"color": INK, "width": 2},
    )  # fmt: skip
    figure.add_annotation(
        text=f"this cohort: {number(info.observed, 2)}", x=info.observed, y=1, yref="paper",
        yanchor="bottom", yshift=16, showarrow=False, font={"color": INK, "size": 12},
    )  # fmt: skip
    caption = wrap(info.caption, 120, WIDTH - 24)
    below = 96 + 17 * len(caption)
    figure.update_layout(
        template=TEMPLATE, width=WIDTH, height=ABOVE + 2 * PANEL + below, bargap=0,
        margin={"l": 70, "r": 30, "t": ABOVE, "b": below},
        title={"text": "<b>What the same analysis finds where there is nothing</b>", "y": 1,
               "yref": "container", "yanchor": "top", "pad": {"t": 22}},
        xaxis={"title": {"text": info.axis}, "anchor": "y2",
               "range": [min(info.edges[0], info.low) - step,
                         max(info.edges[-1], info.high) + step]},
        yaxis={"domain": [0.58, 1.0], "title": {"text": "made cohorts", "font": {"color": MUTED}}},
        yaxis2={"domain": [0.0, 0.42], "title": {"text": "made cohorts", "font": {"color": MUTED}}},
    )  # fmt: skip
    figure.add_annotation(caption_label(caption, down=64, left=54))
    return figure
