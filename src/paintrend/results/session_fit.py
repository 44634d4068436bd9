"""A fit whose curves leave out what sessions added and what was gone before the next one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from paintrend.core.curves import GRID_POINTS, draw_curves
from paintrend.core.grid import grid_columns
from paintrend.core.judgement import Judgement, Rules, judge_given
from paintrend.core.prior import COMMON
from paintrend.errors import InputError
from paintrend.results.fit import Fit
from paintrend.results.patient import PatientFit

__all__ = ["SessionFit", "refuse_sessions"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class SessionFit(Fit):
    """Posterior curves of all patients, the response to their sessions modelled.

    A curve holds the slow course and that part of the response which is still there when the next
    session comes; what is gone by then is left out.

    Parameters
    ----------
    time_course : (P, D) int
        Time course of the response of each draw, 0 for none; rows as in `inference.posterior`.
    response : (P, D, 2)
        Height of the first and of the settled response, 0-10 unit.
    carried : tuple of mapping
        One per row: time course -> (169, 2), what is not gone before the next session.
    """

    time_course: NDArray[np.int64]
    response: Array
    carried: tuple[Mapping[int, Array], ...]

    def _curves(self, rows: NDArray[np.int64]) -> Array:
        out = np.empty((rows.size, self.n_draws, GRID_POINTS))
        post, grid = self.inference.posterior, grid_columns(self.population.table)
        for i, row in enumerate(rows):
            for m in np.unique(self.time_course[row]):
                own = np.flatnonzero(self.time_course[row] == m)
                curve, response = post.amplitude[row, own], self.response[row, own]
                common = grid.common
                if m > 0:
                    common = np.column_stack([common, self.carried[row][int(m)]])
                    curve = np.concatenate([curve[:, :COMMON], response, curve[:, COMMON:]], axis=1)
                some = np.empty((own.size, GRID_POINTS))
                # the kernel was compiled for arrays in one piece
                draw_curves(
                    np.ascontiguousarray(post.setting[row, own]), np.ascontiguousarray(curve),
                    post.wave, np.ascontiguousarray(post.wave_row[row, own]), self.population.model,
                    np.ascontiguousarray(common), grid.slow, grid.hump, grid.wax,
                    self.population.unit, self.scale.low, some,
                )  # fmt: skip
                out[i, own] = some
        return out

    def judge(self, start: int, stop: int, rules: Rules, into: Judgement, at: int) -> None:
        """Judge the curves of patients start to stop, into rows from ``at`` on."""
        where = self._where[start:stop]
        known = where >= 0
        curves = np.full((where.size, self.n_draws, GRID_POINTS), np.nan)
        trend = np.full((where.size, self.n_draws), np.nan)
        curves[known] = self._curves(where[known])
        trend[known] = self.inference.posterior.amplitude[where[known], :, 1]
        judge_given(at, curves, trend * self.population.unit, rules, into)

    def __getitem__(self, patient_id: str) -> PatientFit:
        return replace(super().__getitem__(patient_id), sessions_modelled=True)

    def select(self, ids: Collection[str]) -> SessionFit:
        """Return the fit of these patients only; nothing is refitted."""
        diary = self.diary.select(ids)
        rows = [
            self.inference.position[i] for i in diary.patient_ids if i in self.inference.position
        ]
        return replace(
            self,
            diary=diary,
            inference=self.inference.select(diary.patient_ids),
            time_course=self.time_course[rows],
            response=self.response[rows],
            carried=tuple(self.carried[row] for row in rows),
        )

    def as_of(self, day: float) -> Fit:
        """Refuse: sessions would be needed too.

        Raises
        ------
        InputError
        """
        raise InputError(
            "as_of: this fit has its sessions taken into account; fit as of a day with "
            "session_response(fit.as_of(day), sessions.up_to(day), population=...)."
        )


def refuse_sessions(caller: str, fit: Fit) -> None:
    """Refuse a fit with sessions where curves or ratings are drawn again, which would be as if
    nobody had had any.

    Raises
    ------
    InputError
    """
    if isinstance(fit, SessionFit):
        raise InputError(
            f"{caller}: this fit has its sessions taken into account, and curves are drawn again "
            "here, without them. Give the fit that session_response was given; its curves hold "
            "what sessions do to pain, too."
        )
