"""Picture of calibration: the probabilities given to twins of a cohort, and what came true."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go

from paintrend.plots.captions import definition, wrap
from paintrend.plots.theme import INK, MUTED, TEMPLATE, CourseStyle, caption_label, escape
from paintrend.results.belonging import check_kind
from paintrend.results.calibration import QUESTIONS, Calibration
from paintrend.scales import Scale
from paintrend.wording import count_share, percent, plural, records, time_unit

__all__ = ["CalibrationNumbers", "Reliability", "calibration_info", "draw_calibration",
           "plot_calibration"]  # fmt: skip

WIDTH, LEFT, RIGHT, ABOVE, PLOT, COUNTS, GAP = 940, 76, 20, 104, 270, 80, 34  # pixels
LOOKS: dict[str, CourseStyle] = {
    "dip": CourseStyle("#0072B2", "solid", "triangle-up"),
    "deterioration": CourseStyle("#D55E00", "solid", "cross"),
    "top course": CourseStyle("#000000", "solid", "circle"),
}
"""Look of each question; each has a panel of its own too."""


class Reliability(NamedTuple):
    """One reliability curve: by bin the mean probability given, the share of whom it was true with
    its 90% interval, and the number of twins; and the same over all twins."""

    question: str
    meaning: str
    predicted: tuple[float, ...]
    observed: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    n: tuple[int, ...]
    edges: tuple[tuple[float, float], ...]
    overall: str


class CalibrationNumbers(NamedTuple):
    """What `draw_calibration` draws: a panel per question."""

    panels: tuple[Reliability, ...]
    subtitle: str
    scale: Scale
    caption: tuple[str, ...]


def plot_calibration(calibration: Calibration) -> go.Figure:
    """Draw reliability curves on twins of the cohort: is a 30% right in 30%?

    Parameters
    ----------
    calibration
        From `paintrend.check_calibration`.

    Returns
    -------
    plotly.graph_objects.Figure
        One panel each for a dip, for a deterioration and for the likeliest course; numbers of twins
        below.

    Raises
    ------
    InputError
        If `calibration` is something else.

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(12, seed=1)
    >>> fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84, draws=100)
    >>> type(pt.plot_calibration(pt.check_calibration(fit, twins=1))).__name__
    'Figure'
    """
    check_kind(calibration, Calibration, "plot_calibration", "check_calibration(fit)")
    return draw_calibration(calibration_info(calibration))


def calibration_info(calibration: Calibration) -> CalibrationNumbers:
    """Collect the numbers of the figure."""
    table = calibration.table()
    summary = {row["question"]: row for row in records(calibration.summary())}
    panels = []
    for question, (_, _, meaning) in QUESTIONS.items():
        own, whole = table[table["question"] == question], summary[question]
        panels.append(
            Reliability(
                question=question,
                meaning=meaning,
                predicted=tuple(own["predicted"]),
                observed=tuple(own["observed"]),
                low=tuple(own["observed_low"]),
                high=tuple(own["observed_high"]),
                n=tuple(int(n) for n in own["n"]),
                edges=tuple(zip(own["low"], own["high"], strict=True)),
                overall=f"on average said {percent(whole['predicted'])}, "
                f"true {_true(float(whole['observed']))}",
            )
        )
    named = [
        f"named {confidence}: right in {_right(summary[f'named {confidence}'])}"
        for confidence in ("clear", "probable")
        if f"named {confidence}" in summary
    ]
    said = f"{'; '.join(named)[0].upper()}{'; '.join(named)[1:]}. " if named else ""
    judged = time_unit(calibration.horizon).show(calibration.horizon)
    return CalibrationNumbers(
        panels=tuple(panels),
        subtitle=f"{plural(len(calibration.predictions), 'twin')} of "
        f"{plural(calibration.n_fitted, 'patient')}, whose true courses are known",
        scale=calibration.scale,
        caption=(
            f"{plural(calibration.n_patients, 'patient')}, "
            f"{calibration.n_patients - calibration.n_fitted} of them not fitted and without a "
            f"twin; visits of {plural(calibration.n_ratings, 'rating')}, {calibration.n_missing} "
            f"missing. {calibration.text}",
            f"{said}Bars: 90% intervals for independent twins. On the line a probability is right; "
            "above it, it was true more often than said.",
            f"{definition(calibration.criteria, calibration.scale)} "
            f"({calibration.scale.label}, {calibration.scale.direction_text}); judged at {judged}.",
        ),
    )


def _right(row: Mapping[str, Any]) -> str:
    """Say how many of those named so were right: "39 (91%) of 43"; a share of one says little."""
    n = int(row["n"])
    return f"{count_share(round(float(row['observed']) * n), n)} of {n}"


def _true(share: float) -> str:
    """Say a share that was counted, of which none is none and all is all."""
    return {0.0: "in none", 1.0: "in all"}.get(share, percent(share))


def draw_calibration(info: CalibrationNumbers) -> go.Figure:
    """Draw what `calibration_info` collected."""
    figure = go.Figure()
    n = len(info.panels)
    height = PLOT + GAP + COUNTS
    inner = WIDTH - LEFT - RIGHT
    layout, labels = {}, []
    for k, panel in enumerate(info.panels):
        a, b = ("" if k == 0 else str(2 * k + 1)), str(2 * k + 2)
        left = k / n + (0.02 if k else 0.0)
        domain = [left, (k + 1) / n - 0.02]
        _draw_panel(figure, panel, a, b)
        layout[f"xaxis{a}"] = {
            "domain": domain, "range": [-0.02, 1.02], "tickformat": ".0%", "anchor": f"y{a}",
            "tickvals": [0, 0.25, 0.5, 0.75, 1], "showticklabels": False,
        }  # fmt: skip
        layout[f"yaxis{a}"] = {
            "domain": [1 - PLOT / height, 1], "range": [-0.02, 1.02], "tickformat": ".0%",
            "tickvals": [0, 0.25, 0.5, 0.75, 1], "anchor": f"x{a}", "showticklabels": k == 0,
            "title": {"text": "share of whom it was true" if k == 0 else None},
        }  # fmt: skip
        layout[f"xaxis{b}"] = {
            "domain": domain, "range": [-0.02, 1.02], "tickformat": ".0%", "anchor": f"y{b}",
            "tickvals": [0, 0.25, 0.5, 0.75, 1],
            "title": {"text": "probability given", "standoff": 6, "font": {"size": 13}},
        }  # fmt: skip
        layout[f"yaxis{b}"] = {
            "domain": [0, COUNTS / height], "anchor": f"x{b}", "showticklabels": k == 0,
            "range": [0, 1.25 * max(max(p.n, default=1) for p in info.panels)], "nticks": 3,
            "title": {"text": "twins" if k == 0 else None},
        }  # fmt: skip
        labels.append(
            {"x": 0, "xref": f"x{a} domain", "y": 1, "yref": f"y{a} domain", "xanchor": "left",
             "yanchor": "bottom", "yshift": 4, "showarrow": False, "align": "left",
             "font": {"size": 12}, "text": f"<b>{escape(panel.meaning)}</b><br>{panel.overall}"}
        )  # fmt: skip
    caption = wrap(info.caption, int(inner / 5.9), WIDTH - 24)
    below = 66 + 17 * len(caption)
    figure.update_layout(
        template=TEMPLATE, width=WIDTH, height=ABOVE + height + below, showlegend=False, bargap=0,
        margin={"l": LEFT, "r": RIGHT, "t": ABOVE, "b": below},
        title={
            "text": f"<b>Is a probability right on patients like these?</b><br>{info.subtitle}",
            "y": 1, "yref": "container", "yanchor": "top", "pad": {"t": 22},
        },
        annotations=[*labels, caption_label(caption, down=56, left=LEFT - 16)],
        **layout,
    )  # fmt: skip
    return figure


def _draw_panel(figure: go.Figure, panel: Reliability, a: str, b: str) -> None:
    look, axes = LOOKS[panel.question], {"xaxis": f"x{a}", "yaxis": f"y{a}"}
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": MUTED, "width": 1, "dash": "dash"},
        hoverinfo="skip", name="a right probability", **axes,
    )  # fmt: skip
    observed = np.array(panel.observed)
    words = [
        f"given {_range(low, high)} (mean {escape(percent(said))}):<br>true in "
        f"{escape(percent(true))} of {plural(n, 'twin')} (90%: {escape(percent(least))} to "
        f"{escape(percent(most))})"
        for (low, high), said, true, n, least, most in zip(
            panel.edges, panel.predicted, panel.observed, panel.n, panel.low, panel.high,
            strict=True,
        )
    ]  # fmt: skip
    figure.add_scatter(
        x=panel.predicted, y=panel.observed, mode="lines+markers", name=panel.meaning,
        line={"color": look.colour, "width": 1.5, "dash": look.dash},
        marker={"symbol": look.symbol, "size": 9, "color": look.colour,
                "line": {"color": "white", "width": 0.5}},
        error_y={"type": "data", "symmetric": False, "color": look.colour, "thickness": 1.2,
                 "width": 0, "array": np.array(panel.high) - observed,
                 "arrayminus": observed - np.array(panel.low)},
        hoverinfo="text", hovertext=words, cliponaxis=False, **axes,
    )  # fmt: skip
    figure.add_bar(
        x=[(low + high) / 2 for low, high in panel.edges], y=panel.n, width=0.09,
        marker={"color": "#B0B0B0", "line": {"color": INK, "width": 0.5}}, hoverinfo="text",
        text=[str(n) for n in panel.n], textposition="outside", cliponaxis=False,
        textfont={"size": 9}, constraintext="none", textangle=0,
        hovertext=[f"{plural(n, 'twin')} given {_range(low, high)}"
                   for n, (low, high) in zip(panel.n, panel.edges, strict=True)],
        name="twins", xaxis=f"x{b}", yaxis=f"y{b}",
    )  # fmt: skip


def _range(low: float, high: float) -> str:
    """Give the edges of a bin: these are exact, so 0 and 100% may be said."""
    return f"{100 * low:.0f}% to {100 * high:.0f}%"
