"""The report as a file: what it says, what it escapes, and that it needs nothing from outside."""

import json
import re
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from paintrend.checks import check_cohort
from paintrend.core.course_rules import DETERIORATION
from paintrend.courses import classify
from paintrend.diary import read_diary
from paintrend.events import read_events
from paintrend.fitting import fit_curves
from paintrend.plots.course_numbers import Share, course_shares
from paintrend.report.aloud import ALOUD
from paintrend.report.cohort import report_html, write_report
from paintrend.report.pictures import LISTED_PER_GROUP
from paintrend.report.signs import signs_statement
from paintrend.report.tables import compare_defaults, patient_rows, threshold_rows
from paintrend.report.text import (
    COURSE_MEANINGS,
    LIMITS,
    STATEMENT,
    answer,
    before_and_after,
    limits,
    population_sentences,
    warning_signs,
)
from paintrend.results.criteria import Criteria
from paintrend.scales import get_scale
from paintrend.sessions import read_sessions
from paintrend.simulate import simulate_cohort
from paintrend.symptoms import read_symptoms

from .fakes import make_fake_fit

WHEN = datetime(2026, 1, 2, 3, 4)
HOSTILE = (
    "<script>document.title='hit'</script>",
    '"><img src=x onerror="document.title=1">',
    "</script><!--",
    "{{ 7*7 }}",
    "O'Brien & Söhne",
)


class Page(HTMLParser):
    """Collects the elements, the text a reader sees, and the JSON of the figures."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.text, self.json, self.inside = [], [], {}, []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag in ("script", "style"):
            self.inside.append(self.elements[-1])

    def handle_endtag(self, tag):
        if tag in ("script", "style"):
            self.inside.pop()

    def handle_data(self, data):
        if not self.inside:
            self.text.append(data)
        elif self.inside[-1][1].get("type") == "application/json":
            name = self.inside[-1][1]["id"]
            self.json[name] = self.json.get(name, "") + data

    @property
    def said(self):
        return " ".join(" ".join(self.text).split())

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def hostile_fit():
    fit = make_fake_fit(len(HOSTILE))
    names = dict(zip(fit.patient_ids, HOSTILE, strict=True))
    ratings = fit.diary.ratings
    ratings = ratings.assign(patient_id=ratings["patient_id"].map(names), site="<b>x</b>")
    problems = pd.DataFrame(
        {"row": [3], "patient_id": ["<u>"], "column": ["pain"], "value": ["<svg onload=1>"],
         "problem": ["text"], "fix": ["a number"]}
    )  # fmt: skip
    diary = replace(
        fit.diary,
        ratings=ratings,
        patients=fit.diary.patients.rename(index=names).assign(job="<script>2</script>"),
        problems=problems,
        notices=("read as <b>",),
    )
    return replace(fit, diary=diary, patient_ids=HOSTILE, info=fit.info.rename(index=names))


@pytest.fixture(scope="module")
def page():
    fit = make_fake_fit(20)
    return Page(report_html(fit, classify(fit), n_pictures=3, created=WHEN))


def test_the_statement_stands_word_for_word(page):
    assert STATEMENT == (
        "Research and case-review software, not a medical device; not for deciding one patient's "
        "care on its own. It does not show that treatment caused a change."
    )
    assert f"{STATEMENT} Warning signs: not supplied, not checked." in page.said


def test_warning_signs():
    assert warning_signs() == "Warning signs: not supplied, not checked."
    assert warning_signs(1) == "Warning signs: checked on 1 patient."


def test_the_answer_counts_as_the_table_does():
    courses = classify(make_fake_fit(20))
    table = courses.table()
    first, second = answer(courses, course_shares(courses))
    dip = table["p_dip"].mean()
    named = table["course"].isin(["worse_before_better", "transient_worsening"]).sum()
    assert (
        f"Of 18 patients who could be fitted, an expected {18 * dip:.0f} ({100 * dip:.0f}%;"
        in first
    )
    assert f"a dip can be named for {named} ({5 * named}%)" in second
    cannot = ((table["course"] == "cannot_tell") & (table["status"] != "not_fitted")).sum()
    assert f"for {cannot} ({5 * cannot}%) it cannot be told yet" in second
    assert "2 of 20 could not be fitted" in second


def test_the_answer_for_one_patient_and_for_nobody_fitted():
    one = classify(make_fake_fit(1))
    assert answer(one, course_shares(one))[0] == "One patient, P001: improving, clear (>99%)."
    fit = make_fake_fit(2)
    nobody = replace(
        fit,
        curves=np.full_like(fit.curves, np.nan),
        info=fit.info.assign(fitted=False, reason="one <b>rating</b>"),
    )
    courses = classify(nobody)
    assert answer(courses, course_shares(courses))[0] == "None of 2 patients could be fitted."
    assert "one &lt;b&gt;rating" in report_html(nobody, courses, created=WHEN)


def test_a_predicted_start_and_a_predicted_end_are_said(page):
    assert "2 of 20 patients were not rated at or before the start." in page.said
    assert "For 2 of 20 patients the last rating lies well before the end" in page.said


def test_landmarks_headings_and_descriptions(page):
    tags = [tag for tag, _ in page.elements]
    assert (
        tags.count("h1") == tags.count("main") == tags.count("header") == tags.count("footer") == 1
    )
    for section in page.all("section"):
        assert any(h.get("id") == section["aria-labelledby"] for h in page.all("h2"))
    pictures = [a for _, a in page.elements if a.get("role") == "img"]
    assert len(pictures) == 20 + 1 + 3
    assert all(a["aria-label"].strip() for a in pictures)
    assert page.all("html")[0]["lang"] == "en"
    ids = [a["id"] for _, a in page.elements if "id" in a]
    assert len(ids) == len(set(ids))
    anchors = {a["href"].removeprefix("#") for a in page.all("a")}
    assert anchors <= set(ids)


def test_nothing_comes_from_outside(page):
    for tag, attributes in page.elements:
        assert tag not in ("link", "iframe", "img", "object"), tag
        assert "src" not in attributes
        assert not attributes.get("href", "#").startswith(("http", "//"))
    policy = next(a["content"] for a in page.all("meta") if "http-equiv" in a)
    assert policy.startswith("default-src 'none'; script-src 'sha256-")


def test_plotly_is_embedded_once_and_each_figure_is_valid(page):
    runnable = [a for a in page.all("script") if "type" not in a]
    assert len(runnable) == 2
    assert set(page.json) == {"courses-data", "figure-1-data", "figure-2-data", "figure-3-data"}
    for text in page.json.values():
        assert {"data", "layout"} <= set(json.loads(text))


def test_ids_covariates_and_values_are_text_everywhere():
    fit = hostile_fit()
    source = report_html(fit, classify(fit), title="A <i>title</i>", created=WHEN)
    page = Page(source)
    for name in HOSTILE:
        assert name in " ".join(page.text), name
    assert len([a for a in page.all("script") if "type" not in a]) == 2
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"img", "i", "b", "u"}
    assert "onerror" not in {key for _, attributes in page.elements for key in attributes}
    assert "job: <script>2</script>" in page.said
    assert "<svg onload=1>" in page.said
    for text in page.json.values():
        assert "<" not in text
        json.loads(text)


def test_no_probability_is_shown_as_none_or_all(page):
    words = page.said.replace("(", " ").replace(")", " ").replace(",", " ").split()
    shown = {word for word in words if word.endswith("%")}
    assert "<1%" in shown
    assert ">99%" in shown
    assert not shown & {"0%", "100%"}


def test_large_cohorts_are_cut_openly():
    fit = make_fake_fit(600, n_draws=4)
    courses = classify(fit)
    page = Page(report_html(fit, courses, n_pictures=1, created=WHEN))
    assert "First 500 of 600 patients shown" in page.said
    assert f"first {LISTED_PER_GROUP} of " in page.said
    body_rows = len(patient_rows(courses.table(), fit.scale, fit.horizon)[:500])
    assert len([a for a in page.all("td") if "data-sort" in a]) == 12 * body_rows


def test_what_was_set_aside_is_said():
    fit = hostile_fit()
    late = pd.DataFrame({"patient_id": [HOSTILE[0]], "day": [99.0], "pain": [4.0]})
    ratings = fit.diary.ratings.copy()
    ratings.loc[:1, "inclusion"] = True
    fit = replace(
        fit,
        set_aside=late,
        diary=replace(fit.diary, ratings=ratings),
        retrospective=True,
        as_of_day=70.0,
    )
    said = Page(report_html(fit, classify(fit), created=WHEN)).said
    assert "Problems because of which rows were set aside: 1 of 1 shown." in said
    assert "Ratings after the horizon, not fitted: 1 of 1 shown." in said
    assert "2 ratings used to select patients" in said
    assert "Retrospective: the population was learned from later ratings" in said
    assert "Only ratings up to day 70 were used." in said
    assert "Read as <b>." in said


def test_thresholds_are_shown_with_source_and_assumption():
    fit = make_fake_fit(1)
    rows = {row["what"]: row for row in threshold_rows(classify(fit).criteria, fit.scale, 84.0)}
    assert rows["Worse"]["value"] == "2 points"
    assert rows["Worse"]["source"] == (
        "Assumed: no source gives a number, so that for “Better” is used."
    )
    assert rows["Better"]["source"] == (
        "Ostelo 2008, consensus for low back pain, Spine 33:90 doi:10.1097/BRS.0b013e31815e3a10"
    )
    # each number with its own source, and that one alone
    assert rows["Severe level"]["source"].endswith("Palos 2006, doi:10.1016/j.jpain.2005.07.012")
    assert "Ostelo" not in rows["Severe level"]["source"]
    assert rows["Shortest time that counts"]["value"] == "7 days"
    own = classify(fit, Criteria(worsening=3, sustained_days=20)).criteria
    rows = {row["what"]: row for row in threshold_rows(own, fit.scale, 84.0)}
    assert rows["Worse"] == {"what": "Worse", "value": "3 points", "source": "Set by the user."}
    assert rows["Sustained: worse on 80% of the last"]["source"] == "Set by the user."


class FakePopulation:
    """What a report reads of a population."""

    default = "rehabilitation"

    def __init__(self, n_patients):
        self.n_patients = n_patients
        self.source = "learned" if n_patients else "default"
        self.assumed_share = 20 / (20 + n_patients)


@pytest.mark.parametrize(
    ("n", "part"), [(20, "mainly"), (21, "in large part"), (49, "in large part"), (50, "")]
)
def test_small_cohorts_rest_on_assumptions_as_much_as_their_weight_says(n, part):
    said = " ".join(population_sentences(FakePopulation(n)))
    assert f"learned from {n} patients" in said
    found = re.search("the results rest (.*) on built-in assumptions", said)
    assert (found.group(1) if found else "") == part
    assert "Costa 2012" in said


def test_what_counts_and_what_is_in_the_curve_are_both_said_where_they_differ():
    own = Criteria(lasting_days=1).resolve(get_scale("nrs"), 84)
    assert limits(own, 84, 1.0) == limits(own, 84, None) == LIMITS
    first, *others = limits(own, 84, 7.0)
    assert "less than 7 days is not in the curve" in first
    assert "a change counts from 1 day on" in first
    assert tuple(others) == LIMITS[1:]
    rows = {row["what"]: row["value"] for row in threshold_rows(own, get_scale("nrs"), 84, 7.0)}
    assert rows["Shortest time that counts"] == "1 day"
    assert rows["Shortest time in a curve"] == "7 days"
    assert len(threshold_rows(own, get_scale("nrs"), 84, 1.0)) == len(rows) - 1


def test_one_is_told_as_one():
    fit = make_fake_fit(10)
    one = Criteria(worsening=1, improvement=1, lasting_days=1, sustained_days=1, certainty=0.865)
    courses = classify(fit, one)
    said = Page(report_html(fit, courses, created=WHEN)).said
    assert not re.search(r"\b1 (points|days|percentage points|patients)\b", said)
    assert "A course is called clear from 86.5%" in said
    share = Share(0.1, 0.05, 0.2)
    shares = course_shares(courses)._replace(n_fitted=10, dip=share, deterioration=share)
    first, _ = answer(courses, shares)
    assert "an expected 1 (10%; 90% interval 5% to 20%) passes through a dip" in first
    assert "and 1 (10%; 90% interval 5% to 20%) is worse at day 84" in first


def test_no_course_is_described_as_what_it_need_not_be():
    # worse first, then better, then near the start: fluctuating too
    assert "another order" not in COURSE_MEANINGS["fluctuating"]
    assert "better at the end" in COURSE_MEANINGS["fluctuating"]
    for course in DETERIORATION:
        assert "most" not in COURSE_MEANINGS[course] + ALOUD[course]


def test_nothing_learned_is_said():
    assert "No cohort was used" in population_sentences(FakePopulation(0))[0]


def test_a_second_default_is_set_beside_the_first():
    fit = make_fake_fit(20)
    first, second = classify(fit), classify(make_fake_fit(20, seed=9))
    table = compare_defaults(course_shares(first), course_shares(second), first, second)
    gaps = {
        name: second.table()[f"p_{name}"].mean() - first.table()[f"p_{name}"].mean()
        for name in course_shares(first).shares
    }
    largest = max(gaps, key=lambda name: abs(gaps[name]))
    assert table.largest.startswith(largest.replace("_", " "))
    renamed = (first.table()["course"] != second.table()["course"]).sum()
    assert table.n_renamed == renamed
    said = Page(report_html(fit, first, second=second, created=WHEN)).said
    assert "The same ratings under two sets of built-in assumptions" in said
    assert f"Largest difference: {table.largest}." in said


@pytest.fixture(scope="module")
def five_fitted():
    cohort = simulate_cohort(5, seed=3)
    return fit_curves(read_diary(cohort.ratings, scale="nrs"), horizon=84, draws=50)


def test_a_small_cohort_is_shown_under_a_second_default_without_asking(five_fitted):
    said = Page(report_html(five_fitted, classify(five_fitted), created=WHEN)).said
    assert "The same ratings under two sets of built-in assumptions" in said
    assert "(looking back, with what the whole cohort taught)" in said


def test_an_early_report_says_so_before_its_numbers(five_fitted):
    early = five_fitted.as_of(21)
    said = Page(report_html(early, classify(early), created=WHEN)).said
    top = said[: said.index("How common each course is.")]
    assert "Only ratings up to day 21 were used. Retrospective:" in top
    # Early ratings are not those that the population was learned from.
    assert "does not show the results under a second set" in said


def test_ratings_are_set_beside_those_that_the_model_makes(five_fitted):
    page = Page(report_html(five_fitted, classify(five_fitted), n_pictures=0, created=WHEN))
    check = check_cohort(five_fitted)
    after = page.said[page.said.index("How much rests on built-in assumptions") :]
    assert f"Does the model make ratings like these? {check.text}" in after
    drawn = json.loads(page.json["check-data"])
    marks = [trace for trace in drawn["data"] if trace["name"].startswith("as rated")]
    assert sum(len(trace["y"]) for trace in marks) == len(check.names)
    assert any(a.get("href") == "#model" for a in page.all("a"))


def test_one_patient_is_not_compared_with_a_cohort(five_fitted, page):
    one = five_fitted.select(five_fitted.patient_ids[:1])
    source = report_html(one, classify(one), n_pictures=0, created=WHEN)
    assert "ratings like these" not in source
    assert "ratings like these" not in page.said


def test_courses_of_other_patients_are_refused():
    with pytest.raises(ValueError, match="other patients"):
        report_html(make_fake_fit(3), classify(make_fake_fit(2)))


def test_the_file_is_written_aside_and_renamed(tmp_path, monkeypatch):
    fit = make_fake_fit(2)
    courses = classify(fit)
    target = tmp_path / "new folder" / "report.html"
    assert write_report(fit, courses, target, created=WHEN) == target
    before = target.read_bytes()
    assert before.decode("utf-8").replace("\r\n", "\n") == report_html(fit, courses, created=WHEN)

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_report(fit, courses, target, title="other", created=WHEN)
    assert target.read_bytes() == before
    assert [file.name for file in target.parent.iterdir()] == ["report.html"]


def test_the_same_input_gives_the_same_file():
    fit = make_fake_fit(6)
    pages = {report_html(fit, classify(fit), created=WHEN) for _ in range(2)}
    assert len(pages) == 1


# Warning signs and events


def symptoms_of(*rows, **options):
    return read_symptoms(pd.DataFrame(rows, columns=["patient_id", "day", "symptom"]), **options)


def events_of(*rows):
    return read_events(pd.DataFrame(rows, columns=["patient_id", "day", "event", "note"]))


@pytest.fixture(scope="module")
def told():
    """A report on twenty, of whom three were asked, with events of one."""
    fit = make_fake_fit(20)
    symptoms = symptoms_of(
        ("P001", 20, "saddle numbness"), ("P001", 27, "none"), ("P002", 20, "none"),
        ("P008", 30, "pain at rest"), ("P009", 30, "tired"), diary=fit.diary, lenient=True,
    )  # fmt: skip
    events = events_of(("P001", 33, "injection", "left side"), ("P003", 500, "moved", ""))
    courses = classify(fit)
    return Page(
        report_html(fit, courses, symptoms=symptoms, events=events, n_pictures=2, created=WHEN)
    )


def test_the_number_checked_is_said_wherever_the_statement_stands(told):
    said = (
        "Warning signs: checked on 3 patients. 2 reported at least one. Of the other 17 nothing is "
        "known. Not all answers could be used: 1 problem set aside."
    )
    assert told.said.count(said) == 3
    assert f"{STATEMENT} {said}" in told.said
    assert "not supplied" not in told.said


def test_signs_lead_the_report_with_day_grade_and_source(told):
    look = told.said.index("Who needs a look first Patients in groups")
    assert "Warning sign reported, same day (1)" in told.said[look:]
    assert "Warning sign: saddle numbness (same day) on day 20." in told.said
    assert "Source of saddle numbness: BMJ Best Practice, cauda equina syndrome" in told.said
    assert "Reported signs, the most urgent and latest first: 2 of 2 shown." in told.said
    assert "not on the review list: 1 of 1 shown." in told.said
    assert "tired is not one of the warning signs" in told.said
    assert "The grades are this project's; no publication gives them." in told.said
    assert "The signs that were looked for (22)" in told.said
    assert {a["href"] for a in told.all("a")} >= {"#signs", "#events"}


def test_events_are_listed_and_drawn_and_said_not_to_be_modelled(told, page):
    assert "2 events of 2 patients: injection 1, moved 1." in told.said
    assert "P001 day 33 injection left side" in told.said
    assert "No curve and no percentage depends on them." in told.said
    first = json.loads(told.json["figure-1-data"])
    names = {trace.get("name") for trace in first["data"]}
    assert {"event (shown, not modelled)", "warning sign, same day"} <= names
    described = [a.get("aria-label", "") for _, a in told.elements]
    assert any("1 warning sign, 1 event" in text for text in described)
    assert "#events" not in {a["href"] for a in page.all("a")}


def test_curves_and_percentages_are_the_same_with_and_without_them(told, page):
    cells = [[a["data-sort"] for a in one.all("td") if "data-sort" in a] for one in (told, page)]
    columns = 12
    rows = [{tuple(c[i : i + columns]) for i in range(0, len(c), columns)} for c in cells]
    assert rows[0] == rows[1]
    assert told.json["courses-data"] == page.json["courses-data"]


def test_an_early_report_knows_no_later_sign_or_event():
    fit = replace(make_fake_fit(3), as_of_day=21.0)
    said = Page(
        report_html(
            fit, classify(fit), created=WHEN,
            symptoms=symptoms_of(("P001", 20, "none"), ("P002", 22, "fever")),
            events=events_of(("P001", 22, "surgery", "")),
        )
    ).said  # fmt: skip
    assert "Warning signs: checked on 1 patient. None was reported." in said
    assert "fever (same day)" not in said
    assert "surgery on day" not in said
    assert "0 events of 0 patients." in said
    assert "No sign was reported. That does not mean that there was none." in said


def test_nobody_was_asked():
    fit = make_fake_fit(2)
    empty = read_symptoms(pd.DataFrame(columns=["patient_id", "day", "symptom"]))
    said = Page(report_html(fit, classify(fit), symptoms=empty, created=WHEN)).said
    assert "Warning signs: checked on 0 patients. Nobody was asked." in said


def answers(*rows):
    """Symptoms of which rows with problems were set aside."""
    table = pd.DataFrame(rows, columns=["patient_id", "day", "symptom"])
    return read_symptoms(table, lenient=True)


def test_answers_set_aside_are_not_said_not_to_have_been_given():
    fit = make_fake_fit(3)
    page = Page(
        report_html(
            fit, classify(fit), created=WHEN,
            symptoms=answers(("P001", 20, "Fieber"), ("P002", 20, "sadle numness")),
        )
    )  # fmt: skip
    assert "checked on 0 patients. No answer could be used: 2 problems set aside." in page.said
    assert "No sign is named in an answer that could be used." in page.said
    assert "Nobody was asked" not in page.said
    assert "No sign was reported" not in page.said
    some = answers(("P001", 20, "none"), ("P002", 20, "sadle numness"))
    said = signs_statement(fit, some)
    assert "None was reported in the answers that could be used." in said
    silent = signs_statement(fit, answers(("P001", 20, "")))
    assert "checked on 0 patients. Nobody gave an answer." in silent


def test_sessions_that_were_set_aside_are_listed_without_a_response_to_sessions():
    fit = make_fake_fit(2)
    table = pd.DataFrame([("P001", "x"), ("P002", 3)], columns=["patient_id", "day"])
    sessions = read_sessions(table, lenient=True)
    page = Page(report_html(fit, classify(fit), sessions=sessions, created=WHEN))
    assert "Sessions set aside because of a problem: 1 of 1 shown." in page.said
    assert "No row of the ratings was set aside because of a problem." in page.said


def test_every_reason_for_naming_no_course_is_in_the_table_of_courses(page):
    for words in ("20% or more of them end worse", "the start was not rated", "no curve fits"):
        assert words in page.said
    assert "Marked, with 90% intervals: " in page.said


def test_without_a_rating_since_the_start_nothing_is_compared():
    row = {"p_dip": 0.16, "p_deterioration": 0.12, "status": "forecast", "n_ratings": 2}
    said = before_and_after(row, {**row, "n_baseline": 2})
    assert said.startswith("No rating since the start was fitted: dip 16%")
    assert "With them: 16% and 12%." in before_and_after(row, {**row, "n_baseline": 1})


def test_one_is_singular_and_a_question_ends_as_one():
    fit = make_fake_fit(20)
    info = fit.info.copy()
    first = info.index[0]
    unrated = info["n_baseline"] == 0
    info.loc[unrated & (info.index != info.index[unrated][0]), "n_baseline"] = 1
    info.loc[first, ["fitted", "reason"]] = [False, "no usable rating"]
    diary = replace(fit.diary, notices=("is this the right scale?",))
    one = replace(fit, info=info, diary=diary)
    page = Page(report_html(one, classify(one), created=WHEN))
    assert "1 of 20 patients was not rated at or before the start." in page.said
    assert "Is this the right scale?" in page.said
    assert "scale?." not in page.said


def test_events_notes_and_own_signs_are_text_everywhere():
    fit, text = make_fake_fit(2), HOSTILE[0]
    sign = {"grade": "prompt", "label": HOSTILE[1], "source": text}
    source = report_html(
        fit,
        classify(fit),
        symptoms=symptoms_of(("P001", 20, "odd"), signs={"odd": sign}),
        events=events_of(("P001", 30, text, HOSTILE[2]), ("P002", 3, "{{ 7*7 }} $x$", "")),
        created=WHEN,
    )
    page = Page(source)
    for shown in (*HOSTILE[:3], "{{ 7*7 }} $x$"):
        assert shown in " ".join(page.text), shown
    assert len([a for a in page.all("script") if "type" not in a]) == 2
    assert not {tag for tag, _ in page.elements} & {"img", "i", "b", "u"}
    for block in page.json.values():
        assert "<" not in block
        json.loads(block)
    # The built-in note is about signs that were not looked for here.
    assert "The grades are this project's" not in page.said
