"""The core against a general-purpose sampler that knows nothing of its algebra.

scripts/reference_sampler.py made the numbers: the same six patients and prior, the model written
out anew, sampled by tempered sequential Monte Carlo. Both carry Monte Carlo error: they may differ
by four standard errors, and by `TOLERANCE` for what the core approximates.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from paintrend.core.course_rules import COURSES, classify_curves
from paintrend.core.curves import draw_curves
from paintrend.core.design import build_design
from paintrend.core.grid import grid_columns
from paintrend.core.likelihood import OUTLIER
from paintrend.core.noise import NoiseGrid
from paintrend.core.posterior import sample_posterior
from paintrend.core.prior import WIDE_SD, WIDE_SHARE, Prior, build_model, family_of
from paintrend.shapes import FAMILIES, Component, Shape, ShapeTable, Waxing

REFERENCE = json.loads(Path(__file__).with_name("reference_sampler.json").read_text("utf-8"))
NAMES = [family.name for family in FAMILIES]
N_DRAWS = 10_000
SEEDS = range(4)
ERRORS = 4.0
# shares; points of the scale for the curve; natural log units for the evidence, which the core
# takes without the wide start (a share of 0.05) where the first ratings are not unusual
TOLERANCE = {"course": 0.01, "family": 0.01, "noise": 0.01, "mean": 0.03, "sd": 0.03, "log": 0.05}


def components(role):
    """Distinct slow changes or humps of the shapes, in order."""
    rows = dict.fromkeys(tuple(s[role]) for s in REFERENCE["shapes"] if s[role])
    return [Component(name, tuple(parameters)) for name, *parameters in rows]


def the_table():
    slow, hump = components("slow"), components("hump")

    def index(found, row):
        return found.index(Component(row[0], tuple(row[1:]))) if row else -1

    shapes = tuple(
        Shape(index(slow, s["slow"]), index(hump, s["hump"]), NAMES.index(s["family"]))
        for s in REFERENCE["shapes"]
    )
    waxing = tuple(
        Waxing(**{k: v for k, v in w.items() if k != "share"}) for w in REFERENCE["waxing"]
    )
    return ShapeTable(REFERENCE["horizon"], 7.0, 7.0, tuple(slow), tuple(hump), shapes, waxing)


def the_noise():
    rows = REFERENCE["noise"]
    of = {k: np.array([row[k] for row in rows]) for k in rows[0]}
    structures = list(dict.fromkeys(zip(of["share"], of["tau"], strict=True)))
    j = np.arange(len(rows))
    n = len(structures)
    return NoiseGrid(of["sd"], of["share"], of["tau"], j // n, j % n, of["heap"]), of["weight"]


def the_prior(weight):
    # families without a shape still need a covariance that can be inverted
    mean, covariance = np.zeros((len(NAMES), 4)), np.tile(np.eye(4), (len(NAMES), 1, 1))
    for name, row in REFERENCE["families"].items():
        mean[NAMES.index(name)] = row["mean"]
        covariance[NAMES.index(name)] = row["covariance"]
    shape = np.array([s["share"] for s in REFERENCE["shapes"] + REFERENCE["waxing"]])
    return Prior(shape, mean, covariance, weight)


TABLE = the_table()
NOISE, WEIGHT = the_noise()
PRIOR = the_prior(WEIGHT)


def once(day, y, noise, seed):
    """Every number of the reference by one sample of the core."""
    model = build_model(PRIOR, TABLE, noise, 1.0)
    design = build_design(day, y, np.array([0, day.size]), TABLE, PRIOR, 1.0)
    post = sample_posterior(model, design, ["a"], seed=seed, n_draws=N_DRAWS)
    grid, curves = grid_columns(TABLE), np.empty((N_DRAWS, 169))
    draw_curves(
        post.setting[0], post.amplitude[0], post.wave, post.wave_row[0], model,
        grid.common, grid.slow, grid.hump, grid.wax, 1.0, 0.0, curves,
    )  # fmt: skip
    codes = classify_curves(curves, TABLE.horizon, **REFERENCE["course_rules"])
    family = family_of(TABLE)[post.setting[0]]
    found = {"log evidence": post.log_evidence[0]}
    for at in REFERENCE["curve_days"]:
        level = curves[:, np.searchsorted(grid.day, at)]
        found |= {f"mean day {at}": level.mean(), f"sd day {at}": level.std()}
    found |= {f"course {c}": np.mean(codes == i) for i, c in enumerate(COURSES)}
    found |= {f"family {f}": np.mean(family == NAMES.index(f)) for f in REFERENCE["families"]}
    found |= {f"noise {j}": np.mean(post.noise[0] == j) for j in range(NOISE.sd.size)}
    return found


def differences(name, noise=NOISE):
    """Numbers of a patient that lie too far from the reference: own, reference, allowed."""
    day, y = (np.array(values, dtype=float) for values in REFERENCE["patients"][name])
    runs = [once(day, y, noise, seed) for seed in SEEDS]
    assert runs[0].keys() == REFERENCE["found"][name].keys()
    found = {}
    for key, (value, error) in REFERENCE["found"][name].items():
        own = np.array([run[key] for run in runs])
        own_error = own.std(ddof=1) / np.sqrt(own.size)
        allowed = ERRORS * np.hypot(error, own_error) + TOLERANCE[key.split()[0]]
        if not abs(own.mean() - value) <= allowed:
            found[key] = own.mean(), value, allowed
    return found


def test_the_reference_is_of_this_model():
    """If this fails, change scripts/reference_patients.py and make the reference again."""
    assert REFERENCE["outlier"] == OUTLIER
    assert REFERENCE["wide"] == [[1.0 - WIDE_SHARE, None], [WIDE_SHARE, WIDE_SD]]
    assert (TABLE.near("slow") != np.arange(len(TABLE.slow))[:, None]).any()
    assert (TABLE.near("hump") != np.arange(len(TABLE.hump))[:, None]).any()


@pytest.mark.parametrize("name", REFERENCE["patients"])
def test_the_core_agrees_with_a_general_purpose_sampler(name):
    assert not differences(name)


@pytest.mark.parametrize("name", REFERENCE["patients"])
def test_a_model_with_other_noise_does_not(name):
    assert differences(name, NOISE._replace(sd=1.3 * NOISE.sd))
