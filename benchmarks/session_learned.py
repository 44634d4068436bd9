"""How right the response would be for someone who knows each patient's curve and noise, but has to
learn time courses and heights from the cohort as paintrend does: what not knowing the curve costs.

Ratings where the true level is near an end of the scale are left out. Seconds for each cohort.

    python benchmarks/session_learned.py --worlds nobody everybody --seeds 200 201
    python benchmarks/session_learned.py --worlds nobody --seeds 200 --none-patients 10
    python benchmarks/session_learned.py --worlds weekly --blind
"""

from __future__ import annotations

import argparse
import sys
from typing import NamedTuple

import numpy as np
from common import Page
from numpy.typing import NDArray
from session_worlds import WORLDS, loss

from paintrend.responses import RESPONSES, response_at
from paintrend.session_columns import columns_at, weights_of
from paintrend.session_rules import VERDICTS, fading, read_response, sizes, verdict_codes
from paintrend.simulate import simulate_sessions
from paintrend.soreness import learning
from paintrend.soreness.extended import ResponsePrior
from paintrend.soreness.readings import FALL_CELL, PEAK_CELL

Array = NDArray[np.float64]
STEPS, LEARN_DRAWS, DRAWS = 60, 30, 500
NEAR_END = 1.7
"""Points from an end of the scale within which ratings are left out."""


class Seen(NamedTuple):
    """What ratings say of both heights of P patients under each of M time courses: information
    (P, M, 2, 2), its product with the estimate (P, M, 2), the patients' rows of the truth, and
    their sessions."""

    information: Array
    product: Array
    rows: list[int]
    sessions: list[Array]


def look(cohort) -> Seen:
    """Weigh the ratings of a cohort, curves and noise known."""
    held = cohort.sessions[cohort.sessions["status"] == "attended"]
    days = {name: own["day"].to_numpy() for name, own in held.groupby("patient_id")}
    information, product, rows, sessions = [], [], [], []
    for i, row in enumerate(cohort.truth.itertuples()):
        session = days.get(row.patient_id, np.empty(0))
        if session.size < 2:
            continue
        own = cohort.ratings[cohort.ratings["patient_id"] == row.patient_id]
        day, curve = own["day"].to_numpy(), np.interp(own["day"], cohort.grid, cohort.curves[i])
        level = curve + 0.6 * row.rise
        low, high = cohort.scale.low + NEAR_END, cohort.scale.high - NEAR_END
        use = (day >= 0) & (level > low) & (level < high)
        day, off = day[use], (own["pain"].to_numpy(float) - curve)[use]
        gap = np.abs(day[:, None] - day[None, :])
        v = row.noise_sd**2 * (0.6 * np.exp(-gap * np.log(2.0)) + 0.4 * np.eye(day.size))
        inverse = np.linalg.inv(v + np.eye(day.size) / 12.0)
        x = np.stack([columns_at(day, session, weights_of(session.size), r.at) for r in RESPONSES])
        weighed = np.swapaxes(x, 1, 2) @ inverse
        information.append(weighed @ x)
        product.append(weighed @ off)
        rows.append(i)
        sessions.append(session)
    return Seen(np.array(information), np.array(product), rows, sessions)


def learn(seen: Seen, rng: np.random.Generator) -> ResponsePrior:
    """Learn shares of time courses and heights, by the step that paintrend takes."""
    state = assumed = learning.default_response()
    course = np.r_[0, np.repeat(np.arange(1, assumed.share.size), LEARN_DRAWS)]
    for _ in range(STEPS):
        mean, covariance, share = _posterior(seen, state)
        root = np.linalg.cholesky(covariance)
        z = rng.standard_normal((*mean.shape[:2], LEARN_DRAWS, 2))
        height = mean[:, :, None] + np.einsum("pmij,pmdj->pmdi", root, z)
        height = np.concatenate([np.zeros((len(mean), 1, 2)), height.reshape(len(mean), -1, 2)], 1)
        weight = np.c_[share[:, :1], np.repeat(share[:, 1:], LEARN_DRAWS, axis=1) / LEARN_DRAWS]
        state = learning.update_response(weight, height, course, assumed)
    return state


def _posterior(seen: Seen, prior: ResponsePrior) -> tuple[Array, Array, Array]:
    """Mean and covariance of the heights under each time course, and shares, none first."""
    inverse = np.linalg.inv(prior.covariance)
    precision = seen.information + inverse
    covariance = np.linalg.inv(precision)
    known = seen.product + inverse @ prior.mean
    mean = np.einsum("pmij,pmj->pmi", covariance, known)
    log_weight = np.log(prior.share[1:]) + 0.5 * (
        np.linalg.slogdet(inverse)[1] - np.linalg.slogdet(precision)[1]
        + (known * mean).sum(axis=-1) - prior.mean @ inverse @ prior.mean
    )  # fmt: skip
    every = np.c_[np.full(len(mean), np.log(prior.share[0])), log_weight]
    share = np.exp(every - every.max(axis=1, keepdims=True))
    return mean, covariance, share / share.sum(axis=1, keepdims=True)


def score(cohort, seen: Seen, prior: ResponsePrior, rng: np.random.Generator) -> dict[str, float]:
    """Rise, share of 90% intervals (randomised) that hold it, their width, log-loss of verdicts."""
    means, covariances, shares = _posterior(seen, prior)
    c, truth = cohort.session_criteria, cohort.truth.iloc[seen.rows]
    # the first row stands for no response: its height is nothing
    table = np.array([[r.peak_days, r.flat_days, r.gone_days] for r in (RESPONSES[0], *RESPONSES)])
    peaks, flats, ends = table.T
    found, inside, width, p = [], [], [], []
    for k, (row, session) in enumerate(zip(truth.itertuples(), seen.sessions, strict=True)):
        course = rng.choice(prior.share.size, DRAWS, p=shares[k])
        at = np.maximum(course - 1, 0)
        root = np.linalg.cholesky(covariances[k])[at]
        height = means[k][at] + np.einsum("dij,dj->di", root, rng.standard_normal((DRAWS, 2)))
        height *= (course > 0)[:, None]
        rise = height @ [fading(session.size).mean(), 1.0 - fading(session.size).mean()]
        u, v = np.exp(rng.uniform(-1.0, 1.0, (2, DRAWS)) * [[PEAK_CELL], [FALL_CELL]])
        peak, flat = peaks[course] * u, flats[course] * v
        gone = peak + flat + (ends - peaks - flats)[course] * v
        shape = [one[:, None, None] for one in (peak, gone, flat)]
        size = sizes(height[:, 0], height[:, 1], session.size)
        left = response_at((session[:, None] - session[None, :])[None], *shape)
        level = np.interp(session, cohort.grid, cohort.curves[seen.rows[k]])
        level = np.clip(level + (size[:, None] * left).sum(axis=2), *_ends(cohort))
        kept = response_at(np.diff(session)[None], *(one[:, 0] for one in shape))
        reading = read_response(size, kept * (course > 0)[:, None], level)
        p.append(np.bincount(verdict_codes(reading, c.rise, c.left, c.climb), minlength=4) / DRAWS)
        below, ties = rise < row.rise - 1e-9, np.abs(rise - row.rise) <= 1e-9
        inside.append(0.05 <= below.mean() + rng.random() * ties.mean() <= 0.95)
        width.append(np.subtract(*np.quantile(rise, (0.95, 0.05))))
        found.append(rise.mean())
    codes = np.array([VERDICTS.index(v) for v in truth["verdict"]])
    return {
        "none": float(prior.share[0]), "true": float(truth["rise"].mean()),
        "found": float(np.mean(found)), "inside": float(np.mean(inside)),
        "width": float(np.mean(width)), "loss": loss(np.array(p), codes),
    }  # fmt: skip


def _ends(cohort) -> tuple[float, float]:
    return cohort.scale.low, cohort.scale.high


def main(arguments: list[str] | None = None) -> int:
    """Print a row for each world."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", nargs="+", default=list(WORLDS), choices=list(WORLDS))
    parser.add_argument("--patients", type=int, default=150)
    parser.add_argument("--seeds", nargs="+", type=int, default=[200])
    parser.add_argument("--none-patients", type=float, default=learning.NONE_PATIENTS)
    parser.add_argument("--blind", action="store_true", help="ratings are not looked at")
    parser.add_argument("--markdown", metavar="FILE")
    options = parser.parse_args(arguments)
    learning.NONE_PATIENTS = options.none_patients
    page = Page()
    page.begin("Response to sessions, curves known", "session_learned.py", arguments)
    page.write(
        "\n| world | learned share without a response | mean rise: true | found "
        "| 90% intervals of rise that hold it (randomised) | width | verdict log-loss |"
        "\n|---|---|---|---|---|---|---|"
    )
    for name in options.worlds:
        rows = []
        for seed in options.seeds:
            cohort = simulate_sessions(options.patients, seed=seed, **WORLDS[name].settings)
            rng, seen = np.random.default_rng(seed), look(cohort)
            if options.blind:
                nothing = (0.0 * seen.information, 0.0 * seen.product)
                seen = seen._replace(information=nothing[0], product=nothing[1])
                rows.append(score(cohort, seen, learning.default_response(), rng))
                continue
            rows.append(score(cohort, seen, learn(seen, rng), rng))
        m = {key: float(np.mean([row[key] for row in rows])) for key in rows[0]}
        page.write(
            f"| {name} | {m['none']:.2f} | {m['true']:.2f} | {m['found']:.2f} "
            f"| {m['inside']:.1%} | {m['width']:.2f} | {m['loss']:.2f} |"
        )
    page.save(options.markdown)
    return 0


if __name__ == "__main__":
    sys.exit(main())
