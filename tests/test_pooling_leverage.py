"""Few patients for many coefficients: how much too little a bootstrap varies, and what is done."""

import numpy as np
import pytest

import paintrend as pt
from paintrend.pooling.design_rows import rows_of
from paintrend.pooling.leverage import count_coefficients, count_tilt, widening_of
from paintrend.pooling.relearning import Study, bootstrap_weights
from paintrend.pooling.rules import combine_estimates, p_of_difference, stretch_shares


def study_of(own, each, n):
    """Curves that differ between patients and within them, by so much."""
    rng = np.random.default_rng(6)
    prior = rng.normal(size=(2000, 2))
    tilted = own * rng.normal(size=(n, 1, 2)) + each * rng.normal(size=(n, 40, 2))
    return Study(np.zeros((n, 40), np.int8), tilted, prior, prior.mean(axis=0), (), ())


def test_a_bootstrap_of_few_patients_lacks_what_is_made_up_for():
    rng = np.random.default_rng(3)
    n, k = 24, 6
    x = np.column_stack([np.ones(n), rng.normal(size=(n, k - 1))])
    rows = rows_of(np.repeat(x[:, None, :], 3, axis=1), np.ones(n, dtype=bool))
    h = count_coefficients(rows, np.full((n, 3), 1 / 3)) / n
    assert h == pytest.approx(k / n, rel=0.01)
    y = rng.normal(size=(n, 60))
    weights = bootstrap_weights([f"p{i}" for i in range(n)], 1, 400)
    square = np.einsum("mi,ia,ib->mab", weights, x, x)
    pull = np.einsum("mi,ia,is->mas", weights, x, y)
    drawn = np.linalg.solve(square, pull).var(axis=0).mean(axis=1)
    ratio = drawn / np.diag(np.linalg.inv(x.T @ x))
    assert ratio.mean() < 0.8
    assert 0.9 < ratio.mean() / (1.0 - h) ** 2 < 1.3


def test_predictors_count_as_far_as_they_are_known():
    rng = np.random.default_rng(4)
    sure, spread = rng.normal(size=(30, 1, 1)), rng.normal(size=(30, 50, 1))
    every = np.ones(30, dtype=bool)
    share = np.full((30, 50), 0.02)

    def counted(curve):
        design = np.concatenate([np.ones((30, 50, 1)), curve], axis=2)
        return count_coefficients(rows_of(design, every), share)

    known, half, unknown = (counted(a * sure + b * spread) for a, b in ((1, 0), (1, 1), (0, 1)))
    assert known == pytest.approx(2.0, abs=0.01)
    assert 1.3 < half < 1.7
    assert unknown < 1.1


@pytest.mark.parametrize(("n", "own", "each", "expected"), [
    (40, 1.0, 0.0, 2 * 40 / 44), (400, 1.0, 0.0, 2 * 400 / 404), (40, 1.0, 1.0, 40 / 42),
    (40, 0.0, 1.0, 0.05),
])  # fmt: skip
def test_what_is_learned_of_the_patients_counts_and_what_is_assumed_does_not(
    n, own, each, expected
):
    share = np.full((n, 40), 1 / 40)
    study = study_of(own, each, n)
    assert count_tilt(study, share) == pytest.approx(expected, rel=0.3, abs=0.05)
    assert widening_of(study, share) == pytest.approx((1 - expected / n) ** -2, rel=0.02)


def test_variance_between_draws_is_widened():
    estimate = np.random.default_rng(0).normal(size=(30, 1))
    error = np.full((30, 1), 0.5)
    one, two = (
        combine_estimates(["x"], estimate, error, np.array([50.0]), widening=w) for w in (1, 2)
    )
    between = one["std_error"] ** 2 - 0.25
    assert (two["std_error"] ** 2 - 0.25).to_numpy() == pytest.approx(2.0 * between.to_numpy())
    assert two["p_value"].iloc[0] > one["p_value"].iloc[0]
    assert two["missing_information"].iloc[0] > one["missing_information"].iloc[0]


def test_shares_are_moved_apart_as_far():
    rng = np.random.default_rng(1)
    low = rng.beta(rng.integers(8, 20, (20, 1)), 40, (20, 200))
    high = rng.beta(rng.integers(14, 26, (20, 1)), 40, (20, 200))

    def centres(drawn):
        return np.log(drawn / (1.0 - drawn)).mean(axis=1)

    plain, wide = centres(stretch_shares(low)), centres(stretch_shares(low, widening=1.44))
    assert wide.std() == pytest.approx(1.2 * plain.std(), rel=1e-6)
    assert p_of_difference(low, high, 1.44) > p_of_difference(low, high)


def test_a_share_that_few_data_sets_have_is_not_blown_up():
    rng = np.random.default_rng(2)
    # of 40 patients nobody in half of the data sets, one or two in the others
    count = np.array([0] * 10 + [1] * 5 + [2] * 5)[:, None]
    drawn = rng.beta(count + 0.25, 41.75 - count, (20, 400))
    wide = stretch_shares(drawn, widening=1.6, of_means=True)
    # two of 40 alone have 0.13 as the end of their interval; from means of log odds it is 0.19
    assert np.quantile(wide, 0.95) < 0.15
    assert np.quantile(stretch_shares(drawn, widening=1.6), 0.95) > 0.17


def test_a_fit_of_few_patients_is_widened_more():
    cohort = pt.simulate_cohort(120, arms={"a": None, "b": None}, seed=2)
    some = cohort.ratings[cohort.ratings["patient_id"].isin(cohort.truth["patient_id"][:24])]
    few, many = (
        pt.draw_plausible(
            pt.fit_curves(pt.read_diary(rows, scale="nrs"), horizon=84, draws=100),
            m=2, quantities=("rise",), variables=("arm",),
        ).widening
        for rows in (some, cohort.ratings)
    )  # fmt: skip
    assert 1.0 < many < few < 2.0
    assert many < 1.2
