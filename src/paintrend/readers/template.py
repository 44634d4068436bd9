"""The form to fill in: headings, examples to delete, and what each column means."""

from __future__ import annotations

import csv
import datetime as dt
from importlib.util import find_spec
from os import PathLike
from pathlib import Path
from typing import Any

from paintrend.aside import path_of, written_aside
from paintrend.errors import InputError, MissingExtraError
from paintrend.readers.formulas import keep_as_text, quoted_formula
from paintrend.readers.ids import EXAMPLE
from paintrend.readers.sheet_choice import DIARY_SHEET
from paintrend.scales import Scale, get_scale

__all__ = ["write_template"]

N_FORM_ROWS = 5000  # rows that get the format and the check of the score


def write_template(path: str | PathLike[str], scale: str | Scale = "nrs") -> Path:
    """Write an empty diary to fill in: an Excel form, or a CSV file if `path` ends in .csv.

    The example rows must be deleted; `read_diary` reports those that are left.

    Parameters
    ----------
    path : path
        Ends in .xlsx or .csv. An existing file is not overwritten.
    scale : str or Scale
        The scale of the ratings.

    Returns
    -------
    Path
        Where the form was written.

    Raises
    ------
    InputError
        If `path` ends otherwise, or the file exists.
    MissingExtraError
        If Excel files cannot be written here.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> form = write_template(pathlib.Path(tempfile.mkdtemp()) / "diary.csv", scale="odi")
    >>> form.read_text(encoding="utf-8-sig").splitlines()[0]
    'patient_id,start,date,odi,inclusion'
    """
    scale = get_scale(scale)
    target = path_of(path)
    suffix = target.suffix.lower()
    if suffix not in (".xlsx", ".csv"):
        raise InputError(f"a form is an .xlsx or a .csv file, got {target.name!r}.")
    if target.exists():
        raise InputError(
            f"{target} exists and may hold data: give another name, or delete it first."
        )
    if not target.parent.is_dir():
        raise InputError(f"there is no folder {target.parent}.")
    if suffix == ".xlsx" and find_spec("openpyxl") is None:
        raise MissingExtraError(
            "writing an Excel form needs an extra: pip install 'paintrend[excel]'. "
            f"Or write it as CSV: {target.with_suffix('.csv').name}."
        )
    with written_aside(target) as aside:
        (_write_text if suffix == ".csv" else _write_workbook)(aside, scale)
    return target


def _write_text(target: Path, scale: Scale) -> None:
    with target.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(quoted_formula(name) for name in _columns(scale))
        writer.writerows(_examples(scale))


def _score_column(scale: Scale) -> str:
    return "pain" if scale.measures == "pain" else scale.name


def _columns(scale: Scale) -> dict[str, str]:
    """Return heading -> what it means, in plain words."""
    kind = "any number" if scale.step == 0 else f"in steps of {scale.step:g}"
    return {
        "patient_id": "The patient's code, the same on every row of that patient. No names. "
        "Leading zeros count: 007 is not 7.",
        "start": "The patient's day 0: the date on which treatment began. The same on every row "
        "of that patient, or on the first one only.",
        "date": "The date of the rating, e.g. 2024-03-14. With several ratings a day add the "
        "time: 2024-03-14 18:30. Ratings before day 0 are welcome.",
        _score_column(scale): f"The rating: {scale.label}, from {scale.low:g} to {scale.high:g}, "
        f"{kind}, {scale.direction_text}. Leave the cell empty if there was none.",
        "inclusion": '1 if this rating was used to decide that the patient takes part ("at least '
        '4 of 10", say), else 0 or empty. Such ratings are shown but not fitted.',
    }


def _examples(scale: Scale) -> list[list[Any]]:
    middle = scale.low + (scale.step or 1) * round(scale.span / 2 / (scale.step or 1))
    lower = middle - (scale.step or 1)
    day0 = dt.date(2024, 3, 14)
    day = dt.timedelta(days=1)

    def plain(score: float) -> float | int:
        return int(score) if float(score).is_integer() else score

    return [
        [f"{EXAMPLE}-1 (delete this row)", day0, day0 - 3 * day, plain(middle), 1],
        [f"{EXAMPLE}-1 (delete this row)", day0, day0 + 7 * day, plain(lower), 0],
        [f"{EXAMPLE}-2 (delete this row)", day0 + 5 * day, day0 + 5 * day, plain(middle), 0],
    ]


def _write_workbook(target: Path, scale: Scale) -> None:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    form = book.active
    form.title = DIARY_SHEET
    columns = _columns(scale)
    form.append(list(columns))
    for cell in form[1]:
        cell.font = Font(bold=True)
    for example in _examples(scale):
        form.append(example)
    for row in form.iter_rows(min_row=2, max_row=1 + len(_examples(scale))):
        for cell in row:
            cell.font = Font(italic=True, color="00808080")
    form.freeze_panes = "A2"
    formats = {"patient_id": "@", "start": "yyyy-mm-dd", "date": "yyyy-mm-dd"}
    for number, name in enumerate(columns, start=1):
        letter = get_column_letter(number)
        form.column_dimensions[letter].width = 30 if name == "patient_id" else 16
        if name in formats:
            # Set before anything is typed: as text, 007 keeps its zeros.
            for (cell,) in form[f"{letter}2:{letter}{N_FORM_ROWS}"]:
                cell.number_format = formats[name]
    letter = get_column_letter(list(columns).index(_score_column(scale)) + 1)
    check = DataValidation(
        type="whole" if scale.step == 1 and scale.low.is_integer() else "decimal",
        operator="between",
        formula1=f"{scale.low:g}",
        formula2=f"{scale.high:g}",
        allow_blank=True,
        showErrorMessage=True,
        errorTitle=scale.name,
        error=f"From {scale.low:g} to {scale.high:g}, or empty.",
    )
    check.add(f"{letter}2:{letter}{N_FORM_ROWS}")
    form.add_data_validation(check)
    guide = book.create_sheet("how to fill in")
    guide.append(["column", "what to write"])
    for name, text in columns.items():
        guide.append([name, text])
    guide.append(["", ""])
    guide.append(["rows", "One row per rating. Delete the grey example rows before use."])
    guide.append(["more", "Further columns (age, sex, group ...) may be added on the right."])
    for cell in guide[1]:
        cell.font = Font(bold=True)
    guide.column_dimensions["A"].width = 16
    guide.column_dimensions["B"].width = 90
    for (cell,) in guide["B2:B10"]:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                keep_as_text(cell)
    book.save(target)
