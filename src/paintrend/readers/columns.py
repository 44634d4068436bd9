"""Find which column is which, and say what a file has when one is missing."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from paintrend.errors import DiaryError, InputError
from paintrend.readers.headings import did_you_mean, looks_like, matching, simple_name
from paintrend.readers.raw import RawTable
from paintrend.results.diary import PROBLEM_COLUMNS
from paintrend.scales import Scale

__all__ = ["STANDARD", "ColumnsError", "find_columns", "find_side_columns"]

STANDARD = (
    "patient_id",
    "day",
    "date",
    "start",
    "time",
    "pain",
    "inclusion",
    "scale",
    "relation",
)


class ColumnsError(DiaryError):
    """Columns are missing or occur twice; `roles` holds those that were found."""

    roles: dict[str, str]


def find_columns(
    table: RawTable,
    scale: Scale,
    columns: Mapping[str, str] | None,
    *,
    inclusion: str | None,
    wide: bool,
) -> dict[str, str]:
    """Return which standard column is which column of the table.

    Exact names come first, then names that differ only in capitals, spaces and signs.

    Raises
    ------
    ColumnsError
        With every column that is missing or occurs twice, what the file has, and what looks
        like it.
    InputError
        If `columns` names something that is not a standard column.
    """
    names = [str(name) for name in table.frame.columns]
    wanted = _wanted(columns, STANDARD)
    if inclusion is not None:
        wanted["inclusion"] = inclusion
    roles, found = _asked_for(wanted, names)
    free = [name for name in names if name not in roles.values()]
    of_visits = ("day", "date", "time", "pain", "start") if wide else ()
    _take(roles, [r for r in STANDARD if r not in wanted and r not in of_visits], free, found)
    if not wide and "pain" not in wanted:
        _find_scores(roles, scale, free, found)
    needed = {"patient_id"} if wide else {"patient_id", "pain"}
    for role in sorted(needed - set(roles) - {part[0] for part in found}):
        found.append((role, f"there is no column {role}", looks_like(role, free, scale.name)))
    if not wide and not {"day", "date", "time"} & (set(roles) | {part[0] for part in found}):
        found.append(
            (
                "day",
                "there is no column day (or date with start, or time)",
                looks_like("day", free, scale.name),
            )
        )
    if found:
        raise _columns_error(table, names, found, roles)
    return roles


def find_side_columns(
    table: RawTable,
    columns: Mapping[str, str] | None,
    about: str,
    others: tuple[str, ...] = (),
    *,
    required: bool = True,
) -> dict[str, str]:
    """Return which standard column is which, in a table that goes with a diary.

    Parameters
    ----------
    table : RawTable
        The table: patients, days and the column `about`.
    columns : mapping, optional
        As in `paintrend.read_diary`.
    about : str
        Standard name of what the table is about: "symptom", "event".
    others : tuple of str
        Columns that it may have.
    required : bool
        Whether the column `about` must be there.

    Raises
    ------
    ColumnsError, InputError
        As `find_columns`.
    """
    names = [str(name) for name in table.frame.columns]
    standard = ("patient_id", "day", "date", "start", "time", about, *others)
    wanted = _wanted(columns, standard)
    roles, found = _asked_for(wanted, names)
    free = [name for name in names if name not in roles.values()]
    _take(roles, [role for role in standard if role not in wanted], free, found)
    known = set(roles) | {part[0] for part in found}
    for role in ("patient_id", about) if required else ("patient_id",):
        if role not in known:
            found.append((role, f"there is no column {role}", looks_like(role, free)))
    if not {"day", "date", "time"} & known:
        found.append(
            ("day", "there is no column day (or date with start)", looks_like("day", free))
        )
    if found:
        raise _columns_error(table, names, found, roles)
    return roles


def _wanted(columns: Mapping[str, str] | None, standard: tuple[str, ...]) -> dict[str, str]:
    """Check what the caller says of the columns."""
    if columns is not None and not isinstance(columns, Mapping):
        raise InputError(
            "columns= maps standard names to the file's: columns={'pain': 'NRS today'}; got "
            f"{type(columns).__name__}."
        )
    wanted = {key: str(value) for key, value in (columns or {}).items()}
    unknown = [key for key in wanted if key not in standard]
    if unknown:
        turned = [key for key in unknown if wanted[key] in standard]
        hint = (
            f" (turned round? columns={{{wanted[turned[0]]!r}: {turned[0]!r}}})" if turned else ""
        )
        raise InputError(
            f"columns= maps standard names to the file's; {unknown[0]!r} is not one of "
            f"{', '.join(standard)}{hint}."
        )
    return wanted


def _asked_for(
    wanted: dict[str, str], names: list[str]
) -> tuple[dict[str, str], list[tuple[str, str, str]]]:
    """Find the columns that the caller names; give them and what is wrong with the others."""
    for role, name in wanted.items():
        for other in wanted:
            if other > role and wanted[other] == name:
                raise InputError(f"the column {name!r} is given for both {other} and {role}.")
    roles: dict[str, str] = {}
    found: list[tuple[str, str, str]] = []
    for role, name in wanted.items():
        match = matching(name, names)
        if len(match) == 1:
            roles[role] = match[0]
        else:
            found.append(
                (
                    role,
                    f"there is no column {name!r} (asked for as {role})",
                    did_you_mean(name, names),
                )
            )
    return roles, found


def _take(
    roles: dict[str, str], standard: list[str], free: list[str], found: list[tuple[str, str, str]]
) -> None:
    """Take the columns that bear a standard name."""
    for role in standard:
        match = matching(role, free)
        if len(match) > 1:
            found.append(
                (
                    role,
                    f"several columns could be {role}: {', '.join(match)}",
                    f"Say which: columns={{{role!r}: {match[0]!r}}}.",
                )
            )
        elif match:
            roles[role] = match[0]


def _find_scores(
    roles: dict[str, str], scale: Scale, free: list[str], found: list[tuple[str, str, str]]
) -> None:
    """Take the column named after the scale for the ratings, unless ``pain`` is there as well."""
    named = [name for name in free if simple_name(name) == simple_name(scale.name)]
    if named and "pain" in roles and roles["pain"] not in named:
        found.append(
            (
                "pain",
                f"both {roles['pain']!r} and {named[0]!r} could be the {scale.name} ratings",
                f"Say which: columns={{'pain': {named[0]!r}}}.",
            )
        )
    elif len(named) == 1 and "pain" not in roles:
        roles["pain"] = named[0]


def _columns_error(
    table: RawTable,
    names: list[str],
    found: list[tuple[str, str, str]],
    roles: dict[str, str],
) -> ColumnsError:
    shown = ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")
    lines = [f"{table.source}: {'; '.join(problem for _, problem, _ in found)}."]
    if len(names) == 1:
        lines += ["  The file was read as one column: separate the values by commas."]
    else:
        lines += [f"  {role}: {fix}" for role, _, fix in found]
    lines += [f"The file has the columns: {shown}."]
    problems = pd.DataFrame(
        [["", "", role, "", problem, fix] for role, problem, fix in found],
        columns=list(PROBLEM_COLUMNS),
        dtype=object,
    )
    error = ColumnsError("\n".join(lines), problems)
    error.roles = roles
    return error
