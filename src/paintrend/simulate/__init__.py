"""Cohorts with known truth, drawn from the same shapes table that fitting uses.

`simulate_cohort` draws the patients and `write_cohort` writes them to files; `simulate_sessions`
adds therapy sessions and what they do to pain (`SessionPlan`, `Soreness`). What can be set is
grouped: `Start` (level and trend before treatment), `Visits` (when ratings are made and lost),
`Noise` (how ratings scatter), `NumberCovariate` and `ChoiceCovariate` (what else is known).
"""

from paintrend.results.cohort import SimulatedCohort
from paintrend.results.session_cohort import SessionCohort
from paintrend.simulate.cohort import simulate_cohort
from paintrend.simulate.covariates import (
    BACK_PAIN_COVARIATES,
    ChoiceCovariate,
    NumberCovariate,
)
from paintrend.simulate.files import write_cohort
from paintrend.simulate.mixes import DEFAULT_MIX
from paintrend.simulate.session_settings import SessionPlan, Soreness
from paintrend.simulate.sessions import simulate_sessions
from paintrend.simulate.settings import Noise, Start, Visits

__all__ = [
    "BACK_PAIN_COVARIATES",
    "DEFAULT_MIX",
    "ChoiceCovariate",
    "Noise",
    "NumberCovariate",
    "SessionCohort",
    "SessionPlan",
    "SimulatedCohort",
    "Soreness",
    "Start",
    "Visits",
    "simulate_cohort",
    "simulate_sessions",
    "write_cohort",
]
