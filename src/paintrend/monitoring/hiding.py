"""Patients who are followed, without their ids."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from paintrend.monitoring.records import Monitor
from paintrend.privacy import Privacy, pseudonymise

__all__ = ["hidden_monitor"]


def hidden_monitor(monitor: Monitor, privacy: Privacy) -> Monitor:
    """Give a monitor with pseudonyms for ids, ages in bands, and what else `pseudonymise` hides.

    Nothing is looked at anew: states and shares stay as they are. What is drawn at random later
    (``fit_at``) takes other random numbers, because these go with the id.

    Parameters
    ----------
    monitor
        Stays as it is.
    privacy
        What to hide.

    Raises
    ------
    InputError
        If a column that privacy names is not there.
    """
    diary = monitor.diary

    def hidden(result: Any) -> Any:
        return None if result is None else pseudonymise(result, privacy, diary=diary)

    def table(frame: pd.DataFrame) -> pd.DataFrame:
        shown: pd.DataFrame = hidden(frame)
        if privacy.key is None or not len(shown):
            return shown
        # the order of the file could tell who they are
        return shown.sort_values("patient_id", kind="stable", ignore_index=True)

    said = hidden(pd.DataFrame({"patient_id": None, "text": list(monitor.notices)}))
    return replace(
        monitor,
        diary=hidden(diary),
        fold={privacy.pseudonym(name): fold for name, fold in monitor.fold.items()},
        looks=table(monitor.looks),
        coming=table(monitor.coming),
        symptoms=hidden(monitor.symptoms),
        events=hidden(monitor.events),
        sessions=hidden(monitor.sessions),
        notices=tuple(said["text"]),
    )
