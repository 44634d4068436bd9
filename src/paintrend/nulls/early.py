"""What was known of each patient on the landmark day, judged with populations of other patients."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.core.course_rules import GRID_POINTS, points_in
from paintrend.monitoring.folds import CrossFit
from paintrend.monitoring.looks import fit_looks
from paintrend.pooling.judged import starts_of
from paintrend.results.criteria import Criteria
from paintrend.results.diary import Diary

__all__ = ["PREDICTORS", "Early", "look_early"]

Array = NDArray[np.float64]
LOOK_DRAWS = 100
PREDICTORS = {
    "dip_so_far": "share of curves that were up for `lasting_days` by the landmark",
    "rise_so_far": "highest level by the landmark less the start, mean over curves",
}


class Early:
    """Looks at P patients on the landmark day.

    Attributes
    ----------
    predictor, start, now : (P,) predictor; mean level of the curves on day 0 and on the landmark,
        oriented; NaN without a rating by then
    curves : (P, D, 2) level on day 0 and on the landmark of each curve
    noise, trend : (P, D) noise setting of each curve, and its change per day before day 0
    """

    def __init__(self, n: int, draws: int) -> None:
        self.predictor, self.start, self.now = (np.full(n, np.nan) for _ in range(3))
        self.curves = np.full((n, draws, 2), np.nan)
        self.noise = np.zeros((n, draws), dtype=np.int64)
        self.trend = np.zeros((n, draws))


def look_early(
    diary: Diary,
    ids: Sequence[str],
    others: CrossFit,
    landmark: float,
    predictor: str,
    criteria: Criteria,
    *,
    seed: int,
    workers: int,
) -> Early:
    """Judge patients as they stood on the landmark day."""
    found = Early(len(ids), LOOK_DRAWS)
    looks = pd.DataFrame({"patient_id": list(ids), "day": landmark})
    for population, part in others.parts(looks):
        fit = fit_looks(diary, population, part, seed=seed, draws=LOOK_DRAWS, workers=workers)
        rows = part.index.to_numpy()
        step = fit.horizon / (GRID_POINTS - 1)
        last = int(np.floor(landmark / step + 1e-9))
        n = min(points_in(criteria.required("lasting_days"), fit.horizon), last + 1)
        for block in fit.draw_blocks():
            at = rows[block.start : block.stop]
            so_far = block.curves[:, :, : last + 1]
            start, now = so_far[:, :, 0], so_far[:, :, -1]
            change = so_far - start[:, :, None]
            if predictor == "dip_so_far":
                up = starts_of(change >= criteria.required("worsening"), n)
                value: Array = up.any(axis=2).mean(axis=1)
            else:
                value = change.max(axis=2).mean(axis=1)
            known = np.isfinite(start).all(axis=1)
            found.predictor[at] = np.where(known, value, np.nan)
            found.start[at], found.now[at] = start.mean(axis=1), now.mean(axis=1)
            found.curves[at] = np.stack([start, now], axis=2)
            found.trend[at] = np.where(np.isfinite(block.pre_trend), block.pre_trend, 0.0)
        own = fit.inference.position
        for k, row in enumerate(rows):
            if str(k) in own:
                found.noise[row] = fit.inference.posterior.noise[own[str(k)]]
    return found
