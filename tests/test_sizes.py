"""Absurd sizes of options are refused with an error of ours before anything is computed."""

from dataclasses import replace

import pytest

import paintrend as pt
from paintrend import memory
from paintrend.cli import main
from paintrend.simulate.settings import Visits

HUGE = 10**12
DAYS = [-7, 0, 7, 14, 28, 56, 84]


@pytest.fixture(scope="module")
def diary():
    return pt.read_diary(pt.simulate_cohort(12, seed=1).ratings, scale="nrs")


@pytest.fixture(scope="module")
def others():
    ratings = pt.simulate_cohort(6, seed=2).ratings
    ratings["patient_id"] = "Q" + ratings["patient_id"]
    return pt.read_diary(ratings, scale="nrs")


@pytest.fixture(scope="module")
def fit(diary):
    return pt.fit_curves(diary, horizon=84, draws=40)


ASKED = {
    "draws": lambda f, o: pt.fit_curves(o, population=f.population, draws=10**7),
    "draws=1000000000000": lambda f, o: pt.fit_curves(o, horizon=84, draws=HUGE),
    "draws=1000000000000 for 70 looks": lambda f, o: pt.monitor(
        o, population=f.population, draws=HUGE
    ),
    "draws=1000000000000 for 2000 looks": lambda f, o: pt.alarm_policy(
        f.population, schedule=DAYS, draws=HUGE
    ),
    "alarm_policy: n must": lambda f, o: pt.alarm_policy(f.population, schedule=DAYS, n=HUGE),
    "folds must": lambda f, o: pt.monitor(o, horizon=84, folds=HUGE),
    "every=1e-07 makes": lambda f, o: pt.monitor(o, population=f.population, every=1e-7),
    "every=1e-300 makes": lambda f, o: pt.monitor(o, population=f.population, every=1e-300),
    "workers must": lambda f, o: pt.fit_curves(o, horizon=84, workers=HUGE),
    "lasting_days must": lambda f, o: pt.fit_curves(o, horizon=84, lasting_days=1e-300),
    "lasting_days must be at least": lambda f, o: pt.alarm_policy(
        o, horizon=84, lasting_days=1e-300
    ),
    "horizon must": lambda f, o: pt.fit_curves(o, horizon=1e300),
    "horizon must be from 1e-06": lambda f, o: pt.fit_curves(o, horizon=1e-300),
    "prevalence: m must": lambda f, o: pt.prevalence(f, m=HUGE),
    "draw_plausible: m must": lambda f, o: pt.draw_plausible(f, m=HUGE),
    "replicates must": lambda f, o: pt.check_cohort(f, replicates=HUGE),
    "twins must": lambda f, o: pt.check_calibration(f, twins=HUGE),
    "worlds must": lambda f, o: pt.landmark_test(f, worlds=HUGE),
    "n_patients=1000000000000 with": lambda f, o: pt.simulate_cohort(HUGE),
    "n_patients=1000000000000": lambda f, o: pt.simulate_sessions(HUGE),
    "horizon must be a number": lambda f, o: pt.simulate_sessions(3, horizon=1e300),
    "horizon must be a number of": lambda f, o: pt.simulate_sessions(3, horizon=float("nan")),
    "patients must": lambda f, o: pt.power(patients=(HUGE,)),
    "visits must": lambda f, o: pt.power(visits=(HUGE,)),
    "baseline_ratings must": lambda f, o: pt.power(baseline_ratings=(HUGE,)),
    "cohorts must": lambda f, o: pt.power(cohorts=HUGE),
    "jitter": lambda f, o: pt.simulate_cohort(3, visits=Visits(jitter=10**30)),
}


@pytest.mark.parametrize("words", ASKED)
def test_what_no_machine_can_do_is_refused_at_the_door(words, fit, others):
    with pytest.raises(pt.InputError) as caught:  # warnings are errors in all tests
        ASKED[words](fit, others)
    text = str(caught.value)
    assert words in text
    if " takes some " in text:
        assert "GB of memory, and this machine has" in text


def test_a_step_so_fine_that_a_table_of_values_would_not_fit(others):
    fine = pt.Scale("fine", 0.0, 10.0, step=1e-9)
    fit = pt.fit_curves(replace(others, scale=fine), horizon=84, draws=20)
    with pytest.raises(pt.InputError, match="10,000,000,001 values takes some"):
        pt.check_cohort(fit)


def test_more_plausible_values_than_fit_into_a_small_machine(fit, monkeypatch):
    monkeypatch.setattr(memory, "machine_memory", lambda: 10**6)
    with pytest.raises(pt.InputError, match=r"m=50000 for 12 patients takes some"):
        pt.draw_plausible(fit, m=50_000)
    assert len(pt.draw_plausible(fit, m=2)) == 2


def test_what_a_usual_machine_can_do_is_not_refused(monkeypatch):
    """40,000 patients with the default draws, 4,000 draws of some, on 4 GB."""
    monkeypatch.setattr(memory, "machine_memory", lambda: 4 * 10**9)
    for n, draws in ((40_000, 400), (2_000, 4_000), (100, 50_000)):
        needed = memory.curve_memory(draws, n, 60, workers=4)
        assert memory.memory_problem("draws", needed, "") == ""


@pytest.mark.parametrize(("written", "found"), [("3000000\n", 3_000_000), ("max\n", None)])
def test_memory_is_that_of_the_container_where_it_has_less(written, found, tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "LIMITS", ())
    memory.machine_memory.cache_clear()
    whole = memory.machine_memory()
    (tmp_path / "memory.max").write_text(written)
    monkeypatch.setattr(memory, "LIMITS", (str(tmp_path / "memory.max"),))
    memory.machine_memory.cache_clear()
    assert memory.machine_memory() == (found or whole) >= 10**6
    memory.machine_memory.cache_clear()


def test_the_command_line_says_so_too(tmp_path, capsys, monkeypatch):
    file = tmp_path / "cohort.csv"
    file.write_text("patient_id,day,pain\nP1,-1,5\nP1,7,4\nP1,28,3\n")
    fitting = ["fit", str(file), "--scale", "nrs", "--horizon", "28", "-o", str(tmp_path / "out")]
    assert main([*fitting, "--draws", str(10**9)]) == 2
    said = capsys.readouterr().err
    assert "fit: --draws 1000000000 for 1 patient at a time takes some" in said
    assert main([*fitting[:4], "--horizon", "1e300", *fitting[6:]]) == 2
    assert "--horizon must be from 1e-06 to 1,000,000 days" in capsys.readouterr().err

    def exhausted(*_, **__):
        raise MemoryError

    monkeypatch.setattr("paintrend.cli.fit.run", exhausted)
    assert main(fitting) == 1
    assert "not enough memory" in capsys.readouterr().err
