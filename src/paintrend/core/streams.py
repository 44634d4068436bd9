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

__all__ = ["MASK", "Streams", "patient_generator", "stream_starts", "stream_tables"]

SIZE = 2**20
MASK = SIZE - 1


class Streams(NamedTuple):
    """Standard normals and uniforms on [0, 1), both (SIZE,): place i of a stream that begins at s
    is element ``(s + i) & MASK``."""

    normal: NDArray[np.float64]
    uniform: NDArray[np.float64]


@lru_cache(maxsize=2)
def stream_tables(seed: int) -> Streams:
    """The tables of one seed."""
    rng = np.random.Generator(np.random.Philox(key=_digest(f"{seed}")))
    tables = Streams(rng.standard_normal(SIZE), rng.uniform(size=SIZE))
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
