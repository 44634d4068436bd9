"""What the response to sessions is compared with: the mean before and after, a mixed model with
days since the session, and someone who knows everything but the heights."""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from paintrend.core.course_rules import COURSES, classify_curves
from paintrend.session_columns import carried_columns, columns_at, weights_of
from paintrend.session_rules import read_response, sizes, verdict_codes
from paintrend.simulate import Soreness
from paintrend.simulate.session_settings import form_after

Array = NDArray[np.float64]
HEIGHTS, SWEEPS = 4000, 150
"""Heights that the one who knows everything else weighs; sweeps over ratings at an end."""


def before_after(cohort) -> float:
    """Mean over patients of the last rating from 12 to 72 hours after a session (the highest of
    them is higher still) less the last rating before it."""
    found = []
    held = cohort.sessions[cohort.sessions["status"] == "attended"]
    days = {name: own["day"].to_numpy() for name, own in held.groupby("patient_id")}
    for name, own in cohort.ratings.groupby("patient_id"):
        day, pain = own["day"].to_numpy(), own["pain"].to_numpy()
        differences = []
        for s in days.get(name, ()):
            before = pain[(day <= s) & (day > s - 1.0)]
            after = pain[(day > s + 1.0) & (day <= s + 3.0)]
            if before.size and after.size:
                differences.append(after.mean() - before[-1])
        if differences:
            found.append(np.mean(differences))
    return float(np.mean(found)) if found else np.nan


def days_since(cohort) -> float:
    """Mixed model: a random intercept and slope, a level for each whole day since the last session;
    the highest of days 1 to 3 over that just before."""
    from statsmodels.regression.mixed_linear_model import MixedLM

    held = cohort.sessions[cohort.sessions["status"] == "attended"]
    days = {name: own["day"].to_numpy() for name, own in held.groupby("patient_id")}
    parts = []
    for name, own in cohort.ratings.groupby("patient_id"):
        day, session = own["day"].to_numpy(), days.get(name, np.empty(0))
        if session.size == 0:
            continue
        at = np.searchsorted(session, day, side="left") - 1
        since = np.where(at >= 0, day - session[np.maximum(at, 0)], np.inf)
        parts.append(own.assign(since=np.where(since < 6.0, np.floor(since), 6.0)))
    table = pd.concat(parts)
    after = np.stack([(table["since"] == k).to_numpy(float) for k in range(6)], axis=1)
    time_ = table["day"].to_numpy() / cohort.horizon
    x = np.column_stack([np.ones(len(table)), time_, time_**2, after])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = MixedLM(
            table["pain"].to_numpy(), x, table["patient_id"].to_numpy(), exog_re=x[:, :2]
        ).fit(reml=True, method=["lbfgs"], maxiter=200)
    return float(np.max(np.asarray(result.fe_params)[4:7]))


class Ideal(NamedTuple):
    """What can be said by someone who knows each patient's curve, noise and time course, and how
    heights are spread; NaN for patients without a session.

    Attributes
    ----------
    verdict : (P, 4) probabilities;  rise : (P,) mean
    place : (P,) randomised place of the true rise in its distribution
    course : (P, courses) probabilities of the curve that is judged
    """

    verdict: Array
    rise: Array
    place: Array
    course: Array


def knowing(cohort, soreness: Soreness, seed: int = 0) -> Ideal:
    """Bayes by someone who knows all but the heights; rounding is taken as noise."""
    rng = np.random.default_rng(seed)
    held = cohort.sessions[cohort.sessions["status"] == "attended"]
    c, rules, grid = cohort.session_criteria, cohort.criteria, cohort.grid
    low, high = cohort.scale.low, cohort.scale.high
    n_patients = len(cohort.truth)
    out = Ideal(*(np.full((n_patients, *k), np.nan) for k in ((4,), (), (), (len(COURSES),))))
    for i, row in enumerate(cohort.truth.itertuples()):
        session = held[held["patient_id"] == row.patient_id]["day"].to_numpy()
        own = cohort.ratings[cohort.ratings["patient_id"] == row.patient_id]
        own = own[(own["day"] >= 0)]
        day, n = own["day"].to_numpy(), len(own)
        if session.size == 0 or n == 0:
            continue
        # the time course of those without a response does not matter
        peak = row.peak_days if row.responds else soreness.peak_days
        gone = row.gone_days if row.responds else peak + soreness.fall_days
        form = lambda t, p=peak, g=gone: form_after(soreness.form, t, p, g)  # noqa: E731
        first = rng.normal(soreness.first, soreness.spread, HEIGHTS)
        settled = soreness.settled * first * np.exp(0.2 * rng.standard_normal(HEIGHTS))
        none = rng.random(HEIGHTS) < soreness.none
        height = np.stack([first, settled], axis=1) * ~none[:, None]
        x = columns_at(day, session, weights_of(session.size), form)
        felt = np.interp(day, grid, cohort.curves[i])[:, None] + x @ height.T
        weight = _weights(
            own["pain"].to_numpy(float), day, np.clip(felt, low, high), row.noise_sd, low, high, rng
        )
        size = sizes(height[:, 0], height[:, 1], session.size)
        before = size[:, None, :] * form(session[:, None] - session[None, :])[None]
        level = np.interp(session, grid, cohort.curves[i]) + before.sum(axis=2)
        kept = np.tile(form(np.diff(session)), (HEIGHTS, 1)) * ~none[:, None]
        reading = read_response(size, kept, np.clip(level, low, high))
        code = verdict_codes(reading, c.rise, c.left, c.climb)
        out.verdict[i] = np.bincount(code, weight, minlength=4)
        out.rise[i] = weight @ reading.rise
        below, ties = reading.rise < row.rise - 1e-9, np.abs(reading.rise - row.rise) <= 1e-9
        out.place[i] = weight @ below + rng.random() * (weight @ ties)
        lasting = carried_columns(grid, session, size.T, form).T
        required = [
            rules.required(k)
            for k in ("worsening", "improvement", "lasting_days", "sustained_days")
        ]
        judged = np.clip(cohort.curves[i] + lasting, low, high)
        named = classify_curves(judged, cohort.horizon, *required)
        out.course[i] = np.bincount(named, weight, minlength=len(COURSES))
    return out


def _weights(
    pain: Array, day: Array, level: Array, sd: float, low: float, high: float,
    rng: np.random.Generator,
) -> Array:  # fmt: skip
    """Posterior weight of each column of levels (n, K): noise as simulated, and a rating at an end
    of the scale means that much or more (what was felt there is drawn by Gibbs sweeps)."""
    n = pain.size
    ends = np.flatnonzero((pain <= low) | (pain >= high))
    gap = np.abs(day[:, None] - day[None, :])
    tau = 1.0 / np.log(0.6 / 0.3)
    v = sd**2 * (0.6 * np.exp(-gap / tau) + 0.4 * np.eye(n))
    inside = np.setdiff1d(np.arange(n), ends)
    v[inside, inside] += 1.0 / 12.0
    precision = np.linalg.inv(v)
    pull = precision @ level
    square = 0.5 * np.einsum("nk,nk->k", level, pull)

    def given(felt: Array) -> Array:
        log_weight = felt @ pull - square
        weight = np.exp(log_weight - log_weight.max())
        return np.asarray(weight / weight.sum())

    if ends.size == 0:
        return given(pain)
    felt, total, own = pain.astype(float), np.zeros(level.shape[1]), precision.diagonal()
    for sweep in range(-SWEEPS // 5, SWEEPS):
        weight = given(felt)
        if sweep >= 0:
            total += weight
        off = felt - level[:, rng.choice(weight.size, p=weight)]
        for k in ends:
            mean = felt[k] - precision[k] @ off / own[k]
            # half a point from the end it would have been rounded to another number
            upper = pain[k] >= high
            edge = ndtr((mean - high + 0.5 if upper else low + 0.5 - mean) * np.sqrt(own[k]))
            z = ndtri(max(rng.random() * edge, 1e-300))
            new = mean + (-z if upper else z) / np.sqrt(own[k])
            off[k] += new - felt[k]
            felt[k] = new
    return total / SWEEPS
