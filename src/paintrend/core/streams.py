"""Random numbers keyed by patient: each patient reads a stretch of one long table.

The tables come from NumPy's generator; where a patient begins follows from seed, purpose and
patient id alone. So a draw is a load from memory, and the answer does not depend on the order, the
batch, the other patients or the number of threads.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

__all__ = [
    "MASK",
    "QUANTILE_BITS",
    "Streams",
    "patient_generator",
    "stream_starts",
    "stream_tables",
]

SIZE = 2**20
MASK = SIZE - 1
QUANTILE_BITS = 14


class Streams(NamedTuple):
    """Standard normals and uniforms on [0, 1), both (SIZE,): place i of a stream that begins at s
    is element ``(s + i) & MASK``; and quantiles of the normal distribution at 2**14 equal
    probabilities, ascending, their variance 1, which are no random numbers."""

    normal: NDArray[np.float64]
    uniform: NDArray[np.float64]
    quantile: NDArray[np.float64]


@lru_cache(maxsize=2)
def stream_tables(seed: int) -> Streams:
    """The tables of one seed."""
    rng = np.random.Generator(np.random.Philox(key=_digest(f"{seed}")))
    z = np.asarray(ndtri((np.arange(2**QUANTILE_BITS) + 0.5) / 2**QUANTILE_BITS))
    tables = Streams(rng.standard_normal(SIZE), rng.uniform(size=SIZE), z / z.std())
    for table in tables:
        table.flags.writeable = False
    return tables


def patient_generator(seed: int, patient: str, purpose: str) -> np.random.Generator:
    """A generator of one patient for one purpose, where speed does not matter."""
    return np.random.Generator(np.random.Philox(key=_digest(_key(seed, patient, purpose))))


def stream_starts(seed: int, patients: Sequence[str], purpose: str) -> NDArray[np.int64]:
    """Where the stream of each patient begins, (P,)."""
    starts = [_digest(_key(seed, i, purpose)) & MASK for i in patients]
    return np.array(starts, dtype=np.int64)


def _key(seed: int, patient: str, purpose: str) -> str:
    return f"{seed}\x1f{purpose}\x1f{patient}"


def _digest(text: str) -> int:
    data = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(data, digest_size=16).digest(), "little")
