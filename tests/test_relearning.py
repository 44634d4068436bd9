"""Relearning on rows that are joined: less work, the same numbers."""

from __future__ import annotations

import numpy as np
import pytest

from paintrend.pooling.design_rows import DesignRows, rows_of
from paintrend.pooling.links import Link, Variable, first_link, improve_link, logistic_terms

P, D = 40, 30


@pytest.fixture(scope="module")
def design():
    rng = np.random.default_rng(1)
    course = rng.integers(0, 3, (P, D))
    patient = rng.normal(size=(P, 1, 1)) * np.ones((P, D, 1))
    dummies = (course[:, :, None] == np.arange(1, 3)).astype(float)
    return np.concatenate([np.ones((P, D, 1)), dummies, patient], axis=2)


def whole(design, known):
    """The same predictors, every curve with a row of its own."""
    at = np.flatnonzero(known)
    x = design[at].reshape(-1, design.shape[2])
    return DesignRows(x, np.repeat(at, D), at, None, P, D)


@pytest.mark.parametrize("levels", [(), ("a", "b"), ("a", "b", "c")])
def test_joined_rows_give_the_numbers_of_all_curves(design, levels):
    rng = np.random.default_rng(2)
    value = rng.integers(0, len(levels), P).astype(float) if levels else rng.normal(size=P)
    value[::7] = np.nan
    variable = Variable("v", levels, value)
    joined, own = rows_of(design, variable.known), whole(design, variable.known)
    assert len(joined.x) < len(own.x) / 5
    weight = rng.dirichlet(np.ones(D), P)
    assert joined.weights(weight).sum() == pytest.approx(weight[variable.known].sum())
    one = two = first_link(variable, design.shape[2])
    for _ in range(15):
        one, two = improve_link(one, joined, weight), improve_link(two, own, weight)
    assert one.coefficients == pytest.approx(two.coefficients, abs=1e-8)
    density = one.log_density(joined)
    assert density == pytest.approx(one.log_density(own), abs=1e-9)
    assert (density[~variable.known] == 0.0).all()


def test_log_density_is_that_of_the_chances():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(P, D, 2))
    variable = Variable("v", ("a", "b", "c"), rng.integers(0, 3, P).astype(float))
    beta = rng.normal(size=(2, 2))
    level = np.concatenate([np.zeros((P, D, 1)), x @ beta], axis=2)
    chance = np.exp(level) / np.exp(level).sum(axis=2, keepdims=True)
    own = np.log(np.take_along_axis(chance, variable.value.astype(int)[:, None, None], 2))[:, :, 0]
    found = Link(variable, beta).log_density(rows_of(x, variable.known))
    assert found == pytest.approx(own)


def test_second_derivatives_from_a_part_end_at_the_same_place():
    rng = np.random.default_rng(4)
    x = np.column_stack([np.ones(6000), rng.normal(size=(6000, 2))])
    own = (rng.random(6000) < 1 / (1 + np.exp(-x @ [0.3, 1.0, -0.5]))).astype(float)
    w, penalty = rng.uniform(0.5, 1.5, 6000), np.full(3, 0.04)
    ends = []
    for stride in (1, 3):
        beta = np.zeros((3, 1))
        for _ in range(40):
            gradient, hessian = logistic_terms(beta, x, w, own, penalty, stride)
            beta = beta + np.linalg.solve(hessian, gradient)[:, None]
        ends.append(beta)
    assert ends[0] == pytest.approx(ends[1], abs=1e-9)
    assert np.abs(gradient).max() < 1e-6


def test_a_coefficient_counts_as_far_as_its_predictor_is_known():
    rng = np.random.default_rng(5)
    n, d = 60, 40
    group = rng.integers(0, 2, n).astype(float)
    own = Variable("x", (), group + rng.normal(size=n))
    known = np.stack([np.ones((n, d)), np.repeat(group[:, None], d, axis=1)], axis=-1)
    # nobody's group is known: in each patient half of the curves are of either
    nobody = np.stack([np.ones((n, d)), np.tile(np.arange(d) % 2, (n, 1))], axis=-1)
    weight = np.full((n, d), 1.0 / d)
    left = {}
    for name, design in (("known", known), ("nobody", nobody)):
        rows = rows_of(design, own.known)
        link = improve_link(first_link(own, 2), rows, weight)
        off = (own.value[:, None] - design @ link.coefficients[:, 0]) ** 2
        # the variance is this sum, and 2 patients of variance 1, over what is left of the patients
        left[name] = ((weight * off).sum() + 2.0) / np.exp(link.log_variance) - 2.0
    assert left["known"] == pytest.approx(n - 2, abs=0.01)
    # the mean counts; of the difference nothing is known
    assert left["nobody"] == pytest.approx(n - 1, abs=0.01)
