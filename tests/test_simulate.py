"""Simulation: the truth that is handed out is the truth the ratings came from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import paintrend as pt
from paintrend.core.course_rules import COURSES, classify_curves
from paintrend.errors import CriteriaError, HorizonError, InputError
from paintrend.results.criteria import Criteria
from paintrend.scales import Scale, get_scale
from paintrend.simulate import (
    DEFAULT_MIX,
    ChoiceCovariate,
    Noise,
    NumberCovariate,
    Start,
    Visits,
    simulate_cohort,
    write_cohort,
)

WEEKS = list(range(-14, 85, 7))
COMPLETE = Visits(days=WEEKS, missed=0.0, dropout=0.0)
EXACT = Noise(sd=0.0)
UNCHANGED = {"unchanged": 1.0}


def wide(ratings: pd.DataFrame) -> pd.DataFrame:
    return ratings.pivot_table(index="patient_id", columns="day", values="pain")


def log_odds(share: float) -> float:
    return float(np.log(share / (1.0 - share)))


def test_without_noise_ratings_are_the_rounded_curves() -> None:
    cohort = simulate_cohort(60, start=Start(trend_sd=0.0), visits=COMPLETE, noise=EXACT, seed=3)
    table = wide(cohort.ratings)
    # Weekly visits fall on every fourteenth of 169 points, half a day apart.
    np.testing.assert_array_equal(table.loc[:, 0:].to_numpy(), np.rint(cohort.curves[:, ::14]))
    for day in (-14, -7):
        np.testing.assert_array_equal(table[day], np.rint(cohort.curves[:, 0]))


def test_before_treatment_the_level_follows_the_trend() -> None:
    cohort = simulate_cohort(400, scale="odi", visits=COMPLETE, noise=EXACT, course_mix=UNCHANGED)
    table = wide(cohort.ratings)
    slope = (table[0] - table[-14]).to_numpy() / 14
    inside = (table[-14] > 0).to_numpy() & (table[-14] < 100).to_numpy()
    np.testing.assert_allclose(slope[inside], cohort.truth["pre_trend"][inside], atol=1e-12)
    assert cohort.truth["pre_trend"].std() == pytest.approx(0.3, rel=0.12)


def test_course_mix_is_recovered_and_is_that_of_the_curves() -> None:
    cohort = simulate_cohort(1500, seed=11)
    codes = classify_curves(cohort.curves, 84.0, 2.0, 2.0, 7.0, 21.0)
    assert [COURSES[code] for code in codes] == cohort.truth["course"].tolist()
    shares = cohort.truth["course"].value_counts(normalize=True)
    for course, share in DEFAULT_MIX.items():
        assert shares[course] == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / 1500))
    assert cohort.curves.min() >= 0
    assert cohort.curves.max() <= 10


def test_curves_inside_a_course_are_those_of_the_population() -> None:
    cohort = simulate_cohort(400, course_mix={"worse_before_better": 1.0}, seed=5)
    shares = cohort.truth["family"].value_counts(normalize=True)
    # only families that can rise and then end better; most of them by a hump under a slow fall
    assert set(shares.index) <= {"hump_better", "cycle", "waxing", "trough_better", "better"}
    assert shares["hump_better"] > 0.6
    # rises just above the threshold are not left out
    assert (cohort.truth["rise"] < 2.5).mean() > 0.1


def test_default_mix_sums_to_one_and_has_every_course() -> None:
    assert sum(DEFAULT_MIX.values()) == pytest.approx(1.0, abs=1e-12)
    assert set(DEFAULT_MIX) == set(COURSES)


def test_arms_have_their_own_mixes() -> None:
    arms = {"a": UNCHANGED, "b": {"improving": 1.0}, "c": None}
    cohort = simulate_cohort(300, arms=arms, course_mix={"fluctuating": 1.0})
    assert cohort.ratings["arm"].isin(list(arms)).all()
    found = cohort.truth.groupby("arm")["course"].unique()
    assert {arm: list(courses) for arm, courses in found.items()} == {
        "a": ["unchanged"],
        "b": ["improving"],
        "c": ["fluctuating"],
    }
    assert (cohort.truth["arm"].value_counts() > 70).all()


def hazards(odds: float) -> tuple[float, float]:
    """Share of visits after day 0 at which patients leave, at levels below and above 5."""
    mix = {"improving": 0.5, "sustained_deterioration": 0.5}
    visits = Visits(days=WEEKS, missed=0.0, dropout=0.05, dropout_odds=odds)
    cohort = simulate_cohort(600, course_mix=mix, visits=visits, start=Start(mean=5), seed=2)
    stayed = (cohort.truth["last_day"].to_numpy() / 7).astype(int)
    level = cohort.curves[:, ::14]
    visit = np.arange(13)
    at_risk = (visit > 0) & (visit <= stayed[:, None] + 1)
    leaves = at_risk & (visit == stayed[:, None] + 1)
    return tuple(leaves[at_risk & side].mean() for side in (level < 4, level > 6))


def test_drop_out_depends_on_pain_as_asked() -> None:
    low, high = hazards(1.5)
    # Levels below 4 and above 6 are about 5 points apart: odds of about 1.5 to the power of 5.
    assert 3.0 < (high / (1 - high)) / (low / (1 - low)) < 15.0
    low, high = hazards(1.0)
    assert low == pytest.approx(0.05, abs=0.02)
    assert high == pytest.approx(0.05, abs=0.02)


def test_drop_out_is_told() -> None:
    cohort = simulate_cohort(200, visits=Visits(missed=0.0, dropout=0.05))
    assert (cohort.truth["dropped_out"] == (cohort.truth["last_day"] < 84)).all()
    last = cohort.ratings.groupby("patient_id")["day"].max()
    assert last.tolist() == cohort.truth["last_day"].tolist()
    assert 0 < cohort.truth["dropped_out"].mean() < 1


def test_autocorrelation_and_size_of_noise_are_as_asked() -> None:
    fine = Scale("fine", 0, 1000, step=0, better=200, worse=200)
    noise = Noise(sd=5.0, spread=0.3, autocorrelation=0.5, lag_days=2.0, persistent=0.8)
    visits = Visits(days=range(60), missed=0.0, dropout=0.0)
    cohort = simulate_cohort(
        250,
        scale=fine,
        noise=noise,
        visits=visits,
        start=Start(mean=500, sd=20),
        course_mix=UNCHANGED,
    )
    curves = [np.interp(range(60), cohort.grid, curve) for curve in cohort.curves]
    z = (wide(cohort.ratings).to_numpy() - curves) / cohort.truth["noise_sd"].to_numpy()[:, None]
    assert z.std() == pytest.approx(1.0, abs=0.03)
    for lag in (1, 2, 4):
        asked = 0.8 * (0.5 / 0.8) ** (lag / 2)
        assert (z[:, lag:] * z[:, :-lag]).mean() == pytest.approx(asked, abs=0.05)
    logs = np.log(cohort.truth["noise_sd"])
    assert logs.mean() == pytest.approx(np.log(5.0), abs=0.06)
    assert logs.std() == pytest.approx(0.3, abs=0.04)


def test_missed_visits_are_as_many_as_asked_and_never_the_one_on_day_0() -> None:
    visits = Visits(days=WEEKS, missed=0.25, dropout=0.0)
    cohort = simulate_cohort(400, visits=visits, noise=EXACT)
    per_day = cohort.ratings["day"].value_counts()
    assert per_day[0] == 400
    assert per_day.drop(0).sum() / (400 * 14) == pytest.approx(0.75, abs=0.02)
    late = simulate_cohort(50, visits=Visits(days=[7, 14, 21], missed=1.0))
    assert late.ratings["day"].tolist() == [7] * 50


def test_jitter_keeps_day_0_and_the_horizon() -> None:
    cohort = simulate_cohort(100, visits=replace(COMPLETE, jitter=2))
    assert cohort.ratings["day"].max() == 84
    off = cohort.ratings["day"].to_numpy().reshape(100, 15) - np.array(WEEKS)
    assert set(np.unique(off[:, :2])) == {-2, -1, 0, 1, 2}
    assert (off[:, 2] == 0).all()
    assert set(np.unique(off[:, -1])) == {-2, -1, 0}


def test_more_patients_do_not_change_earlier_ones() -> None:
    few, many = simulate_cohort(5, seed=9), simulate_cohort(12, seed=9)
    pd.testing.assert_frame_equal(few.truth, many.truth.head(5))
    pd.testing.assert_frame_equal(few.ratings, many.ratings.head(len(few.ratings)))
    np.testing.assert_array_equal(few.curves, many.curves[:5])
    assert not few.ratings.equals(simulate_cohort(5, seed=10).ratings)


def test_one_setting_does_not_change_what_it_does_not_concern() -> None:
    plain = simulate_cohort(8, covariates={})
    known = simulate_cohort(8, covariates={"bmi": NumberCovariate(mean=26, sd=4)})
    pd.testing.assert_frame_equal(plain.ratings, known.ratings.drop(columns="bmi"))
    noisy = simulate_cohort(8, covariates={}, noise=Noise(sd=2.5))
    np.testing.assert_array_equal(plain.curves, noisy.curves)
    assert plain.ratings["day"].tolist() == noisy.ratings["day"].tolist()


def test_a_scale_on_which_higher_is_better_gives_the_mirror_image() -> None:
    worse = simulate_cohort(40, visits=COMPLETE, seed=4)
    relief = replace(get_scale("nrs"), name="relief", higher_is_worse=False, severe=3)
    better = simulate_cohort(40, scale=relief, visits=COMPLETE, seed=4)
    assert (better.ratings["pain"] == 10 - worse.ratings["pain"]).all()
    np.testing.assert_array_equal(worse.curves, better.curves)
    np.testing.assert_allclose(better.truth["baseline"], 10 - worse.truth["baseline"])
    same = ["course", "rise", "end_change", "burden", "pre_trend", "last_day"]
    pd.testing.assert_frame_equal(worse.truth[same], better.truth[same])
    # The mean start is given in the scale's own values: 8 of 10 relief is little pain.
    high = simulate_cohort(100, scale=relief, start=Start(mean=8), course_mix=UNCHANGED)
    assert high.truth["baseline"].mean() == pytest.approx(8, abs=0.5)


@pytest.mark.parametrize("name", ["nrs", "vas", "odi", "ndi", "rmdq", "promis_pi"])
def test_ratings_fit_their_scale(name: str) -> None:
    scale = get_scale(name)
    pain = simulate_cohort(80, scale=name, horizon=365).ratings["pain"].to_numpy()
    assert pain.min() >= scale.low
    assert pain.max() <= scale.high
    assert pain.std() > 0.1 * scale.span
    whole = (pain == np.rint(pain)).mean()
    assert whole == 1.0 if scale.step == 1 else whole < 0.3


def test_steps_below_one_are_clean_decimals() -> None:
    tenths = Scale("tenths", 1, 2, step=0.1, better=0.2, worse=0.2)
    values = set(simulate_cohort(60, scale=tenths).ratings["pain"])
    assert values <= {1 + i / 10 for i in range(11)} | {float(f"1.{i}") for i in range(10)}
    assert len(values) > 6


def test_heaped_ratings_are_multiples_of_five_steps() -> None:
    heaped = simulate_cohort(50, scale="vas", noise=Noise(heaping=1.0)).ratings["pain"]
    assert (heaped % 5 == 0).all()
    plain = simulate_cohort(50, scale="vas").ratings["pain"]
    assert (plain % 5 == 0).mean() < 0.35


def test_an_effect_changes_the_odds_of_a_course() -> None:
    mix = {"improving": 0.5, "unchanged": 0.5}
    covariates = {
        "risk": ChoiceCovariate(
            shares={"low": 0.5, "high": 0.5}, effect={"high": {"unchanged": 1.2}}
        ),
        "load": NumberCovariate(mean=50, sd=10, step=0, effect={"unchanged": -0.7}),
    }
    cohort = simulate_cohort(1500, course_mix=mix, covariates=covariates, visits=Visits(days=[0]))
    table = cohort.ratings.assign(unchanged=cohort.truth["course"] == "unchanged")
    middle = table[(table["load"] - 50).abs() < 5]
    share = middle.groupby("risk")["unchanged"].mean()
    assert log_odds(share["low"]) == pytest.approx(0.0, abs=0.45)
    assert log_odds(share["high"]) - log_odds(share["low"]) == pytest.approx(1.2, abs=0.6)
    light, heavy = (table[side]["unchanged"].mean() for side in (table.load < 40, table.load > 60))
    assert light - heavy > 0.3


def test_other_thresholds_define_other_courses() -> None:
    cohort = simulate_cohort(
        40, criteria=Criteria(worsening=3.5, improvement=1), course_mix={"transient_worsening": 1}
    )
    assert (cohort.truth["rise"] >= 3.5).all()
    assert (cohort.truth["end_change"].between(-1, 3.5)).all()
    assert cohort.criteria.lasting_days == 7.0


def test_files_hold_the_cohort(tmp_path) -> None:  # type: ignore[no-untyped-def]
    cohort = simulate_cohort(6, arms={"x": None, "y": None})
    ratings, truth = write_cohort(cohort, tmp_path / "new")
    assert (ratings.name, truth.name) == ("cohort.csv", "truth.csv")
    pd.testing.assert_frame_equal(pd.read_csv(ratings), cohort.ratings)
    pd.testing.assert_frame_equal(pd.read_csv(truth), cohort.truth, rtol=1e-4, check_dtype=False)
    assert b"\r" not in ratings.read_bytes()


def test_a_cohort_says_what_it_is() -> None:
    cohort = simulate_cohort(4, course_mix=UNCHANGED, seed=1)
    assert "4 patients" in repr(cohort)
    assert "4 unchanged" in repr(cohort)
    assert "higher = worse" in cohort._repr_html_()
    assert len(cohort) == 4


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"n_patients": 0}, ["n_patients", "at least 1", "got 0"]),
        ({"n_patients": 2.5}, ["n_patients", "whole number", "2.5"]),
        ({"seed": -1}, ["seed", "-1"]),
        ({"horizon": "84"}, ["horizon", "days", "'84'"]),
        ({"scale": "pain"}, ["scale", "'pain'", "nrs"]),
        ({"course_mix": {"improving": 0.7}}, ["course_mix", "sum to 1", "0.7"]),
        ({"course_mix": {"better": 1.0}}, ["course_mix", "improving", "better"]),
        ({"arms": {"a": {"improving": -1}}}, ["arms['a']", "-1"]),
        ({"arms": {}}, ["arms", "{}"]),
        ({"visits": 0.1}, ["visits", "Visits", "0.1"]),
        ({"visits": Visits(days=[0, 90])}, ["Visits days", "84", "90"]),
        ({"visits": Visits(days=[])}, ["Visits days", "[]"]),
        ({"visits": Visits(days=[0, 7, 7])}, ["Visits days", "different"]),
        ({"visits": Visits(jitter=4)}, ["Visits jitter", "7", "4"]),
        ({"start": Start(mean=12)}, ["Start mean", "0 to 10", "12"]),
        ({"covariates": {"day": NumberCovariate(mean=0, sd=1)}}, ["covariates", "day"]),
        ({"covariates": {"age": 50}}, ["covariates['age']", "NumberCovariate", "50"]),
        (
            {"start": Start(mean=9.9, sd=0.05), "course_mix": {"sustained_deterioration": 1}},
            ["sustained_deterioration", "9.9", "another start"],
        ),
    ],
)
def test_wrong_arguments_are_named(arguments: dict[str, object], words: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        simulate_cohort(**arguments)  # type: ignore[arg-type]
    assert [word for word in words if word not in str(caught.value)] == []


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Visits(missed=1.5), ["missed", "0 to 1", "1.5"]),
        (lambda: Visits(dropout_odds=0), ["dropout_odds", "above 0"]),
        (lambda: Visits(jitter=0.5), ["jitter", "whole number", "0.5"]),
        (lambda: Noise(autocorrelation=0.7), ["autocorrelation", "persistent", "0.7"]),
        (lambda: Noise(lag_days=None), ["lag_days", "None"]),
        (lambda: Noise(sd=-1), ["sd", "-1"]),
        (lambda: Start(sd="1"), ["Start sd", "'1'"]),
        (lambda: ChoiceCovariate(shares={"a": 0.4}), ["shares", "0.4"]),
        (lambda: NumberCovariate(mean=1, sd=1, effect={"worse": 1}), ["effect", "worse"]),
    ],
)
def test_wrong_settings_are_named(make, words: list[str]) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError) as caught:
        make()
    assert [word for word in words if word not in str(caught.value)] == []


def test_the_kind_of_error_says_what_is_missing() -> None:
    with pytest.raises(HorizonError):
        simulate_cohort(1, horizon=-1)
    with pytest.raises(CriteriaError, match=r"worsening.*improvement"):
        simulate_cohort(1, scale=Scale("days", 0, 7))


def test_names_that_a_spreadsheet_would_run_are_written_as_text(tmp_path):
    made = simulate_cohort(6, arms={"=1+1": None, "@SUM(A1)": None}, seed=2)
    for path in write_cohort(made, tmp_path):
        rows = path.read_text().splitlines()[1:]
        cells = {cell for row in rows for cell in row.split(",")}
        assert {"'=1+1", "'@SUM(A1)"} <= cells
        assert not {cell for cell in cells if cell.startswith(("=", "@"))}
    again = pt.read_diary(tmp_path / "cohort.csv", scale="nrs")
    assert set(again.patients["arm"]) == {"=1+1", "@SUM(A1)"}
