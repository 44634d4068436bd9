"""Sessions in the report: the section, the marks, and nothing else."""

from itertools import product

import pandas as pd
import pytest

import paintrend as pt
from paintrend.errors import InputError
from paintrend.report.cohort import report_html
from paintrend.report.sessions import OBSERVED_ONLY, need_of, session_facts
from paintrend.results.dose_effect import DoseEffect
from paintrend.results.session_criteria import SessionCriteria
from paintrend.session_rules import VERDICTS
from paintrend.simulate import Soreness, Visits
from paintrend.soreness.timing import Coverage
from paintrend.soreness.verdicts import Facts, give_verdict
from paintrend.wording import number, percent

from .test_report import HOSTILE, WHEN, Page


@pytest.fixture(scope="module")
def known():
    """Fit, sessions and response of eight: one without a session, texts that are no markup."""
    cohort = pt.simulate_sessions(
        8, horizon=21, seed=2, soreness=Soreness(none=0.3, first=3.0, spread=0.3, settled=1.0),
        visits=Visits(days=[float(day) for day in range(-3, 22)], dropout=0.0),
    )  # fmt: skip
    diary = pt.read_diary(cohort.ratings, scale="nrs")
    table = cohort.sessions[cohort.sessions["patient_id"] != "P008"]
    table = table.assign(type=HOSTILE[0], reason=table["reason"].fillna("") + HOSTILE[1])
    table = pd.concat([table, table.tail(1).assign(status="perhaps")])
    sessions = pt.read_sessions(table, diary, lenient=True)
    fit = pt.fit_curves(diary, horizon=21, draws=40)
    return fit, sessions, pt.session_response(fit, sessions)


@pytest.fixture(scope="module")
def pages(known):
    fit, sessions, response = known
    courses = pt.classify(fit)
    options = {"created": WHEN, "n_pictures": 2, "second": courses}
    return tuple(
        Page(report_html(fit, courses, **options, **more))
        for more in ({}, {"sessions": sessions}, {"response": response, "dose": dose_of(response)})
    )


def dose_of(response):
    rows = [("dose", "within", 0.31, 0.12, 0.5, "points per unit of dose", 7),
            ("rest", "between", -0.2, -0.45, 0.05, "points per day of rest", 7)]  # fmt: skip
    names = ["quantity", "comparison", "effect", "low", "high", "unit", "n_patients"]
    table = pd.DataFrame(rows, columns=names)
    return DoseEffect(table, response.scale, 4, 1, ("no dose is given for most sessions",))


# The section


def test_verdicts_are_counted_as_the_table_does(known):
    response = known[2]
    facts, table = session_facts(response), response.table()
    counts = table["verdict"].value_counts()
    for name, _, named, clear, share in facts.verdicts:
        own = table[table["verdict"] == name.replace(" ", "_")]
        assert named.split(" ")[0] == str(counts.get(name.replace(" ", "_"), 0))
        if name != "cannot tell":
            assert clear == str((own["confidence"] == "clear").sum())
            assert share == percent(table["p_" + name.replace(" ", "_")].mean())
    assert sum(int(row[2].split(" ")[0]) for row in facts.verdicts) == len(table) == 8
    assert [row[0] for row in facts.patients] == list(response.patient_ids)


def test_the_response_of_the_cohort_has_its_intervals(known):
    response = known[2]
    pooled = response.pooled.set_index("quantity")
    rows = {row[0]: row[1:] for row in session_facts(response).response}
    low, high = (number(pooled.loc["rise", key], 2) for key in ("low", "high"))
    assert rows["rise after a session, mean over sessions"] == (
        f"{number(pooled.loc['rise', 'median'], 2)} points", f"{low} to {high}", "7"
    )  # fmt: skip
    left = pooled.loc["left"]
    assert rows["share of the rise that is left when the next session comes"][0] == percent(
        left["median"]
    )
    # "no response" is the name of a verdict, which holds for small rises too
    assert session_facts(response).time_courses[0][0] == "no rise at all"
    shares = [row[3] for row in session_facts(response).time_courses]
    assert shares[0] == percent(response.population.share[0])
    flats = [row[1] for row in session_facts(response).time_courses]
    rows = response.population.responses
    assert sorted(flats) == sorted(["", *(number(row.flat_days, 2) for row in rows)])
    assert {"0", "1.45", "3.15"} < set(flats)


def test_courses_stand_side_by_side(known):
    response = known[2]
    facts, table = session_facts(response), response.table()
    differ = table[table["course"] != table["course_ignoring"]]
    assert facts.n_renamed == len(differ) == facts.comparison.n_renamed
    assert [row[0] for row in facts.renamed] == differ["patient_id"].tolist()
    # the first column is the one of the rest of the report
    ignoring = response.courses_ignoring.table()["p_improving"].mean()
    assert facts.comparison.rows[0][1] == percent(ignoring)


def test_what_would_be_needed_is_counted(known):
    response = known[2]
    facts, table = session_facts(response), response.table()
    assert sum(int(n) for _, n in facts.needed) == (table["verdict"] == "cannot_tell").sum()
    assert ("No session attended", "1") in facts.needed


def test_every_reason_for_not_telling_names_what_is_needed():
    shares = dict(zip(VERDICTS, (0.3, 0.3, 0.3, 0.1), strict=True))
    found = set()
    for n, pairs, before, after in product((2, 9), (0, 9), (0, 9), (0, 9)):
        facts = Facts(
            shares, 1.0, 0.3, 0.0, n, Coverage(pairs=pairs, before=before, after=after), True,
            "points",
        )  # fmt: skip
        verdict = give_verdict(facts, SessionCriteria(rise=1.0, climb=2.0))
        assert verdict.name == "cannot_tell"
        found.add(need_of(verdict.reason))
    assert found == {
        "at least 3 sessions attended",
        "ratings 24 to 72 h after a session",
        "ratings shortly before a session",
        "ratings 24 to 72 h after a session and ratings shortly before a session",
        "ratings before and 24 to 72 h after the same session",
        "more sessions rated before and 24 to 72 hours after, and a pause or uneven gaps",
    }


def test_the_section_says_what_cannot_be_shown(pages):
    page = pages[2]
    assert "#sessions" in {a["href"] for a in page.all("a")}
    assert OBSERVED_ONLY in page.said
    assert "After sessions, of 8 patients: settles" in page.said
    assert "7 of 8 patients attended at least one." in page.said
    assert "Courses with and without the response left out" in page.said
    assert "Sessions set aside because of a problem: 1 of 1 shown." in page.said
    assert "sessions-figure-data" in page.json


def test_without_a_response_there_is_no_section_and_without_sessions_nothing(pages):
    plain, marked, _ = pages
    for page in (plain, marked):
        assert "#sessions" not in {a["href"] for a in page.all("a")}
        assert "After sessions" not in page.said
    assert '"session"' not in plain.json["figure-1-data"]
    assert "sessions are shown, not modelled" not in plain.json["figure-1-data"]
    for page in pages[1:]:
        assert '"name":"session"' in page.json["figure-1-data"]
        assert "sessions are shown, not modelled" in page.json["figure-1-data"]
        assert "of a session" in page.said or "after a session" in page.said


def test_order_and_percentages_are_the_same_with_and_without_it(pages):
    cells = [[a["data-sort"] for a in page.all("td") if "data-sort" in a] for page in pages]
    assert cells[0] == cells[1] == cells[2]
    assert len({page.json["courses-data"] for page in pages}) == 1
    titles = [[a["href"] for a in page.all("a") if "picture" in a["href"]] for page in pages]
    assert titles[0] == titles[1] == titles[2]


def test_effects_of_dose_come_with_what_they_cannot_show(known, pages):
    response = known[2]
    facts = session_facts(response, dose_of(response))
    minus = "\N{MINUS SIGN}"
    assert facts.dose == (
        ("dose, within patients", "0.31 points per unit of dose", "0.12 to 0.5", "7"),
        ("rest before a session, between patients", f"{minus}0.2 points per day of rest",
         f"{minus}0.45 to 0.05", "7"),
    )  # fmt: skip
    said = pages[2].said
    assert "Dose and rest" in said
    assert "None of these numbers shows what would happen if dose or rest were changed." in said
    assert "Here: 4 sessions cancelled, 1 of them because of pain." in said
    assert "No dose is given for most sessions." in said
    assert "Dose and rest" not in pages[1].said
    assert session_facts(response).dose == ()


def test_a_dose_without_its_response_is_refused(known):
    fit, _, response = known
    with pytest.raises(InputError, match="goes with the response="):
        report_html(fit, pt.classify(fit), dose=dose_of(response))


def test_small_pictures_of_the_list_have_marks(pages):
    plain, marked, _ = pages
    assert "marks below are sessions" in marked.said
    assert "marks below are sessions" not in plain.said


def test_texts_of_sessions_are_text(pages):
    page = pages[2]
    assert len([a for a in page.all("script") if "type" not in a]) == 2
    assert not page.all("img")
    assert "<script" not in page.json["figure-1-data"]


def test_a_response_that_does_not_belong_to_the_fit_is_refused(known):
    fit, _, response = known
    some = fit.select(fit.patient_ids[:3])
    with pytest.raises(InputError, match="of other patients than the fit"):
        report_html(some, pt.classify(some), response=response)
    early = fit.as_of(14)
    with pytest.raises(InputError, match="another horizon or day"):
        report_html(early, pt.classify(early), response=response)
    with pytest.raises(InputError, match="comes from fit_curves"):
        report_html(response.fit, response.courses, response=response)
