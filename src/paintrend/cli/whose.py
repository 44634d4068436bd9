"""Which patients the option --patient names."""

from __future__ import annotations

from argparse import Namespace

from paintrend.cli.console import UsageError
from paintrend.results.diary import Diary

__all__ = ["patients_of"]


def patients_of(arguments: Namespace, diary: Diary) -> list[str]:
    """Give the patients asked for, each once.

    Raises
    ------
    UsageError
        If the ratings have no such patient; with the first ids that they have.
    """
    asked = list(dict.fromkeys(arguments.patient))
    known = set(diary.patient_ids)
    unknown = [name for name in asked if name not in known]
    if unknown:
        first = ", ".join(map(repr, diary.patient_ids[:3]))
        raise UsageError(
            f"--patient {', '.join(unknown[:5])}: not in {diary.source}; ids are text and must "
            f"match exactly, first ones: {first}."
        )
    return asked
