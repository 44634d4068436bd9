"""Log-likelihoods of patients for every curve of a pool."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from emissions import COARSE_SD, STATE_NODES, NodeTables
from numba import njit
from numpy.typing import NDArray
from pool import Pool
from worlds import World

Array = NDArray[np.float64]
N_STATES, N_SDS = STATE_NODES.size, COARSE_SD.size
HOPELESS = 18.0
"""Curves whose log-likelihood lies this far below the best one's are left out."""
MISTAKEN, ALWAYS = 25.0, 8.0
"""Where autocorrelated noise is taken for white at first: the same, and how near to the best curve
all curves are looked at again."""


@njit(nogil=True, fastmath=True)
def _white(cells, columns, rows, table, log_prior, best, margin, out):
    """Log-likelihood of every curve under white noise, the sd summed out.

    Curves that can no longer come near the best are left at -inf: a further rating only lowers the
    likelihood.
    """
    n_sd = log_prior.size
    total = np.empty(n_sd, dtype=np.float32)
    for i in range(cells.shape[0]):
        total[:] = log_prior
        out[i] = -np.inf
        alive = True
        for j in range(columns.size):
            row = table[rows[j], cells[i, columns[j]]]
            for s in range(n_sd):
                total[s] += row[s]
            if j % 3 == 2:
                top = total[0]
                for s in range(1, n_sd):
                    if total[s] > top:
                        top = total[s]
                if top < best - margin:
                    alive = False
                    break
        if alive:
            top = total.max()
            mass = 0.0
            for s in range(n_sd):
                mass += np.exp(total[s] - top)
            out[i] = top + np.log(mass)
            if out[i] > best:
                best = out[i]
    return best


@njit(nogil=True, fastmath=True)
def _filtered(cells, chosen, columns, rows, table, move, prior, best, out):
    """Log-likelihood of the chosen curves under autocorrelated plus white noise: forward filter
    over the states of the autocorrelated part, for all noise sds at once.

    table : (rating values, cells, states, sds); move : (ratings, states, states); prior : (states,
    sds); all float32, so the filter is kept at a mass of 1
    """
    # Sizes known to the compiler let it keep the filter in vector registers.
    now, new = np.empty((N_STATES, N_SDS), np.float32), np.empty((N_STATES, N_SDS), np.float32)
    for c in range(chosen.size):
        i = chosen[c]
        log = 0.0
        for k in range(N_STATES):
            for s in range(N_SDS):
                now[k, s] = prior[k, s]
        for j in range(columns.size):
            y, cell = rows[j], cells[i, columns[j]]
            mass = np.float32(0.0)
            for k in range(N_STATES):
                if j == 0:
                    for s in range(N_SDS):
                        new[k, s] = now[k, s]
                else:
                    for s in range(N_SDS):
                        new[k, s] = np.float32(0.0)
                    for m in range(N_STATES):
                        step = move[j, m, k]
                        for s in range(N_SDS):
                            new[k, s] += step * now[m, s]
                for s in range(N_SDS):
                    new[k, s] *= table[y, cell, k, s]
                    mass += new[k, s]
            log += np.log(mass)
            if log < best - HOPELESS or mass <= 0.0:
                log = -np.inf
                break
            scale = np.float32(1.0) / mass
            for k in range(N_STATES):
                for s in range(N_SDS):
                    now[k, s] = new[k, s] * scale
        out[i] = log
        if log > best:
            best = log
    return best


@dataclass
class Kept:
    """The curves of one patient that are not hopeless: numbers in the pool, log-likelihoods (best
    one among them), and how much of the pool was looked at."""

    index: NDArray[np.int64]
    value: Array
    best: float
    seen: int


class Likelihood:
    """Log-likelihoods of a cohort for a pool that grows; only what counts is kept."""

    def __init__(self, world: World, tables: NodeTables, ratings: pd.DataFrame, seed: int) -> None:
        self.tables = tables
        self.rng = np.random.default_rng([seed, 2])
        position = {day: j for j, day in enumerate(world.planned)}
        self.patients = [
            (
                np.array([position[d] for d in own["day"]], dtype=np.int64),
                own["day"].to_numpy(float),
                own["pain"].to_numpy(float),
            )
            for _, own in ratings.groupby("patient_id", sort=True)
        ]
        self.heap = world.heap
        self.kept = [
            Kept(np.empty(0, dtype=np.int64), np.empty(0), -np.inf, 0) for _ in self.patients
        ]

    def extend(self, pool: Pool, wanted: NDArray[np.bool_], stop: int) -> None:
        """Look, for some patients, at the curves of the pool up to `stop` not yet looked at."""
        for i in np.flatnonzero(wanted):
            own, (columns, days, y) = self.kept[i], self.patients[i]
            cells = pool.cells[own.seen : stop]
            chosen, value, raw = self._values(cells, columns, days, y, own.best)
            best = max(own.best, raw.max())
            good = raw > best - HOPELESS
            self.kept[i] = Kept(
                np.concatenate([own.index, chosen[good] + own.seen]),
                np.concatenate([own.value, value[good]]),
                best,
                stop,
            )

    def _values(
        self,
        cells: NDArray[np.int16],
        columns: NDArray[np.int64],
        days: Array,
        y: Array,
        best: float,
    ) -> tuple[NDArray[np.int64], Array, Array]:
        """Give the curves that count, their log-likelihoods over the chance of being looked at,
        and their log-likelihoods."""
        roundings = [(False, np.log1p(-self.heap))]
        if self.heap and np.isin(y, (0.0, 5.0, 10.0)).all():
            roundings.append((True, np.log(self.heap)))
        correlated = self.tables.moves is not None
        white = np.full(len(cells), -np.inf)
        for heaps, log_share in roundings:
            out = np.empty(len(cells))
            table, _, rows = self.tables.emission(y, heaps)
            start, margin = (-np.inf, MISTAKEN) if correlated else (best, HOPELESS)
            _white(cells, columns, rows, table, self.tables.log_prior, start, margin, out)
            white = np.logaddexp(white, out + log_share)
        if not correlated:
            chosen = np.flatnonzero(np.isfinite(white))
            return chosen, white[chosen], white[chosen]
        # Taking the noise for white is cheap and tells which curves deserve the filter: the best
        # ones always, others at a chance by which they are weighted up.
        log_chance = np.minimum((white - white.max() + ALWAYS) / 2.0, 0.0)
        chosen = np.flatnonzero(self.rng.random(len(cells)) < np.exp(log_chance))
        chosen = chosen[np.argsort(-white[chosen])]
        moves = self.tables.moves(days)
        total = np.full(chosen.size, -np.inf)
        for heaps, log_share in roundings:
            out = np.full(len(cells), -np.inf)
            _, table, rows = self.tables.emission(y, heaps)
            _filtered(cells, chosen, columns, rows, table, moves, self.tables.prior, best, out)
            total = np.logaddexp(total, out[chosen] + log_share)
        return chosen, total - log_chance[chosen], total
