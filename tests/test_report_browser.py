"""The report in a real browser without a network: figures drawn, foreign scripts not run."""

import subprocess
from html import unescape

import pytest

from paintrend.courses import classify
from paintrend.report.cohort import write_report
from paintrend.report.page import template_source

from .fakes import make_fake_fit
from .test_report import HOSTILE, WHEN, hostile_fit

pytestmark = pytest.mark.browser

# No name resolves, and what needs none goes to a closed port.
CUT_OFF = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--disable-background-networking",
)

SORTED_PAGE = """<!DOCTYPE html><html><body><table><thead><tr>
<th><button>Patient</button></th><th class="number"><button>Dip</button></th>
</tr></thead><tbody>
<tr><td data-sort="P10">P10</td><td data-sort="0.5">50%</td></tr>
<tr><td data-sort="P9">P9</td><td data-sort="-1e+300">none</td></tr>
<tr><td data-sort="P1">P1</td><td data-sort="0.0625">6%</td></tr>
</tbody></table><script>{script}</script><script>
var buttons = document.querySelectorAll("button");
function order() {{ return Array.from(document.querySelectorAll("td:first-child"), function (c) {{
  return c.textContent; }}).join(" "); }}
var seen = [];
[0, 0, 1, 1].forEach(function (i) {{ buttons[i].click(); seen.push(order()); }});
document.title = seen.join("|") + "|" + document.querySelectorAll("th[aria-sort]").length;
</script></body></html>"""


def opened(chromium, path, folder, *more):
    """Give the page's elements after its scripts have run."""
    options = ("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}", *CUT_OFF)
    command = [chromium, *options, *more, "--virtual-time-budget=20000", "--dump-dom"]
    command.append(path.as_uri())
    done = subprocess.run(command, capture_output=True, timeout=120, check=True)
    return done.stdout.decode("utf-8")


def test_figures_are_drawn_without_a_network(chromium, tmp_path):
    fit = make_fake_fit(12)
    path = write_report(fit, classify(fit), tmp_path / "report.html", n_pictures=4, created=WHEN)
    page = opened(chromium, path, tmp_path / "profile")
    drawn = page.split('class="figure js-plotly-plot"')[1:]
    assert len(drawn) == 1 + 4
    assert all('class="main-svg"' in figure for figure in drawn)
    assert "could not be drawn" not in page.split("<script>")[0]
    # The courses figure holds a point for each course in both of its groups.
    assert drawn[0].count('<path class="point') == 16


def test_a_picture_wider_than_the_window_is_made_smaller(chromium, tmp_path):
    fit = make_fake_fit(3)
    path = write_report(fit, classify(fit), tmp_path / "report.html", n_pictures=1, created=WHEN)
    for size, scaled in (("700,800", 2), ("1400,800", 0)):
        page = opened(chromium, path, tmp_path / "profile", f"--window-size={size}")
        assert page.split("<script>")[0].count("transform: scale(0.") == scaled


def test_ids_are_shown_and_not_run(chromium, tmp_path):
    fit = hostile_fit()
    path = write_report(fit, classify(fit), tmp_path / "report.html", title="calm", created=WHEN)
    page = opened(chromium, path, tmp_path / "profile")
    assert "<title>calm</title>" in page
    visible = page.split("<script>")[0]
    shown = unescape(visible)
    assert all(name in shown for name in HOSTILE)
    assert "<img" not in visible
    # The heading of the figure is text as well.
    assert visible.count('class="gtitle"') == 1 + len(HOSTILE)


def test_headings_sort(chromium, tmp_path):
    path = tmp_path / "sorted.html"
    script = template_source("report.js")
    path.write_text(SORTED_PAGE.format(script=script), encoding="utf-8")
    page = opened(chromium, path, tmp_path / "profile")
    title = page.split("<title>")[1].split("</title>")[0]
    assert title == "P1 P9 P10|P10 P9 P1|P10 P1 P9|P9 P1 P10|1"
