"""The response to one session, what piles up, and the verdict: pure functions."""

import numpy as np
import pytest

from paintrend.responses import FLAT_SHARE, GONE, RESPONSES, Response, typical_shares
from paintrend.session_columns import carried_columns, columns_at, weights_of
from paintrend.session_rules import VERDICTS, fading, read_response, sizes, verdict_codes

QUICK, USUAL, SLOW = Response(1.0, 2.5), Response(2.0, 7.0), Response(2.0, 13.0)


@pytest.mark.parametrize("row", RESPONSES)
def test_a_response_peaks_and_is_gone_when_its_row_says(row):
    t = np.linspace(0.0, 30.0, 30001)
    k = row.at(t)
    assert t[k.argmax()] == pytest.approx(row.peak_days, abs=2e-3)
    assert k.max() == pytest.approx(1.0)
    assert row.at(np.array([row.gone_days]))[0] == pytest.approx(GONE)
    assert row.at(np.array([-1.0, 0.0])).tolist() == [0.0, 0.0]
    top = row.peak_days + row.flat_days
    assert k[(t >= row.peak_days) & (t <= top)] == pytest.approx(1.0)
    assert (np.diff(k[t > top]) < 0).all()


def test_flat_tops_stay_for_days_and_are_off_within_one():
    flat = [row for row in RESPONSES if row.flat_days > 0.0]
    # each end twice: on at once, and not before the evening
    ends = sorted(row.peak_days + row.flat_days for row in flat)
    assert ends == pytest.approx([1.5, 1.5, 2.5, 2.5, 3.5, 3.5, 4.5, 4.5])
    soon = [row.at(np.array([0.1, 0.2]))[1] for row in flat]
    assert soon[::2] == pytest.approx([1.0] * 4)
    assert max(soon[1::2]) < 0.2
    assert all(row.gone_days - row.peak_days - row.flat_days < 1.0 for row in flat)
    share = typical_shares()
    assert share[[row.flat_days > 0.0 for row in RESPONSES]].sum() == pytest.approx(FLAT_SHARE)
    # rows of one kind share everything
    assert typical_shares(flat).sum() == pytest.approx(1.0)


def test_the_usual_response_peaks_in_one_to_three_days_and_lasts_under_a_week():
    share = typical_shares()
    peak = np.array([row.peak_days for row in RESPONSES])
    gone = np.array([row.gone_days for row in RESPONSES])
    assert share.sum() == pytest.approx(1.0)
    assert share[(peak >= 1) & (peak <= 3) & (gone <= 7)].sum() > 0.5
    assert share[gone <= 7].sum() > 0.8


def test_columns_add_up_over_sessions():
    session, day = np.array([0.0, 2.0, 7.0]), np.array([-1.0, 1.0, 3.0, 8.0])
    row = USUAL
    by_hand = [
        sum(row.at(np.array([d - s]))[0] * w for s, w in zip(session, (1.0, 0.5, 2.0), strict=True))
        for d in day
    ]
    weight = np.array([[1.0], [0.5], [2.0]])
    assert columns_at(day, session, weight, row.at)[:, 0] == pytest.approx(by_hand)


def test_the_two_columns_are_the_first_and_the_settled_response():
    weight = weights_of(40)
    assert weight[0].tolist() == [1.0, 0.0]
    assert weight.sum(axis=1) == pytest.approx(np.ones(40))
    assert weight[-1, 1] > 0.99
    size = sizes(np.array([3.0]), np.array([1.0]), 40)[0]
    assert size == pytest.approx(weight @ [3.0, 1.0])
    assert fading(3)[1] == pytest.approx(np.exp(-0.2))


def test_what_is_gone_before_the_next_session_is_not_carried():
    session = np.arange(0.0, 50.0, 7.0)
    day = np.linspace(0.0, 60.0, 601)
    quick = carried_columns(day, session, np.ones((session.size, 1)), QUICK.at)[:, 0]
    assert quick.max() < 0.01
    slow = carried_columns(day, session, np.ones((session.size, 1)), SLOW.at)[:, 0]
    whole = columns_at(day, session, np.ones((session.size, 1)), SLOW.at)[:, 0]
    assert (slow <= whole + 1e-12).all()
    at = np.searchsorted(day, session)
    assert slow[at] == pytest.approx(whole[at])
    # and after the last one it fades with the response
    assert slow[-1] == pytest.approx(whole[-1])


def test_relief_is_carried_as_soreness_is():
    session, day = np.array([0.0, 3.0, 7.0, 10.0]), np.linspace(0.0, 20.0, 201)
    weight = np.array([[2.0], [1.5], [1.2], [1.0]])
    soreness = carried_columns(day, session, weight, SLOW.at)
    assert soreness.max() > 1.0
    assert carried_columns(day, session, -weight, SLOW.at) == pytest.approx(-soreness)


def test_a_pause_lets_what_was_carried_fade():
    session = np.array([0.0, 2.0, 4.0, 6.0, 26.0, 28.0])
    day, weight = np.array([5.0, 12.0, 25.0]), np.ones((6, 1))
    carried = carried_columns(day, session, weight, SLOW.at)[:, 0]
    whole = columns_at(day, session, weight, SLOW.at)[:, 0]
    assert carried[0] < whole[0]
    assert carried[1:] == pytest.approx(whole[1:])
    assert carried[2] < 0.2 * carried[0]


def test_a_reading_is_what_it_says():
    size = np.array([[2.0, 1.5, 1.0, 1.0]])
    kept = np.array([[0.1, 0.2, 0.3]])
    level = np.array([[4.0, 5.0, 6.0, 8.0]])
    r = read_response(size, kept, level)
    assert (r.rise[0], r.first_rise[0], r.last_rise[0]) == (1.375, 2.0, 1.0)
    assert r.left[0] == pytest.approx(0.2)
    assert (r.start_level[0], r.end_level[0], r.climb[0]) == (4.5, 7.0, 2.5)


def test_a_single_session_has_no_gap_and_no_climb():
    r = read_response(np.array([[2.0]]), np.empty((1, 0)), np.array([[4.0]]))
    assert np.isnan(r.left[0])
    assert np.isnan(r.climb[0])
    assert VERDICTS[verdict_codes(r, 1.0, 0.25, 2.0)[0]] == "settles"


@pytest.mark.parametrize(
    ("rise", "left", "climb", "verdict"),
    [
        (2.0, 0.1, 0.0, "settles"),
        (2.0, 0.3, 0.0, "does_not_settle"),
        (2.0, 0.3, 2.0, "builds_up"),
        (2.0, 0.1, 2.0, "builds_up"),
        (0.9, 0.9, 5.0, "no_response"),
        (-2.0, 0.1, 0.0, "no_response"),
    ],
)
def test_each_curve_has_one_verdict(rise, left, climb, verdict):
    ones = np.ones(1)
    r = read_response(np.full((1, 4), rise), np.full((1, 3), left), np.array([[5, 5, 5.0, 5.0]]))
    r = r._replace(climb=climb * ones)
    assert VERDICTS[verdict_codes(r, 1.0, 0.25, 2.0)[0]] == verdict
