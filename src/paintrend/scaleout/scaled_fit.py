"""The results of a fit on a cluster: what stays there, and what can be fetched."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from html import escape
from importlib import import_module
from typing import Any

import pandas as pd

from paintrend.results.criteria import Criteria
from paintrend.results.population import Population
from paintrend.scaleout.frames import Settings, courses_of
from paintrend.scaleout.partitions import CheckedPart
from paintrend.scales import Scale
from paintrend.wording import plural

__all__ = ["ScaledCourses", "ScaledFit"]


@dataclass(frozen=True, eq=False, repr=False)
class ScaledFit:
    """A population, and ratings on a cluster that are fitted under it when courses are asked for.

    Parameters
    ----------
    parts : tuple
        Checked partitions, each with whole patients, kept by the cluster.
    population : Population
        The population that the curves rest on.
    seed : int
    n_draws : int
        Posterior curves per patient.
    n_patients, n_ratings : int
    problems : DataFrame
        Rows set aside by ``lenient=True``, as in `Diary`.
    notices : tuple of str
        What the reader assumed.
    external : bool
        True if the population came from other patients.
    """

    parts: tuple[Any, ...]
    population: Population
    seed: int
    n_draws: int
    n_patients: int
    n_ratings: int
    problems: pd.DataFrame
    notices: tuple[str, ...] = ()
    external: bool = False

    @property
    def scale(self) -> Scale:
        """Scale of the ratings."""
        return self.population.scale

    @property
    def horizon(self) -> float:
        """Day at which courses are judged."""
        return self.population.horizon

    def __len__(self) -> int:
        return self.n_patients

    def judged_by(self, criteria: Criteria | None = None) -> ScaledCourses:
        """Return the courses, which ``paintrend.classify(fit, criteria)`` does too."""
        resolved = (criteria or Criteria()).resolve(self.scale, self.horizon)
        return ScaledCourses(self, resolved)

    def _lines(self) -> list[str]:
        n = plural(len(self.parts), "partition")
        return [
            f"Fit on a cluster: {plural(self.n_patients, 'patient')}, "
            f"{plural(self.n_ratings, 'rating')} in {n}, {self.n_draws} curves each, "
            f"to day {self.horizon:g}",
            self.population.text,
        ]

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def _repr_html_(self) -> str:
        first, second = (escape(line) for line in self._lines())
        return f"<p><b>{first}</b></p><p>{second}</p>"


@dataclass(frozen=True, eq=False, repr=False)
class ScaledCourses:
    """Courses on a cluster: computed when they are fetched or written.

    Parameters
    ----------
    fit : ScaledFit
    criteria : Criteria
        Thresholds used, with no default left open.
    """

    fit: ScaledFit
    criteria: Criteria

    @cached_property
    def _empty(self) -> pd.DataFrame:
        """The table without rows, from one patient who is not there."""
        fit = self.fit
        days = [0.0, fit.horizon]
        ratings = pd.DataFrame({"patient_id": "0", "day": days, "pain": fit.scale.low})
        settings = Settings(fit.population, self.criteria, 0, 20)
        return courses_of(ratings.assign(inclusion=False), ["0"], settings).iloc[:0]

    def table(self) -> Any:
        """Return the columns of ``courses.table()`` as a Dask DataFrame.

        Patients are by partition, and within one in the order of their ids as text.
        """
        dask, frames = import_module("dask"), import_module("dask.dataframe")
        fit = self.fit
        # Once in the graph; a scattered copy would be lost with the worker that holds it.
        packed = dask.delayed(packed_settings(fit, self.criteria))
        judge = dask.delayed(judge_part)
        parts = [judge(part, packed, self._empty) for part in fit.parts]
        return frames.from_delayed(parts, meta=self._empty, verify_meta=False)

    def compute(self) -> pd.DataFrame:
        """Fetch the courses of all patients as one table."""
        table: pd.DataFrame = self.table().compute()
        return table.reset_index(drop=True)

    def __repr__(self) -> str:
        return (
            f"Courses on a cluster of {plural(self.fit.n_patients, 'patient')}, to day "
            f"{self.fit.horizon:g}: .table() is a Dask DataFrame, .compute() fetches it"
        )

    def _repr_html_(self) -> str:
        return f"<p><b>{escape(repr(self))}</b></p>"


def packed_settings(fit: ScaledFit, criteria: Criteria) -> bytes:
    """Pack what every task needs; a copy, because a population in use has built its dictionary."""
    return pickle.dumps((replace(fit.population), criteria, fit.seed, fit.n_draws))


def judge_part(part: CheckedPart, packed: bytes, empty: pd.DataFrame) -> pd.DataFrame:
    """Fit and classify a partition."""
    if not part.patient_ids:
        return empty
    return courses_of(part.ratings, part.patient_ids, _settings(packed))


@lru_cache(maxsize=2)
def _settings(packed: bytes) -> Settings:
    """Unpack once in a process: the dictionary of shapes takes a moment to build."""
    population, criteria, seed, draws = pickle.loads(packed)
    return Settings(population, criteria, seed, draws)
