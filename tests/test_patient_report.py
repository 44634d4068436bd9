"""The page of one patient: what is said, what is never said, and what it holds."""

import re
from dataclasses import replace
from datetime import datetime

import pandas as pd
import pytest

from paintrend.core.course_rules import COURSES
from paintrend.courses import classify
from paintrend.errors import BrowserError, InputError, MissingExtraError, UnknownPatientError
from paintrend.events import read_events
from paintrend.report import word
from paintrend.report.aloud import ALOUD, not_known, of_hundred, words_aloud
from paintrend.report.cohort import write_report
from paintrend.report.patient import patient_html, write_patient_report
from paintrend.report.patient_tables import _share, check_rows, short_thresholds
from paintrend.report.static import figures_in, static_page
from paintrend.report.text import LIMITS, STATEMENT
from paintrend.report.tree import Element, parse_page
from paintrend.report.word_fit import page_letters
from paintrend.results.criteria import Criteria
from paintrend.scales import get_scale
from paintrend.symptoms import read_symptoms

from .fakes import KINDS, make_fake_fit

WHEN = datetime(2026, 1, 2, 3, 4)
KIND = {kind: f"P{i + 1:03d}" for i, kind in enumerate(KINDS)}

# Words that a text for patients must not hold: terms of statistics, comfort, alarm, advice.
JARGON = r"posterior|probabilit|median|percent|interval|horizon|baseline|sigma|model|deteriorat|%"
COMFORT = r"worr|reassur|fine|good news|bad news|normal|danger|safe|hope|unfortunately|luckily"
ADVICE = r"should|must|recommend|consult|contact|doctor|continue|stop|try|please|advis|better to"


@pytest.fixture(scope="module")
def fit():
    return make_fake_fit(len(KINDS))


@pytest.fixture(scope="module")
def courses(fit):
    return classify(fit)


@pytest.fixture(scope="module")
def reported(fit):
    signs = pd.DataFrame(
        {"patient_id": ["P001", "P002", "P002"], "day": [14, 20, 30],
         "symptom": ["none", "pain at rest", "saddle numbness"]}
    )  # fmt: skip
    events = pd.DataFrame({"patient_id": ["P002"], "day": [21], "event": ["injection"]})
    return {
        "symptoms": read_symptoms(signs, fit.diary),
        "events": read_events(events, fit.diary),
    }


def said(fit, courses, patient_id, **options):
    page = patient_html(fit, courses, patient_id, created=WHEN, **options)
    return next(parse_page(page).all("body")).text


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_read_aloud_is_plain_and_gives_no_comfort_and_no_advice(fit, courses, kind):
    name = KIND[kind]
    words = [*words_aloud(fit[name], courses[name], None), not_known(fit[name], courses[name])]
    text = " ".join(words)
    assert not re.findall(JARGON, text, re.IGNORECASE)
    assert not re.findall(COMFORT, text, re.IGNORECASE)
    assert not re.findall(rf"\b({ADVICE})", text, re.IGNORECASE)
    assert "nan" not in text
    assert "not known: why your ratings changed" in text
    assert "no record that you were asked" in text


def test_the_counts_are_those_of_the_courses(fit, courses):
    for kind in ("improving", "worse_before_better", "sustained_deterioration"):
        row = courses[KIND[kind]].row
        text = " ".join(words_aloud(fit[KIND[kind]], courses[KIND[kind]], None))
        looks = ALOUD[row["course"]].format(sustained="21 days")
        assert f"lines that fit look like this: {looks}." in text
        assert of_hundred(row[f"p_{row['course']}"]).lower() in text.lower()
        assert f"{of_hundred(row['p_deterioration'])} are worse on day 84" in text[0].lower() + (
            text[1:].replace("Fewer", "fewer").replace("More", "more")
        )


def test_what_could_not_show_and_what_is_predicted_is_told(fit, courses):
    def words(kind):
        return " ".join(words_aloud(fit[KIND[kind]], courses[KIND[kind]], None))

    assert "so near the worst end of the scale" in words("no_room")
    assert "Your last rating was on day 21. How it went on is not known" in words("forecast")
    assert "How you were then is not known" in words("no_baseline")
    assert "nothing can be said about their course" in words("not_fitted")


def test_ratings_after_the_horizon_are_not_called_the_last_and_not_used(fit, courses):
    name = KIND["forecast"]
    late = pd.DataFrame({"day": [100.0], "pain": [2.0]})
    own = replace(fit[name], ratings=pd.concat([fit[name].ratings, late], ignore_index=True))
    text = " ".join(words_aloud(own, courses[name], None))
    assert "to day 100; treatment started on day 0. 1 of them came after day 84 and is not" in text
    assert "Your last rating that is used here was on day 21." in text
    unknown = not_known(own, courses[name])
    assert "What your ratings after day 84 show was not looked at here." in unknown
    assert "is not known either" not in unknown
    assert "is not known either" in not_known(fit[name], courses[name])


def test_hours_are_read_aloud_as_hours():
    fit = make_fake_fit(len(KINDS), horizon=2.0)
    courses = classify(fit, Criteria(worsening=1, improvement=1, lasting_days=1 / 24))
    for name in fit.patient_ids:
        words = [*words_aloud(fit[name], courses[name], None), not_known(fit[name], courses[name])]
        assert not re.search(r"\bdays?\b|\bon (hour|minute)\b|\b1 (points|hours)", " ".join(words))
    assert "is at least 1 point and lasts at least 1 hour." in words[-1]
    # what is not in the line cannot count
    assert "at least 4 hours." in not_known(fit[name], courses[name], 4 / 24)


def test_a_scale_on_which_high_is_good_is_told_in_its_own_values():
    scale = replace(get_scale("nrs"), name="own", higher_is_worse=False)
    fit = make_fake_fit(2, scale=scale)
    text = " ".join(words_aloud(fit["P001"], classify(fit)["P001"], None))
    assert "10 is the best value and 0 the worst" in text


def test_warning_signs_are_told_with_their_days(fit, courses, reported):
    own = reported["symptoms"]
    asked = words_aloud(fit["P001"], courses["P001"], own.select(["P001"]))[-1]
    assert asked == (
        "Warning signs: you were asked on day 14 and named none. That does not mean that there was "
        "none."
    )
    named = words_aloud(fit["P002"], courses["P002"], own.select(["P002"]))[-1]
    assert "pain at rest (day 20)" in named
    assert "saddle numbness (day 30)" in named


def test_answers_that_could_not_be_used_are_not_read_aloud_as_none(fit, courses):
    rows = [("P001", 14, "none"), ("P001", 21, "sadle numness"), ("P002", 14, "Fieber")]
    table = pd.DataFrame(rows, columns=["patient_id", "day", "symptom"])
    own = read_symptoms(table, fit.diary, lenient=True)
    some = words_aloud(fit["P001"], courses["P001"], own.select(["P001"]))[-1]
    assert "named none. Other answers of yours could not be used. That does not mean" in some
    nothing = words_aloud(fit["P002"], courses["P002"], own.select(["P002"]))[-1]
    assert "could not be used, so nothing is said about them here" in nothing


@pytest.mark.parametrize(("kind", "day"), [("forecast", 21), ("no_baseline", 84)])
def test_what_comes_after_the_last_rating_is_read_aloud_as_not_known(fit, courses, kind, day):
    name = KIND[kind]
    assert f"What comes after day {day} is not known" in not_known(fit[name], courses[name])


def test_the_page_holds_everything(fit, courses, reported):
    text = said(fit, courses, "P002", **reported)
    assert text.count(STATEMENT) == 2
    assert "Warning signs: checked on 1 patient. 1 reported at least one." in text
    for row in check_rows(courses["P002"]):
        assert " ".join(row[0].split()) in text
    for row in short_thresholds(courses.criteria, fit.scale, fit.horizon):
        assert row["source"] in text
    assert "doi:10.1097/BRS.0b013e31815e3a10" in text
    assert "Assumed" in text
    assert all(limit in text for limit in LIMITS[1:4])
    assert "Events, as reported: injection (day 21)." in text
    assert "No row of this patient was set aside" in text
    assert "Before the ratings since the start" in text
    assert "each for at least 7 days" in text
    assert "Warning signs: not supplied, not checked." in said(fit, courses, "P001")


def test_problems_of_this_patient_are_told_and_counted(fit, courses):
    columns = ["row", "patient_id", "column", "value", "problem", "fix"]
    rows = [[i, "P001", "pain", "99", f"problem {i}", "mend it"] for i in range(5)]
    rows.append([9, "P002", "pain", "x", "of another", "mend it"])
    problems = pd.DataFrame(rows, columns=columns)
    broken = replace(fit, diary=replace(fit.diary, problems=problems))
    text = said(broken, courses, "P001")
    assert "Set aside of ratings (first 3 of 5): row 0, pain: problem 0;" in text
    assert "of another" not in text


def test_nothing_of_another_patient_is_on_the_page(fit, courses, reported):
    page = patient_html(fit, courses, "P001", created=WHEN, **reported)
    assert "P001" in page
    assert not re.findall(r"\bP00[2-9]\b|\bP010\b", page)
    assert "saddle numbness" not in page
    assert "injection" not in page


def test_ids_are_text(fit, courses):
    hostile = '<script>alert(1)</script>"&'
    names = {"P001": hostile}
    diary = replace(
        fit.diary,
        ratings=fit.diary.ratings.replace({"patient_id": names}),
        patients=fit.diary.patients.rename(index=names),
    )
    ids = tuple(names.get(name, name) for name in fit.patient_ids)
    other = replace(fit, diary=diary, patient_ids=ids, info=fit.info.rename(index=names))
    page = patient_html(other, classify(other), hostile, created=WHEN)
    assert "<script>alert" not in page
    assert hostile in next(parse_page(page).all("h1")).text


def test_a_page_without_scripts_has_pictures_in_their_place(fit, courses):
    page = patient_html(fit, courses, "P001", created=WHEN)
    (name, found), *_ = figures_in(page).items()
    assert found.alt.startswith("Patient P001: improving")
    assert found.figure.layout.title.text in (None, "")
    bare = static_page(page, {name: b"<svg/>"})
    assert "<script" not in bare
    assert "script-src" not in bare
    assert bare.count("<img ") == 1
    assert parse_page(bare).text == parse_page(page).text


def test_what_cannot_be_written_is_told_before_anything_is_computed(fit, courses, tmp_path):
    with pytest.raises(InputError, match=r"'p\.doc' has another end"):
        write_patient_report(fit, courses, "P001", tmp_path / "p.doc")
    with pytest.raises(InputError, match="paper must be one of a4, letter"):
        write_report(fit, courses, tmp_path / "r.html", paper="a5")
    with pytest.raises(UnknownPatientError, match="no patient 'P999'"):
        write_patient_report(fit, courses, "P999", tmp_path / "p.html")
    assert not list(tmp_path.iterdir())


def test_a_missing_extra_and_a_missing_browser_are_named(monkeypatch, fit, courses, tmp_path):
    def absent(name):
        raise ImportError(name)

    pytest.importorskip("docx")
    monkeypatch.setattr(word, "import_module", absent)
    with pytest.raises(MissingExtraError, match=r"write_patient_report.*paintrend\[word,export\]"):
        write_patient_report(fit, courses, "P001", tmp_path / "p.docx")
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "none"))
    with pytest.raises(BrowserError, match="Reports as PDF need a browser, and BROWSER_PATH"):
        write_report(fit, courses, tmp_path / "r.pdf")
    assert write_patient_report(fit, courses, "P001", tmp_path / "p.html").exists()


def test_the_name_of_the_scale_fits_beside_the_picture(fit, courses):
    name = fit.patient_ids[0]
    (shown,) = figures_in(patient_html(fit, courses, name, created=WHEN)).values()
    figure = shown.figure
    title, layout = figure.layout.yaxis.title, figure.layout
    assert layout.height - layout.margin.t - layout.margin.b >= 200
    # letters are about half as wide as they are high
    lines = title.text.split("<br>")
    assert max(map(len, lines)) * title.font.size / 2 <= 200
    assert layout.margin.l >= 1.3 * title.font.size * len(lines) + 25


def test_letters_of_a_word_file_become_smaller_where_there_is_more_to_say(fit, courses):
    body = next(parse_page(patient_html(fit, courses, "P001")).all("body"))
    size = page_letters(body, 210, 297)
    assert 7 <= size <= 8
    more = next(parse_page(patient_html(fit, courses, "P001")).all("body"))
    main = next(more.all("main"))
    main.children += [Element("p", {}, ["much more to say " * 30])] * 3
    assert page_letters(more, 210, 297) < size
    # a letter is lower than A4
    assert page_letters(body, 216, 279) <= size


def renamed(fit, old, new):
    """The same fit with another id for one patient."""
    ids = tuple(new if name == old else name for name in fit.patient_ids)
    diary = fit.diary
    tables = {
        name: getattr(diary, name).assign(
            patient_id=getattr(diary, name)["patient_id"].replace(old, new)
        )
        for name in ("ratings", "missing")
    }
    diary = replace(diary, **tables, patients=diary.patients.rename(index={old: new}))
    return replace(fit, diary=diary, patient_ids=ids, info=fit.info.rename(index={old: new}))


@pytest.mark.parametrize("title", [None, "The page of one patient"])
def test_the_whole_id_is_on_the_page(fit, title):
    name = "patient 2 of the outpatient department, ward B, second floor, " + "x" * 20
    long = renamed(fit, "P002", name)
    page = patient_html(long, classify(long), name, created=WHEN, title=title)
    assert f"Patient <bdi>{name}</bdi>. " in page
    other = renamed(long, "P003", name[:-1] + "y")
    pages = [patient_html(other, classify(other), i, created=WHEN) for i in other.patient_ids[1:3]]
    headings = [re.search("<h1>(.*)</h1>", page).group(1) for page in pages]
    assert headings[0] != headings[1]
    short = patient_html(fit, classify(fit), "P002", created=WHEN)
    assert "<bdi>P002</bdi>" not in short
    one = renamed(fit, "P002", "1")
    assert "Patient <bdi>1</bdi>. " in patient_html(
        one, classify(one), "1", created=WHEN, title="Visit of 12 March 2026"
    )


def test_a_covariate_that_is_missing_is_said_in_words(fit, courses):
    diary = fit.diary
    patients = pd.DataFrame({"age": 63.0, "arm": None}, index=diary.patients.index)
    patients["age"] = patients["age"].where(patients.index != "P001")
    told = replace(fit, diary=replace(diary, patients=patients))
    page = patient_html(told, courses, "P001", created=WHEN)
    assert "age: not given; arm: not given" in page
    assert "age: 63.0; arm: not given" in patient_html(told, courses, "P002", created=WHEN)


def test_one_patient_was_asked_or_was_not(fit, courses):
    empty = read_symptoms(pd.DataFrame(columns=["patient_id", "day", "symptom"]), fit.diary)
    page = patient_html(fit, courses, "P001", symptoms=empty, created=WHEN)
    assert "checked on 0 patients. This patient was not asked." in page
    assert "Nobody" not in page.split("<script")[0]


def test_the_page_shows_the_check_of_a_poor_fit_and_never_a_share_rounded_onto_its_threshold(fit):
    poor = replace(fit, info=fit.info.assign(fit_p=0.0048))
    rows = {rule: (found, met) for rule, found, met in check_rows(classify(poor)["P003"])}
    (check,) = (row for rule, row in rows.items() if "sets made from the curves" in rule)
    assert check == ("0.48% (≥ 0.5%)", "no")
    course = classify(fit)["P003"]
    top = max(course.row[f"p_{name}"] for name in COURSES)
    strict = replace(course, criteria=replace(course.criteria, certainty=top + 0.002))
    (check,) = (row for row in check_rows(strict) if row[0].startswith("clear: "))
    found, least = map(float, re.findall(r"[\d.]+(?=%)", check[1]))
    assert (found < least, check[2]) == (True, "no")


def test_a_size_that_misses_its_threshold_is_not_shown_as_the_threshold(courses):
    course = courses["P001"]
    features = course.features.copy()
    features[:, course.feature_names.index("end_change")] = -1.998
    rows = {rule: found for rule, found, _ in check_rows(replace(course, features=features))}
    (found,) = (row for rule, row in rows.items() if rule.startswith("ends better"))
    assert found == "\N{MINUS SIGN}1.998 (≤ \N{MINUS SIGN}2 points)"


@pytest.mark.parametrize(
    ("value", "least", "certainty", "shown"),
    [
        (0.9997, 0.865, 0.865, ">99%"),
        (0.00004, 0.005, 0.8, "0.004%"),
        (0.99999, 0.995, 0.995, "99.999%"),
        (0.998, 0.995, 0.995, "99.8%"),
        (0.998, 0.5, 0.995, "99.8%"),
        (0.002, 0.5, 0.865, "<1%"),
        (0.865, 0.865, 0.865, "86.5%"),
        (0.8649, 0.865, 0.865, "86%"),
        (0.8721, 0.5, 0.872, "87.21%"),
        (0.7, 0.865, 0.865, "70%"),
        (1.0, 0.8, 0.8, "100%"),
    ],
)
def test_a_share_is_said_in_whole_percent_unless_that_hides_a_threshold(
    value, least, certainty, shown
):
    assert _share(value, least, certainty) == shown
