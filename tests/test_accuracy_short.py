"""Accuracy has not got worse: the short version of `benchmarks/accuracy.py`.

The patients are the same at every run, so scores move only with the code. A score may be worse
than measured by three standard errors (of the difference from the best possible answer on the same
patients, where there is one), which is what other patients could have shown.
"""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

pytestmark = pytest.mark.slow

# world, score: measured, standard error. Lower is better; refresh the numbers when they improve.
MEASURED = {
    ("weekly", "log-loss above the best possible"): (0.0374, 0.0163),
    ("weekly", "Brier score above the best possible"): (0.0123, 0.0095),
    ("weekly", "AUC of a dip below the best possible"): (0.0006, 0.0030),
    ("weekly", "AUC of a deterioration below the best possible"): (0.0021, 0.0018),
    ("weekly", "calibration error of the top course"): (0.0550, 0.0172),
    ("weekly", "coverage of the rise, distance from 0.9"): (0.0050, 0.0207),
    ("weekly", "coverage of the change at the end, distance from 0.9"): (0.0050, 0.0207),
    ("steady-ar", "log-loss above the best possible"): (0.1285, 0.0234),
    ("steady-ar", "Brier score above the best possible"): (0.0459, 0.0108),
    ("steady-ar", "share said to rise"): (0.0050, 0.0050),
    ("steady-ar", "mean probability of a dip or deterioration"): (0.0272, 0.0054),
}


@pytest.fixture(scope="module")
def bench(root):
    """Import the benchmark modules as the scripts do."""
    sys.path.insert(0, str(root / "benchmarks"))
    import accuracy
    import answers
    import scores
    import worlds

    yield SimpleNamespace(accuracy=accuracy, answers=answers, scores=scores, worlds=worlds)
    sys.path.remove(str(root / "benchmarks"))


@pytest.fixture(scope="module", params=["weekly", "steady-ar"])
def found(bench, request):
    """Scores of one world: name -> (value, standard error)."""
    short = bench.accuracy
    assert request.param in short.SHORT_WORLDS
    c = bench.answers.compare(
        bench.worlds.WORLDS[request.param],
        short.SHORT_PATIENTS,
        tools=(),
        pool=short.SHORT_POOL,
        limit=short.SHORT_LIMIT,
    )
    own, best = c.answers[bench.answers.OWN], c.answers[bench.answers.BEST]
    return request.param, measure(bench.scores, c, own, best)


def measure(scores, c, own, best):
    def above(loss):
        return scores.mean_of(loss(own.p, c.true) - loss(best.p, c.true))

    out = {
        "log-loss above the best possible": above(scores.log_losses),
        "Brier score above the best possible": above(scores.brier_losses),
    }
    rises = own.dip + own.worse
    if c.world.nobody_rises:
        out["share said to rise"] = scores.mean_of((rises > 0.5).astype(float))
        out["mean probability of a dip or deterioration"] = scores.mean_of(rises)
        return out
    out["AUC of a dip below the best possible"] = scores.auc_difference(
        best.dip, own.dip, c.truly_dip
    )
    out["AUC of a deterioration below the best possible"] = scores.auc_difference(
        best.worse, own.worse, c.truly_worse
    )
    right = own.p.argmax(axis=1) == c.true
    out["calibration error of the top course"] = scores.calibration_error(own.p.max(axis=1), right)
    for feature, name in ((1, "rise"), (2, "change at the end")):
        value, error = scores.coverage(own.places[:, feature])
        out[f"coverage of the {name}, distance from 0.9"] = (abs(value - 0.9), error)
    return out


def test_no_score_is_worse_than_measured(found):
    world, scores = found
    assert {(world, score) for score in scores} == {key for key in MEASURED if key[0] == world}
    worse = {}
    for score, (value, _) in scores.items():
        measured, error = MEASURED[world, score]
        if not np.isfinite(value) or value > measured + 3.0 * error:
            worse[score] = f"{value:.4f}, was {measured:.4f} ± {error:.4f}"
    assert not worse
