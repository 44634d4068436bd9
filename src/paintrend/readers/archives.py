"""What a workbook would take when it is opened, told before it is: a small file can hold a bomb."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from paintrend.errors import DiaryError

__all__ = ["BROKEN", "MOST_CELLS", "MOST_MEGABYTES", "check_archive", "chunks_of", "column_number"]

MOST_MEGABYTES = 2_000
"""Of a workbook when it is unpacked."""
MOST_CELLS = 20_000_000
"""From the first to the last row and column of a sheet: readers make room for all between them."""

BROKEN = (
    OSError, EOFError, ValueError, NotImplementedError, RuntimeError, SyntaxError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What reading a damaged archive, or the XML in it, ends in."""

CHUNK = 2**20
OVERLAP = 64
PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,3})([0-9]{1,10})["']""")
SHEET = re.compile(r"(?i)xl/.*\.xml")
REPEATED = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}number-%s-repeated"


def check_archive(path: Path) -> None:
    """Refuse a workbook that would take too much memory, or that holds XML entities.

    Raises
    ------
    DiaryError
        With the limit that it passes.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
            if size > MOST_MEGABYTES * 2**20:
                raise _refusal(
                    path,
                    f"unpacked it has {size / 2**20:,.0f} MB; at most {MOST_MEGABYTES:,} are read",
                )
            for entry in archive.infolist():
                name = entry.filename
                if name.lower().endswith(".bin") and "workbook" in name.lower():
                    raise _refusal(path, "it is a binary workbook (.xlsb)")
                if name == "content.xml":
                    rows, columns = _extent_of_ods(archive, entry)
                elif SHEET.fullmatch(name):
                    rows, columns = _extent(path, chunks_of(archive, entry), name)
                else:
                    for _ in chunks_of(archive, entry):  # so that every checksum is met
                        pass
                    continue
                if rows * columns > MOST_CELLS:
                    raise _refusal(
                        path,
                        f"{name} reaches row {rows:,} and column {columns:,}; at most "
                        f"{MOST_CELLS:,} cells (rows x columns) are read. "
                        "Delete what lies far from the table",
                    )
    except DiaryError:
        raise
    except BROKEN as error:
        raise DiaryError(
            f"{path.name} cannot be read as a workbook ({error}). "
            "Is it damaged or protected by a password? Save it again as .xlsx or CSV."
        ) from error


def _refusal(path: Path, why: str) -> DiaryError:
    return DiaryError(f"{path.name} is not read: {why}. Save the table again as .xlsx or CSV.")


def chunks_of(archive: zipfile.ZipFile, entry: zipfile.ZipInfo | str) -> Iterator[bytes]:
    """Unpack a file of an archive piece by piece."""
    with archive.open(entry) as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _extent(path: Path, chunks: Iterator[bytes], name: str) -> tuple[int, int]:
    """Number of rows and columns that the cells of a sheet of .xlsx reach."""
    rows = columns = 1
    before = b""
    for number, chunk in enumerate(chunks):
        text = before + chunk
        if number == 0 and text[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"):
            raise _refusal(path, f"{name} is in UTF-16, which no spreadsheet program writes")
        if b"<!ENTITY" in text or b"<!DOCTYPE" in text:
            raise _refusal(path, f"{name} defines XML entities, which no table needs")
        for letters, digits in PLACE.findall(text):
            rows = max(rows, int(digits))
            columns = max(columns, column_number(letters.decode()))
        before = text[-OVERLAP:]
    return rows, columns


def column_number(letters: str) -> int:
    """Return the number of a column of a spreadsheet, from 1 for "A".

    Examples
    --------
    >>> column_number("A"), column_number("aa")
    (1, 27)
    """
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - 64
    return number


def _extent_of_ods(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> tuple[int, int]:
    """Number of rows and columns up to the last cell of .ods that holds something."""
    rows = columns = most_rows = most_columns = 1
    with archive.open(entry) as file:
        for event, element in ElementTree.iterparse(file, ("start", "end")):
            name = element.tag.rpartition("}")[2]
            if event == "start":
                rows = 0 if name == "table" else rows
                columns = 0 if name == "table-row" else columns
                continue
            if name in ("table-cell", "covered-table-cell"):
                columns += int(element.get(REPEATED % "columns", 1))
                if len(element) or any(key.endswith("}value") for key in element.attrib):
                    most_columns = max(most_columns, columns)
                    element.set("filled", "yes")
            elif name == "table-row":
                rows += int(element.get(REPEATED % "rows", 1))
                if any(cell.get("filled") for cell in element):
                    most_rows = max(most_rows, rows)
                element.clear()
    return most_rows, most_columns
