"""Which system a file comes from, by its form and headings."""

from __future__ import annotations

from os import PathLike, fspath
from pathlib import Path

from paintrend.errors import PaintrendError
from paintrend.readers.table import read_table

__all__ = ["system_of"]

REDCAP = ("redcap_event_name", "redcap_repeat_instance", "redcap_repeat_instrument")
REDCAP_LABELS = {"Event Name", "Repeat Instance", "Repeat Instrument"}


def system_of(source: str | PathLike[str]) -> str:
    """Return "redcap", "fhir", "cdisc", or "table" where nothing says otherwise."""
    path = Path(fspath(source))
    if path.is_dir():
        return "table" if any(path.glob("*.parquet")) else "fhir"
    try:
        with path.open("rb") as file:
            head = file.read(200)
    except OSError:
        return "table"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return "fhir"
    try:
        names = [str(name).strip() for name in read_table(path, number=True).frame.columns]
    except PaintrendError:
        # The reader of tables says why.
        return "table"
    if set(REDCAP) & set(names) or len(REDCAP_LABELS & set(names)) >= 2:
        return "redcap"
    upper = {name.upper() for name in names}
    coded = "PARAMCD" in upper or any(len(n) == 8 and n.endswith("TESTCD") for n in upper)
    return "cdisc" if coded and "USUBJID" in upper else "table"
