"""The picture of a patient made low, so that it leaves room for words on its sheet."""

from __future__ import annotations

import plotly.graph_objects as go

from paintrend.export.frame import LINE, caption_of
from paintrend.export.layouts import fit_size
from paintrend.export.panels import keep_distances
from paintrend.export.sizes import PrintSize
from paintrend.export.wrapping import break_lines, count_lines
from paintrend.plots.placing import place_words

__all__ = ["lower_picture"]

PICTURE = PrintSize(186.0, None, 7.1)
"""What a sheet of A4 or Letter has between its margins, and points of the smallest letters."""

TITLE = 66.0
"""Pixels of the title above the plot."""

AXIS_TITLE = 12.0
"""Pixels of the letters that name an axis."""

PLOT = 200.0
"""Pixels of the height of the plot: with it everything fits onto one page."""

LEGEND = 100.0
"""Pixels below the plot for its axis and the legend."""


def lower_picture(figure: go.Figure) -> go.Figure:
    """Give the picture of a patient 186 mm wide, without the title and the caption, which stand as
    text beside it, and only as high as there is room for.

    Parameters
    ----------
    figure
        From `draw_patient`; it stays as it is.
    """
    bare = go.Figure(figure)
    note = caption_of(bare)
    if note is not None:
        down = -float(note.yshift or 0)
        bare.layout.annotations = [one for one in bare.layout.annotations if one != note]
        bare.layout.height += max(down, LEGEND) - bare.layout.margin.b
        bare.layout.margin.b = max(down, LEGEND)
    return _lower(fit_size(bare, PICTURE).figure)


def _lower(figure: go.Figure) -> go.Figure:
    """Leave out the title and make the plot as high as there is room for."""
    margin = figure.layout.margin
    plot = figure.layout.height - margin.t - margin.b
    keep_distances(figure, plot / PLOT)
    above = margin.t - TITLE
    # Beside a low plot the name of the scale needs more lines, or it is cut off.
    lines = figure.layout.yaxis.title.text.split("<br>")
    scale = break_lines(lines, PLOT, AXIS_TITLE)
    left = margin.l + LINE * AXIS_TITLE * (count_lines(scale) - len(lines))
    names = {"font": {"size": AXIS_TITLE}}
    figure.update_layout(
        height=above + PLOT + margin.b,
        margin={"t": above, "l": left},
        title={"text": ""},
        xaxis={"title": names},
        yaxis={"title": {**names, "text": scale}},
    )
    place_words(figure)
    return figure
