"""Evidence of every shape for one patient and one noise setting, all shapes at once.

With amplitudes x ~ N(m, P^-1), whitened columns X and values y: ``A = P + X'X``, ``r = P m + X'y``
and ``log evidence = log|P|/2 - m'Pm/2 - y'y/2 + r'A^-1 r/2 - log|A|/2`` (normalisers of the sites
are added by the caller). Ratings are visited once, for the inner products of all columns (`gram`);
every shape shares them. The common columns are eliminated once per family, so a shape costs one 2 x
2 system, and all loops over shapes run without a branch or a call.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.algebra import cholesky, forward
from paintrend.core.compile import FUSED, kernel

__all__ = [
    "EvidenceWork",
    "Gram",
    "gram",
    "new_evidence_work",
    "new_gram",
    "shape_evidence",
]

Array = NDArray[np.float64]
U = np.uint64
"""Places that are sums are counted without a sign: Numba checks signed ones for counting from the
end, and such a loop does not run on several numbers at once."""


class Gram(NamedTuple):
    """Inner products of the whitened columns of one noise setting; C columns are the slow changes,
    then the humps.

    Attributes
    ----------
    common : (q, q);  common_y : (q,);  y : (1,) of the values with themselves
    cross : (q, C) common with dictionary;  own, pull : (C,) of a column with itself, with the
        values
    between : (rows, n_hump) slow changes that meet humps, by `Model.pair_row`
    """

    common: Array
    common_y: Array
    y: Array
    cross: Array
    own: Array
    pull: Array
    between: Array


class EvidenceWork(NamedTuple):
    """Work space: a (q, q), w (q,) of the common columns; cross (q, C), own and pull (C,) of slow
    changes, of humps, and of humps in the order of a family's list."""

    a: Array
    w: Array
    cross_slow: Array
    own_slow: Array
    pull_slow: Array
    cross_hump: Array
    own_hump: Array
    pull_hump: Array
    cross_list: Array
    own_list: Array
    pull_list: Array


def new_evidence_work(q: int, n_slow: int, n_hump: int) -> EvidenceWork:
    """Work space for all shapes."""
    columns = (n_slow, n_hump, n_hump)
    each = [x for n in columns for x in (np.empty((q, n)), np.empty(n), np.empty(n))]
    return EvidenceWork(np.empty((q, q)), np.empty(q), *each)


def new_gram(settings: int, q: int, n_slow: int, n_hump: int, n_pairs: int) -> Gram:
    """Arrays for so many noise settings, along a first axis."""
    c = n_slow + n_hump
    return Gram(
        np.empty((settings, q, q)),
        np.empty((settings, q)),
        np.empty((settings, 1)),
        np.empty((settings, q, c)),
        np.empty((settings, c)),
        np.empty((settings, c)),
        np.empty((settings, n_pairs, n_hump)),
    )


@kernel(fastmath=FUSED, counted=False)
def gram(at, common, columns, y, pairs, n_slow, out):
    """Fill setting ``at`` of a `Gram` from whitened common (n, q), columns (n, C) and y (n, 1).

    ``pairs`` (n_pairs, 3) : `Model.pairs`
    """
    n, q = common.shape
    n_columns = columns.shape[1]
    cc, cy, cross, own, pull, between = (
        out.common, out.common_y, out.cross, out.own, out.pull, out.between,
    )  # fmt: skip
    cc[at] = 0.0
    cy[at] = 0.0
    cross[at] = 0.0
    between[at] = 0.0
    own[at] = 0.0
    pull[at] = 0.0
    squares = 0.0
    for i in range(n):
        value = y[i, 0]
        squares += value * value
        for c in range(n_columns):
            own[at, c] += columns[i, c] * columns[i, c]
        for c in range(n_columns):
            pull[at, c] += columns[i, c] * value
        for p in range(q):
            x = common[i, p]
            cy[at, p] += x * value
            for r in range(q):
                cc[at, p, r] += x * common[i, r]
            if x != 0.0:
                for c in range(n_columns):
                    cross[at, p, c] += x * columns[i, c]
    # four ratings at a time: a sum is then fetched and stored a quarter as often
    whole, first = n - n % 4, U(n_slow)
    for s in range(pairs.shape[0]):
        column, begin, end = pairs[s, 0], U(pairs[s, 1]), U(pairs[s, 2])
        for i in range(0, whole, 4):
            x0, x1, x2, x3 = (
                columns[i, column], columns[i + 1, column], columns[i + 2, column],
                columns[i + 3, column],
            )  # fmt: skip
            if x0 == 0.0 and x1 == 0.0 and x2 == 0.0 and x3 == 0.0:
                continue
            for h in range(begin, end):
                between[at, s, h] += (
                    x0 * columns[i, first + h] + x1 * columns[i + 1, first + h]
                ) + (x2 * columns[i + 2, first + h] + x3 * columns[i + 3, first + h])
        for i in range(whole, n):
            x0 = columns[i, column]
            for h in range(begin, end):
                between[at, s, h] += x0 * columns[i, first + h]
    out.y[at, 0] = squares


@kernel(fastmath=FUSED, inline=True, counted=False, inner=True)
def _reduce(
    gram_cross, gram_own, gram_pull, at, a, w, precision, linear, wide, f, slot, begin, own, pull,
    cross,
):  # fmt: skip
    """Eliminate the common block from columns ``begin`` on: fills own precision and pull (width,)
    and ``cross`` (q, width)."""
    q = a.shape[0]
    width, first = U(own.shape[0]), U(begin)
    x, y = precision[wide, f, slot, slot], linear[wide, f, slot]
    for c in range(width):
        own[c] = x + gram_own[at, first + c]
    for c in range(width):
        pull[c] = y + gram_pull[at, first + c]
    for p in range(q):
        x = precision[wide, f, p, slot]
        for c in range(width):
            cross[p, c] = x + gram_cross[at, p, first + c]
        for r in range(p):
            x = a[p, r]
            for c in range(width):
                cross[p, c] -= x * cross[r, c]
        x, y = 1.0 / a[p, p], w[p]
        for c in range(width):
            cross[p, c] *= x
        for c in range(width):
            own[c] -= cross[p, c] * cross[p, c]
        for c in range(width):
            pull[c] -= cross[p, c] * y


@kernel(inline=True, fastmath=FUSED, counted=False)
def shape_evidence(grams, at, model, wide, log_shape, base, value, rest, work):
    """Fill ``value`` (S or longer) with ``base`` plus log prior share plus log evidence of each
    shape but for ``log(rest) / 2``, and ``rest``, the inverse of a determinant.

    Parameters
    ----------
    grams, at : `Gram` and its setting;  wide : 0, or 1 for the wide start
    work : `EvidenceWork`
    """
    q = grams.common_y.shape[1]
    n_slow = model.slow_near.shape[0]
    cc, cy, gram_between = grams.common, grams.common_y, grams.between
    gram_cross, gram_own, gram_pull = grams.cross, grams.own, grams.pull
    start, constant, list_start = model.start, model.constant, model.list_start
    precision, linear, slow, hump = model.precision, model.linear, model.slow, model.hump
    pair_row, hump_list, run, run_offset = (
        model.pair_row, model.hump_list, model.run, model.run_offset,
    )  # fmt: skip
    a, w = work.a, work.w
    cross_s, own_s, pull_s = work.cross_slow, work.own_slow, work.pull_slow
    cross_h, own_h, pull_h = work.cross_hump, work.own_hump, work.pull_hump
    cross_l, own_l, pull_l = work.cross_list, work.own_list, work.pull_list
    squares = grams.y[at, 0]
    for f in range(start.shape[0] - 2):
        begin, end = start[f], start[f + 1]
        if begin == end:
            continue
        for p in range(q):
            w[p] = linear[wide, f, p] + cy[at, p]
            for r in range(p + 1):
                a[p, r] = precision[wide, f, p, r] + cc[at, p, r]
        log_det = cholesky(a)
        forward(a, w)
        known = base + constant[wide, f] - 0.5 * (squares + log_det)
        for p in range(q):
            known += 0.5 * w[p] * w[p]
        has_slow, has_hump = slow[begin] >= 0, hump[begin] >= 0
        if has_slow:
            _reduce(
                gram_cross, gram_own, gram_pull, at, a, w, precision, linear, wide, f, q,
                np.int64(0), own_s, pull_s, cross_s,
            )  # fmt: skip
        if has_hump:
            _reduce(
                gram_cross, gram_own, gram_pull, at, a, w, precision, linear, wide, f, q + 1,
                n_slow, own_h, pull_h, cross_h,
            )  # fmt: skip
        if not has_slow and not has_hump:
            value[begin:end] = known
            rest[begin:end] = 1.0
        elif not has_hump:
            for shape in range(begin, end):
                c = slow[shape]
                x = 1.0 / own_s[c]
                value[shape] = known + 0.5 * pull_s[c] * pull_s[c] * x
                rest[shape] = x
        elif not has_slow:
            for shape in range(begin, end):
                c = hump[shape]
                x = 1.0 / own_h[c]
                value[shape] = known + 0.5 * pull_h[c] * pull_h[c] * x
                rest[shape] = x
        else:
            first, last = list_start[f], list_start[f + 1]
            for c in range(last - first):
                h = hump_list[first + c]
                own_l[c], pull_l[c] = own_h[h], pull_h[h]
                for p in range(q):
                    cross_l[p, c] = cross_h[p, h]
            between = precision[wide, f, q, q + 1]
            k = U(begin)
            while k < U(end):
                s, count, offset = slow[k], U(run[k]), U(run_offset[k])
                row, at_list = pair_row[s], U(first) + offset
                for c in range(count):
                    rest[k + c] = between + gram_between[at, row, U(hump_list[at_list + c])]
                for p in range(q):
                    x = cross_s[p, s]
                    for c in range(count):
                        rest[k + c] -= x * cross_l[p, offset + c]
                o, u = own_s[s], pull_s[s]
                for c in range(count):
                    x = rest[k + c]
                    d = 1.0 / (o * own_l[offset + c] - x * x)
                    quad = own_l[offset + c] * u * u + pull_l[offset + c] * (
                        o * pull_l[offset + c] - 2.0 * x * u
                    )
                    rest[k + c] = d
                    value[k + c] = known + 0.5 * quad * d
                k += count
    for shape in range(slow.shape[0]):
        value[shape] += log_shape[shape]
