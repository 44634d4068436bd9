"""Scores of what is said while treatment goes on: against closed forms and against counting."""

import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, norm


@pytest.fixture(scope="module")
def bench(root):
    """Import the benchmark modules as the scripts do."""
    sys.path.insert(0, str(root / "benchmarks"))
    import ideal
    import landmarks
    import likelihoods
    import monitoring
    import monitoring_tables
    import pool
    import scores
    import worlds

    yield SimpleNamespace(
        ideal=ideal,
        landmarks=landmarks,
        likelihoods=likelihoods,
        monitoring=monitoring,
        pool=pool,
        scores=scores,
        tables=monitoring_tables,
        worlds=worlds,
    )
    sys.path.remove(str(root / "benchmarks"))


def counted_pairs(score, positive):
    """AUC by looking at every pair."""
    gap = score[positive][:, None] - score[~positive][None, :]
    return ((gap > 0) + 0.5 * (gap == 0)).mean()


def test_difference_of_aucs_and_its_error_by_counting_pairs(bench):
    rng = np.random.default_rng(0)
    positive = rng.random(120) < 0.4
    a = np.round(positive + rng.normal(size=120), 1)  # ties
    b = np.round(a + rng.normal(size=120), 1)
    found = bench.scores.auc_gap(a, b, positive, resamples=2000)
    assert found.value == pytest.approx(counted_pairs(a, positive) - counted_pairs(b, positive))
    again = []
    for _ in range(1000):
        i = rng.integers(0, 120, 120)
        again.append(counted_pairs(a[i], positive[i]) - counted_pairs(b[i], positive[i]))
    assert found.error == pytest.approx(np.std(again), rel=0.1)
    # the closed form for large samples (DeLong)
    assert found.error == pytest.approx(bench.scores.auc_difference(a, b, positive).error, rel=0.1)
    assert bench.scores.auc_gap(a, a, positive).error == 0.0
    assert np.isnan(bench.scores.auc_gap(a, b, np.arange(120) == 3).value)


def test_counted_patients_are_repeated_patients(bench):
    rng = np.random.default_rng(1)
    score, positive = np.round(rng.random(30), 1), rng.random(30) < 0.5
    count = rng.integers(0, 4, (5, 30))
    expected = [counted_pairs(np.repeat(score, k), np.repeat(positive, k)) for k in count]
    np.testing.assert_allclose(bench.scores._counted_auc(score, positive, count), expected)


def expected_coverage(said, true):
    """Coverage of the randomised 90% interval, worked out value by value."""
    top = np.cumsum(said)
    low = top - said
    part = (np.minimum(top, 0.95) - np.maximum(low, 0.05)).clip(0) / said
    return (true * part).sum()


@pytest.mark.parametrize(("said", "true"), [(0.3, 0.3), (0.05, 0.05), (0.3, 0.45), (0.02, 0.1)])
def test_randomised_coverage_of_ratings_against_the_closed_form(bench, said, true):
    n, k = 20_000, np.arange(11)
    mass, happens = binom.pmf(k, 10, said), binom.pmf(k, 10, true)
    hit = np.random.default_rng(2).choice(11, n, p=happens)
    places = bench.scores.mass_places(np.tile(mass, (n, 1)), hit)
    expected = expected_coverage(mass, happens)
    assert (said != true) or expected == pytest.approx(0.9)
    assert bench.scores.coverage(places).value == pytest.approx(expected, abs=0.008)
    if said == true:  # every place is as likely as any other, though most ratings are 0
        np.testing.assert_allclose(np.histogram(places, 10, (0, 1))[0] / n, 0.1, atol=0.01)


def fake_fit(draws):
    """What `later_places` asks of a fit; curves (P, D, 169)."""
    blocks = [
        SimpleNamespace(start=i, stop=i + 100, curves=draws[i : i + 100])
        for i in range(0, len(draws), 100)
    ]
    names = tuple(f"{i:05d}" for i in range(len(draws)))
    return SimpleNamespace(
        patient_ids=names,
        horizon=84.0,
        grid=np.linspace(0, 84, 169),
        draw_blocks=lambda size: blocks,
    )


def cohort_of(bench, level):
    curves = bench.worlds.Curves(level, np.zeros(len(level)), np.zeros(len(level), dtype=int))
    return bench.worlds.Cohort(bench.worlds.WORLDS["weekly"], pd.DataFrame(), curves)


@pytest.mark.parametrize("start", [5.0, 0.0, 9.5])
def test_places_of_later_levels_in_mid_scale_and_at_its_ends(bench, start):
    rng, shape = np.random.default_rng(3), np.linspace(1.0, 1.5, 169)

    def draw(*size, sd=1.0):
        return np.clip(start + sd * rng.normal(size=(*size, 1)) * shape, 0.0, 10.0)

    level, later = draw(800), np.array([28.0, 70.0])
    place, width = bench.landmarks.later_places(
        fake_fit(draw(800, 120)), cohort_of(bench, level), later
    )
    assert place.shape == width.shape == (800, 2)
    assert 100 * bench.scores.coverage(place[:, 1]).value == pytest.approx(90, abs=3.5)
    if start == 5.0:
        spread = np.interp(later, np.linspace(0, 84, 169), shape)
        np.testing.assert_allclose(width.mean(axis=0), 2 * norm.ppf(0.95) * spread, rtol=0.03)
    # too narrow by half: |z| < 1.645 / 2 in mid-scale
    narrow, _ = bench.landmarks.later_places(
        fake_fit(draw(800, 120, sd=0.5)), cohort_of(bench, level), later
    )
    found = bench.tables.by_patient(narrow).value
    assert found < 80
    assert start != 5.0 or found == pytest.approx(58.9, abs=4)


def test_days_of_a_patient_count_as_one(bench):
    places = np.array([[0.5, 0.5], [0.01, 0.5], [0.99, 0.99], [np.nan, np.nan]])
    found = bench.tables.by_patient(places)
    assert found.value == pytest.approx(50.0)
    assert found.error == pytest.approx(100 * np.std([1, 0.5, 0]) / np.sqrt(3))


def test_the_best_possible_levels_and_end_by_hand(bench):
    world = bench.worlds.WORLDS["weekly"]
    drawn = bench.pool.Pool(world)
    drawn.grow(np.full(world.clinic.shares.size, 40))
    index = np.arange(len(drawn))
    # weights that undo those of the kinds, so that every curve counts the same
    value = -drawn.log_offset(len(drawn))[drawn.kinds]
    kept = bench.likelihoods.Kept(index, value, 0.0, len(drawn))
    column, rng = len(world.planned) - 1, np.random.default_rng(4)
    level = drawn.cells[:, column] * (10.0 / 400)
    place, width = bench.ideal._levels([kept], drawn, np.array([column]), level[:1, None], rng)
    below, same = (level < level[0]).mean(), (level == level[0]).mean()
    assert below <= place[0, 0] <= below + same
    low, high = np.quantile(level, [0.05, 0.95], method="inverted_cdf")
    assert width[0, 0] == pytest.approx(high - low, abs=0.026)
    true = np.full((1, 10), np.nan)
    _, better, _, _ = bench.ideal._answers([kept], drawn, true, rng)
    assert better[0] == pytest.approx((drawn.features[:, bench.ideal.END] <= -2.0).mean())


@pytest.fixture(scope="module")
def seen(bench):
    """A few new patients with gaps and drop-out, halfway."""
    world = bench.worlds.WORLDS["rough"]
    populations = bench.landmarks.learn_populations(world, [30], 7)
    return bench.landmarks.look(
        world, 40, 0.5, populations, n_best=10, n_rated=20, seed=7, pool=2000, limit=2000, draws=50
    )


def test_later_ratings_are_those_planned_and_the_given_are_marked(bench, seen):
    (rated,) = seen.rated.values()
    assert seen.later.tolist() == [49.0, 56.0, 63.0, 70.0, 77.0, 84.0]
    assert rated.owner.tolist() == np.repeat(np.arange(20), 6).tolist()
    cohort = bench.worlds.sample_cohort(seen.comparison.world, 40, 7)
    late = cohort.ratings[cohort.ratings["day"] > 42]
    number = late["patient_id"].astype(int)
    assert rated.given.sum() == (number < 20).sum() < rated.given.size
    first = rated.given[rated.owner == 0]
    assert seen.later[first].tolist() == late[number == 0]["day"].tolist()
    assert ((rated.places > 0) & (rated.places < 1)).all()


def test_every_answer_is_scored_on_its_own_patients(bench, seen):
    best, own = (seen.comparison.answers[k] for k in ("best possible", next(iter(seen.rated))))
    assert (len(best.p), len(own.p)) == (10, 40)
    assert (best.later.shape, own.later.shape) == ((10, 6), (40, 6))
    errors = bench.tables.calibrations(own, seen)
    assert list(errors) == ["top course", "dip", "deterioration", "ends better"]
    table = bench.tables.calibration_table([seen])
    assert table["patients"].tolist() == [10, 40]
    gaps = bench.tables.separation_table([seen])
    either = (seen.comparison.truly_dip | seen.comparison.truly_worse)[:10]
    assert gaps["of them"].tolist()[0] == either.sum()


@pytest.mark.slow
def test_short_run_writes_every_table(bench, tmp_path):
    file = tmp_path / "page.md"
    assert bench.monitoring.main(["--short", "--markdown", str(file)]) == 0
    text = file.read_text(encoding="utf-8")
    assert "python benchmarks/monitoring.py --short" in text
    assert text.count("\n## ") == 4
    assert text.count("| weekly | 28 (33%) |") == 2 + 2 + 2 + 2
