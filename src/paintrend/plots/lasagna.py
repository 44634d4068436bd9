"""Heat map of ratings: patients by time, ordered by course."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from paintrend.plots.captions import axis_title, wrap
from paintrend.plots.lasagna_numbers import GONE, MISSING, SPARSE, LasagnaNumbers, lasagna_info
from paintrend.plots.theme import INK, MUTED, TEMPLATE, caption_label, escape
from paintrend.wording import course_label, level, plural, short_names

if TYPE_CHECKING:
    from paintrend.results.courses import Courses
    from paintrend.results.fit import Fit

__all__ = ["draw_lasagna", "plot_lasagna"]

WIDTH, LEFT, RIGHT, ABOVE = 940, 180, 110, 84  # pixels
TALLEST, THINNEST, PLOT = 30, 4, 600
NUMBERED, NAMED = 18, 12
"""Pixels of a row from which on each cell has its number, and each row its name."""
ROW_ID = 10  # characters
HATCHES = {
    MISSING: ("no rating", "/", "white"),
    GONE: ("after the last rating", ".", "white"),
    SPARSE: ("fewer than half rated", "\\", "rgba(0, 0, 0, 0)"),
}


def plot_lasagna(fit: Fit, courses: Courses) -> go.Figure:
    """Draw the ratings of all patients as a heat map: a row per patient, ordered by course.

    Shows what spaghetti hides: when ratings are missing, who left, and what patients of one course
    have in common. Above 150 patients neighbours share a row, and the caption says so.

    Parameters
    ----------
    fit
        The fitted patients.
    courses
        Their courses.

    Returns
    -------
    plotly.graph_objects.Figure
        Darker is worse; each cell says its level when pointed at, and in a small cohort as a
        number.

    Raises
    ------
    InputError
        If the courses are of other patients, another day or horizon than the fit.

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(12, seed=1)
    >>> fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84)
    >>> type(pt.plot_lasagna(fit, pt.classify(fit))).__name__
    'Figure'
    """
    return draw_lasagna(lasagna_info(fit, courses))


def draw_lasagna(info: LasagnaNumbers) -> go.Figure:
    """Draw what `lasagna_info` collected."""
    figure = go.Figure()
    n_rows = max(len(info.names), 1)
    row = float(np.clip(PLOT / n_rows, THINNEST, TALLEST))
    plot = max(row * n_rows, 60.0)
    scale, per_day = info.scale, info.unit.per_day
    middle = (info.edges[:-1] + info.edges[1:]) / 2 * per_day
    shades = "Cividis_r" if scale.higher_is_worse else "Cividis"
    numbered = row >= NUMBERED
    what, direction = axis_title(scale)
    if len(info.names):
        figure.add_heatmap(
            x=middle, y=list(range(len(info.names))), z=info.level, zmin=scale.low, zmax=scale.high,
            colorscale=shades, xgap=0.5, ygap=0.5 if row >= 8 else 0, hoverinfo="text",
            hoverongaps=False,
            hovertext=[[_lines(cell) for cell in cells] for cells in info.hover],
            text=[["" if np.isnan(v) else level(float(v), scale) for v in values]
                  for values in info.level] if numbered else None,
            texttemplate="%{text}" if numbered else None, textfont={"size": 11},
            colorbar={"title": {"text": "rating", "side": "top"},
                      "len": min(1.0, 260 / plot), "lenmode": "fraction", "y": 1, "yanchor": "top",
                      "thickness": 14, "x": 1.02} if plot >= 160 else None,
            showscale=plot >= 160,
        )  # fmt: skip
    for kind in HATCHES:
        _draw_hatch(figure, info, kind)
    caption = wrap(info.caption, 150, WIDTH - 24)
    below = 92 + 17 * len(caption)
    named = row >= NAMED and info.per_row == 1
    figure.update_layout(
        template=TEMPLATE, width=WIDTH, height=ABOVE + plot + below, barmode="overlay", bargap=0,
        margin={"l": LEFT + (70 if named else 0), "r": RIGHT, "t": ABOVE, "b": below},
        title={
            "text": f"<b>Ratings of {plural(info.n_patients, 'patient')}, ordered by course</b><br>"
            f"{escape(what)}, {escape(direction)}; darker = worse",
            "y": 1, "yref": "container", "yanchor": "top", "pad": {"t": 28},
        },
        legend={"y": -48 / plot, "yanchor": "top"},
        xaxis={"range": [info.edges[0] * per_day, info.edges[-1] * per_day],
               "title": {"text": f"{info.unit.name}s since the start of treatment", "standoff": 6}},
        yaxis={"range": [n_rows - 0.5, -0.5], "showgrid": False, "ticks": "",
               "tickvals": list(range(len(info.names))) if named else [],
               "ticktext": list(map(escape, short_names(info.names, ROW_ID).values())) if named
               else []},
        shapes=[*_borders(info), {
            "type": "line", "x0": 0, "x1": 0, "yref": "paper", "y0": 0, "y1": 1,
            "line": {"color": MUTED, "width": 1, "dash": "dot"},
        }],
        annotations=[
            *_course_labels(info, 86 if named else 8, row),
            caption_label(caption, down=80, left=LEFT + (70 if named else 0) - 16),
        ],
    )  # fmt: skip
    return figure


def _lines(words: str) -> str:
    return "<br>".join(escape(line) for line in words.split("\n"))


def _draw_hatch(figure: go.Figure, info: LasagnaNumbers, kind: int) -> None:
    """Hatch cells that have no rating, or too few."""
    name, shape, under = HATCHES[kind]
    rows, columns = np.nonzero(info.kind == kind)
    edges = info.edges * info.unit.per_day
    if len(rows):
        figure.add_bar(
            x=np.diff(edges)[columns], base=edges[columns], y=rows, width=1.0, orientation="h",
            name=name, hoverinfo="text", showlegend=True,
            hovertext=[
                _lines(info.hover[i][k]) for i, k in zip(rows, columns, strict=True)
            ],
            marker={"color": under, "line": {"width": 0.4 if kind == SPARSE else 0, "color": INK},
                    "pattern": {"shape": shape, "bgcolor": under,
                                "fgcolor": "#9A9A9A" if kind != SPARSE else "#FFFFFF",
                                "size": 5, "solidity": 0.25}},
        )  # fmt: skip


def _borders(info: LasagnaNumbers) -> list[dict[str, Any]]:
    return [
        {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": band.start - 0.5,
         "y1": band.start - 0.5, "line": {"color": INK, "width": 1.5}}
        for band in info.bands[1:]
    ]  # fmt: skip


def _course_labels(info: LasagnaNumbers, left: int, row: float) -> list[dict[str, Any]]:
    """Names of the courses beside their rows, moved down where bands are too thin for a line."""
    labels: list[dict[str, Any]] = []
    free = -np.inf
    for band in info.bands:
        middle = (band.start + band.stop - 1) / 2 * row
        at = max(middle, free + 15)
        free = at
        labels.append(
            {"x": 0, "xref": "paper", "y": middle / row, "yshift": middle - at, "xshift": -left,
             "xanchor": "right", "yanchor": "middle", "showarrow": False, "font": {"size": 12},
             "text": f"{course_label(band.course)} <b>{band.n_patients}</b>"}
        )  # fmt: skip
    return labels
