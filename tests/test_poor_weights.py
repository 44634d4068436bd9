"""Patients whose weights are poor: cells divided by place give the same posterior, and enough
effective draws."""

import numpy as np
import pandas as pd
import pytest

import paintrend as pt
from paintrend.core import posterior
from paintrend.core.design import build_design
from paintrend.core.posterior import sample_posterior, sample_proposals
from paintrend.core.prior import build_model

from .test_rank_statistics import MIDDLE, NOISE, QUANTITIES, REGIMES, TABLE, drawn, ranks, uniform_p

LEVEL = 1e-3 / (len(REGIMES) * len(QUANTITIES))
MODEL = build_model(MIDDLE, TABLE, NOISE, 1.0)
DAILY = np.arange(-5.0, 84.0, 2.0)


@pytest.fixture
def always(monkeypatch):
    """Whatever the weights are, they are not good enough."""
    monkeypatch.setattr(posterior, "MINIMUM_EFFECTIVE", 1e9)


@pytest.mark.parametrize("name", REGIMES)
def test_true_values_rank_uniformly_where_every_patient_is_topped_up(always, name):
    truth = drawn(name, n_patients=120)
    found = ranks(truth, REGIMES[name])
    assert {n: uniform_p(u) for n, u in found.items() if uniform_p(u) <= LEVEL} == {}


def jumps():
    """Ratings of patients who jump between two columns of the dictionary, with little noise."""
    rng = np.random.default_rng(2)
    level = np.where(DAILY[None, :] >= np.array([[31.0], [37.0], [43.5], [52.0]]), 7.0, 3.0)
    return np.clip(np.round(level + 0.4 * rng.standard_normal(level.shape)), 0, 10)


def design_of(y):
    return build_design(
        np.tile(DAILY, len(y)), y.ravel(), np.arange(len(y) + 1) * DAILY.size, TABLE, MIDDLE, 1.0
    )


def test_evidence_is_that_of_very_many_usual_proposals(always):
    y, ids = jumps(), list("abcd")
    many = sample_proposals(MODEL, design_of(y), ids, seed=3, n_draws=60_000)
    top = many.log_weight.max(axis=1)
    weight = np.exp(many.log_weight - top[:, None])
    error = np.sqrt((weight**2).sum(axis=1)) / weight.sum(axis=1)
    usual = top + np.log(weight.mean(axis=1))
    drawn = [sample_posterior(MODEL, design_of(y), ids, seed=seed) for seed in range(4)]
    found = np.array([d.log_evidence for d in drawn])
    spread = np.hypot(found.std(axis=0, ddof=1) / 2.0, error)
    assert (np.abs(found.mean(axis=0) - usual) < 4.0 * spread + 0.01).all()
    # usual proposals are where the ratings jump, so that this comparison is a sharp one
    assert (error < 0.06).all()
    assert np.median([d.effective for d in drawn]) > 300


def test_the_answer_does_not_depend_on_the_id():
    """Ratings so many and so smooth that one proposal in thousands had all the weight."""
    day = np.arange(50) * 2.0
    pain = np.round(5.0 + 2.0 * np.sin(day / 30.0))
    one = pd.DataFrame({"patient_id": "A", "day": day, "pain": pain})
    population = pt.fit_curves(pt.read_diary(one, scale="nrs"), horizon=100.0).population
    same = pd.concat([one.assign(patient_id=f"P{i}") for i in range(16)])
    fit = pt.fit_curves(pt.read_diary(same, scale="nrs"), population=population)
    assert fit.info["ess"].min() > 50
    shares = pt.classify(fit).table().filter(regex="^p_(?!no_room)").to_numpy(dtype=float)
    assert np.ptp(shares, axis=0).max() < 0.25


@pytest.mark.parametrize("at", [22.0, 31.5, 43.0])
def test_a_jump_of_ten_times_the_noise_is_not_taken_for_noise_whatever_the_id(at):
    day = np.arange(-5.0, 57.0)
    rng = np.random.default_rng(int(at))
    pain = np.clip(
        np.round(65.0 - 40.0 * (day >= at) + 4.0 * rng.standard_normal(day.size)), 0, 100
    )
    one = pd.DataFrame({"day": day, "pain": pain})
    same = pd.concat([one.assign(patient_id=f"P{i}") for i in range(8)])
    fit = pt.fit_curves(pt.read_diary(same, scale="vas"), horizon=56.0)
    drawn, grid = fit.inference.posterior, fit.population.noise
    assert np.ptp(drawn.log_evidence) < 0.5
    assert (10.0 * grid.sd[drawn.noise].mean(axis=1)).max() < 5.2
    assert fit.info["ess"].min() > 100
