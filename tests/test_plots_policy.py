"""Picture of an alarm policy: its numbers, and that it is drawn from them."""

import re

import numpy as np
import pytest

import paintrend as pt
from paintrend.plots.policy import RULE_STYLES, draw_policy
from paintrend.plots.policy_numbers import policy_info
from paintrend.results.alarm_words import RULES

DAYS = [-7, 0, 14, 28, 56, 84]


@pytest.fixture(scope="module")
def diary():
    return pt.read_diary(pt.simulate_cohort(40, seed=3).ratings, scale="nrs")


@pytest.fixture(scope="module")
def policy(diary):
    fit = pt.fit_curves(diary, horizon=84, draws=20)
    return pt.alarm_policy(fit.population, schedule=DAYS, budget=0.15, n=120, draws=40)


@pytest.fixture(scope="module")
def own(diary):
    return pt.alarm_policy(diary, horizon=84, folds=2, draws=40)


def texts(figure):
    found = [note.text for note in figure.layout.annotations]
    return [figure.layout.title.text, *found]


def test_marks_are_the_policy_as_chosen_and_the_others_as_used(policy):
    numbers = policy_info(policy)
    table = policy.table().set_index(["rule", "setting"])
    assert [(m.rule, m.setting) for m in numbers.marks] == [
        ("policy", "chosen"),
        *((rule, "as used now") for rule in list(RULES)[1:]),
    ]
    for mark in numbers.marks:
        row = table.loc[(mark.rule, mark.setting)]
        assert mark.false_alarms == row["false_alarm_share"]
        assert mark.delay == row["restricted_mean_delay"]
        assert mark.delay_se == row["restricted_mean_delay_se"]
    assert numbers.marks[1].text.endswith("raised by 2")
    assert numbers.marks[3].text.endswith("above 90% of similar patients")


def test_lines_are_the_operating_curves(policy):
    numbers = policy_info(policy)
    assert [line.rule for line in numbers.lines] == list(RULES)
    for line in numbers.lines:
        curve = policy.curve().query(f"rule == '{line.rule}'")
        np.testing.assert_array_equal(line.false_alarms, curve["false_alarm_share"])
        assert line.delay[0] == 84.0
        assert min(line.delay) <= line.ends_at <= max(line.delay)
    # a rule as it is used now lies on its own line
    for mark in numbers.marks[1:]:
        line = next(line for line in numbers.lines if line.rule == mark.rule)
        on_line = np.interp(mark.false_alarms, line.false_alarms, line.delay)
        assert abs(on_line - mark.delay) < 5.0


def test_every_mark_fits_into_the_picture(policy):
    numbers = policy_info(policy)
    assert max(mark.false_alarms for mark in numbers.marks) < numbers.widest <= 1.0
    assert numbers.budget == 0.15
    assert numbers.latest == 84.0


def test_the_caption_says_what_it_was_judged_against(policy, own):
    said = " ".join(policy_info(policy).caption)
    assert re.search(r"^120 patients: \d+ worse, \d+ not worse at day 84\.", said)
    assert "Worse: 2 points" in said
    assert "higher = worse" in said
    assert "120 simulated patients" in said
    said = " ".join(policy_info(own).caption)
    assert "favours it" in said
    assert "Also judged against later ratings" in said
    later = policy_info(own, "later_ratings")
    assert "could not be judged" in " ".join(later.caption)
    assert "counts with day 63" in " ".join(later.caption)
    assert later.latest == 63.0
    assert later.subtitle == "judged against later ratings, held out"


def test_an_unknown_judge_is_refused(policy):
    with pytest.raises(pt.InputError, match=r"one of truth .* got 'posterior'"):
        pt.plot_policy(policy, judged="posterior")


def test_the_figure_draws_these_numbers(policy):
    numbers = policy_info(policy)
    figure = draw_policy(numbers)
    drawn = {trace.name: trace for trace in figure.data}
    for line in numbers.lines:
        trace = next(t for t in figure.data if t.name == line.label and t.mode == "lines")
        assert trace.x == line.false_alarms
        assert trace.y == line.delay
        assert trace.line.dash == RULE_STYLES[line.rule].dash
    for mark in numbers.marks:
        trace = drawn[mark.text]
        assert trace.x == (mark.false_alarms,)
        assert trace.error_y.array[0] == pytest.approx(1.645 * mark.delay_se)
        assert trace.marker.symbol.endswith("-open") == (mark.setting != "chosen")
    said = " ".join(texts(figure))
    for rule in RULES.values():
        assert rule.label in said
    assert "budget 15%" in said
    assert "lower = earlier" in figure.layout.yaxis.title.text
    assert "fewer false alarms" in figure.layout.xaxis.title.text


def test_names_beside_lines_do_not_lie_on_each_other(policy):
    figure = pt.plot_policy(policy)
    places = sorted(note.y for note in figure.layout.annotations if note.xanchor == "left")
    names = [y for y in places if y > 0]
    assert len(names) == len(RULES)
    pixels = np.diff(names) / figure.layout.yaxis.range[1] * 400
    assert (pixels >= 19.9).all()


def test_no_two_rules_look_alike():
    assert set(RULE_STYLES) == set(RULES)
    for part in zip(*RULE_STYLES.values(), strict=True):
        assert len(set(part)) == len(RULES)


def test_short_horizons_are_drawn_in_hours():
    rows = pt.simulate_cohort(30, seed=1).ratings
    rows["day"] = rows["day"] / 84.0
    policy = pt.alarm_policy(pt.read_diary(rows, scale="nrs"), horizon=1.0, folds=2, draws=40)
    numbers = policy_info(policy)
    assert numbers.unit.name == "hour"
    assert numbers.latest == 24.0
    assert "mean hour of detection" in draw_policy(numbers).layout.yaxis.title.text
