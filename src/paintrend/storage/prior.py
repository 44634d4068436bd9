"""The numbers of a population in its file: which dictionary they belong to, and their checks."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paintrend.core.prior import Prior, active
from paintrend.results.population import Population
from paintrend.shapes import FAMILIES, FORMS
from paintrend.storage.checks import Checks, shown

__all__ = ["NO_PRIOR", "describe_dictionary", "read_prior"]

Array = NDArray[np.float64]

NO_PRIOR = Prior(np.empty(0), np.empty((0, 0)), np.empty((0, 0, 0)), np.empty(0))
"""Stands in a population of which the prior has not been read yet."""

SUM_TOLERANCE = 1e-6
AMPLITUDES = ("start", "trend", "slow change", "hump")


def describe_dictionary(population: Population) -> dict[str, Any]:
    """Say which rows the numbers of a prior belong to: how many there are, and a hash of them."""
    table, noise = population.table, population.noise
    n_shapes, n_waxing = len(table.shapes), len(table.waxing)
    rows = [f"{form.name} = {form.formula}" for form in FORMS.values()]
    rows += [table.name(index) for index in range(n_shapes + n_waxing)]
    rows += [
        f"noise: sd={sd:.3g}, share={share:.3g}, tau={tau:.3g}, heap={heap:.3g}"
        for sd, share, tau, heap in zip(noise.sd, noise.share, noise.tau, noise.heap, strict=True)
    ]
    digest = hashlib.blake2b("\n".join(rows).encode("utf-8"), digest_size=16).hexdigest()
    return {"shapes": n_shapes, "waxing": n_waxing, "noise": len(noise.sd), "digest": digest}


def read_prior(
    document: Mapping[str, Any], draft: Population | None, checks: Checks
) -> Prior | None:
    """Read the numbers of a population; None after a problem.

    Parameters
    ----------
    document : mapping
        The whole file.
    draft : Population, optional
        What else the file says, from which the sizes follow. Without it everything but sizes is
        checked.
    checks : Checks
        Gets the problems.
    """
    n_shapes = n_noise = None
    if draft is not None:
        expected = describe_dictionary(draft)
        if not _same_dictionary(document.get("dictionary"), expected, checks):
            # Lists that belong to another dictionary would only be reported a second time.
            return None
        n_shapes = expected["shapes"] + expected["waxing"]
        n_noise = expected["noise"]
    values = document.get("prior")
    if not isinstance(values, dict):
        checks.add("prior", "an object", values, "prior" in document)
        return None
    n_families, n = len(FAMILIES), len(AMPLITUDES)
    shape = checks.array(values.get("shape"), "prior.shape", (n_shapes,))
    mean = checks.array(values.get("mean"), "prior.mean", (n_families, n))
    covariance = checks.array(values.get("covariance"), "prior.covariance", (n_families, n, n))
    noise = checks.array(values.get("noise"), "prior.noise", (n_noise,))
    _check_shares(shape, "prior.shape", checks)
    _check_shares(noise, "prior.noise", checks)
    for family in range(n_families):
        _check_amplitudes(family, mean, covariance, checks)
    if shape is None or mean is None or covariance is None or noise is None:
        return None
    return Prior(shape, mean, covariance, noise)


def _same_dictionary(came: object, expected: Mapping[str, Any], checks: Checks) -> bool:
    """Refuse numbers learned with other shapes: they would be given to the wrong ones."""
    reason = "this paintrend has other shapes or noise settings than the one that wrote the file"
    if not isinstance(came, dict):
        checks.add("dictionary", "an object", came, present=came is not None)
        return False
    wrong = {key: value for key, value in expected.items() if came.get(key) != value}
    for key, value in wrong.items():
        checks.add_text(f"dictionary.{key}", f"{value!r}", f"{shown(came.get(key))}: {reason}")
    return not wrong


def _check_shares(values: Array | None, key: str, checks: Checks) -> None:
    if values is None:
        return
    below = np.flatnonzero(values < 0)
    if below.size:
        checks.add(f"{key}[{below[0]}]", "a share, 0 or more", float(values[below[0]]))
    total = float(values.sum())
    if abs(total - 1.0) > SUM_TOLERANCE:
        checks.add_text(key, "shares that sum to 1", f"a sum of {total:.9g}")


def _check_amplitudes(
    family: int, mean: Array | None, covariance: Array | None, checks: Checks
) -> None:
    """Check the sizes of one family: 0 where it has no such amplitude, else a covariance."""
    name = FAMILIES[family].name
    has = active(family)
    absent = [i for i in range(len(AMPLITUDES)) if i not in has]
    if mean is not None and mean[family, absent].any():
        words = " and ".join(AMPLITUDES[i] for i in absent)
        checks.add_text(
            f"prior.mean[{family}]", f"0 for {words} ({name} has none)", str(mean[family].tolist())
        )
    if covariance is None:
        return
    key, values = f"prior.covariance[{family}]", covariance[family]
    if values[absent].any() or values[:, absent].any():
        words = " and ".join(AMPLITUDES[i] for i in absent)
        checks.add_text(key, f"0 for {words} ({name} has none)", "other numbers")
    checks.covariance(values[np.ix_(has, has)], key, name)
