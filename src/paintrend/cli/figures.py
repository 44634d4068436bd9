"""The figures that `paintrend export` can draw: what each shows, what it needs, how it is made."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterable
from typing import NamedTuple

import plotly.graph_objects as go

from paintrend.calibration import check_calibration
from paintrend.cli.console import UsageError
from paintrend.cli.figure_makers import (
    Sources,
    draw_check,
    draw_cohort,
    draw_outlooks,
    draw_patients,
    draw_prevalence,
    draw_responders,
    draw_retention,
    draw_sessions,
    draw_specifications,
    draw_swimmer,
    draw_times,
    draw_tipping,
)
from paintrend.errors import InputError
from paintrend.plots import (
    plot_calibration,
    plot_courses,
    plot_lasagna,
    plot_spaghetti,
)
from paintrend.results.diary import Diary

__all__ = [
    "FIGURES",
    "NOT_FROM_RATINGS",
    "Drawn",
    "check_wanted",
    "draw_figures",
    "wanted_figures",
]

NOT_FROM_RATINGS = {
    "power": "is about a study still to come, not about ratings: plot_power(power(...)) in Python",
    "policy": "is about alarms on simulated patients: plot_policy(alarm_policy(...)) in Python",
    "null_world": "needs a landmark and an outcome that you choose: "
    "plot_null_world(landmark_test(...)) in Python",
    "monitor": "belongs to patients who are followed: paintrend monitor",
}
"""Figures that cannot be made from a file of ratings alone, and where they are made."""


class Drawn(NamedTuple):
    """Figures by name, and why others that were asked for could not be made."""

    figures: dict[str, go.Figure]
    refused: dict[str, str]


Maker = Callable[[Sources], dict[str, go.Figure]]


class Kind(NamedTuple):
    """A figure: its words in the help, what it needs ("groups", "sessions", ""), how it is made."""

    words: str
    needs: str
    make: Maker


def check_wanted(arguments: Namespace, diary: Diary) -> None:
    """Check that what the figures need is there, before anything is fitted.

    Raises
    ------
    UsageError
        With everything that is missing.
    """
    wanted, columns = (
        set(arguments.figures) - {"all"},
        [str(name) for name in diary.patients.columns],
    )
    found = [f"{name} {why}" for name, why in NOT_FROM_RATINGS.items() if name in wanted]
    known = ", ".join(columns) or "there are none"
    if arguments.by is not None and arguments.by not in columns:
        found.append(
            f"--by {arguments.by}: no such column with one value per patient; those in "
            f"{diary.source}: {known}"
        )
    elif arguments.by is not None and arguments.pseudonyms:
        shown = [name.strip() for name in arguments.show_columns.split(",")]
        if arguments.by not in shown:
            found.append(
                f"--by {arguments.by}: with --pseudonyms a column is shown only if "
                f"--show-columns names it"
            )
    for name in wanted:
        needs = FIGURES[name].needs if name in FIGURES else ""
        if needs == "groups" and arguments.by is None:
            found.append(f"{name} compares groups: name their column with --by (columns: {known})")
        if needs == "sessions" and not arguments.sessions:
            found.append(f"{name} needs the table of --sessions")
    if arguments.tables < 2:
        found.append(f"--tables takes a whole number from 2, got {arguments.tables}")
    if found:
        raise UsageError("\n".join(f"--figures: {text}." for text in found))


def wanted_figures(arguments: Namespace) -> tuple[list[str], dict[str, str]]:
    """Give the figures to draw, and for "all" why others are left out."""
    if "all" not in arguments.figures:
        return list(arguments.figures), {}
    missing = {}
    for name, kind in FIGURES.items():
        if kind.needs == "groups" and arguments.by is None:
            missing[name] = "compares groups, and no --by names their column"
        if kind.needs == "sessions" and not arguments.sessions:
            missing[name] = "needs the table of --sessions"
    return [name for name in FIGURES if name not in missing], missing


def draw_figures(wanted: Iterable[str], sources: Sources) -> Drawn:
    """Draw figures by name; what cannot be made of these patients is told, not raised."""
    figures: dict[str, go.Figure] = {}
    refused: dict[str, str] = {}
    for name in FIGURES:
        if name not in wanted:
            continue
        sources.progress(f"drawing {name}", 0, 1)
        try:
            figures |= FIGURES[name].make(sources)
        except InputError as error:
            refused[name] = str(error)
    return Drawn(figures, refused)


def _one(name: str, make: Callable[[Sources], go.Figure]) -> Maker:
    return lambda of: {name: make(of)}


FIGURES: dict[str, Kind] = {
    "courses": Kind(
        "how common each course is", "", _one("courses", lambda of: plot_courses(of.courses))
    ),
    "cohort": Kind("small pictures, who needs a look first", "", _one("cohort", draw_cohort)),
    "check": Kind("ratings beside those that the model makes", "", _one("check", draw_check)),
    "spaghetti": Kind(
        "every curve, and the median", "",
        _one("spaghetti", lambda of: plot_spaghetti(*of.shown[:2])),
    ),
    "lasagna": Kind(
        "heat map of the ratings", "", _one("lasagna", lambda of: plot_lasagna(*of.shown[:2]))
    ),
    "swimmer": Kind("follow-up, spells, sessions, events", "", _one("swimmer", draw_swimmer)),
    "prevalence": Kind("shares for inference", "", _one("prevalence", draw_prevalence)),
    "responders": Kind("better by how much or more", "", _one("responders", draw_responders)),
    "time_to": Kind("days to a lasting change", "", draw_times),
    "retention": Kind("who stays, by course", "", _one("retention", draw_retention)),
    "tipping_point": Kind(
        "how much worse leavers would have to be", "groups", _one("tipping_point", draw_tipping)
    ),
    "specifications": Kind(
        "dips under other thresholds", "", _one("specifications", draw_specifications)
    ),
    "outlooks": Kind("what could be told on each day", "", _one("outlooks", draw_outlooks)),
    "calibration": Kind(
        "probabilities on made twins", "",
        _one("calibration", lambda of: plot_calibration(
            check_calibration(of.fit, criteria=of.criteria, progress=of.progress))),
    ),
    "sessions": Kind("pain after a session", "sessions", _one("sessions", draw_sessions)),
    "patients": Kind("patients one by one", "", draw_patients),
}  # fmt: skip
"""Figures by name, in the order in which they are written."""
