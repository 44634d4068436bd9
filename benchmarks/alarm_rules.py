"""How early a deterioration is detected at equal rates of false alarms: paintrend's policy, the
rules that clinics use, and the best possible answer, on worlds that paintrend is not built for.

    python benchmarks/alarm_rules.py --worlds weekly,rough --n 2000 --ideal 300 --out alarms.md

The population is learned from another cohort of the same world. Every rule is watched at the
planned visits; its threshold is moved until so many of those who will be fine get an alarm. Who is
never detected counts with the horizon. Gains are in weekly visits, against +2 points confirmed at
a second visit: by the median (medians fall on visits), by the median on a straight line between
visits, and by the mean.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

import numpy as np
import pandas as pd
from answers import WORSE, read_cohort, true_courses
from common import Page
from ideal import best_possible
from numpy.typing import NDArray
from worlds import WORLDS, Cohort, World, sample_cohort

import paintrend as pt
from paintrend.alarms.measures import Outcome, by_day, measure
from paintrend.alarms.rules import clinic_scores
from paintrend.alarms.simulated import last_rise
from paintrend.alarms.thresholds import alarms_at, match_share, peak_scores
from paintrend.alarms.visits import Visits, read_visits
from paintrend.monitoring.looks import look_table

Array = NDArray[np.float64]
RATES = (0.05, 0.10, 0.25)
OWN, BEST, CONFIRMED = "paintrend", "best possible", "two_raised"
WEEK = 7.0


@dataclass(frozen=True)
class Watched:
    """Visits of a cohort, scores by rule (P, K), and how the patients turn out."""

    visits: Visits
    scores: dict[str, Array]
    outcome: Outcome


def watch(world: World, n: int, n_learn: int, n_ideal: int, limit: int, seed: int) -> Watched:
    """Judge new patients at every planned visit; the best possible answers for the first ones."""
    learn, new = sample_cohort(world, n_learn, seed + 500), sample_cohort(world, n, seed)
    taught, diary = read_cohort(learn), read_cohort(new)
    population = pt.fit_curves(taught, horizon=world.horizon, draws=20).population
    visits = read_visits(diary, world.horizon)
    table = look_table(diary, population, visits.looks())
    reference = read_visits(taught, world.horizon)
    scores = {OWN: visits.spread(table["p_deterioration"].to_numpy(float))}
    scores |= clinic_scores(visits, reference, WEEK / 2.0)
    if n_ideal:
        scores[BEST] = ideal_scores(new, visits, n_ideal, limit)
    _, worsening, _, lasting, _ = world.rules
    rows = np.array(visits.ids).astype(int)
    worse = np.isin(true_courses(new), WORSE)[rows]
    onset = last_rise(new.truth.level[rows], world.horizon, worsening, lasting)
    outcome = Outcome(
        worse.astype(float), visits.last_day, np.where(worse, onset, np.nan), world.horizon
    )
    return Watched(visits, scores, outcome)


def ideal_scores(cohort: Cohort, visits: Visits, n: int, limit: int) -> Array:
    """Best possible probability of a deterioration at each visit of the first patients, NaN for
    the others."""
    names = set(visits.ids[:n])
    few = Cohort(
        cohort.world, cohort.ratings[cohort.ratings["patient_id"].isin(names)], cohort.truth
    )
    order = np.argsort(np.array(visits.ids[:n]))
    scores = np.full(visits.day.shape, np.nan)
    for day in np.unique(visits.day[:n][np.isfinite(visits.day[:n])]):
        p = best_possible(few.up_to(day), limit=limit).p[:, WORSE].sum(axis=1)
        own = np.empty(len(order))
        own[order] = p
        patient, visit = np.nonzero(visits.day[:n] == day)
        scores[patient, visit] = own[patient]
    return scores


def figures(watched: Watched, rule: str, rate: float, rows: slice) -> dict[str, float]:
    """Measure a rule at a rate of false alarms, on some of the patients."""
    outcome = Outcome(*(part[rows] for part in watched.outcome[:3]), watched.outcome.horizon)
    score, day = watched.scores[rule][rows], watched.visits.day[rows]
    mix = match_share(peak_scores(score), 1.0 - outcome.p_worse, rate)
    alarms = alarms_at(day, score, mix)
    found = measure(outcome, alarms, np.ones((1, len(day))))
    visits = [0.0, *np.unique(day[np.isfinite(day)]).tolist()]
    detected = [row["sensitivity"] for row in by_day(outcome, alarms, visits)]
    # medians fall on visits: a share that moves by 3% can move them by a week
    between = np.interp(0.5, detected, visits) if detected[-1] >= 0.5 else np.inf
    return found | {"median_between": float(between)}


def table(watched: Watched, rates: tuple[float, ...], rows: slice) -> pd.DataFrame:
    """One row per rate and rule; gains over the confirmed rule in weekly visits."""
    found = []
    for rate in rates:
        by_rule = {
            rule: figures(watched, rule, rate, rows)
            for rule, score in watched.scores.items()
            if np.isfinite(score[rows]).any() and (rule != BEST or rows.stop is not None)
        }
        slow = by_rule[CONFIRMED]
        for rule, own in by_rule.items():
            found.append(
                {
                    "false alarms": f"{rate:.0%}",
                    "rule": rule,
                    "sensitivity": own["sensitivity"],
                    "median delay": own["median_delay"],
                    "median from onset": own["median_from_onset"],
                    "restricted mean": own["restricted_mean_delay"],
                    "se": own["restricted_mean_delay_se"],
                    "visits earlier, median": (slow["median_delay"] - own["median_delay"]) / WEEK,
                    "between visits": (slow["median_between"] - own["median_between"]) / WEEK,
                    "visits earlier, mean": (
                        slow["restricted_mean_delay"] - own["restricted_mean_delay"]
                    )
                    / WEEK,
                    "predictive value": own["positive_predictive_value"],
                }
            )
    return pd.DataFrame(found)


def lines(found: pd.DataFrame) -> list[str]:
    """Give a table as Markdown."""

    def cell(value: object) -> str:
        if isinstance(value, str):
            return value
        number = float(value)  # type: ignore[arg-type]
        if np.isinf(number) or np.isnan(number):
            return "not reached"
        return f"{number:.2f}"

    head = "| " + " | ".join(found.columns) + " |\n|" + "---|" * found.shape[1]
    return [head, *("| " + " | ".join(map(cell, row)) + " |" for row in found.to_numpy())]


def main(arguments: list[str] | None = None) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", default="weekly,rough")
    parser.add_argument("--n", type=int, default=2000, help="new patients")
    parser.add_argument("--learn", type=int, default=400, help="patients learned from")
    parser.add_argument("--ideal", type=int, default=300, help="patients with the best possible")
    parser.add_argument("--limit", type=int, default=800_000, help="most curves of the best")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", help="Markdown file to write")
    given = parser.parse_args(arguments)
    page = Page()
    page.begin("How early alarms come", "alarm_rules.py", arguments)
    for name in given.worlds.split(","):
        world, start = WORLDS[name], time.perf_counter()
        watched = watch(world, given.n, given.learn, given.ideal, given.limit, given.seed)
        for rows in (slice(None), slice(given.ideal)) if given.ideal else (slice(None),):
            worse = watched.outcome.p_worse[rows]
            page.write(
                f"\n## {name}: {worse.size} new patients, {worse.sum():.0f} of them get worse\n"
            )
            for line in lines(table(watched, RATES, rows)):
                page.write(line)
        page.write(f"\n{time.perf_counter() - start:.0f} seconds.")
    page.save(given.out)


if __name__ == "__main__":
    main()
