"""Bands and shares of features over draws, against NumPy's own quantiles, one patient at a time."""

import warnings

import numpy as np
import pytest

from paintrend.features import (
    ALWAYS,
    DRAW_FEATURES,
    FEATURE_COLUMNS,
    SOMETIMES,
    posterior_band,
    summarise_features,
)
from paintrend.scales import get_scale


def quantiles(draws):
    """Median, 5% and 95% of the numbers that exist, patient by patient."""
    return np.array(
        [np.quantile(row[np.isfinite(row)], [0.5, 0.05, 0.95]) for row in np.atleast_2d(draws)]
    )


@pytest.mark.parametrize("n", [1, 2, 3, 20, 21, 400])
def test_bands_are_quantiles_with_linear_interpolation(n):
    draws = np.random.default_rng(n).normal(size=(5, n))
    band, share = posterior_band(draws)
    np.testing.assert_allclose(band, quantiles(draws), rtol=1e-12)
    np.testing.assert_array_equal(share, np.ones(5))


@pytest.mark.parametrize("n", [2, 3, 20, 21])
def test_draws_without_the_number_are_left_out_and_counted(n):
    rng = np.random.default_rng(n)
    draws = rng.normal(size=(40, n))
    draws[rng.random(draws.shape) < 0.4] = np.nan
    draws[:, 0] = rng.normal(size=40)
    draws[3] = np.nan
    draws[3, -1] = 7.0
    draws[5] = np.nan
    band, share = posterior_band(draws)
    there = np.isfinite(draws).any(axis=1)
    assert np.isnan(band[~there]).all()
    np.testing.assert_allclose(band[there], quantiles(draws[there]), rtol=1e-12)
    np.testing.assert_array_equal(share, np.isfinite(draws).mean(axis=1))
    assert band[3].tolist() == [7.0, 7.0, 7.0]


def test_one_missing_draw_at_either_end_is_seen():
    for place in (0, -1):
        draws = np.arange(1.0, 7.0)[np.newaxis].copy()
        draws[0, place] = np.nan
        band, share = posterior_band(draws)
        np.testing.assert_allclose(band, quantiles(draws))
        assert share[0] == pytest.approx(5 / 6)


def test_draws_are_not_changed():
    draws = np.array([[3.0, np.nan, 1.0]])
    posterior_band(draws)
    np.testing.assert_array_equal(draws, [[3.0, np.nan, 1.0]])


def features_of(n_patients=4, n_draws=60):
    rng = np.random.default_rng(8)
    made = rng.uniform(0.5, 9.5, (n_patients, n_draws, len(DRAW_FEATURES)))
    for name in SOMETIMES:
        made[1, ::3, DRAW_FEATURES.index(name)] = np.nan
        made[2, :, DRAW_FEATURES.index(name)] = np.nan
    made[3] = np.nan  # a patient who was not fitted
    return made


@pytest.mark.parametrize("scale", ["nrs", "promis_pi"])
def test_each_column_is_the_band_or_the_share_of_its_own_feature(scale):
    made, scale = features_of(), get_scale(scale)
    columns = summarise_features(made, scale)
    assert tuple(columns) == FEATURE_COLUMNS
    for name in ALWAYS + SOMETIMES:
        draws = made[:, :, DRAW_FEATURES.index(name)]
        if name == "baseline":
            draws = scale.orient(draws)
        for patient in range(4):
            own = draws[patient][np.isfinite(draws[patient])]
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                expected = np.quantile(own, [0.5, 0.05, 0.95]) if own.size else [np.nan] * 3
            got = [columns[name + end][patient] for end in ("", "_low", "_high")]
            np.testing.assert_allclose(got, expected, err_msg=name)
    for name in SOMETIMES:
        np.testing.assert_array_equal(columns[f"{name}_share"], [1.0, 40 / 60, 0.0, np.nan])
    assert not [
        name for name in columns if name.removesuffix("_share") in ALWAYS and "_share" in name
    ]


def test_the_start_of_a_scale_on_which_higher_is_better_is_turned_back():
    from paintrend.scales import Scale

    relief = Scale("relief", 0, 10, better=2, worse=2, higher_is_worse=False, label="relief")
    columns = summarise_features(features_of(), relief)
    raw = features_of()[0, :, DRAW_FEATURES.index("baseline")]
    # The low end of the oriented start is the high end of the scale's own.
    assert columns["baseline"][0] == pytest.approx(np.median(np.asarray(relief.orient(raw))))
    assert columns["baseline_low"][0] < columns["baseline"][0] < columns["baseline_high"][0]


def test_a_patient_with_a_curve_that_has_no_start_is_not_judged():
    made = features_of()
    made[0, 5, DRAW_FEATURES.index("baseline")] = np.nan
    columns = summarise_features(made, get_scale("nrs"))
    assert [np.isnan(columns[f"{name}_share"][0]) for name in SOMETIMES] == [True] * len(SOMETIMES)
    assert columns["peak_day_share"][1] == pytest.approx(40 / 60)
