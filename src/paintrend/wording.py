"""Courses, probabilities and levels in plain words, the same wherever a reader meets them.

Everything here turns a number into text and is called last: nothing computed goes through it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from paintrend.core.course_rules import COURSES

if TYPE_CHECKING:
    import pandas as pd

    from paintrend.scales import Scale

__all__ = [
    "CANNOT_TELL",
    "CERTAINTY",
    "COURSE_LABELS",
    "LONGEST_ID",
    "TimeUnit",
    "amount",
    "as_given",
    "beside_threshold",
    "count_share",
    "course_label",
    "exact_percent",
    "level",
    "number",
    "percent",
    "plural",
    "printable",
    "records",
    "sentence",
    "short_id",
    "short_names",
    "signed",
    "time_unit",
    "with_unit",
]

ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"

CANNOT_TELL = "cannot_tell"
"""The course that is named when the curves of a patient do not agree on one."""

COURSE_LABELS: dict[str, str] = {
    **{course: course.replace("_", " ") for course in COURSES},
    CANNOT_TELL: "cannot tell yet",
}
"""What a reader is shown for each course."""

JUDGED_AT = (0.2, 0.5)
"""Shares at which a judgement changes, beside the certainty from which a course is clear."""

CERTAINTY = 0.8
"""Default share of curves from which a course is called clear."""

LONGEST_ID = 40
"""Characters of a patient id that a heading shows; tables always show all of it."""


class TimeUnit(NamedTuple):
    """Unit in which a figure shows time: `name` and how many of it make a day."""

    name: str
    per_day: float

    def show(self, day: float) -> str:
        """Say a day in words: "day 21", "hour 4"."""
        return f"{self.name} {number(day * self.per_day)}"

    def on(self, day: float) -> str:
        """Say when in a sentence: "on day 21", "at hour 4"."""
        return f"{self.before} {self.show(day)}"

    @property
    def before(self) -> str:
        """The word before a point of time in a sentence: on a day, at an hour."""
        return "on" if self.name == "day" else "at"

    def span(self, days: float, decimals: int = 1) -> str:
        """Say a length of time in words: "21 days", "1 hour"."""
        return amount(days * self.per_day, f"{self.name}s", decimals)


def time_unit(horizon: float) -> TimeUnit:
    """Choose the unit of time for a horizon in days: minutes up to three hours, hours up to three
    days, else days.

    Examples
    --------
    >>> time_unit(84.0).show(21.0), time_unit(1.0).on(1 / 6), time_unit(1 / 24).span(0.01)
    ('day 21', 'at hour 4', '14.4 minutes')
    """
    if horizon <= 3 / 24:
        return TimeUnit("minute", 1440.0)
    return TimeUnit("hour", 24.0) if horizon <= 3 else TimeUnit("day", 1.0)


def course_label(course: str) -> str:
    """Give the words for a course: "worse before better" for `worse_before_better`."""
    return COURSE_LABELS[course]


def percent(share: float, certainty: float = CERTAINTY) -> str:
    """Say a probability as a percentage that never claims certainty.

    A share of a limited number of curves is neither 0 nor 100%. A share below one at which a
    judgement changes is never rounded up to it, or a reader would see 50% where it takes 50%.

    Parameters
    ----------
    share
        The probability.
    certainty
        Share from which a course is called clear, or another limit that the user set.

    Examples
    --------
    >>> percent(0.004), percent(0.246), percent(0.999), percent(float("nan"))
    ('<1%', '25%', '>99%', 'not known')
    >>> percent(0.498), percent(0.5), percent(0.8675), percent(0.8675, certainty=0.87)
    ('49%', '50%', '87%', '86%')
    """
    if math.isnan(share):
        return "not known"
    if share < 0.01:
        return "<1%"
    if share > 0.99:
        return ">99%"
    nearest = round(100 * share)
    missed = any(share < at <= nearest / 100 for at in (*JUDGED_AT, certainty))
    return f"{nearest - 1 if missed else nearest}%"


def exact_percent(share: float) -> str:
    """Say a share that was set, not found, as a percentage: "80%", "86.5%", "100%"."""
    return f"{number(100 * share, 2)}%"


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


def as_given(value: object) -> str:
    """Say a value of a column, and in words that there is none.

    Examples
    --------
    >>> as_given("reduced"), as_given(63), as_given(float("nan")), as_given(None)
    ('reduced', '63', 'not given', 'not given')
    """
    # what is missing in a column of numbers, dates or text is not equal to itself
    gone = value is None or str(value) in ("<NA>", "NaT") or value != value
    return "not given" if gone else str(value)


def beside_threshold(value: float, threshold: float, decimals: int = 1) -> str:
    """Say a number with as many decimals as it takes not to look like a threshold that it is not,
    `decimals` at least.

    Examples
    --------
    >>> beside_threshold(0.97, 1), beside_threshold(0.73, 1), beside_threshold(1.0, 1)
    ('0.97', '0.7', '1')
    """
    tried = range(decimals, decimals + 3)
    texts = [number(value, n) for n in tried]
    same = [number(threshold, n) for n in tried]
    return next((a for a, b in zip(texts, same, strict=True) if a != b), texts[0])


def amount(value: float, unit: str, decimals: int = 2) -> str:
    """Say a size with its unit, which is given as for many: "1 point", "2 points", "10 mm".

    Examples
    --------
    >>> amount(1.0, "points"), amount(1.5, "T-score points"), amount(1.0, "mm")
    ('1 point', '1.5 T-score points', '1 mm')
    """
    return with_unit(number(value, decimals), unit)


def with_unit(said: str, unit: str) -> str:
    """Put a number that is text already before its unit, which is given as for many."""
    one = said.lstrip("+\N{MINUS SIGN}") == "1" and len(unit) > 3 and unit.endswith("s")
    return f"{said} {unit[:-1] if one else unit}"


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
    shown = printable(patient_id)
    return shown if len(shown) <= longest else shown[: longest - 1] + ELLIPSIS


def printable(text: str) -> str:
    """Replace what cannot be shown."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def short_names(names: Iterable[str], longest: int = LONGEST_ID) -> dict[str, str]:
    """Cut names to what a place holds so that different ones stay different.

    A name is cut at its end; where others would then look the same, in its middle, or down to what
    follows the beginning that they share; at last it gets a number.

    Examples
    --------
    >>> short_names(["exercise", "physiotherapy, ward A", "physiotherapy, ward B"], 14).values()
    dict_values(['exercise', 'physio… ward A', 'physio… ward B'])
    """
    names = list(dict.fromkeys(names))
    cut = {name: short_id(name, longest) for name in names}
    for shorter in (_keep_both_ends, _keep_what_differs):
        for alike in _alike(cut):
            cut |= shorter(alike, longest)
    for alike in _alike(cut):
        for k, name in enumerate(alike, 1):
            mark = f" ({k})"
            cut[name] = short_id(name, longest - len(mark)) + mark
    return cut


def _alike(cut: dict[str, str]) -> list[list[str]]:
    """Names that were cut to the same, each group in order."""
    groups: dict[str, list[str]] = {}
    for name, shown in cut.items():
        groups.setdefault(shown, []).append(name)
    return [group for group in groups.values() if len(group) > 1]


def _keep_both_ends(names: list[str], longest: int) -> dict[str, str]:
    end = longest // 2
    cut = {}
    for name in names:
        shown = printable(name)
        cut[name] = f"{shown[: longest - 1 - end].rstrip()}{ELLIPSIS}{shown[-end:]}"
    return cut


def _keep_what_differs(names: list[str], longest: int) -> dict[str, str]:
    letters = enumerate(zip(*names, strict=False))
    shared = next((i for i, each in letters if len(set(each)) > 1), min(map(len, names)))
    return {name: short_id(ELLIPSIS + name[max(0, shared - 3) :], longest) for name in names}
