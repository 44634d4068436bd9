"""Draw the pictures of README.md and docs/, and fill in the summary that README.md shows.

The sample cohort is simulated; nobody in the pictures is real. The patient is chosen by a rule: of
those who are worse before better in the end (clearly so, if there are any), were rated to day 84
and rose to less than 9.5 of 10, the one whose rise on day 28 looked most like a deterioration. What
could be said on day 28 is drawn with a population learned from the others.

Needs Chromium or Chrome, and the extra `export`:

    python scripts/make_readme_pictures.py
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import kaleido
import numpy as np
import plotly.graph_objects as go
from make_docs_tables import fill
from numpy.typing import NDArray

import paintrend as pt
from paintrend.cli.reported import Reported
from paintrend.cli.sample import HORIZON
from paintrend.cli.summary import summary_text
from paintrend.core.course_rules import GRID_POINTS
from paintrend.plots.theme import MUTED, STYLES
from paintrend.results.courses import Courses
from paintrend.results.diary import Diary
from paintrend.results.fit import Fit
from paintrend.shapes import Component, evaluate

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
EARLY = 28
ABOUT = "Sample cohort (simulated, back pain, start of physiotherapy):"

Array = NDArray[np.float64]
LEVEL = 5.0
BETTER = Component("exponential", (14.0,))
LATER = Component("sigmoid", (32.0, 6.0))
STEP_UP = Component("sigmoid", (70.0, 1.2))
EARLY_HUMP = Component("gamma_hump", (14.0, 3.0))
MIDDLE_HUMP = Component("gamma_hump", (30.0, 3.0))
LATE_HUMP = Component("gamma_hump", (48.0, 9.0))

# One closed-form curve for each row of the table of courses: (amplitude, component) terms. A test
# judges each of them by the rules and expects the course that it is drawn for.
EXAMPLES: dict[str, tuple[str, tuple[tuple[float, Component], ...]]] = {
    "improving": ("improving", ((-3.6, BETTER),)),
    "worse_before_better": ("worse_before_better", ((-3.6, LATER), (3.8, EARLY_HUMP))),
    "fluctuating_ends_better": (
        "fluctuating",
        ((-4.2, BETTER), (-1.2, EARLY_HUMP), (6.6, LATE_HUMP)),
    ),
    "unchanged": ("unchanged", ((1.2, MIDDLE_HUMP),)),
    "transient_worsening": ("transient_worsening", ((3.6, MIDDLE_HUMP),)),
    "improvement_lost": ("improvement_lost", ((-3.6, MIDDLE_HUMP),)),
    "fluctuating": ("fluctuating", ((-3.6, EARLY_HUMP), (3.6, LATE_HUMP))),
    "sustained_deterioration": ("sustained_deterioration", ((3.4, BETTER),)),
    "recent_worsening": ("recent_worsening", ((3.4, STEP_UP),)),
}


def example_curve(name: str) -> Array:
    """Return the curve that a row of the table of courses is drawn with, (169,)."""
    day = np.linspace(0.0, HORIZON, GRID_POINTS)
    change = sum(size * evaluate(part, day, HORIZON) for size, part in EXAMPLES[name][1])
    return np.clip(LEVEL + change, 0.0, 10.0)


def course_svg(name: str) -> str:
    """Draw one of these curves with the lines at which a change counts."""
    width, height, edge = 168, 72, 4
    curve, course = example_curve(name), EXAMPLES[name][0]

    def y(value: float) -> float:
        return height - edge - value / 10.0 * (height - 2 * edge)

    x = np.linspace(edge, width - edge, GRID_POINTS)
    points = " ".join(f"{a:.1f},{y(b):.1f}" for a, b in zip(x[::4], curve[::4], strict=True))
    lines = "".join(
        f'<path d="M{edge} {y(level):.1f}H{width - edge}" stroke="{MUTED}" stroke-width="0.8"'
        f"{dash}/>"
        for level, dash in (
            (LEVEL, ""),
            (LEVEL + 2.0, ' stroke-dasharray="2 3"'),
            (LEVEL - 2.0, ' stroke-dasharray="2 3"'),
        )
    )
    words = course.replace("_", " ")
    return (
        f'<svg xmlns="http:{"//"}www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="{words}">'
        f'<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" fill="#fff" '
        f'stroke="#D0D0D0"/>{lines}<polyline points="{points}" fill="none" '
        f'stroke="{STYLES[course].colour}" stroke-width="2.2"/></svg>\n'
    )


def chosen_patient(fit: Fit, courses: Courses) -> str:
    """Return the patient of the pictures; see the top of this file."""
    now = courses.table().set_index("patient_id")
    then = pt.classify(fit.as_of(day=EARLY)).table().set_index("patient_id")
    known = (now["course"] == "worse_before_better") & (now["status"] == "ok")
    known &= (now["last_day"] == HORIZON) & (now["baseline"] + now["rise"] < 9.5)
    known &= then["course"] == "cannot_tell"
    if not known.any():
        raise SystemExit("no patient of the sample cohort suits the pictures")
    clear = known & (now["confidence"] == "clear")
    chosen = clear if clear.any() else known
    return str(then.loc[chosen, "p_deterioration"].idxmax())


def write(figure: go.Figure, name: str) -> None:
    """Write a picture and say how large it is."""
    path = IMAGES / name
    figure.write_image(path)
    sys.stdout.write(f"{path.relative_to(ROOT)} {path.stat().st_size // 1000} kB\n")


def reported(diary: Diary) -> Reported:
    """Read what the sample holds beside the ratings."""
    sample = ROOT / "data" / "sample"
    return Reported(
        pt.read_symptoms(sample / "symptoms.csv", diary),
        pt.read_events(sample / "events.csv", diary),
    )


def write_report_picture(fit: Fit, courses: Courses) -> None:
    """Photograph the top of the report with the browser."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        raise SystemExit("the picture of the report needs Chromium or Chrome")
    target = IMAGES / "report.png"
    with tempfile.TemporaryDirectory() as folder:
        told = reported(fit.diary)
        page = pt.write_report(
            fit, courses, Path(folder) / "report.html", symptoms=told.symptoms, events=told.events,
            title="Sample cohort (simulated)",
        )  # fmt: skip
        subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--window-size=1000,760", f"--user-data-dir={folder}/profile",
             f"--screenshot={target}", page.as_uri()],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
    sys.stdout.write(f"{target.relative_to(ROOT)} {target.stat().st_size // 1000} kB\n")


def write_summary(fit: Fit, courses: Courses) -> None:
    """Put what `paintrend demo` prints into README.md."""
    page = ROOT / "README.md"
    page_path = Path("report", "index.html").as_posix()
    text = summary_text(fit, courses, ABOUT, page_path, reported(fit.diary))
    before = page.read_text(encoding="utf-8")
    page.write_text(
        fill(before, "summary", f"```text\n{text}\n```"), encoding="utf-8", newline="\n"
    )


def main() -> None:
    """Write every picture."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    for name in EXAMPLES:
        (IMAGES / f"course_{name}.svg").write_text(course_svg(name), encoding="utf-8", newline="\n")
    diary = pt.read_diary(ROOT / "data" / "sample" / "cohort.csv", scale="nrs")
    fit = pt.fit_curves(diary, horizon=HORIZON, seed=0)
    courses = pt.classify(fit)
    write_summary(fit, courses)
    patient = chosen_patient(fit, courses)
    others = diary.select([name for name in diary.patient_ids if name != patient])
    population = pt.fit_curves(others, horizon=HORIZON, seed=0).population
    alone = pt.fit_curves(diary.select([patient]), population=population)
    # A running server has the options already, and says so at each picture.
    warnings.filterwarnings("ignore", message="The kopts argument is ignored")
    kaleido.start_sync_server(mathjax=False, silence_warnings=True)
    try:
        for one, name in ((alone.as_of(day=EARLY), "patient_early"), (alone, "patient")):
            write(pt.plot_patient(one[patient], pt.classify(one)[patient]), f"{name}.png")
        write(pt.plot_courses(courses), "courses.png")
        write(pt.plot_cohort(fit, courses, n=12), "cohort.png")
    finally:
        kaleido.stop_sync_server()
    write_report_picture(fit, courses)
    sys.stdout.write(f"patient {patient}\n")


if __name__ == "__main__":
    main()
