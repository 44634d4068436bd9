"""Figures as files: names, sizes, data and pages, all that needs no browser."""

import csv
import re

import numpy as np
import plotly.graph_objects as go
import pytest

from paintrend.courses import classify
from paintrend.errors import BrowserError, InputError, MissingExtraError
from paintrend.export import export_figures, program
from paintrend.export.data import figure_table
from paintrend.export.frame import smallest_letters
from paintrend.export.layouts import fit_size
from paintrend.export.names import file_stems
from paintrend.export.readable import print_problems
from paintrend.export.sizes import SIZES, print_size
from paintrend.plots import plot_cohort, plot_courses, plot_patient

from .fakes import make_fake_fit

HARD_NAMES = (
    "../../etc/passwd", "..\\..\\boot.ini", "C:\\x", "/abs", "con", "NUL.txt", "com1", "LPT9",
    "a/b", "a\\b", "a:b", "a*b?", "P1", "p1", "P.1", "P 1", "M\u00fcller", "M\u00fcller ",
    "\u60a3\u8005", "\u60a3\u8006", "", ".", "..", ".hidden", "-rf", "x" * 300, "x" * 301,
    "tab\tid", "null\x00id", "\u202eevil", "=1+1", "trailing.", "trailing ", "\ud800",
)  # fmt: skip


@pytest.fixture(scope="module")
def fit():
    return make_fake_fit(12)


@pytest.fixture(scope="module")
def patient(fit):
    return plot_patient(fit["P002"], classify(fit)["P002"])


@pytest.fixture
def no_browser(monkeypatch, tmp_path):
    """A machine without any browser."""
    monkeypatch.delenv("BROWSER_PATH", raising=False)
    chromium = pytest.importorskip("choreographer.browsers.chromium").Chromium
    monkeypatch.setattr(chromium, "find_browser", classmethod(lambda cls, **options: None))


def test_file_names_are_safe_and_no_two_are_the_same():
    stems = file_stems(HARD_NAMES)
    assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}", stem) for stem in stems)
    assert len({stem.casefold() for stem in stems}) == len(HARD_NAMES)
    devices = {"con", "prn", "aux", "nul", *(f"com{i}" for i in range(10))}
    assert not devices & {stem.casefold() for stem in stems}


def test_a_name_that_is_safe_stays_and_does_not_depend_on_the_others():
    assert file_stems(["P017", "site-2_P3"]) == ["P017", "site-2_P3"]
    alone = file_stems(["a/b"])[0]
    assert file_stems(["x", "a/b", "a\\b"])[1] == alone
    assert file_stems(["figures"], taken=["figures"]) != ["figures"]


def test_the_data_are_the_points_of_the_figure():
    figure = go.Figure(
        [
            go.Scatter(x=[0, 7], y=[5.5, None], name="<b>a</b> &amp; b", hovertext=["one", "two"],
                       error_x={"array": [1, 2], "arrayminus": [3, 4]}),
            go.Bar(x=[0.25], y=["improving"], xaxis="x2", yaxis="y2"),
            go.Heatmap(z=[[1, 2], [3, 4]], x=["u", "v"], y=[10, 20]),
        ]
    )  # fmt: skip
    table = figure_table(figure)
    assert list(table["trace"]) == [1, 1, 2, 3, 3, 3, 3]
    assert table.loc[0, ["name", "x", "y", "error_x", "error_x_minus", "text"]].tolist() == [
        "a & b", 0, 5.5, 1, 3, "one",
    ]  # fmt: skip
    assert table.loc[1, "y"] is None
    assert table.loc[2, ["x", "y", "axes"]].tolist() == [0.25, "improving", "x2/y2"]
    assert table.loc[3:, ["x", "y", "z"]].to_numpy().tolist() == [
        ["u", 10, 1], ["v", 10, 2], ["u", 20, 3], ["v", 20, 4],
    ]  # fmt: skip


def test_the_data_of_a_patient_hold_every_rating(fit, patient):
    table = figure_table(patient)
    drawn = table[table["name"] == "rating"]
    ratings = fit["P002"].ratings
    assert drawn["x"].tolist() == ratings["day"].tolist()
    assert drawn["y"].tolist() == ratings["pain"].tolist()


@pytest.mark.parametrize("size", ["journal_double", "slide"])
def test_letters_can_be_read_at_the_size_of_a_page(fit, patient, size):
    figures = [patient, plot_courses(classify(fit)), plot_cohort(fit, classify(fit))]
    for figure in figures:
        sized = fit_size(figure, SIZES[size])
        points = smallest_letters(sized.figure) * sized.scale * 72 / 96
        assert sized.smallest == pytest.approx(points)
        assert points >= 6.9
        assert sized.width * sized.scale * 25.4 / 96 == pytest.approx(SIZES[size].width_mm)
        assert sized.figure.layout.width == sized.width


def test_a_plot_on_a_slide_becomes_flatter_and_its_letters_larger(patient):
    slide = SIZES["slide"]
    sized = fit_size(patient, slide)
    assert sized.smallest >= 9.9
    assert sized.height_mm == pytest.approx(160)
    assert print_problems(sized, slide.smallest) == ""
    small = print_problems(sized._replace(smallest=8.3), slide.smallest)
    assert small.startswith("the smallest letters print at 8.3 points, 10 are meant")


def test_a_narrow_patient_has_the_shares_below_the_curve(patient):
    sized = fit_size(patient, SIZES["journal_single"])
    layout = sized.figure.layout
    assert sized.smallest == pytest.approx(7.0)
    assert tuple(layout.xaxis.domain) == tuple(layout.xaxis2.domain) == (0, 1)
    assert layout.yaxis2.domain[1] < layout.yaxis.domain[0]
    assert tuple(patient.layout.xaxis.domain) != (0, 1), "the figure itself stays as it is"


def test_words_are_broken_and_none_is_lost(patient):
    def words(figure):
        text = " ".join(note.text for note in figure.layout.annotations)
        return sorted(re.sub("<[^>]*>", " ", text).split())

    narrow = fit_size(patient, SIZES["journal_single"]).figure
    assert words(narrow) == words(patient)
    caption = [n.text for n in narrow.layout.annotations if n.align == "left"]
    assert max(len(line) for text in caption for line in text.split("<br>")) < 70
    assert narrow.layout.margin.b > patient.layout.margin.b


@pytest.mark.parametrize(
    "options",
    [{"size": "poster"}, {"width_mm": 5}, {"width_mm": float("nan")}, {"height_mm": 100},
     {"dpi": 10}, {"formats": ["gif"]}, {"formats": []}, {"plotlyjs": "cdn"}],
)  # fmt: skip
def test_options_that_cannot_be_used_are_told_before_anything_is_written(
    options, patient, tmp_path
):
    with pytest.raises(InputError):
        export_figures({"a": patient}, tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


def test_what_is_no_figure_is_named(tmp_path):
    with pytest.raises(InputError, match="'b' is none"):
        export_figures({"a": go.Figure(), "b": 3}, tmp_path)
    with pytest.raises(InputError, match="no figure"):
        export_figures([], tmp_path)


def test_a_size_of_ones_own():
    assert print_size(None, 100, 50)[:2] == (100, 50)
    assert print_size("slide", 120)[:2] == (120, None)
    assert print_size(None) is None


def test_pages_need_no_network_and_share_one_copy(patient, tmp_path):
    names = ["P002", "<script>x</script>", "a/b"]
    done = export_figures(dict.fromkeys(names, patient), tmp_path, "html", data=True)
    written = {path.name for path in tmp_path.iterdir()}
    assert {"figures.csv", "plotly.min.js", "P002.html", "P002.csv"} < written
    assert len(written) == 2 + 2 * len(names)
    for file in done.files:
        text = file.read_text(encoding="utf-8")
        assert len(text) < 500_000
        # Addresses stand in data of no script element that would fetch them.
        assert not re.findall(r"""(?:src|href)=["'](?!plotly\.min\.js)""", text)
    with (tmp_path / "figures.csv").open(encoding="utf-8", newline="") as file:
        assert [row["name"] for row in csv.DictReader(file)] == names
    alone = export_figures([patient], tmp_path / "alone", ["html"], plotlyjs="embedded")
    assert [p.name for p in sorted(alone.folder.iterdir())] == ["figure_01.html", "figures.csv"]
    assert "src=" not in re.sub(r"(?s)<script>.*?</script>", "", alone.files[0].read_text("utf-8"))


def test_no_text_in_the_data_is_run_by_a_spreadsheet(tmp_path):
    figure = go.Figure(go.Scatter(x=["=1+1", "-2"], y=[1, -1.5], name="+cmd", text=["@x", "ok"]))
    export_figures({"=HYPERLINK(1)": figure}, tmp_path, ["html"], data=True)
    text = next(p for p in tmp_path.glob("*.csv") if p.name != "figures.csv").read_text("utf-8")
    assert "'=1+1,1" in text
    assert "'+cmd" in text
    assert "'@x" in text
    assert ",-1.5" in text
    assert "'=HYPERLINK(1)" in (tmp_path / "figures.csv").read_text("utf-8")


def test_without_a_browser_pages_and_data_are_written_all_the_same(no_browser, patient, tmp_path):
    with pytest.raises(BrowserError, match=r"PNG, PDF need a browser, and none was found.*1 HTML"):
        export_figures({"P002": patient}, tmp_path, ["png", "pdf"], data=True)
    assert {"P002.html", "P002.csv", "figures.csv", "plotly.min.js"} == {
        path.name for path in tmp_path.iterdir()
    }
    table = list(csv.DictReader((tmp_path / "figures.csv").open(encoding="utf-8")))
    assert [(row["format"], bool(row["file"])) for row in table] == [
        ("html", True), ("png", False), ("pdf", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("make", "words"),
    [(None, "does not exist"), ("text", "cannot be run"), ("folder", "is a folder")],
)
def test_a_wrong_browser_path_is_told_as_what_it_is(make, words, monkeypatch, patient, tmp_path):
    pytest.importorskip("choreographer")
    wrong = tmp_path / "chrome"
    if make == "text":
        wrong.write_text("no program")
    elif make == "folder":
        wrong.mkdir()
    monkeypatch.setenv("BROWSER_PATH", str(wrong))
    with pytest.raises(BrowserError) as told:
        export_figures([patient], tmp_path / "out", ["png"])
    assert f"BROWSER_PATH names {str(wrong)!r}, which {words}" in str(told.value)
    assert (tmp_path / "out" / "figure_01.html").exists()


def test_without_the_extra_its_name_is_told(monkeypatch, patient, tmp_path):
    def absent(name):
        raise ImportError(name)

    monkeypatch.setattr(program, "import_module", absent)
    with pytest.raises(MissingExtraError, match=r"paintrend\[export\]"):
        export_figures([patient], tmp_path, ["svg"])
    assert (tmp_path / "figure_01.html").exists()


def test_a_result_shows_itself(patient, tmp_path):
    done = export_figures({"<b>": patient}, tmp_path, ["html"])
    assert repr(done).startswith("1 file of 1 figure in")
    assert "<b>" not in done._repr_html_()
    assert np.isnan(done.table()["smallest_pt"].astype(float)).all()
    assert done.problems.empty
