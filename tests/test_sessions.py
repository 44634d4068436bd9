"""Reading sessions, and ratings before and after them: every problem in one error."""

import numpy as np
import pandas as pd
import pytest

from paintrend.diary import read_diary
from paintrend.errors import DiaryError
from paintrend.results.sessions import AFTER_SESSION, BEFORE_SESSION
from paintrend.sessions import read_sessions
from paintrend.soreness.timing import Coverage, coverage, has_times, is_regular, place


def rows(**columns):
    return pd.DataFrame(columns)


def test_statuses_are_read_however_they_are_spelt():
    table = rows(
        patient_id="P1", day=[0, 3, 7, 10], status=["Done", "No-show", "SCHEDULED", "canceled"]
    )
    sessions = read_sessions(table)
    assert sessions.table["status"].tolist() == ["attended", "cancelled", "planned", "cancelled"]
    assert sessions.days("P1").tolist() == [0.0]
    assert sessions.days("P2").size == 0


def test_without_a_status_all_are_attended_and_it_is_said():
    sessions = read_sessions(rows(patient_id=["P1", "P1"], day=[3, 0]))
    assert sessions.days("P1").tolist() == [0.0, 3.0]
    assert any("attended" in notice for notice in sessions.notices)


def test_every_problem_comes_at_once_with_row_and_column():
    table = rows(
        patient_id=["P1", "P1", "P1", "", "P1"],
        day=[0, 3, "x", 5, 0],
        status=["attended", "perhaps", "attended", "attended", "attended"],
        dose=[1, 2, -3, 1, 1],
    )
    with pytest.raises(DiaryError) as caught:
        read_sessions(table)
    found = caught.value.problems
    assert set(zip(found["row"], found["column"], strict=True)) == {
        (1, "status"), (2, "day"), (2, "dose"), (3, "patient_id"), (4, "day"),
    }  # fmt: skip


def test_lenient_sets_rows_aside_and_lists_them():
    table = rows(patient_id="P1", day=[0, 3], status=["attended", "perhaps"])
    sessions = read_sessions(table, lenient=True)
    assert len(sessions) == 1
    assert sessions.problems["row"].tolist() == [1]


def test_two_sessions_of_one_day_need_a_type():
    day = [3.0, 3.0]
    with pytest.raises(DiaryError, match="same patient, time and type"):
        read_sessions(rows(patient_id="P1", day=day))
    both = read_sessions(rows(patient_id="P1", day=day, type=["gym", "massage"]))
    assert both.days("P1").tolist() == day


def test_intensity_stands_for_dose_and_empty_is_not_known():
    sessions = read_sessions(rows(patient_id="P1", day=[0, 3], intensity=["4,5", ""]))
    assert sessions.table["dose"].tolist()[0] == 4.5
    assert np.isnan(sessions.table["dose"].tolist()[1])


def test_dates_are_counted_from_the_start_of_the_diary():
    diary = read_diary(
        rows(patient_id="P1", date=["2024-03-01", "2024-03-04"], start="2024-03-01", pain=[3, 4]),
        "nrs",
    )
    table = rows(patient_id=["P1"], date=["2024-03-03 12:00"])
    assert read_sessions(table, diary).table["day"].tolist() == [2.5]


def test_patients_without_ratings_are_a_problem_with_a_diary():
    diary = read_diary(rows(patient_id="P01", day=[0, 1], pain=[3, 4]), "nrs")
    with pytest.raises(DiaryError, match="P01"):
        read_sessions(rows(patient_id=["P1"], day=[0]), diary)


@pytest.mark.parametrize(
    ("day", "text"),
    [(-1, ""), (0, "on the day of a session"), (1.9, "1 day after a session"),
     (9, "2 days after a session")],
)  # fmt: skip
def test_a_tag_names_the_last_session_attended(day, text):
    table = rows(patient_id="P1", day=[0.4, 7.4, 8], status=["attended", "attended", "cancelled"])
    assert read_sessions(table).tag("P1", day) == text


def test_ratings_before_and_after_are_two_ratings_of_a_day():
    table = rows(patient_id="P1", day=[0, 0, 3], pain=[4, 6, 5], relation=["before", "After", None])
    diary = read_diary(table, "nrs")
    assert diary.ratings["day"].tolist() == [BEFORE_SESSION, AFTER_SESSION, 3.0]
    assert "relation" not in diary.patients.columns


def test_a_time_of_day_wins_over_the_relation():
    table = rows(patient_id="P1", day=[0.3, 0.7], pain=[4, 6], relation=["before", "after"])
    assert read_diary(table, "nrs").ratings["day"].tolist() == [0.3, 0.7]


def test_a_relation_that_is_neither_is_a_problem():
    table = rows(patient_id="P1", day=[0, 1], pain=[4, 6], relation=["during", "after"])
    with pytest.raises(DiaryError, match="neither before nor after"):
        read_diary(table, "nrs")


def test_marks_are_no_times_of_day():
    assert not has_times(np.array([0.0, 3.0 + BEFORE_SESSION, 3.0 + AFTER_SESSION]))
    assert has_times(np.array([0.0, 3.4]))


def test_ratings_of_an_unknown_order_are_left_out_or_placed():
    day, session = np.array([2.0, 3.0, 4.0]), np.array([3.0])
    plain = {"ratings_timed": False, "sessions_timed": False}
    assert place(day, session, same_day="leave_out", **plain).known.tolist() == [True, False, True]
    assert place(day, session, same_day="after", **plain).when[1] == 3.0 + AFTER_SESSION
    assert place(day, session, same_day="before", **plain).when[1] == 3.0 + BEFORE_SESSION
    marked = np.array([3.0 + BEFORE_SESSION, 3.0 + AFTER_SESSION])
    assert place(marked, session, same_day="leave_out", **plain).known.all()


def test_sessions_without_a_time_lie_at_noon_among_timed_ratings():
    placed = place(
        np.array([2.8, 3.8]), np.array([3.0]),
        ratings_timed=True, sessions_timed=False, same_day="leave_out",
    )  # fmt: skip
    assert placed.session.tolist() == [3.5]
    assert placed.known.tolist() == [True, False]


def test_coverage_counts_sessions_rated_on_both_sides():
    session = np.array([0.0, 7.0, 14.0])
    when = np.array([-1.0, 2.0, 6.5, 12.0, 13.0, 14.3])
    # the first on both sides, the second before only, the third before and too soon after
    assert coverage(when, session) == Coverage(1, 1, 3)


def test_weekly_ratings_judge_no_session():
    session = np.arange(0.4, 56.0, 3.5)
    assert coverage(np.arange(-7.0, 57.0, 7.0) + 0.8, session).pairs < 3


def test_three_a_week_are_regular_and_a_pause_is_not():
    week = np.cumsum([2, 2, 3] * 6).astype(float)
    assert is_regular(week)
    assert not is_regular(np.r_[week[:10], week[10:] + 14.0])


@pytest.mark.parametrize(("spread", "even"), [(2.0, True), (2.1, False)])
def test_gaps_are_even_up_to_a_spread_of_0_455_of_their_mean(spread, even):
    # mean and median 4 and no pause; the standard deviation is 0.447 or 0.470 of the mean
    gaps = [4 - spread, 4 + spread, 4, 4 - spread, 4 + spread]
    assert np.std(gaps) / 4.0 == pytest.approx(spread * 0.8**0.5 / 4.0)
    assert is_regular(np.cumsum([0.0, *gaps])) is even


def test_the_level_before_a_session_is_looked_for_within_3_days():
    session = np.array([0.0])
    assert coverage(np.array([-2.9, 1.0]), session) == Coverage(1, 1, 1)
    assert coverage(np.array([-3.0, 1.0]), session) == Coverage(0, 1, 0)
