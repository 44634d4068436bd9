"""Tell a passing rise in pain after the start of treatment from a sustained deterioration.

>>> import paintrend as pt
>>> pt.get_scale("nrs").high
10.0

Every public name is imported when it is first used, so that ``import paintrend``, ``--help`` and
a name with a typing error cost nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from paintrend.checks import check_cohort
    from paintrend.courses import classify
    from paintrend.diary import read_diary, write_template
    from paintrend.dropout import retention_by_course, tipping_point
    from paintrend.errors import (
        CriteriaError,
        DiaryError,
        HorizonError,
        InputError,
        MissingExtraError,
        PaintrendError,
        PopulationError,
        RunError,
        ScaleError,
        UnknownPatientError,
    )
    from paintrend.fitting import fit_curves
    from paintrend.multiplicity import correct_p_values, flag_patients
    from paintrend.nulls import landmark_test
    from paintrend.plots import (
        plot_cohort,
        plot_cohort_check,
        plot_courses,
        plot_null_world,
        plot_patient,
    )
    from paintrend.pooling import draw_plausible, pool_draws, regress
    from paintrend.report import write_report
    from paintrend.responders import count_responders
    from paintrend.results.checks import CohortCheck
    from paintrend.results.courses import Courses, PatientCourse
    from paintrend.results.criteria import Criteria
    from paintrend.results.diary import Diary
    from paintrend.results.event_times import EventTimes
    from paintrend.results.fit import Fit
    from paintrend.results.landmark import LandmarkTest
    from paintrend.results.patient import PatientFit
    from paintrend.results.plausible import PlausibleValues
    from paintrend.results.pooled import PooledAnalysis
    from paintrend.results.population import Population
    from paintrend.results.prevalence import Prevalence
    from paintrend.results.responders import Responders
    from paintrend.review import review_order
    from paintrend.scaleout.parquet_fit import ParquetFit
    from paintrend.scaleout.parquet_run import fit_parquet
    from paintrend.scaleout.scaled_fit import ScaledCourses, ScaledFit
    from paintrend.scales import SCALES, Scale, get_scale, scale_table
    from paintrend.shares import prevalence
    from paintrend.simulate import SimulatedCohort, simulate_cohort
    from paintrend.specifications import multiverse
    from paintrend.storage import read_population, write_population
    from paintrend.study_size import power
    from paintrend.survival import time_to

__version__ = "0.1.0"

__all__ = [
    "SCALES",
    "CohortCheck",
    "Courses",
    "Criteria",
    "CriteriaError",
    "Diary",
    "DiaryError",
    "EventTimes",
    "Fit",
    "HorizonError",
    "InputError",
    "LandmarkTest",
    "MissingExtraError",
    "PaintrendError",
    "ParquetFit",
    "PatientCourse",
    "PatientFit",
    "PlausibleValues",
    "PooledAnalysis",
    "Population",
    "PopulationError",
    "Prevalence",
    "Responders",
    "RunError",
    "Scale",
    "ScaleError",
    "ScaledCourses",
    "ScaledFit",
    "SimulatedCohort",
    "UnknownPatientError",
    "__version__",
    "check_cohort",
    "classify",
    "correct_p_values",
    "count_responders",
    "draw_plausible",
    "fit_curves",
    "fit_parquet",
    "flag_patients",
    "get_scale",
    "landmark_test",
    "multiverse",
    "plot_cohort",
    "plot_cohort_check",
    "plot_courses",
    "plot_null_world",
    "plot_patient",
    "pool_draws",
    "power",
    "prevalence",
    "read_diary",
    "read_population",
    "regress",
    "retention_by_course",
    "review_order",
    "scale_table",
    "simulate_cohort",
    "time_to",
    "tipping_point",
    "write_population",
    "write_report",
    "write_template",
]

# The same pairs as the block for type checkers above; a test compares the two.
_HOMES = {
    "checks": ["check_cohort"],
    "courses": ["classify"],
    "diary": ["read_diary", "write_template"],
    "dropout": ["retention_by_course", "tipping_point"],
    "errors": [name for name in __all__ if name.endswith("Error")],
    "fitting": ["fit_curves"],
    "multiplicity": ["correct_p_values", "flag_patients"],
    "nulls": ["landmark_test"],
    "plots": [
        "plot_cohort",
        "plot_cohort_check",
        "plot_courses",
        "plot_null_world",
        "plot_patient",
    ],
    "pooling": ["draw_plausible", "pool_draws", "regress"],
    "report": ["write_report"],
    "results.checks": ["CohortCheck"],
    "results.courses": ["Courses", "PatientCourse"],
    "results.criteria": ["Criteria"],
    "results.diary": ["Diary"],
    "results.event_times": ["EventTimes"],
    "results.fit": ["Fit"],
    "results.landmark": ["LandmarkTest"],
    "results.patient": ["PatientFit"],
    "results.plausible": ["PlausibleValues"],
    "results.pooled": ["PooledAnalysis"],
    "results.population": ["Population"],
    "responders": ["count_responders"],
    "results.prevalence": ["Prevalence"],
    "results.responders": ["Responders"],
    "review": ["review_order"],
    "scaleout.parquet_fit": ["ParquetFit"],
    "scaleout.parquet_run": ["fit_parquet"],
    "scaleout.scaled_fit": ["ScaledCourses", "ScaledFit"],
    "scales": ["SCALES", "Scale", "get_scale", "scale_table"],
    "shares": ["prevalence"],
    "simulate": ["SimulatedCohort", "simulate_cohort"],
    "specifications": ["multiverse"],
    "storage": ["read_population", "write_population"],
    "study_size": ["power"],
    "survival": ["time_to"],
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'paintrend' has no attribute {name!r}")
    value = getattr(import_module(f"paintrend.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
