"""The arrays that the kernels share: what is known of a population (`Model`) and of some patients
(`Design`)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.curves import GridRows

__all__ = ["Design", "Model", "OnePatient"]

Array = NDArray[np.float64]
Index = NDArray[np.int64]


class Model(NamedTuple):
    """A population as the kernels read it. k = q common columns + slow change + hump; all on the
    0-10 unit.

    Attributes
    ----------
    log_shape : (G, S + W) log prior share of each shape and waxing setting, one row per group of
        patients
    log_noise : (J,) log prior share of each noise setting
    mean : (F, k) prior mean of the amplitudes by family; 0 where a family has no such column
    precision : (2, F, k, k) inverse of their covariance among the columns that the family has; 0
        elsewhere; the second is for those with a wide start;  linear : (2, F, k) precision @ mean
    log_wide : (2,) log share of the usual and the wide start
    constant : (2, F) half the log determinant of that precision less half the quadratic form of the
        mean
    start : (F + 1,) shapes of family f are start[f] to start[f + 1]; the last family (waxing) has
        none
    slow, hump : (S,) column of each shape's slow change and hump, -1 for none
    slow_near, hump_near : (n, 2) neighbours of each column, itself where there is none
    pairs : (n_pairs, 3) slow changes that meet humps, the first of these humps, and one beyond the
        last;  pair_row : (n_slow,) the row of each slow change there, -1 for others
    hump_list, list_start : columns of the humps of each family, end to end, (F + 1,) where each
        begins
    run, run_offset : (S,) for the first shape of a slow change with humps: how many follow each
        other, and where they begin in the list of the family
    jump : (n_slow,) day of a step as a share of the horizon, -1 for others;  jump_gap : how far
        apart steps lie
    wax_basis : (W,) which basis a waxing setting uses;  wax_size, wax_trend : (W,) its sd
    wax_start : (2, q, q) covariance of the common amplitudes in the waxing family
    sd, share, tau : (J,) noise settings, `structure` and `level` index their distinct values
    heap : (J,) share of heaped ratings;  n_sizes : number of distinct sd
    table, chance : (J, 4, n) log likelihood, and likelihood, given the autocorrelated part
    level_table : (levels, 4, n) log likelihood given the curve only
    site_table : (levels, 4, n) likelihood given the curve only, without outliers
    step : rounding step
    sketch, thresholds : columns at a few days, and worsening and improvement (2,), by which
        `resampling` puts proposals in order
    """

    log_shape: Array
    log_noise: Array
    mean: Array
    precision: Array
    linear: Array
    log_wide: Array
    constant: Array
    start: Index
    slow: Index
    hump: Index
    pairs: Index
    pair_row: Index
    hump_list: Index
    list_start: Index
    run: Index
    run_offset: Index
    slow_near: Index
    hump_near: Index
    jump: Array
    jump_gap: float
    wax_basis: Index
    wax_size: Array
    wax_trend: Array
    wax_start: Array
    sd: Array
    share: Array
    tau: Array
    level: Index
    structure: Index
    heap: Array
    n_sizes: int
    table: Array
    chance: Array
    level_table: Array
    site_table: Array
    step: float
    sketch: GridRows
    thresholds: Array


class Design(NamedTuple):
    """Ratings of P patients, end to end, and every column at their days.

    Attributes
    ----------
    offset : (P + 1,) patient i has ratings offset[i] to offset[i + 1]
    group : (P,) row of `Model.log_shape`
    day, y : (N,) days and ratings (0-10, worse is higher);  kind : (N,) `likelihood.rating_kind`
    row : (N,) row of ``slow``, ``hump`` and ``wax`` that holds each rating's day
    common : (N, q) columns that every shape has: start, trend before day 0, further ones of the
        patient's own
    slow : (U, n_slow);  hump : (U, n_hump) columns of the dictionary on the distinct days
    wax : (U, n_bases * m + 1) square roots of the waxing covariances side by side, last their slow
        change
    overall : (N, p) square root of the population's covariance;  overall_mean : (N,) its mean
    """

    offset: Index
    group: Index
    day: Array
    y: Array
    kind: Index
    row: Index
    common: Array
    slow: Array
    hump: Array
    wax: Array
    overall: Array
    overall_mean: Array


class OnePatient(NamedTuple):
    """What the kernels take of one patient: log shares of shapes, days, ratings and their kinds,
    columns at the days and their transposes, where its jumps are taken to be (`jumps.place_jumps`),
    and the sites, as `cells.visit_cells` has them."""

    log_shape: Array
    day: Array
    y: Array
    kind: Index
    common: Array
    common_t: Array
    columns_t: Array
    jumps: Array
    wax: Array
    wax_t: Array
    covariance: NDArray[np.float32]
    value: Array
    variance: Array
    log_scale: Array
