"""Read exports of other systems as diaries: REDCap, FHIR, CDISC; the same checks as for files."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from os import PathLike
from typing import Any

import pandas as pd

from paintrend.readers.cdisc import read_domain
from paintrend.readers.checked import accepted_diary, check_table
from paintrend.readers.fhir import STATUSES_USED, read_observations
from paintrend.readers.raw import Export
from paintrend.readers.redcap import read_export
from paintrend.results.diary import Diary
from paintrend.scales import Scale, get_scale

__all__ = ["read_cdisc", "read_fhir", "read_redcap"]


def read_redcap(
    source: str | PathLike[str] | pd.DataFrame,
    scale: str | Scale,
    *,
    pain: str | None = None,
    patient: str | None = None,
    date: str | None = None,
    start: Any = None,
    day: str | None = None,
    event_days: Mapping[str, float] | str | PathLike[str] | pd.DataFrame | None = None,
    instrument: str | None = None,
    complete_only: bool = False,
    answers: Mapping[str, float] | None = None,
    missing_codes: Collection[str | float] = (),
    covariates: Sequence[str] = (),
    inclusion: str | None = None,
    select: Mapping[str, str | Sequence[str]] | None = None,
    lenient: bool = False,
) -> Diary:
    """Read ratings from a REDCap export of a longitudinal or repeating project.

    Raw and label exports with one row per record, event and instance. Rows of other instruments,
    and events at which the question is never answered, are no missed visits. Only the fields that
    are named are taken: exports can hold names and addresses.

    Parameters
    ----------
    source : path or DataFrame
        CSV as REDCap exports it, or what else `read_diary` takes.
    scale : str or Scale
        As in `read_diary`.
    pain : str, optional
        Field with the ratings (its label in a label export); not needed if it is called ``pain``
        or as the scale.
    patient : str, optional
        Field with the patient's id, if it is not the record's.
    date, start : str, optional
        Field with the date of the rating; field with the date of day 0, which may stand on one row
        of the record. `start` may also be one date for all, or patient id -> date.
    day : str, optional
        Or: field with days since day 0.
    event_days : mapping or table, optional
        Or: event -> planned day, by unique name or label; a table has the columns ``event`` and
        ``day``. Planned days are not dates, which the notices say.
    instrument : str, optional
        Repeating instrument of the ratings, if they are on several.
    complete_only : bool
        Leave out ratings of forms that are not marked as complete, and list them.
    answers : mapping, optional
        Label -> number, for ratings exported as labels: ``{"No pain": 0, "Worst pain": 10}``.
    missing_codes : list of numbers and texts
        The project's codes for missing data, such as ``["NI", -99]``.
    covariates : list of str
        Further fields to keep; checkboxes under the name of their field.
    inclusion : str, optional
        As in `read_diary`; name the field in `covariates` too.
    select, lenient
        As in `read_diary`.

    Returns
    -------
    Diary
        With ``provenance``: instrument, fields, and what became of each row.

    Raises
    ------
    DiaryError
        With every problem in ``.problems``; if fields, events or times are missing or leave a
        choice, with what there is.
    InputError
        If the options contradict each other.

    Examples
    --------
    >>> export = pd.DataFrame(
    ...     {
    ...         "record_id": ["7", "7"],
    ...         "redcap_event_name": ["baseline_arm_1", "week_6_arm_1"],
    ...         "nrs_now": ["6", "3"],
    ...     }
    ... )
    >>> days = {"baseline_arm_1": 0, "week_6_arm_1": 42}
    >>> diary = read_redcap(export, "nrs", pain="nrs_now", event_days=days)
    >>> diary.ratings[["patient_id", "day", "pain"]].values.tolist()
    [['7', 0.0, 6.0], ['7', 42.0, 3.0]]
    """
    scale = get_scale(scale)
    export = read_export(
        source, scale, pain=pain, patient=patient, event_days=event_days, date=date, day=day,
        start=start, instrument=instrument, complete_only=complete_only, answers=answers,
        missing_codes=missing_codes, covariates=covariates, select=select,
    )  # fmt: skip
    return _checked(export, scale, inclusion, lenient)


def read_fhir(
    source: Any,
    scale: str | Scale,
    *,
    start: Any = None,
    code: str | Sequence[str] | None = None,
    statuses: Sequence[str] = STATUSES_USED,
    answers: Mapping[str, float] | None = None,
    identifier: str | None = None,
    time_zone: str | None = None,
    period: str | None = None,
    select: Mapping[str, str | Sequence[str]] | None = None,
    lenient: bool = False,
) -> Diary:
    """Read ratings from FHIR R4 Observations: bundles, pages of bundles, NDJSON.

    Values are taken from valueQuantity, valueInteger or valueCodeableConcept, of the Observation
    or of a component; answers by their LOINC code, never by their text. Observations that are
    cancelled or entered in error, and other states than `statuses`, are left out and listed. A
    dataAbsentReason is a missed visit.

    Parameters
    ----------
    source : path, list of paths, folder, or dict
        JSON or NDJSON files. All pages of a bundle are given together.
    scale : str or Scale
        As in `read_diary`.
    start : date, mapping or Series
        Day 0, which Observations do not hold: one date for all, or patient id -> date.
    code : str or list of str, optional
        LOINC code of the question, or ``system|code``. Not needed where exactly one code is known
        to be of the scale (72514-3 for "nrs").
    statuses : list of str
        Which are used, of registered, preliminary, final, amended, corrected, unknown.
    answers : mapping, optional
        Further answer codes (``code`` or ``system|code``) -> number.
    identifier : str, optional
        System of the identifier in the Patient resources that is to be the patient's id; the id
        of the resource, if not given.
    time_zone : str, optional
        Place whose clock tells the date ("Europe/Berlin"); that of each time itself, if not given.
    period : {"start", "end"}, optional
        Which end of an effectivePeriod counts, where it spans more than one date.
    select : mapping, optional
        As in `read_diary`; columns are ``body_site``, ``body_site_code``, ``method``, ``recall``.
    lenient : bool
        As in `read_diary`.

    Returns
    -------
    Diary
        With ``provenance``: codes, and what became of each Observation.

    Raises
    ------
    DiaryError
        With every problem in ``.problems``, by resource and element; if several codes could be
        meant, with all of them and counts; if a page of the bundle is missing.
    InputError
        If an option is wrong.

    Examples
    --------
    >>> observation = {
    ...     "resourceType": "Observation",
    ...     "id": "o1",
    ...     "status": "final",
    ...     "code": {"coding": [{"system": "http://loinc.org", "code": "72514-3"}]},
    ...     "subject": {"reference": "Patient/7"},
    ...     "effectiveDateTime": "2024-03-15T08:00:00+01:00",
    ...     "valueInteger": 6,
    ... }
    >>> diary = read_fhir(observation, "nrs", start="2024-03-14")
    >>> diary.ratings[["patient_id", "pain"]].values.tolist()
    [['7', 6.0]]
    """
    scale = get_scale(scale)
    export = read_observations(
        source, scale, code=code, start=start, statuses=statuses, answers=answers,
        identifier=identifier, time_zone=time_zone, period=period, select=select,
    )  # fmt: skip
    return _checked(export, scale, None, lenient)


def read_cdisc(
    source: str | PathLike[str] | pd.DataFrame,
    scale: str | Scale,
    *,
    parameter: str | None = None,
    visit_days: Mapping[str, float] | None = None,
    start: Any = None,
    covariates: Sequence[str] = (),
    inclusion: str | None = None,
    select: Mapping[str, str | Sequence[str]] | None = None,
    lenient: bool = False,
) -> Diary:
    """Read ratings from CDISC data: SDTM findings such as QS, or ADaM basic data structures.

    CDISC study days have no 0: day 1, on which treatment began, becomes day 0, day 2 becomes day
    1, and day -1 stays. Rows with a DTYPE (last value carried forward, say) are imputed: they are
    left out and listed, never fitted. NOT DONE is a missed visit.

    Parameters
    ----------
    source : path or DataFrame
        CSV, SAS transport (.xpt), or what else `read_diary` takes.
    scale : str or Scale
        As in `read_diary`.
    parameter : str, optional
        PARAMCD or QSTESTCD of the question (or its PARAM or QSTEST); not needed if there is one.
    visit_days : mapping, optional
        Visit, by name or number (AVISIT, AVISITN, VISIT, VISITNUM) -> day since treatment began,
        instead of the study day.
    start : date, mapping or Series, optional
        Day 0, to count dates (ADT, QSDTC) from instead of using study days.
    covariates : list of str
        Further variables to keep.
    inclusion, select, lenient
        As in `read_diary`.

    Returns
    -------
    Diary
        With ``provenance``: data set, question, how days were told, imputed rows.

    Raises
    ------
    DiaryError
        With every problem in ``.problems``; if several questions are there, with all of them.
    InputError
        If the options contradict each other.

    Examples
    --------
    >>> rows = {"USUBJID": ["01-7", "01-7"], "PARAMCD": ["NRS", "NRS"], "ADY": [-1, 1]}
    >>> diary = read_cdisc(pd.DataFrame({**rows, "AVAL": [6, 5]}), "nrs")
    >>> diary.ratings[["patient_id", "day", "pain"]].values.tolist()
    [['01-7', -1.0, 6.0], ['01-7', 0.0, 5.0]]
    """
    scale = get_scale(scale)
    export = read_domain(
        source, parameter=parameter, visit_days=visit_days, start=start, covariates=covariates,
        select=select,
    )  # fmt: skip
    return _checked(export, scale, inclusion, lenient)


def _checked(export: Export, scale: Scale, inclusion: str | None, lenient: bool) -> Diary:
    """Run the checks that all files go through."""
    checked = check_table(
        export.table, scale, columns=export.columns, start=export.start, inclusion=inclusion,
        codes_named=export.table.origin.system == "REDCap",
    )  # fmt: skip
    return accepted_diary(checked, lenient=lenient)
