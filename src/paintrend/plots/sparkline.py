"""Small pictures of patients as inline SVG: light enough for hundreds in one report."""

from __future__ import annotations

import html

import numpy as np
from numpy.typing import NDArray

from paintrend.plots.moments import on_axis
from paintrend.plots.panel import Panel
from paintrend.plots.session_marks import SessionMark
from paintrend.plots.theme import INK, MUTED, SIGN, STYLES
from paintrend.wording import plural

__all__ = ["sparkline_svg"]

WIDTH, HEIGHT, EDGE = 180, 54, 4
STRIP = 9
"""Pixels below the scale for the marks of sessions: no rating lies there."""
EVERY = 6
"""Grid points per drawn point: one in six is finer than a pixel of these pictures needs."""

FloatArray = NDArray[np.float64]


def sparkline_svg(panel: Panel, first_day: float) -> str:
    """Draw one patient as a small picture.

    Parameters
    ----------
    panel
        The patient's numbers.
    first_day
        Left end of the axis in days, at most 0; the same for all pictures of a table.

    Returns
    -------
    str
        An `svg` element with a description for those who do not see it.
    """
    start, end = first_day, panel.horizon

    def x(day: FloatArray | float) -> FloatArray:
        return EDGE + (np.asarray(day) - start) / (end - start) * (WIDTH - 2 * EDGE)

    def y(value: FloatArray | float) -> FloatArray:
        share = (np.asarray(value) - panel.low) / (panel.high - panel.low)
        return HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE)

    style = STYLES[panel.course]
    shown = [mark for mark in panel.sessions if start <= mark.day <= end]
    height = HEIGHT + (STRIP if shown else 0)
    parts = [
        f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" fill="#fff" '
        'stroke="#D0D0D0"/>',
        f'<path d="M{x(0.0):.1f} 1V{HEIGHT - 1}" stroke="#B0B0B0"/>',
    ]
    for moment in on_axis(panel.moments, start, end):
        at = float(x(moment.day))
        if moment.kind == "event":
            parts.append(
                f'<path d="M{at:.1f} 1V{HEIGHT - 1}" stroke="{MUTED}" stroke-dasharray="1 2"/>'
            )
        else:
            fill = SIGN if moment.kind == "same_day" else "#fff"
            parts.append(f'<path d="M{at:.1f} 10V{HEIGHT - 1}" stroke="{SIGN}"/>')
            parts.append(f'<path d="M{at - 4:.1f} 2h8l-4 8Z" fill="{fill}" stroke="{SIGN}"/>')
    if len(panel.curve_day):
        split = end if panel.forecast_from is None else panel.forecast_from
        keep = np.arange(0, len(panel.curve_day), EVERY)
        day = panel.curve_day[keep]
        band = _path(
            np.concatenate([x(day), x(day)[::-1]]),
            np.concatenate([y(panel.high90[keep]), y(panel.low90[keep])[::-1]]),
        )
        level = f"{y(panel.baseline):.1f}"
        parts += [
            f'<path d="{band}Z" fill="{style.colour}" fill-opacity="0.18"/>',
            f'<path d="M{x(0.0):.1f} {level}H{WIDTH - EDGE}" stroke="{MUTED}" stroke-width="0.7"/>',
        ]
        at_split = np.interp(split, panel.curve_day, panel.median)
        seen = day < split
        line = _path(
            x(np.append(day[seen], split)), y(np.append(panel.median[keep][seen], at_split))
        )
        parts.append(f'<path d="{line}" fill="none" stroke="{style.colour}" stroke-width="2"/>')
        if split < end:
            ahead = day > split
            line = _path(
                x(np.insert(day[ahead], 0, split)),
                y(np.insert(panel.median[keep][ahead], 0, at_split)),
            )
            parts.append(
                f'<path d="{line}" fill="none" stroke="{style.colour}" stroke-width="1.5" '
                'stroke-dasharray="4 3"/>'
            )
    for day_, value, inclusion in zip(panel.rating_day, panel.rating, panel.inclusion, strict=True):
        if start <= day_ <= end:
            fill = "#fff" if inclusion else INK
            parts.append(
                f'<circle cx="{x(day_):.1f}" cy="{y(value):.1f}" r="1.7" fill="{fill}" '
                f'stroke="{INK}" stroke-width="0.6"/>'
            )
    parts += [_mark(mark, float(x(mark.day)), HEIGHT + STRIP / 2 - 1) for mark in shown]
    label = html.escape(
        f"Patient {panel.patient_id}: {plural(len(panel.rating), 'rating')}{_moments(panel)}; "
        f"{panel.headline}",
        quote=True,
    )
    return (
        f'<svg class="spark" role="img" aria-label="{label}" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}">{"".join(parts)}</svg>'
    )


def _moments(panel: Panel) -> str:
    n_signs = sum(moment.kind != "event" for moment in panel.moments)
    n_events = len(panel.moments) - n_signs
    said = f", {plural(n_signs, 'warning sign')}" if n_signs else ""
    said += f", {plural(n_events, 'event')}" if n_events else ""
    return said + (f", {plural(len(panel.sessions), 'session')}" if panel.sessions else "")


def _mark(mark: SessionMark, x: float, y: float) -> str:
    """Draw a session by its status, as in the full picture: stroke, circle or cross."""
    line = f'stroke="{INK}" stroke-width="1"'
    if mark.status == "planned":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2" fill="#fff" {line}/>'
    if mark.status == "cancelled":
        return f'<path d="M{x - 2:.1f} {y - 2:.1f}l4 4m0 -4l-4 4" fill="none" {line}/>'
    return f'<path d="M{x:.1f} {y - 3:.1f}v6" {line}/>'


def _path(x: FloatArray, y: FloatArray) -> str:
    return "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(x, y, strict=True))
