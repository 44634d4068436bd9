"""Codes of missing data: named by the user they are missed visits, unnamed they are asked about."""

import pandas as pd
import pytest

import paintrend as pt
from paintrend.cli import main

ROWS = [("A", 0, "6"), ("A", 7, "-99.0"), ("A", 14, "4"), ("B", 0, "7"), ("B", 7, " refused")]
TABLE = pd.DataFrame(ROWS, columns=["patient_id", "day", "pain"])
NUMBERS = pd.DataFrame({"patient_id": list("AAABBB"), "day": [0, 7, 14] * 2})


def test_named_codes_are_missed_visits(tmp_path):
    path = tmp_path / "a.csv"
    TABLE.to_csv(path, index=False)
    for source in (TABLE, path):
        diary = pt.read_diary(source, "nrs", missing_codes=[-99, "refused"])
        assert diary.ratings["pain"].tolist() == [6.0, 4.0, 7.0]
        assert diary.missing[["patient_id", "day"]].values.tolist() == [["A", 7.0], ["B", 7.0]]
        assert diary.notices == ("codes of missing data (-99, refused) taken as missed in 2 rows",)
        assert len(diary.problems) == 0


def test_a_code_that_fits_the_scale_is_no_rating_once_it_is_named():
    table = NUMBERS.assign(pain=[40, 99, 45, 50, 99, 99])
    assert pt.read_diary(table, "vas").n_ratings == 6
    diary = pt.read_diary(table, "vas", missing_codes=["99"])
    assert (diary.n_ratings, diary.n_missing) == (3, 3)
    assert table["pain"].tolist() == [40, 99, 45, 50, 99, 99]  # what was given is left alone


def test_columns_of_visits():
    table = pd.DataFrame({"patient_id": ["A", "B"], "baseline": [5, -9], "week 6": [3.0, 2.0]})
    diary = pt.read_diary(table, "nrs", wide=True, missing_codes=[-9.0])
    assert diary.ratings[["day", "pain"]].values.tolist() == [[0.0, 5.0], [42.0, 3.0], [42.0, 2.0]]
    assert diary.missing[["patient_id", "day"]].values.tolist() == [["B", 0.0]]


def test_all_unnamed_codes_are_asked_about_in_one_note():
    table = NUMBERS.assign(pain=[6, -99, 4, 7, 999, -99])
    with pytest.raises(pt.DiaryError) as caught:
        pt.read_diary(table, "nrs")
    message = str(caught.value)
    assert (
        "Note: 2 ratings are -99; 1 rating is 999. If these stand for 'no answer', leave those "
        "cells empty, or name them: missing_codes=[-99, 999]" in message
    )
    assert "is this the right scale?" not in message
    assert set(caught.value.problems["problem"]) == {"is off the scale (nrs: 0 to 10)"}
    given = pt.read_diary(table, "nrs", missing_codes=[-99, 999])
    assert (given.n_ratings, given.n_missing) == (3, 3)


def test_readers_that_do_not_take_codes_do_not_ask_for_them():
    rows = {"USUBJID": ["1", "1"], "PARAMCD": ["NRS", "NRS"], "ADY": [-1, 1]}
    with pytest.raises(pt.DiaryError) as caught:
        pt.read_cdisc(pd.DataFrame({**rows, "AVAL": [6, -99]}), "nrs")
    message = str(caught.value)
    assert "1 rating is -99. If that stands for 'no answer', leave the cell empty" in message
    assert "missing_codes" not in message


@pytest.mark.parametrize(
    "wrong", ["-99", {"-99": 1}, [None], [True], 5, [""], [" "], [float("nan")]]
)
def test_anything_but_a_list_of_codes_is_refused(wrong, tmp_path):
    TABLE.iloc[[0, 2]].astype({"pain": int}).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(pt.InputError, match="missing_codes= is a list of numbers and texts"):
        pt.read_diary(TABLE, "nrs", missing_codes=wrong)
    with pytest.raises(pt.InputError, match="missing_codes= is a list of numbers and texts"):
        pt.fit_parquet(
            tmp_path / "a.parquet", tmp_path / "out", scale="nrs", horizon=14, missing_codes=wrong
        )


def test_a_fitted_diary_was_read_already():
    diary = pt.read_diary(TABLE, "nrs", missing_codes=[-99, "refused"])
    with pytest.raises(pt.InputError, match="missing_codes is for a Dask DataFrame"):
        pt.fit_curves(diary, horizon=14, missing_codes=[-99])


def test_parquet_in_parts_gives_the_courses_of_the_table(tmp_path):
    ratings = pt.simulate_cohort(12, seed=3).ratings[["patient_id", "day", "pain"]]
    coded = ratings.assign(pain=ratings["pain"].mask(ratings.index % 7 == 3, -99))
    coded.to_parquet(tmp_path / "big.parquet")
    options = {"horizon": 84, "draws": 20, "workers": 1}
    done = pt.fit_parquet(
        tmp_path / "big.parquet", tmp_path / "out", scale="nrs", missing_codes=[-99], **options
    )
    n = int((coded["pain"] == -99).sum())
    assert done.notices == (f"codes of missing data (-99) taken as missed in {n} rows",)
    diary = pt.read_diary(coded, "nrs", missing_codes=[-99])
    expected = pt.classify(pt.fit_curves(diary, **options)).table().set_index("patient_id")
    found = done.table().set_index("patient_id").loc[expected.index]
    pd.testing.assert_series_equal(found["p_dip"], expected["p_dip"], rtol=0, atol=1e-9)


def test_the_command_line_names_and_takes_them(tmp_path, capsys):
    path = tmp_path / "a.csv"
    TABLE.to_csv(path, index=False)
    assert main(["check", str(path), "--scale", "nrs"]) == 1
    assert '--missing-codes="-99"' in capsys.readouterr().out
    assert main(["check", str(path), "--scale", "nrs", "--missing-codes=-99,refused"]) == 0
    assert "taken as missed in 2 rows" in capsys.readouterr().err
    out = tmp_path / "b.csv"
    told = ["--scale", "nrs", "--missing-codes", "refused, -99", "-o", str(out)]
    assert main(["convert", str(path), *told]) == 0
    assert pd.read_csv(out)["pain"].tolist()[0] == 6.0
    assert main(["check", str(path)]) == 1
    assert "(without -99): --scale nrs" in capsys.readouterr().err
