"""Random streams: one per patient and purpose, whatever else is simulated.

Adding patients, visits or covariates therefore leaves what was drawn for the others as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

__all__ = ["pick", "stream"]


def stream(seed: int, patient_id: str, purpose: str) -> np.random.Generator:
    """Return the random stream of one patient for one purpose."""
    text = f"{seed}\0{patient_id}\0{purpose}".encode()
    key = int.from_bytes(blake2b(text, digest_size=16).digest(), "little")
    return np.random.Generator(np.random.Philox(key=key))


def pick(rng: np.random.Generator, weights: Sequence[float]) -> int:
    """Draw a position with probability proportional to its weight, from one uniform number."""
    edges = np.cumsum(np.asarray(weights, dtype=float))
    position = int(np.searchsorted(edges, rng.random() * edges[-1], side="right"))
    return min(position, len(edges) - 1)
