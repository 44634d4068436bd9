# /// script
# requires-python = ">=3.11"
# dependencies = ["blackjax==1.7.1", "jax==0.10.2", "paintrend"]
#
# [tool.uv.sources]
# paintrend = { path = "..", editable = true }
# ///
"""Make tests/reference_sampler.json: six patients fitted by a general-purpose sampler.

The model is written out anew in JAX: shapes and places between them, random curves by dense
covariances, usual and wide starts, autocorrelated noise as values that are sampled too, ratings
rounded and bounded, some heaped, some wild. Shape, start and noise setting are summed out.
Blackjax samples the rest by adaptive tempered sequential Monte Carlo with Hamiltonian moves, which
finds all modes; independent runs give the Monte Carlo error of every number. Of the package only
the rules of courses are used, on the sampled curves.

Last made with Python 3.11, blackjax 1.7.1, jax 0.10.2 and NumPy 2.4.6, in 16 minutes on two cores
that were busy with other work.

    uv run scripts/reference_sampler.py
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import blackjax
import jax
import jax.numpy as jnp
import numpy as np
from blackjax import inner_kernel_tuning
from blackjax.smc import extend_params, resampling
from jax.lax import erf
from jax.scipy.special import logsumexp
from reference_patients import (
    COURSE_RULES,
    CURVE_DAYS,
    FAMILIES,
    HORIZON,
    NOISE,
    OUTLIER,
    PATIENTS,
    SHAPES,
    WAXING,
    WIDE,
    amplitude_maps,
    columns,
    complete_curves,
    covariance,
    wave_covariance,
)

from paintrend.core.course_rules import COURSES, classify_curves

TARGET = Path(__file__).resolve().parents[1] / "tests" / "reference_sampler.json"
RUNS, PARTICLES, MOVES, POLISH = 8, 1500, 5, 3
STEPS, LEAPS, KEPT = (0.06, 0.5), 6, 0.6
GRID = np.linspace(0.0, HORIZON, 169)
FAMILY = np.array([s["family"] for s in SHAPES] + ["waxing"] * len(WAXING))
LOG_PRIOR = np.add.outer(
    np.add.outer([np.log(w) for w, _ in WIDE], np.log([s["share"] for s in (*SHAPES, *WAXING)])),
    np.log([s["weight"] for s in NOISE]),
).reshape(-1, len(NOISE))


def patient_model(day, y):
    """Functions of the sampled values: amplitudes, places and levels by setting (usual start, then
    wide), and the log of prior share times likelihood (2 K, J)."""
    n, after = day.size, day > 0.0
    mean, root = amplitude_maps()
    x = np.stack([columns(s, day) for s in (*SHAPES, *[{}] * len(WAXING))] * 2, axis=1)
    waves = np.zeros((2, FAMILY.size, n, n))
    for wave, setting in zip(waves[0, len(SHAPES) :], WAXING, strict=True):
        c = wave_covariance(setting, day[after], day[after])
        wave[np.ix_(after, after)] = np.linalg.cholesky(c + 1e-9 * np.eye(after.sum()))
    waves[1] = waves[0]
    waves = waves.reshape(-1, n, n)
    lag = np.abs(day[:, None] - day[None, :])
    lasting = np.stack(
        [s["sd"] * s["share"] ** 0.5 * np.linalg.cholesky(np.exp(-lag / s["tau"])) for s in NOISE]
    )
    sd = np.array([s["sd"] * (1.0 - s["share"]) ** 0.5 for s in NOISE])[:, None]
    heap = np.array([s["heap"] for s in NOISE])[:, None]
    heapers = np.flatnonzero(heap)
    on_heap = heap[heapers] * np.isin(y, (0.0, 5.0, 10.0))

    def chance(at, sd, unit):
        upper = np.where(y == 10.0, np.inf, y + unit / 2.0)
        lower = np.where(y == 0.0, -np.inf, y - unit / 2.0)
        root = np.sqrt(2.0) * sd
        return 0.5 * (erf((upper - at) / root) - erf((lower - at) / root))

    def levels(z):
        amplitude = mean + root @ z["size"]
        place = jnp.pad(0.5 * erf(z["place"] / np.sqrt(2.0)), (2, 0))
        weights = jnp.stack([jnp.ones(4), jnp.maximum(-place, 0.0), jnp.maximum(place, 0.0)])
        path = jnp.einsum("sknp,sp,kp->kn", x, weights, amplitude) + waves @ z["wave"]
        return amplitude, place, path

    def by_setting(z):
        level = jnp.clip(levels(z)[2], 0.0, 10.0)
        at = level[:, None, :] + (lasting @ z["lasting"])[None]
        p = (1.0 - heap) * chance(at, sd, 1.0)
        p = p.at[:, heapers].add(on_heap * chance(at[:, heapers], sd[heapers], 5.0))
        return jnp.log((1.0 - OUTLIER) * p + OUTLIER / 11.0).sum(axis=-1)

    return levels, lambda z: by_setting(z) + LOG_PRIOR


def tuned(key, sds):
    """Settings of the Hamiltonian moves for particles with these standard deviations.

    Modes differ in width and none suits one step size: every particle gets its own at random.
    """
    low, high = np.log(STEPS)
    return {
        "step_size": jnp.exp(jax.random.uniform(key, PARTICLES, minval=low, maxval=high)),
        "num_integration_steps": jnp.full(PARTICLES, LEAPS),
        **extend_params({"inverse_mass_matrix": jnp.clip(sds, 0.05, 1.0) ** 2}),
    }


def spread(particles):
    """Standard deviation of every sampled value, in the order in which the moves see them."""
    return jnp.concatenate([particles[k].std(axis=0) for k in sorted(particles)])


def build_sampler(n, log_joint):
    """Tempering from the prior, where all sampled values are standard normal."""
    return inner_kernel_tuning(
        blackjax.adaptive_tempered_smc,
        lambda z: sum(-0.5 * (v**2).sum() for v in z.values()),
        lambda z: logsumexp(log_joint(z)),
        blackjax.hmc.build_kernel(),
        blackjax.hmc.init,
        resampling.systematic,
        lambda key, state, _info: tuned(key, spread(state.particles)),
        tuned(jax.random.key(0), jnp.ones(6 + 2 * n)),
        num_mcmc_steps=MOVES,
        target_ess=KEPT,
    )


def run(key, smc, step, n):
    """Particles and log evidence: temper to the posterior, then move on there."""
    *keys, key = jax.random.split(key, 5)
    sizes = zip(("size", "place", "wave", "lasting"), keys, (4, 2, n, n), strict=True)
    state = smc.init({k: jax.random.normal(own, (PARTICLES, width)) for k, own, width in sizes})
    evidence, left, accepted = 0.0, POLISH, []
    while left:
        left -= bool(state.sampler_state.tempering_param >= 1.0)
        now, key = jax.random.split(key)
        state, info = step(now, state)
        evidence += float(info.log_likelihood_increment)
        accepted.append(float(info.update_info.acceptance_rate.mean()))
    return state.sampler_state.particles, evidence, accepted


def summarise(rng, z, levels, log_joint, day):
    """What the test compares, from the particles of one run."""
    chance = np.asarray(jax.nn.softmax(jax.vmap(log_joint)(z).reshape(PARTICLES, -1)), dtype=float)
    cumulative = np.cumsum(chance, axis=1)
    share = chance.mean(axis=0).reshape(LOG_PRIOR.shape)
    picked = (cumulative < rng.random((PARTICLES, 1))).sum(axis=1)
    setting = picked // LOG_PRIOR.shape[1]
    amplitude, place, path = (np.asarray(v) for v in jax.vmap(levels)(z))
    every = np.arange(PARTICLES)
    amplitude, path, setting = (
        amplitude[every, setting],
        path[every, setting],
        setting % FAMILY.size,
    )
    curves = np.clip(complete_curves(rng, amplitude, place, path, setting, day, GRID), 0.0, 10.0)
    family = np.tile(FAMILY, len(WIDE))
    codes = classify_curves(curves, HORIZON, **COURSE_RULES)
    at = curves[:, np.searchsorted(GRID, CURVE_DAYS)]
    return (
        {f"mean day {d}": float(v) for d, v in zip(CURVE_DAYS, at.mean(axis=0), strict=True)}
        | {f"sd day {d}": float(v) for d, v in zip(CURVE_DAYS, at.std(axis=0), strict=True)}
        | {f"course {c}": float((codes == i).mean()) for i, c in enumerate(COURSES)}
        | {f"family {f}": float(share[family == f].sum()) for f in FAMILIES}
        | {f"noise {j}": float(share[:, j].sum()) for j in range(len(NOISE))}
    )


def fit(index, name):
    """Mean over the runs of every number of a patient, and its Monte Carlo standard error."""
    day, y = (np.array(v, dtype=float) for v in PATIENTS[name])
    levels, log_joint = patient_model(day, y)
    smc = build_sampler(day.size, log_joint)
    step, found, begin = jax.jit(smc.step), [], time.perf_counter()
    for number in range(RUNS):
        z, evidence, accepted = run(jax.random.key(100 * index + number), smc, step, day.size)
        rng = np.random.default_rng([index, number])
        found.append({"log evidence": evidence} | summarise(rng, z, levels, log_joint, day))
    sys.stdout.write(
        f"{name}: {time.perf_counter() - begin:.0f} s, {len(accepted)} steps, "
        f"accepted {min(accepted):.2f} to {max(accepted):.2f}\n"
    )
    table = {key: [one[key] for one in found] for key in found[0]}
    return {k: [np.mean(v), np.std(v, ddof=1) / RUNS**0.5] for k, v in table.items()}


if __name__ == "__main__":
    content = {
        "made_with": {p.__name__: p.__version__ for p in (blackjax, jax, np)},
        "horizon": HORIZON,
        "outlier": OUTLIER,
        "wide": WIDE,
        "course_rules": COURSE_RULES,
        "curve_days": CURVE_DAYS,
        "families": {
            name: {"mean": row["mean"], "covariance": covariance(name).tolist()}
            for name, row in FAMILIES.items()
        },
        "shapes": SHAPES,
        "waxing": WAXING,
        "noise": NOISE,
        "patients": PATIENTS,
        "found": {name: fit(i, name) for i, name in enumerate(PATIENTS)},
    }
    TARGET.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"{TARGET}\n")
