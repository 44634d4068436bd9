"""Any analysis on plausible courses: draws that carry what is not known, pooled by Rubin's rules.

A draw takes one curve per patient from the posterior under a population that was learned again on a
Bayesian bootstrap of the patients, with every variable of the analysis in it.
"""

from paintrend.pooling.analysis import pool_draws
from paintrend.pooling.formulas import regress
from paintrend.pooling.plausible import draw_plausible

__all__ = ["draw_plausible", "pool_draws", "regress"]
