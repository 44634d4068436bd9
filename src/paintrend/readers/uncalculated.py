"""Formulas of a workbook that were never calculated: their cells would be read as empty."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd

from paintrend.errors import DiaryError
from paintrend.readers.archives import BROKEN, chunks_of
from paintrend.results.diary import PROBLEM_COLUMNS

__all__ = ["refuse_uncalculated"]

LISTED = 20
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def refuse_uncalculated(path: Path, sheets: Iterable[str]) -> None:
    """Refuse sheets of an .xlsx workbook with formulas that have no value yet.

    Programs other than a spreadsheet write formulas without their values; whatever reads the file
    sees empty cells, which would count as missed visits.

    Raises
    ------
    DiaryError
        With the first cells and how to mend them.
    """
    # a workbook of another kind, or one that only its reader can make sense of, cannot be checked
    found: list[tuple[str, str, str]] = []
    with suppress(*BROKEN), zipfile.ZipFile(path) as archive:
        files = _files_of(archive)
        for name in filter(files.__contains__, sheets):
            found += [(name, *pair) for pair in _uncalculated(archive, files[name])]
    if not found:
        return
    fix = "Open the file in a spreadsheet program, save it there, and read it again."
    rows = [
        [int("".join(filter(str.isdigit, cell)) or 0), "", "".join(filter(str.isalpha, cell)),
         f"={formula}", f"sheet {name}: the formula in {cell} was never calculated", fix]
        for name, cell, formula in found
    ]  # fmt: skip
    listed = ", ".join(cell for _, cell, _ in found[:LISTED])
    more = f" and {len(found) - LISTED} more" if len(found) > LISTED else ""
    what = "a formula" if len(found) == 1 else "formulas"
    raise DiaryError(
        f"{path.name}: sheet {found[0][0]} has {what} without a value ({listed}{more}), from a "
        f"program that does not calculate; read as empty this would be a missed visit. {fix}",
        pd.DataFrame(rows, columns=list(PROBLEM_COLUMNS), dtype=object),
    )


def _files_of(archive: zipfile.ZipFile) -> dict[str, str]:
    """Which file of the archive each sheet is; nothing for other kinds of workbook."""
    names = set(archive.namelist())
    book, links = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
    if not {book, links} <= names:
        return {}
    targets = {
        link.get("Id"): posixpath.normpath(posixpath.join("/xl", str(link.get("Target"))))[1:]
        for link in ElementTree.fromstring(archive.read(links))
    }
    sheets = [e for e in ElementTree.fromstring(archive.read(book)).iter() if _is(e, "sheet")]
    files = {str(e.get("name")): targets.get(e.get(RELATION), "") for e in sheets}
    return {name: file for name, file in files.items() if file in names}


def _uncalculated(archive: zipfile.ZipFile, file: str) -> list[tuple[str, str]]:
    """Cells with a formula and no value, and the formulas."""
    if not _has_formulas(archive, file):
        return []
    found = []
    with archive.open(file) as stream:
        for _, cell in ElementTree.iterparse(stream):
            if not _is(cell, "c"):
                continue
            parts = {part.tag.rpartition("}")[2]: part.text or "" for part in cell}
            # a text may well be empty: Excel says so by its type
            if "f" in parts and not parts.get("v") and cell.get("t") != "str":
                found.append((str(cell.get("r") or ""), parts["f"]))
            cell.clear()
    return found


def _has_formulas(archive: zipfile.ZipFile, file: str) -> bool:
    before = b""
    for chunk in chunks_of(archive, file):
        text = before + chunk
        if b"<f>" in text or b"<f " in text:
            return True
        before = text[-2:]
    return False


def _is(element: ElementTree.Element, name: str) -> bool:
    return element.tag.rpartition("}")[2] == name
