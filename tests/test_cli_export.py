"""`paintrend export`, and the formats and patients of `paintrend report`."""

import csv

import pytest

from paintrend.cli import commands, figures, main
from paintrend.cli.parser import build_parser
from paintrend.simulate import simulate_cohort


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("in") / "six.csv"
    simulate_cohort(6, seed=4).ratings.to_csv(path, index=False)
    return path


def command(name, file, folder, *options):
    return [
        name, str(file), "--scale", "nrs", "--horizon", "84", "--draws", "40", "-o", str(folder),
        *options,
    ]  # fmt: skip


def first_id(file):
    with file.open(encoding="utf-8", newline="") as table:
        return next(csv.DictReader(table))["patient_id"]


def test_figures_are_written_with_a_list_of_them(file, tmp_path, capsys):
    name = first_id(file)
    assert main(command("export", file, tmp_path, "--formats", "html", "--patient", name)) == 0
    said = capsys.readouterr()
    with (tmp_path / "figures.csv").open(encoding="utf-8", newline="") as table:
        names = [row["name"] for row in csv.DictReader(table)]
    assert names == ["courses", "cohort", "check", f"patient_{name}"]
    assert said.out.split() == [str(tmp_path / f"{figure}.html") for figure in names]
    assert "not a medical device" in said.err


def test_the_first_of_the_review_list_are_drawn(file, tmp_path, capsys):
    options = ("--formats", "html", "--figures", "patients", "--first", "2", "--data", "--quiet")
    assert main(command("export", file, tmp_path, *options)) == 0
    assert len(capsys.readouterr().out.split()) == 2
    assert len(list(tmp_path.glob("patient_*.csv"))) == 2


def test_without_a_browser_the_pages_are_there_and_the_code_says_so(
    file, tmp_path, capsys, monkeypatch
):
    pytest.importorskip("kaleido")
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "none"))
    out = tmp_path / "out"
    assert main(command("export", file, out, "--formats", "png", "--figures", "courses")) == 1
    assert "BROWSER_PATH names" in capsys.readouterr().err
    assert (out / "courses.html").exists()
    # A report that cannot be written is told before anything is fitted.
    assert main(command("report", file, tmp_path / "r", "--format", "html,pdf")) == 1
    assert "Reports as PDF need a browser" in capsys.readouterr().err
    assert not (tmp_path / "r").exists()


def test_a_patient_who_is_not_there_is_told_before_anything_is_fitted(file, tmp_path, capsys):
    assert main(command("report", file, tmp_path / "out", "--patient", "nobody")) == 2
    assert "--patient nobody: not in six.csv" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "words", [("--formats", "gif"), ("--size", "poster"), ("--figures", ""), ("--first", "x")]
)
def test_options_that_cannot_be_used_are_told(words, file, tmp_path, capsys):
    assert main(command("export", file, tmp_path / "out", *words)) == 2
    assert words[0] in capsys.readouterr().err


def test_lists_of_formats():
    parsed = build_parser().parse_args(
        command("report", "x.csv", "out", "--format", "pdf, docx,pdf")
    )
    assert parsed.format == ["pdf", "docx"]


def test_the_parser_knows_the_figures_that_there_are():
    assert tuple(commands.FIGURES) == tuple(figures.FIGURES)
    assert tuple(commands.ELSEWHERE) == tuple(figures.NOT_FROM_RATINGS)


def test_figures_that_lack_something_are_told_all_at_once_before_anything_is_fitted(
    file, tmp_path, capsys
):
    asked = ("--figures", "tipping_point,sessions,power,courses", "--by", "ward")
    assert main(command("export", file, tmp_path / "out", *asked)) == 2
    said = capsys.readouterr().err
    assert "sessions needs the table of --sessions" in said
    assert "power is about a study still to come" in said
    assert "--by ward: no such column" in said
    assert not (tmp_path / "out").exists()
    assert main(command("export", file, tmp_path / "out", "--figures", "tipping_point")) == 2
    assert "name their column with --by" in capsys.readouterr().err


def test_groups_are_hidden_unless_their_column_is_shown(arms, tmp_path, capsys):
    key = ("--pseudonyms", str(tmp_path / "key"), "--by", "arm", "--figures", "prevalence")
    assert main(command("export", arms, tmp_path / "out", *key)) == 2
    assert "only if --show-columns names it" in capsys.readouterr().err


@pytest.fixture(scope="module")
def arms(tmp_path_factory):
    path = tmp_path_factory.mktemp("arms") / "arms.csv"
    simulate_cohort(14, arms={"a": None, "b": None}, seed=4).ratings.to_csv(path, index=False)
    return path


@pytest.mark.slow
def test_every_figure_that_the_ratings_allow_is_drawn_with_all(arms, tmp_path, capsys):
    asked = ("--figures", "all", "--by", "arm", "--tables", "3", "--formats", "html",
             "--first", "1")  # fmt: skip
    code = main(command("export", arms, tmp_path, *asked))
    said = capsys.readouterr()
    names = {line.rsplit("/", 1)[-1].removesuffix(".html") for line in said.out.split()}
    assert {"courses", "spaghetti", "lasagna", "swimmer", "prevalence", "responders", "retention",
            "time_to_better", "time_to_worse", "specifications", "outlooks",
            "calibration"} <= names, said.err  # fmt: skip
    assert "note: sessions is not drawn: it needs the table of --sessions" in said.err
    # whoever cannot be drawn of so few patients is told, and the others are there
    assert code == ("was not drawn" in said.err)


def test_what_cannot_be_drawn_of_these_patients_is_told_and_the_rest_is_written(
    file, tmp_path, capsys
):
    one = tmp_path / "one.csv"
    with file.open(encoding="utf-8", newline="") as table:
        rows = list(csv.reader(table))
    name = rows[1][rows[0].index("patient_id")]
    with one.open("w", encoding="utf-8", newline="") as table:
        csv.writer(table).writerows([r for r in rows if r[0] == rows[0][0] or name in r])
    asked = ("--figures", "check,lasagna", "--formats", "html", "--quiet")
    assert main(command("export", one, tmp_path / "out", *asked)) == 1
    said = capsys.readouterr()
    assert "check was not drawn: needs two fitted patients" in said.err
    assert (tmp_path / "out" / "lasagna.html").exists()


@pytest.mark.browser
def test_reports_to_print_and_to_edit(chromium, file, tmp_path, capsys):
    pytest.importorskip("docx")
    pypdf = pytest.importorskip("pypdf")
    name = first_id(file)
    options = ("--format", "pdf,docx", "--patient", name, "--paper", "letter", "--quiet")
    assert main(command("report", file, tmp_path, *options)) == 0
    written = {path.name for path in tmp_path.iterdir()}
    assert {"report.pdf", "report.docx", f"patient_{name}.pdf", f"patient_{name}.docx"} <= written
    assert "index.html" not in written
    (page,) = pypdf.PdfReader(tmp_path / f"patient_{name}.pdf").pages
    assert float(page.mediabox.width) == pytest.approx(612, abs=1)
    assert str(tmp_path / "report.docx") in capsys.readouterr().out
