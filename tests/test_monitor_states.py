"""States: every pair of now and outlook, and the words for it."""

import numpy as np
import pandas as pd
import pytest

from paintrend.monitoring.states import (
    NOW,
    OUTLOOK,
    is_named,
    now_of,
    outlook_of,
    state_text,
    visit_text,
)
from paintrend.scales import Scale, get_scale

ROW = {
    "day": 28.0,
    "last_day": 28.0,
    "baseline": 5.0,
    "p_raised": 0.0,
    "p_lower": 0.0,
    "p_no_room_to_worsen": 0.0,
    "p_end_better": 0.7,
    "p_deterioration": 0.1,
    "p_near_start": 0.2,
    "status": "ok",
}


def look(**changes):
    return pd.DataFrame([{**ROW, **changes}])


@pytest.mark.parametrize(
    ("changes", "now"),
    [
        ({}, "near_start"),
        ({"p_raised": 0.5}, "raised"),
        ({"p_raised": 0.49}, "near_start"),
        ({"p_lower": 0.5}, "lower"),
        ({"p_no_room_to_worsen": 0.5}, "no_room"),
        ({"p_no_room_to_worsen": 0.9, "p_lower": 0.6}, "lower"),
        ({"p_no_room_to_worsen": 0.5, "p_raised": 0.5}, "raised"),
        ({"p_raised": np.nan}, "not_rated"),
    ],
)
def test_now(changes, now):
    assert now_of(look(**changes)).tolist() == [now]


def ends(better, worse):
    return {
        "p_end_better": better,
        "p_deterioration": worse,
        "p_near_start": 1.0 - better - worse,
    }


@pytest.mark.parametrize(
    ("changes", "outlook"),
    [
        (ends(0.7, 0.1), "better"),
        (ends(0.1, 0.5), "worse"),
        (ends(0.1, 0.1), "near_start"),
        (ends(0.45, 0.1), "cannot_tell"),
        # a fifth of the curves end worse: nothing else may be named
        (ends(0.8, 0.2), "cannot_tell"),
        (ends(0.1, 0.2), "cannot_tell"),
        ({**ends(0.9, 0.0), "status": "forecast;no_baseline"}, "no_start"),
        ({**ends(0.9, 0.0), "status": "poor_fit"}, "poor_fit"),
        (ends(np.nan, np.nan), "not_rated"),
    ],
)
def test_outlook(changes, outlook):
    assert outlook_of(look(**changes)).tolist() == [outlook]


def test_a_name_needs_half_of_the_curves_and_hides_no_deterioration():
    shares = np.array([[0.5, 0.19, 0.31], [0.5, 0.2, 0.3], [0.2, 0.5, 0.3], [0.49, 0.1, 0.41]])
    assert is_named(shares).tolist() == [True, False, True, False]


SAID = {
    ("raised", "better"): "Raised now; likely to end better (70%)",
    ("raised", "worse"): "Raised now; likely to end worse (10%)",
    ("lower", "near_start"): "Lower now; likely to end near the start (20%)",
    ("near_start", "cannot_tell"): "Near the start now; cannot tell yet (better 70%, worse 10%, "
    "near the start 20%)",
    ("no_room", "near_start"): "Too near the top of the scale to show worsening, at 9 of 10; "
    "likely to end near the start (20%)",
    ("raised", "no_start"): "Raised now (start predicted); cannot tell (no rating at or before the "
    "start)",
    (
        "near_start",
        "no_start",
    ): "Near the start now (start predicted); cannot tell (no rating at or before the start)",
    ("near_start", "poor_fit"): "Near the start now; cannot tell (no curve explains these ratings)",
    ("not_rated", "not_rated"): "Not rated yet; cannot tell",
}


@pytest.mark.parametrize(("pair", "text"), SAID.items())
def test_words(pair, text):
    row = {**ROW, "now": pair[0], "outlook": pair[1]}
    row["baseline"] = 9.0 if pair[0] == "no_room" else 5.0
    assert state_text(row, get_scale("nrs"), 84.0, 7.0) == text


def test_every_pair_has_words_that_neither_reassure_nor_advise():
    for now in NOW:
        for outlook in OUTLOOK:
            text = state_text({**ROW, "now": now, "outlook": outlook}, get_scale("nrs"), 84.0, 7.0)
            assert "{" not in text
            for word in ("normal", "good", "fine", "safe", "worry", "should", "expected", "stop"):
                assert word not in text.lower(), (word, text)


def test_the_next_visit_is_named_or_said_to_be_none():
    row = {**ROW, "now": "raised", "outlook": "cannot_tell", "plan": "visit", "next_visit": 35.0}
    scale = get_scale("nrs")
    assert state_text(row, scale, 84.0, 7.0).endswith("; next informative visit week 5")
    none = {**row, "plan": "none", "next_visit": np.nan}
    assert state_text(none, scale, 84.0, 7.0).endswith("; no coming visit is likely to settle it")
    assert "visit" not in state_text({**row, "plan": ""}, scale, 84.0, 7.0)


def test_a_level_that_is_predicted_from_an_old_rating_is_said_to_be():
    row = {**ROW, "now": "raised", "outlook": "better", "last_day": 14.0}
    text = state_text(row, get_scale("nrs"), 84.0, 7.0)
    assert text.startswith("Raised now (predicted; last rating day 14)")
    assert "predicted" not in state_text({**row, "last_day": 21.0}, get_scale("nrs"), 84.0, 7.0)


def test_the_end_of_the_scale_is_the_worse_one():
    scale = Scale("wellbeing", 0, 10, better=2, worse=2, higher_is_worse=False)
    row = {**ROW, "now": "no_room", "outlook": "better", "baseline": 1.0}
    assert "near the bottom of the scale to show worsening, at 1 of 10" in state_text(
        row, scale, 84.0, 7.0
    )


@pytest.mark.parametrize(
    ("day", "horizon", "text"),
    [(35, 84, "week 5"), (33, 84, "day 33"), (7, 14, "day 7"), (1 / 6, 1, "hour 4")],
)
def test_visits_have_the_words_of_their_time(day, horizon, text):
    assert visit_text(day, horizon) == text
