"""Dates: time zones, times of day, orders of day and month, starts."""

import pandas as pd
import pytest

from paintrend.diary import read_diary
from paintrend.errors import DiaryError, InputError


def frame(dates, starts, patients=None):
    n = len(dates)
    return pd.DataFrame(
        {"patient_id": patients or ["1"] * n, "date": dates, "start": starts, "pain": [5] * n}
    )


def problems_of(table, **arguments):
    with pytest.raises(DiaryError) as caught:
        read_diary(table, "nrs", **arguments)
    return caught.value.problems


@pytest.mark.parametrize(
    ("date", "start", "day"),
    [
        ("2024-03-08", "2024-03-01", 7),
        ("2024-03-08T18:00", "2024-03-01", 7.75),
        ("2024-03-08 18:00:00", "2024-03-01 12:00", 7.25),
        # A date alone knows no hour: the start's own date is day 0, not a morning before it.
        ("2024-03-01", "2024-03-01 14:00", 0),
        # Clocks change on 31 March: 30 days of the calendar, 30 days less an hour in fact.
        ("2024-04-01T12:00+02:00", "2024-03-02T12:00+01:00", 30 - 1 / 24),
        ("2024-04-01T12:00", "2024-03-02T12:00", 30),
        ("2024-03-08T12:00Z", "2024-03-08T12:00+0200", 2 / 24),
        # One side without a zone: what the clock on the wall showed.
        ("2024-03-08T12:00+05:00", "2024-03-01T12:00", 7),
        ("2024-03-08T01:00+05:00", "2024-03-08", 1 / 24),
        ("20240308", "2024/3/1", 7),
        ("8 Mar 2024", "March 1, 2024", 7),
        ("08-Mar-2024", "1 March 2024", 7),
        ("8. März 2024", "1. Mrz. 2024", 7),
        ("8 MAERZ 2024", "29. Februar 2024", 8),
        ("15-Dez-2023", "13. Okt. 2023", 63),
        ("8 mars 2024", "1er févr. 2024", 36),
        ("2 août 2024", "30 juillet 2024", 3),
        ("2 de\u0301cembre 2024", "30 sept. 2024", 63),
        ("3 Mai 2024", "3 Mar 2024", 61),
        ("08.03.2024", "01.03.2024", 7),
        ("8.3.2024 12:00", "01.03.2024", 7.5),
        ("13/03/2024", "01/03/2024", 12),
        ("Fri 08.03.2024", "Fr., 01.03.2024 12:00", 7),
        ("Friday, March 8, 2024", "Freitag, 1. März 2024", 7),
        ("ven. 8 mars 2024", "mar. 5 mars 2024", 3),
        ("Mar 15 2024", "Sun 2024-03-10T12:00", 5),
        ("Wed 13/03/2024", "01/03/2024", 12),
        ("03/13/2024", "03/01/2024", 12),
        ("2024-02-27", "2024-03-01", -3),
    ],
)
def test_days_between(date, start, day):
    days = read_diary(frame([date], [start]), "nrs").ratings["day"]
    assert days.tolist() == [pytest.approx(day, abs=1e-9)]


@pytest.mark.parametrize("date", ["8 Marz Bar 2024", "März 2024", "31. Juni 2024", "1er 2024"])
def test_months_without_a_date_are_no_date(date):
    found = problems_of(frame([date, "2024-03-08"], ["2024-03-01"] * 2))
    assert found["problem"].tolist() == ["is not a date"]
    assert found["value"].tolist() == [date]


def test_every_day_of_the_week_is_read_in_three_languages():
    names = [
        "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
        "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
    ]
    # 1 January 2024 was a Monday
    for language in names:
        for length in (None, 3, 2) if "lundi" not in language else (None, 3):
            dates = [f"{name[:length]}. {i + 1}.1.2024" for i, name in enumerate(language.split())]
            days = read_diary(frame(dates, ["2024-01-01"] * 7), "nrs").ratings["day"]
            assert days.tolist() == list(range(7))


@pytest.mark.parametrize(
    ("date", "problem"),
    [
        ("Thu 08.03.2024", "says Thursday, but 2024-03-08 is a Friday"),
        ("mar. 8 mars 2024", "says Tuesday, but 2024-03-08 is a Friday"),
        ("Fri 8", "is not a date"),
        ("Fri", "is not a date"),
        ("Fri Fri 08.03.2024", "is not a date"),
        ("Fri 04/03/2024", "can be read as 2024-03-04 or as 2024-04-03"),
    ],
)
def test_a_day_of_the_week_that_is_not_that_of_the_date(date, problem):
    found = problems_of(frame([date, "2024-03-08"], ["2024-03-01"] * 2))
    assert found["problem"].tolist() == [problem]
    assert found["value"].tolist() == [date]


def test_every_month_is_read_in_three_languages():
    names = [
        "January February March April May June July August September October November December",
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    ]
    for language in names:
        dates = [f"5. {name} 2024" for name in language.split()]
        days = read_diary(frame(dates, ["2024-01-05"] * 12), "nrs").ratings["day"]
        expected = pd.date_range("2024-01-05", periods=12, freq=pd.DateOffset(months=1))
        assert days.tolist() == [(day - expected[0]).days for day in expected]


def test_typed_columns_with_and_without_a_zone():
    naive = pd.to_datetime(pd.Series(["2024-03-01", "2024-03-08"]))
    table = frame(naive, [naive[0]] * 2)
    assert read_diary(table, "nrs").ratings["day"].tolist() == [0, 7]
    aware = pd.Series(pd.to_datetime(["2024-03-30 12:00", "2024-04-01 12:00"]))
    aware = aware.dt.tz_localize("Europe/Berlin")
    table = frame(aware, pd.Series([aware[0]] * 2))
    assert read_diary(table, "nrs").ratings["day"].tolist() == [0, pytest.approx(2 - 1 / 24)]


def test_the_order_that_is_proved_is_used_and_said():
    table = frame(["13/03/2024", "04/03/2024"], ["01/03/2024"] * 2)
    diary = read_diary(table, "nrs")
    assert diary.ratings["day"].tolist() == [3, 12]
    assert "date read as day/month/year, as other dates in the file show" in diary.notices


@pytest.mark.parametrize(
    ("date", "problem"),
    [
        ("03/04/2024", "can be read as 2024-04-03 or as 2024-03-04"),
        ("03-04-2024", "can be read as 2024-04-03 or as 2024-03-04"),
        ("3/4/24", "has a year of two figures"),
        ("2024-02-30", "is not a date"),
        ("31.04.2024", "is not a date"),
        ("2024", "is a number, not a date"),
        ("2024-03", "is not a whole date"),
        ("45292", "is a spreadsheet's number for a date (2024-01-01)"),
        ("23449", "is a number, not a date"),
        ("yesterday", "is not a date"),
        ("1900-01-01", "is not a plausible date (year)"),
        ("2099-12-31", "is not a plausible date (year)"),
        ("9999-12-31", "is not a plausible date (year)"),
        ("", "the date is missing"),
    ],
)
def test_dates_that_cannot_be_used(date, problem):
    table = problems_of(frame(["2024-03-01", date], ["2024-03-01"] * 2))
    assert table[["row", "column", "value", "problem"]].to_numpy().tolist() == [
        [1, "date", date, problem]
    ]
    assert table["fix"].iloc[0].endswith(".")


def test_both_orders_in_one_column_prove_nothing():
    table = problems_of(frame(["13/03/2024", "03/14/2024", "04/05/2024"], ["2024-03-01"] * 3))
    assert table["row"].tolist() == [2]


def test_a_start_on_the_first_row_holds_for_the_patient():
    table = frame(["2024-03-01", "2024-03-08", "2024-03-09"], ["", "2024-03-01", None])
    assert read_diary(table, "nrs").ratings["day"].tolist() == [0, 7, 8]


def test_starts_that_differ_name_both_and_set_the_patient_aside():
    table = frame(
        ["2024-03-04", "2024-03-11", "2024-03-18", "2024-03-04"],
        ["2024-03-04", "2024-03-04", "2024-03-05", "2024-03-04"],
        ["1", "1", "1", "2"],
    )
    problems = problems_of(table)
    assert len(problems) == 1
    assert problems["problem"].iloc[0] == (
        "the start is 2024-03-05 here but 2024-03-04 in row 0 (all 3 rows of the patient)"
    )
    diary = read_diary(table, "nrs", lenient=True)
    assert diary.ratings["patient_id"].tolist() == ["2"]
    assert diary.patient_ids == ("1", "2")


def test_the_same_start_written_twice_is_no_conflict():
    table = frame(["2024-03-04", "2024-03-11"], ["2024-03-04", "4 Mar 2024"])
    assert read_diary(table, "nrs").ratings["day"].tolist() == [0, 7]


def test_patients_without_a_usable_start_are_reported_once():
    table = frame(
        ["2024-03-04", "2024-03-11", "2024-03-04"],
        ["soon", "soon", ""],
        ["1", "1", "2"],
    )
    problems = problems_of(table)
    assert problems[["row", "problem"]].to_numpy().tolist() == [
        [0, "is not a date (all 2 rows of the patient)"],
        [2, "the patient has no start date (the patient's only row)"],
    ]


def test_a_given_start_wins_over_the_column_and_must_know_the_patients():
    table = frame(["2024-03-08", "2024-03-08"], ["2024-01-01"] * 2, ["1", "2"])
    diary = read_diary(table, "nrs", start="2024-03-01")
    assert diary.ratings["day"].tolist() == [7, 7]
    assert "start= was used, the column start was not" in diary.notices
    problems = problems_of(table, start={1: "2024-03-01"})
    assert problems["problem"].tolist() == [
        "the patient has no start date (the patient's only row)"
    ]
    with pytest.raises(InputError, match="has no patient of the diary"):
        read_diary(table, "nrs", start={"P1": "2024-03-01"})
    with pytest.raises(InputError, match="one date, or a mapping or Series"):
        read_diary(table, "nrs", start=["2024-03-01"])


def test_given_starts_are_matched_as_ids_are_read_and_may_not_differ():
    table = frame(["2024-03-08", "2024-03-08"], ["2024-03-01"] * 2, ["1", "2"])
    table = table.drop(columns="start")
    starts = pd.Series(["2024-03-01", "2024-03-01", None, "2024-03-02"], index=[1.0, 1.0, 2.0, 2.0])
    assert read_diary(table, "nrs", start=starts).ratings["day"].tolist() == [7, 6]
    twice = pd.Series(["2024-03-01", "2024-02-01", "2024-03-02"], index=[1, 1, 2])
    with pytest.raises(InputError, match=r"two dates \(1: 2024-03-01 and 2024-02-01\)"):
        read_diary(table, "nrs", start=twice)
    with pytest.raises(InputError, match="it is empty, the diary 1, 2"):
        read_diary(table, "nrs", start={})


def test_more_than_a_century_from_the_start():
    problems = problems_of(frame(["2069-01-01"], ["1951-01-01"]))
    assert problems["problem"].tolist() == ["is more than 100 years from the start"]


def test_day_wins_over_date_and_says_so():
    table = frame(["2024-03-08"], ["2024-03-01"]).assign(day=[3])
    diary = read_diary(table, "nrs")
    assert diary.ratings["day"].tolist() == [3]
    assert "time is read from day; date, start kept as it is" in diary.notices
    assert diary.patients["start"].tolist() == ["2024-03-01"]


def test_ratings_on_the_date_of_a_start_without_a_time_are_counted_in_a_notice():
    dates = ["2024-03-01T08:00", "2024-03-01T00:00", "2024-02-29T23:00", "2024-03-02T08:00"]
    diary = read_diary(frame(dates, ["2024-03-01"] * 4), "nrs")
    days = [-1 / 24, 0, 1 / 3, 4 / 3]
    assert diary.ratings["day"].tolist() == pytest.approx(days)
    said = [note for note in diary.notices if "no time of day" in note]
    assert len(said) == 1
    assert "day 0 is its midnight: 1 rating later on that date is taken as after" in said[0]
    quiet = read_diary(frame(dates, ["2024-03-01T00:30"] * 4), "nrs").notices
    assert not [note for note in quiet if "no time of day" in note]


def test_a_number_of_two_dates_is_not_told_to_be_one_of_them():
    fix = problems_of(frame(["2024-03-01", "23449"], ["2024-03-01"] * 2))["fix"].iloc[0]
    assert "1964-03-13" in fix
    assert "2024-03-14" in fix


@pytest.mark.parametrize(
    "midnight", ["3/14/2024 0:00", "3/14/2024 0:00:00", "2024-03-14 0:00", "2024-03-14T00:00:00"]
)
def test_midnight_in_any_form_stands_for_no_time_of_day(midnight):
    table = frame([midnight, "2024-03-15"], ["3/14/2024 9:30"] * 2)
    assert read_diary(table, "nrs").ratings["day"].tolist() == [0.0, 1.0]


def test_two_ratings_of_a_date_are_told_apart_in_the_date():
    table = frame(["2024-03-14", "2024-03-14"], ["2024-03-14"] * 2).assign(
        pain=[5, 6], time=["08:30", "20:30"]
    )
    fix = problems_of(table)["fix"].iloc[0]
    assert "a time of day in the column date (2024-03-14 08:30): the column time is not" in fix
    assert (
        "a decimal day (3.5)"
        in problems_of(table.drop(columns=["date", "time", "start"]).assign(day=1))["fix"].iloc[0]
    )
