"""A population as numbers: shares of shapes, amplitudes by family, shares of noise settings."""

from __future__ import annotations

from functools import lru_cache, partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.grid import grid_columns, sketch_rows, waxing_bases
from paintrend.core.likelihood import log_likelihood_table
from paintrend.core.model import Model
from paintrend.core.noise import NoiseGrid
from paintrend.shapes import FAMILIES, WAXING, ShapeTable

__all__ = [
    "COMMON",
    "Prior",
    "build_model",
]

Array = NDArray[np.float64]
Index = NDArray[np.int64]
COMMON = 2
"""Columns that every shape has: the start b and the trend g before day 0."""
WIDE_SHARE = 0.05
"""Share of people whose start does not follow the population's bell curve (assumed): without them
someone at 0 throughout, among people near 6, is taken to have come down from 2."""
WIDE_SD = 3.5
"""Standard deviation of their start: anywhere on the scale."""


class Prior(NamedTuple):
    """Parameters of a population on the 0-10 unit.

    Attributes
    ----------
    shape : (S + W,) share of each shape, then of each waxing setting
    mean : (F, 4) mean of (b, g, c, h) by family;  covariance : (F, 4, 4); zero where the family
        has no such amplitude
    noise : (J,) share of each noise setting
    """

    shape: Array
    mean: Array
    covariance: Array
    noise: Array


def active(family: int) -> list[int]:
    """Which of (b, g, c, h) a family has."""
    f = FAMILIES[family]
    return [0, 1] + ([2] if f.slow else []) + ([3] if f.hump else [])


def build_model(
    prior: Prior,
    table: ShapeTable,
    noise: NoiseGrid,
    step: float,
    log_group: Array | None = None,
    thresholds: tuple[float, float] = (2.0, 2.0),
) -> Model:
    """Arrays for the kernels.

    Parameters
    ----------
    log_group : (G, S + W), instead of the shape shares, for groups of patients
    thresholds : worsening and improvement on the 0-10 unit; no distribution depends on them, only
        how precisely the draws show the shares of courses
    """
    n_families = len(FAMILIES)
    covariance = np.stack([prior.covariance, wide_start(prior.covariance)])
    precision = np.zeros_like(covariance)
    constant = np.zeros((2, n_families))
    for wide in range(2):
        for f in range(n_families):
            rows = np.ix_(active(f), active(f))
            p = np.linalg.inv(covariance[wide, f][rows])
            precision[wide, f][rows] = 0.5 * (p + p.T)
            mean = prior.mean[f][active(f)]
            constant[wide, f] = 0.5 * (np.linalg.slogdet(p)[1] - mean @ p @ mean)
    start = np.searchsorted([s.family for s in table.shapes], np.arange(n_families + 1)).astype(
        np.int64
    )
    with np.errstate(divide="ignore"):
        log_shape = np.log(prior.shape)[None, :] if log_group is None else log_group
        log_noise = np.log(prior.noise)
    bases = waxing_bases(table)
    slow = np.array([s.slow for s in table.shapes], dtype=np.int64)
    hump = np.array([s.hump for s in table.shapes], dtype=np.int64)
    pairs, pair_row = _pairs(slow, hump, len(table.slow))
    hump_list, list_start, run, run_offset = _hump_lists(slow, hump, start)
    jump, jump_gap = table.jumps()
    tables = _likelihood_tables(step, *(tuple(column.tolist()) for column in noise))
    return Model(
        log_shape=np.maximum(log_shape, -700.0),
        log_noise=np.maximum(log_noise, -700.0),
        mean=prior.mean,
        precision=precision,
        linear=np.einsum("wfij,fj->wfi", precision, prior.mean),
        log_wide=np.log([1.0 - WIDE_SHARE, WIDE_SHARE]),
        constant=constant,
        start=start,
        slow=slow,
        hump=hump,
        pairs=pairs,
        pair_row=pair_row,
        hump_list=hump_list,
        list_start=list_start,
        run=run,
        run_offset=run_offset,
        slow_near=table.near("slow"),
        jump=jump,
        jump_gap=jump_gap,
        hump_near=table.near("hump"),
        wax_basis=np.array(
            [bases.index((w.length, w.period, w.pinned)) for w in table.waxing], dtype=np.int64
        ),
        wax_size=np.array([w.size for w in table.waxing]),
        wax_trend=np.array([w.trend for w in table.waxing]),
        wax_start=np.ascontiguousarray(covariance[:, -1, :COMMON, :COMMON]),
        sd=noise.sd,
        share=noise.share,
        tau=noise.tau,
        level=noise.level,
        structure=noise.structure,
        heap=noise.heap,
        n_sizes=int(np.unique(noise.sd).size),
        table=tables[0],
        chance=tables[1],
        level_table=tables[2],
        site_table=tables[3],
        step=step,
        sketch=sketch_rows(table),
        thresholds=np.array(thresholds, dtype=np.float64),
    )


def _pairs(slow: Index, hump: Index, n_slow: int) -> tuple[Index, Index]:
    """Slow changes that meet humps, with the first and one beyond the last of these humps, and the
    row of each slow change among them (-1 for others)."""
    both = (slow >= 0) & (hump >= 0)
    meeting, at = np.unique(slow[both], return_inverse=True)
    row = np.full(n_slow, -1, dtype=np.int64)
    row[meeting] = np.arange(meeting.size)
    pairs = np.stack([meeting, np.full(meeting.size, hump.size), np.zeros_like(meeting)], axis=1)
    np.minimum.at(pairs[:, 1], at, hump[both])
    np.maximum.at(pairs[:, 2], at, hump[both] + 1)
    return pairs, row


def _hump_lists(slow: Index, hump: Index, start: Index) -> tuple[Index, Index, Index, Index]:
    """Humps of each family whose shapes have both, and the runs of shapes that share a slow change
    and lie next to each other in that list."""
    lists, first = [], [0]
    run, offset = np.zeros_like(slow), np.zeros_like(slow)
    for begin, end in pairwise(start[:-1]):
        own: list[int] = []
        if end > begin and slow[begin] >= 0 and hump[begin] >= 0:
            own = list(dict.fromkeys(hump[begin:end].tolist()))
            k = begin
            while k < end:
                offset[k] = own.index(hump[k])
                last = k + 1
                while (
                    last < end
                    and slow[last] == slow[k]
                    and offset[k] + last - k < len(own)
                    and hump[last] == own[offset[k] + last - k]
                ):
                    last += 1
                run[k] = last - k
                k = last
        lists += own
        first.append(len(lists))
    as_index = partial(np.array, dtype=np.int64)
    return as_index(lists), as_index(first), run, offset


@lru_cache(maxsize=4)
def _likelihood_tables(step: float, *columns: tuple[float, ...]) -> tuple[Array, ...]:
    """Tables of a noise grid: log likelihood, and likelihood, given the autocorrelated part; log
    likelihood given the curve only; likelihood given the curve without outliers.

    No population changes them, and learning asks for them in every pass.
    """
    noise = NoiseGrid(*map(np.array, columns))
    first = noise.structure == 0
    levels = noise.sd[first], step, noise.heap[first]
    # seven digits: what is looked up again and again stays near the processor
    small = partial(np.asarray, dtype=np.float32)
    given_path = log_likelihood_table(noise.sd * np.sqrt(1.0 - noise.share), step, noise.heap)
    return (
        small(given_path),
        small(np.exp(given_path)),
        small(log_likelihood_table(*levels)),
        small(np.exp(log_likelihood_table(*levels, outlier=0.0))),
    )


def wide_start(covariance: Array) -> Array:
    """Covariances (F, 4, 4) of those with an unusual start, which says nothing about the rest."""
    wide = covariance.copy()
    wide[:, 0, 1:] = wide[:, 1:, 0] = 0.0
    wide[:, 0, 0] = np.maximum(WIDE_SD**2, covariance[:, 0, 0])
    return wide


def family_of(table: ShapeTable) -> NDArray[np.int64]:
    """Family of each shape, then of each waxing setting."""
    return np.array([s.family for s in table.shapes] + [WAXING] * len(table.waxing))


def population_curve(prior: Prior, table: ShapeTable, points: int = 43) -> tuple[Array, Array]:
    """Mean (points,) and covariance (points, points) of the unclipped level on [0, H], over the
    whole population."""
    columns = grid_columns(table, points)
    n_slow, n_shapes = columns.slow.shape[1], len(table.shapes)
    # every level is a mixture of the columns start, slow changes and humps
    every = np.column_stack([np.ones(points), columns.slow, columns.hump])
    first, second = np.zeros(every.shape[1]), np.zeros((every.shape[1],) * 2)
    family = family_of(table)[:n_shapes]
    dims = np.array([0, 2, 3])
    m = prior.mean[family][:, dims]
    square = prior.covariance[family][:, dims[:, None], dims] + m[:, :, None] * m[:, None, :]
    # a shape without one of the columns has an amplitude of 0 there, on any column
    at = np.zeros((n_shapes, 3), dtype=np.int64)
    at[:, 1] = [1 + max(s.slow, 0) for s in table.shapes]
    at[:, 2] = [1 + n_slow + max(s.hump, 0) for s in table.shapes]
    share = prior.shape[:n_shapes]
    np.add.at(first, at, share[:, None] * m)
    np.add.at(second, (at[:, :, None], at[:, None, :]), share[:, None, None] * square)
    start, waxing = prior.mean[WAXING, 0], prior.shape[n_shapes:]
    first[0] += waxing.sum() * start
    second[0, 0] += waxing.sum() * (prior.covariance[WAXING, 0, 0] + start**2)
    mean = every @ first
    covariance = every @ second @ every.T - np.outer(mean, mean)
    return mean, covariance + np.tensordot(waxing, _waxing_covariances(table, points), axes=1)


@lru_cache(maxsize=4)
def _waxing_covariances(table: ShapeTable, points: int) -> Array:
    """Covariance of each waxing setting on the grid, (W, points, points)."""
    day = grid_columns(table, points).day
    return np.stack([w.covariance(day, table.horizon) for w in table.waxing])
