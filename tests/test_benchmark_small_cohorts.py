"""The benchmark of small cohorts: populations learned from few beside those that are known well."""

import numpy as np
import pytest

import paintrend as pt


@pytest.fixture
def bench(root, monkeypatch):
    """Import the benchmark as the scripts do."""
    monkeypatch.syspath_prepend(str(root / "benchmarks"))
    import small_cohorts

    return small_cohorts


def _rows(text):
    lines = [line.split("|")[1:-1] for line in text.splitlines() if line.startswith("|")]
    head, _, *body = [[cell.strip() for cell in line] for line in lines]
    return [dict(zip(head, row, strict=True)) for row in body]


def test_errors_count_cohorts_where_there_are_enough(bench):
    cohort = np.repeat(np.arange(5), 2)
    values = np.repeat([1.0, 2.0, 3.0, 4.0, 5.0], 2)
    # five cohorts of two alike patients: sd 1.58 over the root of 5, and not of 10
    assert bench._by_cohort(values, cohort, "+.3f") == "+3.000 ± 0.707"
    assert bench._by_cohort(values[:4], cohort[:4], ".3f") == "1.500 ± 0.289"


@pytest.mark.slow
def test_parts_of_a_population_that_is_known_well_are_put_in_one_by_one(bench, capsys):
    options = ["--worlds", "weekly", "--patients", "8", "--cohorts", "1", "--others", "40"]
    assert bench.main([*options, "--parts"]) == 0
    rows = _rows(capsys.readouterr().out)
    assert [row["population from"] for row in rows] == [
        "the cohort itself",
        "others",
        "noise of the others",
        "sizes of the others",
        "shares of families of the others",
        "time courses of the others",
    ]
    # every part changes the answer, and none is the whole
    assert len({row["log-loss"] + row["likeliest course: said"] for row in rows}) == len(rows)


@pytest.mark.slow
def test_twins_are_judged_under_the_population_they_were_drawn_from(bench):
    case = next(bench._from_twins(5, 1))
    assert len(case.true) == len(case.diary.patient_ids) == bench.TWINS
    fit = pt.fit_curves(case.diary, population=case.known, draws=100)
    top = bench._probabilities(fit).argmax(axis=1)
    # codes in another order would be right for a patient in five
    assert (top == case.true).mean() > 0.5
    assert list(fit.patient_ids) == sorted(fit.patient_ids)
