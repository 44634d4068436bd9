"""What an export wrote: a row per file, with its size in print and what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path

import pandas as pd

from paintrend.wording import number, plural

__all__ = ["COLUMNS", "Exported"]

COLUMNS = (
    "name",
    "page",
    "file",
    "format",
    "width_mm",
    "height_mm",
    "dpi",
    "smallest_pt",
    "problem",
    "caption",
)


@dataclass(frozen=True, eq=False, repr=False)
class Exported:
    """Files that `export_figures` wrote.

    Parameters
    ----------
    folder : Path
        Where they are.
    rows : DataFrame
        One row per figure, page and format: ``name`` (of the figure, as given), ``page`` ("1 of 3",
        "" if there is one only), ``file`` ("" if it could not be written), ``format``,
        ``width_mm``, ``height_mm``, ``dpi`` (PNG only), ``smallest_pt`` (points of the smallest
        letters in print), ``problem`` ("" if there is none), ``caption`` (the whole one, of which a
        slide may show a part). The same is in ``figures.csv``.
    """

    folder: Path
    rows: pd.DataFrame

    def table(self) -> pd.DataFrame:
        """Give a row per figure and format."""
        return self.rows.copy()

    @property
    def files(self) -> list[Path]:
        """The files of the figures."""
        return [self.folder / name for name in self.rows["file"] if name]

    @property
    def problems(self) -> pd.DataFrame:
        """Rows with a problem: files that could not be written, letters too small to read,
        more height than a page has."""
        return self.rows[self.rows["problem"] != ""].reset_index(drop=True)

    def _lines(self) -> list[str]:
        figures = self.rows["name"].nunique()
        lines = [
            f"{plural(len(self.files), 'file')} of {plural(figures, 'figure')} in {self.folder}"
        ]
        least = self.rows["smallest_pt"].min()
        if len(self.rows) and least == least:
            lines.append(f"smallest letters in print: {number(float(least))} points")
        lines.extend(
            f"{row['name']}, {row['format']}: {row['problem']}"
            for row in self.problems.head(5).to_dict("records")
        )
        return lines

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(line)}</p>" for line in self._lines())
