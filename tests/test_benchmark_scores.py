"""Scores against values worked out by hand."""

import sys

import numpy as np
import pytest


@pytest.fixture(scope="module")
def scores(root):
    """Import the scores as the benchmark scripts do."""
    sys.path.insert(0, str(root / "benchmarks"))
    import scores

    yield scores
    sys.path.remove(str(root / "benchmarks"))


def test_losses_by_hand(scores):
    p = np.array([[0.5, 0.25, 0.25], [0.0, 1.0, 0.0]])
    true = np.array([0, 2])
    np.testing.assert_allclose(scores.log_losses(p, true), [np.log(2.0), np.log(800.0)])
    np.testing.assert_allclose(scores.brier_losses(p, true), [0.25 + 0.0625 + 0.0625, 2.0])


def test_mean_has_its_standard_error(scores):
    assert scores.mean_of(np.array([0.0, 0.0, 1.0, 1.0])) == (0.5, 0.25)


def test_auc_counts_pairs_and_halves_ties(scores):
    score = np.array([0.1, 0.4, 0.35, 0.8, 0.4])
    positive = np.array([False, False, True, True, True])
    # pairs won: 0.35 beats 0.1; 0.8 beats both; 0.4 beats 0.1 and ties with 0.4
    assert scores.auc(score, positive).value == pytest.approx((1 + 2 + 1.5) / 6)
    assert scores.auc(-score, positive).value == pytest.approx(1 - 4.5 / 6)
    assert np.isnan(scores.auc(score, np.ones(5, dtype=bool)).value)


def test_standard_error_of_an_auc_is_the_spread_over_samples(scores):
    rng = np.random.default_rng(0)
    found = []
    for _ in range(400):
        positive = rng.random(200) < 0.3
        found.append(scores.auc(rng.normal(size=200) + positive, positive))
    values, errors = np.array(found).T
    # a shift of one sd: Phi(1 / sqrt(2)) = 0.760
    assert values.mean() == pytest.approx(0.760, abs=0.006)
    assert errors.mean() == pytest.approx(values.std(), rel=0.12)


def test_difference_of_aucs_is_paired(scores):
    rng = np.random.default_rng(1)
    positive = rng.random(500) < 0.4
    a = rng.normal(size=500) + positive
    same = scores.auc_difference(a, 3 * a + 1, positive)
    assert same == (0.0, 0.0)
    b = a + 0.1 * rng.normal(size=500)
    unpaired = np.hypot(scores.auc(a, positive).error, scores.auc(b, positive).error)
    assert scores.auc_difference(a, b, positive).error < 0.5 * unpaired
    assert scores.auc_difference(a, b, positive).value == pytest.approx(
        scores.auc(a, positive).value - scores.auc(b, positive).value
    )


def test_calibration_error_by_hand(scores):
    # ten bins of two: 0.8 said, half happened in each
    p = np.full(20, 0.8)
    happened = np.tile([True, False], 10)
    assert scores.calibration_error(p, happened).value == pytest.approx(0.3)
    assert scores.calibration_error(happened.astype(float), happened).value == 0.0


def test_calibration_error_by_chance_is_that_of_a_perfect_method(scores):
    rng = np.random.default_rng(2)
    p = rng.random(4000)
    chance = scores.calibration_by_chance(p)
    # |N(0, sqrt(p (1 - p) / 400))| on average: 0.8 sqrt(1 / 6 / 400) = 0.016
    assert chance == pytest.approx(0.0155, abs=0.002)
    happened = rng.random(4000) < p
    assert scores.calibration_error(p, happened).value == pytest.approx(chance, abs=0.012)
    assert scores.calibration_error(p, rng.random(4000) < p**2).value > 0.1


def test_share_of_the_gap_by_hand_and_by_bootstrap(scores):
    rng = np.random.default_rng(3)
    ideal = rng.gamma(1.0, 0.5, 500)
    own, tool = ideal + rng.normal(0.05, 0.2, 500), ideal + rng.normal(0.5, 0.6, 500)
    share = scores.gap_closed(tool, own, ideal)
    assert share.value == pytest.approx((tool - own).mean() / (tool - ideal).mean())
    again = []
    for _ in range(500):
        i = rng.integers(0, 500, 500)
        again.append((tool[i] - own[i]).mean() / (tool[i] - ideal[i]).mean())
    assert share.error == pytest.approx(np.std(again), rel=0.15)
    assert scores.gap_closed(tool, ideal, ideal).value == 1.0


def test_confusion_matrix_is_learned_from_other_patients(scores):
    # one patient has a label of its own: others say nothing about it
    labels, true = np.array([0] * 10 + [1]), np.array([0] * 10 + [1])
    p = scores.confusion_probabilities(labels, true, n_courses=2)
    np.testing.assert_allclose(p[-1], [0.5, 0.5])
    # four fifths of the others (8 of 10) were course 0: (8 + 0.5) / (8 + 1)
    np.testing.assert_allclose(p[:10, 0], [8.5 / 9] * 10, atol=0.02)
    np.testing.assert_allclose(p.sum(axis=1), 1.0)


def test_places_are_uniform_with_point_masses_too(scores):
    rng = np.random.default_rng(4)
    draws = np.maximum(rng.normal(size=(3000, 100)), 0.0)
    truth = np.maximum(rng.normal(size=3000), 0.0)
    places = scores.randomised_places(draws, truth)
    np.testing.assert_allclose(np.histogram(places, 5, (0, 1))[0] / 3000, 0.2, atol=0.03)
    assert scores.coverage(places).value == pytest.approx(0.9, abs=0.02)
    narrow = scores.randomised_places(0.5 * rng.normal(size=(3000, 100)), rng.normal(size=3000))
    # |z| < 1.645 / 2
    assert scores.coverage(narrow).value == pytest.approx(0.589, abs=0.04)


def test_places_exist_where_truth_and_enough_draws_do(scores):
    draws = np.full((3, 30), np.nan)
    draws[0], draws[1, :10] = np.arange(30.0), 1.0
    places = scores.randomised_places(draws, np.array([14.5, 1.0, np.nan]))
    assert np.isfinite(places).tolist() == [True, False, False]
    assert places[0] == pytest.approx(0.5, abs=0.02)
