"""Courses, probabilities and levels in plain words, the same wherever a reader meets them.

Everything here turns a number into text and is called last: nothing computed goes through it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from paintrend.core.course_rules import COURSES

if TYPE_CHECKING:
    import pandas as pd

    from paintrend.scales import Scale

__all__ = [
    "CANNOT_TELL",
    "COURSE_LABELS",
    "LONGEST_ID",
    "TimeUnit",
    "beside_threshold",
    "count_share",
    "course_label",
    "level",
    "number",
    "percent",
    "plural",
    "records",
    "sentence",
    "short_id",
    "signed",
    "time_unit",
]

CANNOT_TELL = "cannot_tell"
"""The course that is named when the curves of a patient do not agree on one."""

COURSE_LABELS: dict[str, str] = {
    **{course: course.replace("_", " ") for course in COURSES},
    CANNOT_TELL: "cannot tell yet",
}
"""What a reader is shown for each course."""

JUDGED_AT = (20, 50, 80)
"""Percentages at which a judgement changes, with the default certainty."""

LONGEST_ID = 40
"""Characters of a patient id that a heading shows; tables always show all of it."""


class TimeUnit(NamedTuple):
    """Unit in which a figure shows time: `name` and how many of it make a day."""

    name: str
    per_day: float

    def show(self, day: float) -> str:
        """Say a day in words: "day 21", "hour 4"."""
        return f"{self.name} {number(day * self.per_day)}"

    def span(self, days: float) -> str:
        """Say a length of time: "7 days", "1 hour"."""
        text = number(days * self.per_day)
        return f"{text} {self.name}{'' if text == '1' else 's'}"


def time_unit(horizon: float) -> TimeUnit:
    """Choose the unit of time for a horizon in days: hours up to three days, else days.

    Examples
    --------
    >>> time_unit(84.0).show(21.0), time_unit(1.0).show(1 / 6)
    ('day 21', 'hour 4')
    >>> time_unit(84.0).span(7.0), time_unit(1.0).span(1 / 12), time_unit(1.0).span(1 / 24)
    ('7 days', '2 hours', '1 hour')
    """
    return TimeUnit("hour", 24.0) if horizon <= 3 else TimeUnit("day", 1.0)


def course_label(course: str) -> str:
    """Give the words for a course: "worse before better" for `worse_before_better`."""
    return COURSE_LABELS[course]


def percent(share: float) -> str:
    """Say a probability as a percentage that never claims certainty.

    A share of a limited number of curves is neither 0 nor 100%. A share below one at which a
    judgement changes is never rounded up to it, or a reader would see 50% where it takes 50%.

    Examples
    --------
    >>> percent(0.004), percent(0.246), percent(0.999), percent(float("nan"))
    ('<1%', '25%', '>99%', 'not known')
    >>> percent(0.498), percent(0.5)
    ('49%', '50%')
    """
    if math.isnan(share):
        return "not known"
    if share < 0.01:
        return "<1%"
    if share > 0.99:
        return ">99%"
    nearest = round(100 * share)
    return f"{nearest - 1 if nearest in JUDGED_AT and 100 * share < nearest else nearest}%"


def count_share(count: int, total: int) -> str:
    """Say a count with its share of the total: "61 (25%)"; here 0 is 0 and all is all."""
    if total == 0 or count in (0, total):
        return f"{count}"
    return f"{count} ({percent(count / total)})"


def number(value: float, decimals: int = 1) -> str:
    """Say a number without trailing zeros, "not known" where there is none.

    Examples
    --------
    >>> number(2.0), number(-0.04), number(3.456, 2), number(float("nan"))
    ('2', '0', '3.46', 'not known')
    """
    if math.isnan(value):
        return "not known"
    text = f"{value:.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", "\N{MINUS SIGN}")


def beside_threshold(value: float, threshold: float) -> str:
    """Say a number with as many decimals as it takes not to look like a threshold that it is not.

    Examples
    --------
    >>> beside_threshold(0.97, 1), beside_threshold(0.73, 1), beside_threshold(1.0, 1)
    ('0.97', '0.7', '1')
    """
    texts = [number(value, decimals) for decimals in (1, 2, 3)]
    same = [number(threshold, decimals) for decimals in (1, 2, 3)]
    return next((a for a, b in zip(texts, same, strict=True) if a != b), texts[0])


def signed(value: float, decimals: int = 1) -> str:
    """Say a change with its sign: "+1.5"."""
    text = number(value, decimals)
    return f"+{text}" if value > 0 and text not in ("0", "not known") else text


def level(value: float, scale: Scale) -> str:
    """Say a level in the scale's own values: whole numbers on scales of 50 points and more."""
    return number(value, 0 if scale.high - scale.low >= 50 else 1)


def plural(count: int, noun: str) -> str:
    """Say a count with its noun: "1 rating", "3 ratings"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the rows of a table as dicts, typed as the functions that read rows expect."""
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def sentence(text: str) -> str:
    """Return a notice with a capital and a full stop, unless it ends as a question.

    Examples
    --------
    >>> sentence("read as Windows-1252"), sentence("is this the right scale?")
    ('Read as Windows-1252.', 'Is this the right scale?')
    """
    said = f"{text[:1].upper()}{text[1:].rstrip('.')}"
    return said if said.endswith(("?", "!")) else f"{said}."


def short_id(patient_id: str, longest: int = LONGEST_ID) -> str:
    """Cut an id to what a heading or other place holds, and drop what cannot be shown."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in patient_id)
    return shown if len(shown) <= longest else shown[: longest - 1] + "\N{HORIZONTAL ELLIPSIS}"
