"""On a scale on which higher is better no sentence says raised of a score that fell."""

import re
from dataclasses import replace
from html import unescape

import pytest

import paintrend as pt
from paintrend.core.course_rules import COURSES
from paintrend.export.shortening import WHOLE, shorten_caption
from paintrend.monitoring.states import MEANINGS, NOW
from paintrend.plots.session_numbers import session_info
from paintrend.report.patient import patient_html
from paintrend.report.sessions import OBSERVED_ONLY, QUANTITIES
from paintrend.report.text import COURSE_MEANINGS
from paintrend.results.alarm_words import JUDGES, RULES, in_numbers
from paintrend.results.direction import HIGHER_IS_BETTER, in_direction
from paintrend.review import GROUPS
from paintrend.simulate import Soreness, Visits

NRS = pt.get_scale("nrs")
RELIEF = replace(NRS, name="relief", label="Relief", higher_is_worse=False, severe=3)
WRONG = re.compile(
    r"\b(?:raised|rose|rises?|rising|climbs?|lower now|lasting fall)\b", re.IGNORECASE
)


def words_of(page: str) -> str:
    """The text of a page, without scripts, styles and the data of figures."""
    bare = re.sub(r"(?s)<(script|style)\b.*?</\1>", " ", page)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def shares(text: str) -> list[str]:
    return re.findall(r"[<>]?\d+%", text)


class Told:
    """All that readers are told of one cohort on one scale."""

    def __init__(self, scale: pt.Scale) -> None:
        def read(n: int, seed: int, last: float) -> pt.Diary:
            ratings = pt.simulate_cohort(n, seed=seed).ratings[["patient_id", "day", "pain"]]
            ratings["pain"] = scale.orient(ratings["pain"])
            return pt.read_diary(ratings[ratings["day"] <= last], scale)

        self.fit = pt.fit_curves(read(12, 2, 84.0), horizon=84, draws=60, workers=1)
        self.courses = pt.classify(self.fit)
        population = self.fit.population
        self.monitor = pt.monitor(read(12, 11, 30.0), population=population, draws=60)
        self.looks = self.monitor.table()
        self.review = pt.review_monitor(self.monitor)


@pytest.fixture(scope="module")
def worse():
    return Told(NRS)


@pytest.fixture(scope="module")
def better():
    return Told(RELIEF)


def test_where_higher_is_worse_not_a_letter_changes():
    for text in (*HIGHER_IS_BETTER, *NOW.values(), *GROUPS.values(), OBSERVED_ONLY):
        assert in_direction(text, NRS) == text


def test_the_words_of_a_mirrored_scale():
    said = {
        "Raised now": "Worse now",
        "Lower now": "Better now",
        "Rose, now near the start": "Worse first, now near the start",
        "the first lasting rise to the first lasting fall": "the first lasting worsening to the "
        "first lasting improvement",
        "ends worse: mean change over": "ends worse: mean change towards worse over",
        "known up to day 3, the level above": "known up to day 3, the level above",
    }
    assert {text: in_direction(text, RELIEF) for text in said} == said


def test_no_constant_sentence_keeps_a_wrong_word():
    rows = [words for row in MEANINGS for words in row]
    for text in (
        *NOW.values(), *rows, *GROUPS.values(), *COURSE_MEANINGS.values(), *QUANTITIES.values(),
        OBSERVED_ONLY, *(rule.label for rule in RULES.values()),
    ):  # fmt: skip
        assert not WRONG.search(in_direction(text, RELIEF)), text


def test_the_shapes_of_a_population_follow_the_scale(worse, better):
    one, other = (told.fit.population.shares() for told in (worse, better))
    assert "rises and returns" in set(one["meaning"])
    assert "gets worse and returns" in set(other["meaning"])
    assert not other["meaning"].str.contains(WRONG).any()


def test_alarm_rules_say_on_which_side_a_rating_lies():
    criteria = pt.Criteria().resolve(RELIEF, 84.0)
    rules = {name: in_numbers(rule.meaning, criteria, RELIEF) for name, rule in RULES.items()}
    assert "lies by 2 points or more below the mean" in rules["plus_two"]
    assert "below the lower limit" in rules["expected_recovery"]
    assert "lower than 90% of them" in rules["expected_recovery"]
    assert "2 points or more below those" in in_numbers(
        JUDGES["later_ratings"].meaning, criteria, RELIEF
    )


def test_states_follow_the_scale_and_shares_stay(worse, better):
    p = [name for name in worse.looks if name.startswith("p_")]
    assert (worse.looks[p] - better.looks[p]).abs().max().max() < 1e-9
    assert worse.looks["now"].tolist() == better.looks["now"].tolist()
    assert {"raised", "lower"} <= set(better.looks["now"])
    told = zip(worse.looks["state"], better.looks["state"], better.looks["now"], strict=True)
    for one, other, now in told:
        assert not WRONG.search(other)
        assert shares(one) == shares(other)
        start = {"raised": "Worse now", "lower": "Better now"}.get(now)
        assert start is None or other.startswith(start)


def test_the_review_list_follows_the_scale(worse, better):
    assert worse.review["group"].tolist() == better.review["group"].tolist()
    for one, other in zip(worse.review["reason"], better.review["reason"], strict=True):
        assert not WRONG.search(other)
        assert shares(one) == shares(other)


def test_the_monitor_page_follows_the_scale(better, tmp_path):
    page = pt.write_monitor_report(better.monitor, tmp_path / "list.html", n_pictures=2)
    said = words_of(page.read_text(encoding="utf-8"))
    assert not WRONG.search(said), WRONG.findall(said)
    assert " worse now; for " in said
    assert "Better now" in said


def test_the_report_follows_the_scale(better, tmp_path):
    page = pt.write_report(better.fit, better.courses, tmp_path / "report.html")
    said = words_of(page.read_text(encoding="utf-8"))
    assert not WRONG.search(said), WRONG.findall(said)
    assert "Worse first, now near the start, not better (a dip)." in said
    assert "Change at the end, towards worse (90% interval)" in said


def test_why_says_what_the_sign_of_a_change_means(worse, better):
    p = [f"p_{course}" for course in COURSES]
    assert (worse.courses.table()[p] - better.courses.table()[p]).abs().max().max() < 1e-9
    for patient_id in better.fit.patient_ids:
        one, other = worse.courses[patient_id].why(), better.courses[patient_id].why()
        assert one["share"].tolist() == pytest.approx(other["share"].tolist(), abs=1e-9)
        assert not other["rule"].str.contains(WRONG).any()
        ends = other["rule"].str.startswith("ends ")
        assert other.loc[ends, "rule"].str.contains("mean change towards worse").all()
        assert other.loc[ends, "value"].tolist() == pytest.approx(one.loc[ends, "value"].tolist())
        assert one["rule"].str.startswith("up: ").any()
        assert not other["rule"].str.contains(r"^(?:up|down): ").any()


def test_the_patient_sheet_follows_the_scale(better):
    said = words_of(patient_html(better.fit, better.courses, better.fit.patient_ids[0]))
    assert not WRONG.search(said), WRONG.findall(said)
    assert "mean change towards worse over the last 7 days" in said


@pytest.fixture(scope="module")
def responding():
    cohort = pt.simulate_sessions(
        6, horizon=21, seed=2, soreness=Soreness(none=0.3, first=3.0, spread=0.3, settled=1.0),
        visits=Visits(days=[float(day) for day in range(-3, 22)], dropout=0.0),
    )  # fmt: skip
    ratings = cohort.ratings.assign(pain=RELIEF.orient(cohort.ratings["pain"]))
    diary = pt.read_diary(ratings, RELIEF)
    fit = pt.fit_curves(diary, horizon=21, draws=40, workers=1)
    return fit, pt.session_response(fit, pt.read_sessions(cohort.sessions, diary))


def test_the_response_to_sessions_follows_the_scale(responding, tmp_path):
    fit, response = responding
    page = pt.write_report(fit, pt.classify(fit), tmp_path / "page.html", response=response)
    said = words_of(page.read_text(encoding="utf-8"))
    told = [*session_info(response).caption, *response.summary["reason"], repr(response), said]
    told += list(response[response.patient_ids[0]].why()["check"])
    for text in told:
        assert not WRONG.search(text), text
    assert "Worsening after sessions" in " ".join(response.summary["reason"])
    assert "worsening after a session, mean over sessions" in said
    turned = replace(fit, diary=replace(fit.diary, scale=NRS))
    for way in (response, replace(response, fit=turned)):
        (counts,) = (text for text in session_info(way).caption if " counts from " in text)
        assert shorten_caption(f"3 patients. Points.<br>{counts}", 1, 60.0, 11.0) == (
            f"3 patients. {counts} {WHOLE}"
        )


def test_the_unit_of_a_user_stays_as_it_is(better, responding, tmp_path):
    back = replace(RELIEF, unit="lower back points")
    course = better.courses[better.fit.patient_ids[0]]
    said = " ".join(replace(course, scale=back).why()["rule"])
    assert "2 lower back points worse than at day 0" in said
    fit, response = responding
    fit = replace(fit, diary=replace(fit.diary, scale=back))
    again = pt.session_response(fit, response.sessions)
    page = pt.write_report(fit, pt.classify(fit), tmp_path / "page.html", response=again)
    shown = words_of(page.read_text(encoding="utf-8"))
    assert "a worsening of at least 1 (lower back points)" in shown
    told = [repr(again), *again.summary["reason"], *session_info(again).caption, said, shown]
    assert any("lower back point" in reason for reason in again.summary["reason"])
    for text in told:
        assert "better back" not in text
        assert not WRONG.search(text), text
