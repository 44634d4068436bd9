"""Members of a population: tells whether a patient is among those that it was learned from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paintrend.core.em import Ratings

__all__ = ["FIRST_RATINGS", "Met", "meet_members", "member_digests"]

Array = NDArray[np.float64]
FIRST_RATINGS = 8
"""A patient is known by the id and so many first ratings: new patients of another clinic may have
the same ids, and a patient who is followed has not yet given the later ratings."""
ALL = "all"


class Met(NamedTuple):
    """Patients who seem to be members: `sure`, and `maybe`, whose ratings are so few that another
    patient with the same id may well have given them too."""

    sure: tuple[str, ...]
    maybe: tuple[str, ...]


def member_digests(ratings: Ratings) -> frozenset[str]:
    """One-way digests of each patient's id and first ratings.

    One for each number of first ratings up to `FIRST_RATINGS`, and another for those who have no
    more than that.
    """
    found = set()
    for name, days, values in _patients(ratings):
        for n in range(1, min(len(days), FIRST_RATINGS) + 1):
            found.add(_digest(name, days[:n], values[:n]))
        if len(days) < FIRST_RATINGS:
            found.add(_digest(name, days, values, ALL))
    return frozenset(found)


def meet_members(ratings: Ratings, members: frozenset[str]) -> Met:
    """Tell which patients are among the members, as far as their ratings go.

    A match of fewer than `FIRST_RATINGS` ratings is sure only if half of all patients match: the
    three first ratings of two patients with the same id agree by chance in some of a hundred.
    """
    sure: list[str] = []
    maybe: list[str] = []
    for name, days, values in _patients(ratings) if members else ():
        n = min(len(days), FIRST_RATINGS)
        if _digest(name, days[:n], values[:n]) in members:
            (sure if n == FIRST_RATINGS else maybe).append(name)
        elif any(_digest(name, days[:k], values[:k], ALL) in members for k in range(1, n)):
            maybe.append(name)
    if 2 * (len(sure) + len(maybe)) >= len(ratings.patients):
        known = set(sure) | set(maybe)
        return Met(tuple(name for name in ratings.patients if name in known), ())
    return Met(tuple(sure), tuple(maybe))


def _patients(ratings: Ratings) -> Iterator[tuple[str, Array, Array]]:
    # rounded, so that a day worked out from dates in another way is the same day
    day = np.round(ratings.day, 6) + 0.0
    y = np.round(ratings.y, 6) + 0.0
    for i, name in enumerate(ratings.patients):
        rows = slice(ratings.offset[i], ratings.offset[i + 1])
        yield name, day[rows], y[rows]


def _digest(name: str, days: Array, values: Array, purpose: str = "first") -> str:
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=6)
    digest.update(f"\x1f{purpose}\x1f".encode())
    digest.update(days.tobytes())
    digest.update(values.tobytes())
    return digest.hexdigest()
