"""The steps of a run in their order; each looks first at what an earlier run has left."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from paintrend.aside import written_aside
from paintrend.core.em import TOLERANCE
from paintrend.fitting_options import no_rating_error
from paintrend.learning import learn_population, learning_sample, rows_of
from paintrend.progress import Progress, StageCount
from paintrend.results.population import Population
from paintrend.scaleout.about import write_readme
from paintrend.scaleout.checking import Counts, counts_from, plain_counts, read_counts
from paintrend.scaleout.job import Job
from paintrend.scaleout.problem_files import gathered_error, write_problems
from paintrend.scaleout.run_file import finish
from paintrend.scaleout.spill import styles_of
from paintrend.scaleout.workers import Workers
from paintrend.storage import read_population, write_population

__all__ = ["check_all", "end_run", "fit_all", "learn_all"]


def check_all(job: Job, pool: Workers, progress: Progress | None, *, lenient: bool) -> Counts:
    """Route all rows and check all buckets; what they hold together.

    Raises
    ------
    DiaryError
        If there are problems and the run is not lenient, or no usable rating.
    HorizonError
        If no rating lies before the horizon.
    """
    if job.all_checked.exists():
        return counts_from(json.loads(job.all_checked.read_text(encoding="utf-8")))
    units = job.source.units()
    left = [(i, unit) for i, unit in enumerate(units) if not job.unit_marker(i).exists()]
    todo = sum(sum(job.source.files[u.file].groups[g] for g in u.groups) for _, u in left)
    tell = _teller(progress, "sorting rows by patient", job.source.rows - todo, job.source.rows)
    for _ in pool.run("route", left, tell):
        pass
    styles = styles_of(job, len(units))
    buckets = range(job.n_buckets)
    found = {
        bucket: read_counts(job, bucket)
        for bucket in buckets
        if job.checked(bucket, "marker").exists()
    }
    done = sum(counts.rows for counts in found.values())
    tell = _teller(progress, "checking ratings", done, job.source.rows)
    tasks = [(bucket, len(units), styles) for bucket in buckets if bucket not in found]
    for task, counts in pool.run("check", tasks, tell):
        found[task[0]] = counts
    # In the order of buckets, not in that of arrival.
    total = sum((found[bucket] for bucket in buckets), Counts())
    if (total.problems and not lenient) or not total.ratings:
        write_problems(job, total)
        raise gathered_error(job, total)
    if not total.used:
        raise no_rating_error(job.horizon, total.late, total.ratings)
    with written_aside(job.all_checked) as aside:
        aside.write_text(json.dumps(plain_counts(total)), encoding="utf-8")
    shutil.rmtree(job.work / "rows", ignore_errors=True)
    return total


def learn_all(
    job: Job,
    counts: Counts,
    given: Population | None,
    progress: Progress | None,
    *,
    lasting_days: float | None,
    default: str,
    workers: int,
) -> Population:
    """Learn the population from the sample of all buckets, or keep the one given."""
    if job.population.exists():
        return read_population(job.population)
    if given is None:
        given = learn_population(
            _sample(job),
            job.scale,
            job.horizon,
            lasting_days=lasting_days,
            default=default,
            seed=job.seed,
            workers=workers,
            progress=progress,
            n_cohort=counts.used,
        )
    write_population(given, job.population)
    return given


def _sample(job: Job) -> pd.DataFrame:
    """Put the samples of the buckets together; never more than two samples in memory."""
    kept = pd.DataFrame()
    for bucket in range(job.n_buckets):
        file = job.checked(bucket, "sample")
        if file.exists():
            both = pd.concat([kept, pd.read_parquet(file)], ignore_index=True)
            ids = learning_sample(both["patient_id"].unique(), job.seed)
            kept = rows_of(both, ids)
    return kept


def fit_all(job: Job, pool: Workers, counts: Counts, progress: Progress | None) -> None:
    """Fit every bucket of which there are no courses yet."""
    buckets = [b for b in range(job.n_buckets) if job.checked(b, "ratings").exists()]
    ready = [bucket for bucket in buckets if job.part(bucket).exists()]
    done = sum(pq.read_metadata(job.part(bucket)).num_rows for bucket in ready)
    tell = _teller(progress, "fitting patients", done, counts.patients)
    for _ in pool.run("fit", [b for b in buckets if not job.part(b).exists()], tell):
        pass


def end_run(
    job: Job,
    counts: Counts,
    population: Population,
    own: Mapping[str, Any],
    *,
    lenient: bool,
) -> None:
    """Write what is said of all results together; run.json last."""
    if lenient:
        write_problems(job, counts)
    else:
        # A list left by an earlier attempt would be taken for that of this one.
        (job.folder / "problems.csv").unlink(missing_ok=True)
    write_readme(job, population, problems=lenient)
    named: Counter[str] = Counter()
    fitted = 0
    for bucket in range(job.n_buckets):
        if job.part(bucket).exists():
            part = pd.read_parquet(job.part(bucket), columns=["course", "status"])
            named.update(part["course"].tolist())
            fitted += int((part["status"] != "not_fitted").sum())
    result = {
        "patients": counts.patients,
        "fitted": fitted,
        "courses": dict(sorted(named.items(), key=lambda item: (-item[1], item[0]))),
        "rows": counts.rows,
        "ratings": counts.ratings,
        "problems": counts.problems,
        "notices": list(counts.notices),
    }
    learning = {
        "population": population.source,
        "patients": population.n_patients,
        "of": population.n_cohort,
        "log_evidence_per_patient": list(population.trace),
        "stops_below_gain_of": TOLERANCE,
    }
    finish(job.folder, own, {"result": result, "learning": learning})


def _teller(progress: Progress | None, stage: str, done: int, total: int) -> StageCount:
    """Count up what is done of a stage, and tell where it begins."""
    count = StageCount(progress, stage, total, done)
    count(0)
    return count
