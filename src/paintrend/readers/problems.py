"""The list of problems that every check adds to, and the error it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from paintrend.errors import DiaryError, InputError, switch_problem
from paintrend.readers.origin import Flaw
from paintrend.results.diary import PROBLEM_COLUMNS

__all__ = [
    "NoRowsError",
    "Problems",
    "check_lenient",
    "file_error",
    "no_rows_error",
    "rows_error",
]

N_SHOWN = 10


def check_lenient(lenient: object) -> None:
    """Refuse anything but True or False.

    Raises
    ------
    InputError
    """
    problem = switch_problem("lenient", lenient)
    if problem:
        raise InputError(f"{problem}.")


class NoRowsError(DiaryError):
    """A table has headings and no rows: an error for ratings, but not for every table."""

    headings: list[str]


class Problems:
    """Problems found so far, and the rows that they make unusable.

    Parameters
    ----------
    rows : array
        What each row is called in messages: its number in the file.
    source : str
        The file's name.
    counting : str
        How rows are counted, for the message.
    noun : str
        What each of `rows` is: a row of the file, or one of several visits in it.
    """

    id_column = "patient_id"
    """Heading of the patients' ids."""

    def __init__(self, rows: np.ndarray, source: str, counting: str, noun: str = "row") -> None:
        self.rows = rows
        self.source = source
        self.counting = counting
        self.noun = noun
        self.bad = np.zeros(len(rows), dtype=bool)
        self.patient: np.ndarray = np.full(len(rows), "", dtype=object)
        self._parts: list[pd.DataFrame] = []
        self._told: dict[str, np.ndarray] = {}

    def add(
        self,
        where: np.ndarray,
        column: Any,
        values: Any,
        problem: Any,
        fix: Any,
        *,
        also: np.ndarray | None = None,
    ) -> None:
        """Add one problem per row in `where`.

        Parameters
        ----------
        where : array of bool or int
            Mask over all rows, or their positions.
        column, values, problem, fix
            One for all these rows, or an array with one for each of them.
        also : array of bool, optional
            Further rows that this problem makes unusable (all rows of a patient, say).
        """
        where = np.asarray(where)
        at = np.flatnonzero(where) if where.dtype == bool else where
        if also is not None:
            self.bad |= also
        if at.size == 0:
            return
        self.bad[at] = True
        part = pd.DataFrame({"at": at})
        for name, value in zip(
            ("column", "value", "problem", "fix"), (column, values, problem, fix), strict=True
        ):
            part[name] = pd.Series(value, dtype=object) if isinstance(value, np.ndarray) else value
        if isinstance(column, str) and column in self._told:
            part = part[~self._told[column][at]].reset_index(drop=True)
        if len(part):
            self._parts.append(part.astype({"value": object}))

    def add_flaws(self, flaws: Sequence[Flaw]) -> None:
        """Add what the reader of a format found; no other check says more of the same cells."""
        for column in dict.fromkeys(flaw.column for flaw in flaws):
            own = [flaw for flaw in flaws if flaw.column == column]
            at = np.array([flaw.at for flaw in own], dtype=np.int64)
            texts = [
                np.array([str(getattr(flaw, name)) for flaw in own], dtype=object)
                for name in ("value", "problem", "fix")
            ]
            self.add(at, column, *texts)
            for flaw in own:
                for told in flaw.about.split() or [column]:
                    if told not in self._told:
                        self._told[told] = np.zeros(len(self.rows), dtype=bool)
                    self._told[told][flaw.at] = True

    def __bool__(self) -> bool:
        return bool(self._parts)

    def table(self) -> pd.DataFrame:
        """Return all problems in the order of the file."""
        if not self._parts:
            return pd.DataFrame({name: pd.Series(dtype=object) for name in PROBLEM_COLUMNS})
        found = pd.concat(self._parts, ignore_index=True).sort_values("at", kind="stable")
        at = found["at"].to_numpy()
        found["row"] = pd.Series(list(self.rows[at]), index=found.index, dtype=object)
        found["patient_id"] = pd.Series(self.patient[at], index=found.index, dtype=object)
        # A row of several visits says what is wrong with the whole row once.
        once = found.drop_duplicates(["row", "column", "problem"])
        return once[list(PROBLEM_COLUMNS)].reset_index(drop=True).astype(object)

    def error(self, hints: list[str], *, can_skip: bool = True) -> DiaryError:
        """Return the one error that carries all problems; `can_skip` as in `rows_error`."""
        counts = int(self.bad.sum()), len(self.rows)
        return rows_error(
            self.source, self.counting, self.table(), counts, hints,
            can_skip=can_skip, noun=self.noun,
        )  # fmt: skip

    def stop_unless(self, lenient: bool, hints: Sequence[str] = ()) -> None:
        """Raise the error if there are problems, unless their rows are to be set aside.

        Raises
        ------
        DiaryError
            With every problem.
        InputError
            If `lenient` is neither True nor False.
        """
        check_lenient(lenient)
        if self and not lenient:
            raise self.error(list(hints))

    def nothing_left(self, hints: list[str]) -> DiaryError:
        """Return the error for a file in which no rating can be used."""
        counts = len(self.rows), len(self.rows)
        return rows_error(
            self.source, self.counting, self.table(), counts, hints,
            nothing_left=True, noun=self.noun,
        )  # fmt: skip


def rows_error(
    source: str,
    counting: str,
    table: pd.DataFrame,
    counts: tuple[int, int],
    hints: list[str],
    n_problems: int | None = None,
    *,
    nothing_left: bool = False,
    can_skip: bool = True,
    noun: str = "row",
) -> DiaryError:
    """Return the error that carries the problems of rows.

    Parameters
    ----------
    source, counting
        As in `Problems`.
    table : DataFrame
        The problems, or the first ones if there are `n_problems`.
    counts : (int, int)
        Rows that cannot be used, and all rows.
    hints : list of str
        What many of them have in common.
    n_problems : int, optional
        Number of problems; that of the rows of `table` if not given.
    nothing_left : bool
        Whether no rating can be used, so that setting rows aside does not help.
    can_skip : bool
        Whether it would help otherwise.
    noun : str
        As in `Problems`.
    """
    n = len(table) if n_problems is None else n_problems
    many = _count(n, "problem")
    if nothing_left:
        head = f"{source}: no usable rating in {_count(counts[1], noun)}."
        head += f" {many}. {counting}" if n else ""
    else:
        head = f"{source}: {many}; {counts[0]} of {_count(counts[1], noun)} cannot be used. "
        head += counting
    can_skip = can_skip and not nothing_left
    return DiaryError(_message(head, table, hints, can_skip=can_skip), table)


def file_error(
    source: str, problem: str, fix: str, *, column: str = "", value: str = "", row: Any = ""
) -> DiaryError:
    """Return the error for a file that cannot be read on as it is."""
    table = pd.DataFrame(
        [[row, "", column, value, problem, fix]], columns=list(PROBLEM_COLUMNS), dtype=object
    )
    return DiaryError(f"{source}: {problem}. {fix}", table)


def no_rows_error(
    source: str, headings: list[str], problem: str, fix: str, *, row: Any = ""
) -> NoRowsError:
    """Return the error for a table without rows; it knows the headings."""
    error = file_error(source, problem, fix, row=row)
    found = NoRowsError(str(error), error.problems)
    found.headings = headings
    return found


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}" + ("" if n == 1 else "s")


def _message(head: str, table: pd.DataFrame, hints: list[str], *, can_skip: bool) -> str:
    """Lay the first problems out in columns, the fix below each."""
    lines = [head]
    lines += [f"Note: {hint}" for hint in hints]
    if len(table):
        shown = table.head(N_SHOWN)
        cells = [
            [_short(cell, 24) for cell in shown[name]]
            for name in ("row", "patient_id", "column", "value")
        ]
        titles = ["row", "patient", "column", "value"]
        widths = [
            max(len(title), *map(len, column)) for title, column in zip(titles, cells, strict=True)
        ]

        def line(values: list[str], text: str) -> str:
            padded = (value.ljust(width) for value, width in zip(values, widths, strict=True))
            return ("  " + "  ".join(padded) + "  " + text).rstrip()

        lines += ["", line(titles, "problem and how to fix it")]
        texts = zip(*cells, shown["problem"], shown["fix"], strict=True)
        for *values, problem, fix in texts:
            lines += [line(values, str(problem)), line([""] * 4, f"-> {fix}")]
        if len(table) > N_SHOWN:
            by_column = table["column"].value_counts()
            counts = ", ".join(f"{name or 'whole row'} {n:,}" for name, n in by_column.items())
            more = len(table) - N_SHOWN
            lines += ["", f"  ... and {more:,} more. All of them by column: {counts}."]
    if can_skip:
        lines += [
            "",
            "The whole list is in this error's .problems; "
            "lenient=True sets these rows aside, keeps the list and goes on.",
        ]
    return "\n".join(lines)


def _short(value: Any, width: int) -> str:
    # A line break or tab inside a value would break the columns.
    text = " ".join(str(value).split()) if str(value).strip() else str(value)
    text = "".join(char if char.isprintable() else "?" for char in text)
    return text if len(text) <= width else text[: width - 3] + "..."
