"""Tables of events: known kinds however they are spelt, other texts as they are."""

import pandas as pd
import pytest

from paintrend.diary import read_diary
from paintrend.errors import DiaryError
from paintrend.events import read_events
from paintrend.results.events import EVENT_KINDS

HOSTILE = "<script>document.title=1</script>"


def table(*rows):
    return pd.DataFrame(rows, columns=["patient_id", "day", "event", "note"])


@pytest.fixture(scope="module")
def diary():
    return read_diary(
        pd.DataFrame({"patient_id": ["P1", "P2"], "day": [0, 0], "pain": [5, 6]}), "nrs"
    )


@pytest.mark.parametrize("kind", EVENT_KINDS)
def test_known_kinds_are_written_in_one_way(kind):
    for text in (kind, kind.upper(), kind.replace(" ", "_"), f"  {kind.replace(' ', '-')} "):
        assert read_events(table(("P1", 1, text, ""))).table["event"].tolist() == [kind]


def test_other_texts_are_kept_as_they_are():
    events = read_events(table(("P1", 1, f"  Moved\n house; {HOSTILE}", "by  car")))
    assert events.table["event"].tolist() == [f"Moved house; {HOSTILE}"]
    assert events.table["note"].tolist() == ["by  car"]
    assert HOSTILE not in events._repr_html_()


def test_the_note_is_optional_and_rows_are_ordered():
    frame = pd.DataFrame(
        {"patient_id": ["P2", "P1", "P2"], "day": [9, 1, -3], "event": ["injury", "x", "surgery"]}
    )
    events = read_events(frame)
    assert events.table.to_numpy().tolist() == [
        ["P2", -3.0, "surgery", ""],
        ["P2", 9.0, "injury", ""],
        ["P1", 1.0, "x", ""],
    ]
    assert (len(events), events.n_patients) == (3, 2)
    assert "3 events of 2 patients; shown, not modelled" in repr(events)


def test_every_problem_at_once(diary):
    frame = table(("P1", 1, None, ""), ("P3", 1, "injury", ""), ("P1", "inf", "injury", ""))
    with pytest.raises(DiaryError) as caught:
        read_events(frame, diary)
    found = caught.value.problems
    assert found[["row", "column", "problem"]].to_numpy().tolist() == [
        [0, "event", "the event is missing"],
        [1, "patient_id", "the ratings (DataFrame) have no such patient"],
        [2, "day", "is not a finite number"],
    ]
    events = read_events(frame, diary, lenient=True)
    assert len(events) == 0
    assert len(events.problems) == 3


def test_the_same_event_twice_is_one_but_another_note_is_another():
    frame = table(("P1", 1, "injury", ""), ("P1", 1, "Injury", ""), ("P1", 1, "injury", "knee"))
    events = read_events(frame)
    assert events.table["note"].tolist() == ["", "knee"]
    assert events.notices == ("events that are there twice are taken once: 1 row",)


def test_looks_back_in_time_and_at_some_patients():
    events = read_events(table(("P1", 1, "injury", ""), ("P1", 9, "x", ""), ("P2", 5, "y", "")))
    assert events.up_to(5).table["event"].tolist() == ["injury", "y"]
    assert events.select("P2").table["event"].tolist() == ["y"]
    assert len(events.select(["nobody"])) == 0
    assert len(events) == 3


def test_no_rows_is_no_error(tmp_path):
    path = tmp_path / "events.csv"
    path.write_text("patient_id,day,event\n")
    assert len(read_events(path)) == 0
    path.write_text("patient_id,day\n")
    with pytest.raises(DiaryError, match="there is no column event"):
        read_events(path)


def test_a_missing_column_hides_no_problem_of_the_others(diary):
    frame = pd.DataFrame({"patient_id": ["P1", "P3", ""], "day": [1, 2, "soon"], "note": "x"})
    with pytest.raises(DiaryError, match="In the columns that are there") as raised:
        read_events(frame, diary)
    assert raised.value.problems[["row", "column", "problem"]].values.tolist() == [
        ["", "event", "there is no column event"],
        [1, "patient_id", "the ratings (DataFrame) have no such patient"],
        [2, "patient_id", "the patient id is missing"],
        [2, "day", "is text, not a number"],
    ]
    with pytest.raises(DiaryError) as raised:
        read_events(frame[["day", "note"]].head(2), diary)
    assert raised.value.problems["column"].tolist() == ["patient_id", "event"]
    assert "In the columns that are there" not in str(raised.value)
