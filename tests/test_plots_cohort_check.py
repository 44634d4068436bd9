"""The picture of a cohort check: places, marks and words against made-up statistics."""

import numpy as np
import pytest

from paintrend.plots.cohort_check import SHOWN, check_numbers, draw_check, plot_cohort_check
from paintrend.results.checks import CohortCheck
from paintrend.scales import get_scale

NAMES = ("spread", "lag1", "best_end_share", "middle_share")
# Symmetric about the middle, so that the places of the replicates are known.
REPLICATES = np.linspace(-1.0, 1.0, 201)


def made_up(observed, names=NAMES, scale="nrs"):
    """A check whose replicates run from 0.5 to 1.5 times the size of each statistic."""
    size = np.array([2.0, 0.1, 0.2, 0.0])[: len(names)]
    replicated = size * (1.0 + 0.5 * REPLICATES[:, None])
    seen = np.tile(np.asarray(observed, dtype=float), (201, 1))
    return CohortCheck(names, seen, replicated, get_scale(scale), 12, 11, 140, 3, 0)


@pytest.fixture(scope="module")
def numbers():
    return check_numbers(made_up([2.9, 0.1, 0.45, 0.0]))


def test_the_median_is_0_and_the_90_percent_range_1_each_way(numbers):
    spread, lag, ends, middle = numbers.rows
    # 2.9 is the 95% quantile of what runs evenly from 1 to 3
    assert spread.observed == pytest.approx(1.0)
    assert lag.observed == 0.0
    assert ends.observed == pytest.approx((0.45 - 0.2) / 0.09)
    assert middle.observed == 0.0
    assert set(middle.replicated) == {0.0}
    for row in numbers.rows[:3]:
        inside = np.abs(row.replicated) <= 1.0 + 1e-9
        assert inside.mean() == pytest.approx(0.9, abs=0.01)
        assert np.median(row.replicated) == pytest.approx(0.0, abs=1e-12)
    assert [row.differs for row in numbers.rows] == [False, False, True, False]


def test_what_no_replicate_shows_is_out_of_bounds_and_drawn_at_the_end():
    numbers = check_numbers(made_up([-50.0, 0.1, 0.2, 0.01]))
    assert numbers.rows[3].observed == np.inf
    assert numbers.rows[0].observed < -SHOWN
    drawn = {trace.name: trace for trace in draw_check(numbers).data}["as rated, differs"]
    assert list(drawn.x) == [-SHOWN, SHOWN]
    assert list(drawn.y) == [0, 3]
    assert list(drawn.marker.symbol) == ["triangle-left", "triangle-right"]
    assert "A triangle points to what lies beyond the axis." in " ".join(numbers.caption)


def test_a_difference_has_a_symbol_a_colour_and_a_word(numbers):
    figure = draw_check(numbers)
    marks = {trace.name: trace for trace in figure.data}
    assert list(marks["as rated"].y) == [0, 1, 3]
    assert set(marks["as rated"].marker.symbol) == {"diamond"}
    assert marks["as rated"].marker.color != marks["as rated, differs"].marker.color
    said = [note.text for note in figure.layout.annotations]
    assert said[:4] == [
        "2.9 points; 1.1 to 2.9",
        "0.1; 0.06 to 0.15",
        "45%; 11% to 29%; <b>differs</b>",
        "0%; 0% to 0%",
    ]
    assert list(figure.layout.yaxis.ticktext) == [
        "scatter about the own curve",
        "runs above or below the curve",
        "ratings at the best end (0)",
        "ratings on the middle (5)",
    ]


def test_every_replicate_on_the_axis_is_drawn(numbers):
    ticks = draw_check(numbers).data[0]
    assert len(ticks.x) == 4 * 201
    assert np.bincount(ticks.y).tolist() == [201] * 4


def test_the_caption_says_numbers_missing_and_direction(numbers):
    said = " ".join(numbers.caption)
    assert "12 patients, 1 of them not fitted; 140 ratings fitted, 3 missing." in said
    assert "0 to 10 (higher = worse)" in said
    assert "201 times" in said
    assert "triangle" not in said
    drawn = " ".join(note.text for note in draw_check(numbers).layout.annotations)
    assert "140 ratings fitted, 3 missing" in drawn


def test_a_check_of_nobody_is_a_figure_without_marks():
    empty = np.empty((200, 0))
    check = CohortCheck((), empty, empty, get_scale("nrs"), 2, 0, 0, 0, 0)
    figure = plot_cohort_check(check)
    assert all(not trace.x for trace in figure.data)
    said = " ".join(note.text for note in figure.layout.annotations)
    assert "2 patients, 2 of them not fitted" in said
