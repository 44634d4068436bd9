"""A pool of curves drawn from a world, kept as what the likelihood and the answer need of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from emissions import BINS
from numpy.typing import NDArray
from worlds import World, levels_at

from paintrend.core.course_rules import judge_curves

Array = NDArray[np.float64]
CHUNK = 50_000
N_FEATURES = 10


@dataclass
class Pool:
    """Curves drawn kind by kind: levels at planned days, courses, kinds and features."""

    world: World
    seed: int = 99
    cells: NDArray[np.int16] = field(init=False)
    codes: NDArray[np.int8] = field(init=False)
    kinds: NDArray[np.int8] = field(init=False)
    features: NDArray[np.float32] = field(init=False)

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng([self.seed, *map(ord, self.world.name)])
        self.cells = np.empty((0, len(self.world.planned)), dtype=np.int16)
        self.codes, self.kinds = np.empty(0, dtype=np.int8), np.empty(0, dtype=np.int8)
        self.features = np.empty((0, N_FEATURES), dtype=np.float32)
        self._offsets: dict[int, Array] = {}

    def __len__(self) -> int:
        return len(self.codes)

    def grow(self, counts: NDArray[np.int64]) -> None:
        """Draw more curves: so many of each kind."""
        days = np.array(self.world.planned)
        parts = [(self.cells, self.codes, self.kinds, self.features)]
        waiting = np.repeat(np.arange(counts.size), counts)
        for start in range(0, waiting.size, CHUNK):
            curves = self.world.clinic.draw(
                self.rng, waiting[start : start + CHUNK], self.world.horizon
            )
            cells = np.round(levels_at(self.world, curves, days) * (BINS / 10.0)).astype(np.int16)
            codes, features = judge_curves(curves.level, *self.world.rules)
            both = np.column_stack([features, curves.trend]).astype(np.float32)
            parts.append((cells, codes, curves.kind.astype(np.int8), both))
        self.cells, self.codes, self.kinds, self.features = (
            np.concatenate(column) for column in zip(*parts, strict=True)
        )

    def log_offset(self, seen: int) -> Array:
        """Log weight of a curve of each kind before any rating, among the first curves drawn."""
        shares = self.world.clinic.shares
        if seen not in self._offsets:
            drawn = np.bincount(self.kinds[:seen], minlength=shares.size)
            self._offsets[seen] = np.log(shares / np.maximum(drawn, 1))
        return self._offsets[seen]
