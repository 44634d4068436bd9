"""The site: built with broken links as errors, and without a host in it."""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import pytest

import paintrend
from paintrend.export.layouts import fit_pages
from paintrend.export.sizes import SIZES

from .test_docs import run

ROOT = Path(__file__).resolve().parents[1]
HOOKS = ROOT / "scripts" / "docs_site"
REMOTE = re.compile(r"^(?:[a-z]+:)?//", flags=re.IGNORECASE)
LOADS = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src"}
RELS = {"stylesheet", "preconnect", "preload", "icon", "dns-prefetch", "modulepreload", "manifest"}


class Loads(HTMLParser):
    """What a page loads by itself, as against what it links to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag in LOADS and LOADS[tag] in given:
            self.found.append(given[LOADS[tag]])
        if tag == "link" and set(given.get("rel", "").split()) & RELS:
            self.found.append(given.get("href", ""))
        if "style" in given:
            self.inline.append(given["style"])


def hook(name: str) -> ModuleType:
    pytest.importorskip("mkdocs", reason="the site needs the extra docs")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(HOOKS))
        return importlib.import_module(name)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("material", reason="the site needs the extra docs")
    folder = tmp_path_factory.mktemp("site")
    environment = os.environ | {"PAINTREND_DOCS": "fast", "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return folder


def test_every_page_and_notebook_is_there(site: Path) -> None:
    pages = {path.stem for path in (ROOT / "docs").glob("*.md")}
    assert {path.stem for path in site.glob("*.html")} >= pages
    notebooks = {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert {path.stem for path in (site / "notebooks").glob("*.html")} == notebooks
    start = (site / "index.html").read_text(encoding="utf-8")
    assert all(f"{name}.html" in start for name in pages | notebooks)


def test_nothing_is_loaded_from_a_host(site: Path) -> None:
    checked = 0
    for path in site.rglob("*.html"):
        page = Loads()
        page.feed(path.read_text(encoding="utf-8"))
        assert [one for one in page.found if REMOTE.match(one)] == [], path
        assert page.found
        checked += 1
    assert checked > 20
    for path in site.rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//\S+", text) == [], path
    scripts = list((site / "assets" / "javascripts").rglob("*.js"))
    assert scripts
    for path in scripts:
        text = path.read_text(encoding="utf-8")
        assert re.findall(r"https://(?:[\w-]+\.)+\w+/", text) == [], path
    assert not list(site.rglob("*.map"))


def test_local_files_that_pages_load_are_there(site: Path) -> None:
    for path in site.rglob("*.html"):
        if path.name == "404.html":
            continue
        page = Loads()
        page.feed(path.read_text(encoding="utf-8"))
        local = [one.partition("?")[0] for one in page.found if not one.startswith("data:")]
        assert [one for one in local if not (path.parent / one).exists()] == [], path


def test_every_public_name_is_in_the_reference(site: Path) -> None:
    text = (site / "reference.html").read_text(encoding="utf-8")
    wanted = [name for name in paintrend.__all__ if not name.startswith("__")]
    shown = set(re.findall(r'id="paintrend\.([\w.]+)"', text))
    missing = [name for name in wanted if not any(one.endswith(f".{name}") for one in shown)]
    assert missing == []
    by_task = (site / "api.html").read_text(encoding="utf-8")
    assert "reference.html#paintrend.fitting.fit_curves" in by_task


def test_links_out_of_docs_lead_to_pages_of_the_site(site: Path) -> None:
    start = (site / "index.html").read_text(encoding="utf-8")
    assert "project/readme.html" in start
    assert "notebooks/01_first_look.html" in start
    assert "../" not in re.sub(r"<script.*?</script>", "", start, flags=re.DOTALL)
    readme = (site / "project" / "readme.html").read_text(encoding="utf-8")
    assert "../courses.html" in readme
    assert (site / "project" / "LICENSE").exists()


def test_the_citation_is_that_of_the_file(site: Path) -> None:
    text = (site / "cite.html").read_text(encoding="utf-8")
    assert f"version {paintrend.__version__}" in text
    assert "@software" in text


def test_links_are_led_by_where_their_target_is() -> None:
    links = hook("site_links")
    text = "[a](../README.md) [b](courses.md#top) [c](../data/sample) ![d](images/x.png) [e](#f)"
    assert links.rewritten(text, ROOT, "docs/index.md", "index.md") == (
        "[a](project/readme.md) [b](courses.md#top) c ![d](images/x.png) [e](#f)"
    )
    there = links.rewritten("[a](../docs/scale.md)", ROOT, "notebooks/x.ipynb", "notebooks/x.md")
    assert there == "[a](../scale.md)"


def test_a_figure_is_a_file_of_numbers_and_one_library() -> None:
    made = hook("site_figures").Figures()
    assert made.files() == {}
    figure = {"data": [{"y": [1, 2]}], "layout": {"title": {"text": '<b>A "</b>B'}, "width": 500}}
    shown = made.place("one", figure, depth=1)
    made.place("two", figure)
    assert 'aria-label="A &quot; B"' in shown
    assert 'src="../assets/figures/plotly.min.js"' in shown
    files = made.files()
    assert len(files) == 3
    text = files["assets/figures/one.js"]
    assert json.loads(text[text.index("] = ") + 4 : -2])["data"] == [{"y": [1, 2]}]


def test_the_gallery_has_every_figure() -> None:
    text = (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")
    wanted = [name for name in paintrend.__all__ if name.startswith("plot_")]
    assert [name for name in wanted if f"### {name}\n" not in text] == []
    assert [name for name in wanted if f"pt.{name}(" not in text] == []


@pytest.mark.slow
def test_the_code_of_the_gallery_draws_every_figure() -> None:
    text = (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")
    values = hook("site_gallery").run_blocks(text, ROOT)
    figures = [value for value in values if hasattr(value, "to_plotly_json")]
    assert len(figures) == text.count("### plot_")
    notes = [" ".join(str(note.text) for note in figure.layout.annotations) for figure in figures]
    assert all(re.search(r"\d+ (?:rating|patient|combination)|n = \d+", note) for note in notes)
    for size in ("journal_single", "slide", "slide_half"):
        pages = {figure.layout.title.text: fit_pages(figure, SIZES[size]) for figure in figures}
        points = {name: min(page.smallest for page in made) for name, made in pages.items()}
        assert {n: p for n, p in points.items() if p < SIZES[size].smallest - 0.05} == {}, size


@pytest.mark.browser
def test_pages_open_from_a_folder_and_the_search_finds(site: Path, chromium: str) -> None:
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs the extra dev")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto((site / "index.html").as_uri())
        page.get_by_placeholder("Search").first.click()
        page.keyboard.type("swimmer")
        page.wait_for_selector(".md-search-result__item")
        found = page.locator(".md-search-result__item").first.inner_text()
        browser.close()
    assert "swimmer" in found.lower()
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:", "about:"))] == []


@pytest.mark.slow
def test_the_code_of_the_first_steps_runs(tmp_path: Path) -> None:
    names = run(ROOT / "docs" / "tutorial_researcher.md", tmp_path / "researcher")
    assert names["calibration"].n_cohorts == 2
    names = run(ROOT / "docs" / "tutorial_engineer.md", tmp_path / "engineer")
    assert len(names["table"]) == 30
    assert not names["today"].cross_fitted
