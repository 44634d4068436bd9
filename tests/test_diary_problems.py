"""Diaries with mistakes: each one provoked, and the message read as its reader would."""

import numpy as np
import pandas as pd
import pytest

import paintrend as pt
from paintrend.diary import read_diary
from paintrend.errors import DiaryError, InputError
from paintrend.scales import Scale

HEAD = "patient_id,day,pain\n"


@pytest.fixture
def write(tmp_path):
    """Write a file and return its path."""

    def write_text(text, name="diary.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write_text


def problems_of(path, scale="nrs", **arguments):
    with pytest.raises(DiaryError) as caught:
        read_diary(path, scale, **arguments)
    return str(caught.value), caught.value.problems


@pytest.mark.parametrize(
    ("score", "problem", "fix"),
    [
        ("7/10", "is text, not a number", "Write 7."),
        ("7 out of 10", "is text, not a number", "Write 7."),
        ("35/50", "is text, and out of 50 where nrs goes to 10", "Write the rating as a whole"),
        ("seven", "is a word, not a number", "Write 7."),
        ("6-7", "is a range, not one number", "Write one number, or leave the cell empty."),
        ("ca. 7", "has text beside the number", "Write the number alone: 7,"),
        ("bad", "is text, not a number", "or leave the cell empty if there is no rating."),
        ("07-Oct", "is a date: spreadsheets turn entries like 7/10 into dates", "format the col"),
        ("True", "is true/false, not a rating", "Write a whole number from 0 to 10."),
        ("1_0", "is text, not a number", "Write a whole number from 0 to 10, or"),
        ("inf", "is not a finite number", "Write a whole number from 0 to 10, or"),
        ("-inf", "is not a finite number", "Write a whole number from 0 to 10, or"),
        ("11", "is off the scale (nrs: 0 to 10)", "Correct it to a whole number from 0 to 10"),
        ("-1", "is off the scale (nrs: 0 to 10)", "If this number stands for 'no answer'"),
        ("99", "is off the scale (nrs: 0 to 10)", "If this number stands for 'no answer'"),
        ("5.5", "is between the steps of the scale (nrs: whole numbers)", "step=0"),
    ],
)
def test_a_rating_that_is_none(write, score, problem, fix):
    message, table = problems_of(write(HEAD + f"P1,0,5\nP1,7,{score}\n"))
    assert len(table) == 1
    found = table.iloc[0]
    assert (found["row"], found["patient_id"], found["column"]) == (3, "P1", "pain")
    assert found["value"] == score
    assert found["problem"] == problem
    assert fix in found["fix"]
    assert "diary.csv: 1 problem; 1 of 2 rows cannot be used" in message
    assert problem in message
    assert found["fix"] in message


def test_text_does_not_hide_an_error_of_range(write):
    _, table = problems_of(write(HEAD + "1,0,seven\n1,1,12\n1,2,3\n"))
    assert table["row"].tolist() == [2, 3]


@pytest.mark.parametrize(
    ("row", "column", "problem"),
    [
        (",0,5", "patient_id", "the patient id is missing"),
        ("  ,0,5", "patient_id", "the patient id is missing"),
        ("NA,0,5", "patient_id", "the patient id is missing"),
        ("EXAMPLE-1,0,5", "patient_id", "this is an example row of the form"),
        ("2,,5", "day", "the day is missing"),
        ("2,day 3,5", "day", "has text beside the number"),
        ("2,monday,5", "day", "is text, not a number"),
        ("2,2024-03-14,5", "day", "is a date, not a number of days"),
        ("2,08:30,5", "day", "is a time of day, not a number of days"),
        ("2,True,5", "day", "is true/false, not a number of days"),
        ("2,7 days 00:00:00,5", "day", "is a length of time, not a number of days"),
        ("2,inf,5", "day", "is not a finite number"),
        ("2,45292,5", "day", "is more than 100 years from day 0"),
    ],
)
def test_rows_without_patient_or_time(write, row, column, problem):
    _, table = problems_of(write(HEAD + f"1,0,5\n{row}\n"))
    assert table[["row", "column", "problem"]].to_numpy().tolist() == [[3, column, problem]]
    assert table["fix"].iloc[0].endswith(".")


def test_same_patient_and_time_names_each_repeat_and_its_first_row(write):
    _, table = problems_of(write(HEAD + "1,0,5\n1,0,5\n2,0,5\n3,1,4\n3,2,4\n3,1.0,6\n3,1,\n"))
    assert table["row"].tolist() == [3, 7]
    assert table["problem"].tolist() == [
        "same patient and time as row 2, same rating; none of them can be used",
        "same patient and time as row 5, another rating; none of them can be used",
    ]
    assert table["fix"].iloc[0] == "Delete all but one."
    assert "decimal day" in table["fix"].iloc[1]
    diary = read_diary(write(HEAD + "1,0,5\n1,0,5\n1,7,4\n"), "nrs", lenient=True)
    assert diary.ratings["day"].tolist() == [7.0]


def test_ids_that_spaces_make_the_same(write):
    message, table = problems_of(write(HEAD + "P1,0,5\nP1 ,1,5\nP1 ,2,5\nP2 ,0,5\n"))
    assert table["row"].tolist() == [3]
    assert "'P1 ' " in message
    assert table["problem"].iloc[0] == "differs from 'P1' only by outer spaces (2 rows)"
    lenient = read_diary(write(HEAD + "P1,0,5\nP1 ,1,5\nP1 ,2,5\nP2 ,0,5\n"), "nrs", lenient=True)
    assert lenient.ratings["day"].tolist() == [0, 0]
    assert lenient.patient_ids == ("P1", "P2")


def test_ids_that_look_the_same(write):
    rows = "Zo\u00eb,0,5\nZoe\u0308,7,4\nZoe\u0308,14,4\nZoe,0,6\n"
    _, table = problems_of(write(HEAD + rows))
    assert table["row"].tolist() == [3]
    assert table["value"].tolist() == [r"'Zoe\u0308'"]
    assert table["problem"].iloc[0] == (
        r"differs from 'Zo\xeb' only by how accents are stored (2 rows)"
    )
    lenient = read_diary(write(HEAD + rows), "nrs", lenient=True)
    assert lenient.ratings["patient_id"].tolist() == ["Zo\u00eb", "Zoe"]


def test_signs_that_nobody_sees_make_no_new_patient(write):
    _, table = problems_of(write(HEAD + "P1,0,5\n\u200bP1,1,5\nP1\u00a0,2,5\n"))
    assert table["row"].tolist() == [3, 4]
    assert "'\\u200bP1'" in table["value"].iloc[0]


def test_scales_are_never_mixed(write):
    rows = "1,0,5,nrs\n1,1,50,vas\n1,2,6,NRS\n1,3,4,\n"
    _, table = problems_of(write("patient_id,day,pain,scale\n" + rows))
    assert table[["row", "column", "value", "problem"]].to_numpy().tolist() == [
        [3, "scale", "vas", "this row is on another scale than nrs"]
    ]


def test_the_wrong_scale_for_the_whole_file_is_said_once(write):
    rows = "".join(f"1,{day},{day * 9}\n" for day in range(12))
    message, _ = problems_of(write(HEAD + rows))
    assert "the ratings run from 0 to 99, nrs from 0 to 10: is this the right scale?" in message


def test_inclusion_marks_must_be_yes_or_no(write):
    _, table = problems_of(write("patient_id,day,pain,inclusion\n1,0,5,maybe\n1,1,5,0\n"))
    assert table[["row", "value", "problem"]].to_numpy().tolist() == [
        [2, "maybe", "is neither yes nor no"]
    ]


@pytest.mark.parametrize(
    ("headings", "said"),
    [
        ("ID,day,pain", "there is no column patient_id"),
        (
            "ID,day,pain",
            "'ID' looks like it: rename it patient_id, or columns={'patient_id': 'ID'}",
        ),
        ("patient_id,Week,pain", "'Week' looks like it: rename it time"),
        ("patient_id,day,NRS now", "columns={'pain': 'NRS now'}"),
        ("patient_id,day,x", "The file has the columns: patient_id, day, x."),
        ("patient_id,dya,pain", "'dya' looks like it"),
        ("patient_id,day,Schmerz (VAS)", "columns={'pain': 'Schmerz (VAS)'}"),
        ("patient_id,day,Douleur", "columns={'pain': 'Douleur'}"),
        ("Fallnummer,day,pain", "columns={'patient_id': 'Fallnummer'}"),
        ("Patient,Messtag,x", "columns={'day': 'Messtag'}"),
        ("patient_id,Datum,Behandlungsbeginn,pain", "columns={'start': 'Behandlungsbeginn'}"),
        ("patient_id,date,Treatment start,pain", "columns={'start': 'Treatment start'}"),
        ("patient_id,day,pain,nrs", "both 'pain' and 'nrs' could be the nrs ratings"),
        ("patient_id,day,Day ,pain", "there is no column"),
    ],
)
def test_columns_that_are_missing_or_unclear(write, headings, said):
    width = headings.count(",") + 1
    path = write(headings + "\n" + ",".join("1" * width) + "\n")
    if headings == "patient_id,day,Day ,pain":
        assert read_diary(path, "nrs").n_ratings == 1  # the exact name wins
        return
    message, table = problems_of(path)
    assert said in message
    assert len(table) >= 1


def test_what_is_known_for_one_column_is_not_suggested_for_another(write):
    message, table = problems_of(write("Patient,Tag,Wert\n1,2,3\n"))
    fixes = dict(zip(table["column"], table["fix"], strict=True))
    assert "'Patient'" in fixes["patient_id"]
    assert "'Tag'" in fixes["day"]
    assert "Patient" not in fixes["pain"]
    assert "The file has the columns: Patient, Tag, Wert." in message


def test_all_missing_columns_are_named_at_once(write):
    message, table = problems_of(write("a,b,c\n1,2,3\n"))
    assert sorted(table["column"]) == ["day", "pain", "patient_id"]
    message, _ = problems_of(write(HEAD + "1,2,3\n"), columns={"pain": "Pian"})
    assert "there is no column 'Pian' (asked for as pain)" in message
    assert "Did you mean 'pain'?" in message


def test_a_file_of_one_column_asks_for_the_separator(write):
    message, _ = problems_of(write("patient_id day pain\n1 0 5\n"))
    assert "read as one column: separate the values by commas" in message


def test_time_needs_a_unit_and_dates_a_start(write):
    message, _ = problems_of(write("patient_id,time,pain\n1,4,5\n"))
    assert "the column time has no unit" in message
    message, _ = problems_of(write("patient_id,date,pain\n1,2024-03-14,5\n"))
    assert "no day 0 to count from" in message
    assert "The first rating is not taken for it." in message


@pytest.mark.parametrize(
    ("headings", "said"),
    [
        ("patient_id,visit 1,visit 2", "'visit 1', 'visit 2' do not say on which day"),
        ("patient_id,month 1,month 2", "'month 1', 'month 2' do not say on which day"),
        ("patient_id,day-7,day-14", "'day-7', 'day-14' do not say on which day"),
        ("patient_id,phq9,age", "no heading is a visit"),
        ("patient_id,baseline,day 0", "'baseline', 'day 0' mean the same day"),
    ],
)
def test_headings_that_are_no_days(write, headings, said):
    with pytest.raises(DiaryError) as caught:
        read_diary(write(headings + "\n1,5,6\n"), "nrs", wide=True)
    assert said in str(caught.value)


def test_wide_table_problems_name_row_and_visit(write):
    text = "patient_id,age,day 0,week 1\n1,40,7/10,5\n2,30,4,4\n2,30,4,4\n,20,1,2\n"
    _, table = problems_of(write(text), wide=True)
    assert table[["row", "column"]].to_numpy().tolist() == [
        [2, "day 0"],
        [3, "patient_id"],
        [4, "patient_id"],
        [5, "patient_id"],
    ]
    assert table["problem"].iloc[1] == "the patient has rows 3, 4"
    lenient = read_diary(write(text), "nrs", wide=True, lenient=True)
    assert lenient.ratings[["patient_id", "day"]].to_numpy().tolist() == [["1", 7.0]]
    with pytest.raises(DiaryError, match=r"seems to have one column per visit .*wide=True"):
        read_diary(write(text), "nrs")


TEN = """patient_id,date,start,pain,inclusion,scale
P01,2024-03-01,2024-03-04,6,yes,nrs
P01,2024-03-04,2024-03-04,7/10,no,nrs
P02,2024-03-04,2024-03-04,11,no,nrs
P02,2024-03-11,2024-03-04,5.5,no,nrs
P03,2024-02-30,2024-03-04,5,no,nrs
P04,2024-03-04,2024-03-04,5,no,nrs
P04,2024-03-11,2024-03-05,5,no,nrs
,2024-03-11,2024-03-04,5,no,nrs
P05,2099-03-11,2024-03-04,5,no,nrs
P06,2024-03-11,2024-03-04,50,no,vas
P07,2024-03-11,2024-03-04,5,perhaps,nrs
P08,2024-03-11,,5,no,nrs
P09,2024-03-11,2024-03-04,,no,nrs
P09,2024-03-18,2024-03-04,5,no,nrs
"""


def test_ten_planted_errors_give_exactly_ten_problems(write):
    message, table = problems_of(write(TEN))
    assert table[["row", "patient_id", "column", "value"]].to_numpy().tolist() == [
        [3, "P01", "pain", "7/10"],
        [4, "P02", "pain", "11"],
        [5, "P02", "pain", "5.5"],
        [6, "P03", "date", "2024-02-30"],
        [8, "P04", "start", "2024-03-05"],
        [9, "", "patient_id", ""],
        [10, "P05", "date", "2099-03-11"],
        [11, "P06", "scale", "vas"],
        [12, "P07", "inclusion", "perhaps"],
        [13, "P08", "start", ""],
    ]
    assert message.startswith("diary.csv: 10 problems; 11 of 14 rows cannot be used.")
    assert "headings in row 1" in message
    assert "lenient=True" in message
    assert ".problems" in message
    for _, found in table.iterrows():
        assert found["problem"] in message
        assert f"-> {found['fix']}" in message
    assert "2024-03-05 here but 2024-03-04 in row 7" in message


def test_lenient_sets_aside_keeps_the_list_and_all_patients(write):
    strict = problems_of(write(TEN))[1]
    diary = read_diary(write(TEN), "nrs", lenient=True)
    pd.testing.assert_frame_equal(diary.problems, strict)
    assert diary.ratings[["patient_id", "day", "pain", "inclusion"]].to_numpy().tolist() == [
        ["P01", -3.0, 6.0, True],
        ["P09", 14.0, 5.0, False],
    ]
    assert diary.patient_ids == tuple(f"P{i:02d}" for i in range(1, 10))
    assert diary.n_missing == 1
    assert "10 problems set aside" in repr(diary)


def test_many_problems_are_counted_and_the_first_ten_shown(write):
    rows = "".join(f"1,{day},x\n" for day in range(25)) + "1,y,5\n"
    message, table = problems_of(write(HEAD + rows))
    assert len(table) == 26
    assert message.count("->") == 10
    assert "... and 16 more. All of them by column: pain 25, day 1." in message


@pytest.mark.parametrize("lenient", [False, True])
def test_nothing_usable_is_an_error_all_the_same(write, lenient):
    message, _ = problems_of(write(HEAD + "1,0,\n1,1,\n"), lenient=lenient)
    assert message.startswith("diary.csv: no usable rating in 2 rows.")
    message, table = problems_of(write(HEAD + ",0,5\n,1,5\n"), lenient=lenient)
    assert "no usable rating" in message
    assert len(table) == 2


def test_values_cannot_break_the_list_of_problems(write):
    message, _ = problems_of(write(HEAD + '1,0,"a\nb\tc\x07"\n1,1,' + "z" * 80 + "\n"))
    assert "a b c?" in message
    assert "z" * 22 not in message


def test_rows_of_a_frame_are_named_by_position_and_label():
    frame = pd.DataFrame(
        {"patient_id": ["1", "1"], "day": [0, 1], "pain": [5.0, np.inf]}, index=["a", "b"]
    )
    message, table = problems_of(frame)
    assert table["row"].tolist() == ["1 (index b)"]
    assert "Rows are counted from 0." in message
    _, table = problems_of(frame.reset_index(drop=True))
    assert table["row"].tolist() == [1]


def test_mixed_types_in_a_frame():
    frame = pd.DataFrame(
        {
            "patient_id": ["1"] * 4,
            "day": range(4),
            "pain": [5, "6", True, pd.Timestamp("2024-10-07")],
        }
    )
    _, table = problems_of(frame)
    assert table["problem"].tolist() == [
        "is true/false, not a rating",
        "is a date: spreadsheets turn entries like 7/10 into dates",
    ]


def test_steps_other_than_one_are_named():
    half = Scale("half", 1, 5, step=0.5)
    frame = pd.DataFrame({"patient_id": ["1"] * 2, "day": [0, 1], "pain": [1.5, 1.7]})
    _, table = problems_of(frame, half)
    assert table["problem"].tolist() == [
        "is between the steps of the scale (half: steps of 0.5 from 1)"
    ]
    assert table["fix"].iloc[0].startswith("Write a number from 1 to 5 in steps of 0.5.")


def test_a_code_of_missing_data_that_fits_a_wide_scale_is_asked_about(write):
    days = [0, 7, 14, 21]
    for last, asked in ((99, True), (98, True), (60, False)):
        rows = [f"P{p},{d},{last if d == 21 else 40 + p}" for p in range(5) for d in days]
        notices = read_diary(write(HEAD + "\n".join(rows)), "vas").notices
        said = f"5 ratings are {last}, and few are near it. If that stands for 'no answer'"
        assert any(notice.startswith(said) for notice in notices) is asked
    high = [f"P{p},{d},{95 + (p + d) % 5}" for p in range(5) for d in range(4)]
    assert read_diary(write(HEAD + "\n".join(high)), "vas").notices == ()


@pytest.mark.parametrize("word", ["no", "False", 0, None, 1])
def test_lenient_is_true_or_false(tmp_path, word):
    """Any text would count as yes, "no" too."""
    ratings = pd.DataFrame({"patient_id": ["A", "A"], "day": [0.0, 7.0], "pain": [5, 4]})
    ratings.to_parquet(tmp_path / "a.parquet")
    diary = read_diary(ratings, "nrs")
    told = ratings.assign(event="surgery", symptom="none", status="done")
    calls = [
        lambda: read_diary(ratings, "nrs", lenient=word),
        lambda: pt.read_events(told, diary, lenient=word),
        lambda: pt.read_symptoms(told, diary, lenient=word),
        lambda: pt.read_sessions(told, diary, lenient=word),
        lambda: pt.fit_parquet(
            tmp_path / "a.parquet", tmp_path / "out", scale="nrs", horizon=84, lenient=word
        ),
    ]
    for call in calls:
        with pytest.raises(InputError, match="lenient must be True or False, got"):
            call()


def test_a_missing_column_hides_no_problem_of_the_others(write):
    message, table = problems_of(write("patient_id,visit,pain\n1,0,6\n1,7,eleven\n,14,12\n"))
    assert table[["row", "column", "problem"]].values.tolist() == [
        ["", "day", "there is no column day (or date with start, or time)"],
        [3, "pain", "is text, not a number"],
        [4, "patient_id", "the patient id is missing"],
        [4, "pain", "is off the scale (nrs: 0 to 10)"],
    ]
    assert "In the columns that are there: " in message
    assert "lenient=True" not in message
    message, table = problems_of(write("patient_id,day,ache\n1,soon,6\n1,2,3\n"))
    assert table[["row", "column"]].values.tolist() == [["", "pain"], [2, "day"]]
    message, table = problems_of(write("patient_id,day,ache\n1,1,6\n1,2,3\n"))
    assert table[["row", "column"]].values.tolist() == [["", "pain"]]
    assert "In the columns that are there" not in message
