"""What is hidden of patients, and the key by which pseudonyms are made."""

from __future__ import annotations

import hmac
import math
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from numbers import Integral
from typing import Any

from paintrend.aside import path_of
from paintrend.errors import InputError

__all__ = ["Privacy", "check_privacy", "read_key"]

SHORTEST_KEY = 16
"""Characters that a key has at least: a shorter one could be found by trying."""

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Of pseudonyms: none that is taken for another."""

LENGTH = 10
"""Letters of a pseudonym: 50 bits, so that two of a million patients hardly ever share one."""

OLDEST = 90
"""From this age on one band: very old people are few enough to be known by their age."""


@dataclass(frozen=True, kw_only=True)
class Privacy:
    """What a report or an export hides of patients.

    With a key each id is replaced by a pseudonym, the first 50 bits of HMAC-SHA-256 of the id under
    the key: the same id and key always give the same pseudonym, and without the key nobody can tell
    whose it is. Then all other columns are left out but those named in `columns` (and ages, if they
    are in bands), and so are dates, notes of events, therapists and reasons of sessions, and the
    name of the file.

    Parameters
    ----------
    key : bytes or str, optional
        At least 16 characters, from `read_key`. None keeps the ids as they are.
    age_years : int, optional
        Width of the bands in which ages are shown, 2 to 50; from 90 on one band. None shows ages as
        they are, or with a key not at all.
    columns : tuple of str
        Columns that are shown although there is a key: "arm", "sex" ...
    age_column : str
        Name of the column of ages; capitals do not matter.

    Raises
    ------
    InputError
        If the key is too short, a width cannot be used, or nothing would be hidden.

    Examples
    --------
    >>> privacy = Privacy(key="correct horse battery staple", age_years=10)
    >>> privacy.pseudonym("P017") == privacy.pseudonym("P017") != privacy.pseudonym("P018")
    True
    >>> privacy.band(63), privacy.band(97), privacy.band(float("nan"))
    ('60 to 69', '90 or more', 'not known')
    """

    key: bytes | str | None = field(default=None, repr=False)
    age_years: int | None = None
    columns: tuple[str, ...] = ()
    age_column: str = "age"

    def __post_init__(self) -> None:
        if isinstance(self.key, str):
            object.__setattr__(self, "key", self.key.encode("utf-8"))
        if isinstance(self.columns, str):
            object.__setattr__(self, "columns", (self.columns,))
        object.__setattr__(self, "columns", tuple(self.columns))
        problems = []
        if self.key is not None and (
            not isinstance(self.key, bytes) or len(self.key) < SHORTEST_KEY
        ):
            problems.append(
                f"a key needs at least {SHORTEST_KEY} characters; read_key(file) makes one."
            )
        width = self.age_years
        if width is not None and not (
            isinstance(width, Integral) and not isinstance(width, bool) and 2 <= width <= 50
        ):
            problems.append(f"age_years must be a whole number from 2 to 50, got {width!r}.")
        if self.key is None and self.age_years is None:
            problems.append("nothing to hide: give a key, or age_years for ages in bands.")
        if problems:
            raise InputError("Privacy: " + " ".join(problems))

    def pseudonym(self, patient_id: str) -> str:
        """Give the pseudonym of an id; the id itself where there is no key."""
        if self.key is None:
            return patient_id
        assert isinstance(self.key, bytes)
        digest = hmac.digest(self.key, patient_id.encode("utf-8", "surrogatepass"), "sha256")
        bits = int.from_bytes(digest[:8], "big") >> 14
        return "X" + "".join(LETTERS[bits >> 5 * i & 31] for i in range(LENGTH))

    def pseudonyms(self, patient_ids: Iterable[str]) -> dict[str, str]:
        """Give the pseudonym of each id.

        Raises
        ------
        InputError
            If two ids get the same one.
        """
        found = {name: self.pseudonym(name) for name in patient_ids}
        if len(set(found.values())) < len(found):
            raise InputError("Privacy: two patients get the same pseudonym; take another key.")
        return found

    def band(self, age: Any) -> str:
        """Give the band of an age in words."""
        width = self.age_years or 1
        try:
            years = float(age)
        except (TypeError, ValueError):
            return "not known"
        if math.isnan(years) or years < 0:
            return "not known"
        if years >= OLDEST:
            return f"{OLDEST} or more"
        low = int(years // width) * width
        return f"{low} to {min(low + width, OLDEST) - 1}"


def check_privacy(privacy: object) -> None:
    """Refuse what is not a `Privacy`; None hides nothing.

    Raises
    ------
    InputError
    """
    if privacy is not None and not isinstance(privacy, Privacy):
        raise InputError(f"privacy= takes Privacy(key=..., ...), got {type(privacy).__name__}.")


def read_key(path: str | os.PathLike[str]) -> bytes:
    """Read the key of pseudonyms from a file; if there is none, write a random one there.

    Whoever has the key and guesses an id can find its pseudonym. Keep the file apart from reports,
    and keep it: with another key the same patients get other pseudonyms.

    Parameters
    ----------
    path
        A text file that holds nothing but the key. A new one can be read by its owner only.

    Returns
    -------
    bytes

    Raises
    ------
    InputError
        If the file cannot be read or written, or holds fewer than 16 characters.

    Examples
    --------
    >>> import tempfile
    >>> file = f"{tempfile.mkdtemp()}/study.key"
    >>> read_key(file) == read_key(file)
    True
    """
    file = path_of(path)
    try:
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            # Only if there is still none: a key that is in use must never be replaced.
            number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(number, "w", encoding="ascii") as made:
                made.write(secrets.token_hex(32) + "\n")
        key = file.read_bytes().strip()
    except OSError as error:
        raise InputError(
            f"the key file {file} cannot be used: {error.strerror or error}"
        ) from error
    if len(key) < SHORTEST_KEY:
        raise InputError(
            f"the key file {file} holds {len(key)} characters; a key needs at least "
            f"{SHORTEST_KEY}. Name a file that does not exist, and a key is made."
        )
    return key
