"""The explorer as a person meets it: in JupyterLab and through `paintrend explore`."""

import signal
import socket
import sys
import urllib.request
from pathlib import Path

import pandas as pd
import pytest

import paintrend as pt
from paintrend.report.cohort import write_report

from .accessibility import keyboard_problems, page_problems
from .fakes import make_fake_fit
from .pages import ROOT, Server, jupyter_lab, new_page, opened_browser, own_environment
from .test_report import WHEN

pytestmark = [pytest.mark.browser]

BAD = """<!DOCTYPE html><html><head></head><body><h2>Heading</h2>
<p style="color: #999; background: #fff">pale</p><button></button><img src="data:,">
<a href="#x" onfocus="this.blur()">link</a><div class="js-plotly-plot">x</div>
<button style="outline: none">plain</button></body></html>"""


@pytest.fixture(scope="module")
def served(tmp_path_factory, chromium):
    """`paintrend explore` on sixteen patients, its page, and the folder for exports."""
    folder = tmp_path_factory.mktemp("explore")
    table = pt.simulate_cohort(16, seed=5, arms={"a": None, "b": None}).ratings
    table["patient_id"] = table["patient_id"].replace("P002", "=P002")
    table.to_csv(folder / "cohort.csv", index=False)
    command = [
        sys.executable, "-m", "paintrend", "explore", "cohort.csv", "--scale", "nrs", "--horizon",
        "84", "--draws", "60", "--no-browser", "-o", "chosen",
    ]  # fmt: skip
    server = Server(command, folder, own_environment(folder))
    try:
        yield server, server.wait_for(r"(http://127\.0\.0\.1:\d+/\S*)"), folder
    finally:
        server.stop()


@pytest.fixture(scope="module")
def browser(chromium):
    with opened_browser(chromium) as browser:
        yield browser


@pytest.fixture(scope="module")
def asked():
    """Every address that the page of Voila asked for."""
    return []


@pytest.fixture(scope="module")
def page(served, browser, asked):
    with new_page(browser) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.goto(served[1])
        ready(page)
        yield page


def ready(page):
    """Wait until the marks of the overview are drawn."""
    page.locator(".pt-overview .points path").first.wait_for(state="attached")
    page.get_by_role("slider", name="Worse from").wait_for()


def counted(page):
    """Say how many are selected, as the page does."""
    return page.locator(".pt-overview .widget-html-content").first.inner_text()


def move_slider(page, name):
    """Move a slider one step by keyboard, and wait for the courses to be counted again."""
    handle = page.get_by_role("slider", name=name)
    before = handle.get_attribute("aria-valuetext")
    handle.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "([handle, before]) => handle.getAttribute('aria-valuetext') !== before",
        arg=[handle.element_handle(), before],
    )
    return float(handle.get_attribute("aria-valuetext").split()[0])


def export(page, name):
    """Export the selection under a name; give the file that the page says it wrote."""
    box = page.get_by_label("File name", exact=True)
    box.fill(name)
    box.press("Tab")
    page.get_by_role("button", name="Export the selection").click()
    said = page.locator(".pt-said", has_text=f"{name}.csv")
    said.wait_for()
    return Path(said.inner_text().partition(" rows to ")[2].strip())


def check_selection(page, file, worsening):
    """Compare the file with what the page counts."""
    table = pd.read_csv(file)
    assert table["threshold_worsening"].eq(worsening).all()
    said = counted(page)
    assert said.startswith(f"{len(table)} of ")
    for course, n in table["course"].value_counts().items():
        words = "cannot tell yet" if course == "cannot_tell" else course.replace("_", " ")
        assert f"{words} {n}" in said
    return table


def settled(page, options):
    """Texts of options once they stay: the list is written anew a moment after the counts are."""
    before, now = None, options.all_inner_texts()
    while now != before or len(now) < 2:
        page.wait_for_timeout(700)
        before, now = now, options.all_inner_texts()
    return now


def test_voila_explores_without_code(served, page):
    _, _, folder = served
    assert page.locator(".jp-InputArea-editor").count() == 0
    worsening = move_slider(page, "Worse from")
    assert worsening == 2.25
    page.get_by_label("a", exact=True).uncheck()
    page.locator(".pt-overview", has_text=" of 16 patients selected").wait_for()
    page.wait_for_function(
        "() => !document.querySelector('.pt-overview').innerText.startsWith('16 of 16')"
    )
    patients = page.get_by_label("Patient", exact=True)
    option = settled(page, patients.locator("option"))[1]
    chosen = option.partition(":")[0]
    patients.select_option(label=option)
    page.locator(".pt-patient h2", has_text=chosen).wait_for()
    page.locator(".pt-patient .main-svg").first.wait_for()
    assert "Why: each check behind the course" in page.locator(".pt-patient").inner_text()
    table = check_selection(page, export(page, "arm_b"), worsening)
    assert table["arm"].eq("b").all()
    assert 0 < len(table) < 16
    assert chosen == table["patient_id"][0].removeprefix("'")
    assert (folder / "chosen" / "arm_b.csv").is_file()
    page.get_by_label("a", exact=True).check()
    page.wait_for_function(
        "() => document.querySelector('.pt-overview').innerText.startsWith('16 of 16')"
    )
    assert "'=P002" in pd.read_csv(export(page, "all"))["patient_id"].tolist()


def test_a_click_on_a_mark_shows_who_it_is(page):
    marks = page.locator(".pt-overview .trace .points path")
    marks.nth(marks.count() // 2).scroll_into_view_if_needed()
    before = page.locator(".pt-patient h2").all_inner_texts()
    for n in range(marks.count()):
        box = marks.nth(n).bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        chosen = page.get_by_label("Patient", exact=True).input_value()
        if chosen and page.locator(".pt-patient h2").all_inner_texts() != before:
            break
    heading = page.locator(".pt-patient h2")
    heading.wait_for()
    assert heading.all_inner_texts() != before


def test_voila_replays_a_patient_day_by_day(page):
    page.get_by_role("button", name="Next").click()
    page.locator(".pt-patient h2").wait_for()
    page.get_by_role("button", name="What could be told by which day").click()
    page.locator(".pt-patient", has_text="What could be said on each day").wait_for()
    plots = page.locator(".pt-patient .js-plotly-plot")
    plots.nth(1).wait_for()
    assert plots.count() == 2


def test_nothing_is_asked_of_another_host(served, page, asked):
    own = served[1].partition("?")[0]
    others = [url for url in asked if not url.startswith((own, "data:", "blob:"))]
    assert len(asked) > 5
    assert others == []


def test_voila_is_accessible(page):
    assert page_problems(page) == []
    assert keyboard_problems(page) == []


def test_voila_lets_only_its_owner_in(served):
    _, url, _ = served
    port = int(url.split(":")[2].split("/")[0])
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60) as answer:
        assert "login" in answer.url
        assert b"pt-explorer" not in answer.read()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing; the system says which address it would use
        own = probe.getsockname()[0]
    if not own.startswith("127."):
        with socket.socket() as other, pytest.raises(OSError, match="refused"):
            other.connect((own, port))


def test_ctrl_c_ends_it_and_leaves_nothing(served):
    server, _, _ = served
    assert server.stop(signal.SIGINT) == 0
    assert "paintrend explore: stopped" in "".join(server.lines)
    assert "Traceback" not in "".join(server.lines)


@pytest.mark.slow
def test_jupyterlab_runs_notebook_02(tmp_path, browser):
    with jupyter_lab(tmp_path) as address, new_page(browser) as page:
        page.goto(address.format("notebooks/02_explore_a_cohort.ipynb"))
        page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
        # What is run before the kernel is there is not run at all.
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        ready(page)
        worsening = move_slider(page, "Worse from")
        page.get_by_label("Patient", exact=True).select_option(index=2)
        page.locator(".pt-patient h2").wait_for()
        page.locator(".pt-patient .main-svg").first.wait_for()
        file = export(page, "from_the_lab")
        table = check_selection(page, file, worsening)
        assert file == tmp_path / "out" / "from_the_lab.csv"
        assert len(table) == 240
        assert page.locator(".pt-patient h2").inner_text().startswith(table["patient_id"][1])
        sample = pd.read_csv(ROOT / "data" / "sample" / "cohort.csv").groupby("patient_id")["age"]
        assert table.set_index("patient_id")["age"].sort_index().equals(sample.first())


def test_the_report_is_accessible(tmp_path, browser):
    fit = make_fake_fit(12)
    path = write_report(fit, pt.classify(fit), tmp_path / "report.html", n_pictures=3, created=WHEN)
    with new_page(browser) as page:
        page.goto(path.as_uri())
        page.locator(".figure .main-svg").last.wait_for(state="attached")
        assert page_problems(page) == []
        assert keyboard_problems(page) == []
        # too narrow for tables and pictures: what can be scrolled is reached by Tab
        page.set_viewport_size({"width": 600, "height": 900})
        page.wait_for_function("() => document.querySelectorAll('.wide[tabindex]').length > 0")
        hidden = page.evaluate(
            "() => [...document.querySelectorAll('.wide, .figure')].filter((e) =>"
            " e.scrollWidth > e.clientWidth && e.tabIndex < 0).length"
        )
        assert hidden == 0
        names = page.evaluate(
            "() => [...document.querySelectorAll('.wide[tabindex]')].map((e) =>"
            " e.getAttribute('aria-label'))"
        )
        assert all(names)


def test_the_check_of_accessibility_finds_what_is_wrong(browser, tmp_path):
    (tmp_path / "bad.html").write_text(BAD, encoding="utf-8")
    with new_page(browser) as page:
        page.goto((tmp_path / "bad.html").as_uri())
        found = " | ".join(page_problems(page))
        for words in (
            "contrast 2.85", "no name: <button", "picture without words: <img", "no language",
            "no title", "heading level left out: <h2", "picture without a role",
        ):  # fmt: skip
            assert words in found, found
        reached = " | ".join(keyboard_problems(page))
        assert "not reached by Tab: <a href" in reached
        assert "focus not seen: <button style" in reached
