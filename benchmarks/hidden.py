"""The last third of every patient's ratings is hidden: who predicts it best?

For real diaries: the log of the probability that was given to each hidden rating by paintrend, by
mixed models, and by the last value or the mean so far with the errors these had before. Nothing is
learned from a rating that is hidden: either from what is seen of all patients ("visible"), or from
the whole diaries of other patients, a fifth of the patients at a time ("others").

    python benchmarks/hidden.py
    python benchmarks/hidden.py --diaries "bodily pain" --learn others
    python benchmarks/hidden.py --simulated 200
    python benchmarks/hidden.py --short
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from common import Page
from diaries import DIARIES, hide_last_third
from forecast_own import forecast_own, score_together
from forecasts import FORECASTERS, Task, on_scale, with_outliers
from numpy.typing import NDArray
from scores import inside, mass_places, per_rating
from tables import markdown, text

import paintrend as pt
from paintrend.results.cohort import SimulatedCohort
from paintrend.scales import Scale

Array = NDArray[np.float64]
OWN, TRUTH = "paintrend", "true curve and noise"
LEARN = ("visible", "others")
FOLDS = 5
SHORT, SHORT_PATIENTS = ("migraine weeks", "licorice throat"), 80


def tasks(ratings: pd.DataFrame, scale: Scale, learn: str) -> Iterator[tuple[Task, Array]]:
    """Yield what each forecaster gets, and the hidden ratings in the order of `asked`."""
    visible, hidden = hide_last_third(ratings)
    # The plan of the visits is known beforehand; what was rated at them is not.
    horizon = float(hidden["day"].max())
    ids = hidden["patient_id"].unique()
    folds = np.arange(ids.size) % (1 if learn == "visible" else FOLDS)
    for fold in range(folds.max() + 1):
        own = set(ids[folds == fold])
        seen = visible[visible["patient_id"].isin(own)].reset_index(drop=True)
        part = hidden[hidden["patient_id"].isin(own)].reset_index(drop=True)
        others = ratings[ratings["patient_id"].isin(set(ids) - own)]
        others = others.sort_values(["patient_id", "day"], kind="stable").reset_index(drop=True)
        known = seen if learn == "visible" else others
        task = Task(scale, horizon, known, seen, part[["patient_id", "day"]])
        yield task, part["pain"].to_numpy(float)


class Result:
    """Predictions of every forecaster for all hidden ratings of a diary."""

    def __init__(self, ratings: pd.DataFrame, scale: Scale, learn: str) -> None:
        self.mass: dict[str, Array] = {}
        self.skipped: dict[str, str] = {}
        self.seconds: dict[str, float] = {}
        parts: dict[str, list[Array]] = {OWN: []}
        asked, pain, together = [], [], []
        for task, hidden in tasks(ratings, scale, learn):
            asked.append(task.asked)
            pain.append(hidden)
            start = time.perf_counter()
            own = forecast_own(task)
            self.seconds[OWN] = self.seconds.get(OWN, 0.0) + time.perf_counter() - start
            parts[OWN].append(own.mass)
            together.append(score_together(own, hidden))
            for name, forecaster in FORECASTERS.items():
                if forecaster.missing:
                    self.skipped[name] = forecaster.missing
                    continue
                parts.setdefault(name, []).append(forecaster.predict(task))
        self.values = task.values
        self.asked = pd.concat(asked, ignore_index=True)
        self.pain = np.concatenate(pain)
        self.together = np.concatenate(together)
        self.mass = {name: np.concatenate(found) for name, found in parts.items()}

    @property
    def hit(self) -> NDArray[np.int64]:
        """Place of each hidden rating among the values of the scale."""
        return np.abs(self.pain[:, None] - self.values).argmin(axis=1)

    @property
    def owner(self) -> NDArray[np.int64]:
        """Number of the patient of each hidden rating."""
        return np.asarray(pd.factorize(self.asked["patient_id"])[0])

    def scores(self, name: str) -> Array:
        """Log probability that was given to each hidden rating."""
        return np.asarray(np.log(self.mass[name][np.arange(self.hit.size), self.hit]))

    def covered(self, name: str) -> Array:
        """Whether the place of each rating lies in the middle 90%; ties split at random."""
        return inside(mass_places(self.mass[name], self.hit))


def result_table(diary: str, result: Result) -> pd.DataFrame:
    """One row per forecaster, the best of each diary first."""
    own, owner = result.scores(OWN), result.owner
    rows = []
    for name in result.mass:
        score = result.scores(name)
        difference = per_rating(own - score, owner)
        rows.append(
            {
                "diary": diary,
                "patients": owner.max() + 1,
                "hidden": owner.size,
                "answer": name,
                "log score": text(per_rating(score, owner)),
                "paintrend better by": "–" if name == OWN else text(difference),
                "90% interval covers": text(per_rating(result.covered(name), owner), 2),
                "mean": score.mean(),
            }
        )
    table = pd.DataFrame(rows).sort_values("mean", ascending=False, kind="stable")
    return table.drop(columns="mean")


def true_mass(cohort: SimulatedCohort, asked: pd.DataFrame, values: Array) -> Array:
    """Predictions of one who knows each patient's curve and size of noise."""
    places = {name: i for i, name in enumerate(cohort.truth["patient_id"])}
    row = asked["patient_id"].map(places).to_numpy()
    day = asked["day"].to_numpy(float)
    level = np.array(
        [np.interp(d, cohort.grid, cohort.curves[i]) for d, i in zip(day, row, strict=True)]
    )
    level += np.minimum(day, 0.0) * cohort.truth["pre_trend"].to_numpy()[row]
    level = np.asarray(cohort.scale.orient(np.clip(level, cohort.scale.low, cohort.scale.high)))
    sd = np.maximum(cohort.truth["noise_sd"].to_numpy()[row], 1e-6)
    return with_outliers(on_scale(values, level, sd))


def simulated(n: int, learn: str, seed: int = 1) -> Result:
    """Let all predict a simulated cohort, with one among them who knows the truth."""
    cohort = pt.simulate_cohort(n, seed=seed)
    result = Result(cohort.ratings[["patient_id", "day", "pain"]], cohort.scale, learn)
    result.mass[TRUTH] = true_mass(cohort, result.asked, result.values)
    return result


def main(arguments: list[str] | None = None) -> int:
    """Run the comparison and print its tables."""
    options = _parser().parse_args(arguments)
    if options.short:
        options.diaries, options.learn = list(SHORT), ["visible"]
        options.patients = SHORT_PATIENTS
    page = Page()
    page.begin("Hidden ratings", "hidden.py", arguments)
    write = page.write
    write("Mean log probability of a hidden rating (higher is better) ± standard error over")
    write("patients; the paired difference; share of ratings inside the 90% interval.")
    for learn in options.learn:
        where = "what is seen of all" if learn == "visible" else "whole diaries of others"
        write(f"\n## Learned from {where}\n")
        for name in options.diaries:
            diary = DIARIES[name]
            if diary.missing:
                write(f"Left out: {name}: {diary.missing}.\n")
                continue
            write(f"{name}: {diary.text} (licence: {diary.licence}).\n")
            ratings = diary.read()
            if options.patients:
                # from all of the file: neighbours in a file may be alike
                ids = np.sort(ratings["patient_id"].unique())
                few = ids[:: -(-ids.size // options.patients)]
                ratings = ratings[ratings["patient_id"].isin(few)]
            _tell(name, Result(ratings, diary.scale, learn), write)
        if options.simulated:
            _tell("simulated", simulated(options.simulated, learn), write)
    page.save(options.markdown)
    return 0


def _tell(name: str, result: Result, write: Callable[[str], None]) -> None:
    for skipped, why in result.skipped.items():
        write(f"Left out: {skipped}: {why}.\n")
    write(markdown(result_table(name, result)) + "\n")
    count = np.bincount(result.owner)
    each = result.together.sum() / count.sum()
    write(
        f"paintrend, the ratings of a patient predicted together: {each:.3f} per rating; "
        f"{result.seconds[OWN]:.0f} s.\n"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else None)
    parser.add_argument("--diaries", nargs="*", choices=list(DIARIES), default=list(DIARIES))
    parser.add_argument("--learn", nargs="+", choices=LEARN, default=list(LEARN))
    parser.add_argument("--patients", type=int, help="at most so many of each diary")
    parser.add_argument("--simulated", type=int, help="also so many simulated patients")
    parser.add_argument(
        "--short", action="store_true", help="half a minute: some of the sample data"
    )
    parser.add_argument("--markdown", help="file for the tables")
    return parser


if __name__ == "__main__":
    sys.exit(main())
