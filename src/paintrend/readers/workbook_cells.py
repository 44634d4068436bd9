"""Cells of an .xlsx workbook as the file itself has them, for what its readers pass over."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree

from paintrend.readers.archives import chunks_of, column_number

__all__ = ["Cell", "cells_of", "has_bytes", "sheet_files"]

RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class Cell(NamedTuple):
    """A cell: its place, both counted from 0, its type, its formula (None: it has none) and what
    is stored as its value."""

    row: int
    column: int
    kind: str
    formula: str | None
    value: str

    @property
    def letters(self) -> str:
        """Return what a spreadsheet calls the column.

        Examples
        --------
        >>> [Cell(0, column, "", None, "").letters for column in (0, 25, 26, 702)]
        ['A', 'Z', 'AA', 'AAA']
        """
        left, text = self.column + 1, ""
        while left:
            left, digit = divmod(left - 1, 26)
            text = chr(65 + digit) + text
        return text


def sheet_files(archive: zipfile.ZipFile) -> dict[str, str]:
    """Which file of the archive each sheet is; nothing for other kinds of workbook."""
    names = set(archive.namelist())
    book, links = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
    if not {book, links} <= names:
        return {}
    targets = {
        link.get("Id"): posixpath.normpath(posixpath.join("/xl", str(link.get("Target"))))[1:]
        for link in ElementTree.fromstring(archive.read(links))
    }
    sheets = [e for e in ElementTree.fromstring(archive.read(book)).iter() if _name(e) == "sheet"]
    files = {str(e.get("name")): targets.get(e.get(RELATION), "") for e in sheets}
    return {name: file for name, file in files.items() if file in names}


def has_bytes(archive: zipfile.ZipFile, file: str, *marks: bytes) -> bool:
    """Tell whether one of the marks is anywhere in a file: to parse all of it takes far longer."""
    before = b""
    for chunk in chunks_of(archive, file):
        text = before + chunk
        if any(mark in text for mark in marks):
            return True
        before = text[-max(map(len, marks)) :]
    return False


def cells_of(archive: zipfile.ZipFile, file: str) -> Iterator[Cell]:
    """Give the cells of a sheet one by one."""
    row = column = -1
    with archive.open(file) as stream:
        for event, element in ElementTree.iterparse(stream, ("start", "end")):
            name = _name(element)
            if event == "start" and name == "row":
                row, column = int(element.get("r", row + 2)) - 1, -1
            elif event == "start" or name not in ("c", "row"):
                continue
            elif name == "c":
                letters = "".join(filter(str.isalpha, element.get("r", "")))
                column = column_number(letters) - 1 if letters else column + 1
                parts = {_name(part): part.text or "" for part in element}
                yield Cell(
                    row, column, element.get("t", ""), parts.get("f"), parts.get("v", "")
                )  # fmt: skip
                element.clear()
            else:
                element.clear()


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
