"""Hidden ratings: forecasts are probabilities, nothing hidden is used, and who predicts best."""

import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from paintrend.core.likelihood import OUTLIER
from paintrend.core.process import process_log_likelihood, process_steps
from paintrend.scales import get_scale

NRS = get_scale("nrs")


@pytest.fixture(scope="module")
def bench(root):
    """Import the benchmark modules as the scripts do."""
    sys.path.insert(0, str(root / "benchmarks"))
    import diaries
    import forecast_own
    import forecasts
    import hidden

    yield SimpleNamespace(diaries=diaries, own=forecast_own, forecasts=forecasts, hidden=hidden)
    sys.path.remove(str(root / "benchmarks"))


@pytest.fixture(scope="module")
def ratings():
    """Twelve patients, six weekly ratings each, levels and slopes of their own."""
    rng = np.random.default_rng(0)
    day = np.arange(0.0, 42.0, 7.0)
    parts = []
    for i in range(12):
        level = rng.uniform(3, 8) - 0.04 * rng.normal(1, 1) * day
        pain = np.clip(np.rint(level + rng.normal(0, 1, 6)), 0, 10)
        parts.append(pd.DataFrame({"patient_id": f"P{i:02d}", "day": day, "pain": pain}))
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def own(bench, ratings):
    """What paintrend says of these patients."""
    task, _ = next(bench.hidden.tasks(ratings, NRS, "visible"))
    return bench.own.forecast_own(task, draws=50)


def test_last_third_of_each_patient_is_hidden(bench):
    sizes = {"a": 2, "b": 3, "c": 4, "d": 5, "e": 9}
    rows = [(name, float(day), 0.0) for name, n in sizes.items() for day in range(n)]
    frame = pd.DataFrame(rows[::-1], columns=["patient_id", "day", "pain"])
    visible, hidden = bench.diaries.hide_last_third(frame)
    assert hidden.groupby("patient_id").size().to_dict() == {"b": 1, "c": 1, "d": 2, "e": 3}
    assert len(visible) + len(hidden) == 21
    last_seen = visible.groupby("patient_id")["day"].max()
    assert (hidden.groupby("patient_id")["day"].min() > last_seen).all()


def test_normal_on_the_scale_by_hand(bench):
    values = np.arange(11.0)
    mass = bench.forecasts.on_scale(values, np.array([9.0, 20.0]), np.array([2.0, 0.5]))
    assert mass.sum(axis=1) == pytest.approx([1.0, 1.0])
    assert mass[0, 8] == pytest.approx(norm.cdf(-0.25) - norm.cdf(-0.75))
    assert mass[0, 10] == pytest.approx(norm.sf(0.25))
    assert mass[1, 10] == pytest.approx(1.0)
    assert bench.forecasts.with_outliers(mass)[1, 0] == pytest.approx(OUTLIER / 11)


def test_last_value_carried_forward_by_hand(bench):
    visible = pd.DataFrame(
        {"patient_id": ["a"] * 3 + ["b"] * 3, "day": [0, 1, 2] * 2, "pain": [2, 4, 4, 9, 9, 8]}
    )
    asked = pd.DataFrame({"patient_id": ["a", "b"], "day": [3, 3]})
    task = bench.forecasts.Task(NRS, 3.0, visible, visible, asked)
    sd = np.sqrt((4 + 0 + 0 + 1) / 4)
    mass = bench.forecasts.carried(task)
    inside = norm.cdf(0.5 / sd) - norm.cdf(-0.5 / sd)
    assert mass[[0, 1], [4, 8]] == pytest.approx((1 - OUTLIER) * inside + OUTLIER / 11)
    seen = bench.forecasts.carried(task, as_seen=True)
    # errors 2, 0, 0, -1 count 1 each, the normal 20
    rows = (np.array([20 * inside]) + 2) / 24
    assert seen[0, 4] == pytest.approx((1 - OUTLIER) * rows[0] + OUTLIER / 11)


def test_every_forecast_is_a_probability(bench, ratings, own):
    task, pain = next(bench.hidden.tasks(ratings, NRS, "visible"))
    assert pain.shape == (24,)
    found = [own.mass] + [
        f.predict(task) for f in bench.forecasts.FORECASTERS.values() if not f.missing
    ]
    for mass in found:
        assert mass.shape == (24, 11)
        assert (mass > 0.9 * OUTLIER / 11).all()
        assert mass.sum(axis=1) == pytest.approx(np.ones(24), abs=2e-3)


def test_autocorrelated_noise_is_followed(bench, own):
    # the same from joint probabilities: P(value | seen) = P(seen and value) / P(seen)
    model, d = own.fit.population.model, own.drawn[0]
    j = int(np.flatnonzero(model.share > 0)[-1])
    noise, s = np.array([j]), d.y.size
    out = np.empty((2, 11))
    bench.own._mass(model, noise, d.levels[:1], d.day, d.y, np.arange(11.0), out)
    rows = np.r_[:s, s + 1]
    day, level = d.day[rows], d.levels[0, rows]
    steps = np.empty((s + 1, 19, 19))
    process_steps(day, model.tau[j], steps)
    size = model.sd[j] * np.sqrt(model.share[j])

    def log_p(y):
        n = y.size
        kind = bench.own.rating_kind(y, model.step)
        return process_log_likelihood(level[:n], y, kind, steps, size, model.chance[j])

    expected = [np.exp(log_p(np.append(d.y, float(k))) - log_p(d.y)) for k in range(11)]
    # tables hold seven digits
    assert out[1] == pytest.approx(expected, rel=1e-5)


def _predictions(bench, ratings, learn):
    task, _ = next(bench.hidden.tasks(ratings, NRS, learn))
    found = {"paintrend": bench.own.forecast_own(task, draws=50).mass}
    for name, forecaster in bench.forecasts.FORECASTERS.items():
        if not forecaster.missing:
            found[name] = forecaster.predict(task)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("learn", ["visible", "others"])
def test_no_hidden_rating_is_used(bench, ratings, own, learn):
    ids = ratings["patient_id"].unique()
    # learned from others, a patient's own hidden ratings are those that must not be used
    asked = ids if learn == "visible" else ids[:: bench.hidden.FOLDS]
    late = ratings["patient_id"].isin(asked) & (ratings["day"] > 21)
    changed = ratings.assign(pain=ratings["pain"].where(~late, 10.0 - ratings["pain"]))
    assert not changed.equals(ratings)
    before, after = (_predictions(bench, r, learn) for r in (ratings, changed))
    assert len(before) >= 4
    for name in before:
        assert np.array_equal(before[name], after[name]), name
    # visible ratings and other patients do matter, so that the above could have failed
    assert (learn == "visible") == np.array_equal(before["paintrend"], own.mass)


@pytest.mark.slow
def test_knowing_the_truth_beats_every_guess(bench):
    result = bench.hidden.simulated(20, "visible")
    truth, owner = result.scores(bench.hidden.TRUTH), result.owner
    for name in result.mass:
        if name != bench.hidden.TRUTH:
            gain = bench.hidden.per_rating(truth - result.scores(name), owner)
            assert gain.value > 0, name
    covered = result.covered(bench.hidden.TRUTH).mean()
    assert covered == pytest.approx(0.9, abs=4 * np.sqrt(0.09 / owner.size))


def test_standard_error_takes_patients_as_independent(bench):
    # ratings of a patient that are all alike count once
    values, owner = np.array([1.0, 3.0, 2.0, 6.0]), np.arange(4)
    once = bench.hidden.per_rating(values, owner)
    often = bench.hidden.per_rating(np.repeat(values, 5), np.repeat(owner, 5))
    assert often == pytest.approx(once)
    assert once.error == pytest.approx(np.std(values) / 2)


@pytest.mark.slow
def test_short_run_is_not_worse_than_the_last_value(bench, tmp_path):
    file = tmp_path / "hidden.md"
    assert bench.hidden.main(["--short", "--markdown", str(file)]) == 0
    text = file.read_text(encoding="utf-8")
    for name in bench.hidden.SHORT:
        rows = [r.split(" | ") for r in text.splitlines() if r.startswith(f"| {name} |")]
        gain = {r[3]: r[5] for r in rows}
        assert "paintrend" in gain
        for rival in ("last value, normal errors", "last value, errors as seen"):
            value, error = (float(x) for x in gain[rival].split(" ± "))
            assert value > -2.0 * error, (name, rival)
