"""README and docs/: links lead somewhere, code runs, and what is quoted is what the code has."""

from __future__ import annotations

import ast
import importlib
import re
import shlex
import shutil
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import paintrend
from paintrend.cli.parser import build_parser
from paintrend.core.course_rules import COURSES, FEATURES, judge_curves
from paintrend.core.posterior import CHECKED
from paintrend.report.text import STATEMENT, before_and_after
from paintrend.results.criteria import Criteria
from paintrend.results.headings import headline
from paintrend.results.status import POOR_FIT_BELOW, PatientFacts, status_of
from paintrend.scales import get_scale

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
ALL = [*PAGES, ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md"]
NRS = get_scale("nrs")


def page_id(page: Path) -> str:
    return page.stem


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def plain(text: str) -> str:
    """Text with every run of blanks and line breaks as one space."""
    return " ".join(text.split())


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", read(page), flags=re.DOTALL | re.MULTILINE)


def run(page: Path, folder: Path) -> dict[str, Any]:
    """Run all Python blocks of a page one after the other, beside a copy of the sample data."""
    shutil.copytree(ROOT / "data" / "sample", folder / "data" / "sample")
    names: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for number, code in enumerate(blocks(page, "python"), start=1):
            exec(compile(code, f"{page.name}, block {number}", "exec"), names)
    return names


@cache
def script(name: str) -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "scripts"))
        return importlib.import_module(name)


@pytest.fixture(scope="module")
def readme_names(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return run(ROOT / "README.md", tmp_path_factory.mktemp("readme"))


@pytest.fixture(scope="module")
def api_names(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return run(DOCS / "api.md", tmp_path_factory.mktemp("api"))


@pytest.mark.parametrize("page", ALL, ids=page_id)
def test_every_link_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", read(page))
    missing = [t for t in targets if not (page.parent / t.partition("#")[0]).exists()]
    assert missing == []


def test_the_index_links_every_page() -> None:
    linked = set(re.findall(r"\]\((\w+\.md)\)", read(DOCS / "index.md")))
    assert linked == {page.name for page in DOCS.glob("*.md")} - {"index.md"}


def test_pictures_are_small_and_used() -> None:
    text = "".join(map(read, PAGES))
    pictures = sorted((DOCS / "images").iterdir())
    assert len(pictures) > 5
    assert [p.name for p in pictures if p.stat().st_size >= 150_000] == []
    assert [p.name for p in pictures if f"images/{p.name})" not in text] == []


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_every_page_carries_the_statement(page: Path) -> None:
    assert STATEMENT in plain(read(page))


@pytest.mark.parametrize("page", ALL, ids=page_id)
def test_wording(page: Path) -> None:
    text = read(page)
    assert "\N{EM DASH}" not in text
    assert re.findall(r"https?://\S+|\bwww\.\S+|/tmp/|\bTODO\b|\bTBD\b", text) == []


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=page_id)
def test_tables_are_those_of_the_code(page: Path) -> None:
    text = read(page)
    wanted = script("make_docs_tables").filled(text)
    told = [line for line in wanted.splitlines() if line not in text.splitlines()]
    assert text == wanted, f"run scripts/make_docs_tables.py; it writes {told[:5]}"


def test_every_table_is_shown_once() -> None:
    tables = script("make_docs_tables")
    shown = [name for page in DOCS.glob("*.md") for name in tables.names_in(read(page))]
    assert sorted(shown) == sorted(tables.TABLES)


def test_a_changed_constant_would_be_seen() -> None:
    tables = script("make_docs_tables")
    changed = read(DOCS / "method.md").replace("`core.em.PASSES` | 8", "`core.em.PASSES` | 9")
    assert changed != read(DOCS / "method.md")
    assert tables.filled(changed) != changed


def test_the_check_of_fit_is_described_as_it_is() -> None:
    # "only if not one replicate is as extreme": one in CHECKED gives three times the least p.
    assert 1.0 / (CHECKED + 1.0) < POOR_FIT_BELOW < 3.0 / (CHECKED + 1.0)


def test_every_public_name_has_a_meaning() -> None:
    rows = re.findall(r"^\| (`.+?) \| (.+?) \|$", read(DOCS / "api.md"), flags=re.MULTILINE)
    told = {name for cell, _ in rows for name in re.findall(r"`(\w+)`", cell)} | {"__version__"}
    assert told == set(paintrend.__all__)
    assert "`__version__`" in read(DOCS / "api.md")


def test_the_code_of_scale_runs(tmp_path: Path) -> None:
    done = run(DOCS / "scale.md", tmp_path)["done"]
    assert done.n_patients == sum(done.courses.values()) == 30


def test_the_code_of_export_runs(tmp_path: Path) -> None:
    names = run(DOCS / "export.md", tmp_path)
    assert len(names["done"].files) == 3
    assert list(names["hidden_fit"].diary.patients) == ["arm", "age"]
    assert "P002" not in names["figure"].to_json()


def test_the_code_of_api_runs(api_names: dict[str, Any]) -> None:
    assert len(api_names["fit"]) == 12
    assert not api_names["early"].retrospective
    assert api_names["figure"].data


def test_every_column_is_described(api_names: dict[str, Any]) -> None:
    text = read(DOCS / "courses.md")
    told = set(re.findall(r"`(\w+)`", text))
    columns = {re.sub(r"_(low|high)$", "", name) for name in api_names["courses"].table().columns}
    assert columns - told == set()


def test_the_code_of_input_runs(tmp_path: Path) -> None:
    names = run(DOCS / "input.md", tmp_path)
    assert names["diary"].patient_ids == ("007", "008")
    assert names["relief"].direction_text == "higher = better"


def test_the_code_of_systems_runs(tmp_path: Path) -> None:
    diary = run(DOCS / "systems.md", tmp_path)["diary"]
    assert diary.ratings["pain"].tolist() == [4.0, 3.0]
    assert diary.provenance.selection == {"recall": "now"}


def test_the_code_of_warning_signs_runs(tmp_path: Path) -> None:
    names = run(DOCS / "warning_signs.md", tmp_path)
    told = {"symptoms": names["symptoms"], "events": names["events"]}
    review = paintrend.review_order(names["fit"], names["courses"], **told)
    assert review["group"].tolist()[:2] == ["same_day", "same_day"]
    assert review["signs"][0] == "pain at rest (same day) on day 30; fever (same day) on day 30"
    assert names["symptoms"].signs["chest_pain"].source == "our clinic's list"


@pytest.mark.slow
def test_the_code_of_the_readme_runs(readme_names: dict[str, Any]) -> None:
    assert len(readme_names["courses"]) == 240
    assert readme_names["early"].retrospective


@pytest.mark.slow
def test_the_readme_shows_the_summary_in_todays_words(readme_names: dict[str, Any]) -> None:
    pictures = script_of_pictures()
    shown = re.search(r"<!-- begin summary -->\n```text\n(.*?)\n```\n<!-- end", readme(), re.DOTALL)
    assert shown is not None
    today = pictures.summary_text(
        readme_names["fit"],
        readme_names["courses"],
        pictures.ABOUT,
        "report/index.html",
        pictures.reported(readme_names["diary"]),
    )

    def words(text: str) -> set[str]:
        # Numbers, and with them the course named for a patient, may differ between processors.
        kept = re.sub(r"(?m)^  P\d.*$", "", text)
        return set(re.findall(r"[a-z]{3,}", kept))

    assert words(shown[1]) == words(today)


def readme() -> str:
    return read(ROOT / "README.md")


def script_of_pictures() -> ModuleType:
    pytest.importorskip("kaleido", reason="the pictures need the extra export")
    return script("make_readme_pictures")


def test_pictures_of_courses_show_the_course_they_stand_for() -> None:
    pictures = script_of_pictures()
    assert {course for course, _ in pictures.EXAMPLES.values()} == set(COURSES)
    for name, (course, _) in pictures.EXAMPLES.items():
        curve = pictures.example_curve(name)[np.newaxis]
        codes, features = judge_curves(curve, 84.0, 2.0, 2.0, 7.0, 21.0)
        assert COURSES[codes[0]] == course
        if name == "fluctuating_ends_better":
            assert features[0, FEATURES.index("end_change")] <= -2.0
        assert read(DOCS / "images" / f"course_{name}.svg") == pictures.course_svg(name)


def test_the_readme_names_files_that_exist() -> None:
    paths = re.findall(r"`((?:src|docs|data|scripts|tests|notebooks)/[\w/.]*)`", readme())
    assert len(paths) > 20
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_readme_lists_every_command() -> None:
    told = set(re.findall(r"^\| `paintrend (\w+)` \|", readme(), flags=re.MULTILINE))
    assert told == set(script("make_docs_tables").subcommands())


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_commands_can_be_given_as_shown(page: Path) -> None:
    for line in "\n".join(blocks(page, "sh")).splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] == ["paintrend"]:
            build_parser().parse_args(words[1:])


def texts_in_source() -> list[str]:
    """Every piece of text in the package's messages, f-strings cut at their values."""
    found = []
    for file in (ROOT / "src" / "paintrend").rglob("*.py"):
        for node in ast.walk(ast.parse(read(file))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
    return found


def test_messages_of_checks_are_those_of_the_code() -> None:
    source = texts_in_source()
    quoted = re.findall(r'^\| (".+") \|', read(DOCS / "input.md"), flags=re.MULTILINE)
    messages = [
        part.strip('"').replace('\\"', '"')
        for cell in quoted
        for part in re.split(r'(?<="), (?=")', cell)
    ]
    assert len(messages) > 50
    # Written with the column's name put in: said of day, time and date.
    shared = {"the day is missing": "the ", "the time is missing": "the "}
    shared |= {
        f"there is no column {name}": "there is no column " for name in ("patient_id", "pain")
    }
    unknown = []
    for message in messages:
        for piece in shared.get(message, message).split("…"):
            piece = piece.strip("().: ")
            if len(piece) > 3 and not any(piece in text for text in source):
                unknown.append(message)
    assert unknown == []


def facts(**changes: Any) -> PatientFacts:
    given: dict[str, Any] = {
        "fitted": True, "reason": "", "course": "improving", "likeliest": "improving",
        "p_likeliest": 0.9, "p_deterioration": 0.0, "level": 5.0, "p_no_room_to_worsen": 0.0,
        "p_no_room_to_improve": 0.0, "n_baseline": 3, "last_day": 84.0, "fit_p": 0.5,
    }  # fmt: skip
    return PatientFacts(**{**given, **changes})


SAID = {
    "cannot tell": facts(course="cannot_tell", p_likeliest=0.44),
    "may be worse": facts(
        course="cannot_tell", likeliest="unchanged", p_likeliest=0.6, p_deterioration=0.31
    ),
    "ok": facts(),
    "forecast": facts(last_day=21.0),
    "no room": facts(course="unchanged", level=9.0, p_no_room_to_worsen=0.9),
    "no baseline": facts(course="cannot_tell", n_baseline=0),
    "poor fit": facts(course="cannot_tell", fit_p=0.001),
    "few": facts(effective=9.0),
    "late": facts(fitted=False, reason="all 2 ratings are after the horizon, day 84"),
    "nothing": facts(fitted=False, reason="no usable rating"),
}
README_HAS = ("cannot tell", "may be worse", "forecast", "no room", "no baseline", "late")
COURSES_HAS = ("ok", "forecast", "no room", "no baseline", "poor fit", "few", "nothing")


@pytest.mark.parametrize(
    ("page", "name"),
    [("README.md", name) for name in README_HAS]
    + [("docs/courses.md", name) for name in COURSES_HAS],
)
def test_status_sentences_are_those_of_the_code(page: str, name: str) -> None:
    _, text = status_of(SAID[name], NRS, 84.0, Criteria().resolve(NRS, 84.0))
    assert f'"{text}"' in plain(read(ROOT / page))


@pytest.mark.parametrize(
    ("course", "likeliest", "share", "changes"),
    [
        ("worse_before_better", "worse_before_better", 0.94, {"confidence": "clear"}),
        ("improving", "improving", 0.61, {"confidence": "probable"}),
        ("cannot_tell", "unchanged", 0.44, {}),
        ("unchanged", "unchanged", 0.83, {"p_no_room_to_worsen": 0.9, "baseline": 9.0}),
        ("unchanged", "unchanged", 0.97, {"p_no_room_to_improve": 0.9, "baseline": 1.0}),
    ],
)
def test_headlines_are_those_of_the_code(
    course: str, likeliest: str, share: float, changes: dict[str, Any]
) -> None:
    row = {f"p_{name}": 0.0 for name in COURSES} | {f"p_{likeliest}": share, "course": course}
    room = {"p_no_room_to_worsen": 0.0, "p_no_room_to_improve": 0.0}
    row |= {"confidence": "none", "baseline": 5.0} | room | changes
    assert f'"{headline(row, NRS)}"' in plain(read(DOCS / "reading_a_report.md"))


def test_the_line_below_a_picture_is_that_of_the_code() -> None:
    before = {"p_dip": 0.18, "p_deterioration": 0.2, "status": "ok"}
    line = before_and_after(before, {"p_dip": 0.64, "p_deterioration": 0.05, "status": "ok"})
    assert f'"{line}"' in plain(read(DOCS / "reading_a_report.md"))
