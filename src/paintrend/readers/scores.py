"""The ratings: numbers on the scale, or a problem that says how to fix it."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from paintrend.readers.missing_codes import USUAL_NUMBERS, ask_about_codes
from paintrend.readers.near_numbers import ERROR_CELL, is_error_cell, number_within
from paintrend.readers.problems import Problems
from paintrend.readers.values import (
    TWO_READINGS,
    has_two_readings,
    is_missing,
    to_number,
    to_text,
)
from paintrend.scales import Scale

__all__ = ["check_scores"]

NUMBER_WORDS = "zero one two three four five six seven eight nine ten"
WORDS = {word: number for number, word in enumerate(NUMBER_WORDS.split())}
NUMBER = r"\d+(?:[.,]\d+)?"


def check_scores(
    raw: pd.Series,
    scale: Scale,
    column: str | np.ndarray,
    skip: np.ndarray,
    problems: Problems,
    *,
    codes_named: bool = True,
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Check the ratings against the scale.

    Parameters
    ----------
    raw : Series
        The column as read.
    scale : Scale
        What the ratings must fit.
    column : str or array of str
        The column's heading, or one for each row (one column per visit).
    skip : array of bool
        Rows whose rating says nothing (of another scale, shifted by one column ...).
    problems : Problems
        Gets ratings that are text, infinite, off the scale, or between its steps.
    codes_named : bool
        Whether the reader takes `missing_codes`, so that a question may name them.

    Returns
    -------
    scores : array of float
        The ratings, NaN where there is none that can be used.
    missing : array of bool
        Where the file has no rating.
    hints : list of str
        What many problems have in common.
    """
    text = to_text(raw)
    missing = is_missing(text)
    numbers = to_number(raw)
    numbers[skip] = np.nan
    shown = text.to_numpy(dtype=object)
    allowed = _allowed(scale)

    def heading(mask: np.ndarray) -> str | np.ndarray:
        return column if isinstance(column, str) else column[mask]

    no_number = np.isnan(numbers) & ~missing & ~skip
    if no_number.any():
        codes, distinct = pd.factorize(shown[no_number])
        said = [_explain(str(one), scale, allowed) for one in distinct]
        problem = np.array([one[0] for one in said], dtype=object)[codes]
        fix = np.array([one[1] for one in said], dtype=object)[codes]
        problems.add(no_number, heading(no_number), shown[no_number], problem, fix)
    infinite = np.isinf(numbers)
    problems.add(
        infinite,
        heading(infinite),
        shown[infinite],
        "is not a finite number",
        f"Write {allowed}, or leave the cell empty.",
    )
    finite = np.isfinite(numbers)
    filled = np.where(finite, numbers, scale.low)
    # What arithmetic or a column of single precision adds to an end of the scale is no rating.
    on_scale = np.clip(filled, scale.low, scale.high)
    filled = np.where(np.abs(filled - on_scale) <= 1e-7 * scale.span, on_scale, filled)
    off = finite & ((filled < scale.low) | (filled > scale.high))
    if off.any():
        coded = np.isin(numbers[off], USUAL_NUMBERS)
        fix = np.where(
            coded,
            "If this number stands for 'no answer', leave the cell empty; else correct it.",
            f"Correct it to {allowed}, or leave the cell empty if it is not known.",
        ).astype(object)
        span = f"is off the scale ({scale.name}: {scale.low:g} to {scale.high:g})"
        problems.add(off, heading(off), shown[off], span, fix)
    between = np.zeros(len(numbers), dtype=bool)
    if scale.step > 0:
        steps = (filled - scale.low) / scale.step
        between = finite & ~off & (np.abs(steps - np.round(steps)) > 1e-6)
        problems.add(
            between,
            heading(between),
            shown[between],
            f"is between the steps of the scale ({scale.name}: {_steps(scale)})",
            f"Write {allowed}. If any value may occur, use a scale of your own: "
            f"Scale(name, {scale.low:g}, {scale.high:g}, step=0).",
        )
    hints = _hints(numbers, off, between, finite, scale, codes_named)
    numbers = np.where(finite & ~off & ~between, filled, np.nan)
    return numbers + 0.0, missing, hints  # + 0.0 turns -0.0 into 0.0


def _steps(scale: Scale) -> str:
    if scale.step == 1 and scale.low.is_integer():
        return "whole numbers"
    return f"steps of {scale.step:g} from {scale.low:g}"


def _allowed(scale: Scale) -> str:
    """Say what a rating may be."""
    span = f"from {scale.low:g} to {scale.high:g}"
    if scale.step == 0:
        kind = "a number"
    elif scale.step == 1 and scale.low.is_integer():
        kind = "a whole number"
    else:
        return f"a number {span} in steps of {scale.step:g}"
    return f"{kind} {span}"


def _explain(text: str, scale: Scale, allowed: str) -> tuple[str, str]:
    """Return problem and fix for a rating that is no number."""
    value = text.strip().lower()
    if is_error_cell(value):
        return ERROR_CELL
    over = re.fullmatch(rf"({NUMBER})\s*(?:/|of|out of|von)\s*({NUMBER})", value)
    if over:
        if float(over[2].replace(",", ".")) == scale.high:
            return "is text, not a number", f"Write {over[1]}."
        return (
            f"is text, and out of {over[2]} where {scale.name} goes to {scale.high:g}",
            f"Write the rating as {allowed}.",
        )
    if value in WORDS:
        return "is a word, not a number", f"Write {WORDS[value]}."
    if re.fullmatch(rf"{NUMBER}\s*(?:-|to|\N{{EN DASH}}|/)\s*{NUMBER}", value):
        return "is a range, not one number", "Write one number, or leave the cell empty."
    if re.search(
        r"\d{4}-\d\d?-\d\d?|\d\d?[-. ](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", value
    ):
        return (
            "is a date: spreadsheets turn entries like 7/10 into dates",
            f"Write {allowed}, and format the column as numbers.",
        )
    if has_two_readings(value):
        return TWO_READINGS
    if value in ("true", "false"):
        return "is true/false, not a rating", f"Write {allowed}."
    number = number_within(value)
    if number and (number[0] != "-" or float(number.replace(",", ".")) >= scale.low):
        return (
            "has text beside the number",
            f"Write the number alone: {number}, if that is the rating.",
        )
    return (
        "is text, not a number",
        f"Write {allowed}, or leave the cell empty if there is no rating.",
    )


def _hints(
    numbers: np.ndarray,
    off: np.ndarray,
    between: np.ndarray,
    finite: np.ndarray,
    scale: Scale,
    codes_named: bool,
) -> list[str]:
    n = int(finite.sum())
    strange = off & ~np.isin(numbers, USUAL_NUMBERS)
    if n >= 5 and strange.sum() > 0.2 * n:
        low, high = float(numbers[finite].min()), float(numbers[finite].max())
        return [
            f"the ratings run from {low:g} to {high:g}, {scale.name} from {scale.low:g} to "
            f"{scale.high:g}: is this the right scale?"
        ]
    codes = ask_about_codes(numbers[finite], scale, named=codes_named)
    if n >= 5 and between.sum() > 0.2 * n:
        between_steps = f"many ratings lie between the steps of {scale.name}"
        return [f"{between_steps}: is this the right scale?", *codes]
    return codes
