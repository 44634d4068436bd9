"""`paintrend export`, and the formats and patients of `paintrend report`."""

import csv

import pytest

from paintrend.cli import main
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
