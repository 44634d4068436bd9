"""Pseudonyms and bands: made as stated, the same for one key, and no id left anywhere."""

import hashlib
import hmac
import os
import re
import stat
import zipfile
from datetime import datetime

import pandas as pd
import pytest

import paintrend as pt
from paintrend.cli import main
from paintrend.errors import InputError
from paintrend.privacy import Privacy, pseudonymise, read_key
from paintrend.privacy.options import LETTERS
from paintrend.privacy.words import Scrubber
from paintrend.report.cohort import report_html
from paintrend.report.output import paper_of, write_output
from paintrend.report.patient import patient_html
from paintrend.report.tree import parse_page

WHEN = datetime(2026, 1, 2, 3, 4)
KEY = "a key for these tests only"
IDS = ("Zeta-77", "Anna Muster", "MRN0042", "7")
SECRET = ("Zeta-77", "Anna Muster", "MRN0042", "cohort_of_anna", "1961-05-03", "Bahnhofstrasse")
PRIVACY = Privacy(key=KEY, age_years=10, columns=("arm",))


@pytest.fixture(scope="module")
def table():
    ratings = [
        (6, 7, 9, 8, 5, 3, 2),
        (4, 4, 5, 4, 6, 7, 8),
        (5, 5, 5, 6, 5, 5, 5),
        (8, 8, 7, 5, 4, 4, 4),
    ]
    rows = [
        {"patient_id": name, "day": day, "pain": pain, "age": 63 + 10 * i, "arm": "ab"[i % 2],
         "born": "1961-05-03", "street": f"Bahnhofstrasse {i}"}
        for i, (name, own) in enumerate(zip(IDS, ratings, strict=True))
        for day, pain in zip((-7, 0, 14, 28, 42, 63, 84), own, strict=True)
    ]  # fmt: skip
    rows.append({**rows[0], "day": 50, "pain": "Zeta-77 was ill"})
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def results(table, tmp_path_factory):
    file = tmp_path_factory.mktemp("in") / "cohort_of_anna.csv"
    table.to_csv(file, index=False)
    diary = pt.read_diary(file, scale="nrs", lenient=True)
    fit = pt.fit_curves(diary, horizon=84, seed=0, draws=60)
    events = pd.DataFrame(
        {"patient_id": ["Zeta-77", "7"], "day": [20, 21],
         "event": ["injection", "call to Anna Muster"],
         "note": ["Bahnhofstrasse", "MRN0042 was there"]}
    )  # fmt: skip
    signs = pd.DataFrame({"patient_id": ["Zeta-77"], "day": [30], "symptom": ["pain at rest"]})
    return {
        "file": file,
        "fit": fit,
        "courses": pt.classify(fit),
        "second": pt.classify(fit),
        "events": pt.read_events(events, diary),
        "symptoms": pt.read_symptoms(signs, diary),
    }


def texts(folder):
    """Every file of a folder as bytes, those within Word files one by one."""
    for file in folder.rglob("*"):
        yield file.name, file.name.encode()
        if file.suffix == ".docx":
            with zipfile.ZipFile(file) as packed:
                for name in packed.namelist():
                    yield f"{file.name}: {name}", packed.read(name)
        elif file.is_file():
            yield file.name, file.read_bytes()


def leaks(folder):
    names = [re.escape(word).encode() for word in SECRET]
    return [where for where, data in texts(folder) if re.search(b"|".join(names), data)]


def test_a_pseudonym_is_made_by_hmac():
    digest = hmac.new(KEY.encode(), b"MRN0042", hashlib.sha256).digest()
    bits = int.from_bytes(digest, "big") >> (256 - 50)
    said = "X" + "".join(LETTERS[(bits >> 5 * i) & 31] for i in range(10))
    assert PRIVACY.pseudonym("MRN0042") == said
    assert Privacy(key=KEY.encode()).pseudonym("MRN0042") == said
    assert Privacy(key=KEY + "!").pseudonym("MRN0042") != said


def test_many_ids_have_pseudonyms_of_their_own():
    assert len(set(PRIVACY.pseudonyms(map(str, range(20_000))).values())) == 20_000


@pytest.mark.parametrize(
    "options",
    [{}, {"key": "short"}, {"key": 5}, {"age_years": 1}, {"age_years": True}, {"age_years": 2.5}],
)
def test_settings_that_hide_nothing_or_badly_are_refused(options):
    with pytest.raises(InputError, match="Privacy"):
        Privacy(**options)


def test_the_key_is_not_shown():
    assert KEY not in repr(PRIVACY)


def test_bands_of_age():
    five = Privacy(age_years=5)
    assert [five.band(a) for a in (0, 4.9, 5, 89, 90, 104, "x", None, -1)] == [
        "0 to 4", "0 to 4", "5 to 9", "85 to 89", "90 or more", "90 or more", "not known",
        "not known", "not known",
    ]  # fmt: skip
    assert Privacy(age_years=7).band(88) == "84 to 89"


def test_a_key_file_is_made_once_and_read_again(tmp_path):
    file = tmp_path / "keys" / "study.key"
    key = read_key(file)
    assert len(key) == 64
    assert read_key(file) == key
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read_key(tmp_path / "other.key") != key
    (tmp_path / "empty.key").write_text("\n")
    with pytest.raises(InputError, match="holds 0 characters"):
        read_key(tmp_path / "empty.key")
    with pytest.raises(InputError, match="cannot be used"):
        read_key(tmp_path)


def test_ids_within_texts():
    names = {"7": "XSEVEN", "P1": "XONE", "MRN0042": "XMRN", "Anna Muster": "XANNA"}
    scrub = Scrubber(names).scrub
    assert scrub("patient 7 rated 7 on day 7") == "patient XSEVEN rated 7 on day 7"
    assert scrub("MRN0042: see 'MRN0042', (MRN0042).") == "XMRN: see 'XMRN', (XMRN)."
    assert scrub("Anna Muster and MRN00421") == "XANNA and MRN00421"


def test_numbers_stay_and_patients_stand_in_another_order(results):
    fit, courses = (pseudonymise(results[name], PRIVACY) for name in ("fit", "courses"))
    assert tuple(fit) == tuple(courses) == tuple(sorted(map(PRIVACY.pseudonym, IDS)))
    again = pt.classify(fit, courses.criteria).table()
    pd.testing.assert_frame_equal(courses.table(), again)
    for name in IDS:
        one, other = results["courses"][name].row, courses[PRIVACY.pseudonym(name)].row
        assert one["p_dip"] == other["p_dip"]
        hidden = fit[PRIVACY.pseudonym(name)]
        assert (hidden.draws == results["fit"][name].draws).all()
        assert hidden.ratings["pain"].tolist() == results["fit"][name].ratings["pain"].tolist()
    assert list(fit.diary.patients) == ["age", "arm"]
    assert set(fit.diary.patients["age"]) == {"60 to 69", "70 to 79", "80 to 89", "90 or more"}
    assert list(fit.diary.ratings) == ["patient_id", "day", "pain", "inclusion"]


def test_only_ages_in_bands_keeps_everything_else(results):
    diary = pseudonymise(results["fit"].diary, Privacy(age_years=20))
    assert diary.patient_ids == IDS
    assert list(diary.patients["age"]) == ["60 to 79", "60 to 79", "80 to 89", "90 or more"]
    assert diary.patients["street"].iloc[0] == "Bahnhofstrasse 0"


def test_the_fit_within_a_response_has_its_ages_in_bands_too(results):
    fit = results["fit"]
    days = pd.DataFrame({"patient_id": "Zeta-77", "day": [10, 20, 30]})
    response = pt.session_response(fit, pt.read_sessions(days, fit.diary))
    bands = pseudonymise(response, Privacy(age_years=20))
    assert list(bands.fit.diary.patients["age"])[:2] == ["60 to 79", "60 to 79"]
    assert bands.patient_ids == response.patient_ids
    pd.testing.assert_frame_equal(bands.table(), response.table())


@pytest.mark.parametrize("key", [None, KEY])
def test_a_table_of_patients_has_its_ages_in_bands_too(results, key):
    table = results["fit"].diary.patients.reset_index()[["patient_id", "age"]]
    bands = pseudonymise(table, Privacy(key=key, age_years=20))
    assert list(bands["age"])[:2] == ["60 to 79", "60 to 79"]
    assert (list(bands["patient_id"]) == list(table["patient_id"])) is (key is None)


def test_a_column_that_is_not_there_is_told(results):
    with pytest.raises(
        InputError, match=r"'weight', which the ratings do not have; they have 'age'"
    ):
        pseudonymise(results["fit"], Privacy(key=KEY, columns="weight"))
    with pytest.raises(InputError, match="pseudonymise takes"):
        pseudonymise(3, PRIVACY)


def test_the_report_says_the_same_but_for_who_it_is_about(results):
    options = {k: results[k] for k in ("events", "symptoms", "second")}
    fit, courses = results["fit"], results["courses"]
    plain = report_html(fit, courses, created=WHEN, **options)
    hidden = report_html(fit, courses, created=WHEN, privacy=PRIVACY, **options)
    assert "Anna Muster" in plain
    answers = [
        [e.text for e in parse_page(page).all("p") if "answer" in e.classes]
        for page in (plain, hidden)
    ]
    assert answers[0] == answers[1]
    before = [
        sorted(re.findall(r"Before the ratings since[^<]*", page)) for page in (plain, hidden)
    ]
    assert before[0] == before[1]


def test_no_id_is_left_in_pages_and_figures(results, tmp_path):
    options = {k: results[k] for k in ("events", "symptoms")}
    fit, courses = results["fit"], results["courses"]
    pages = tmp_path / "out"
    pt.write_report(
        fit, courses, pages / "r.html", privacy=PRIVACY, second=results["second"], **options
    )
    for name in IDS:
        file = pages / f"{PRIVACY.pseudonym(name)}.html"
        pt.write_patient_report(fit, courses, name, file, privacy=PRIVACY, **options)
    one, other = pseudonymise(fit, PRIVACY), pseudonymise(courses, PRIVACY)
    side = {k: pseudonymise(v, PRIVACY, diary=fit.diary) for k, v in options.items()}
    figures = {name: pt.plot_patient(one[name], other[name], **side) for name in one}
    figures["all"] = pt.plot_cohort(one, other)
    pt.export_figures(figures, pages, ["html"], data=True)
    assert leaks(pages) == []
    # The search finds what is there.
    pt.write_report(
        fit, courses, tmp_path / "plain" / "r.html", second=results["second"], **options
    )
    assert leaks(tmp_path / "plain") == ["r.html"]
    text = (pages / "r.html").read_text(encoding="utf-8")
    assert "(left out)" in text
    assert "call to " + PRIVACY.pseudonym("Anna Muster") in text


@pytest.mark.browser
def test_no_id_is_left_in_word_files(chromium, results, tmp_path):
    pytest.importorskip("docx")
    options = {k: results[k] for k in ("events", "symptoms")}
    page = patient_html(
        results["fit"], results["courses"], "Anna Muster", privacy=PRIVACY, created=WHEN, **options
    )
    write_output(page, tmp_path / "out" / "p.docx", paper_of("a4", landscape=False))
    assert leaks(tmp_path / "out") == []
    assert any(PRIVACY.pseudonym("Anna Muster").encode() in data for _, data in texts(tmp_path))


def test_the_command_line_hides_patients_in_every_file(results, tmp_path, capsys):
    out, key = tmp_path / "out", tmp_path / "k" / "study.key"
    command = [
        "report", str(results["file"]), "--scale", "nrs", "--horizon", "84", "--draws", "40",
        "--lenient", "-o", str(out), "--pseudonyms", str(key), "--age-bands", "10",
        "--patient", "MRN0042", "--quiet",
    ]  # fmt: skip
    assert main(command) == 0
    said = capsys.readouterr()
    name = Privacy(key=read_key(key)).pseudonym("MRN0042")
    assert {"index.html", f"patient_{name}.html", "courses.csv"} <= {p.name for p in out.iterdir()}
    assert leaks(out) == []
    assert not re.search("|".join(map(re.escape, SECRET)), said.out)
    assert "members" not in (out / "population.json").read_text(encoding="utf-8")
    # A second run must not mix with what is there, and a key must not lie beside results.
    assert main(command) == 3
    assert "needs a new or empty folder" in capsys.readouterr().err
    beside = [str(tmp_path / "new") if part == str(out) else part for part in command]
    beside[beside.index(str(key))] = str(tmp_path / "new" / "study.key")
    assert main(beside) == 2
    assert "must not lie in the folder of the results" in capsys.readouterr().err
