"""The curves of a fit as a table, block by block."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from paintrend.results.fit import Fit

__all__ = ["curve_tables"]


def curve_tables(fit: Fit) -> Iterator[pd.DataFrame]:
    """Yield patient_id, day, median, low and high (90% band) of all patients in blocks.

    The same numbers as ``fit[patient_id].curve``; NaN for a patient who was not fitted.
    """
    for block in fit.draw_blocks():
        values = fit.scale.orient(block.curves)
        low, high = np.quantile(values, [0.5 - 0.9 / 2.0, 0.5 + 0.9 / 2.0], axis=1)
        ids = fit.patient_ids[block.start : block.stop]
        yield pd.DataFrame(
            {
                "patient_id": np.repeat(np.array(ids, dtype=object), len(fit.grid)),
                "day": np.tile(fit.grid, len(ids)),
                "median": np.median(values, axis=1).ravel(),
                "low": low.ravel(),
                "high": high.ravel(),
            }
        )
