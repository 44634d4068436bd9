"""A table that lacks a column: what is wrong with the columns that are there is said as well."""

from __future__ import annotations

from collections.abc import Callable, Collection

import pandas as pd

from paintrend.errors import DiaryError
from paintrend.readers.columns import ColumnsError
from paintrend.readers.days import days_from_numbers
from paintrend.readers.ids import check_ids
from paintrend.readers.long import add_rows_too_long
from paintrend.readers.missing_codes import without_codes
from paintrend.readers.problems import Problems
from paintrend.readers.raw import RawTable
from paintrend.readers.scores import check_scores
from paintrend.scales import Scale

__all__ = ["with_rows"]


def with_rows(
    error: ColumnsError,
    table: RawTable,
    *,
    scale: Scale | None = None,
    missing_codes: Collection[str] = (),
    check_patients: Callable[..., object] | None = None,
) -> DiaryError:
    """Return the error about columns with the problems of ids, days and ratings added, so that a
    file is not mended twice.

    Parameters
    ----------
    error : ColumnsError
        From `columns.find_columns` or `find_side_columns`; knows which columns were found.
    scale : Scale, optional
        Of the ratings, where the table is one of ratings.
    missing_codes : collection of str
        From `missing_codes.check_missing_codes`.
    check_patients : callable, optional
        Called with codes, ids and ``problems=``, where ids were found: adds what else is wrong
        with them.
    """
    if table.value_labels:  # what its numbers mean is not known before all columns are
        return error
    problems = Problems(table.rows, table.source, table.counting)
    problems.add_flaws(table.flaws)
    hints: list[str] = []
    frame, roles = table.frame, error.roles
    if "patient_id" in roles:
        codes, ids, _ = check_ids(frame[roles["patient_id"]], problems)
        if check_patients is not None:
            check_patients(codes, ids, problems=problems)
    skip = add_rows_too_long(table, problems)
    if "day" in roles:
        days_from_numbers(frame[roles["day"]], roles["day"], "days", problems)
    if "pain" in roles and scale is not None:
        rated, _ = without_codes(frame[roles["pain"]], missing_codes)
        _, _, hints = check_scores(rated, scale, roles["pain"], skip, problems)
    if not problems:
        return error
    rows = problems.error(hints, can_skip=False)
    both = pd.concat([error.problems, rows.problems], ignore_index=True)
    return DiaryError(f"{error}\nIn the columns that are there: {rows}", both)
