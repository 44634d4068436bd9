"""Which bucket a patient belongs to: by a hash of the id as the readers write it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from paintrend.readers.alike import alike_key
from paintrend.readers.ids import INVISIBLE
from paintrend.readers.values import to_text

__all__ = ["id_text", "route_keys"]

UNUSUAL = r"[^\x21-\x7e]|\.0"
"""What an id has that may be alike to another in more than capitals."""


def id_text(column: pa.Array | pd.Series) -> pd.Series:
    """Return ids as text, missing ones as "".

    A column of whole numbers stays one where some are missing: as floats, which is what pandas
    would make of them, long ids would lose digits.
    """
    if isinstance(column, pd.Series):
        return to_text(column)
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_integer(column.type):
        column = column.cast(pa.string())
    return to_text(column.to_pandas())


def route_keys(text: pd.Series) -> NDArray[np.uint64]:
    """Hash the id of each row.

    Ids that differ only in spaces, capitals, a final .0 or characters that look the same get the
    same hash: whether they are meant to be one patient is for the checks to say, and these need to
    see both.
    """
    ids = pa.array(text, type=pa.large_string(), from_pandas=True)
    if isinstance(ids, pa.ChunkedArray):  # pandas keeps joined columns of text in pieces
        ids = ids.combine_chunks()
    ids = ids.dictionary_encode()
    names = pc.utf8_trim_whitespace(ids.dictionary)
    names = pc.utf8_trim_whitespace(pc.utf8_trim(names, characters=INVISIBLE))
    unusual = pc.match_substring_regex(names, UNUSUAL).to_numpy(zero_copy_only=False)
    names = np.array(pc.utf8_lower(names).to_pylist(), dtype=object)
    names[unusual] = [alike_key(name) for name in names[unusual]]
    keys = pd.util.hash_array(names, categorize=False)
    return np.asarray(keys[ids.indices.to_numpy(zero_copy_only=False)], dtype=np.uint64)
