"""How right the response to sessions is: paintrend beside a before/after mean, a mixed model with
days since the session, and someone who knows everything but the heights.

    python benchmarks/sessions.py
    python benchmarks/sessions.py --worlds usual cancelled --patients 150 --repeats 2 --keep done

With `--keep` what was measured in a cohort is kept in a file of that folder and not run again.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from common import Page, add_cohorts
from numpy.typing import NDArray
from session_others import Ideal, before_after, days_since, knowing
from session_worlds import HIDDEN, WORLDS, loss, loss_each

import paintrend as pt
from paintrend.core.course_rules import COURSES
from paintrend.session_rules import VERDICTS
from paintrend.simulate import Soreness, simulate_sessions

Array = NDArray[np.float64]


class Run(NamedTuple):
    """One cohort: its truth, what was found, and what others say."""

    truth: pd.DataFrame
    table: pd.DataFrame
    draws: dict[str, Array]
    pooled: pd.DataFrame
    course: pd.DataFrame
    course_ignoring: pd.DataFrame
    ideal: Ideal
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
        knowing(cohort, soreness),  # type: ignore[arg-type]
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
    rng = np.random.default_rng(0)
    for key, of in (("rise", "rise"), ("climb", "climb")):
        inside = _inside(_place(run.draws[key][treated], truth[of].to_numpy(float), rng))
        out[f"cover 90%, randomised: {key}"] = float(inside.mean())
        if key == "rise":
            ideal = _inside(run.ideal.place[treated])
            out["cover 90%, randomised: rise, knows all but heights"] = float(ideal.mean())
            for label, own in (("a response", responds), ("none", ~responds)):
                if own.any():
                    out[f"cover 90%, randomised: rise, patients with {label}"] = float(
                        inside[own].mean()
                    )
    p = table[[f"p_{v}" for v in VERDICTS]].to_numpy()
    codes = np.array([VERDICTS.index(v) for v in truth["verdict"]])
    shares = np.bincount(codes, minlength=4) / len(codes)
    named = table["verdict"]
    told = (named != "cannot_tell").to_numpy()
    uneasy = named.isin(["does_not_settle", "builds_up"]).to_numpy()
    out["verdict log-loss"] = loss(p, codes)
    out["verdict log-loss: knows all but heights"] = loss(run.ideal.verdict[treated], codes)
    out["verdict log-loss: true shares"] = loss(np.tile(shares, (len(codes), 1)), codes)
    out["verdict named"] = float(told.mean())
    out["right among named"] = (
        float((named == truth["verdict"])[told].mean()) if told.any() else np.nan
    )
    out["patients without a response"] = float((~responds).sum())
    if (~responds).any():
        out["of these called does_not_settle or builds_up"] = float(uneasy[~responds].mean())
    out |= _courses(run, truth)
    return out


def _place(drawn: Array, true: Array, rng: np.random.Generator) -> Array:
    """Randomised place of the truth among its draws: right also where draws tie with it."""
    below = (drawn < true[:, None] - 1e-9).mean(axis=1)
    ties = (np.abs(drawn - true[:, None]) <= 1e-9).mean(axis=1)
    return below + rng.random(len(below)) * ties


def _inside(place: Array) -> NDArray[np.bool_]:
    return (place >= 0.05) & (place <= 0.95)


def _courses(run: Run, truth: pd.DataFrame) -> dict[str, float]:
    """How right courses are with sessions, without, and where all but the heights is known."""
    judged = np.array([COURSES.index(c) for c in truth["course"]])
    rows = run.truth["patient_id"].isin(truth.index).to_numpy()
    shares = {"": run.course, " (sessions ignored)": run.course_ignoring}
    found = {
        label: own.set_index("patient_id").loc[truth.index, [f"p_{c}" for c in COURSES]].to_numpy()
        for label, own in shares.items()
    } | {" (knows all but heights)": run.ideal.course[rows]}
    worse_codes = [COURSES.index("sustained_deterioration"), COURSES.index("recent_worsening")]
    worse = np.isin(judged, worse_codes)
    out = {"deteriorations": float(worse.sum())}
    for label, q in found.items():
        p = q[:, worse_codes].sum(axis=1)
        out["course log-loss" + label] = loss(q, judged)
        out["course right" + label] = float((q.argmax(axis=1) == judged).mean())
        out["mean probability of deterioration" + label] = float(p.mean())
        out["deterioration log-loss" + label] = loss(
            np.stack([1 - p, p], axis=1), worse.astype(int)
        )
        if worse.any():
            out["deteriorations hidden" + label] = float((p[worse] < HIDDEN).mean())
    paired = [loss_each(found[key], judged) for key in shares]
    out["course log-loss, more than with sessions ignored"] = float((paired[0] - paired[1]).mean())
    out["standard error of it over patients"] = float(
        (paired[0] - paired[1]).std(ddof=1) / np.sqrt(len(judged))
    )
    return out


def measure(name: str, n: int, seed: int, folder: Path | None) -> dict[str, float]:
    """Run one cohort and score it, unless its scores are kept in the folder."""
    file = None if folder is None else folder / f"{name.replace(' ', '_')}_{n}_{seed}.json"
    if file is not None and file.exists():
        return dict(json.loads(file.read_text(encoding="utf-8")))
    found = score(run_world(name, n, seed))
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(found), encoding="utf-8")
    return found


def main(arguments: list[str] | None = None) -> int:
    """Run the worlds and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", nargs="+", default=list(WORLDS), choices=list(WORLDS))
    add_cohorts(parser, patients=150, repeats=1, seed=0)
    parser.add_argument("--keep", metavar="FOLDER", type=Path)
    options = parser.parse_args(arguments)
    page = Page()
    page.begin("Response to sessions", "sessions.py", arguments)
    write: Callable[[str], None] = page.write
    for name in options.worlds:
        seeds = range(options.seed, options.seed + options.repeats)
        frame = pd.DataFrame([measure(name, options.patients, s, options.keep) for s in seeds])
        write(f"\n## {name}: {WORLDS[name].text}\n")
        write("| quantity | mean | sd over cohorts |\n|---|---|---|")
        for key in frame:
            spread = frame[key].std() if len(frame) > 1 else np.nan
            write(f"| {key} | {frame[key].mean():.3f} | {spread:.3f} |")
    page.save(options.markdown)
    return 0


if __name__ == "__main__":
    sys.exit(main())
