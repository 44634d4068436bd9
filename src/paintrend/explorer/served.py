"""The explorer in a browser: a fitted cohort handed from one process to the page it serves."""

from __future__ import annotations

import os
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from paintrend.explorer.app import Explorer, explore

if TYPE_CHECKING:
    from paintrend.results.criteria import Criteria
    from paintrend.results.events import Events
    from paintrend.results.fit import Fit
    from paintrend.results.sessions import Sessions
    from paintrend.results.symptoms import Symptoms

__all__ = ["HANDED_OVER", "ServedCohort", "hand_over", "served_explorer"]

HANDED_OVER = "PAINTREND_EXPLORE"
"""Variable of the environment that names the file which `hand_over` wrote."""


@dataclass(frozen=True)
class ServedCohort:
    """What the page explores, and the folder for what is exported."""

    fit: Fit
    criteria: Criteria
    folder: Path
    symptoms: Symptoms | None = None
    events: Events | None = None
    sessions: Sessions | None = None


def hand_over(cohort: ServedCohort, file: Path) -> None:
    """Write a cohort for the process behind the page, which belongs to the same person.

    The folder has to be private, and to live as long as the server.
    """
    with file.open("wb") as stream:
        pickle.dump(cohort, stream)


def served_explorer() -> Explorer:
    """Give the explorer of the cohort that was handed over."""
    with Path(os.environ[HANDED_OVER]).open("rb") as stream:
        cohort: ServedCohort = pickle.load(stream)
    return explore(
        cohort.fit, criteria=cohort.criteria, symptoms=cohort.symptoms, events=cohort.events,
        sessions=cohort.sessions, folder=cohort.folder,
    )  # fmt: skip
