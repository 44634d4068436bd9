"""The result of a run over Parquet files: a folder, and what it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from os import PathLike
from pathlib import Path

import pandas as pd

from paintrend.aside import path_of
from paintrend.errors import InputError
from paintrend.results.population import Population
from paintrend.scaleout.run_contents import changes_in
from paintrend.scaleout.run_file import DONE, RUN_FILE, read_run
from paintrend.storage import read_population
from paintrend.wording import plural

__all__ = ["ParquetFit"]


@dataclass(frozen=True, eq=False, repr=False)
class ParquetFit:
    """A folder with the courses of many patients.

    Parameters
    ----------
    folder : Path
        Holds ``courses/part-*.parquet``, ``population.json``, ``README.txt``, ``run.json``; and
        ``curves/part-*.parquet`` and ``problems.csv`` where they were asked for.
    n_patients, n_fitted : int
    population : Population
        The population that the curves rest on.
    courses : mapping
        Named course (or cannot_tell) -> number of patients, the most frequent first.
    notices : tuple of str
        What the reader assumed, in sentences.
    """

    folder: Path
    n_patients: int
    n_fitted: int
    population: Population
    courses: Mapping[str, int]
    notices: tuple[str, ...] = ()

    @classmethod
    def open(cls, folder: str | PathLike[str]) -> ParquetFit:
        """Open the folder of a run that is done.

        Raises
        ------
        InputError
            If there is none, it is not done, or its courses or population went missing or changed.
        """
        place = path_of(folder)
        found = read_run(place)
        if found is None or found.get("state") != DONE:
            why = "has no run.json" if found is None else "is not done yet"
            raise InputError(f"{place} {why}: fit_parquet(...) writes such a folder, or goes on.")
        absent, other = changes_in(place, found)
        beside = ("README.txt", "problems.csv")
        for names, what, way in (
            (other, "changed", "fit again into another folder, or with restart=True"),
            (absent, "went missing", "fit_parquet(...) makes them again"),
        ):
            lost = [name for name in names if name not in beside]
            if lost:
                raise InputError(
                    f"{place}: since the run ended {', '.join(lost[:4])} {what}: {way}."
                )
        result = found["result"]
        return cls(
            place,
            result["patients"],
            result["fitted"],
            read_population(place / "population.json"),
            result["courses"],
            tuple(result["notices"]),
        )

    @property
    def parts(self) -> list[Path]:
        """The partitions in their order."""
        return sorted((self.folder / "courses").glob("part-*.parquet"))

    def table(self) -> pd.DataFrame:
        """Return the courses of all patients: by partition, within one by patient id.

        The columns are those of ``courses.table()``. A million patients take about a gigabyte; to
        go through more, read the files in ``parts`` one by one.
        """
        return pd.concat([pd.read_parquet(part) for part in self.parts], ignore_index=True)

    @property
    def files(self) -> list[Path]:
        """What the folder holds: files, and the folders of partitions."""
        names = ("courses", "curves", "population.json", "problems.csv", "README.txt", RUN_FILE)
        return [self.folder / name for name in names if (self.folder / name).exists()]

    def _lines(self) -> list[str]:
        named = ", ".join(f"{n:,} {name}" for name, n in self.courses.items())
        return [
            f"Courses of {plural(self.n_patients, 'patient')} in {self.folder}: "
            f"{self.n_fitted:,} fitted, to day {self.population.horizon:g}",
            f"named: {named}",
            self.population.text,
        ]

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def _repr_html_(self) -> str:
        first, *rest = (escape(line) for line in self._lines())
        return f"<p><b>{first}</b></p>" + "".join(f"<p>{line}</p>" for line in rest)
