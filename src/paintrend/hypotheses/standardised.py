"""Shares of courses that each group would have with the covariates of all patients."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paintrend.core.course_rules import COURSES
from paintrend.pooling.links import Variable, class_chances, fit_choice, read_variable
from paintrend.pooling.means import group_labels

__all__ = ["standardised_shares"]

Array = NDArray[np.float64]


def standardised_shares(
    part: pd.DataFrame,
    by: str,
    adjust: tuple[str, ...],
    groups: list[str],
    added: tuple[float, float],
    rng: np.random.Generator,
    samples: int,
) -> tuple[Array, Array]:
    """Shares of courses (groups, samples, 8), and of better ends (groups, samples).

    A draw of shares within each group (a Bayesian bootstrap of patients: for counts that is the
    Dirichlet posterior) is multiplied by what a multinomial regression on group and covariates says
    of the step from the group's covariates to those of all.

    Parameters
    ----------
    part : DataFrame
        Patients whose group and covariates are known.
    added : (float, float)
        Patients that are added to every group: of each course, and of each of both ends. They have
        the covariates of the group, as in Clogg et al. 1991, doi:10.2307/2529918: a course that
        nobody of a data set has keeps a share, and its slopes do not run away.
    """
    covariates = [read_variable(name, part[name]).columns for name in adjust]
    inside = group_labels(part[by])[:, None] == np.array(groups)
    x = np.column_stack([np.ones(len(part)), inside[:, 1:].astype(float), *covariates])
    # who stands for all, by sample
    weight = rng.standard_exponential((samples, len(part)))
    course = Variable("course", COURSES, _codes(part))
    ends = Variable("end_better", (0, 1), part["end_better"].to_numpy(dtype=float))
    found = []
    for choice, more in zip((course, ends), added, strict=True):
        found.append(_of_choice(choice, x, inside, weight, more, rng))
    return found[0], found[1][..., 1]


def _codes(part: pd.DataFrame) -> Array:
    codes = pd.Categorical(part["course"], categories=list(COURSES)).codes
    return np.asarray(codes, dtype=np.float64)


def _of_choice(
    choice: Variable,
    x: Array,
    inside: NDArray[np.bool_],
    weight: Array,
    more: float,
    rng: np.random.Generator,
) -> Array:
    """Shares (groups, samples, classes) of one choice."""
    k, samples, n_groups = len(choice.levels), len(weight), inside.shape[1]
    beta = np.zeros((samples, k - 1, x.shape[1]))
    if len(x):
        each = inside @ (more / np.maximum(inside.sum(axis=0), 1))
        link, covariance = fit_choice(choice, x, each)
        normal = rng.standard_normal((samples, (k - 1) * x.shape[1]))
        drawn = link.coefficients.T.ravel() + normal @ np.linalg.cholesky(covariance).T
        beta = drawn.reshape(beta.shape)
    extra = rng.gamma(more, size=(n_groups, samples, k))
    seen = choice.value[:, None] == np.arange(k)
    out = np.empty((n_groups, samples, k))
    for g in range(n_groups):
        own = x.copy()
        own[:, 1:n_groups] = np.arange(1, n_groups) == g
        members = inside[:, g]
        for s in range(samples):
            w = weight[s]
            share = w[members] @ seen[members] + extra[g, s]
            if members.any():
                chance = class_chances(own @ beta[s].T)
                everyone = w @ chance / w.sum()
                theirs = w[members] @ chance[members] / w[members].sum()
                share = share * everyone / np.maximum(theirs, 1e-12)
            out[g, s] = share / share.sum()
    return out
