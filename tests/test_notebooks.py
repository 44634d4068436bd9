"""Notebooks: thin, without outputs, and 08 with a file of one's own. nbmake runs all of them."""

import ast
import json
import os
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FIGURES = ("plot_", "px.")
LONGEST = 12


def cells(file: Path) -> list[tuple[str, str]]:
    content = json.loads(file.read_text(encoding="utf-8"))
    return [(cell["cell_type"], "".join(cell["source"])) for cell in content["cells"]]


def code(file: Path) -> list[str]:
    return [text for kind, text in cells(file) if kind == "code"]


def test_there_are_eight_in_order():
    assert [file.name[:2] for file in NOTEBOOKS] == [f"0{n}" for n in range(1, 9)]


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_cells_are_thin(file):
    lengths = {
        text: len([line for line in text.splitlines() if line.strip()]) for text in code(file)
    }
    long = [text for text, lines in lengths.items() if lines > LONGEST]
    assert long == []
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    trees = [ast.parse(text) for text in code(file)]
    assert not [node for tree in trees for node in ast.walk(tree) if isinstance(node, kinds)]


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_it_says_for_whom_and_which_question(file):
    kind, first = cells(file)[0]
    assert kind == "markdown"
    assert first.startswith("# ")
    assert re.search(r"\bFor\b", first)
    assert "?" in first


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_a_sentence_stands_before_each_figure(file):
    before = ""
    for kind, text in cells(file):
        if kind == "code" and any(word in text for word in FIGURES):
            said = [line for line in before.splitlines() if line and not line.startswith("#")]
            assert said, f"nothing is said before: {text.splitlines()[-1]}"
        before = text if kind == "markdown" else ""


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_outputs_are_stripped(file):
    content = json.loads(file.read_text(encoding="utf-8"))
    for cell in content["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


def run_own(folder: Path, first: str) -> dict[str, Any]:
    """Run 08 with another first cell, as someone would who sets a file."""
    file = next(file for file in NOTEBOOKS if file.name.startswith("08"))
    _, *rest = code(file)
    (folder / "data").mkdir()
    (folder / "data" / "sample").symlink_to(ROOT / "data" / "sample", target_is_directory=True)
    names: dict[str, Any] = {}
    before = os.getcwd()
    os.chdir(folder)
    try:
        with pd.option_context("display.max_colwidth", None):
            for text in [first, *rest]:
                exec(compile(text, file.name, "exec"), names)
    finally:
        os.chdir(before)
    return names


@pytest.mark.slow
def test_notebook_08_takes_ones_own_file_and_shows_its_problems(tmp_path, capsys):
    days = [-7, 0, 7, 14, 28, 42, 56]
    rows = [(f"K{i}", day, min(10, max(0, i + day // 14))) for i in range(6) for day in days]
    table = pd.DataFrame(rows, columns=["ID", "day", "NRS today"]).astype(object)
    table.loc[3, "NRS today"] = "seven"
    table.loc[9, "NRS today"] = 77
    table.to_csv(tmp_path / "mine.csv", index=False)
    first = (
        "FILE, SCALE, HORIZON = 'mine.csv', 'nrs', 56\n"
        "COLUMNS = {'patient_id': 'ID', 'pain': 'NRS today'}"
    )
    names = run_own(tmp_path, first)
    said = capsys.readouterr().out
    assert "Using mine.csv\n" in said
    assert "2 rows set aside" in said
    assert sorted(names["diary"].problems["value"].astype(str)) == ["77", "seven"]
    assert names["fit"].horizon == 56
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "my_courses.csv", "my_population.json", "my_report.html",
    ]  # fmt: skip
    assert len(pd.read_csv(tmp_path / "out" / "my_courses.csv")) == 6
