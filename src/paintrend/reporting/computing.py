"""What an analysis was run with: versions, machine, seed, and fingerprints of what went in."""

from __future__ import annotations

import hashlib
import platform
import sys
from importlib import metadata

import numpy as np
import pandas as pd

from paintrend.pooling.curves import refuse_named_courses
from paintrend.results.diary import Diary
from paintrend.results.fit import Fit
from paintrend.results.population import Population
from paintrend.results.session_fit import SessionFit

__all__ = ["session_info"]

PACKAGES = (
    "paintrend", "numpy", "scipy", "pandas", "numba", "plotly", "statsmodels", "lifelines",
)  # fmt: skip


def session_info(fit: Fit) -> pd.DataFrame:
    """List what is needed to run an analysis again: versions, machine, seed, data, population.

    The fingerprints (SHA-256) tell whether two fits had the same ratings and the same population,
    whatever the order of the rows and the name of the file. They hold no rating and no id that
    could be read back.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    DataFrame
        ``what``, ``value``: packages (``not installed`` where an extra is missing), Python, system
        and processor, then seed, horizon, draws, default population, patients, ratings, the
        fingerprints of the ratings and of the population.

    Raises
    ------
    InputError
        If `fit` is no fit from `paintrend.fit_curves`.

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(12, seed=1)
    >>> fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84)
    >>> info = pt.session_info(fit).set_index("what")["value"]
    >>> info["seed"], info["patients"], len(info["diary sha256"])
    ('0', '12', 64)
    """
    if not isinstance(fit, Fit):
        refuse_named_courses(fit)
    rows = [(name, version_of(name)) for name in PACKAGES]
    population = fit.population
    rows += [
        ("python", platform.python_version()),
        ("implementation", platform.python_implementation()),
        ("system", f"{platform.system()} {platform.release()}"),
        ("machine", f"{platform.machine()}, {sys.byteorder} endian"),
        ("seed", str(fit.seed)),
        ("horizon", f"{fit.horizon:g}"),
        ("lasting_days of the fit", f"{population.lasting_days:g}"),
        ("curves per patient", str(fit.n_draws)),
        ("default population", population.default),
        ("population", "from other patients" if fit.external else "learned from this cohort"),
        ("sessions", "fitted together" if isinstance(fit, SessionFit) else "not modelled"),
        ("as of day", "all ratings" if fit.as_of_day is None else f"{fit.as_of_day:g}"),
        ("patients", str(fit.diary.n_patients)),
        ("ratings", str(fit.diary.n_ratings)),
        ("diary sha256", diary_digest(fit.diary)),
        ("population sha256", population_digest(population)),
    ]
    return pd.DataFrame(rows, columns=["what", "value"])


def version_of(name: str) -> str:
    """Version of an installed package."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def diary_digest(diary: Diary) -> str:
    """Fingerprint of scale, patients and ratings, whatever the order of rows."""
    digest = hashlib.sha256(repr(diary.scale).encode("utf-8", "surrogatepass"))
    for name in sorted(map(str, diary.patients.index)):
        _add(digest, name)
    rows = diary.ratings.sort_values(["patient_id", "day", "pain", "inclusion"], kind="stable")
    for name in rows["patient_id"].astype(str):
        _add(digest, name)
    for column in ("day", "pain", "inclusion"):
        # little-endian, and 0 for -0: the same bytes on every machine
        digest.update((np.asarray(rows[column], dtype="<f8") + 0.0).tobytes())
    return digest.hexdigest()


def population_digest(population: Population) -> str:
    """Fingerprint of everything that a posterior depends on."""
    digest = hashlib.sha256(repr(population.scale).encode("utf-8", "surrogatepass"))
    numbers = [population.horizon, population.lasting_days, population.gap]
    digest.update(np.array(numbers, dtype="<f8").tobytes())
    for values in population.prior:
        digest.update((np.asarray(values, dtype="<f8") + 0.0).tobytes())
    return digest.hexdigest()


def _add(digest: hashlib._Hash, text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    digest.update(len(data).to_bytes(4, "little") + data)
