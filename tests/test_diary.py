"""Diaries that are right: every form in which ratings come gives the same table."""

import datetime as dt
import re

import numpy as np
import pandas as pd
import pytest

from paintrend.diary import read_diary, suggest_options
from paintrend.errors import DiaryError, InputError, UnknownPatientError
from paintrend.scales import Scale


@pytest.fixture
def table():
    """Two patients, unsorted, one with a rating before day 0."""
    return pd.DataFrame(
        {
            "patient_id": ["P2", "P1", "P2", "P1", "P2"],
            "day": [7.0, 0, -3.5, 7, 0],
            "pain": [4, 6, 7, 5, 8],
            "age": [33, 50, 33, 50, 33],
            "mood": ["low", "good", "low", "low", "good"],
        }
    )


def test_order_columns_and_types(table):
    diary = read_diary(table, "nrs")
    assert list(diary.ratings.columns) == ["patient_id", "day", "pain", "inclusion", "mood"]
    assert diary.ratings["patient_id"].tolist() == ["P2", "P2", "P2", "P1", "P1"]
    assert diary.ratings["day"].tolist() == [-3.5, 0, 7, 0, 7]
    assert diary.ratings["pain"].tolist() == [7, 8, 4, 6, 5]
    assert diary.ratings["mood"].tolist() == ["low", "good", "low", "good", "low"]
    assert diary.ratings.dtypes[["day", "pain"]].tolist() == [float, float]
    assert diary.ratings["inclusion"].dtype == bool
    assert diary.patient_ids == ("P2", "P1")
    assert diary.patients["age"].tolist() == [33, 50]
    assert len(diary.problems) == 0
    assert diary.n_missing == 0


def test_file_and_frame_give_the_same(table, tmp_path):
    table.to_csv(tmp_path / "a.csv", index=False)
    table.to_parquet(tmp_path / "a.parquet")
    table.to_excel(tmp_path / "a.xlsx", index=False)
    wanted = read_diary(table, "nrs")
    for name in ("a.csv", "a.parquet", "a.xlsx"):
        diary = read_diary(tmp_path / name, "nrs")
        pd.testing.assert_frame_equal(diary.ratings, wanted.ratings, check_dtype=False)
        pd.testing.assert_frame_equal(diary.patients, wanted.patients, check_dtype=False)
        assert diary.source == name


@pytest.mark.parametrize(
    ("unit", "factor"), [("minutes", 1440), ("hours", 24), ("days", 1), ("weeks", 1 / 7)]
)
def test_time_with_a_unit_becomes_days(table, unit, factor):
    timed = table.assign(time=table["day"] * factor).drop(columns="day")
    diary = read_diary(timed, "nrs", time_unit=unit)
    np.testing.assert_allclose(diary.ratings["day"], [-3.5, 0, 7, 0, 7], atol=1e-12)
    assert diary.time_unit == unit


@pytest.mark.parametrize(("unit", "per_day"), [("minutes", 1440), ("hours", 24)])
def test_a_time_at_the_horizon_is_not_after_it(unit, per_day):
    times = np.arange(1, 200)
    table = pd.DataFrame({"patient_id": "P1", "time": times, "pain": 5})
    days = read_diary(table, "nrs", time_unit=unit).ratings["day"]
    assert days.tolist() == [time / per_day for time in times]


def test_dates_with_start_become_days(table):
    origin = {"P1": dt.date(2024, 3, 1), "P2": dt.date(2024, 1, 31)}
    dated = table[table["day"] != -3.5].copy()
    dated["start"] = dated["patient_id"].map(origin)
    dated["date"] = [
        start + dt.timedelta(days=day)
        for start, day in zip(dated["start"], dated["day"], strict=True)
    ]
    plain = dated.drop(columns="day")
    without = plain.drop(columns="start")
    for diary in (
        read_diary(plain, "nrs"),
        read_diary(without, "nrs", start=origin),
        read_diary(without, "nrs", start=pd.Series(origin)),
        read_diary(plain.assign(date=pd.to_datetime(plain["date"])), "nrs"),
    ):
        assert diary.ratings["day"].tolist() == [0, 7, 0, 7]
        assert diary.patient_ids == ("P2", "P1")


@pytest.mark.parametrize("name", ["day_-7", "day -7", "Day_-7", "pain day -7", "nrs_d_-7", "-7"])
def test_headings_of_visits(name):
    wide = pd.DataFrame({"patient_id": ["1"], name: [5], "baseline": [6], "nrs_week3": [4]})
    diary = read_diary(wide, "nrs", wide=True)
    assert diary.ratings["day"].tolist() == [-7, 0, 21]
    assert diary.ratings["pain"].tolist() == [5, 6, 4]
    assert f"{name} = day -7" in diary.notices[-1]


@pytest.mark.parametrize(
    ("name", "day"),
    [("6 weeks", 42), ("12wk", 84), ("3 days", 3), ("Woche 6", 42), ("6 Wochen", 42),
     ("Tag 14", 14), ("semaine 6", 42), ("J14", 14), ("jour_-7", -7)],
)  # fmt: skip
def test_headings_of_visits_in_other_words_and_languages(name, day):
    wide = pd.DataFrame({"patient_id": ["1"], "baseline": [6], name: [4]})
    diary = read_diary(wide, "nrs", wide=True)
    assert sorted(diary.ratings["day"]) == sorted([0, day])


@pytest.mark.parametrize("name", ["3 months", "Monat 3", "3 mois", "Besuch 2"])
def test_a_heading_that_is_a_visit_without_a_day_is_asked_about(name):
    wide = pd.DataFrame({"patient_id": ["1"], "baseline": [6], name: [4]})
    with pytest.raises(DiaryError, match="do not say on which day the rating was made"):
        read_diary(wide, "nrs", wide=True)


def test_columns_that_are_no_visits_are_named_so_that_no_rating_gets_lost():
    wide = pd.DataFrame({"patient_id": ["1"], "baseline": [6], "Entlassung": [4], "age": [61]})
    diary = read_diary(wide, "nrs", wide=True)
    assert diary.notices[-1] == (
        "columns not read as visits: Entlassung, age. If ratings are among them, give the days of "
        "all visits: wide={'Entlassung': 0, ...}"
    )
    given = read_diary(wide, "nrs", wide={"baseline": 0, "Entlassung": 84})
    assert not any("not read as visits" in notice for notice in given.notices)


def test_wide_form_with_given_days_missed_visits_and_covariates(tmp_path):
    path = tmp_path / "wide.csv"
    path.write_text("patient_id,sf36,V1,V2\n02,9,5,\n01,8,3,4\n")
    diary = read_diary(path, "nrs", wide={"V1": 0, "V2": 30.5})
    assert diary.ratings["patient_id"].tolist() == ["02", "01", "01"]
    assert diary.ratings["day"].tolist() == [0, 0, 30.5]
    assert diary.missing.to_numpy().tolist() == [[2, "02", 30.5]]
    # A number in a heading does not make it a visit.
    assert diary.patients["sf36"].tolist() == [9, 8]


def test_a_dash_in_a_heading_is_a_minus_only_beside_headings_without():
    wide = pd.DataFrame({"patient_id": ["1"], "day-7": [5], "day0": [6], "day7": [4]})
    assert read_diary(wide, "nrs", wide=True).ratings["day"].tolist() == [-7, 0, 7]


def test_columns_can_be_mapped_or_named_after_the_scale(table):
    other = table.rename(columns={"patient_id": "Subject", "pain": "NRS today"})
    mapped = read_diary(other, "nrs", columns={"patient_id": "Subject", "pain": "NRS today"})
    named = read_diary(table.rename(columns={"pain": "NRS", "day": " Day "}), "nrs")
    for diary in (mapped, named):
        assert diary.ratings["pain"].tolist() == [7, 8, 4, 6, 5]
        assert "NRS today" not in diary.ratings.columns


@pytest.mark.parametrize("mark", ["1", "x", "yes", "TRUE", True, 1])
def test_inclusion_marks(table, mark):
    table["screening"] = [None, None, mark, None, None]
    diary = read_diary(table, "nrs", inclusion="screening")
    assert diary.ratings["inclusion"].tolist() == [True, False, False, False, False]
    assert "screening" not in diary.ratings.columns


def test_ids_stay_what_they_are(tmp_path):
    ids = ["007", "7", "<b>7</b>", "=7+1", "P 7", "Zoë", "1e5"]
    path = tmp_path / "ids.csv"
    path.write_text("patient_id,day,pain\n" + "".join(f"{name},0,5\n" for name in ids))
    assert list(read_diary(path, "nrs").patient_ids) == ids


def test_numbers_as_ids_lose_nothing_but_the_point():
    frame = pd.DataFrame({"patient_id": [1.0, 2.0, 1.0], "day": [0, 0, 1], "pain": [1, 2, 3]})
    assert read_diary(frame, "nrs").patient_ids == ("1", "2")


@pytest.mark.parametrize("kind", ["object", "category"])
@pytest.mark.parametrize("last", [10**17, 10**20])
def test_long_numbers_as_ids_stay_different_patients(kind, last):
    ids = pd.Series([last + 1, last + 2, last + 2], dtype=object)
    frame = pd.DataFrame({"patient_id": ids.astype(kind), "day": [0, 7, 14], "pain": [1, 2, 3]})
    assert read_diary(frame, "nrs").patient_ids == (str(last + 1), str(last + 2))


def test_outer_spaces_go_and_are_mentioned(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("patient_id,day,pain\n P1,0,5\n P1,1,5\nP2,0,4\n")
    diary = read_diary(path, "nrs")
    assert diary.patient_ids == ("P1", "P2")
    assert "outer spaces removed from the patient id in 2 rows" in diary.notices


def test_missed_visits_are_counted_not_dropped_in_silence(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("patient_id,day,pain\n1,0,5\n1,7,\n1,14,NA\n2,0, n/a \n2,7,4\n3,0,.\n")
    diary = read_diary(path, "nrs")
    assert diary.n_missing == 4
    assert diary.missing["row"].tolist() == [3, 4, 5, 7]
    assert "4 missed" in repr(diary)
    # Patient 3 has no rating at all and stays.
    assert diary.patient_ids == ("1", "2", "3")
    assert "1 patient without a usable rating" in repr(diary)


@pytest.mark.parametrize("pain", [[5], [5, 5, 5], [0, 0], [10, 10]])
def test_one_patient_and_equal_ratings(pain):
    frame = pd.DataFrame({"patient_id": "1", "day": range(len(pain)), "pain": pain})
    diary = read_diary(frame, "nrs")
    assert diary.ratings["pain"].tolist() == pain
    assert diary.n_patients == 1


def test_decimals_on_a_scale_without_steps():
    frame = pd.DataFrame({"patient_id": ["1"], "day": [0], "odi": [44.4]})
    assert read_diary(frame, "odi").ratings["pain"].tolist() == [44.4]
    half = Scale("half", 0, 5, step=0.5)
    frame = pd.DataFrame({"patient_id": ["1"], "day": [0], "half": [3.5]})
    assert read_diary(frame, half).ratings["pain"].tolist() == [3.5]


def test_covariates_constant_but_for_gaps_belong_to_the_patient(table):
    table["sex"] = ["f", None, None, "m", None]
    table["site"] = pd.Categorical(["a", "b", "a", "b", "a"])
    table["code"] = ["01", "02", "01", "02", "01"]
    diary = read_diary(table, "nrs")
    assert diary.patients["sex"].tolist() == ["f", "m"]
    assert diary.patients["site"].tolist() == ["a", "b"]
    assert diary.patients["code"].tolist() == ["01", "02"]


def test_one_slip_in_a_column_of_groups_is_named():
    rows = [
        (f"P{i}", day, 5, "ab"[i % 2], 10 * i + day, i % 3) for i in range(10) for day in (0, 7)
    ]
    frame = pd.DataFrame(rows, columns=["patient_id", "day", "pain", "arm", "mood", "dose"])
    assert not read_diary(frame, "nrs").notices
    frame.loc[5, ["arm", "dose"]] = ["b ", 7]
    diary = read_diary(frame, "nrs")

    assert "mood" in diary.ratings  # what differs in most patients was meant to
    assert list(diary.notices) == [
        f"column '{name}' is not constant within 1 of 10 patients (the first is P2: '{here}' in "
        f"row 5, '{there}' in row 4), so it belongs to ratings, and patients cannot be grouped by "
        "it. If it should be constant, mend these rows"
        for name, here, there in (("arm", "b", "a"), ("dose", "7", "2"))
    ]


def test_up_to_and_select(table):
    diary = read_diary(table, "nrs")
    early = diary.up_to(0)
    assert early.ratings["day"].tolist() == [-3.5, 0, 0]
    assert early.patient_ids == ("P2", "P1")
    one = diary.select(["P1"])
    assert one.patient_ids == ("P1",)
    assert one.ratings["pain"].tolist() == [6, 5]
    with pytest.raises(UnknownPatientError, match="DataFrame has no patient 'P3'"):
        diary.select(["P1", "P3"])


def test_reprs_say_what_is_there_and_escape_ids():
    frame = pd.DataFrame({"patient_id": ["<script>"], "day": [0], "pain": [5]})
    diary = read_diary(frame, "nrs")
    assert repr(diary).startswith("Diary of 1 patient from DataFrame: 1 rating, day 0 to 0")
    assert "higher = worse" in repr(diary)
    assert "<script>" not in diary._repr_html_()
    assert "&lt;script&gt;" in diary._repr_html_()


def test_index_with_a_name_is_a_column(table):
    assert read_diary(table.set_index("patient_id"), "nrs").patient_ids == ("P2", "P1")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"time_unit": "months"}, "time_unit is one of minutes, hours, days, weeks"),
        ({"time_unit": "hours"}, "the column day is in days"),
        ({"start": "2024-01-01"}, "start= goes with a column date"),
        ({"columns": {"NRS": "pain"}}, r"turned round\? columns=\{'pain': 'NRS'\}"),
        ({"time_unit": ["days"]}, r"time_unit is one of .*, got \['days'\]"),
        ({"columns": ["pain"]}, "columns= maps standard names to the file's.* got list"),
        ({"wide": {"day": "seven"}}, "a day for each heading.*'day': 'seven'"),
        ({"wide": {"day": float("nan")}}, "a day for each heading.*'day': nan"),
        ({"wide": ["day"]}, "wide= is True, or maps headings to days.* got list"),
        ({"columns": {"pain": "day", "day": "day"}}, "'day' is given for both pain and day"),
    ],
)
def test_arguments_that_contradict_the_table(table, arguments, said):
    with pytest.raises(InputError, match=said):
        read_diary(table, "nrs", **arguments)
    with pytest.raises(InputError, match="takes a path or a DataFrame"):
        read_diary([1, 2], "nrs")


def test_suggestions_name_scale_and_horizon(table, tmp_path):
    assert "--horizon 7 fits" in suggest_options(table)
    assert "--scale nrs (0 to 10) fits" in suggest_options(table)
    hundred = table.assign(pain=[10.0, 95, 80, 71, 3])
    assert "--scale vas or --scale odi" in suggest_options(hundred)
    assert "--scale odi fits" in suggest_options(hundred.rename(columns={"pain": "ODI"}))
    timed = table.rename(columns={"day": "time"})
    assert "--time-unit hours" in suggest_options(timed)
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n")
    assert suggest_options(path) == (
        "x.csv has the columns a, b; none of them is called pain, day, date or time."
    )


def test_large_diary_is_read_without_a_call_per_row():
    n = 20_000
    frame = pd.DataFrame(
        {
            "patient_id": np.repeat(np.arange(n).astype(str), 12),
            "day": np.tile(np.arange(12.0), n),
            "pain": np.tile(np.arange(12) % 11, n),
            "sex": np.repeat(np.where(np.arange(n) % 2, "f", "m"), 12),
        }
    )
    start = dt.datetime.now()
    diary = read_diary(frame, "nrs")
    assert diary.n_ratings == 12 * n
    # Takes 0.3 s; a Python call per patient or row takes tens of seconds.
    assert (dt.datetime.now() - start).total_seconds() < 8


@pytest.mark.parametrize("day", [float("nan"), "28", None, True])
def test_no_day_is_not_a_day_before_all(table, day):
    diary = read_diary(table, "nrs")
    for part in (diary, diary.up_to(-1e9)):
        with pytest.raises(InputError, match="up_to: day must be a number of days, got"):
            part.up_to(day)
    assert diary.up_to(float("inf")).n_ratings == diary.n_ratings


def test_suggestions_follow_the_options_of_reading():
    wide = pd.DataFrame({"ID": ["1"], "baseline": [40], "Woche 6": [55], "V9": [70]})
    two = suggest_options(wide.drop(columns="V9"))
    assert "seems to have one column per visit: --wide. Ratings (2 columns of visits) run" in two
    assert "The last visit is on day 42: --horizon 42 fits." in two
    given = suggest_options(wide, wide={"baseline": 0, "Woche 6": 42, "V9": 63})
    assert "Ratings (3 columns of visits) run from 40 to 70 in whole numbers" in given
    assert "--horizon 63 fits" in given
    named = wide.rename(columns={"baseline": "Now (0-100)"})
    assert "Ratings (Now (0-100)) run from 40" in suggest_options(
        named, columns={"pain": "Now (0-100)"}
    )
    dated = pd.DataFrame({"Wert": [4], "date": ["2024-03-14"]})
    assert "Which has the ratings? DataFrame has the columns Wert, date." in suggest_options(dated)


@pytest.mark.parametrize(
    ("pain", "scales"),
    [
        ([40, 31], ["ndi", "promis_pi", "vas", "odi"]),
        ([5.5, 7.5], ["bpi_interference", "odi", "0-10"]),
        ([55.5, 7.5], ["odi", "0-100"]),
        ([5, 7], ["nrs"]),
    ],
)
def test_no_questionnaire_is_guessed_where_several_hold_the_ratings(pain, scales):
    said = suggest_options(pd.DataFrame({"day": [0, 7], "pain": pain}))
    assert re.findall(r"--scale ([\w-]+)", said) == scales
    assert ("which questionnaire was used?" in said) == (len(scales) > 1)


def test_marks_of_inclusion_do_not_go_with_one_column_per_visit(tmp_path):
    path = tmp_path / "a.csv"
    text = "patient_id,inclusion,baseline,week 1\n1,{},5,4\n2,0,5,4\n"
    path.write_text(text.format("yes"))
    with pytest.raises(DiaryError, match="it cannot say which rating was used to select") as error:
        read_diary(path, "nrs", wide=True)
    assert error.value.problems["column"].tolist() == ["inclusion"]
    path.write_text(text.format(""))
    assert read_diary(path, "nrs", wide=True).n_ratings == 4
