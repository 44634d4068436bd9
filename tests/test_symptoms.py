"""Tables of symptoms: what is understood, what is a problem, and on whom signs were checked."""

import pandas as pd
import pytest

from paintrend.diary import read_diary
from paintrend.errors import DiaryError, InputError
from paintrend.symptoms import read_symptoms
from paintrend.warning_signs import WARNING_SIGNS, WarningSign, resolve_signs, warning_sign_table

HEAD = "patient_id,day,symptom\n"
RATINGS = pd.DataFrame({"patient_id": ["007", "007", "P8"], "day": [0, 7, 0], "pain": [5, 4, 6]})


@pytest.fixture(scope="module")
def diary():
    return read_diary(RATINGS, "nrs")


@pytest.fixture
def write(tmp_path):
    def write_text(text, name="symptoms.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write_text


def problems_of(source, diary=None, **options):
    with pytest.raises(DiaryError) as caught:
        read_symptoms(source, diary, **options)
    return str(caught.value), caught.value.problems


def table_of(symptoms):
    return symptoms.table[["patient_id", "day", "sign"]].to_numpy().tolist()


# The built-in list


def test_every_sign_has_words_a_grade_and_a_source():
    table = warning_sign_table()
    assert list(table.columns) == ["sign", "grade", "label", "source"]
    assert table["sign"].is_unique
    assert table["label"].is_unique
    assert set(table["grade"]) == {"same_day", "prompt"}
    assert table["source"].str.endswith(".").all()
    # Those of one grade stand together, the most urgent first.
    assert table["grade"].tolist() == sorted(table["grade"], reverse=True)


@pytest.mark.parametrize(
    ("words", "grade"),
    [
        ("saddle numbness", "same_day"), ("new bladder dysfunction", "same_day"),
        ("new bowel dysfunction", "same_day"), ("new sexual dysfunction", "same_day"),
        ("leg weakness on both sides", "same_day"), ("progressing leg weakness", "same_day"),
        ("fever", "same_day"), ("feeling unwell", "same_day"), ("major trauma", "same_day"),
        ("calf swelling after surgery", "same_day"), ("wound problem after surgery", "same_day"),
        ("extreme pain in a session", "same_day"),
        ("sharp, shooting or burning pain along a nerve", "prompt"),
        ("increased numbness", "prompt"), ("increased tingling", "prompt"),
        ("increased weakness", "prompt"), ("swelling at a joint", "prompt"),
        ("tenderness at a joint", "prompt"), ("pain at rest", "prompt"),
        ("pain that disturbs sleep", "prompt"), ("loss of coordination", "prompt"),
        ("loss of fine motor skill", "prompt"),
    ],
)  # fmt: skip
def test_plain_words_are_understood(words, grade):
    table = pd.DataFrame({"patient_id": ["P1"], "day": [3], "symptom": [words.upper()]})
    found = read_symptoms(table).table
    assert found["grade"].tolist() == [grade]
    assert found["label"].tolist() == [words]


def test_no_built_in_sign_was_left_out_of_that_test():
    assert len(WARNING_SIGNS) == 22


@pytest.mark.parametrize(
    "text", ["saddle_numbness", "Saddle numbness", "SADDLE-NUMBNESS", " saddle  numbness "]
)
def test_capitals_spaces_and_hyphens_do_not_matter(text, write):
    symptoms = read_symptoms(write(HEAD + f"P1,3,{text}\n"))
    assert table_of(symptoms) == [["P1", 3.0, "saddle_numbness"]]


def test_several_signs_in_one_cell(write):
    text = HEAD + 'P1,3,fever; calf swelling\nP2,4,"fever, pain at rest"\n'
    assert table_of(read_symptoms(write(text))) == [
        ["P1", 3.0, "fever"],
        ["P1", 3.0, "calf_swelling"],
        ["P2", 4.0, "fever"],
        ["P2", 4.0, "pain_at_rest"],
    ]


# On whom signs were checked


def test_none_counts_as_asked_and_an_empty_cell_does_not(write):
    text = HEAD + "P1,3,none\nP2,3,\nP3,3,fever\nP4,3,No symptoms\nP5,3,NA\n"
    symptoms = read_symptoms(write(text))
    assert symptoms.n_patients_checked == 3
    assert symptoms.n_patients_with_signs == 1
    assert symptoms.missing[["row", "patient_id"]].to_numpy().tolist() == [[3, "P2"], [6, "P5"]]
    assert any("not counted as asked: 2 rows" in notice for notice in symptoms.notices)
    assert "checked on 3 patients, reported by 1" in repr(symptoms)


def test_a_sign_beside_none_on_the_same_day_counts(write):
    symptoms = read_symptoms(write(HEAD + "P1,3,none\nP1,3,fever\nP2,3,none; fever\n"))
    assert [row[2] for row in table_of(symptoms)] == ["fever", "fever"]
    assert symptoms.n_patients_checked == 2


def test_the_same_sign_twice_on_a_day_is_one(write):
    symptoms = read_symptoms(write(HEAD + "P1,3,fever\nP1,3,Fever\nP1,4,fever\n"))
    assert len(symptoms) == 2
    assert any("taken once: 1 row" in notice for notice in symptoms.notices)


def test_headings_without_rows_are_a_table_in_which_nobody_was_asked(write):
    for source in (write(HEAD), pd.DataFrame(columns=["patient_id", "day", "symptom"])):
        symptoms = read_symptoms(source)
        assert symptoms.n_patients_checked == 0
        assert len(symptoms.table) == 0
        assert symptoms.notices == ("the table has no rows",)
        assert len(symptoms.up_to(3).select(["P1"]).table) == 0


def test_looks_back_in_time_and_at_some_patients(write):
    text = HEAD + "P1,3,fever\nP1,30,pain at rest\nP2,20,none\nP3,40,none\n"
    symptoms = read_symptoms(write(text))
    early = symptoms.up_to(20)
    assert table_of(early) == [["P1", 3.0, "fever"]]
    assert (early.n_patients_checked, symptoms.n_patients_checked) == (2, 3)
    assert table_of(symptoms.select(["P2", "nobody"])) == []
    assert symptoms.select(["P2", "nobody"]).n_patients_checked == 1
    assert len(symptoms.table) == 2, "the first one is as it was"


# Problems


def test_every_problem_at_once_with_its_row(write, diary):
    text = HEAD + (
        "007,3,sadle numness\n007,x,fever\nP9,3,fever\nP9,4,fever\n,3,fever\n7,3,none\n"
        "007,5,fever\n"
    )
    message, table = problems_of(write(text), diary)
    assert table[["row", "patient_id", "column", "value"]].to_numpy().tolist() == [
        [2, "007", "symptom", "sadle numness"],
        [3, "007", "day", "x"],
        [4, "P9", "patient_id", "P9"],
        [6, "", "patient_id", ""],
        [7, "7", "patient_id", "7"],
    ]
    assert message.startswith("symptoms.csv: 5 problems; 6 of 7 rows cannot be used.")
    fixes = dict(zip(table["row"], table["fix"], strict=True))
    assert fixes[2].startswith("Did you mean saddle_numbness?")
    assert fixes[4].startswith("Ids are text and must match exactly")
    assert fixes[7].startswith("Did you mean '007'?")
    problems = dict(zip(table["row"], table["problem"], strict=True))
    assert problems[2] == "is not one of the warning signs"
    assert problems[4] == "the ratings (DataFrame) have no such patient (2 rows)"
    assert "the symptom" not in problems[3]
    assert "lenient=True" in message


def test_lenient_sets_aside_keeps_the_list_and_does_not_count_them(write, diary):
    text = HEAD + "007,3,headache\nP8,4,fever\nP9,3,fever\n"
    symptoms = read_symptoms(write(text), diary, lenient=True)
    assert table_of(symptoms) == [["P8", 4.0, "fever"]]
    assert symptoms.n_patients_checked == 1
    assert symptoms.problems["row"].tolist() == [2, 4]
    assert "2 problems set aside" in repr(symptoms)
    assert len(symptoms.up_to(0).problems) == 2


def test_an_unknown_sign_is_named_with_what_is_near_or_with_all():
    def fix_of(word):
        table = pd.DataFrame({"patient_id": ["1"], "day": [1], "symptom": [word]})
        return problems_of(table)[1]["fix"][0]

    assert "calf_swelling" in fix_of("swollen calf")
    assert "saddle_numbness" in fix_of("saddle anaesthesia")
    assert all(name in fix_of("zzz") for name in WARNING_SIGNS)
    # The part that is not known, and not the whole cell.
    table = pd.DataFrame({"patient_id": ["1"], "day": [1], "symptom": ["fever; qqq"]})
    assert problems_of(table)[1]["value"][0] == "qqq"


@pytest.mark.parametrize("text", ["no fever", "no", "keine", "denies saddle numbness", "not asked"])
def test_a_denied_sign_is_never_suggested(text):
    table = pd.DataFrame({"patient_id": ["1"], "day": [1], "symptom": [text]})
    fix = problems_of(table)[1]["fix"][0]
    assert "Did you mean" not in fix
    assert fix.startswith("Write none if the patient was asked and had no sign.")


def test_beside_a_denied_sign_another_is_still_suggested():
    table = pd.DataFrame({"patient_id": ["1"], "day": [1], "symptom": ["no fever; sadle numness"]})
    fix = problems_of(table)[1]["fix"][0]
    assert "Did you mean saddle_numbness?" in fix


def test_a_missing_column_is_named_with_what_looks_like_it(write):
    message, table = problems_of(write("id,when,sign\n1,2,fever\n"))
    assert table["column"].tolist() == ["patient_id", "symptom", "day"]
    assert "there is no column symptom" in message
    assert "'sign' looks like it: rename it symptom, or columns={'symptom': 'sign'}." in message
    named = {"patient_id": "id", "day": "when", "symptom": "sign"}
    assert len(read_symptoms(write("id,when,sign\n1,2,fever\n"), columns=named)) == 1
    with pytest.raises(InputError, match="'pain' is not one of patient_id, day, date"):
        read_symptoms(write(HEAD + "1,2,fever\n"), columns={"pain": "x"})


def test_the_day_and_the_date_of_a_symptom_are_asked_for_by_that_name(write):
    _, table = problems_of(write(HEAD + "P1,,fever\nP1,2024-03-04,fever\n"))
    assert table["fix"][0] == "Write the day of the symptom, or delete the row."
    assert table["problem"][1] == "is a date, not a number of days"


def test_dates_are_counted_from_the_starts_of_the_ratings(write):
    ratings = pd.DataFrame(
        {"patient_id": ["P1", "P1", "P2"], "date": ["2024-03-04", "2024-03-11", "2024-04-01"],
         "start": ["2024-03-04", "2024-03-04", "2024-03-31"], "pain": [5, 4, 3]}
    )  # fmt: skip
    text = "patient_id,date,symptom\nP1,2024-03-06,fever\nP2,2024-04-02,fever\n"
    diary = read_diary(ratings, "nrs")
    assert table_of(read_symptoms(write(text), diary)) == [
        ["P1", 2.0, "fever"],
        ["P2", 2.0, "fever"],
    ]
    one = read_diary(ratings.drop(columns="start"), "nrs", start="2024-03-01")
    assert [row[1] for row in table_of(read_symptoms(write(text), one))] == [5.0, 32.0]
    given = read_symptoms(write(text), diary, start="2024-03-05")
    assert [row[1] for row in table_of(given)] == [1.0, 28.0]
    with pytest.raises(DiaryError, match="no day 0 to count from"):
        read_symptoms(write(text))


def test_moments_with_time_zones_are_counted_from_such_starts():
    ratings = pd.DataFrame(
        {"patient_id": ["P1"], "date": ["2024-03-04T12:00+01:00"],
         "start": ["2024-03-04T08:00+01:00"], "pain": [5]}
    )  # fmt: skip
    table = pd.DataFrame(
        {"patient_id": ["P1"], "date": ["2024-03-04T19:00+00:00"], "symptom": ["fever"]}
    )
    assert read_symptoms(table, read_diary(ratings, "nrs")).table["day"].tolist() == [0.5]


def test_hours_need_their_unit(write):
    text = "patient_id,time,symptom\nP1,36,fever\n"
    assert table_of(read_symptoms(write(text), time_unit="hours")) == [["P1", 1.5, "fever"]]
    with pytest.raises(DiaryError, match="has no unit"):
        read_symptoms(write(text))
    # A unit given for the ratings does no harm to a column of days.
    assert read_symptoms(write(HEAD + "P1,2,fever\n"), time_unit="hours").table["day"][0] == 2.0


def test_parquet_and_excel(tmp_path):
    table = pd.DataFrame({"patient_id": ["P1"], "day": [2], "symptom": ["fever"]})
    table.to_parquet(tmp_path / "s.parquet")
    assert table_of(read_symptoms(tmp_path / "s.parquet")) == [["P1", 2.0, "fever"]]
    pytest.importorskip("openpyxl")
    table.to_excel(tmp_path / "s.xlsx", index=False)
    assert table_of(read_symptoms(tmp_path / "s.xlsx")) == [["P1", 2.0, "fever"]]


# Signs of one's own


def test_a_list_of_ones_own_is_the_whole_list():
    table = pd.DataFrame({"patient_id": ["P1"], "day": [2], "symptom": ["chest pain"]})
    symptoms = read_symptoms(table, signs={"chest_pain": "same_day"})
    assert symptoms.table["grade"].tolist() == ["same_day"]
    assert symptoms.signs["chest_pain"].source == "Set by the user; no source given."
    with pytest.raises(DiaryError, match="is not one of the warning signs"):
        read_symptoms(table.assign(symptom="fever"), signs={"chest_pain": "same_day"})


def test_adding_one_and_changing_a_grade():
    signs = resolve_signs(
        {**WARNING_SIGNS, "fever": "prompt", "rash": {"grade": "prompt", "source": "clinic"}}
    )
    assert len(signs) == len(WARNING_SIGNS) + 1
    assert signs["rash"] == WarningSign("rash", "prompt", "rash", "clinic")
    assert signs["fever"].label == "fever"
    assert signs["fever"].source.endswith("Grade changed by the user.")
    assert WARNING_SIGNS["fever"].grade == "same_day"
    assert signs["saddle_numbness"] == WARNING_SIGNS["saddle_numbness"]


def test_a_table_of_signs_goes_round():
    table = warning_sign_table()
    assert resolve_signs(table) == WARNING_SIGNS
    table.loc[table["sign"] == "fever", "grade"] = "prompt"
    assert resolve_signs(table)["fever"].source.endswith("Grade changed by the user.")
    short = pd.DataFrame({"sign": ["rash"], "grade": ["prompt"], "label": [None]})
    assert resolve_signs(short)["rash"].label == "rash"


@pytest.mark.parametrize(
    ("signs", "said"),
    [
        ({}, "holds no sign"),
        (["fever"], "got list"),
        ({"fever": "now"}, "'fever': the grade is one of same_day, prompt, got 'now'"),
        ({"fever": "now", "rash": 3}, "'rash': the grade is one of same_day, prompt, got '3'"),
        ({"": "prompt"}, "needs a name"),
        ({"x": {"grade": "prompt", "grde": 1}}, "grde is none of grade, label, source"),
        (pd.DataFrame({"name": ["x"]}), "no column sign and grade; it has name"),
        (pd.DataFrame({"sign": ["x", "x"], "grade": ["prompt"] * 2}), "'x' is given twice"),
    ],
)  # fmt: skip
def test_signs_that_cannot_be_used(signs, said):
    with pytest.raises(InputError) as caught:
        resolve_signs(signs)
    assert said in str(caught.value)


def test_text_is_text_in_html():
    table = pd.DataFrame({"patient_id": ["<script>1</script>"], "day": [1], "symptom": ["fever"]})
    symptoms = read_symptoms(table)
    assert "<script>" not in symptoms._repr_html_()
    assert "&lt;script&gt;" in symptoms._repr_html_()
