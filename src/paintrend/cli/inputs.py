"""From options to a diary, a scale, a horizon and criteria; what is missing is asked for."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from paintrend.cli.console import UsageError, say
from paintrend.cli.headings import for_ratings
from paintrend.cli.lists import listed_names, listed_parts, named_pairs
from paintrend.cli.wording import in_options
from paintrend.diary import read_diary, suggest_options
from paintrend.readers.table import kind_of
from paintrend.results.criteria import Criteria
from paintrend.results.diary import Diary
from paintrend.results.population import Population
from paintrend.scales import Scale, get_scale
from paintrend.shapes import LONGEST, SHORTEST
from paintrend.storage import read_population
from paintrend.wording import plural

__all__ = [
    "SIDE_COLUMNS",
    "Request",
    "Settings",
    "column_pairs",
    "criteria_of",
    "diary_of",
    "reading_options",
    "request_of",
    "say_notices",
    "scale_of",
    "selection",
    "settings_of",
    "suggestion",
]

SIDE_COLUMNS = {
    "symptom": "symptoms",
    **dict.fromkeys(("event", "note"), "events"),
    **dict.fromkeys(("status", "type", "dose", "intensity", "therapist", "reason"), "sessions"),
}
"""Columns of --columns that are not in the file of ratings, and the table that they are in."""

RANGE = re.compile(r"\s*([-+]?\d+(?:\.\d+)?)\s*-\s*([-+]?\d+(?:\.\d+)?)\s*")


@dataclass(frozen=True)
class Settings:
    """What `fit` and `report` are asked to do with ratings."""

    scale: Scale
    horizon: float
    criteria: Criteria
    population: Population | None


@dataclass(frozen=True)
class Request:
    """What `fit` and `report` work on."""

    diary: Diary
    horizon: float
    criteria: Criteria
    population: Population | None


def request_of(arguments: Namespace) -> Request:
    """Read everything that a fit needs.

    Raises
    ------
    UsageError
        If scale or horizon is missing; with what the file suggests.
    PaintrendError
        If the file, the population or an option cannot be used.
    """
    settings = settings_of(arguments, lambda: suggestion(arguments))
    diary = diary_of(arguments, settings.scale)
    say_notices(arguments, _set_aside(diary))
    return Request(diary, settings.horizon, settings.criteria, settings.population)


def settings_of(arguments: Namespace, suggest: Callable[[], str]) -> Settings:
    """Put scale, horizon, thresholds and population together; `suggest` says what fits the file.

    Raises
    ------
    UsageError
        If scale or horizon is missing.
    PaintrendError
        If the population or an option cannot be used.
    """
    population = read_population(arguments.population) if arguments.population else None
    scale, horizon = scale_of(arguments), arguments.horizon
    if population is not None:
        scale = scale or population.scale
        horizon = population.horizon if horizon is None else horizon
    missing = ["--scale"] if scale is None else []
    missing += ["--horizon (the day at which courses are judged)"] if horizon is None else []
    if scale is None or horizon is None:
        raise UsageError(f"needs {' and '.join(missing)}.\n{suggest()}")
    if horizon <= 0:
        raise UsageError(f"--horizon must be above 0 days, got {horizon:g}.")
    if not SHORTEST <= horizon <= LONGEST:
        raise UsageError(
            f"--horizon must be from {SHORTEST:g} to {LONGEST:,.0f} days, got {horizon:g}."
        )
    criteria = criteria_of(arguments)
    if population is not None and criteria.lasting_days is None:
        criteria = replace(criteria, lasting_days=population.lasting_days)
    # Before the file is read and fitted: a missing threshold shows at once.
    criteria.resolve(scale, horizon)
    return Settings(scale, horizon, criteria, population)


def suggestion(arguments: Namespace, *, horizon: bool = True) -> str:
    """Say what the ratings and days of the file suggest, read as the options say; without
    `horizon` only what it takes to read them."""
    options = reading_options(arguments)
    return in_options(
        suggest_options(
            arguments.file,
            columns=options["columns"],
            wide=options["wide"],
            sheet=_sheets(arguments),
            horizon=horizon,
        )
    )


def scale_of(arguments: Namespace) -> Scale | None:
    """Return the scale that the options name or describe; None if they do neither.

    Raises
    ------
    UsageError
        If they do both, or only half.
    ScaleError
        If there is no such scale, or its numbers contradict each other.
    """
    name, low, high = arguments.scale, arguments.low, arguments.high
    is_range = RANGE.fullmatch(name) if name else None
    options = ("low", "high", "step", "label", "unit")
    described = [option for option in options if getattr(arguments, option) is not None]
    described += ["higher_is_better"] if arguments.higher_is_better else []
    if is_range:
        if low is not None or high is not None:
            raise UsageError(f"--scale {name} gives the range already: leave out --low and --high.")
        low, high = float(is_range[1]), float(is_range[2])
    elif name:
        if described:
            given = ", ".join("--" + option.replace("_", "-") for option in described)
            raise UsageError(
                f"--scale {name} is a built-in scale; {given} is for one of your own: "
                "--scale LOW-HIGH, or --low and --high without --scale."
            )
        scale = get_scale(name)
        if arguments.severe is None:
            return scale
        return replace(scale, severe=arguments.severe, severe_assumed=False)
    elif not described:
        return None
    elif low is None or high is None:
        raise UsageError("a scale of your own needs --low and --high, or --scale LOW-HIGH.")
    # In the scale too, and not only in the criteria: learning starts from what counts as a change.
    return Scale(
        name=f"{low:g}-{high:g}",
        low=low,
        high=high,
        step=1.0 if arguments.step is None else arguments.step,
        better=getattr(arguments, "improvement", None),
        worse=getattr(arguments, "worsening", None),
        higher_is_worse=not arguments.higher_is_better,
        severe=arguments.severe,
        label=arguments.label or f"Rating from {low:g} to {high:g}",
        unit=arguments.unit or "points",
        source="Set by the user.",
    )


def criteria_of(arguments: Namespace) -> Criteria:
    """Return the thresholds given by options; the others stay at their default."""
    return Criteria(
        worsening=arguments.worsening,
        improvement=arguments.improvement,
        sustained_days=arguments.sustained_days,
        lasting_days=arguments.lasting_days,
    )


def diary_of(arguments: Namespace, scale: Scale) -> Diary:
    """Read the file, and say what the reader assumed."""
    sheet = _sheets(arguments)
    _check_kind(arguments)
    diary = read_diary(
        arguments.file,
        scale,
        sheet=sheet,
        select=selection(arguments),
        labels=None if arguments.labels is None else arguments.labels == "yes",
        **for_ratings(arguments, reading_options(arguments), sheet),
    )
    say_notices(arguments, diary.notices)
    return diary


def _check_kind(arguments: Namespace) -> None:
    """Refuse options for another kind of file than this one: they would be ignored."""
    if not Path(arguments.file).is_file():
        return
    kind = kind_of(arguments.file)
    if (arguments.sheet is not None or arguments.sheets is not None) and kind != "workbook":
        raise UsageError(f"--sheet and --sheets are for workbooks; {arguments.file} is none.")
    if arguments.labels is not None and kind in ("", "workbook", "parquet"):
        raise UsageError(
            f"--labels is for SPSS, Stata and SAS, which label values; {arguments.file} is none of "
            "these."
        )


def _set_aside(diary: Diary) -> list[str]:
    """Say how many rows a lenient reader left out."""
    if not len(diary.problems):
        return []
    counts = diary.provenance.counts if diary.provenance else {}
    rows = counts.get("set_aside", len(diary.problems))
    problems = plural(len(diary.problems), "problem")
    return [f"{plural(rows, 'row')} set aside because of {problems}; paintrend check lists them"]


def selection(arguments: Namespace) -> dict[str, str] | None:
    """Return what --select says: column -> value."""
    return named_pairs("--select", arguments.select) or None


def _sheets(arguments: Namespace) -> str | int | list[str] | dict[str, float] | None:
    sheet, sheets = arguments.sheet, arguments.sheets
    if sheets is None:
        return int(sheet) if sheet and sheet.isdecimal() and len(sheet) < 3 else sheet
    if sheet is not None:
        raise UsageError("--sheet and --sheets contradict each other: give one of them.")
    if sheets.strip() == "*":
        return "*"
    names = [part.strip() for part in listed_parts(sheets)]
    if not any("=" in name for name in names):
        return names
    return {name: _day(name, day) for name, day in named_pairs("--sheets", [sheets]).items()}


def reading_options(arguments: Namespace) -> dict[str, Any]:
    """Return the options of reading, except the sheet, under their names in Python."""
    visits = {
        name: _day(name, day) for name, day in named_pairs("--visits", arguments.visits).items()
    }
    pairs = column_pairs(arguments)
    for role, table in SIDE_COLUMNS.items():
        # what reads no such table leaves its columns to those who do
        if role in pairs and hasattr(arguments, table) and not getattr(arguments, table):
            raise UsageError(
                f"--columns {role}=... is about the table of --{table}, which is not given."
            )
    columns = {role: name for role, name in pairs.items() if role not in SIDE_COLUMNS}
    return {
        "columns": columns or None,
        "start": arguments.start,
        "time_unit": arguments.time_unit,
        "wide": visits or arguments.wide or None,
        "inclusion": arguments.inclusion,
        "missing_codes": listed_names(arguments.missing_codes) or None,
        "lenient": arguments.lenient,
    }


def column_pairs(arguments: Namespace) -> dict[str, str]:
    """Return what --columns says: standard name -> heading."""
    return named_pairs("--columns", arguments.columns)


def say_notices(arguments: Namespace, notices: Iterable[str]) -> None:
    """Say what the reader assumed."""
    if not arguments.quiet:
        for notice in notices:
            say(f"note: {in_options(notice)}")


def _day(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"{name}={text}: the day of a visit is a number.") from None
