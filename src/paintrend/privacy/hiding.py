"""Results with pseudonyms in the place of ids, ages in bands, and nothing else that tells who."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from paintrend.errors import InputError
from paintrend.privacy.options import Privacy
from paintrend.privacy.words import LEFT_OUT, Scrubber
from paintrend.results.belonging import check_kind
from paintrend.results.courses import Courses
from paintrend.results.diary import RATING_COLUMNS, Diary
from paintrend.results.events import Events
from paintrend.results.fit import Fit
from paintrend.results.inference import Inference
from paintrend.results.session_response import SessionResponse
from paintrend.results.sessions import Sessions
from paintrend.results.symptoms import Symptoms

__all__ = ["pseudonymise"]

Result = TypeVar(
    "Result", Fit, Courses, Diary, Symptoms, Events, Sessions, SessionResponse, pd.DataFrame
)
KINDS: tuple[type, ...] = Result.__constraints__

SOURCE = "a file whose name is left out"


def pseudonymise(result: Result, privacy: Privacy, *, diary: Diary | None = None) -> Result:
    """Give a result with pseudonyms for ids and ages in bands; nothing is fitted anew.

    Figures, tables and files made from what comes back hold no original id, and patients stand in
    the order of their pseudonyms. Courses and percentages
    stay as they are; only what is drawn at random later (``as_of``, plausible values) takes other
    random numbers, because these go with the id.

    Parameters
    ----------
    result
        A fit, courses, diary, symptoms, events, sessions, a response to sessions, or a table with a
        column ``patient_id``.
    privacy
        What to hide.
    diary
        Whose ids to replace in texts as well, such as lists of problems; by default its own.

    Returns
    -------
    The same kind of result.

    Raises
    ------
    InputError
        If the result is of another kind, or a column that privacy names is not there.

    Examples
    --------
    >>> import pandas as pd
    >>> import paintrend as pt
    >>> frame = pd.DataFrame({"patient_id": "P1", "day": [0, 7], "pain": [6, 5], "age": [63, 63]})
    >>> diary = pt.read_diary(frame, scale="nrs")
    >>> privacy = pt.Privacy(key="correct horse battery staple", age_years=10)
    >>> hidden = pt.pseudonymise(diary, privacy)
    >>> hidden.patient_ids == (privacy.pseudonym("P1"),), list(hidden.patients["age"])
    (True, ['60 to 69'])
    """
    check_kind(privacy, Privacy, "pseudonymise", "Privacy(...)")
    if diary is not None:
        check_kind(diary, Diary, "pseudonymise(diary=)", "read_diary(...)")
    if not isinstance(result, KINDS):
        raise InputError(
            "pseudonymise takes a fit, courses, a diary, symptoms, events, sessions, a response to "
            f"sessions or a table with a column patient_id; got {type(result).__name__}."
        )
    return _Hider(privacy, _ids(result, diary)).hide(result)


def _ids(result: Any, diary: Diary | None) -> tuple[str, ...]:
    known: list[str] = list(diary.patient_ids) if diary is not None else []
    if isinstance(result, pd.DataFrame):
        if "patient_id" not in result:
            raise InputError("pseudonymise: the table has no column patient_id.")
        known += [str(name) for name in result["patient_id"].dropna()]
    elif isinstance(result, Symptoms):
        known += [*result.table["patient_id"], *result.asked["patient_id"]]
    elif isinstance(result, Events | Sessions):
        known += list(result.table["patient_id"])
    else:
        known += list(getattr(result, "patient_ids", ()))
    return tuple(dict.fromkeys(known))


class _Hider:
    """Hides patients in every kind of result, with one table of pseudonyms."""

    def __init__(self, privacy: Privacy, ids: tuple[str, ...]) -> None:
        self.privacy = privacy
        self.names = privacy.pseudonyms(ids) if privacy.key is not None else {}
        self.scrubber = Scrubber(self.names)

    def hide(self, result: Any) -> Any:
        """Hide the patients of a result of any kind."""
        if isinstance(result, Diary):
            return self._diary(result)
        if isinstance(result, Fit):
            return self._fit(result)
        if self.privacy.key is None:  # ages are held by a diary, a table, or the fit in a response
            if isinstance(result, SessionResponse):
                return replace(result, fit=self._fit(result.fit))
            return self._banded(result) if isinstance(result, pd.DataFrame) else result
        if isinstance(result, Courses):
            return self._courses(result)
        if isinstance(result, Symptoms):
            return replace(
                self._side(result),
                asked=self._sorted(result.asked),
                missing=self._sorted(result.missing),
            )
        if isinstance(result, Events):
            return replace(self._side(result), table=self._sorted(result.table.assign(note="")))
        if isinstance(result, Sessions):
            said = result.table["reason"].str.contains("pain", case=False, regex=False)
            bare = result.table.assign(therapist="", reason=np.where(said, "pain", ""))
            return replace(self._side(result), table=self._sorted(bare))
        if isinstance(result, SessionResponse):
            return self._response(result)
        return self._table(self._banded(result))

    def _courses(self, courses: Courses) -> Courses:
        rows = self._order(courses.patient_ids)
        return replace(
            courses,
            patient_ids=tuple(self._name(courses.patient_ids[row]) for row in rows),
            codes=courses.codes[rows],
            features=courses.features[rows],
            checks=courses.checks[rows],
            summary=self._table(courses.summary.iloc[rows].reset_index(drop=True)),
            fit_p=None if courses.fit_p is None else courses.fit_p[rows],
        )

    def _response(self, response: SessionResponse) -> SessionResponse:
        rows = self._order(response.patient_ids)
        return replace(
            response,
            fit=self._fit(response.fit),
            courses=self.hide(response.courses),
            courses_ignoring=self.hide(response.courses_ignoring),
            sessions=self.hide(response.sessions),
            draws={name: values[rows] for name, values in response.draws.items()},
            codes=response.codes[rows],
            levels=self._sorted(response.levels),
            aligned=self._sorted(response.aligned),
            summary=self._table(response.summary.iloc[rows].reset_index(drop=True)),
            notices=self._texts(response.notices),
        )

    def _fit(self, fit: Any) -> Any:
        diary = self._diary(fit.diary)
        if self.privacy.key is None:
            return replace(fit, diary=diary)
        known = fit.inference
        info = known.info.rename(index=self.names)
        if "reason" in info:
            info = info.assign(reason=info["reason"].map(self.scrubber.scrub))
        position = {self._name(name): row for name, row in known.position.items()}
        info = info.loc[list(diary.patient_ids)]
        return replace(fit, diary=diary, inference=Inference(known.posterior, position, info))

    def _diary(self, diary: Diary) -> Diary:
        missing = self._unknown_columns(diary)
        if missing:
            there = [*diary.patients, *(c for c in diary.ratings if c not in RATING_COLUMNS)]
            raise InputError(
                f"Privacy names {', '.join(map(repr, missing))}, which the ratings do not have; "
                f"they have {', '.join(map(repr, there)) or 'no further column'}."
            )
        kept = [name for name in diary.ratings if name in RATING_COLUMNS or self._shown(name)]
        ratings, patients = diary.ratings[kept], diary.patients
        patients = patients[[name for name in patients if self._shown(name)]]
        ratings, patients = self._banded(ratings), self._banded(patients)
        if self.privacy.key is None:
            return replace(diary, ratings=ratings, patients=patients)
        index = pd.Index(
            [self._name(name) for name in patients.index], name="patient_id", dtype="str"
        )
        return replace(
            diary,
            ratings=self._sorted(ratings),
            patients=patients.set_axis(index, axis=0).sort_index(),
            problems=self._problems(diary.problems),
            missing=self._sorted(diary.missing),
            notices=self._texts(diary.notices),
            source=SOURCE if diary.source else "",
            starts={},
            provenance=None,
        )

    def _unknown_columns(self, diary: Diary) -> list[str]:
        there = {str(name).casefold() for name in (*diary.patients, *diary.ratings)}
        wanted = list(self.privacy.columns)
        if self.privacy.age_years is not None:
            wanted.append(self.privacy.age_column)
        return [name for name in wanted if name.casefold() not in there]

    def _shown(self, column: Any) -> bool:
        if self.privacy.key is None:
            return True
        if self._is_age(column) and self.privacy.age_years is not None:
            return True
        return str(column).casefold() in {name.casefold() for name in self.privacy.columns}

    def _is_age(self, column: Any) -> bool:
        return str(column).casefold() == self.privacy.age_column.casefold()

    def _banded(self, table: pd.DataFrame) -> pd.DataFrame:
        if self.privacy.age_years is None:
            return table
        bands = {
            str(name): table[name].map(self.privacy.band) for name in table if self._is_age(name)
        }
        return table.assign(**bands) if bands else table

    def _side(self, side: Any) -> Any:
        return replace(
            side,
            table=self._sorted(side.table),
            problems=self._problems(side.problems),
            notices=self._texts(side.notices),
            source=SOURCE if side.source else "",
        )

    def _problems(self, problems: pd.DataFrame) -> pd.DataFrame:
        """Keep values that are numbers; any other text of the file might be a name."""
        if not len(problems):
            return problems
        rows = []
        for row in problems.to_dict("records"):
            value = "" if row.get("value") is None else str(row.get("value"))
            if value and (not _is_plain_number(value) or row.get("column") == "patient_id"):
                row["value"] = LEFT_OUT
                if len(value) > 2:
                    row["problem"] = str(row["problem"]).replace(value, LEFT_OUT)
                    row["fix"] = str(row["fix"]).replace(value, LEFT_OUT)
            rows.append(row)
        return self._table(pd.DataFrame(rows, columns=problems.columns))

    def _table(self, table: pd.DataFrame) -> pd.DataFrame:
        """Replace ids in the column of ids, and in the texts of all others."""
        if not len(table):
            return table
        changed: dict[str, Any] = {}
        for name in table.columns:
            column = table[name]
            if name == "patient_id":
                as_text = isinstance(column.dtype, pd.StringDtype)
                new = column.map(lambda value: value if pd.isna(value) else self._name(str(value)))
                changed[name] = new.astype("str") if as_text else new
            elif not (pd.api.types.is_numeric_dtype(column) or name in ("sign", "course")):
                changed[name] = column.map(
                    lambda value: self.scrubber.scrub(value) if isinstance(value, str) else value
                )
        return table.assign(**changed)

    def _sorted(self, table: pd.DataFrame) -> pd.DataFrame:
        """Hide a table and put patients into the order of their pseudonyms: the order of the file
        could tell who they are."""
        hidden = self._table(table)
        if not len(hidden):
            return hidden
        return hidden.sort_values("patient_id", kind="stable", ignore_index=True)

    def _order(self, patient_ids: tuple[str, ...]) -> list[int]:
        """Rows in the order of the pseudonyms."""
        return sorted(range(len(patient_ids)), key=lambda row: self._name(patient_ids[row]))

    def _texts(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(self.scrubber.scrub, texts))

    def _name(self, patient_id: str) -> str:
        # A row that was set aside may name a patient who is in no other table.
        return self.names.get(patient_id) or self.privacy.pseudonym(patient_id)


def _is_plain_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True
