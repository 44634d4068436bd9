"""What the command line says of files with problems: nothing of the library's message is lost."""

import pandas as pd
import pytest

from paintrend.cli import main

HEAD = "patient_id,day,pain\n"


@pytest.fixture
def write(tmp_path):
    """Write a file of text and give its path."""

    def to_file(text, name="cohort.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return str(path)

    return to_file


@pytest.mark.parametrize("command", ["check", "fit"])
def test_many_ratings_off_the_scale_ask_whether_it_is_the_right_one(
    command, write, tmp_path, capsys
):
    file = write(HEAD + "".join(f"P1,{7 * i},{40 + i}\n" for i in range(6)))
    more = ["--horizon", "28", "-o", str(tmp_path / "out")] if command == "fit" else []
    assert main([command, file, "--scale", "nrs", *more]) == 1
    said = "".join(capsys.readouterr())
    assert "Note: the ratings run from 40 to 45, nrs from 0 to 10: is this the right scale?" in said


def test_one_missing_column_is_said_with_the_fix_and_what_the_file_has(write, capsys):
    file = write("patient_id,Visit Date,pain\nP1,2024-03-14,5\n")
    assert main(["check", file, "--scale", "nrs"]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "The file has the columns: patient_id, Visit Date, pain." in said
    assert '--columns "date=Visit Date"' in said


def test_the_fix_for_ratings_between_the_steps_can_be_typed(write, tmp_path, capsys):
    file = write(HEAD + "P1,0,55.5\nP1,7,40\n")
    assert main(["check", file, "--scale", "vas"]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "use a scale of your own: --scale 0-100 --step 0." in said
    assert main(["check", file, "--scale", "0-100", "--step", "0"]) == 0


def test_lenient_is_offered_only_where_it_helps(write, tmp_path, capsys):
    options = ["--scale", "nrs", "--horizon", "28", "-o", str(tmp_path / "out")]
    assert main(["fit", write("a,b,c\nP1,0,5\n"), *options]) == 1
    assert "--lenient" not in capsys.readouterr().err
    good = write(HEAD + "P1,0,5\nP1,7,4\n")
    symptoms = write("Patient,Day,What\nP1,3,fever\n", "symptoms.csv")
    assert main(["fit", good, *options, "--symptoms", symptoms]) == 1
    assert "--lenient" not in capsys.readouterr().err
    bad = write(HEAD + "P1,0,5\nP1,7,x\nP1,14,y\n", "bad.csv")
    assert main(["fit", bad, *options]) == 1
    assert "--lenient sets these rows aside" in capsys.readouterr().err


@pytest.fixture
def beside(write):
    """Options for tables of symptoms, events and sessions, each with something wrong."""
    return [
        "--symptoms", write("patient_id,day,symptom\nP1,3,sadle numness\nP9,3,fever\n", "sy.csv"),
        "--events", write("patient_id,day,event\nP1,x,surgery\nP8,4,injury\n", "ev.csv"),
        "--sessions", write("patient_id,day,dose\nP1,5,high\nP7,6,2\nP1,9,2\n", "se.csv"),
    ]  # fmt: skip


def test_the_problems_of_all_tables_beside_the_ratings_come_at_once(
    write, beside, tmp_path, capsys
):
    good = write(HEAD + "P1,0,5\nP1,7,4\n")
    out = tmp_path / "out"
    assert main(["fit", good, "--scale", "nrs", "--horizon", "28", "-o", str(out), *beside]) == 1
    said = capsys.readouterr().err
    for source in ("sy.csv", "ev.csv", "se.csv"):
        assert f"{source}: 2 problems" in said
    assert said.count("-> ") == 6


def test_lenient_says_of_each_table_how_much_was_set_aside(write, beside, tmp_path, capsys):
    good = write(HEAD + "P1,0,5\nP1,7,4\n")
    out = tmp_path / "out"
    options = ["--scale", "nrs", "--horizon", "28", "--draws", "20", "--curves", "none"]
    assert main(["fit", good, *options, "-o", str(out), "--lenient", *beside]) == 0
    said = capsys.readouterr().err
    for source in ("sy.csv", "ev.csv", "se.csv"):
        assert f"note: {source}: 2 problems set aside" in said


def test_check_names_no_option_that_it_does_not_take(write, capsys):
    file = write(HEAD + "P1,0,50\nP1,7,40\n")
    assert main(["check", file]) == 2
    said = capsys.readouterr().err
    assert "--scale vas or --scale odi would fit" in said
    assert "--horizon" not in said


def test_a_scale_is_suggested_for_the_sheet_and_columns_that_were_named(tmp_path, capsys):
    book = tmp_path / "book.xlsx"
    with pd.ExcelWriter(book) as writer:
        pd.DataFrame({"a": [1]}).to_excel(writer, sheet_name="Notes", index=False)
        table = pd.DataFrame({"patient_id": ["P1"], "day": [0], "Wert": [7]})
        table.to_excel(writer, sheet_name="Ratings", index=False)
    assert main(["check", str(book), "--sheet", "Ratings", "--columns", "pain=Wert"]) == 0
    assert "Ratings (Wert) run from 7 to 7" in capsys.readouterr().err


def test_columns_and_a_start_can_be_those_of_a_table_beside_the_ratings(write, tmp_path, capsys):
    ratings = write(HEAD + "P1,0,5\nP1,7,4\n")
    symptoms = write("Patient,date,symptom\nP1,2024-03-16,fever\n", "symptoms.csv")
    options = ["--scale", "nrs", "--horizon", "28", "--draws", "20", "--curves", "none"]
    told = ["--symptoms", symptoms, "--columns", "patient_id=Patient", "--start", "2024-03-14"]
    out = tmp_path / "out"
    assert main(["fit", ratings, *options, *told, "-o", str(out)]) == 0
    review = pd.read_csv(out / "review.csv")
    assert review["signs"][0] == "fever (same day) on day 2"
    # What no table has is still asked for in the ratings.
    assert main(["fit", ratings, *options, "--columns", "day=Tag", *told, "-o", str(out)]) == 1
    assert "there is no column 'Tag' (asked for as day)" in capsys.readouterr().err


def test_a_start_that_is_suggested_can_be_typed(write, capsys):
    file = write("patient_id,date,Treatment start,pain\nP1,2024-03-14,2024-03-14,5\n")
    assert main(["check", file, "--scale", "nrs"]) == 1
    said = " ".join("".join(capsys.readouterr()).split())
    assert '--columns "start=Treatment start"' in said
    assert main(["check", file, "--scale", "nrs", "--columns", "start=Treatment start"]) == 0
