"""Scales: the table's facts, the direction, and contradictions that are refused."""

import pickle

import numpy as np
import pandas as pd
import pytest

from paintrend.errors import ScaleError
from paintrend.scales import SCALES, Scale, get_scale, scale_table


@pytest.mark.parametrize(
    ("name", "low", "high", "better", "doi"),
    [
        ("nrs", 0, 10, 2, "10.1097/BRS.0b013e31815e3a10"),
        ("vas", 0, 100, 15, "10.1097/BRS.0b013e31815e3a10"),
        ("odi", 0, 100, 10, "10.1097/BRS.0b013e31815e3a10"),
        ("rmdq", 0, 24, 5, "10.1097/BRS.0b013e31815e3a10"),
        ("ndi", 0, 50, 10, "10.1016/j.spinee.2009.06.002"),
        ("promis_pi", 20, 80, 4.5, "10.2147/JPR.S93391"),
        ("bpi_interference", 0, 10, 1, "10.1016/j.jpain.2007.09.005"),
    ],
)
def test_table_holds_the_published_numbers(name, low, high, better, doi):
    scale = SCALES[name]
    assert (scale.low, scale.high, scale.better, scale.doi) == (low, high, better, doi)


def test_every_threshold_has_a_source_and_assumptions_are_flagged():
    table = scale_table()
    assert list(table.index) == list(SCALES)
    assert (table["source"] != "").all()
    # No source gives a number for worsening: the improvement's is used, and said to be assumed.
    assert table["worse_assumed"].all()
    assert not table["better_assumed"].any()
    assert table.loc["nrs", "severe"] == 7
    assert table.loc["nrs", "severe_assumed"]
    assert table["severe"].isna().sum() == len(SCALES) - 1


@pytest.mark.parametrize("name", ["odi", "ndi", "rmdq", "promis_pi", "bpi_interference"])
def test_scales_that_do_not_measure_pain_do_not_say_so(name):
    assert SCALES[name].measures in ("disability", "pain interference")
    assert not SCALES[name].label.startswith("Pain")


def test_orient_keeps_the_range_and_undoes_itself():
    relief = Scale("relief", 20, 80, higher_is_worse=False)
    values = np.array([20.0, 50.0, 71.5])
    np.testing.assert_array_equal(relief.orient(values), [80.0, 50.0, 28.5])
    np.testing.assert_array_equal(relief.orient(relief.orient(values)), values)
    np.testing.assert_array_equal(relief.orient([20, 80]), [80.0, 20.0])
    kept = relief.orient(pd.Series([30.0], index=["a"]))
    assert kept.loc["a"] == 70.0
    assert SCALES["nrs"].orient(3.0) == 3.0
    assert (relief.direction_text, SCALES["nrs"].direction_text) == (
        "higher = better",
        "higher = worse",
    )


def test_names_are_found_in_any_spelling_and_scales_pass_through():
    assert get_scale(" NRS ") is SCALES["nrs"]
    assert get_scale("promis-pi") is SCALES["promis_pi"]
    own = Scale("own", 0, 4)
    assert get_scale(own) is own


@pytest.mark.parametrize("bad", ["womac", "", 7, None])
def test_unknown_scale_lists_the_known_ones(bad):
    with pytest.raises(ScaleError, match="nrs, vas, odi, ndi, rmdq, promis_pi, bpi_interference"):
        get_scale(bad)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"low": 10, "high": 0}, "low must be below high, got low 10 and high 0"),
        ({"step": -1}, "step must be 0"),
        ({"step": 3}, "steps of 3 from low 0 do not reach high 10"),
        ({"better": -2}, "better is a size of change and must be above 0 and at most 10, got -2"),
        ({"worse": 11}, "worse is a size of change"),
        ({"severe": 11}, "severe must lie from low 0 to high 10, got 11"),
        ({"high": float("nan")}, "high must be a finite number, got nan"),
        ({"high": "10"}, "high must be a finite number, got '10'"),
        ({"better": True}, "better must be a finite number or None, got True"),
        ({"higher_is_worse": "no"}, "higher_is_worse must be True or False, got 'no'"),
        ({"name": " "}, "name must be a text that is not empty"),
    ],
)
def test_contradictions_are_refused(values, said):
    with pytest.raises(ScaleError) as caught:
        Scale(**{"name": "own", "low": 0, "high": 10, **values})
    assert said in str(caught.value)


def test_all_contradictions_come_at_once():
    with pytest.raises(ScaleError, match=r"better .*; worse .*; severe "):
        Scale("own", 0, 10, better=0, worse=-1, severe=20)


def test_equal_scales_are_equal_whatever_the_type_of_number():
    assert Scale("own", 0, 10, better=2) == Scale("own", 0.0, np.float64(10), better=2.0)
    assert pickle.loads(pickle.dumps(SCALES["nrs"])) == SCALES["nrs"]
    assert Scale("own", 0, 10).label == "own"
