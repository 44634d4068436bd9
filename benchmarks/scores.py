"""Scores of course probabilities, each with its standard error."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.integer]
Flags = NDArray[np.bool_]
SMALLEST = 1.0 / 800.0
"""Probabilities are cut off here in the log-loss: half of one of 400 draws."""
BINS = 10


class Estimate(NamedTuple):
    """A number and its standard error."""

    value: float
    error: float


def mean_of(values: Array) -> Estimate:
    """Mean and its standard error."""
    n = len(values)
    if n == 0:
        return Estimate(np.nan, np.nan)
    return Estimate(float(np.mean(values)), float(np.std(values) / np.sqrt(n)))


def log_losses(p: Array, true: Codes) -> Array:
    """Minus the log probability of the true course, one per patient."""
    return -np.log(np.clip(p[np.arange(len(p)), true], SMALLEST, 1.0))


def brier_losses(p: Array, true: Codes) -> Array:
    """Sum over courses of (probability - happened) squared, one per patient."""
    return ((p - np.eye(p.shape[1])[true]) ** 2).sum(axis=1)


def calibration_error(p: Array, happened: Flags, resamples: int = 200) -> Estimate:
    """Mean over ten equal-count bins of |mean probability - share that happened|; bootstrap."""
    order = np.argsort(p, kind="stable")
    value = _bin_error(p[order], happened[order])
    rng = np.random.default_rng(0)
    again = []
    for _ in range(resamples):
        rows = np.sort(rng.integers(0, len(p), len(p)))
        again.append(_bin_error(p[order][rows], happened[order][rows]))
    return Estimate(value, float(np.std(again)))


def _bin_error(p: Array, happened: Flags) -> float:
    edges = np.linspace(0, len(p), min(BINS, len(p)) + 1).astype(int)
    gap = np.add.reduceat(p - happened, edges[:-1])
    return float(np.abs(gap).sum() / len(p))


def calibration_by_chance(p: Array, resamples: int = 200) -> float:
    """Mean calibration error if events happened exactly as often as p says."""
    rng = np.random.default_rng(0)
    p = np.sort(p)
    return float(np.mean([_bin_error(p, rng.random(len(p)) < p) for _ in range(resamples)]))


def _placements(score: Array, positive: Flags) -> tuple[Array, Array]:
    """Share of negatives below each positive, and of positives above each negative; ties half."""
    yes, no = score[positive], score[~positive]
    yes_sorted, no_sorted = np.sort(yes), np.sort(no)
    above = np.searchsorted(no_sorted, yes, "left") + np.searchsorted(no_sorted, yes, "right")
    below = np.searchsorted(yes_sorted, no, "left") + np.searchsorted(yes_sorted, no, "right")
    return above / (2.0 * no.size), 1.0 - below / (2.0 * yes.size)


def auc(score: Array, positive: Flags) -> Estimate:
    """Area under the ROC curve with DeLong's standard error; NaN without both kinds."""
    return auc_difference(score, np.zeros(len(score)), positive, offset=0.5)


def auc_difference(a: Array, b: Array, positive: Flags, offset: float = 0.0) -> Estimate:
    """AUC of a minus AUC of b on the same patients with DeLong's standard error."""
    n_yes, n_no = int(positive.sum()), int((~positive).sum())
    if min(n_yes, n_no) < 2:
        return Estimate(np.nan, np.nan)
    yes_a, no_a = _placements(a, positive)
    yes_b, no_b = _placements(b, positive)
    yes, no = yes_a - yes_b, no_a - no_b
    error = np.sqrt(yes.var(ddof=1) / n_yes + no.var(ddof=1) / n_no)
    return Estimate(float(yes.mean() + offset), float(error))


def auc_gap(a: Array, b: Array, positive: Flags, resamples: int = 1000) -> Estimate:
    """AUC of a minus AUC of b on the same patients; its standard error by drawing patients again.

    NaN without two patients of either kind.
    """
    n_yes, n_no = int(positive.sum()), int((~positive).sum())
    if min(n_yes, n_no) < 2:
        return Estimate(np.nan, np.nan)
    rng = np.random.default_rng(0)
    again = np.zeros(resamples)
    # A patient drawn k times counts k times, so each score is sorted only once.
    count = rng.multinomial(len(positive), np.full(len(positive), 1.0 / len(positive)), resamples)
    for score, sign in ((a, 1.0), (b, -1.0)):
        again += sign * _counted_auc(score, positive, count)
    value = auc(a, positive).value - auc(b, positive).value
    return Estimate(value, float(np.nanstd(again)))


def _counted_auc(score: Array, positive: Flags, count: Codes) -> Array:
    """AUC (R,) with every patient counted as often as each row of ``count`` (R, n) says."""
    _, place = np.unique(score, return_inverse=True)
    order = np.argsort(place, kind="stable")
    starts = np.flatnonzero(np.diff(place[order], prepend=-1))
    yes = np.add.reduceat((count * positive)[:, order], starts, axis=1)
    no = np.add.reduceat((count * ~positive)[:, order], starts, axis=1)
    won = (yes * (np.cumsum(no, axis=1) - 0.5 * no)).sum(axis=1)
    pairs = (yes.sum(axis=1) * no.sum(axis=1)).astype(float)
    return np.divide(won, pairs, out=np.full(len(count), np.nan), where=pairs > 0)


def gap_closed(tool: Array, own: Array, ideal: Array) -> Estimate:
    """Share of the log-loss gap between a tool and the best possible that is closed.

    s = mean(tool - own) / mean(tool - ideal); its error by linearisation from per-patient losses.
    """
    gap = (tool - ideal).mean()
    share = (tool - own).mean() / gap
    residual = (tool - own) - share * (tool - ideal)
    return Estimate(float(share), float(np.std(residual) / np.sqrt(len(own)) / abs(gap)))


def confusion_probabilities(
    labels: Codes, true: Codes, *, folds: int = 5, seed: int = 0, n_courses: int = 8
) -> Array:
    """Turn labels into probabilities by a cross-fitted confusion matrix, half a patient added to
    each cell."""
    fold = np.random.default_rng(seed).permutation(len(labels)) % folds
    p = np.empty((len(labels), n_courses))
    for f in range(folds):
        table = np.full((n_courses, n_courses), 0.5)
        np.add.at(table, (labels[fold != f], true[fold != f]), 1.0)
        p[fold == f] = (table / table.sum(axis=1, keepdims=True))[labels[fold == f]]
    return p


def randomised_places(draws: Array, truth: Array, seed: int = 0) -> Array:
    """Place of each truth among its draws, 0 to 1, ties split at random; NaN where the truth does
    not exist or fewer than 20 draws do.

    Uniform if truth and draws come from the same distribution, point masses or not.
    """
    rng = np.random.default_rng(seed)
    tie = 1e-6 * np.maximum(1.0, np.abs(truth))[:, None]
    exists = np.isfinite(draws)
    below = (exists & (draws < truth[:, None] - tie)).sum(axis=1)
    same = (exists & (np.abs(draws - truth[:, None]) <= tie)).sum(axis=1)
    count = exists.sum(axis=1)
    place = (below + rng.random(len(truth)) * (same + 1)) / (count + 1)
    return np.where(np.isfinite(truth) & (count >= 20), place, np.nan)


def mass_places(mass: Array, hit: Codes, seed: int = 0) -> Array:
    """Place of each thing that happened, 0 to 1, in a distribution over values in order.

    Uniform if the distributions are right: the value that happened is split at random.

    Parameters
    ----------
    mass : (N, K) probability of each value;  hit : (N,) number of the value that happened
    """
    rows = np.arange(len(hit))
    u = np.random.default_rng(seed).random(len(hit))
    return mass.cumsum(axis=1)[rows, hit] - u * mass[rows, hit]


def inside(places: Array, level: float = 0.9) -> Array:
    """1 where a place lies in the central interval, 0 where it does not, NaN where it is NaN."""
    tail = (1.0 - level) / 2.0
    within = ((places > tail) & (places < 1.0 - tail)).astype(float)
    return np.where(np.isfinite(places), within, np.nan)


def per_rating(values: Array, owner: NDArray[np.integer]) -> Estimate:
    """Mean over ratings; its standard error takes patients, not ratings, as independent."""
    total, count = np.bincount(owner, values), np.bincount(owner)
    mean = float(values.mean())
    residual = (total - mean * count) / count.mean()
    return Estimate(mean, mean_of(residual).error)


def coverage(places: Array, level: float = 0.9) -> Estimate:
    """Share of places inside the central interval."""
    return mean_of(inside(places[np.isfinite(places)], level))
