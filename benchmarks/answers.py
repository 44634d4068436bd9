"""Everything that answers for a cohort, side by side: the best possible, paintrend, other tools."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np
from ideal import Ideal, best_possible, true_features
from numpy.typing import NDArray
from scores import confusion_probabilities, randomised_places
from tools import TOOLS
from worlds import Cohort, World, sample_cohort

import paintrend as pt
from paintrend.core.course_rules import COURSES, classify_curves
from paintrend.features import posterior_band
from paintrend.results.population import Population

Array = NDArray[np.float64]
DRAWS = 400
BEST, OWN = "best possible", "paintrend"
DIP = [COURSES.index(name) for name in ("worse_before_better", "transient_worsening")]
WORSE = [COURSES.index(name) for name in ("sustained_deterioration", "recent_worsening")]


@dataclass
class Answer:
    """Course probabilities (n, 8), seconds, places and widths of true features (n, 10), labels of
    tools that name a course, probabilities to end better (n,), places and widths of the true level
    on later planned days (n, m), and a remark."""

    p: Array
    seconds: float
    places: Array | None = None
    widths: Array | None = None
    labels: NDArray[np.int8] | None = None
    end_better: Array | None = None
    later: Array | None = None
    later_widths: Array | None = None
    remark: str = ""

    @property
    def dip(self) -> Array:
        """Probability of a dip."""
        return self.p[:, DIP].sum(axis=1)

    @property
    def worse(self) -> Array:
        """Probability of a deterioration."""
        return self.p[:, WORSE].sum(axis=1)

    @property
    def dip_against_worse(self) -> Array:
        """Score of dip against deterioration."""
        return self.dip / np.maximum(self.dip + self.worse, 1e-9)


@dataclass
class Comparison:
    """True courses, kinds of curves and answers for the patients of one or more cohorts."""

    world: World
    n: int
    true: NDArray[np.int8]
    kind: NDArray[np.int64]
    raised: NDArray[np.bool_]
    answers: dict[str, Answer] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)

    @property
    def truly_dip(self) -> NDArray[np.bool_]:
        """Patients whose course is a dip."""
        return np.isin(self.true, DIP)

    @property
    def truly_worse(self) -> NDArray[np.bool_]:
        """Patients whose course is a deterioration."""
        return np.isin(self.true, WORSE)


def compare(
    world: World,
    n: int,
    *,
    repeats: int = 1,
    seed: int = 1,
    tools: tuple[str, ...] = tuple(TOOLS),
    ideal: bool = True,
    share: float = 1.0,
    population: Population | None = None,
    pool: int = 50_000,
    limit: int = 16_000_000,
) -> Comparison:
    """Let everybody answer for cohorts of n patients from their ratings in the first `share` of the
    horizon; patients of repeated cohorts are put together, each fitted with its own cohort.

    With a `population`, paintrend takes it and learns nothing from these patients.
    """
    full = [sample_cohort(world, n, seed + 1000 * r) for r in range(repeats)]
    # Whole days: a third of 84 days written as 0.33 is day 28, a day with a rating.
    cohorts = [c.up_to(round(share * world.horizon)) for c in full]
    result = Comparison(
        world,
        n,
        np.concatenate([true_courses(c) for c in full]),
        np.concatenate([c.truth.kind for c in full]),
        np.concatenate([raised_now(c) for c in cohorts]),
    )
    if ideal:
        start = time.perf_counter()
        parts = [best_possible(c, pool=pool, limit=limit) for c in cohorts]
        result.answers[BEST] = _best(parts, time.perf_counter() - start)
    result.answers[OWN] = _joined([fit_own(c, population) for c in cohorts])
    for name in tools:
        tool = TOOLS[name]
        if tool.missing:
            result.skipped[name] = tool.missing
            continue
        start = time.perf_counter()
        labels = np.concatenate([tool.judge(c) for c in cohorts])
        seconds = time.perf_counter() - start
        p = confusion_probabilities(labels, result.true)
        result.answers[name] = Answer(p, seconds, labels=labels)
    return result


def true_courses(cohort: Cohort) -> NDArray[np.int8]:
    """Courses of the true curves."""
    return classify_curves(cohort.truth.level, *cohort.world.rules)


def raised_now(cohort: Cohort) -> NDArray[np.bool_]:
    """Patients whose latest rating lies 2 or more above the mean of those up to day 0."""
    ratings = cohort.ratings.sort_values(["patient_id", "day"], kind="stable")
    before = ratings[ratings["day"] <= 0].groupby("patient_id")["pain"].mean()
    last = ratings.groupby("patient_id")["pain"].last()
    return (last >= before.reindex(last.index) + 2.0).to_numpy()


def read_cohort(cohort: Cohort) -> pt.Diary:
    """Give a cohort's ratings as a diary."""
    scale = pt.Scale("pain", 0, 10, step=cohort.world.step, better=2, worse=2)
    return pt.read_diary(cohort.ratings, scale=scale)


def fit_own(cohort: Cohort, population: Population | None = None) -> Answer:
    """Let paintrend answer."""
    diary = read_cohort(cohort)
    start = time.perf_counter()
    if population is None:
        fit = pt.fit_curves(diary, horizon=cohort.world.horizon, draws=DRAWS)
    else:
        fit = pt.fit_curves(diary, population=population, draws=DRAWS)
    courses = pt.classify(fit)
    return own_answer(cohort, courses, time.perf_counter() - start)


def own_answer(cohort: Cohort, courses: pt.Courses, seconds: float) -> Answer:
    """Put paintrend's courses of a cohort beside its true features."""
    order = np.argsort(np.array(courses.patient_ids))
    table = courses.table().iloc[order]
    p = table[["p_" + name for name in COURSES]].to_numpy(float, copy=True)
    truth = true_features(cohort)
    draws = courses.features[order]
    places = [randomised_places(draws[:, :, f], truth[:, f], f) for f in range(truth.shape[1])]
    bands = np.stack([posterior_band(draws[:, :, f])[0] for f in range(truth.shape[1])], axis=1)
    widths = np.where(np.isfinite(truth), bands[:, :, 2] - bands[:, :, 1], np.nan)
    # Those who cannot be fitted get the answer that knows nothing.
    p[~np.isfinite(p).all(axis=1)] = 1.0 / len(COURSES)
    end_better = table["p_end_better"].to_numpy(float)
    return Answer(p, seconds, np.column_stack(places), widths, end_better=end_better)


def _joined(parts: list[Answer]) -> Answer:
    return Answer(
        np.concatenate([a.p for a in parts]),
        sum(a.seconds for a in parts),
        np.concatenate([a.places for a in parts if a.places is not None]),
        np.concatenate([a.widths for a in parts if a.widths is not None]),
    )


def _best(parts: list[Ideal], seconds: float) -> Answer:
    effective = np.concatenate([i.effective for i in parts])
    low = np.quantile(effective, 0.05)
    remark = f"effective size {low:.0f} or more in 95% of patients"
    if low < 200.0:
        remark += f", fewer than the 200 wanted even with {max(i.pool for i in parts):,} curves"
    return Answer(
        np.concatenate([i.p for i in parts]),
        seconds,
        np.concatenate([i.pit for i in parts]),
        np.concatenate([i.width for i in parts]),
        remark=remark,
    )
