"""Members of a population: tells whether a patient is among those that it was learned from."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import pdtrc

from paintrend.core.em import Ratings

__all__ = ["FIRST_RATINGS", "Met", "meet_members", "member_digests", "more_than_chance"]

Array = NDArray[np.float64]
FIRST_RATINGS = 8
"""A patient is known by the id and so many first ratings: new patients of another clinic may have
the same ids, and a patient who is followed has not yet given the later ratings."""
ALL = "all"
AGREE = 1 / 3
"""Chance that a rating of two patients agrees who agree in those before it: less than that in
ratings from 0 to 10 of different people, and to be on the safe side."""
SELDOM = 0.001
"""Probability below which a number of matches is not put down to chance."""


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
    for name, days, values in _patients(ratings):
        agreeing = _agreeing(name, days, values, members)
        if agreeing:
            (sure if agreeing == FIRST_RATINGS else maybe).append(name)
    if 2 * (len(sure) + len(maybe)) >= len(ratings.patients):
        known = set(sure) | set(maybe)
        return Met(tuple(name for name in ratings.patients if name in known), ())
    return Met(tuple(sure), tuple(maybe))


def more_than_chance(ratings: Ratings, members: frozenset[str]) -> bool:
    """Tell whether more patients match than would by chance, were all of them others with the ids
    of members.

    The chance that so many first ratings of two patients agree is taken from how many other
    patients here gave the same, and as `AGREE` for each rating at least.
    """
    found = [(_agreeing(*own, members), *own[1:]) for own in _patients(ratings)]
    for n in range(1, FIRST_RATINGS + 1):
        agreeing = sum(length >= n for length, *_ in found)
        if not agreeing:
            break
        first = [days[:n].tobytes() + values[:n].tobytes() for _, days, values in found
                 if len(days) >= n]  # fmt: skip
        same = Counter(first)
        others = max(len(first) - 1, 1)
        expected = sum(k * max((k - 1) / others, AGREE**n) for k in same.values())
        if pdtrc(agreeing - 1, expected) < SELDOM:
            return True
    return False


def _agreeing(name: str, days: Array, values: Array, members: frozenset[str]) -> int:
    """How many first ratings are those of a member, 0 for none; `FIRST_RATINGS` at most."""
    n = min(len(days), FIRST_RATINGS) if members else 0
    if n and _digest(name, days[:n], values[:n]) in members:
        return n
    lengths = range(n - 1, 0, -1)
    return next((k for k in lengths if _digest(name, days[:k], values[:k], ALL) in members), 0)


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
