"""What must not matter does not: dates, units of the scale, names, company, threads; and no number
is missing without a reason."""

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import paintrend as pt

DAYS = [-7, 0, 14, 28, 42, 56, 70, 84]
PAIN = {
    "P1": [7, 7, 6, 5, 3, 2, 2, 1],
    "P2": [3, 3, 4, 6, 6, 7, 7, 7],
    "P3": [5, 5, 7, 8, 6, 4, 3, 2],
    "P4": [5, 4, 5, 5, 6, 5, 5, 5],
}
NRS = pt.get_scale("nrs")


def table(scale: float = 1.0, names: dict | None = None) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"patient_id": (names or {}).get(name, name), "day": day, "pain": scale * value}
            for name, values in PAIN.items()
            for day, value in zip(DAYS, values, strict=True)
        ]
    )


def courses_of(frame: pd.DataFrame, scale=NRS, draws=60, **options) -> pd.DataFrame:
    options = {"horizon": 84, **options}
    diary = pt.read_diary(frame, scale, start=options.pop("start", None))
    fit = pt.fit_curves(diary, draws=draws, workers=1, **options)
    return pt.classify(fit).table()


@pytest.fixture(scope="module")
def courses() -> pd.DataFrame:
    return courses_of(table())


@pytest.fixture(scope="module")
def population() -> pt.Population:
    return pt.fit_curves(pt.read_diary(table(), "nrs"), horizon=84, draws=20, workers=1).population


def assert_same(one: pd.DataFrame, other: pd.DataFrame, tolerance: float = 1e-9) -> None:
    pd.testing.assert_frame_equal(one, other, rtol=0.0, atol=tolerance)


@pytest.mark.parametrize("day0", ["1999-12-25", "2024-02-26", "2061-07-01"])
def test_the_dates_themselves_do_not_matter(courses, day0):
    frame = table()
    frame["date"] = pd.Timestamp(day0) + pd.to_timedelta(frame.pop("day"), unit="D")
    assert_same(courses_of(frame, start=day0), courses)


def test_tenfold_units_give_tenfold_sizes_and_the_same_courses(courses):
    tenfold = replace(
        NRS, name="tenfold", low=0.0, high=100.0, step=10.0, better=20.0, worse=20.0, severe=70.0
    )
    came = courses_of(table(10.0), tenfold)
    sizes = [
        name
        for name in courses
        if name.partition("_")[0] in ("baseline", "rise", "burden")
        or name.startswith(("pre_trend", "end_change"))
    ]
    sizes = [name for name in sizes if not name.endswith("_share")]
    assert len(sizes) == 15
    for name in sizes:
        came[name] = came[name] / 10.0
    # the sentence tells sizes in the scale's own units
    text = ["status_text"]
    assert_same(came.drop(columns=text), courses.drop(columns=text), 1e-7)


def test_a_mirrored_scale_gives_the_mirror_image(courses):
    frame = table()
    frame["pain"] = 10 - frame["pain"]
    came = courses_of(frame, replace(NRS, name="relief", higher_is_worse=False))
    p = [name for name in courses if name.startswith("p_")]
    assert_same(came[p], courses[p])
    np.testing.assert_allclose(came["baseline"], 10 - courses["baseline"], atol=1e-9)
    np.testing.assert_allclose(came["rise"], courses["rise"], atol=1e-9)


def test_a_cohort_met_twice_gives_the_same_answers_twice(population):
    once = courses_of(table(), population=population)
    copies = table(names={name: f"{name} again" for name in PAIN})
    twice = courses_of(pd.concat([copies, table()]), population=population)
    own = twice[twice["patient_id"].isin(PAIN)].reset_index(drop=True)
    assert_same(own, once)


def test_names_matter_only_through_the_random_numbers(population):
    """Another name is another stream: the answers agree within what so many draws allow."""
    draws = 1500
    one = courses_of(table(), population=population, draws=draws)
    names = {name: f"patient {i}" for i, name in enumerate(PAIN)}
    other = courses_of(table(names=names), population=population, draws=draws)
    p = [name for name in one if name.startswith("p_")]
    share = one[p].to_numpy()
    # weighted draws count for at least half of their number
    error = np.sqrt(np.maximum(share * (1 - share), 1 / draws) / (draws / 2))
    assert (np.abs(other[p].to_numpy() - share) < 5 * np.sqrt(2) * error).all()


def test_threads_of_the_platform_do_not_matter(courses, tmp_path):
    file = tmp_path / "cohort.csv"
    table().to_csv(file, index=False)
    code = (
        "import sys, paintrend as pt;"
        "fit = pt.fit_curves(pt.read_diary(sys.argv[1], 'nrs'), horizon=84, draws=60, workers=3);"
        "pt.classify(fit).table().to_parquet(sys.argv[2])"
    )
    threads = {
        f"{name}_NUM_THREADS": "4" for name in ("OPENBLAS", "MKL", "OMP", "NUMEXPR", "ARROW")
    }
    subprocess.run(
        [sys.executable, "-c", code, str(file), str(tmp_path / "out.parquet")],
        env={**os.environ, **threads},
        check=True,
    )
    assert_same(pd.read_parquet(tmp_path / "out.parquet"), courses)


def test_no_number_is_missing_without_a_reason():
    odd = [
        {"patient_id": "unrated", "day": 0, "pain": None},
        {"patient_id": "late", "day": 200, "pain": 5},
        *({"patient_id": "floor", "day": day, "pain": 0} for day in DAYS),
        *({"patient_id": "top", "day": day, "pain": 10} for day in DAYS),
        *({"patient_id": "no start", "day": day, "pain": 6} for day in DAYS[3:]),
        {"patient_id": "once", "day": 0, "pain": 6},
    ]
    found = courses_of(pd.concat([table(), pd.DataFrame(odd)])).set_index("patient_id")
    status = found["status"].str.split(";")
    for name, row in found.iterrows():
        missing = [column for column in found if pd.isna(row[column])]
        assert row["status_text"] or "ok" in status[name], name
        if "not_fitted" in status[name]:
            assert name in ("unrated", "late")
            continue
        for column in missing:
            stem = column.removesuffix("_low").removesuffix("_high")
            # a day that is in none of the curves: the share says so
            assert found.loc[name, f"{stem}_share"] == 0.0, (name, column)
    p = [c for c in found if c.startswith("p_")]
    fitted = found.drop(index=["unrated", "late"])
    assert np.isfinite(fitted[p].to_numpy(dtype=float)).all()
