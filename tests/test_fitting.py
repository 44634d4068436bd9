"""Fitting a diary: what is refused, what does not matter, and odd patients."""

import numpy as np
import pandas as pd
import pytest

import paintrend as pt
from paintrend.core.course_rules import COURSES
from paintrend.errors import DiaryError, HorizonError, InputError, PopulationError
from paintrend.simulate import simulate_cohort

P_COURSES = [f"p_{name}" for name in COURSES]
DRAWS = 60


def read(frame, scale="nrs"):
    return pt.read_diary(frame, scale=scale)


def diary_of(scale="nrs", **patients):
    """A diary from patient = (days, ratings)."""
    parts = [
        pd.DataFrame({"patient_id": name, "day": np.asarray(day, dtype=float), "pain": pain})
        for name, (day, pain) in patients.items()
    ]
    return read(pd.concat(parts, ignore_index=True), scale)


def fit(diary, **options):
    return pt.fit_curves(diary, **{"draws": DRAWS, "workers": 2} | options)


def same(a, b, columns=None):
    """Two tables of courses agree within 1e-9, whatever the order of patients."""
    a, b = (x.table().set_index("patient_id").sort_index() for x in (a, b))
    columns = list(a) if columns is None else columns
    pd.testing.assert_frame_equal(a[columns], b[columns], rtol=0, atol=1e-9)


@pytest.fixture(scope="module")
def frame():
    return simulate_cohort(20, seed=1).ratings[["patient_id", "day", "pain"]]


@pytest.fixture(scope="module")
def fitted(frame):
    return fit(read(frame), horizon=84)


@pytest.fixture(scope="module")
def courses(fitted):
    return pt.classify(fitted)


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({}, HorizonError, "horizon is required.*last rating is on day 84"),
        ({"horizon": -1}, HorizonError, "positive number of days, got -1"),
        ({"horizon": "84"}, HorizonError, "got '84'"),
        ({"horizon": np.nan}, HorizonError, "got nan"),
        ({"horizon": True}, HorizonError, "got True"),
        ({"horizon": 84, "seed": -1}, InputError, "seed must be a whole number from 0"),
        ({"horizon": 84, "seed": 1.5}, InputError, "seed"),
        ({"horizon": 84, "draws": 5}, InputError, "draws must be a whole number from 20"),
        ({"horizon": 84, "workers": 0}, InputError, "workers must be a whole number from 1"),
        ({"horizon": 84, "default": "best"}, InputError, "default must be one of rehabilitation"),
        ({"horizon": 84, "lasting_days": 0}, InputError, "lasting_days must be a positive"),
        ({"horizon": 84, "lasting_days": "7"}, InputError, "lasting_days must be a positive"),
        ({"horizon": 84, "lasting_days": 90}, InputError, "lasting_days"),
        ({"population": "hospital"}, PopulationError, "read_population, got str"),
    ],
)
def test_options_that_cannot_be_used_are_refused(frame, options, error, text):
    with pytest.raises(error, match=text):
        pt.fit_curves(read(frame), **options)


def test_the_horizon_that_is_proposed_includes_the_last_rating():
    table = pd.DataFrame({"patient_id": "P1", "time": [0, 24, 48], "pain": [5, 5, 4]})
    diary = pt.read_diary(table, "nrs", time_unit="minutes")
    with pytest.raises(HorizonError, match=r"horizon=0\.03333333333333333 would include all"):
        pt.fit_curves(diary)


def test_all_wrong_options_are_named_at_once(frame):
    with pytest.raises(InputError, match=r"seed.*draws.*default"):
        pt.fit_curves(read(frame), horizon=84, seed=-1, draws=0, default="x")


def test_what_is_not_a_diary_is_refused(frame):
    with pytest.raises(InputError, match=r"needs a diary from read_diary.*DataFrame"):
        pt.fit_curves(frame, horizon=84)


def test_a_horizon_before_every_rating_is_refused():
    with pytest.raises(HorizonError, match="day 10: all 2 are after it"):
        fit(diary_of(a=([20, 30], [5, 5])), horizon=10)


def test_a_population_serves_its_own_scale_and_horizon_only(fitted, frame):
    population = fitted.population
    with pytest.raises(PopulationError, match="horizon: 84 there, 56 here"):
        fit(read(frame), population=population, horizon=56)
    with pytest.raises(PopulationError, match="lasting_days: 7 there, 5 here"):
        fit(read(frame), population=population, lasting_days=5)
    with pytest.raises(PopulationError, match=r"scale high: 10.0 there.*100.0 here"):
        fit(diary_of("vas", a=([0, 7], [50, 40])), population=population)
    relief = pt.Scale("nrs", 0, 10, better=2, worse=2, higher_is_worse=False)
    with pytest.raises(PopulationError, match="higher_is_worse"):
        fit(read(frame, relief), population=population)
    assert fit(read(frame), population=population, horizon=84).population is population


def test_order_of_rows_workers_and_repetition_change_nothing(frame, courses):
    shuffled = frame.sample(frac=1.0, random_state=3)
    same(pt.classify(fit(read(shuffled), horizon=84, workers=1)), courses)


def test_a_seed_gives_other_draws_and_nearly_the_same_answer(frame, fitted, courses):
    other = pt.classify(fit(read(frame), population=fitted.population, seed=7)).table()[P_COURSES]
    first = courses.table()[P_COURSES]
    assert not np.allclose(first, other)
    # 60 curves each: a probability of a half scatters by .09
    assert np.abs(first - other).to_numpy().mean() < 0.05


def test_tens_on_a_scale_to_100_give_the_same_courses(frame, courses):
    wide = pt.Scale("wide", 0, 100, step=10, better=20, worse=20)
    tens = fit(read(frame.assign(pain=frame["pain"] * 10), wide), horizon=84)
    got = pt.classify(tens)
    same(got, courses, P_COURSES)
    np.testing.assert_allclose(got.table()["rise"], 10 * courses.table()["rise"], atol=1e-8)


def test_a_mirrored_scale_gives_the_same_courses(frame, fitted, courses):
    relief = pt.Scale("relief", 0, 10, better=2, worse=2, higher_is_worse=False)
    mirrored = fit(read(frame.assign(pain=10 - frame["pain"]), relief), horizon=84)
    same(pt.classify(mirrored), courses, [*P_COURSES, "rise", "burden", "end_change"])
    pid = fitted.patient_ids[0]
    np.testing.assert_allclose(mirrored.draws(pid), 10 - fitted.draws(pid), atol=1e-9)


def test_days_in_another_unit_of_time_give_the_same_courses(frame, courses):
    """Nothing is tied to a length in days: the same cohort at a seventh of the pace."""
    weeks = fit(read(frame.assign(day=frame["day"] / 7)), horizon=12)
    got, expected = pt.classify(weeks).table()[P_COURSES], courses.table()[P_COURSES]
    assert np.abs(got.to_numpy() - expected.to_numpy()).mean() < 0.01


def test_ratings_after_the_horizon_are_listed_and_not_fitted(frame, fitted):
    late = pd.DataFrame({"patient_id": "P001", "day": [90, 120], "pain": [0, 10]})
    with_late = fit(read(pd.concat([frame, late])), population=fitted.population)
    assert with_late.set_aside[["day", "pain"]].to_numpy().tolist() == [[90, 0], [120, 10]]
    assert with_late.info.loc["P001", "n_ratings"] == fitted.info.loc["P001", "n_ratings"]
    expected = fit(read(frame), population=fitted.population)
    np.testing.assert_array_equal(with_late.draws("P001"), expected.draws("P001"))
    assert len(with_late["P001"].ratings) == len(fitted["P001"].ratings) + 2


def test_ratings_that_selected_a_patient_are_shown_and_not_fitted(frame, fitted):
    marked = frame.assign(inclusion=frame["day"] == -14)
    altered = marked.assign(pain=frame["pain"].where(frame["day"] != -14, 10))
    a, b = (fit(read(x), population=fitted.population) for x in (marked, altered))
    for pid in a.patient_ids:
        np.testing.assert_array_equal(a.draws(pid), b.draws(pid))
    had = frame.groupby("patient_id")["day"].min().loc[list(a.patient_ids)].to_numpy() == -14
    fewer = fitted.info["n_ratings"].to_numpy() - a.info["n_ratings"].to_numpy()
    np.testing.assert_array_equal(fewer, had)
    assert len(a.set_aside) == 0
    assert len(a["P001"].ratings) == len(fitted["P001"].ratings)


@pytest.mark.parametrize("level", [-0.5, 1.5, 90, np.nan, "0.9", None, True])
def test_a_band_holds_a_share_of_the_curves(fitted, level):
    with pytest.raises(pt.InputError, match="level must be a share from 0 to 1, got"):
        fitted["P001"].band(level)


def test_one_is_said_as_one():
    one = read(pd.DataFrame({"patient_id": ["a"], "day": [50], "pain": [3]}))
    with pytest.raises(pt.HorizonError, match=r"day 28: the only one is after it\."):
        pt.fit_curves(one, horizon=28)
    got = fit(one, horizon=84, draws=20)
    assert got.population.text.startswith("Learned from 1 patient (")
    assert repr(got).startswith("Fit: 1 of 1 patient fitted, 20 curves each, to day 84")
    assert repr(got["a"]).startswith("PatientFit a: 1 rating up to day 50")
    assert repr(pt.simulate_cohort(1)).startswith("Simulated cohort of 1 patient: ")


def test_a_patient_without_usable_ratings_stays_with_a_reason(fitted):
    rows = pd.DataFrame(
        {
            "patient_id": ["fine", "late", "chosen", "empty", "fine"],
            "day": [0, 100, 0, 0, 20],
            "pain": [5, 5, 7, np.nan, 4],
            "inclusion": [False, False, True, False, False],
        }
    )
    got = fit(read(rows), population=fitted.population)
    assert got.patient_ids == ("fine", "late", "chosen", "empty")
    assert got.info["fitted"].tolist() == [True, False, False, False]
    assert got.info.loc["fine", "reason"] == ""
    assert got.info.loc["late", "reason"] == "the only rating is after the horizon, day 84"
    assert "used to select the patient" in got.info.loc["chosen", "reason"]
    assert got.info.loc["empty", "reason"]
    assert np.isnan(got.draws("late")).all()
    blocks = list(got.draw_blocks(block=3))
    assert [(b.start, b.stop) for b in blocks] == [(0, 3), (3, 4)]
    curves = np.concatenate([b.curves for b in blocks])
    assert np.isnan(curves[1:]).all()
    np.testing.assert_array_equal(curves[0], got.draws("fine"))
    table = pt.classify(got).table()
    assert len(table) == 4
    assert table["status"].str.contains("not_fitted").tolist() == [False, True, True, True]


WEEKS = np.arange(0, 85, 7)
ODD = {
    "one": ([0], [6]),
    "equal": (WEEKS, [5] * 13),
    "floor": (WEEKS, [0] * 13),
    "ceiling": (WEEKS, [10] * 13),
    "minutes": ([0, 0.001, 0.002, 0.003, 20, 20.001], [5, 6, 5, 4, 3, 3]),
    "before": ([-21, -14, -7], [5, 6, 7]),
    "long_ago": ([-3000, -1000, 0, 7], [5, 6, 7, 7]),
    "only_late": ([82, 83, 84], [2, 3, 2]),
    "swings": (WEEKS, [0, 10] * 6 + [0]),
    "daily": (np.linspace(-20, 84, 400), np.round(5 + 2 * np.sin(np.arange(400) / 30))),
}


@pytest.fixture(scope="module")
def odd(fitted):
    return fit(diary_of(**ODD), population=fitted.population)


def test_odd_patients_get_curves_on_the_scale(odd):
    assert odd.info["fitted"].all()
    for pid in odd.patient_ids:
        draws = odd.draws(pid)
        assert draws.shape == (DRAWS, 169)
        assert np.isfinite(draws).all(), pid
        assert ((draws >= 0) & (draws <= 10)).all(), pid
    assert (odd.info["ess"] > 1).all()
    assert odd.info["fit_p"].between(0, 1).all()
    assert len(pt.classify(odd).table()) == len(ODD)


def test_curves_of_odd_patients_lie_where_their_ratings_are(odd):
    median = {pid: odd[pid].curve["median"].to_numpy() for pid in odd.patient_ids}
    assert np.abs(median["equal"] - 5).max() < 0.6
    assert median["floor"].max() < 1.5
    assert median["ceiling"].min() > 8.5
    assert np.abs(median["only_late"][-5:] - 2.3).max() < 1.0
    days, pain = ODD["daily"]
    smooth = np.interp(odd.grid, days, pain)
    assert np.abs(median["daily"] - smooth)[5:-5].max() < 1.2


def test_more_ratings_narrow_the_band(odd):
    width = {
        pid: np.subtract(*odd[pid].band(0.9)[::-1]).mean() for pid in ("one", "equal", "daily")
    }
    assert width["one"] > 2 * max(width["equal"], width["daily"])


@pytest.mark.parametrize("n", [1, 5])
def test_a_handful_of_patients_is_enough_to_learn_from(frame, n):
    few = frame[frame["patient_id"].isin(sorted(frame["patient_id"].unique())[:n])]
    got = fit(read(few), horizon=84)
    assert got.population.n_patients == n
    assert got.population.assumed_share >= 0.8
    assert got.info["fitted"].all()


def test_a_cohort_of_marked_ratings_alone_is_told_why_it_cannot_be_fitted():
    table = pd.DataFrame({"patient_id": "P1", "day": [0, 7, 99], "pain": 5, "inclusion": 1})
    diary = pt.read_diary(table, "nrs")
    with pytest.raises(DiaryError, match=r"all 2 are marked .*\(inclusion\), and 1 is after it"):
        pt.fit_curves(diary, horizon=84)
