"""Figures of choices, drop-out and study sizes: numbers from tables; other tables are refused."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

import paintrend as pt
from paintrend.plots.retention import retention_info
from paintrend.plots.specifications import specification_info
from paintrend.plots.study_size import power_info
from paintrend.plots.tipping_point import tipping_info

MULTIVERSE = pd.DataFrame(
    {
        "worsening": [2.0, 1.5, 2.0, 1.5], "landmark": [14.0, 14.0, 28.0, 28.0],
        "estimate": [0.3, 0.1, -0.2, 0.0], "low": [0.1, -0.1, -0.3, -0.2],
        "high": [0.5, 0.3, -0.1, 0.2], "p_value": [0.01, 0.4, 0.01, 0.9],
    }
)  # fmt: skip
TIPPING = pd.DataFrame(
    {
        "delta": [0.0, 2.0, 4.0], "lost": 7, "difference": [-1.0, -0.4, 0.2],
        "low": [-1.5, -0.9, -0.4], "high": [-0.5, 0.1, 0.8], "p_value": [0.001, 0.2, 0.6],
    }
)  # fmt: skip


BEHIND = {"n_patients": 60, "n_ratings": 786, "n_missing": 12}
SAID = "n = 60 patients; 786 ratings fitted, 12 missing."


def designs(patients, baseline):
    rows = [
        {"patients": n, "visits": 12, "baseline_ratings": b, "power": n / 200 + b / 20,
         "low": n / 200, "high": n / 200 + 0.3, "difference": 0.2,
         "interval_width": 20 / n / b, "cohorts": 20}
        for n, b in product(patients, baseline)
    ]  # fmt: skip
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def retention():
    cohort = pt.simulate_cohort(40, covariates={}, seed=2)
    fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84, seed=1)
    return pt.retention_by_course(fit, m=3)


def said(figure):
    return " ".join(note.text for note in figure.layout.annotations if note.text)


def test_a_specification_curve_is_sorted_and_keeps_its_choices():
    info = specification_info(MULTIVERSE)
    assert info.estimate == (-0.2, 0.0, 0.1, 0.3)
    assert info.choices == {"worsening": (2.0, 1.5, 1.5, 2.0), "landmark": (28, 28, 14, 14)}
    assert "above 0 in 1, below it in 1, and holds it in 2" in info.caption[0]


def test_tables_say_what_they_rest_on_and_captions_repeat_it():
    found = specification_info(MULTIVERSE.assign(**BEHIND))
    assert SAID in found.caption[0]
    assert list(found.choices) == ["worsening", "landmark"]
    groups = {"group": "exercise <b>", "reference": "usual care"}
    table = TIPPING.assign(**BEHIND, **groups, left_before=63.0)
    tipping = tipping_info(table)
    assert SAID in tipping.caption[0]
    assert "7 patients of exercise <b> left early (last rating before day 63)" in tipping.caption[0]
    title = pt.plot_tipping_point(table).layout.title.text
    assert "exercise &lt;b&gt; against the reference, usual care" in title


def test_every_choice_stands_below_its_estimate():
    figure = pt.plot_specifications(MULTIVERSE, label="difference")
    rows = figure.layout.yaxis2.ticktext
    assert rows == ("worsening 1.5", "worsening 2", "landmark 14", "landmark 28")
    below = {
        (x, rows[y]) for t in figure.data if t.yaxis == "y2" for x, y in zip(t.x, t.y, strict=True)
    }
    assert below == {
        (1, "worsening 2"), (1, "landmark 28"), (2, "worsening 1.5"), (2, "landmark 28"),
        (3, "worsening 1.5"), (3, "landmark 14"), (4, "worsening 2"), (4, "landmark 14"),
    }  # fmt: skip
    assert figure.layout.yaxis.title.text == "difference"
    symbols = {t.marker.symbol for t in figure.data}
    assert symbols == {"circle-open", "triangle-up", "triangle-down"}


def test_a_share_has_no_value_without_an_effect():
    table = MULTIVERSE.assign(p_value=np.nan)
    info = specification_info(table, None)
    assert info.side == (2, 2, 2, 2)
    assert "interval" not in info.caption[0]
    figure = pt.plot_specifications(table, null=None)
    assert not figure.layout.showlegend
    assert "p =" not in " ".join(figure.data[0].hovertext)
    shifted = specification_info(MULTIVERSE, 0.25)
    assert shifted.side == (-1, -1, 0, 0)


def test_names_of_choices_are_escaped():
    table = MULTIVERSE.rename(columns={"worsening": "<i>w</i>"})
    figure = pt.plot_specifications(table, label="<b>x</b>")
    assert figure.layout.yaxis.title.text == "&lt;b&gt;x&lt;/b&gt;"
    assert "<i>" not in " ".join(figure.layout.yaxis2.ticktext)


def test_the_tipping_point_is_where_the_conclusion_changes():
    info = tipping_info(TIPPING)
    assert info.conclusion == (-1, 0, 0)
    assert info.tips_at == 2.0
    assert "(better than the reference) changes at the delta of 2" in info.caption[0]
    assert "7 patients" in info.caption[0]
    figure = pt.plot_tipping_point(TIPPING)
    assert "tipping point: 2" in said(figure)
    assert "worse than the reference" in figure.layout.yaxis.title.text
    stays = tipping_info(TIPPING.assign(high=-0.1, low=-2.0))
    assert stays.tips_at is None
    assert "stays up to the delta of 4" in stays.caption[0]


def test_the_axis_of_a_power_figure_is_what_was_varied_most():
    info = power_info(designs((60, 120, 180), (1, 3)))
    assert info.axis == "patients"
    assert info.values == (60, 120, 180)
    assert [line.name for line in info.lines] == ["1 rating up to day 0", "3 ratings up to day 0"]
    assert info.lines[1].power == pytest.approx((0.45, 0.75, 1.05))
    # side by side, in their place
    places = np.array([line.place for line in info.lines])
    assert np.abs(places - np.arange(3)).max() < 0.2
    assert (places[1] > places[0]).all()
    assert "12 visits after day 0" in info.caption[0]
    other = power_info(designs((60,), (1, 2, 3)))
    assert other.axis == "baseline_ratings"
    assert len(other.lines) == 1


def test_a_power_figure_has_shares_above_and_widths_below():
    table = designs((60, 120), (1,))
    figure = pt.plot_power(table)
    above, below = figure.data
    assert list(above.y) == table["power"].tolist()
    # a width is a difference of shares: no %
    assert list(below.y) == pytest.approx((100 * table["interval_width"]).tolist())
    axis = figure.layout.yaxis2
    assert "percentage points" in axis.title.text
    assert "%" not in axis.tickformat
    assert below.yaxis == "y2"
    assert not figure.layout.showlegend


def test_retention_is_shown_as_it_is(retention):
    info = retention_info(retention, "nrs")
    sizes = [line.n for line in info.lines]
    assert sizes == sorted(sizes, reverse=True)
    assert min(sizes) >= 1.0
    for line in info.lines:
        part = retention[retention["course"] == line.course]
        np.testing.assert_array_equal(line.retained, part["retained"])
        np.testing.assert_array_equal(line.leavers, part["last_of_leavers"])
        np.testing.assert_array_equal(line.stayers, part["same_time_of_stayers"])
    hidden = set(retention["course"]) - {line.course for line in info.lines}
    assert ("Not drawn" in info.caption[0]) == bool(hidden)
    assert info.caption[0].startswith("40 fitted patients")
    rated, missing = retention.iloc[0][["n_ratings", "n_missing"]]
    # nobody has left who is rated a day before the last
    late = retention[retention["day"] == 77]
    share = np.average(late["retained"], weights=late["n"])
    assert f"{round(100 * share)}% of them rated on day 77 or later" in info.caption[0]
    assert f"{rated} ratings fitted, {missing} missing." in info.caption[0]


def test_a_retention_figure_names_the_direction_of_the_scale(retention):
    figure = pt.plot_retention(retention, "nrs")
    assert "higher = worse" in said(figure)
    info = retention_info(retention, "nrs")
    assert len(figure.data) == 3 * len(info.lines)
    better = pt.Scale("relief", 0, 10, better=2, worse=2, higher_is_worse=False)
    assert "higher = better" in said(pt.plot_retention(retention, better))


@pytest.mark.parametrize(
    "draw",
    [
        pt.plot_specifications,
        pt.plot_tipping_point,
        pt.plot_power,
        lambda table: pt.plot_retention(table, "nrs"),
    ],
)
def test_another_table_is_refused(draw):
    with pytest.raises(pt.InputError, match="it has no column"):
        draw(pd.DataFrame({"x": [1.0]}))
    with pytest.raises(pt.InputError, match="got dict"):
        draw({})


def test_the_most_frequent_course_of_a_handful_is_drawn(retention):
    few = retention.assign(n=retention["n"] / 100.0)
    info = retention_info(few, "nrs")
    assert len(info.lines) == 1
    assert info.lines[0].n == few["n"].max()
    assert "Not drawn" in info.caption[0]
    assert len(pt.plot_retention(few, "nrs").data) == 3
