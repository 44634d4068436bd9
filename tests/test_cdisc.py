"""CDISC data sets: study days without 0, imputed rows, NOT DONE, one question at a time."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paintrend.errors import DiaryError, InputError
from paintrend.readers.cdisc_days import day_of_study_day
from paintrend.systems import read_cdisc

ADAM = pd.DataFrame(
    [
        # USUBJID, PARAMCD, PARAM, AVAL, ADY, AVISIT, AVISITN, ABLFL, DTYPE, TRTP
        ("01-701-1015", "NRSNOW", "Pain now", 6.0, -7, "Screening", -1, "", "", "Active"),
        ("01-701-1015", "NRSNOW", "Pain now", 7.0, 1, "Baseline", 0, "Y", "", "Active"),
        ("01-701-1015", "NRSNOW", "Pain now", 4.0, 57, "Week 8", 8, "", "", "Active"),
        ("01-701-1015", "NRSNOW", "Pain now", 4.0, 113, "Week 16", 16, "", "LOCF", "Active"),
        ("01-701-1015", "NRSWORST", "Worst pain", 9.0, 1, "Baseline", 0, "Y", "", "Active"),
        ("01-701-1023", "NRSNOW", "Pain now", 5.0, 2, "Baseline", 0, "Y", "", "Placebo"),
        ("01-701-1023", "NRSNOW", "Pain now", np.nan, 56, "Week 8", 8, "", "", "Placebo"),
        ("01-701-1028", "NRSWORST", "Worst pain", 8.0, 1, "Baseline", 0, "Y", "", "Placebo"),
    ],
    columns=["USUBJID", "PARAMCD", "PARAM", "AVAL", "ADY", "AVISIT", "AVISITN", "ABLFL", "DTYPE",
             "TRTP"],
)  # fmt: skip

QS = pd.DataFrame(
    [
        # QSSEQ, QSTESTCD, QSTEST, QSCAT, QSSTRESN, QSSTAT, QSREASND, QSEVLINT, VISIT, QSDTC, QSDY
        (1, "BPI5", "Worst pain", "BPI", 7.0, "", "", "-PT24H", "BASELINE", "2024-03-14", 1),
        (2, "BPI5", "Worst pain", "BPI", 5.0, "", "", "-PT24H", "WEEK 2", "2024-03-28", 15),
        (3, "BPI8", "Pain right now", "BPI", 4.0, "", "", "", "BASELINE", "2024-03-14", 1),
        (4, "BPI5", "Worst pain", "BPI", np.nan, "NOT DONE", "", "-PT24H", "WEEK 4", "", 29),
        (5, "QSALL", "All", "BPI", np.nan, "NOT DONE", "", "", "WEEK 6", "2024-04-25", 43),
        (6, "QSALL", "All", "SF36", np.nan, "NOT DONE", "", "", "WEEK 6", "2024-04-25", 43),
    ],
    columns=["QSSEQ", "QSTESTCD", "QSTEST", "QSCAT", "QSSTRESN", "QSSTAT", "QSREASND", "QSEVLINT",
             "VISIT", "QSDTC", "QSDY"],
).assign(DOMAIN="QS", STUDYID="S1", USUBJID="S1-001")  # fmt: skip


def rows(diary):
    return [(one.patient_id, one.day, one.pain) for one in diary.ratings.itertuples(index=False)]


@given(st.integers(-30_000, 30_000).filter(bool))
def test_study_days_follow_each_other_without_a_gap(day):
    own = float(day_of_study_day(np.array([float(day)]))[0])
    following = day + 1 if day != -1 else 1
    assert float(day_of_study_day(np.array([float(following)]))[0]) == own + 1
    # Both counts name the same date: treatment began on day 1, which is 2024-03-14.
    started = dt.date(2024, 3, 14)
    date = started + dt.timedelta(days=day - 1 if day > 0 else day)
    assert (date - started).days == own


def test_adam_becomes_the_table_written_by_hand():
    diary = read_cdisc(ADAM, "nrs", parameter="NRSNOW", covariates=["TRTP"])
    assert rows(diary) == [
        ("01-701-1015", -7.0, 6.0), ("01-701-1015", 0.0, 7.0), ("01-701-1015", 56.0, 4.0),
        ("01-701-1023", 1.0, 5.0),
    ]  # fmt: skip
    assert diary.missing[["patient_id", "day"]].values.tolist() == [["01-701-1023", 55.0]]
    assert diary.patients["TRTP"].tolist() == ["Active", "Placebo"]
    made = diary.provenance
    assert (made.system, made.selection) == ("CDISC ADaM", {"PARAMCD": "NRSNOW", "day": "ADY"})
    assert made.counts == {
        "read": 8, "not_selected": 2, "left_out": 1, "set_aside": 0, "missing": 1, "used": 4,
    }  # fmt: skip
    assert made.left_out[["patient_id", "value", "reason"]].values.tolist() == [
        ["01-701-1015", "4", "imputed or derived (DTYPE LOCF)"]
    ]
    notices = "\n".join(diary.notices)
    assert "ADY has no day 0: day 1, on which treatment began, is day 0 here" in notices
    assert "1 patient of the data set without any such row: 01-701-1028" in notices
    assert "ABLFL = Y on 1 rating after day 0" in notices


def test_sdtm_becomes_the_table_written_by_hand():
    diary = read_cdisc(QS, "nrs", parameter="BPI5")
    assert rows(diary) == [("S1-001", 0.0, 7.0), ("S1-001", 14.0, 5.0)]
    # One question not done, and one questionnaire of which it is a part; the other is no visit.
    assert diary.missing["day"].tolist() == [28.0, 42.0]
    assert diary.provenance.part == "QS"
    assert diary.provenance.selection["QSTESTCD"] == "BPI5"
    assert any("QSSTAT NOT DONE: 2 ratings taken as missed" in n for n in diary.notices)


def test_the_question_is_chosen_or_all_are_listed():
    with pytest.raises(DiaryError) as caught:
        read_cdisc(ADAM, "nrs")
    said = str(caught.value)
    assert "NRSNOW (Pain now): 6 rows, 2 patients, 4 to 7" in said
    assert "NRSWORST (Worst pain): 2 rows, 2 patients, 8 to 9" in said
    with pytest.raises(DiaryError, match="no PARAMCD is 'NRS'"):
        read_cdisc(ADAM, "nrs", parameter="NRS")
    by_name = read_cdisc(ADAM, "nrs", parameter="worst pain")
    assert by_name.ratings["pain"].tolist() == [9.0, 8.0]
    only = ADAM[ADAM["PARAMCD"] == "NRSWORST"]
    assert len(read_cdisc(only, "nrs").ratings) == 2


def test_recall_periods_and_sites_of_a_question_are_not_mixed():
    mixed = QS.copy()
    mixed.loc[1, "QSEVLINT"] = "-P7D"
    with pytest.raises(DiaryError, match=r"QSEVLINT holds several kinds: -PT24H \(1\), -P7D \(1\)"):
        read_cdisc(mixed, "nrs", parameter="BPI5")
    chosen = read_cdisc(mixed, "nrs", parameter="BPI5", select={"QSEVLINT": "-P7D"})
    assert rows(chosen) == [("S1-001", 14.0, 5.0)]
    sites = QS.assign(QSLOC=["BACK", "LEG", "", "", "", ""])
    with pytest.raises(DiaryError, match="QSLOC holds several kinds"):
        read_cdisc(sites, "nrs", parameter="BPI5")


@pytest.mark.parametrize(
    ("change", "column", "said"),
    [
        ({"ADY": 0}, "ADY", "is study day 0"),
        ({"ADY": 1.5}, "ADY", "is not a whole study day"),
        ({"ADY": "first"}, "ADY", "is text, not a number"),
        ({"ADY": np.nan}, "ADY", "the ADY is missing"),
        ({"AVAL": 12.0}, "AVAL", "is off the scale"),
        ({"USUBJID": ""}, "USUBJID", "the patient id is missing"),
        ({"AVAL": np.nan, "AVALC": "7"}, "AVAL", "is empty, but AVALC is '7'"),
    ],
)
def test_problems_of_adam_rows(change, column, said):
    table = ADAM.assign(AVALC="").astype(object)
    for name, value in change.items():
        table.loc[2, name] = value
    with pytest.raises(DiaryError) as caught:
        read_cdisc(table, "nrs", parameter="NRSNOW")
    found = caught.value.problems
    assert found[["row", "column"]].values.tolist() == [[2, column]]
    assert said in found["problem"][0]
    kept = read_cdisc(table, "nrs", parameter="NRSNOW", lenient=True)
    assert len(kept.ratings) == 3
    assert kept.provenance.counts["set_aside"] == 1


def test_a_status_that_contradicts_the_result():
    table = QS.copy()
    table.loc[0, "QSSTAT"] = "NOT DONE"
    table.loc[1, "QSSTAT"] = "MAYBE"
    with pytest.raises(DiaryError) as caught:
        read_cdisc(table, "nrs", parameter="BPI5")
    assert caught.value.problems["problem"].tolist() == [
        "is said of a row with QSSTRESN", "is neither NOT DONE nor empty",
    ]  # fmt: skip


def test_days_of_visits_instead_of_study_days():
    days = {"Screening": -7, "Baseline": 0, "8": 56, "Week 16": 112}
    diary = read_cdisc(ADAM, "nrs", parameter="NRSNOW", visit_days=days)
    assert [day for _, day, _ in rows(diary)] == [-7, 0, 56, 0]
    assert any("days are those given for the visits" in notice for notice in diary.notices)
    with pytest.raises(DiaryError, match=r"no day for Week 8 \(1\)"):
        read_cdisc(ADAM, "nrs", parameter="NRSNOW",
                   visit_days={"Screening": -7, "Baseline": 0, "Week 16": 112})  # fmt: skip
    with pytest.raises(InputError, match="visit_days="):
        read_cdisc(ADAM, "nrs", parameter="NRSNOW", visit_days={"Baseline": None})
    with pytest.raises(InputError, match="contradict"):
        read_cdisc(ADAM, "nrs", parameter="NRSNOW", visit_days=days, start="2024-03-14")


def test_dates_where_there_is_no_study_day():
    no_days = QS.drop(columns="QSDY")
    with pytest.raises(DiaryError, match=r"no study day \(QSDY\), and no day 0 for QSDTC"):
        read_cdisc(no_days, "nrs", parameter="BPI5")
    diary = read_cdisc(no_days, "nrs", parameter="BPI5", start="2024-03-14")
    assert rows(diary) == rows(read_cdisc(QS, "nrs", parameter="BPI5"))
    from_column = read_cdisc(no_days.assign(RFSTDTC="2024-03-14"), "nrs", parameter="BPI5")
    assert rows(from_column) == rows(diary)


def test_a_partial_date_is_a_problem():
    table = QS.drop(columns="QSDY")
    table.loc[0, "QSDTC"] = "2024-03"
    with pytest.raises(DiaryError, match=r"is not a (whole )?date"):
        read_cdisc(table, "nrs", parameter="BPI5", start="2024-03-14")


def test_a_row_without_result_and_day_is_listed():
    table = QS.copy()
    table.loc[3, "QSDY"] = np.nan
    diary = read_cdisc(table, "nrs", parameter="BPI5")
    assert diary.missing["day"].tolist() == [42.0]
    assert diary.provenance.left_out["reason"].tolist() == ["no result and no day"]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (pd.DataFrame({"USUBJID": ["1"], "AVAL": [1]}), "there is no PARAMCD"),
        (pd.DataFrame({"PARAMCD": ["A"], "AVAL": [1]}), "no variable USUBJID"),
        (pd.DataFrame({"QSTESTCD": ["A"], "SUBJID": ["1"]}), "no variable USUBJID and no QSSTRESN"),
        (pd.DataFrame({"PARAMCD": ["A"], "USUBJID": ["1"], "AVAL": [1]}), r"no study day \(ADY\)"),
    ],
)
def test_data_sets_that_cannot_be_read(table, said):
    with pytest.raises(DiaryError, match=said):
        read_cdisc(table, "nrs")


def test_variables_in_small_letters_and_unknown_covariates():
    small = ADAM.rename(columns=str.lower)
    assert rows(read_cdisc(small, "nrs", parameter="nrsnow"))
    with pytest.raises(DiaryError, match="'AGE', 'SEX'"):
        read_cdisc(ADAM, "nrs", parameter="NRSNOW", covariates=["AGE", "SEX"])


@pytest.mark.parametrize("version", [5, 8])
def test_transport_files_give_the_same_diary(tmp_path, version):
    pyreadstat = pytest.importorskip("pyreadstat")
    path = tmp_path / "adnrs.xpt"
    pyreadstat.write_xport(ADAM, path, file_format_version=version, table_name="ADNRS")
    diary = read_cdisc(path, "nrs", parameter="NRSNOW", covariates=["TRTP"])
    plain = read_cdisc(ADAM, "nrs", parameter="NRSNOW", covariates=["TRTP"])
    assert rows(diary) == rows(plain)
    assert diary.provenance.counts == plain.provenance.counts
    csv = tmp_path / "adnrs.csv"
    ADAM.to_csv(csv, index=False)
    assert rows(read_cdisc(csv, "nrs", parameter="NRSNOW")) == rows(plain)


def test_numbers_of_sas_are_not_taken_for_those_of_a_spreadsheet():
    table = pd.DataFrame(
        {
            "USUBJID": ["1", "1", "2"],
            "PARAMCD": "P",
            "AVAL": [5, 4, 3],
            "ADT": ["23449", "2024-03-20", "2024-03-21"],
            "TRTSDT": ["2024-03-14", "2024-03-14", "23448"],
        }
    )
    with pytest.raises(DiaryError) as error:
        read_cdisc(table, "nrs")
    found = error.value.problems[["row", "column", "problem"]].to_numpy().tolist()
    assert found == [
        [0, "ADT", "is SAS's number for a date (2024-03-14)"],
        [2, "TRTSDT", "is SAS's number for a date (2024-03-13)"],
    ]


@pytest.mark.parametrize("flagged", [True, False])
def test_two_records_of_a_day_are_shown_as_the_file_has_them(flagged):
    table = pd.DataFrame({"USUBJID": "1", "PARAMCD": "P", "AVAL": [5, 4, 3], "ADY": [1, 8, 8]})
    table = table.assign(ANL01FL=["Y", "Y", ""]) if flagged else table
    with pytest.raises(DiaryError) as error:
        read_cdisc(table, "nrs")
    problem = error.value.problems.iloc[0]
    assert (problem["column"], problem["value"]) == ("ADY", "8")
    assert "decimal" not in problem["fix"]
    assert ("select={'ANL01FL': 'Y'}" if flagged else "with select=") in problem["fix"]
    if flagged:
        assert read_cdisc(table, "nrs", select={"ANL01FL": "Y"}).n_ratings == 2
        # what was chosen by already chooses no more
        with pytest.raises(DiaryError) as error:
            read_cdisc(table.assign(ANL01FL="Y"), "nrs", select={"ANL01FL": "Y"})
        assert "by the visit or by a flag" in error.value.problems["fix"].iloc[0]
