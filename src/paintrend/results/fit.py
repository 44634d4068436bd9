"""A fit: posterior curves of every patient of a diary."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.core.curves import GRID_POINTS, GridRows, draw_on_grid
from paintrend.core.grid import grid_rows
from paintrend.core.judgement import Judgement, Rules, judge_draws
from paintrend.errors import InputError, is_number
from paintrend.results.belonging import require_patients
from paintrend.results.diary import Diary
from paintrend.results.inference import Inference, infer, usable_ratings
from paintrend.results.patient import PatientFit
from paintrend.results.population import Population
from paintrend.scales import Scale
from paintrend.wording import plural, sentence

__all__ = ["DrawBlock", "Fit", "PatientFit"]

Array = NDArray[np.float64]


class DrawBlock(NamedTuple):
    """Draws of patients start to stop: curves (n, D, 169) worse is higher, and pre_trend (n, D)
    per day."""

    start: int
    stop: int
    curves: Array
    pre_trend: Array


@dataclass(frozen=True, eq=False, repr=False)
class Fit:
    """Posterior curves of all patients of a diary.

    Parameters
    ----------
    diary : Diary
        What was fitted; shown whole, also ratings that were not used.
    population : Population
        The population that the curves rest on.
    inference : Inference
        Draws and the row on each patient.
    seed, workers : int
    external : bool
        True if the population came from other patients.
    as_of_day : float, optional
        Only ratings up to this day were used.
    notices : tuple of str
        What is to be known of the population, e.g. that some of these patients taught it.
    learned_until : float
        Day of the last rating that the population was learned from; infinite if not known.
    """

    diary: Diary
    population: Population
    inference: Inference
    seed: int
    workers: int = 2
    external: bool = False
    as_of_day: float | None = None
    notices: tuple[str, ...] = ()
    learned_until: float = np.inf

    @property
    def scale(self) -> Scale:
        """The diary's scale."""
        return self.diary.scale

    @property
    def horizon(self) -> float:
        """Day at which courses are judged."""
        return self.population.horizon

    @property
    def grid(self) -> Array:
        """Days of the curves, (169,)."""
        return np.linspace(0.0, self.horizon, GRID_POINTS)

    @property
    def patient_ids(self) -> tuple[str, ...]:
        """All patients in the diary's order, those not fitted included."""
        return self.diary.patient_ids

    @property
    def n_draws(self) -> int:
        """Posterior curves per patient."""
        return int(self.inference.posterior.setting.shape[1])

    @property
    def info(self) -> pd.DataFrame:
        """One row per patient: fitted, reason, n_ratings, n_baseline, last_day, fit_p, ess,
        noise_sd."""
        return self.inference.info

    @property
    def retrospective(self) -> bool:
        """True if later ratings of these patients, or of some of them, helped in a judgement as of
        an earlier day."""
        if self.as_of_day is None or self.external:
            return False
        return self.as_of_day < self.learned_until

    @property
    def set_aside(self) -> pd.DataFrame:
        """Ratings after the horizon: kept and shown, not fitted."""
        return usable_ratings(self.diary, self.horizon)[1]

    def __len__(self) -> int:
        return len(self.patient_ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self.patient_ids)

    def _require(self, patient_id: str) -> None:
        known, where = self.diary.patients.index, f"in this fit of {len(self)}"
        require_patients([patient_id], known, self.patient_ids, where)

    def __getitem__(self, patient_id: str) -> PatientFit:
        self._require(patient_id)
        ratings = self.diary.ratings
        own = ratings[ratings["patient_id"] == patient_id].drop(columns="patient_id")
        row = self.inference.position.get(patient_id)
        trend = np.full(self.n_draws, np.nan)
        if row is not None:
            trend = self.inference.posterior.amplitude[row, :, 1] * self.population.unit
        return PatientFit(
            patient_id=patient_id,
            scale=self.scale,
            horizon=self.horizon,
            ratings=own.reset_index(drop=True),
            draws=self.draws(patient_id),
            pre_trend=trend,
            info={**self.info.loc[patient_id], "n_missing": self._n_missing(patient_id)},
            covariates=dict(self.diary.patients.loc[patient_id]),
            retrospective=self.retrospective,
            as_of_day=self.as_of_day,
        )

    def _n_missing(self, patient_id: str) -> int:
        return int((self.diary.missing["patient_id"] == patient_id).sum())

    def draws(self, patient_id: str) -> Array:
        """Posterior curves of one patient, (D, 169), in the scale's own values; NaN if not fitted.

        Raises
        ------
        UnknownPatientError
        """
        self._require(patient_id)
        row = self.inference.position.get(patient_id)
        if row is None:
            return np.full((self.n_draws, GRID_POINTS), np.nan)
        return np.asarray(self.scale.orient(self._curves(np.array([row]))[0]))

    def _curves(self, rows: NDArray[np.int64]) -> Array:
        """Curves (n, D, 169) of rows of the posterior, scale units, worse is higher."""
        post, (n, d) = self.inference.posterior, (rows.size, self.n_draws)
        out = np.empty((n * d, GRID_POINTS))
        draw_on_grid(
            post.setting[rows].ravel(),
            post.amplitude[rows].reshape(n * d, post.amplitude.shape[-1]), post.wave,
            post.wave_row[rows].ravel(), self.population.model, self._rows,
            self.population.unit, self.scale.low, out,
        )  # fmt: skip
        return out.reshape(n, d, GRID_POINTS)

    @cached_property
    def _where(self) -> NDArray[np.int64]:
        """Row of the posterior of each patient, -1 for none."""
        position = self.inference.position
        return np.array([position.get(i, -1) for i in self.patient_ids], dtype=np.int64)

    @cached_property
    def _rows(self) -> GridRows:
        # the table is the key under which they are kept, and large to compare
        return grid_rows(self.population.table)

    def draw_blocks(self, block: int = 256) -> Iterator[DrawBlock]:
        """Yield the curves of all patients in blocks, worse is higher, scale units; NaN where not
        fitted."""
        for start in range(0, len(self._where), block):
            rows = self._where[start : start + block]
            known = rows >= 0
            drawn = self._curves(rows[known])
            trends = self.inference.posterior.amplitude[rows[known], :, 1] * self.population.unit
            if known.all():
                yield DrawBlock(start, start + rows.size, drawn, trends)
                continue
            curves = np.full((rows.size, self.n_draws, GRID_POINTS), np.nan)
            trend = np.full((rows.size, self.n_draws), np.nan)
            curves[known], trend[known] = drawn, trends
            yield DrawBlock(start, start + rows.size, curves, trend)

    def judge(self, start: int, stop: int, rules: Rules, into: Judgement, at: int) -> None:
        """Judge the curves of patients start to stop by the course rules, into rows from ``at`` on.

        The same as judging `draw_blocks`, but no curve is kept in memory. May run in several
        threads, each for patients of its own.
        """
        judge_draws(
            at, self._where[start:stop], self.inference.posterior, self.population.model,
            self._rows, self.population.unit, self.scale.low, rules, into,
        )  # fmt: skip

    def select(self, ids: Collection[str]) -> Fit:
        """Return the fit of these patients only, still in the diary's order; nothing is refitted.

        Raises
        ------
        UnknownPatientError
            If an id is not in the fit.
        """
        diary = self.diary.select(ids)
        return replace(self, diary=diary, inference=self.inference.select(diary.patient_ids))

    def as_of(self, day: float) -> Fit:
        """Judge again with ratings up to ``day`` only, under the same population.

        The result is marked retrospective unless the population came from other patients: one
        learned from these ratings, or with some of these patients, knows how they went on. From
        the day of the last rating on there is nothing more to know.

        Raises
        ------
        InputError
            If ``day`` is not a finite number.
        """
        if not is_number(day):
            raise InputError(f"as_of: day must be a finite number of days, got {day!r}")
        # what an earlier look had put away does not come back
        until = float(day) if self.as_of_day is None else min(float(day), self.as_of_day)
        diary = self.diary.up_to(until)
        inference = infer(
            diary, self.population, seed=self.seed, n_draws=self.n_draws, workers=self.workers
        )
        return replace(self, diary=diary, inference=inference, as_of_day=until)

    def _line(self) -> str:
        fitted = int(self.info["fitted"].sum())
        text = (
            f"{fitted} of {plural(len(self), 'patient')} fitted, {self.n_draws} curves each, "
            f"to day {self.horizon:g}"
        )
        if self.as_of_day is not None:
            text += f"; as of day {self.as_of_day:g}" + (
                ", retrospective" if self.retrospective else ""
            )
        return text

    def __repr__(self) -> str:
        notes = "".join(f"\nnote: {notice}" for notice in self.notices)
        return f"Fit: {self._line()}\n{self.population!r}{notes}"

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>{escape(sentence(notice))}</p>" for notice in self.notices)
        return f"<p><b>{escape(self._line())}</b></p><p>{escape(self.population.text)}</p>{notes}"
