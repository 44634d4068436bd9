"""Tables of P(rating | level) on a grid of levels, noise sds and states of the autocorrelated part
of the noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr
from worlds import World

Array = NDArray[np.float64]
BINS = 400
"""Levels are rounded to 10 / BINS points, a fortieth of a point."""
TINY = 1e-30
FINE_SD, COARSE_SD = np.linspace(-3.0, 3.0, 13), np.linspace(-2.625, 2.625, 8)
"""Log-sds of the noise in prior sds; many ratings need the fine grid."""
MANY = 20
STATE_NODES = np.arange(-3.0, 3.01, 0.75)


def noise_nodes(world: World) -> tuple[Array, Array]:
    """Give noise sds and their probabilities."""
    nodes = FINE_SD if len(world.planned) > MANY else COARSE_SD
    weight = np.exp(-0.5 * nodes**2)
    return np.exp(np.log(world.noise[0]) + world.noise[1] * nodes), weight / weight.sum()


def interval(y: float, step: float, heaps: bool) -> tuple[float, float]:
    """Give the latent values that are rounded to y: heapers round whole points to 0, 5 and 10.

    Examples
    --------
    >>> interval(5.0, 1.0, True), interval(5.0, 1.0, False)
    ((2.5, 7.5), (4.5, 5.5))
    """
    if heaps:
        return {0.0: (-np.inf, 2.5), 5.0: (2.5, 7.5), 10.0: (7.5, np.inf)}[y]
    low = -np.inf if y <= step * 1e-3 else y - step / 2.0
    high = np.inf if y >= 10.0 - step * 1e-3 else y + step / 2.0
    return low, high


class NodeTables:
    """Emission tables of a world, worked out once per rating value.

    White noise: log P, (values, BINS + 1, sds). Autocorrelated: also P given the state, (values,
    BINS + 1, states, sds). Both in float32.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.sds, weights = noise_nodes(world)
        self.log_prior = np.log(weights).astype(np.float32)
        state = np.exp(-0.5 * STATE_NODES**2)
        self.prior = np.outer(state / state.sum(), weights).astype(np.float32)
        self.moves = self._moves if world.share else None
        rounding = (False, True) if world.heap else (False,)
        self.white = {heaps: self._table(heaps, 0.0)[:, :, 0, :] for heaps in rounding}
        self.white = {heaps: np.log(table) for heaps, table in self.white.items()}
        self.correlated = {
            heaps: self._table(heaps, world.share) if world.share else None for heaps in rounding
        }

    def _table(self, heaps: bool, share: float) -> NDArray[np.float32]:
        level = np.linspace(0.0, 10.0, BINS + 1)[:, None, None]
        states = STATE_NODES[:, None] if share else np.zeros((1, 1))
        centre = level + np.sqrt(share) * states * self.sds
        own = np.sqrt(1.0 - share) * self.sds
        values = np.arange(0.0, 10.0 + self._unit(heaps) / 2, self._unit(heaps))
        table = np.empty((values.size, *centre.shape))
        for i, y in enumerate(values):
            low, high = interval(round(float(y), 6), self.world.step, heaps)
            low_z, high_z = (low - centre) / own, (high - centre) / own
            # The smaller tail on either side, so that far intervals keep their digits.
            flip = low_z > 0
            table[i] = np.where(flip, ndtr(-low_z) - ndtr(-high_z), ndtr(high_z) - ndtr(low_z))
        return np.maximum(table, TINY).astype(np.float32)

    def _unit(self, heaps: bool) -> float:
        return 5.0 if heaps else self.world.step

    def emission(
        self, y: Array, heaps: bool
    ) -> tuple[NDArray[np.float32], NDArray[np.float32] | None, NDArray[np.int64]]:
        """Give the two tables, and the row of each rating in them."""
        rows = np.round(y / self._unit(heaps)).astype(np.int64)
        return self.white[heaps], self.correlated[heaps], rows

    def _moves(self, days: Array) -> Array:
        """Transition between states from each rating to the next, (ratings, states, states)."""
        rho = np.exp(-np.diff(days, prepend=days[0]) / self.world.tau)[:, None, None]
        spread = np.sqrt(np.maximum(1.0 - rho**2, 1e-12))
        z = (STATE_NODES[None, None, :] - rho * STATE_NODES[None, :, None]) / spread
        move = np.exp(-0.5 * z**2)
        return (move / move.sum(axis=2, keepdims=True)).astype(np.float32)
