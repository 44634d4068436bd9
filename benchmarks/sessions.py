"""How right the response to sessions is: paintrend beside a before/after mean, a mixed model with
days since the session, and someone who knows everything but the heights.

    python benchmarks/sessions.py
    python benchmarks/sessions.py --worlds usual cancelled --patients 150 --repeats 2
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
from common import Page
from numpy.typing import NDArray

import paintrend as pt
from paintrend.core.course_rules import COURSES
from paintrend.session_columns import columns_at, weights_of
from paintrend.session_rules import VERDICTS, read_response, sizes, verdict_codes
from paintrend.simulate import SessionPlan, Soreness, Visits, simulate_sessions
from paintrend.simulate.session_settings import form_after

Array = NDArray[np.float64]
SMALLEST = 1.0 / 800.0
WEEKLY = Visits(days=[float(d) for d in range(-7, 57, 7)], dropout=0.0005)
NO_CHANGE = {"unchanged": 1.0}
WORSE = {"sustained_deterioration": 0.5, "recent_worsening": 0.2, "unchanged": 0.3}


class World(NamedTuple):
    """Settings of one simulated cohort, and what is special about it."""

    text: str
    settings: dict[str, object]


WORLDS = {
    "usual": World("sessions twice a week, uneven gaps, evening ratings and around sessions", {}),
    "cancelled": World(
        "as usual, sessions cancelled because of pain (80% of those 2 points above the start)",
        {"plan": SessionPlan(cancelled_for_pain=0.8)},
    ),
    "nobody": World(
        "nobody responds, sessions cancelled because of pain",
        {"plan": SessionPlan(cancelled_for_pain=0.8), "soreness": Soreness(none=1.0)},
    ),
    "nobody worse": World(
        "nobody responds, most deteriorate, regular sessions",
        {
            "plan": SessionPlan(moved=0.0, pause=0.0),
            "soreness": Soreness(none=1.0),
            "course_mix": WORSE,
        },
    ),
    "everybody": World(
        "everybody responds, nobody has a course of their own",
        {"soreness": Soreness(none=0.0), "course_mix": NO_CHANGE},
    ),
    "thrice": World(
        "three regular sessions a week, slow responses that pile up",
        {
            "plan": SessionPlan(gaps=(2, 2, 3), moved=0.0, pause=0.0),
            "soreness": Soreness(fall_days=6.0),
        },
    ),
    "gamma": World("as cancelled, time courses of another form", {
        "plan": SessionPlan(cancelled_for_pain=0.8), "soreness": Soreness(form="gamma")}),
    "box": World("as cancelled, on and off", {
        "plan": SessionPlan(cancelled_for_pain=0.8), "soreness": Soreness(form="box")}),
    "weekly": World(
        "as usual, but only weekly ratings", {"visits": WEEKLY, "plan": SessionPlan(rated=False)}
    ),
}  # fmt: skip


def before_after(cohort) -> float:
    """Mean over patients of the last rating from 12 to 72 hours after a session (the highest of
    them is higher still) less the last rating before it."""
    found = []
    held = cohort.sessions[cohort.sessions["status"] == "attended"]
    days = {name: own["day"].to_numpy() for name, own in held.groupby("patient_id")}
    for name, own in cohort.ratings.groupby("patient_id"):
        day, pain = own["day"].to_numpy(), own["pain"].to_numpy()
        differences = []
        for s in days.get(name, ()):
            before = pain[(day <= s) & (day > s - 1.0)]
            after = pain[(day > s + 1.0) & (day <= s + 3.0)]
            if before.size and after.size:
                differences.append(after.mean() - before[-1])
        if differences:
            found.append(np.mean(differences))
    return float(np.mean(found)) if found else np.nan


def days_since(cohort) -> float:
    """Mixed model: a random intercept and slope, a level for each whole day since the last session;
    the highest of days 1 to 3 over that just before."""
    from statsmodels.regression.mixed_linear_model import MixedLM

    held = cohort.sessions[cohort.sessions["status"] == "attended"]
    days = {name: own["day"].to_numpy() for name, own in held.groupby("patient_id")}
    parts = []
    for name, own in cohort.ratings.groupby("patient_id"):
        day, session = own["day"].to_numpy(), days.get(name, np.empty(0))
        if session.size == 0:
            continue
        at = np.searchsorted(session, day, side="left") - 1
        since = np.where(at >= 0, day - session[np.maximum(at, 0)], np.inf)
        parts.append(own.assign(since=np.where(since < 6.0, np.floor(since), 6.0)))
    table = pd.concat(parts)
    after = np.stack([(table["since"] == k).to_numpy(float) for k in range(6)], axis=1)
    time_ = table["day"].to_numpy() / cohort.horizon
    x = np.column_stack([np.ones(len(table)), time_, time_**2, after])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = MixedLM(
            table["pain"].to_numpy(), x, table["patient_id"].to_numpy(), exog_re=x[:, :2]
        ).fit(reml=True, method=["lbfgs"], maxiter=200)
    return float(np.max(np.asarray(result.fe_params)[4:7]))


def knowing(cohort, soreness: Soreness, seed: int = 0) -> tuple[Array, Array]:
    """Bayes by someone who knows each patient's curve, noise and time course, and how heights are
    spread: probabilities of the verdicts, (P, 4), and the mean rise, (P,). Rounding is taken as
    noise, the ends of the scale are not; so this is close to a bound, not one."""
    rng = np.random.default_rng(seed)
    held = cohort.sessions[cohort.sessions["status"] == "attended"]
    c = cohort.session_criteria
    p_out, rise_out = [], []
    for i, row in enumerate(cohort.truth.itertuples()):
        session = held[held["patient_id"] == row.patient_id]["day"].to_numpy()
        own = cohort.ratings[cohort.ratings["patient_id"] == row.patient_id]
        own = own[(own["day"] >= 0)]
        day, n = own["day"].to_numpy(), len(own)
        if session.size == 0 or n == 0:
            p_out.append(np.full(4, np.nan)), rise_out.append(np.nan)
            continue
        # the time course of those without a response does not matter
        peak = row.peak_days if row.responds else soreness.peak_days
        gone = row.gone_days if row.responds else peak + soreness.fall_days
        form = lambda t, p=peak, g=gone: form_after(soreness.form, t, p, g)  # noqa: E731
        x = columns_at(day, session, weights_of(session.size), form)
        y = own["pain"].to_numpy() - np.interp(day, cohort.grid, cohort.curves[i])
        gap = np.abs(day[:, None] - day[None, :])
        tau = 1.0 / np.log(0.6 / 0.3)
        v = row.noise_sd**2 * (0.6 * np.exp(-gap / tau) + 0.4 * np.eye(n)) + np.eye(n) / 12.0
        first = rng.normal(soreness.first, soreness.spread, 4000)
        settled = soreness.settled * first * np.exp(0.2 * rng.standard_normal(4000))
        none = rng.random(4000) < soreness.none
        height = np.stack([first, settled], axis=1) * ~none[:, None]
        root = np.linalg.cholesky(v)
        e = np.linalg.solve(root, y[:, None] - x @ height.T)
        weight = -0.5 * (e**2).sum(axis=0)
        weight = np.exp(weight - weight.max())
        weight /= weight.sum()
        size = sizes(height[:, 0], height[:, 1], session.size)
        before = size[:, None, :] * form(session[:, None] - session[None, :])[None]
        level = np.interp(session, cohort.grid, cohort.curves[i]) + before.sum(axis=2)
        kept = np.tile(form(np.diff(session)), (4000, 1)) * ~none[:, None]
        reading = read_response(size, kept, np.clip(level, cohort.scale.low, cohort.scale.high))
        code = verdict_codes(reading, c.rise, c.left, c.climb)
        p_out.append(np.bincount(code, weight, minlength=4))
        rise_out.append(weight @ reading.rise)
    return np.array(p_out), np.array(rise_out)


def loss(p: Array, true: Array) -> float:
    return float(-np.log(np.clip(p[np.arange(len(p)), true], SMALLEST, 1.0)).mean())


class Run(NamedTuple):
    """One cohort: its truth, what was found, and what others say."""

    truth: pd.DataFrame
    table: pd.DataFrame
    draws: dict[str, Array]
    pooled: pd.DataFrame
    course: pd.DataFrame
    course_ignoring: pd.DataFrame
    ideal: Array
    before_after: float
    mixed: float
    seconds: float


def run_world(name: str, n: int, seed: int) -> Run:
    """Simulate and fit one cohort."""
    world = WORLDS[name]
    cohort = simulate_sessions(n, seed=seed, **world.settings)  # type: ignore[arg-type]
    diary = pt.read_diary(cohort.ratings, scale=cohort.scale)
    sessions = pt.read_sessions(cohort.sessions, diary)
    begun = time.process_time()
    fit = pt.fit_curves(diary, horizon=cohort.horizon, seed=0)
    found = pt.session_response(fit, sessions)
    soreness = world.settings.get("soreness", Soreness())
    return Run(
        cohort.truth, found.table(), {k: found.draws[k] for k in ("rise", "climb")}, found.pooled,
        found.courses.table(), found.courses_ignoring.table(),
        knowing(cohort, soreness)[0],  # type: ignore[arg-type]
        before_after(cohort), days_since(cohort), time.process_time() - begun,
    )  # fmt: skip


def score(run: Run) -> dict[str, float]:
    """Everything that is measured in one cohort."""
    treated = run.table["n_sessions"].to_numpy() > 0
    table = run.table[treated].set_index("patient_id")
    truth = run.truth.set_index("patient_id").loc[table.index]
    responds = truth["responds"].to_numpy(bool)
    rise = run.pooled.set_index("quantity").loc["rise"]
    true_rise = truth["rise"].mean()
    out = {
        "patients": len(table), "processor seconds": run.seconds,
        "mean rise: true": true_rise, "mean rise: found": rise["median"],
        "mean rise inside its 90% interval": float(rise["low"] <= true_rise <= rise["high"]),
        "mean rise: before/after": run.before_after, "mean rise: mixed model": run.mixed,
    }  # fmt: skip
    for key, of in (
        ("rise", "rise"), ("rise_first", "first_rise"), ("rise_last", "last_rise"),
        ("left", "left"), ("climb", "climb"), ("peak_days", "peak_days"),
        ("gone_days", "gone_days"),
    ):  # fmt: skip
        true = truth[of].to_numpy(float)
        use = np.isfinite(true) & np.isfinite(table[key].to_numpy())
        if key in ("left", "peak_days", "gone_days"):
            # those without a response have no time course
            use &= responds
        inside = (true >= table[key + "_low"] - 1e-9) & (true <= table[key + "_high"] + 1e-9)
        if use.any():
            out[f"cover 90%: {key}"] = float(inside[use].mean())
    # a randomised place among the draws: right also where draws tie with the truth
    rng = np.random.default_rng(0)
    for key, of in (("rise", "rise"), ("climb", "climb")):
        drawn, true = run.draws[key][treated], truth[of].to_numpy(float)[:, None]
        below = (drawn < true - 1e-9).mean(axis=1)
        ties = (np.abs(drawn - true) <= 1e-9).mean(axis=1)
        place = below + rng.random(len(below)) * ties
        out[f"cover 90%, randomised: {key}"] = float(((place >= 0.05) & (place <= 0.95)).mean())
    p = table[[f"p_{v}" for v in VERDICTS]].to_numpy()
    codes = np.array([VERDICTS.index(v) for v in truth["verdict"]])
    shares = np.bincount(codes, minlength=4) / len(codes)
    named = table["verdict"]
    told = (named != "cannot_tell").to_numpy()
    uneasy = named.isin(["does_not_settle", "builds_up"]).to_numpy()
    out["verdict log-loss"] = loss(p, codes)
    out["verdict log-loss: knows all but heights"] = loss(run.ideal[treated], codes)
    out["verdict log-loss: true shares"] = loss(np.tile(shares, (len(codes), 1)), codes)
    out["verdict named"] = float(told.mean())
    out["right among named"] = (
        float((named == truth["verdict"])[told].mean()) if told.any() else np.nan
    )
    out["patients without a response"] = float((~responds).sum())
    if (~responds).any():
        out["of these called does_not_settle or builds_up"] = float(uneasy[~responds].mean())
    judged = np.array([COURSES.index(c) for c in truth["course"]])
    worse = truth["course"].isin(["sustained_deterioration", "recent_worsening"]).to_numpy()
    for label, courses in (("", run.course), (" (sessions ignored)", run.course_ignoring)):
        own = courses.set_index("patient_id").loc[table.index]
        q = own[[f"p_{c}" for c in COURSES]].to_numpy()
        out["course log-loss" + label] = loss(q, judged)
        out["course right" + label] = float((q.argmax(axis=1) == judged).mean())
        if worse.any():
            hidden = own["p_deterioration"].to_numpy()[worse] < 0.2
            out["deteriorations hidden" + label] = float(hidden.mean())
    return out


def main(arguments: list[str] | None = None) -> int:
    """Run the worlds and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", nargs="+", default=list(WORLDS), choices=list(WORLDS))
    parser.add_argument("--patients", type=int, default=150)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--markdown", metavar="FILE")
    options = parser.parse_args(arguments)
    page = Page()
    page.begin("Response to sessions", "sessions.py", arguments)
    write: Callable[[str], None] = page.write
    for name in options.worlds:
        runs = [run_world(name, options.patients, options.seed + r) for r in range(options.repeats)]
        frame = pd.DataFrame([score(run) for run in runs])
        write(f"\n## {name}: {WORLDS[name].text}\n")
        write("| quantity | mean | sd over cohorts |\n|---|---|---|")
        for key in frame:
            spread = frame[key].std() if len(frame) > 1 else np.nan
            write(f"| {key} | {frame[key].mean():.3f} | {spread:.3f} |")
    page.save(options.markdown)
    return 0


if __name__ == "__main__":
    sys.exit(main())
