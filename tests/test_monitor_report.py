"""The review list of patients who are followed: order, words, page and files."""

import csv
import re
from html import unescape

import pandas as pd
import pytest

import paintrend as pt
from paintrend.cli import main
from paintrend.errors import InputError
from paintrend.export.data import figure_table
from paintrend.monitoring.hiding import hidden_monitor
from paintrend.monitoring.review_list import fit_latest, list_latest
from paintrend.monitoring.states import MEANINGS, NOW, OUTLOOK
from paintrend.report.monitor import monitor_html
from paintrend.report.static import figures_in
from paintrend.report.text import STATEMENT

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def population():
    others = pt.read_diary(pt.simulate_cohort(30, seed=2).ratings, scale="nrs")
    return pt.fit_curves(others, horizon=84, draws=20).population


@pytest.fixture(scope="module")
def frame():
    ratings = pt.simulate_cohort(8, seed=11).ratings[["patient_id", "day", "pain"]]
    ratings["patient_id"] = ratings["patient_id"].replace({"P001": HOSTILE, "P002": "=1+1"})
    return ratings[ratings["day"] <= 30]


@pytest.fixture(scope="module")
def watched(frame, population):
    diary = pt.read_diary(frame, scale="nrs")
    told = pd.DataFrame({"patient_id": ["P004"], "day": [21], "symptom": ["fever"]})
    injected = pd.DataFrame({"patient_id": ["P005"], "day": [10], "event": ["injection"]})
    return pt.monitor(
        diary,
        population=population,
        symptoms=pt.read_symptoms(told, diary),
        events=pt.read_events(injected, diary),
        draws=40,
    )


def test_the_list_has_everybody_once_and_a_sign_first(watched):
    listed = pt.review_monitor(watched)
    assert sorted(listed["patient_id"]) == sorted(watched.patient_ids)
    assert listed.loc[0, ["patient_id", "group"]].tolist() == ["P004", "same_day"]
    latest = watched.latest().set_index("patient_id")["state"]
    assert listed["state"].tolist() == latest[listed["patient_id"]].tolist()
    assert not listed.columns.duplicated().any()


def test_shares_of_the_list_are_those_of_the_last_look(watched):
    listed = pt.review_monitor(watched).set_index("patient_id")
    latest = watched.latest().set_index("patient_id").loc[listed.index]
    assert listed["p_deterioration"].tolist() == latest["p_deterioration"].tolist()
    assert listed["p_end_better"].tolist() == latest["p_end_better"].tolist()


def test_a_cross_fitted_cohort_has_no_list(frame):
    replayed = pt.monitor(
        pt.read_diary(frame, scale="nrs"), horizon=84, folds=2, draws=20, plan="none"
    )
    with pytest.raises(InputError, match="replayed and cross-fitted"):
        pt.review_monitor(replayed)


@pytest.fixture(scope="module")
def page(watched, tmp_path_factory):
    path = tmp_path_factory.mktemp("list") / "index.html"
    pt.write_monitor_report(watched, path, n_pictures=3, alarm=0.4)
    return path.read_text(encoding="utf-8")


def test_the_page_says_what_it_must(page, watched):
    page = unescape(page)
    assert STATEMENT in page
    assert "Warning signs: checked on 1 patient." in page
    assert "the end can be likely where no course can be named yet" in page
    assert "the end cannot be told yet." in page
    assert "injection" in page
    assert page.count('class="figure"') == 3
    for patient in watched:
        if patient != HOSTILE:
            assert patient in page
    for words, when in MEANINGS:
        assert words in page
        assert when in page


def test_the_page_needs_no_network_and_runs_no_foreign_script(page):
    assert HOSTILE not in page
    without_scripts = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", without_scripts)


KEY = "correct horse battery staple"


def test_the_page_can_hide_who_the_patients_are(watched):
    fit, courses = fit_latest(watched)
    review = list_latest(watched, fit, courses)
    whole, bare = (
        monitor_html(watched, fit, courses, review, n_pictures=3, privacy=privacy)
        for privacy in (None, pt.Privacy(key=KEY))
    )
    assert not re.search(r"\bP00\d\b", re.sub(r"<script>.*?</script>", "", bare, flags=re.DOTALL))
    privacy = pt.Privacy(key=KEY)
    for patient in watched:
        assert privacy.pseudonym(patient) in bare
    # no number moves: the same shares, curves and visits
    first, second = figures_in(whole), figures_in(bare)
    assert list(first) == list(second)
    for name, found in first.items():
        one = figure_table(found.figure).drop(columns="text")
        two = figure_table(second[name].figure).drop(columns="text")
        assert one.equals(two)
    numbers = [re.findall(r"\d+%", page.split("<script>")[0]) for page in (whole, bare)]
    assert sorted(numbers[0]) == sorted(numbers[1])


def test_a_hidden_monitor_keeps_states_and_has_no_id(watched):
    privacy = pt.Privacy(key=KEY)
    hidden = hidden_monitor(watched, privacy)
    assert sorted(hidden.patient_ids) == sorted(map(privacy.pseudonym, watched.patient_ids))
    before = watched.latest().set_index("patient_id")["state"]
    after = hidden.latest().set_index("patient_id")["state"]
    for name in watched:
        assert after[privacy.pseudonym(name)] == before[name]
    tables = [hidden.looks, hidden.coming, hidden.events.table, hidden.symptoms.table]
    assert not any(set(table["patient_id"]) & set(watched.patient_ids) for table in tables)
    assert not any("P004" in notice for notice in hidden.notices)


def test_a_wrong_end_is_told_before_anything_is_fitted(watched, tmp_path, monkeypatch):
    monkeypatch.setattr("paintrend.report.monitor.fit_latest", lambda monitor: 1 / 0)
    with pytest.raises(InputError, match=r"\.html, \.pdf or \.docx"):
        pt.write_monitor_report(watched, tmp_path / "list.odt")


@pytest.mark.browser
def test_the_list_as_pdf_and_word(chromium, watched, tmp_path):
    pypdf, docx = pytest.importorskip("pypdf"), pytest.importorskip("docx")
    for kind in ("pdf", "docx"):
        pt.write_monitor_report(watched, tmp_path / f"list.{kind}", n_pictures=2)
    sheets = pypdf.PdfReader(tmp_path / "list.pdf").pages
    printed = " ".join(" ".join(sheet.extract_text() for sheet in sheets).split())
    document = docx.Document(str(tmp_path / "list.docx"))
    cells = [c.text for table in document.tables for row in table.rows for c in row.cells]
    edited = " ".join([*(p.text for p in document.paragraphs), *cells])
    for text in (printed, edited):
        assert STATEMENT in text
        assert "P004" in text
        assert "fever" in text
    assert len(document.inline_shapes) >= 2 + len(watched)


def test_pictures_need_a_whole_number(watched, tmp_path):
    with pytest.raises(InputError, match="n_pictures"):
        pt.write_monitor_report(watched, tmp_path / "x.html", n_pictures=-1)


def test_the_documents_have_the_words_of_every_state():
    from pathlib import Path

    text = (Path(__file__).parents[1] / "docs" / "monitoring.md").read_text(encoding="utf-8")
    for key in (*NOW, *OUTLOOK):
        assert f"`{key}`" in text, key
    for words in NOW.values():
        assert words.format(end="top", level="9 of 10") in text


def test_the_command_writes_list_and_tables(frame, population, tmp_path, capsys):
    frame.to_csv(tmp_path / "new.csv", index=False)
    pt.write_population(population, tmp_path / "p.json")
    (tmp_path / "signs.csv").write_text("patient_id,day,symptom\nP004,21,fever\n")
    code = main(
        ["monitor", str(tmp_path / "new.csv"), "--population", str(tmp_path / "p.json"),
         "--symptoms", str(tmp_path / "signs.csv"), "--draws", "20", "--schedule", "35,56,84",
         "-o", str(tmp_path / "out"), "--quiet"]
    )  # fmt: skip
    said = capsys.readouterr().out
    assert code == 0
    assert "8 patients followed" in said
    assert "Warning signs: checked on 1 patient." in said
    assert STATEMENT in " ".join(said.split())
    files = {file.name for file in (tmp_path / "out").iterdir()}
    assert files == {"review.csv", "looks.csv", "coming.csv", "index.html", "README.txt"}
    with (tmp_path / "out" / "review.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["patient_id"] == "P004"
    assert {row["patient_id"] for row in rows} >= {"'=1+1"}
    coming = pd.read_csv(tmp_path / "out" / "coming.csv")
    assert set(coming["visit"]) <= {35.0, 56.0, 84.0}


def test_the_command_hides_who_the_patients_are(frame, population, tmp_path, capsys):
    named = frame.assign(patient_id="ward-" + frame["patient_id"], sex="female")
    named.to_csv(tmp_path / "new.csv", index=False)
    pt.write_population(population, tmp_path / "p.json")
    code = main(
        ["monitor", str(tmp_path / "new.csv"), "--population", str(tmp_path / "p.json"),
         "--draws", "20", "--pseudonyms", str(tmp_path / "study.key"), "-o", str(tmp_path / "out"),
         "--quiet"]
    )  # fmt: skip
    said = capsys.readouterr().out
    assert code == 0
    assert "ward-" not in said
    for file in (tmp_path / "out").iterdir():
        assert b"ward-" not in file.read_bytes(), file.name
    listed = pd.read_csv(tmp_path / "out" / "review.csv")
    assert listed["patient_id"].str.fullmatch("X[A-Z2-9]{10}").all()


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        ([], 2, "--population"),
        (["--population", "none.json"], 1, "there is no file"),
        (["--population", "p.json", "--scale", "vas"], 1, "does not suit these ratings"),
        (["--population", "p.json", "--schedule", "28,14"], 2, "ascend"),
        (["--population", "p.json", "--schedule", "week 2"], 2, "list of days"),
        (["--population", "p.json", "--symptoms", "bad.csv"], 1, "Did you mean"),
    ],
)
def test_what_the_command_refuses(
    frame, population, tmp_path, capsys, monkeypatch, arguments, code, text
):
    monkeypatch.chdir(tmp_path)
    frame.to_csv("new.csv", index=False)
    pt.write_population(population, "p.json")
    (tmp_path / "bad.csv").write_text("patient_id,day,symptom\nP004,21,feverr\n")
    assert main(["monitor", "new.csv", "-o", "out", "--draws", "20", *arguments]) == code
    said = capsys.readouterr().err
    assert text in said
    assert not (tmp_path / "out" / "index.html").exists()


def test_what_is_set_aside_beside_the_ratings_is_listed(frame, population, tmp_path, capsys):
    frame.to_csv(tmp_path / "new.csv", index=False)
    pt.write_population(population, tmp_path / "p.json")
    (tmp_path / "signs.csv").write_text("patient_id,day,symptom\nP004,21,fever\nP005,21,feverr\n")
    code = main(
        ["monitor", str(tmp_path / "new.csv"), "--population", str(tmp_path / "p.json"),
         "--symptoms", str(tmp_path / "signs.csv"), "--lenient", "--draws", "20",
         "-o", str(tmp_path / "out"), "--quiet"]
    )  # fmt: skip
    capsys.readouterr()
    assert code == 0
    listed = pd.read_csv(tmp_path / "out" / "problems_symptoms.csv")
    assert listed["value"].tolist() == ["feverr"]
    assert "problems_symptoms.csv" in (tmp_path / "out" / "README.txt").read_text()
    assert pd.read_csv(tmp_path / "out" / "problems.csv").empty


def test_the_table_of_coming_visits_says_what_its_shares_are(watched):
    fit, courses = fit_latest(watched)
    page = unescape(monitor_html(watched, fit, courses, list_latest(watched, fit, courses)))
    assert "100 with one rating at each visit and 50 with three" in page
    assert "Settled: the likeliest end has 80% of the curves or more." in page
    for heading in ("Named with three ratings", "Settled with three ratings"):
        assert f'<th scope="col">{heading} at each visit</th>' in page
    table = page.split("Settled with three ratings")[1].split("</table>")[0]
    assert table.count("<td>") == 5 * table.count("<tr>") > 0
    assert ";" not in "".join(re.findall(r"<td>(.*?)</td>", table))
