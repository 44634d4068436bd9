"""Bars: what they say, and where they are shown."""

import io
import re

import pandas as pd
import pytest

import paintrend as pt
from paintrend.errors import InputError
from paintrend.progress import ProgressBar


@pytest.fixture(scope="module")
def diary():
    days, ids = [-7, 0, 21, 42, 63, 84] * 3, sorted("abc" * 6)
    ratings = pd.DataFrame({"patient_id": ids, "day": days, "pain": [6, 6, 4, 3, 2, 2] * 3})
    return pt.read_diary(ratings, "nrs")


def frames(stream):
    """What was shown one after the other on one line."""
    return [line.strip() for line in stream.getvalue().split("\r")]


def test_a_bar_says_how_many_are_done_and_how_long_it_takes():
    stream = io.StringIO()
    bar = ProgressBar(file=stream)
    bar("fitting patients", 0, 240)
    bar("fitting patients", 240, 240)
    bar("writing", 0, 1)
    bar.close()
    shown = frames(stream)
    assert re.fullmatch(r"fitting patients +0%\|.*\| 0/240 \[time left \?\]", shown[1])
    assert any(re.search(r"100%\|.*\| 240/240 \[time left 00:00\]", one) for one in shown)
    assert "writing" in shown[-3] + shown[-2]
    assert "%" not in shown[-2], "a single step has a name and no bar"


def test_true_shows_bars_and_a_function_gets_the_numbers(diary, capsys):
    told = []
    quiet = pt.fit_curves(diary, horizon=84, draws=20, progress=lambda *one: told.append(one))
    assert capsys.readouterr().err == ""
    assert told[-1] == ("fitting patients", 3, 3)
    assert {stage for stage, _, _ in told} == {"learning the population", "fitting patients"}
    shown = pt.fit_curves(diary, horizon=84, draws=20, progress=True)
    said = capsys.readouterr().err
    assert "learning the population" in said
    assert re.search(r"fitting patients +100%\|.*\| 3/3 \[time left 00:00\]", said)
    pd.testing.assert_frame_equal(quiet.info, shown.info)


def test_something_else_is_refused(diary):
    with pytest.raises(InputError, match="progress must be True, or a function called with"):
        pt.fit_curves(diary, horizon=84, progress="bar")
