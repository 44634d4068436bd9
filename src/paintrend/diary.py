"""Read a diary: every check of a file in one place, every problem in one error."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from os import PathLike
from typing import Any

import pandas as pd

from paintrend.readers.checked import accepted_diary, check_table, check_time_unit
from paintrend.readers.kinds import select_rows
from paintrend.readers.suggest import suggest_options
from paintrend.readers.table import read_table
from paintrend.readers.template import write_template
from paintrend.results.diary import Diary
from paintrend.scales import Scale, get_scale

__all__ = ["read_diary", "suggest_options", "write_template"]


def read_diary(
    source: str | PathLike[str] | pd.DataFrame,
    scale: str | Scale,
    *,
    columns: Mapping[str, str] | None = None,
    start: Any = None,
    time_unit: str | None = None,
    wide: bool | Mapping[str, float] | None = None,
    sheet: str | int | Sequence[str] | Mapping[str, float] | None = None,
    inclusion: str | None = None,
    select: Mapping[str, str | Sequence[str]] | None = None,
    labels: bool | None = None,
    missing_codes: Collection[str | float] | None = None,
    lenient: bool = False,
) -> Diary:
    """Read ratings from a file or DataFrame, check them, and return them as a diary.

    One row per rating: ``patient_id``; ``pain`` (or a column named after the scale); and one of
    ``day`` (days since the patient's day 0), ``date`` with ``start`` (the date of day 0), or
    ``time`` with `time_unit`. Or one column per visit (`wide`). Other columns become covariates:
    of the patient where they are constant within every patient, else of the rating.

    An empty rating is a missed visit, not an error: it is counted and listed in
    ``diary.missing``.

    Parameters
    ----------
    source : path or DataFrame
        CSV (any usual separator and encoding), Excel, Parquet, SPSS (.sav, .zsav), Stata (.dta)
        or SAS transport (.xpt). Exports of REDCap, FHIR and CDISC: `read_redcap`, `read_fhir`,
        `read_cdisc`.
    scale : str or Scale
        Name of a built-in scale ("nrs", "vas", "odi" ...) or a `Scale`.
    columns : mapping, optional
        Standard name -> heading in the file: ``{"pain": "NRS today"}``.
    start : date, mapping or Series, optional
        Day 0 where the file has dates but no column ``start``: one date for all, or patient id
        -> date.
    time_unit : {"minutes", "hours", "days", "weeks"}, optional
        Unit of a column ``time``, and of bare numbers in headings of visits.
    wide : bool or mapping, optional
        True: one column per visit, the day read from headings such as "baseline", "day -7",
        "week 3". A mapping gives heading -> day.
    sheet : str, int, list of str or mapping, optional
        Sheet of an Excel file; needed only if several could be meant. Several sheets are put one
        below the other: a list of names, "*" for all of them, or name -> day where each sheet is
        a visit. Their names become the column ``sheet``.
    inclusion : str, optional
        Heading of the column that marks ratings used to select the patient (default
        ``inclusion``). They are kept and shown, but not fitted as ordinary baselines.
    select : mapping, optional
        Column -> the value, or values, to keep: ``{"body_site": "back", "recall": "24 h"}``. Where
        a patient's ratings are of several kinds of pain, body sites or recall periods, one must
        be chosen.
    labels : bool, optional
        SPSS and Stata: True takes the numbers in the value labels as ratings, False the codes.
        Needed only where the two differ.
    missing_codes : list of numbers and texts, optional
        What stands for "no answer" among the ratings: ``[-99, "refused"]``. Such a rating is a
        missed visit.
    lenient : bool
        Set rows with problems aside, list them in ``diary.problems``, and go on.

    Returns
    -------
    Diary

    Raises
    ------
    DiaryError
        With every problem of the file in ``.problems``; also if no usable rating is left.
    ScaleError
        If the scale is unknown.
    InputError
        If the arguments contradict each other.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"patient_id": ["007", "007"], "day": [7, 0], "pain": [4, 6]})
    >>> diary = read_diary(table, "nrs")
    >>> diary.ratings[["patient_id", "day", "pain"]].values.tolist()
    [['007', 0.0, 6.0], ['007', 7.0, 4.0]]
    """
    scale = get_scale(scale)
    check_time_unit(time_unit)
    checked = check_table(
        select_rows(read_table(source, sheet), select),
        scale,
        columns=columns,
        start=start,
        time_unit=time_unit,
        wide=wide,
        inclusion=inclusion,
        labels=labels,
        missing_codes=missing_codes,
    )
    return accepted_diary(checked, lenient=lenient)
