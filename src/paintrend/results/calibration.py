"""Calibration on twins: what was said of made patients, beside the course each really took."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd

from paintrend.results.criteria import Criteria
from paintrend.scales import Scale

__all__ = ["QUESTIONS", "Calibration"]

QUESTIONS: dict[str, tuple[str, str, str]] = {
    "dip": ("p_dip", "is_dip", "passes through a dip"),
    "deterioration": ("p_deterioration", "is_deterioration", "ends worse"),
    "top course": ("p_top", "top_is_true", "the likeliest course is the true one"),
}
"""Question -> column of the probability, column of the truth, and what is asked."""

BINS = 10
Z90 = 1.6448536269514722


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Calibration:
    """Probabilities given to twins of a cohort, and what was true of them.

    Attributes
    ----------
    predictions : DataFrame
        One row per twin: ``cohort``, ``patient_id`` (whose visits the twin has), ``true_course``,
        ``course``, ``confidence``, ``top_course``, ``p_top``, ``p_dip``, ``p_deterioration``, and
        the truth ``top_is_true``, ``is_dip``, ``is_deterioration``.
    scale, horizon, criteria : as of the fit, no threshold left open
    n_patients, n_fitted : int
        Patients of the cohort; those not fitted have no twin.
    n_ratings, n_missing : int
        Ratings that the visits of the twins follow, and those missing in the diary.
    relearned : bool
        True if each twin cohort was fitted with a population learned from itself; False if with
        the population that made it, because that came from other patients.
    seed : int
    """

    predictions: pd.DataFrame
    scale: Scale
    horizon: float
    criteria: Criteria
    n_patients: int
    n_fitted: int
    n_ratings: int
    n_missing: int
    relearned: bool
    seed: int

    @property
    def n_cohorts(self) -> int:
        """Number of twin cohorts."""
        return int(self.predictions["cohort"].nunique())

    def table(self) -> pd.DataFrame:
        """Give the reliability curves: twins by the probability that they were given.

        Returns
        -------
        DataFrame
            ``question`` (a key of `QUESTIONS`), ``low`` and ``high`` of the bin, ``n`` twins in it,
            their mean probability ``predicted``, the share ``observed`` of whom it was true, and
            its 90% Wilson interval ``observed_low``, ``observed_high``. Bins without a twin are
            left out. The interval takes the twins as independent; those of one cohort share what
            was learned from it.

        References
        ----------
        Wilson 1927, doi:10.1080/01621459.1927.10502953
        """
        rows = []
        edges = np.linspace(0.0, 1.0, BINS + 1)
        for question, (given, truth, _) in QUESTIONS.items():
            share = self.predictions[given].to_numpy(dtype=float)
            true = self.predictions[truth].to_numpy(dtype=float)
            which = np.clip(np.searchsorted(edges, share, side="right") - 1, 0, BINS - 1)
            for b in range(BINS):
                own = which == b
                if own.any():
                    rows.append(
                        {"question": question, "low": edges[b], "high": edges[b + 1]}
                        | _compare(share[own], true[own])
                    )
        return pd.DataFrame(rows)

    def summary(self) -> pd.DataFrame:
        """Give one row per question, and one for the courses that were named.

        Returns
        -------
        DataFrame
            ``question``, ``n``, ``predicted``, ``observed`` with its 90% interval, and
            ``off``, the distance of the reliability curve from the diagonal, averaged over twins
            (of the bins for a question; of the one mean for what was named).
        """
        rows, table = [], self.table()
        for question, (given, truth, _) in QUESTIONS.items():
            own = table[table["question"] == question]
            off = np.average(abs(own["observed"] - own["predicted"]), weights=own["n"])
            found = _compare(self.predictions[given], self.predictions[truth])
            rows.append({"question": question} | found | {"off": float(off)})
        for confidence in ("clear", "probable"):
            own = self.predictions[self.predictions["confidence"] == confidence]
            if len(own):
                found = _compare(own["p_top"], own["top_is_true"])
                off = abs(found["observed"] - found["predicted"])
                rows.append({"question": f"named {confidence}"} | found | {"off": off})
        return pd.DataFrame(rows)

    @property
    def text(self) -> str:
        """Two sentences: what was made, and how it was fitted."""
        how = (
            "each fitted with a population learned from itself"
            if self.relearned
            else "fitted with the population that made them, which came from other patients and is "
            "taken as right"
        )
        return (
            f"{len(self.predictions)} twins in {self.n_cohorts} "
            f"cohort{'' if self.n_cohorts == 1 else 's'} drawn from the fitted population, with "
            f"the visits, rounding and missing ratings of {self.n_fitted} patients; {how}. "
            "The twins follow the model, so what the model does not know is not tested here."
        )

    def __repr__(self) -> str:
        return f"Calibration: {self.text}\n{self.summary().round(3).to_string(index=False)}"

    def _repr_html_(self) -> str:
        shown = self.summary().to_html(index=False, float_format=lambda x: f"{x:.3f}")
        return f"<p>{escape(self.text)}</p>{shown}"


def _compare(share: np.ndarray | pd.Series, true: np.ndarray | pd.Series) -> dict[str, float]:
    n, observed = len(true), float(np.mean(true))
    middle = (observed + Z90**2 / (2 * n)) / (1 + Z90**2 / n)
    half = Z90 / (1 + Z90**2 / n) * np.sqrt(observed * (1 - observed) / n + (Z90 / (2 * n)) ** 2)
    return {
        "n": n, "predicted": float(np.mean(share)), "observed": observed,
        # in exact numbers the share lies in between; where all or none is true it is the end
        "observed_low": min(max(0.0, float(middle - half)), observed),
        "observed_high": max(min(1.0, float(middle + half)), observed),
    }  # fmt: skip
