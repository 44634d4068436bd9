"""The benchmark of speed: its files are what it says, and its table can be made."""

import re
import sys

import pandas as pd
import pytest


@pytest.fixture(scope="module", autouse=True)
def benchmarks(root):
    """Put the benchmark scripts on the path, as running them does."""
    sys.path.insert(0, str(root / "benchmarks"))
    yield
    sys.path.remove(str(root / "benchmarks"))


def test_a_large_file_holds_different_patients_far_apart(tmp_path, monkeypatch):
    import large_files

    monkeypatch.setattr(large_files, "AT_A_TIME", 400)
    large_files.write_patients(tmp_path / "x.parquet", 1000, seed=1)
    table = pd.read_parquet(tmp_path / "x.parquet")
    assert table.groupby("patient_id").size().eq(12).all()
    assert table["patient_id"].nunique() == 1000
    series = table.sort_values(["patient_id", "day"])["pain"].to_numpy().reshape(-1, 12)
    assert len({tuple(row) for row in series}) > 950, "not copies of a few"
    rows = table.index[table["patient_id"] == "P00000001"]
    assert (rows[1:] - rows[:-1]).min() == 400


@pytest.mark.slow
def test_the_benchmark_prints_its_tables(tmp_path, capsys):
    import speed

    file = tmp_path / "speed.md"
    options = ["--patients", "30", "60", "--few", "10", "--sample", "4", "--draws", "20"]
    assert speed.main([*options, "--workers", "1", "--markdown", str(file)]) == 0
    said = file.read_text()
    assert said == capsys.readouterr().out
    rows = re.findall(r"^\| +(30|60) \| +([\d.]+) \| +(\d+) \| +([\d.]+) \| +(\w+)", said, re.M)
    assert [row[0] for row in rows] == ["30", "60"]
    for n, seconds, _, each, _ in rows:
        # seconds are shown to a tenth
        assert float(each) == pytest.approx(1000 * float(seconds) / int(n), abs=51 / int(n))
    assert re.search(r"by BIC, one process, 4 patients: \d+ patients/s", said)


@pytest.mark.slow
def test_learning_from_a_sample_is_compared_with_learning_from_all(tmp_path):
    import learning_sample

    from paintrend import learning

    before = learning.LEARN_FROM
    file = tmp_path / "sample.md"
    options = ["--worlds", "weekly", "--patients", "60", "--size", "20", "--samples", "1"]
    assert learning_sample.main([*options, "--judged", "20", "--markdown", str(file)]) == 0
    assert before == learning.LEARN_FROM
    rows = [line.split("|")[1:-1] for line in file.read_text().splitlines() if line[:1] == "|"]
    head, _, *body = [[cell.strip() for cell in row] for row in rows]
    assert [row[0] for row in body] == ["all 60", "the same, other draws", "20, sample 1"]
    changed = [float(row[head.index("mean change of a probability")]) for row in body]
    # the draws scatter, and another population differs by more than they do
    assert changed[0] == 0.0 < changed[1] < changed[2]
