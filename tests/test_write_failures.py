"""A disk that is full, a folder that cannot be written, a process that is killed: clear error,
nothing lost, nothing half done under a final name."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import paintrend as pt
from paintrend.storage import write_table

DAYS = [-7, 0, 14, 28, 42, 56, 70, 84]
LIMITED = """
import resource, signal, sys
import paintrend as pt
from paintrend.cli import main

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
size, *arguments = sys.argv[1:]
# What is compiled is loaded before the disk is full.
diary = pt.read_diary(arguments[1], "nrs")
pt.classify(pt.fit_curves(diary, horizon=84, draws=20, workers=1))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(size), int(size)))
sys.exit(main(arguments))
"""
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs limits and signals of POSIX")


@pytest.fixture(scope="module")
def ratings(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("data") / "cohort.csv"
    rows = [
        {"patient_id": f"P{i}", "day": day, "pain": (3 * i + abs(day)) % 11}
        for i in range(6)
        for day in DAYS
    ]
    pd.DataFrame(rows).to_csv(file, index=False)
    return file


def files(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


@pytest.mark.parametrize(
    ("command", "size"),
    [
        ("fit", 3_000),
        pytest.param("fit", 60_000, marks=pytest.mark.slow),
        pytest.param("report", 100_000, marks=pytest.mark.slow),
    ],
)
def test_a_full_disk_is_an_error_and_harms_nothing(ratings, tmp_path, command, size):
    out = tmp_path / "out"
    out.mkdir()
    for name in ("courses.csv", "curves.csv", "population.json", "README.txt", "index.html"):
        (out / name).write_text("of an earlier run of paintrend\n")
    before = files(out)
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(size), command, str(ratings), "--scale", "nrs",
         "--horizon", "84", "--draws", "20", "-o", str(out)],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    assert "cannot write" in done.stderr
    assert str(out) in done.stderr
    assert "Traceback" not in done.stderr
    after = files(out)
    assert set(after) == set(before), "a part was left, or a file was lost"
    whole = {name for name, data in after.items() if data == before[name]}
    # what was done before the disk was full is whole
    for name in set(after) - whole:
        assert name == "courses.csv" or size > 3_000
        assert after[name].endswith(b"\n")
    assert whole


def test_a_full_disk_leaves_the_earlier_fit(ratings, tmp_path):
    fit = pt.fit_curves(pt.read_diary(ratings, "nrs"), horizon=84, draws=20, workers=1)
    place = pt.write_fit(fit, tmp_path / "fit.zip")
    before = place.read_bytes()
    code = (
        "import resource, signal, sys, paintrend as pt;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "fit = pt.read_fit(sys.argv[1]);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (9_000, 9_000));"
        "pt.write_fit(fit.select(['P1']), sys.argv[1])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(place)], capture_output=True, text=True)
    assert "OSError" in done.stderr
    assert place.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["fit.zip"]


def test_a_kill_while_a_table_is_written_leaves_the_old_one(tmp_path):
    file = write_table(pd.DataFrame({"x": [1]}), tmp_path / "t.csv")
    before = file.read_bytes()

    pid = os.fork()
    if pid == 0:

        def parts():
            yield pd.DataFrame({"x": range(100_000)})
            os.kill(os.getpid(), signal.SIGKILL)

        write_table(parts(), file)
        os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(pid, 0)[1])
    assert file.read_bytes() == before
    # what is left is hidden, and the next write of this process id takes its place
    assert all(name.startswith(".") for name in os.listdir(tmp_path) if name != "t.csv")


@pytest.mark.parametrize("command", ["fit", "report"])
def test_a_folder_that_cannot_be_made_is_named_before_anything_is_fitted(
    ratings, tmp_path, command, capsys, monkeypatch
):
    from paintrend import fitting
    from paintrend.cli import main

    def never(*_, **__):
        raise AssertionError("fitted for nothing")

    monkeypatch.setattr(fitting, "_fit_diary", never)
    blocked = tmp_path / "file"
    blocked.write_text("x")
    code = main(
        [command, str(ratings), "--scale", "nrs", "--horizon", "84", "-o", str(blocked / "out")]
    )
    assert code == 3
    assert f"cannot write {blocked / 'out'}" in capsys.readouterr().err


@pytest.mark.skipif(getattr(os, "geteuid", int)() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_named(ratings, tmp_path, capsys):
    from paintrend.cli import main

    tmp_path.chmod(0o555)
    try:
        code = main(["fit", str(ratings), "--scale", "nrs", "--horizon", "84", "-o", str(tmp_path)])
        assert code == 3
        assert f"cannot write {tmp_path}" in capsys.readouterr().err
        with pytest.raises(PermissionError):
            write_table(pd.DataFrame({"x": [1]}), tmp_path / "t.csv")
    finally:
        tmp_path.chmod(0o755)
    assert not list(tmp_path.iterdir())
