"""Variables of a CDISC data set, and the rows of one question in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from paintrend.readers.problems import file_error
from paintrend.readers.raw import RawTable
from paintrend.readers.values import to_number, to_text
from paintrend.wording import plural

__all__ = ["Names", "find_names", "rows_of_parameter"]

SDTM_KINDS = ("CAT", "SCAT", "EVLINT", "EVINTX", "LOC", "LAT", "DIR", "EVAL", "METHOD", "STRESU")
ADAM_KINDS = ("PARAM", "PARCAT1", "PARCAT2", "AVALU")


@dataclass(frozen=True)
class Names:
    """Variables of a data set; "" where it has none.

    Parameters
    ----------
    system, prefix
        "CDISC ADaM" or "CDISC SDTM", and the two letters of the domain.
    code, label, value, text : str
        Code and name of the question, the number, and the same as text.
    status, imputed, baseline : str
        Whether it was done, how it was imputed, whether it is the baseline.
    kinds : tuple of str
        Variables that say what was rated, other than the code.
    """

    system: str
    prefix: str
    code: str
    label: str
    value: str
    text: str
    status: str
    imputed: str
    baseline: str
    kinds: tuple[str, ...]


def find_names(table: RawTable) -> Names:
    """Tell from the variables which data set this is.

    Raises
    ------
    DiaryError
        If it is neither, or lacks what every such data set has.
    """
    here = set(map(str, table.frame.columns))

    def known(*names: str) -> tuple[str, ...]:
        return tuple(name for name in names if name in here)

    def first(*names: str) -> str:
        return next(iter(known(*names)), "")

    tests = [name for name in here if name.endswith("TESTCD") and len(name) == 8]
    if "PARAMCD" in here:
        names = Names(
            system="CDISC ADaM",
            prefix="",
            code="PARAMCD",
            label=first("PARAM", "PARAMCD"),
            value="AVAL",
            text=first("AVALC"),
            status="",
            imputed=first("DTYPE"),
            baseline=first("ABLFL"),
            kinds=known(*ADAM_KINDS, *(f"QS{one}" for one in SDTM_KINDS)),
        )
    elif len(tests) == 1:
        p = tests[0][:2]
        names = Names(
            system="CDISC SDTM",
            prefix=p,
            code=tests[0],
            label=first(f"{p}TEST", tests[0]),
            value=f"{p}STRESN",
            text=first(f"{p}STRESC", f"{p}ORRES"),
            status=first(f"{p}STAT"),
            imputed="",
            baseline=first(f"{p}LOBXFL", f"{p}BLFL"),
            kinds=known(*(f"{p}{one}" for one in SDTM_KINDS)),
        )
    else:
        raise file_error(
            table.source,
            "there is no PARAMCD (ADaM) and no variable such as QSTESTCD (SDTM)",
            f"It has the variables: {', '.join(sorted(here)[:30])}.",
            column="PARAMCD",
        )
    absent = [name for name in ("USUBJID", names.value) if name not in here]
    if absent:
        raise file_error(
            table.source,
            f"there is no variable {' and no '.join(absent)}, which {names.system} data have",
            f"It has the variables: {', '.join(sorted(here)[:30])}.",
            column=", ".join(absent),
        )
    return names


def rows_of_parameter(
    table: RawTable, names: Names, parameter: str | None
) -> tuple[np.ndarray, dict[str, str]]:
    """Tell the rows of one question; which is meant is not guessed.

    Rows that say that the whole questionnaire was not done (QSALL) belong to each of its questions.
    """
    code = to_text(table.frame[names.code]).str.strip()
    label = to_text(table.frame[names.label]).str.strip()
    whole = f"{names.prefix}ALL" if names.prefix else ""
    offered = [one for one in dict.fromkeys(code) if one and one != whole]
    asked = (parameter or "").strip().casefold()
    found = [one for one in offered if one.casefold() == asked]
    found = found or [one for one in dict.fromkeys(code[label.str.casefold() == asked]) if asked]
    if parameter is None and len(offered) == 1:
        found = offered
    if len(found) != 1:
        said = f"no {names.code} is {parameter!r}" if parameter else f"several {names.code}"
        lines = [_described(table, names, one, code, label, names.value) for one in offered[:20]]
        raise file_error(
            table.source,
            f"{said}: {'; '.join(lines) or 'there are none'}",
            f"Choose one question: parameter={offered[0]!r}." if offered else "Check the data set.",
            column=names.code,
            value=parameter or "",
        )
    keep = (code == found[0]).to_numpy(dtype=bool)
    category = f"{names.prefix}CAT"
    if whole and category in table.frame.columns:
        own = to_text(table.frame[category]).str.strip()
        keep = keep | ((code == whole) & own.isin(set(own[keep]))).to_numpy(dtype=bool)
    return keep, {names.code: found[0]}


def _described(
    table: RawTable, names: Names, one: str, code: pd.Series, label: pd.Series, value: str
) -> str:
    rows = (code == one).to_numpy(dtype=bool)
    patients = to_text(table.frame["USUBJID"])[rows].nunique()
    numbers = to_number(table.frame[value])[rows]
    numbers = numbers[np.isfinite(numbers)]
    span = f", {numbers.min():g} to {numbers.max():g}" if numbers.size else ", no number"
    words = f" ({label[rows].iloc[0]})" if names.label != names.code else ""
    return f"{one}{words}: {plural(int(rows.sum()), 'row')}, {plural(patients, 'patient')}{span}"
