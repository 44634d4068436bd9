"""A stand-in for a fit: plausible ratings and posterior curves without fitting anything."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from paintrend.core.judgement import Judgement, Rules, judge_given
from paintrend.results.diary import Diary
from paintrend.scales import Scale, get_scale

GRID = 169

# Kind of patient: level at day 0, change at the horizon, height and relative day of a hump, last
# visit as a part of the horizon. Baseline ratings are left out for the kind that says so.
KINDS: dict[str, tuple[float, float, float, float, float]] = {
    "improving": (6.5, -4.0, 0.0, 0.5, 1.0),
    "worse_before_better": (5.0, -3.5, 5.0, 0.2, 1.0),
    "unchanged": (5.0, 0.0, 0.0, 0.5, 1.0),
    "sustained_deterioration": (4.0, 4.0, 0.0, 0.5, 1.0),
    "forecast": (5.0, 0.0, 3.0, 0.3, 0.25),
    "no_room": (9.3, 0.0, 0.0, 0.5, 1.0),
    "no_baseline": (5.0, -3.0, 0.0, 0.5, 1.0),
    "not_fitted": (5.0, 0.0, 0.0, 0.5, 0.0),
    "transient_worsening": (4.0, 0.0, 4.5, 0.3, 1.0),
    "improvement_lost": (7.0, 0.0, -4.5, 0.4, 1.0),
}


@dataclass(frozen=True)
class FakeBlock:
    start: int
    stop: int
    curves: np.ndarray
    pre_trend: np.ndarray


@dataclass(frozen=True, eq=False)
class FakePatientFit:
    patient_id: str
    scale: Scale
    horizon: float
    ratings: pd.DataFrame
    draws: np.ndarray
    pre_trend: np.ndarray
    info: dict[str, Any]
    grid: np.ndarray
    covariates: dict[str, Any] = field(default_factory=dict)
    retrospective: bool = False
    as_of_day: float | None = None
    sessions_modelled: bool = False

    def band(self, level: float) -> tuple[np.ndarray, np.ndarray]:
        tail = (1 - level) / 2
        low, high = np.quantile(self.draws, [tail, 1 - tail], axis=0)
        return low, high

    @property
    def curve(self) -> pd.DataFrame:
        low, high = self.band(0.9)
        median = np.median(self.draws, axis=0)
        return pd.DataFrame({"day": self.grid, "median": median, "low": low, "high": high})


@dataclass(frozen=True, eq=False)
class FakeFit:
    """The attributes of a fit that courses, pictures and reports read."""

    diary: Diary
    scale: Scale
    horizon: float
    grid: np.ndarray
    patient_ids: tuple[str, ...]
    n_draws: int
    info: pd.DataFrame
    curves: np.ndarray
    pre_trend: np.ndarray
    population: None = None
    retrospective: bool = False
    as_of_day: float | None = None
    notices: tuple[str, ...] = ()
    workers: int = 1
    set_aside: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["patient_id", "day", "pain"])
    )

    def __len__(self) -> int:
        return len(self.patient_ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self.patient_ids)

    def select(self, ids: Collection[str]) -> FakeFit:
        keep = [i for i, name in enumerate(self.patient_ids) if name in set(ids)]
        names = tuple(self.patient_ids[i] for i in keep)
        return replace(
            self,
            diary=self.diary.select(names),
            patient_ids=names,
            info=self.info.loc[list(names)],
            curves=self.curves[keep],
            pre_trend=self.pre_trend[keep],
        )

    def as_of(self, day: float) -> FakeFit:
        """The same curves: what an earlier look would have said is not made up here."""
        return replace(self, as_of_day=day)

    def draw_blocks(self, block: int = 256) -> Iterator[FakeBlock]:
        for start in range(0, len(self), block):
            stop = min(start + block, len(self))
            yield FakeBlock(start, stop, self.curves[start:stop], self.pre_trend[start:stop])

    def judge(self, start: int, stop: int, rules: Rules, into: Judgement, at: int) -> None:
        judge_given(at, self.curves[start:stop], self.pre_trend[start:stop], rules, into)

    def draws(self, patient_id: str) -> np.ndarray:
        return np.asarray(self.scale.orient(self.curves[self.patient_ids.index(patient_id)]))

    def __getitem__(self, patient_id: str) -> FakePatientFit:
        position = self.patient_ids.index(patient_id)
        ratings = self.diary.ratings
        return FakePatientFit(
            patient_id=patient_id,
            scale=self.scale,
            horizon=self.horizon,
            ratings=ratings[ratings["patient_id"] == patient_id]
            .drop(columns="patient_id")
            .reset_index(drop=True),
            draws=self.draws(patient_id),
            pre_trend=self.pre_trend[position],
            info=self.info.loc[patient_id].to_dict(),
            grid=self.grid,
            covariates=self.diary.patients.loc[patient_id].to_dict(),
            retrospective=self.retrospective,
            as_of_day=self.as_of_day,
        )


def make_fake_fit(
    n_patients: int = 6,
    seed: int = 0,
    *,
    scale: str | Scale = "nrs",
    horizon: float = 84.0,
    n_draws: int = 200,
) -> FakeFit:
    """Make a fit whose patients take the kinds of `KINDS` in turn."""
    rng = np.random.default_rng(seed)
    scale = get_scale(scale)
    unit = scale.span / 10
    grid = np.linspace(0, horizon, GRID)
    t = grid / horizon
    kinds = [list(KINDS)[i % len(KINDS)] for i in range(n_patients)]
    ids = tuple(f"P{i + 1:03d}" for i in range(n_patients))
    curves = np.empty((n_patients, n_draws, GRID))
    info, ratings = [], []
    for i, (patient_id, kind) in enumerate(zip(ids, kinds, strict=True)):
        start, change, height, peak, last = KINDS[kind]
        hump = (t / peak * np.exp(1 - t / peak)) ** 4
        truth = start + change * (1 - np.exp(-3 * t)) + height * hump
        # Posterior curves part slowly, and faster beyond the last visit.
        spread = 0.5 + 2.5 * np.maximum(t - last, 0)
        wave = rng.normal(0, 0.35, (n_draws, 3)) @ np.sin(np.outer([1, 2, 3], np.pi * t))
        draws = truth + rng.normal(0, 0.4, (n_draws, 1)) + spread * wave
        draws += rng.normal(0, 6.0, (n_draws, 1)) * np.maximum(t - last, 0)
        curves[i] = np.clip(scale.low + unit * draws, scale.low, scale.high)
        before = [] if kind in ("no_baseline", "not_fitted") else [-14.0, -7.0, 0.0]
        visits = np.linspace(0, horizon, 13)[1:]
        days = np.array(before + list(visits[visits <= last * horizon + 1e-9]))
        level = np.interp(days, grid, truth) + rng.normal(0, 0.8, len(days))
        pain = np.clip(np.round(scale.low + unit * level), scale.low, scale.high)
        ratings.append(
            pd.DataFrame(
                {
                    "patient_id": patient_id,
                    "day": days,
                    "pain": np.asarray(scale.orient(pain), dtype=float),
                    "inclusion": False,
                }
            )
        )
        fitted = kind != "not_fitted"
        if not fitted:
            curves[i] = np.nan
        info.append(
            {
                "fitted": fitted,
                "reason": "" if fitted else "no rating up to the horizon",
                "n_ratings": len(days),
                "n_baseline": len(before),
                "last_day": days.max() if len(days) else np.nan,
                "fit_p": rng.uniform(0.05, 0.95) if fitted else np.nan,
                "ess": n_draws / 2 if fitted else np.nan,
                "noise_sd": 0.8 * unit if fitted else np.nan,
            }
        )
    index = pd.Index(ids, name="patient_id", dtype="str")
    pre_trend = rng.normal(0, 0.02 * unit, (n_patients, n_draws))
    pre_trend[np.isnan(curves[:, :, 0])] = np.nan
    return FakeFit(
        diary=Diary(
            ratings=pd.concat([r for r in ratings if len(r)], ignore_index=True).astype(
                {"patient_id": "str"}
            ),
            patients=pd.DataFrame(
                {
                    "age": rng.integers(25, 75, n_patients),
                    "arm": ["ab"[i % 2] for i in range(n_patients)],
                },
                index=index,
            ),
            scale=scale,
            source="made up",
        ),
        scale=scale,
        horizon=float(horizon),
        grid=grid,
        patient_ids=ids,
        n_draws=n_draws,
        info=pd.DataFrame(info, index=index),
        curves=curves,
        pre_trend=pre_trend,
    )
