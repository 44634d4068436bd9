"""Mutants: which changes are made, and that a test which notices one is told from one that not."""

import json
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs child processes of POSIX")

SOURCE = '''
"""Words."""
from x import y
__all__ = ["f"]
LIMIT = 3


def f(a, b: "int > 0" = 0):
    """Words with 1 < 2."""
    if a < LIMIT and not b:
        return a + 1
    return max(a, -b) if a == b else 0.5
'''


@pytest.fixture(scope="module")
def mutation(root):
    """Put the benchmark scripts on the path, as running them does."""
    sys.path.insert(0, str(root / "benchmarks"))
    import mutation
    import mutation_changes

    yield mutation, mutation_changes
    sys.path.remove(str(root / "benchmarks"))


def test_every_change_is_made_once_and_words_and_types_are_left(mutation):
    _, made = mutation
    found = list(made.changes(SOURCE))
    pairs = [(change.before, change.after) for change in found]
    assert ("LIMIT = 3", "LIMIT = 4") in pairs
    assert ("LIMIT = 3", "LIMIT = 2") in pairs
    tests = [after for before, after in pairs if before == "if a < LIMIT and (not b):"]
    assert tests == [
        "if a < LIMIT or not b:", "if a <= LIMIT and (not b):", "if a >= LIMIT and (not b):",
        "if a < LIMIT and b:",
    ]  # fmt: skip
    assert [after for before, after in pairs if before == "return a + 1"] == [
        "return a - 1", "return a + 2", "return a + 0",
    ]  # fmt: skip
    assert {after for before, after in pairs if before.startswith("return max")} == {
        "return 0.5 if a == b else max(a, -b)", "return max(a, -b) if a != b else 0.5",
        "return min(a, -b) if a == b else 0.5", "return max(a, b) if a == b else 0.5",
        "return max(a, -b) if a == b else 0.75",
    }  # fmt: skip
    assert len({change.name for change in found}) == len(found)
    assert all("Words" in change.source for change in found)
    assert not [after for _, after in pairs if "import" in after or "__all__" in after]


RUN = """
import sys
from pathlib import Path
sys.path.insert(0, {benchmarks!r})
import mutation
mutation.ROOT, mutation.SECONDS = Path.cwd(), 2
mutation.KNOWN = Path("known.toml")
mutation.TARGETS = {{"one": mutation.Target("one.py", ("tests/test_one.py",))}}
sys.argv = ["mutation.py", "--state", "state.json"]
sys.exit(mutation.main())
"""
TEST = """
from paintrend.one import f

def test_f():
    assert f(1) and f(4)
"""


def test_a_mutant_is_noticed_survives_or_never_ends(root, tmp_path):
    for name, text in {
        "src/paintrend/__init__.py": "",
        "src/paintrend/one.py": "def f(a):\n    while a > 2:\n        a -= 1\n    return a < 9\n",
        "tests/test_one.py": TEST,
        "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["src"]\n',
        "data/x": "",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    code = RUN.format(benchmarks=str(root / "benchmarks"))
    clean = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}

    def run():
        return subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, env=clean, capture_output=True, text=True
        )

    done = run()
    assert done.returncode == 1, done.stderr
    fates = json.loads((tmp_path / "state.json").read_text())
    assert fates["one f: return a < 9 -> return a >= 9"] == "noticed"
    assert fates["one f: return a < 9 -> return a < 8"] == "survived"
    assert fates["one f: a -= 1 -> a -= 0"] == "never ends"
    survivors = [name for name, fate in fates.items() if fate == "survived"]
    assert f"{len(survivors)} survived (0 known)" in done.stdout
    known = "".join(f'{json.dumps(name.removeprefix("one "))} = "why"\n' for name in survivors)
    (tmp_path / "known.toml").write_text(f"[one]\n{known}")
    again = run()
    assert again.returncode == 0, again.stderr
    assert f"({len(survivors)} known)" in again.stdout
