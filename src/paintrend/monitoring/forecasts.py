"""Forecast: the curve as it was known on a day, and where single ratings would lie about it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from paintrend.core.likelihood import OUTLIER
from paintrend.core.predictive import replicate_ratings, spread_places
from paintrend.core.streams import patient_generator
from paintrend.results.fit import Fit

__all__ = ["forecast_table"]

BAND = (0.05, 0.95)
REPEATS = 5
"""Ratings made from each curve and day, for bands that do not hang on single ones."""


def forecast_table(fit: Fit, key: str) -> pd.DataFrame:
    """Give the curve of the only patient of a fit with bands, for each day of the grid.

    Parameters
    ----------
    fit : Fit
    key : str
        Whose random numbers the ratings take.

    Returns
    -------
    DataFrame
        ``day``, ``median``, ``low``, ``high``, ``rating_low``, ``rating_high``, in the scale's own
        values. The bands hold 90% of the curves, and of ratings made from them with the noise of
        each, rounded and bounded as ratings are.
    """
    (patient,) = fit.patient_ids
    columns = {"day": fit.grid}
    curves = fit.draws(patient)
    row = fit.inference.position.get(patient)
    if row is None:
        made = curves
    else:
        scale, population = fit.scale, fit.population
        levels = (np.asarray(scale.orient(curves)) - scale.low) / population.unit
        rng = patient_generator(fit.seed, key, "forecast")
        made = replicate_ratings(
            population.model,
            np.repeat(fit.inference.posterior.noise[row], REPEATS),
            np.repeat(levels, REPEATS, axis=0),
            fit.grid,
            rng.standard_normal((fit.n_draws * REPEATS, 3 * fit.grid.size)),
            OUTLIER,
            spread_places(fit.n_draws * REPEATS),
        )
        made = np.asarray(scale.orient(made * population.unit + scale.low))
    columns["median"] = np.median(curves, axis=0)
    columns["low"], columns["high"] = np.quantile(curves, BAND, axis=0)
    # a rating that can be given, not a value between two of them
    columns["rating_low"] = np.quantile(made, BAND[0], axis=0, method="inverted_cdf")
    columns["rating_high"] = np.quantile(made, BAND[1], axis=0, method="inverted_cdf")
    return pd.DataFrame(columns)
