"""run.py, the way in on a machine that has nothing but Python."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).resolve().parents[1] / "run.py"


def test_it_needs_the_standard_library_only():
    tree = ast.parse(RUN.read_text(encoding="utf-8"))
    names = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert names
    assert names <= set(sys.stdlib_module_names)


def test_an_old_python_can_read_it_and_say_which_one_is_needed():
    source = RUN.read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 7))
    assert "needs Python 3.11 or newer" in source


@pytest.mark.parametrize(("arguments", "code"), [((), 0), (("--help",), 0), (("dmeo",), 2)])
def test_help_names_the_tasks(arguments, code):
    result = subprocess.run([sys.executable, RUN, *arguments], capture_output=True, text=True)
    assert result.returncode == code
    assert all(task in result.stdout for task in ("demo", "test", "lab"))


def test_without_pip_and_venv_one_sentence_says_what_to_install(tmp_path):
    # A copy, so that neither .venv nor .tools is there, with a pip and a venv that cannot start.
    (tmp_path / "requirements").mkdir()
    for name in ("run.py", "pyproject.toml", "requirements/demo.txt"):
        (tmp_path / name).write_bytes((RUN.parent / name).read_bytes())
    for module in ("pip", "venv"):
        (tmp_path / f"{module}.py").write_text("raise SystemExit(1)\n", encoding="utf-8")
    result = subprocess.run(
        [sys.executable, str(tmp_path / "run.py"), "demo"],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(tmp_path), "PATH": "", "SYSTEMROOT": "C:\\Windows"},
    )
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.strip().splitlines()[-1] == (
        "run.py needs pip: install the package python3-pip (or uv) and run it again."
    )


def test_files_left_out_of_the_fast_part_exist(root):
    names = (root / "tests" / "slow_files.txt").read_text(encoding="utf-8").split()
    assert names == sorted(set(names))
    assert [name for name in names if not (root / name).is_file()] == []
