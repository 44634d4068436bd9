"""REDCap exports as the program writes them: events, repeats, labels, checkboxes, form status."""

from __future__ import annotations

import pandas as pd
import pytest

from paintrend.errors import DiaryError, InputError
from paintrend.systems import read_redcap

EVENTS = {"baseline_arm_1": 0, "week_6_arm_1": 42, "week_12_arm_1": 84}

# One row for each record and event; the date of surgery and the sex stand on the first only.
VISITS = """record_id,redcap_event_name,redcap_data_access_group,sex,surgery_date,demographics_complete,visit_date,nrs_rest,nrs_move,pain_site___1,pain_site___2,pain_complete
001,baseline_arm_1,north,2,2024-03-14,2,2024-03-12,6,8,1,0,2
001,week_6_arm_1,north,,,,2024-04-26,3,5,1,0,2
001,week_12_arm_1,north,,,,,,,0,0,
002,baseline_arm_1,south,1,2024-04-01,2,2024-04-01,5,7,0,1,2
002,week_6_arm_1,south,,,,2024-05-13,4,6,0,1,1
002,week_12_arm_1,south,,,,2024-06-24,,7,0,1,0
003,baseline_arm_1,south,1,2024-04-02,2,,,,0,0,0
"""  # noqa: E501

# A diary that repeats within an event, beside a list of medication that repeats too.
DIARY = """record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,surgery_date,drug,medication_complete,diary_date,nrs_now,daily_diary_complete
7,baseline_arm_1,,,2024-03-14,,,,,
7,baseline_arm_1,medication,1,,ibuprofen,2,,,
7,baseline_arm_1,daily_diary,1,,,,2024-03-13,6,2
7,baseline_arm_1,daily_diary,2,,,,2024-03-14,7,2
7,baseline_arm_1,daily_diary,3,,,,2024-03-15,,0
8,baseline_arm_1,,,2024-03-20,,,,,
8,baseline_arm_1,medication,1,,paracetamol,2,,,
"""  # noqa: E501

LABELS = """Record ID,Event Name,Repeat Instrument,Repeat Instance,Pain at rest,Complete?,Pain at rest,Complete?
1,Baseline,,,0 = none,Complete,4,Complete
1,Week 6,,,10 = worst,Incomplete,3,Complete
"""  # noqa: E501


def write(folder, text):
    path = folder / "export.csv"
    path.write_text(text, encoding="utf-8")
    return path


def rows(diary):
    return [(one.patient_id, one.day, one.pain) for one in diary.ratings.itertuples(index=False)]


def test_dates_of_visits_from_the_date_of_surgery(tmp_path):
    diary = read_redcap(
        write(tmp_path, VISITS), "nrs", pain="nrs_rest", date="visit_date", start="surgery_date",
        covariates=["sex"],
    )  # fmt: skip
    assert rows(diary) == [
        ("001", -2.0, 6.0), ("001", 43.0, 3.0), ("002", 0.0, 5.0), ("002", 42.0, 4.0),
    ]  # fmt: skip
    assert diary.n_missing == 0
    assert diary.patients["sex"].to_dict() == {"001": 2, "002": 1}
    # The field of checkboxes that says where it hurts is taken along, one column for all choices.
    assert diary.patients["pain_site"].tolist() == [1, 2]
    made = diary.provenance
    assert made.system == "REDCap"
    assert made.selection == {"field": "nrs_rest", "date": "visit_date", "start": "surgery_date"}
    assert made.counts == {
        "read": 7, "not_selected": 2, "left_out": 1, "set_aside": 0, "missing": 0, "used": 4,
    }  # fmt: skip
    assert made.left_out[["row", "patient_id", "reason"]].values.tolist() == [
        [8, "003", "no rating and no date were entered"]
    ]
    assert any("1 record without any such rating: 003" in notice for notice in diary.notices)


def test_an_event_where_others_were_rated_is_a_missed_visit(tmp_path):
    diary = read_redcap(write(tmp_path, VISITS), "nrs", pain="nrs_move", event_days=EVENTS)
    assert [day for _, day, _ in rows(diary)] == [0, 42, 0, 42, 84]
    assert diary.missing[["row", "patient_id", "day"]].values.tolist() == [
        [4, "001", 84.0], [8, "003", 0.0],
    ]  # fmt: skip
    assert any("days are those planned for the events" in notice for notice in diary.notices)


def test_a_form_that_is_not_complete_is_counted_or_left_out(tmp_path):
    path = write(tmp_path, VISITS)
    diary = read_redcap(path, "nrs", pain="nrs_move", event_days=EVENTS)
    assert any("2 ratings of forms that are not marked as complete" in n for n in diary.notices)
    strict = read_redcap(path, "nrs", pain="nrs_move", event_days=EVENTS, complete_only=True)
    assert [day for _, day, _ in rows(strict)] == [0, 42, 0]
    assert strict.provenance.left_out["reason"].tolist() == [
        "pain_complete is 1, not complete", "pain_complete is 0, not complete",
    ]  # fmt: skip


def test_which_question_is_asked(tmp_path):
    with pytest.raises(DiaryError, match=r"nrs_rest \(4 values\), nrs_move \(5 values\)"):
        read_redcap(write(tmp_path, VISITS), "nrs", event_days=EVENTS)
    with pytest.raises(DiaryError, match=r"there is no field 'nrs'\. Fields that look"):
        read_redcap(write(tmp_path, VISITS), "nrs", pain="nrs", event_days=EVENTS)


def test_times_are_asked_for_and_events_listed(tmp_path):
    path = write(tmp_path, VISITS)
    with pytest.raises(DiaryError) as caught:
        read_redcap(path, "nrs", pain="nrs_rest")
    said = str(caught.value)
    # the date beside most ratings comes first, and is the one to say
    assert "visit_date, surgery_date" in said
    assert "Say date='visit_date', start=..." in said
    assert "baseline_arm_1 (2), week_6_arm_1 (2)" in said
    with pytest.raises(DiaryError, match="no day for 'week_6_arm_1'"):
        read_redcap(path, "nrs", pain="nrs_rest", event_days={"baseline_arm_1": 0})
    with pytest.raises(DiaryError, match="no day 0 to count from"):
        read_redcap(path, "nrs", pain="nrs_rest", date="visit_date")
    with pytest.raises(InputError, match="contradict each other"):
        read_redcap(path, "nrs", pain="nrs_rest", date="visit_date", event_days=EVENTS)
    with pytest.raises(InputError, match="start= goes with date="):
        read_redcap(path, "nrs", pain="nrs_rest", start="surgery_date", event_days=EVENTS)
    with pytest.raises(DiaryError, match="there is no field 'visit'"):
        read_redcap(path, "nrs", pain="nrs_rest", date="visit", start="surgery_date")


def test_days_of_events_from_a_table(tmp_path):
    table = pd.DataFrame({"event": list(EVENTS), "day": list(EVENTS.values())})
    path = tmp_path / "events.csv"
    table.to_csv(path, index=False)
    export = write(tmp_path, VISITS)
    wanted = rows(read_redcap(export, "nrs", pain="nrs_rest", event_days=EVENTS))
    for given in (table, path, str(path)):
        assert rows(read_redcap(export, "nrs", pain="nrs_rest", event_days=given)) == wanted
    for broken, said in (
        (table.rename(columns={"day": "when"}), "has the columns event and day"),
        (table.assign(day="soon"), "the day is no number in row 0, 1, 2"),
        (pd.concat([table, table]), "events are there twice"),
    ):
        with pytest.raises(DiaryError, match=said):
            read_redcap(export, "nrs", pain="nrs_rest", event_days=broken)
    with pytest.raises(InputError, match="event_days="):
        read_redcap(export, "nrs", pain="nrs_rest", event_days={"baseline_arm_1": "now"})
    with pytest.raises(InputError, match="event_days="):
        read_redcap(export, "nrs", pain="nrs_rest", event_days=7)


def test_repeated_diaries_have_dates_of_their_own(tmp_path):
    path = write(tmp_path, DIARY)
    diary = read_redcap(path, "nrs", pain="nrs_now", date="diary_date", start="surgery_date")
    assert rows(diary) == [("7", -1.0, 6.0), ("7", 0.0, 7.0)]
    assert diary.missing[["row", "day"]].values.tolist() == [[6, 1.0]]
    assert diary.provenance.part == "daily_diary"
    assert diary.provenance.counts["not_selected"] == 4
    assert any("1 record without any such rating: 8" in notice for notice in diary.notices)
    with pytest.raises(DiaryError, match="would all be on the day of their event"):
        read_redcap(path, "nrs", pain="nrs_now", event_days={"baseline_arm_1": 0})
    with pytest.raises(DiaryError, match="no rating is on the instrument 'medication'"):
        read_redcap(path, "nrs", pain="nrs_now", date="diary_date", start="surgery_date",
                    instrument="medication")  # fmt: skip


def test_labels_need_their_numbers(tmp_path):
    path = write(tmp_path, LABELS)
    days = {"Baseline": 0, "week 6": 42}
    with pytest.raises(DiaryError, match="Several fields have that label") as caught:
        read_redcap(path, "nrs", pain="Pain at rest", event_days=days)
    assert "pain='Pain at rest (1)'" in str(caught.value)
    assert rows(read_redcap(path, "nrs", pain="Pain at rest (2)", event_days=days)) == [
        ("1", 0.0, 4.0), ("1", 42.0, 3.0),
    ]  # fmt: skip
    with pytest.raises(DiaryError) as caught:
        read_redcap(path, "nrs", pain="Pain at rest (1)", event_days=days)
    assert "answers={'0 = none': 0, '10 = worst': 10}" in str(caught.value)
    answers = {"0 = none": 0, "10 = worst": 10}
    diary = read_redcap(path, "nrs", pain="Pain at rest (1)", event_days=days, answers=answers)
    assert rows(diary) == [("1", 0.0, 0.0), ("1", 42.0, 10.0)]
    assert any("1 rating of forms that are not marked" in notice for notice in diary.notices)
    with pytest.raises(InputError, match="answers="):
        read_redcap(path, "nrs", pain="Pain at rest (1)", event_days=days, answers={"a": "b"})


def test_codes_of_missing_data(tmp_path):
    path = write(tmp_path, VISITS.replace(",3,5,1,0,2", ",NI,5,1,0,2").replace(",4,6,", ",-99,6,"))
    with pytest.raises(DiaryError) as caught:
        read_redcap(path, "nrs", pain="nrs_rest", event_days=EVENTS)
    found = caught.value.problems
    assert found[["row", "value"]].values.tolist() == [[3, "NI"], [6, "-99"]]
    assert "looks like the project's code" in found["problem"][0]
    diary = read_redcap(
        path, "nrs", pain="nrs_rest", event_days=EVENTS, missing_codes=["NI", "-99"]
    )
    assert len(rows(diary)) == 2
    assert any("NI (1)" in notice and "-99 (1)" in notice for notice in diary.notices)


def test_sites_that_change_within_a_patient_are_not_mixed(tmp_path):
    path = write(tmp_path, VISITS.replace("2024-04-26,3,5,1,0,2", "2024-04-26,3,5,0,1,2"))
    options = {"pain": "nrs_rest", "date": "visit_date", "start": "surgery_date"}
    with pytest.raises(DiaryError, match="pain_site holds several kinds"):
        read_redcap(path, "nrs", **options)
    back = read_redcap(path, "nrs", **options, select={"pain_site": "1"})
    assert rows(back) == [("001", -2.0, 6.0)]
    assert back.provenance.selection["pain_site"] == "1"


def test_starts_that_differ_within_a_record(tmp_path):
    text = VISITS.replace("001,week_6_arm_1,north,,,,", "001,week_6_arm_1,north,,2024-03-20,,")
    with pytest.raises(DiaryError, match="the start is 2024-03-20 here but 2024-03-14"):
        read_redcap(write(tmp_path, text), "nrs", pain="nrs_rest", date="visit_date",
                    start="surgery_date")  # fmt: skip


def test_another_id_stands_on_one_row_of_the_record(tmp_path):
    text = VISITS.replace("sex,", "hospital_id,").replace(",north,2,", ",north,H-9,")
    diary = read_redcap(
        write(tmp_path, text.replace(",south,1,", ",south,H-8,", 1)), "nrs", pain="nrs_rest",
        patient="hospital_id", date="visit_date", start="2024-03-14",
    )  # fmt: skip
    assert diary.patient_ids == ("H-9", "H-8")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("record,field_name,value\n1,nrs,4\n", "an EAV export"),
        ("record_id,redcap_event_name\n1,a_arm_1\n", "there is no field beside the record"),
        ("record_id,nrs\n1,4\n", "neither longitudinal nor repeating"),
        ("record_id,redcap_event_name,nrs\n1,a_arm_1,\n", "is empty in all 1 rows"),
    ],
)
def test_exports_that_cannot_be_read(tmp_path, text, said):
    with pytest.raises(DiaryError, match=said):
        read_redcap(write(tmp_path, text), "nrs", event_days={"a_arm_1": 0})


def test_fields_that_are_not_there_are_all_named(tmp_path):
    with pytest.raises(DiaryError, match="'age', 'height'"):
        read_redcap(write(tmp_path, VISITS), "nrs", pain="nrs_rest", event_days=EVENTS,
                    covariates=["age", "sex", "height"])  # fmt: skip
    with pytest.raises(DiaryError, match="no field 'mrn'"):
        read_redcap(write(tmp_path, VISITS), "nrs", pain="nrs_rest", patient="mrn",
                    event_days=EVENTS)  # fmt: skip
    path = write(tmp_path, VISITS.replace("pain_complete", "other"))
    with pytest.raises(DiaryError, match="whether the form is complete"):
        read_redcap(path, "nrs", pain="nrs_rest", event_days=EVENTS, complete_only=True)


@pytest.mark.parametrize("days", [None, EVENTS])
def test_a_choice_without_a_rating_is_said(days):
    export = pd.DataFrame(
        {
            "record_id": ["1", "1", "2"],
            "redcap_event_name": ["baseline_arm_1", "week_6_arm_1", "baseline_arm_1"],
            "nrs": ["5", "", "3"],
            "side": ["left", "right", "left"],
        }
    )
    with pytest.raises(DiaryError, match=r"no row with a rating .* has side = right"):
        read_redcap(export, "nrs", event_days=days, select={"side": "right"})


def test_names_and_addresses_are_not_taken_along(tmp_path):
    diary = read_redcap(write(tmp_path, VISITS), "nrs", pain="nrs_rest", event_days=EVENTS)
    assert "redcap_data_access_group" not in {*diary.ratings.columns, *diary.patients.columns}


def test_a_declared_code_at_an_event_of_its_own_is_a_missed_visit(tmp_path):
    coded = VISITS.replace("2024-06-24,,7", "2024-06-24,-99,7")
    diary = read_redcap(
        write(tmp_path, coded), "nrs", pain="nrs_rest", date="visit_date", start="surgery_date",
        missing_codes=[-99],
    )  # fmt: skip
    assert diary.missing[["patient_id", "day"]].values.tolist() == [["002", 84.0]]
    undated = coded.replace("2024-06-24,-99", ",-99")
    diary = read_redcap(
        write(tmp_path, undated), "nrs", pain="nrs_rest", date="visit_date", start="surgery_date",
        missing_codes=[-99],
    )  # fmt: skip
    assert "a code of missing data was entered, and no date" in set(
        diary.provenance.left_out["reason"]
    )


@pytest.mark.parametrize("start", ["surgry_date", "op_2024", "surgery"])
def test_a_misspelt_field_of_the_start_is_named(tmp_path, start):
    with pytest.raises(DiaryError, match=rf"no field '{start}' \(asked for as start"):
        read_redcap(write(tmp_path, VISITS), "nrs", pain="nrs_rest", date="visit_date", start=start)
    by_month = {"pain": "nrs_rest", "date": "visit_date", "start": "14 March 2024"}
    assert read_redcap(write(tmp_path, VISITS), "nrs", **by_month).n_ratings == 4


def test_an_instrument_of_codes_only_is_not_the_one_with_the_ratings(tmp_path):
    text = """record_id,redcap_repeat_instrument,redcap_repeat_instance,day,nrs
1,daily,1,0,-99
1,daily,2,7,-99
1,weekly,1,0,6
1,weekly,2,7,4
"""
    path = write(tmp_path, text)
    options = {"pain": "nrs", "day": "day", "missing_codes": [-99]}
    assert read_redcap(path, "nrs", **options).n_ratings == 2
    with pytest.raises(DiaryError, match=r"no rating is on the instrument 'daily'; .* weekly"):
        read_redcap(path, "nrs", instrument="daily", **options)
