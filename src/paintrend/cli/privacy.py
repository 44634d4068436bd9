"""Hiding who patients are: --pseudonyms, --age-bands, --show-columns."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TypeVar

from paintrend.cli.console import OutputError, UsageError, say
from paintrend.cli.reported import Reported
from paintrend.cli.sessions import AfterSessions
from paintrend.privacy import Privacy, pseudonymise, read_key
from paintrend.results.diary import Diary

__all__ = ["hidden", "hidden_after", "hidden_reported", "privacy_of"]

Result = TypeVar("Result")


def privacy_of(arguments: Namespace, diary: Diary) -> Privacy | None:
    """Give what is to be hidden, before any time is spent on computing; None for nothing.

    Raises
    ------
    UsageError
        If the options do not suit each other, or the key would lie beside the results.
    OutputError
        If the folder holds files already: they may name patients.
    InputError
        If the key or a column cannot be used.
    """
    columns = tuple(name.strip() for name in arguments.show_columns.split(",") if name.strip())
    if not arguments.pseudonyms:
        if columns:
            raise UsageError("--show-columns goes with --pseudonyms: else all columns are shown.")
        if arguments.age_bands is None:
            return None
        return _tried(Privacy(age_years=arguments.age_bands), diary)
    key, folder = Path(arguments.pseudonyms), Path(arguments.output)
    if key.resolve().is_relative_to(folder.resolve()):
        raise UsageError(
            f"--pseudonyms {key}: the key must not lie in the folder of the results, {folder}. Who "
            "has both can tell who the patients are."
        )
    if folder.is_dir() and any(folder.iterdir()):
        raise OutputError(
            f"--pseudonyms needs a new or empty folder: what {folder} holds may name patients."
        )
    made = not key.exists()
    privacy = Privacy(key=read_key(key), age_years=arguments.age_bands, columns=columns)
    if made:
        say(f"note: a new key is in {key}; keep it, and keep it apart from the results.")
    return _tried(privacy, diary)


def _tried(privacy: Privacy, diary: Diary) -> Privacy:
    pseudonymise(diary, privacy)
    return privacy


def hidden(result: Result, privacy: Privacy | None, diary: Diary) -> Result:
    """Hide the patients of a result, if there is one and anything is to be hidden."""
    if result is None or privacy is None:
        return result
    # None is let through above, which the function itself does not know.
    return pseudonymise(result, privacy, diary=diary)  # type: ignore[type-var]


def hidden_reported(reported: Reported, privacy: Privacy | None, diary: Diary) -> Reported:
    """Hide the patients of what was reported."""
    return Reported(
        hidden(reported.symptoms, privacy, diary),
        hidden(reported.events, privacy, diary),
        reported.review_day,
        hidden(reported.sessions, privacy, diary),
    )


def hidden_after(
    after: AfterSessions | None, privacy: Privacy | None, diary: Diary
) -> AfterSessions | None:
    """Hide the patients of the response to sessions; how it goes with dose names none."""
    if after is None or privacy is None:
        return after
    return after._replace(response=hidden(after.response, privacy, diary))
