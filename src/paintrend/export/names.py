"""File names for figures and patients: safe on every system, and never the same for two."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

__all__ = ["file_stems"]

RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
"""Names that Windows keeps for devices, with any ending."""

LONGEST = 60
"""Characters of a name, so that folder and ending fit into what Windows takes."""


def file_stems(names: Sequence[str], *, taken: Sequence[str] = ()) -> list[str]:
    """Give each name a file name without ending.

    Letters of other scripts, blanks and signs are replaced; a name that was changed, or that
    differs from another by capitals only, gets eight characters of its hash, so that two names
    never share a file. What a name becomes does not depend on the names around it, unless they
    differ by capitals only.

    Parameters
    ----------
    names
        No two are the same.
    taken
        File names that are in use already.

    Examples
    --------
    >>> file_stems(["P017", "patient_1"])
    ['P017', 'patient_1']
    >>> file_stems(["../../etc/passwd", "con"])
    ['etc_passwd_3754d6cb', 'figure_con_1143da2b']
    """
    plain = [_plain(name) for name in names]
    count = Counter(stem.casefold() for stem in plain)
    used = {stem.casefold() for stem in taken}
    stems = []
    for name, stem in zip(names, plain, strict=True):
        alone = count[stem.casefold()] == 1 and stem.casefold() not in used
        if stem == name and alone:
            stems.append(stem)
        else:
            digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
            stems.append(f"{stem}_{digest[:8]}")
    return stems


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    # A dot could begin a hidden file or look like an ending.
    stem = re.sub(r"[^A-Za-z0-9-]+", "_", letters)[:LONGEST].strip("_-")
    if not stem or RESERVED.fullmatch(stem):
        stem = f"figure_{stem}".rstrip("_")
    return stem
