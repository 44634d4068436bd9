"""A population with further common columns of the patient's own: those of the sessions."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.model import Design, Model
from paintrend.core.posterior import Proposals
from paintrend.core.prior import COMMON

__all__ = [
    "ResponsePrior",
    "extended_design",
    "extended_model",
    "joined",
    "some_patients",
    "split_amplitudes",
]

Array = NDArray[np.float64]
Index = NDArray[np.int64]


class ResponsePrior(NamedTuple):
    """What is known of responses before a patient's own ratings, on the 0-10 unit.

    Attributes
    ----------
    share : (1 + M,) of patients without any response, then with each time course
    mean : (r,), covariance : (r, r) of the amplitudes of those with one
    """

    share: Array
    mean: Array
    covariance: Array


def extended_model(model: Model, response: ResponsePrior) -> Model:
    """Insert the amplitudes of the response after start and trend; a priori they do not depend on
    the others."""
    r = response.mean.size
    inverse = np.linalg.inv(response.covariance)
    inverse = 0.5 * (inverse + inverse.T)
    families = model.mean.shape[0]
    k = model.mean.shape[1] + r
    old = np.r_[:COMMON, COMMON + r : k]
    new = np.arange(COMMON, COMMON + r)
    mean = np.zeros((families, k))
    mean[:, old] = model.mean
    mean[:, new] = response.mean
    precision = np.zeros((2, families, k, k))
    precision[:, :, old[:, None], old] = model.precision
    precision[:, :, new[:, None], new] = inverse
    start = np.zeros((2, COMMON + r, COMMON + r))
    start[:, :COMMON, :COMMON] = model.wax_start
    start[:, COMMON:, COMMON:] = response.covariance
    own = np.linalg.slogdet(inverse)[1] - response.mean @ inverse @ response.mean
    return model._replace(
        mean=mean,
        precision=precision,
        linear=np.einsum("wfij,fj->wfi", precision, mean),
        constant=model.constant + 0.5 * own,
        wax_start=np.ascontiguousarray(start),
        # the response is no part of the course
        sketch=model.sketch._replace(common=np.append(model.sketch.common, np.zeros(r))),
    )


def extended_design(design: Design, columns: Array, response: ResponsePrior) -> Design:
    """Give the same ratings with further columns (N, r)."""
    root = np.linalg.cholesky(response.covariance)
    return design._replace(
        common=np.ascontiguousarray(np.concatenate([design.common, columns], axis=1)),
        overall=np.ascontiguousarray(np.concatenate([design.overall, columns @ root], axis=1)),
        overall_mean=design.overall_mean + columns @ response.mean,
    )


def some_patients(design: Design, rows: Index) -> Design:
    """The design of some patients."""
    keep = np.concatenate([np.arange(design.offset[i], design.offset[i + 1]) for i in rows])
    size = np.diff(design.offset)[rows]
    per_rating = ("day", "y", "kind", "row", "common", "overall", "overall_mean")
    return design._replace(
        offset=np.concatenate([[0], np.cumsum(size)]).astype(np.int64),
        group=design.group[rows],
        **{name: np.ascontiguousarray(getattr(design, name)[keep]) for name in per_rating},
    )


def split_amplitudes(amplitude: Array, r: int) -> tuple[Array, Array]:
    """Those of the curve (..., 6) and those of the response (..., r)."""
    curve = np.concatenate([amplitude[..., :COMMON], amplitude[..., COMMON + r :]], axis=-1)
    return np.ascontiguousarray(curve), amplitude[..., COMMON : COMMON + r]


def joined(parts: list[tuple[Proposals, float, int]]) -> Proposals:
    """Draws of several time courses side by side, amplitudes of the curve only.

    Parameters
    ----------
    parts : draws, log share of their time course, number of response columns
    """
    return Proposals(
        np.concatenate([p.setting for p, _, _ in parts], axis=1),
        np.concatenate([p.noise for p, _, _ in parts], axis=1),
        np.concatenate([p.wide for p, _, _ in parts], axis=1),
        np.concatenate([split_amplitudes(p.amplitude, r)[0] for p, _, r in parts], axis=1),
        np.concatenate([p.log_weight + log_share for p, log_share, _ in parts], axis=1),
    )
