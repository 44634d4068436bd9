"""Scores of the alarm rules, first alarms, and thresholds for a share of false alarms."""

import numpy as np
import pandas as pd
import pytest

from paintrend.alarms.expected import FEWEST_SIMILAR, share_below
from paintrend.alarms.rules import clinic_scores, customary_thresholds
from paintrend.alarms.thresholds import Mix, alarms_at, choose_threshold, match_share, peak_scores
from paintrend.alarms.visits import Visits, read_visits
from paintrend.diary import read_diary
from paintrend.scales import Scale

NAN = np.nan


def visits_of(rows, scale="nrs", horizon=84.0):
    frame = pd.DataFrame(rows, columns=["patient_id", "day", "pain"])
    return read_visits(read_diary(frame, scale=scale), horizon)


def first_days(visits, rule, threshold):
    return alarms_at(visits.day, clinic_scores(visits)[rule], threshold).day[0].tolist()


A = [("A", -7, 4), ("A", 0, 5), ("A", 7, 6), ("A", 14, 7), ("A", 28, 3), ("A", 35, 7), ("A", 42, 8)]


def test_one_and_two_raised_ratings():
    """The start is 4.5: 7 is raised by 2.5; the two in a row are those of days 35 and 42."""
    visits = visits_of(A)
    assert visits.start.tolist() == [4.5]
    assert first_days(visits, "plus_two", 2.0) == [14.0]
    assert first_days(visits, "two_raised", 2.0) == [42.0]
    assert first_days(visits, "two_raised", 1.5) == [14.0]
    assert first_days(visits, "plus_two", 3.5) == [42.0]
    assert first_days(visits, "plus_two", 3.6) == [np.inf]


def test_a_missed_visit_does_not_break_a_row():
    rows = [row for row in A if row[1] != 28]
    assert first_days(visits_of(rows), "two_raised", 2.0) == [35.0]


def test_ratings_before_treatment_are_no_visit_in_a_row():
    rows = [("B", -14, 1), ("B", 0, 8), ("B", 7, 8), ("B", 14, 8)]
    assert first_days(visits_of(rows), "two_raised", 2.0) == [14.0]


def test_exactly_the_threshold_counts_however_the_mean_is_rounded():
    rows = [("A", d, y) for d, y in ((-14, 0.1), (-7, 0.2), (0, 0.3), (7, 2.2))]
    scale = Scale("tenths", 0, 10, step=0.1, better=2, worse=2)
    assert first_days(visits_of(rows, scale), "plus_two", 2.0) == [7.0]


def test_a_scale_on_which_lower_is_worse():
    relief = Scale("relief", 0, 10, better=2, worse=2, higher_is_worse=False)
    rows = [("A", 0, 6), ("A", 7, 4), ("A", 14, 8), ("A", 21, 9)]
    assert first_days(visits_of(rows, relief), "plus_two", 2.0) == [7.0]


def test_without_a_start_the_clinic_rules_are_silent():
    visits = visits_of([("A", 7, 5), ("A", 14, 9), ("B", 0, 5), ("B", 7, 9)])
    assert np.isnan(visits.start).tolist() == [True, False]
    assert first_days(visits, "plus_two", 2.0) == [np.inf, 7.0]


def test_ratings_after_the_horizon_and_patients_without_visits():
    visits = visits_of([("A", 0, 5), ("A", 90, 9), ("B", 0, 5), ("B", 7, 5)])
    assert visits.ids == ("A", "B")
    np.testing.assert_equal(visits.day, [[NAN], [7.0]])
    assert visits.last_day.tolist() == [0.0, 7.0]
    assert visits.looks().to_numpy().tolist() == [["B", 7.0]]
    assert np.isnan(visits.up_to(3.0).day).all()


def cohort(seed, n, days):
    rng = np.random.default_rng(seed)
    start = rng.integers(2, 9, n).astype(float)
    rating = np.clip(np.round(start[:, None] + rng.normal(0, 2, (n, len(days)))), 0, 10)
    day = np.tile(np.asarray(days, dtype=float), (n, 1))
    return Visits(tuple(map(str, range(n))), day, rating, start)


def test_share_below_is_the_quantile_of_those_with_a_similar_start():
    others, own = cohort(1, 400, (7, 14)), cohort(2, 60, (7, 14))
    score = share_below(own, others, 3.5)
    n_similar = 40
    for i in range(60):
        gap = np.abs(others.start - own.start[i])
        similar = gap <= np.sort(gap)[n_similar - 1]
        for k in range(2):
            limit = np.quantile(others.rating[similar, k], 0.9, method="inverted_cdf")
            assert (score[i, k] >= 0.9) == (own.rating[i, k] > limit)


def test_a_reference_rating_counts_only_near_the_visit():
    others = cohort(1, 100, (10, 40))
    own = Visits(("A",), np.array([[12.0, 25.0]]), np.array([[10.0, 10.0]]), np.array([5.0]))
    near = share_below(own, others, 3.0)
    assert near[0, 0] > 0.9
    assert np.isnan(near[0, 1])
    few = others.select(np.arange(FEWEST_SIMILAR - 1))
    assert np.isnan(share_below(own, few, 3.0)).all()
    unknown = Visits(own.ids, own.day, own.rating, np.array([NAN]))
    assert np.isnan(share_below(unknown, others, 3.0)).all()


def test_customary_thresholds_are_those_of_the_criteria():
    assert customary_thresholds(15.0) == {
        "plus_two": 15.0,
        "two_raised": 15.0,
        "expected_recovery": 0.9,
    }


DAY = np.array([[7.0, 14.0, 21.0], [7.0, 14.0, NAN], [7.0, NAN, NAN]])
SCORE = np.array([[0.1, 0.5, 0.2], [0.3, NAN, NAN], [NAN, NAN, NAN]])


def test_first_alarms():
    assert alarms_at(DAY, SCORE, 0.2).day[0].tolist() == [14.0, 7.0, np.inf]
    assert alarms_at(DAY, SCORE, np.inf).day[0].tolist() == [np.inf] * 3
    each = alarms_at(DAY, SCORE, np.array([0.1, 0.4, 0.0]))
    assert each.day[0].tolist() == [7.0, np.inf, np.inf]
    mixed = alarms_at(DAY, SCORE, Mix(0.5, 0.3, 0.25))
    assert mixed.day.tolist() == [[14.0, np.inf, np.inf], [14.0, 7.0, np.inf]]
    assert mixed.share.tolist() == [0.75, 0.25]
    assert peak_scores(SCORE).tolist() == [0.5, 0.3, -np.inf]


def test_a_visit_that_does_not_count_raises_no_alarm():
    hidden = np.where(DAY <= 7.0, DAY, NAN)
    assert alarms_at(hidden, SCORE, 0.2).day[0].tolist() == [np.inf, 7.0, np.inf]


@pytest.mark.parametrize("budget", [0.01, 0.1, 0.25, 0.6])
def test_the_threshold_is_the_smallest_within_the_budget(budget):
    rng = np.random.default_rng(5)
    peaks, fine = np.round(rng.random(300), 2), rng.random(300)
    chosen = choose_threshold(peaks, fine, budget, 1.0)

    def share(threshold):
        return fine[peaks >= threshold].sum() / fine.sum()

    assert share(chosen) <= budget
    below = peaks[peaks < chosen].max()
    assert share(below) > budget


def test_no_threshold_keeps_to_a_budget_that_the_highest_score_breaks():
    peaks = np.array([1.0, 1.0, 0.2, 0.1])
    assert choose_threshold(peaks, np.ones(4), 0.3, 1.0) == np.inf
    assert choose_threshold(0.9 * peaks, np.ones(4), 0.3, 1.0) == 1.0
    assert choose_threshold(np.full(3, -np.inf), np.ones(3), 0.3, 1.0) == 1.0


@pytest.mark.parametrize("target", [0.0, 0.05, 0.1, 0.25, 0.5])
def test_two_thresholds_mixed_give_the_wanted_share(target):
    rng = np.random.default_rng(6)
    peaks, fine = rng.integers(0, 6, 400).astype(float), rng.random(400)
    day = np.full((400, 1), 7.0)
    mix = match_share(peaks, fine, target)
    found = alarms_at(day, peaks[:, None], mix)
    got = found.share @ (np.isfinite(found.day) @ fine) / fine.sum()
    assert got == pytest.approx(target)
    assert mix.second < mix.first
    assert not ((peaks > mix.second) & (peaks < mix.first)).any()


def test_a_share_beyond_the_lowest_threshold_is_not_reached():
    peaks = np.array([1.0, 2.0, -np.inf, -np.inf])
    assert match_share(peaks, np.ones(4), 0.8) == Mix(1.0, 1.0, 0.0)
