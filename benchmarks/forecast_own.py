"""Predictions of ratings that are not seen, by paintrend: its posterior curves and its noise.

Each draw is a curve and a noise setting. The autocorrelated part of the noise is followed through
the ratings seen up to the day asked about.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from forecasts import Task
from numpy.typing import NDArray

import paintrend as pt
from paintrend.core.compile import kernel
from paintrend.core.curves import draw_curves
from paintrend.core.design import build_design
from paintrend.core.likelihood import kind_of, look_up, rating_kind
from paintrend.core.model import Design
from paintrend.core.process import NODES, SPACING, WIDEST, process_log_likelihood, process_steps
from paintrend.results.inference import to_internal

Array = NDArray[np.float64]
DRAWS = 400


class Drawn(NamedTuple):
    """One patient: rows of the ratings asked for, noise setting (D,) and curve (D, n) of each
    draw at the days (n,) seen and asked about, and the ratings seen (s,), 0-10."""

    rows: NDArray[np.int64]
    noise: NDArray[np.int64]
    levels: Array
    day: Array
    y: Array


class OwnForecast(NamedTuple):
    """Probability of each value for each rating by itself (N, K), the fit, and its draws."""

    mass: Array
    fit: pt.Fit
    drawn: list[Drawn]


@kernel
def _mass(model, noise, levels, day, y, values, out):
    """Mean over draws of the probability of each value at the days after those of y.

    Parameters
    ----------
    noise : (D,) setting of each draw;  levels : (D, n) its curve;  day : (n,);  y : (s,), s < n
    values : (K,) on 0-10;  out : (n - s, K) filled
    """
    n_draws, n, s = noise.shape[0], day.shape[0], y.shape[0]
    out[:] = 0.0
    state, following = np.empty(NODES), np.empty(NODES)
    ahead = np.empty((2, NODES, NODES))
    gap = np.zeros(2)
    for d in range(n_draws):
        j = noise[d]
        share = model.share[j]
        if share > 0.0:
            size = model.sd[j] * np.sqrt(share)
            steps = np.empty((s, NODES, NODES))
            process_steps(day[:s], model.tau[j], steps)
            state[:] = 1.0 / NODES
            for i in range(s):
                following[:] = 0.0
                for k in range(NODES):
                    for m in range(NODES):
                        following[m] += state[k] * steps[i, k, m]
                for m in range(NODES):
                    at = levels[d, i] + size * (m * SPACING - WIDEST) - y[i]
                    state[m] = following[m] * np.exp(
                        look_up(model.table[j], kind_of(y[i], model.step), at)
                    )
                state /= state.sum()
        for i in range(s, n):
            if share > 0.0:
                gap[1] = day[i] - day[s - 1]
                process_steps(gap, model.tau[j], ahead)
                following[:] = 0.0
                for k in range(NODES):
                    for m in range(NODES):
                        following[m] += state[k] * ahead[1, k, m]
            for v in range(values.shape[0]):
                kind = kind_of(values[v], model.step)
                distance = levels[d, i] - values[v]
                if share == 0.0:
                    table = model.level_table[model.level[j]]
                    out[i - s, v] += np.exp(look_up(table, kind, distance))
                else:
                    for m in range(NODES):
                        at = distance + size * (m * SPACING - WIDEST)
                        out[i - s, v] += following[m] * np.exp(look_up(model.table[j], kind, at))
    out /= n_draws


@kernel
def _together(model, noise, levels, day, y, kind, s):
    """Log mean over draws of the probability of all ratings after the first s, given those."""
    n_draws, n = noise.shape[0], day.shape[0]
    found = np.empty(n_draws)
    for d in range(n_draws):
        j = noise[d]
        found[d] = 0.0
        if model.share[j] > 0.0:
            steps = np.empty((n, NODES, NODES))
            process_steps(day, model.tau[j], steps)
            size = model.sd[j] * np.sqrt(model.share[j])
            table = model.chance[j]
            found[d] = process_log_likelihood(levels[d], y, kind, steps, size, table)
            found[d] -= process_log_likelihood(levels[d][:s], y[:s], kind[:s], steps, size, table)
        else:
            table = model.level_table[model.level[j]]
            for i in range(s, n):
                found[d] += look_up(table, kind[i], levels[d, i] - y[i])
    top = found.max()
    return top + np.log(np.mean(np.exp(found - top)))


def forecast_own(task: Task, *, draws: int = DRAWS, seed: int = 0) -> OwnForecast:
    """Let paintrend predict: the population from `task.learn`, the patients from what is seen."""
    if task.learn is task.visible:
        diary = pt.read_diary(task.visible, scale=task.scale)
        fit = pt.fit_curves(diary, horizon=task.horizon, seed=seed, draws=draws)
    else:
        others = pt.read_diary(task.learn, scale=task.scale)
        # only the population is used: the fewest draws will do
        known = pt.fit_curves(others, horizon=task.horizon, seed=seed, draws=20).population
        diary = pt.read_diary(task.visible, scale=task.scale)
        fit = pt.fit_curves(diary, population=known, seed=seed, draws=draws)
    return predict_own(fit, task)


def predict_own(fit: pt.Fit, task: Task) -> OwnForecast:
    """Predict what is asked from a fit of what is visible."""
    values = to_internal(task.values, task.scale)
    found = OwnForecast(np.empty((len(task.asked), values.size)), fit, [])
    names = task.asked["patient_id"].to_numpy()
    every = np.unique(np.concatenate([task.visible["day"], task.asked["day"]])).astype(float)
    design = _design(fit, every)
    for rows, asked, seen, pain in task.patients():
        row = fit.inference.position[str(names[rows[0]])]
        day, y = np.concatenate([seen, asked]), to_internal(pain, task.scale)
        noise = fit.inference.posterior.noise[row]
        levels = _levels(fit, row, design, np.searchsorted(every, day))
        d = Drawn(rows, noise, levels, day, y)
        mass = np.empty((asked.size, values.size))
        _mass(fit.population.model, noise, d.levels, day, y, values, mass)
        found.mass[rows] = mass
        found.drawn.append(d)
    return found


def _design(fit: pt.Fit, day: Array) -> Design:
    """Columns of the curves at days in order."""
    population, offset = fit.population, np.array([0, day.size])
    table, prior = population.table, population.prior
    return build_design(day, np.zeros(day.size), offset, table, prior, population.step)


def _levels(fit: pt.Fit, row: int, design: Design, at: NDArray[np.int64]) -> Array:
    """Posterior curves of one patient at some days of a design, (D, n), 0-10."""
    population, post = fit.population, fit.inference.posterior
    levels, days = np.empty((fit.n_draws, at.size)), design.row[at]
    draw_curves(
        post.setting[row], post.amplitude[row], post.wave, post.wave_row[row], population.model,
        design.common[at], design.slow[days], design.hump[days],
        design.wax[days], 1.0, 0.0, levels,
    )  # fmt: skip
    return levels


def score_together(forecast: OwnForecast, pain: Array) -> Array:
    """Log probability of each patient's hidden ratings together, the draws shared, (P,)."""
    fit, scores = forecast.fit, []
    model = fit.population.model
    for d in forecast.drawn:
        y = np.concatenate([d.y, to_internal(pain[d.rows], fit.scale)])
        kind = rating_kind(y, model.step)
        scores.append(_together(model, d.noise, d.levels, d.day, y, kind, d.y.size))
    return np.array(scores)
