"""The check of a cohort: calm where the model holds, and the right statistic speaks where not."""

import numpy as np
import pandas as pd
import pytest

from paintrend.checks import N_NEAR, _sums, check_cohort
from paintrend.core.default import default_prior
from paintrend.core.likelihood import OUTLIER
from paintrend.core.noise import noise_grid
from paintrend.core.predictive import replicate_ratings, spread_places
from paintrend.diary import read_diary
from paintrend.errors import InputError
from paintrend.fitting import fit_curves
from paintrend.results.check_statistics import STATISTICS
from paintrend.results.checks import CohortCheck
from paintrend.results.population import Population
from paintrend.scales import Scale, get_scale
from paintrend.shapes import shape_table
from paintrend.simulate import Noise, Visits, simulate_cohort

DRAWS = 50


@pytest.fixture(scope="module")
def cohort():
    return simulate_cohort(50, seed=2)


@pytest.fixture(scope="module")
def fit(cohort):
    few = read_diary(simulate_cohort(24, seed=9).ratings, scale="nrs")
    population = fit_curves(few, horizon=84, draws=20).population
    diary = read_diary(cohort.ratings, scale="nrs")
    return fit_curves(diary, population=population, draws=DRAWS)


@pytest.fixture(scope="module")
def check(fit):
    return check_cohort(fit)


def checked(fit, ratings):
    """Check other ratings under the same population."""
    diary = read_diary(ratings, scale="nrs")
    return check_cohort(fit_curves(diary, population=fit.population, draws=DRAWS))


def rated(cohort, noise):
    """The true curves of the cohort with other noise."""
    ratings = cohort.ratings
    level = [
        np.interp(own["day"], cohort.grid, curve)
        for (_, own), curve in zip(
            ratings.groupby("patient_id", sort=False), cohort.curves, strict=True
        )
    ]
    return ratings.assign(pain=np.clip(np.rint(np.concatenate(level) + noise), 0, 10))


def row(check, name):
    return check.table().set_index("statistic").loc[name]


def test_tail_shares_are_not_extreme_where_the_model_holds(fit, check):
    p = [check.p]
    for seed in (3, 4, 5):
        p.append(checked(fit, simulate_cohort(30, seed=seed).ratings).p)
    assert check.differing == ()
    assert np.mean(np.array(p) < 0.1) <= 0.1
    assert 0.4 < np.mean(p) < 0.9


def test_alternating_ratings_are_seen_as_missing_runs(fit, cohort):
    turn = cohort.ratings.groupby("patient_id").cumcount().to_numpy() % 2
    rng = np.random.default_rng(1)
    check = checked(fit, rated(cohort, 2.4 * turn - 1.2 + 0.6 * rng.standard_normal(len(turn))))
    assert "lag1" in check.differing
    assert row(check, "lag1")["observed"] < row(check, "lag1")["low"]
    assert row(check, "lag1")["text"].endswith("less than the model makes")
    assert not {"spread", "cohort_sd", "middle_share"} & set(check.differing)


def test_daily_ratings_that_hang_together_are_seen_as_runs():
    # to a population that gives no share to autocorrelated noise
    prior = default_prior("rehabilitation", shape_table(28.0, 1.0, 3.0), 1.0, (2.0, 2.0))
    alone = np.where(noise_grid(1.0, 3.0).share > 0.0, 1e-12, prior.noise)
    prior = prior._replace(noise=alone / alone.sum())
    population = Population(get_scale("nrs"), 28.0, 3.0, 1.0, prior, "rehabilitation", 0)
    linked = simulate_cohort(
        8, horizon=28.0, seed=2, visits=Visits(days=np.arange(-6.0, 29.0)),
        noise=Noise(sd=1.5, autocorrelation=0.6, persistent=0.9),
    )  # fmt: skip
    diary = read_diary(linked.ratings, scale="nrs")
    check = check_cohort(fit_curves(diary, population=population, draws=DRAWS))
    assert "lag1" in check.differing
    assert row(check, "lag1")["observed"] > row(check, "lag1")["high"]


def test_even_numbers_only_are_seen_as_favoured_values(fit, cohort):
    even = cohort.ratings.assign(pain=np.clip(2 * np.rint(cohort.ratings["pain"] / 2), 0, 10))
    check = checked(fit, even)
    assert {"uneven_values", "middle_share"} <= set(check.differing)
    assert row(check, "middle_share")["observed"] == 0.0
    assert not {"spread", "lag1", "cohort_sd"} & set(check.differing)


def test_scatter_with_two_humps_is_seen_close_to_the_curve(fit, cohort):
    rng = np.random.default_rng(0)
    n = len(cohort.ratings)
    check = checked(
        fit,
        rated(cohort, rng.choice([-2.5, 2.5], n) + 0.2 * rng.standard_normal(n)),
    )
    assert "near_share" in check.differing
    assert row(check, "near_share")["observed"] < row(check, "near_share")["low"]


def test_a_rating_is_close_up_to_half_a_standard_deviation():
    sums = _sums(np.array([[0.0, 1.0, -1.0, 1.02]]), np.zeros((1, 4)), np.array([[2.0]]))
    assert sums[0, N_NEAR] == 3


def test_observed_shares_and_spread_are_those_of_the_ratings(fit, check):
    pain = fit.diary.ratings["pain"].to_numpy()
    assert check.n_ratings == len(pain)
    assert row(check, "cohort_sd")["observed"] == pytest.approx(np.std(pain), rel=1e-9)
    for name, value in (("best_end_share", 0), ("worst_end_share", 10), ("middle_share", 5)):
        assert row(check, name)["observed"] == pytest.approx(np.mean(pain == value), rel=1e-12)
    counts = np.bincount(pain.astype(int), minlength=11)
    second = np.abs(np.diff(counts, 2)).sum() / 4
    assert row(check, "uneven_values")["observed"] == pytest.approx(second / len(pain))
    # the ratings' scatter about any one posterior curve is near the noise of the simulation
    assert 1.0 < row(check, "spread")["observed"] < 1.5


def test_distances_are_from_the_posterior_curves(fit):
    visits = Visits(days=np.arange(0.0, 85.0, 7.0))
    diary = read_diary(simulate_cohort(6, visits=visits, seed=1).ratings, scale="nrs")
    own = fit_curves(diary, population=fit.population, draws=DRAWS)
    squares = []
    for name in own:
        ratings = own[name].ratings
        level = [np.interp(ratings["day"], own.grid, curve) for curve in own.draws(name)]
        squares.append(((ratings["pain"].to_numpy() - np.array(level)) ** 2).mean(axis=0))
    check = check_cohort(own, replicates=4 * DRAWS)
    seen = check.observed[:, check.names.index("spread")]
    assert np.mean(seen**2) == pytest.approx(np.concatenate(squares).mean(), rel=0.01)


def test_ends_follow_the_direction_of_the_scale_and_points_its_unit(cohort):
    own = Scale("relief", 0, 100, step=10, higher_is_worse=False, better=20, worse=20)
    mirrored = cohort.ratings.assign(pain=100 - 10 * cohort.ratings["pain"])
    few = cohort.ratings["patient_id"].unique()[:6]
    plain, turned = (
        check_cohort(
            fit_curves(
                read_diary(table[table["patient_id"].isin(few)], scale=scale), horizon=84, draws=20
            )
        )
        for table, scale in ((cohort.ratings, get_scale("nrs")), (mirrored, own))
    )
    size = np.where([STATISTICS[name].unit == "points" for name in plain.names], 10.0, 1.0)
    np.testing.assert_allclose(turned.observed, plain.observed * size, rtol=1e-6)
    np.testing.assert_allclose(turned.replicated, plain.replicated * size, rtol=1e-6)
    assert "(100)" in turned.label("best_end_share")
    assert "(0)" in plain.label("best_end_share")


def test_order_of_patients_plays_no_part_and_the_seed_decides(fit, check):
    ids = list(fit.patient_ids)[::-1]
    shuffled = fit.diary.ratings.set_index("patient_id").loc[ids].reset_index()
    again = checked(fit, shuffled.drop(columns="inclusion"))
    np.testing.assert_allclose(again.replicated, check.replicated, rtol=1e-9)
    np.testing.assert_array_equal(check_cohort(fit, seed=0).replicated, check.replicated)
    assert (check_cohort(fit, seed=1).replicated != check.replicated).any()


def test_every_replicate_mixes_calm_and_wild_draws(check):
    # draws come sorted by noise: taken in that order the last replicates would scatter most
    spread = check.replicated[:, check.names.index("spread")]
    assert abs(np.corrcoef(spread, np.arange(len(spread)) % DRAWS)[0, 1]) < 0.25


def test_a_patient_is_replicated_alike_in_any_cohort(fit):
    one = fit.patient_ids[3]
    alone = check_cohort(fit.select([one]))
    two = check_cohort(fit.select([one, fit.patient_ids[7]]))
    other = check_cohort(fit.select([fit.patient_ids[7]]))
    place = {name: i for i, name in enumerate(alone.names)}
    total = [c.replicated[:, place["middle_share"]] * c.n_ratings for c in (alone, other)]
    both = two.replicated[:, two.names.index("middle_share")] * two.n_ratings
    np.testing.assert_allclose(both, sum(total), atol=1e-9)
    # one patient has nobody to differ from
    assert "spread_difference" not in alone.names


def test_nobody_fitted_is_a_sentence_and_an_empty_table(fit):
    nobody = check_cohort(fit.as_of(-100.0))
    assert (nobody.n_fitted, nobody.n_ratings, nobody.names) == (0, 0, ())
    assert nobody.table().empty
    assert nobody.text.startswith("No patient was fitted")
    assert "0 of 50 patients" in repr(nobody)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"replicates": 99}, "replicates must be a whole number from 100, got 99"),
        ({"replicates": 200.0}, "replicates"),
        ({"seed": -1}, "seed must be a whole number from 0, got -1"),
        ({"seed": True}, "seed"),
    ],
)
def test_options_that_cannot_be_used_are_named(fit, options, said):
    with pytest.raises(InputError, match=said):
        check_cohort(fit, **options)


def test_only_a_fit_can_be_checked(fit):
    with pytest.raises(InputError, match="needs a fit from fit_curves, got Diary"):
        check_cohort(fit.diary)


def made_up(observed, replicated):
    """A check of one statistic with these values."""
    return CohortCheck(
        ("spread",), np.reshape(observed, (-1, 1)), np.reshape(replicated, (-1, 1)),
        get_scale("nrs"), 2, 2, 20, 0, 0,
    )  # fmt: skip


def test_p_is_twice_the_smaller_tail_and_ties_count_on_both_sides():
    values = np.arange(199.0)
    assert made_up(np.full(199, 197.5), values).p[0] == pytest.approx(2 * 1.5 / 200)
    assert made_up(np.full(199, -1.0), values).p[0] == pytest.approx(2 * 0.5 / 200)
    assert made_up(np.full(199, 99.0), values).p[0] == 1.0
    assert made_up(np.zeros(199), np.zeros(199)).p[0] == 1.0
    high = made_up(np.full(199, 500.0), values)
    assert high.differing == ("spread",)
    assert high.text == (
        "Ratings differ from what the model makes in: scatter about the own curve (root mean "
        "square of the distance of ratings from their patient's curve): 500 points, the model "
        "makes 9.9 to 188.1."
    )


def test_the_sentence_and_the_page_say_what_was_compared(check):
    assert check.text == (
        "The model makes ratings like these: none of 9 quantities lies clearly outside what "
        "200 cohorts made by it show." + check._just_outside()
    )
    table = check.table()
    seen = ((table["observed"] < table["low"]) | (table["observed"] > table["high"])).sum()
    assert (f" {seen} lie" in check.text) == (seen > 0)
    assert repr(check).count("\n") == 1 + 9
    assert "<table" in check._repr_html_()
    table = check.table()
    assert list(table) == ["statistic", "observed", "replicated", "low", "high", "p", "text"]
    assert (table["low"] <= table["replicated"]).all()
    assert pd.api.types.is_float_dtype(table["p"])


def test_patients_of_a_replicate_are_not_noisier_or_calmer_together(check):
    # Sd between two levels of noise is drawn for each patient: drawn once for a whole replicate,
    # scatter of the cohort would range over the distance of the levels, a quarter of its size.
    row = check.table().set_index("statistic").loc["spread"]
    assert (row["high"] - row["low"]) / row["replicated"] < 0.2


def test_replicates_have_the_noise_heaping_and_outliers_of_their_setting(fit):
    model, days = fit.population.model, np.arange(40.0)
    rng = np.random.default_rng(3)
    normals = rng.standard_normal((2000, 3 * days.size))
    levels = np.full((2000, days.size), 5.0)

    def make(j, level=levels, outlier=0.0):
        place = spread_places(2000)
        return replicate_ratings(model, np.full(2000, j), level, days, normals, outlier, place)

    white = int(np.argmax((model.share == 0) & (model.heap == 0) & (model.sd > 1.0)))
    ratings = make(white)
    expected = model.sd[white] ** 2 + 1 / 12
    assert ratings.var() == pytest.approx(expected, rel=0.02)
    linked = int(np.argmax((model.share > 0) & (model.heap == 0) & (model.sd > 1.0)))
    residual = make(linked) - 5.0
    lag = (residual[:, 1:] * residual[:, :-1]).mean()
    exact = model.share[linked] * np.exp(-1.0 / model.tau[linked]) * model.sd[linked] ** 2
    assert lag == pytest.approx(exact, rel=0.05)
    heaped = int(np.argmax((model.share == 0) & (model.heap > 0.9) & (model.sd > 1.0)))
    assert np.isin(make(heaped), (0.0, 5.0, 10.0)).mean() > model.heap[heaped]
    # at the floor with little noise all that lies high is an outlier
    calm = int(np.argmin(np.where((model.share == 0) & (model.heap == 0), model.sd, np.inf)))
    wild = make(calm, np.zeros_like(levels), OUTLIER)
    assert np.mean(wild >= 5) == pytest.approx(OUTLIER * 6 / 11, rel=0.25)
    assert not (make(calm, np.zeros_like(levels)) >= 5).any()
