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
    from paintrend.plots import (
        plot_cohort,
        plot_cohort_check,
        plot_courses,
        plot_patient,
        plot_sessions,
    )
    from paintrend.report import write_report
    from paintrend.results.checks import CohortCheck
    from paintrend.results.courses import Courses, PatientCourse
    from paintrend.results.criteria import Criteria
    from paintrend.results.diary import Diary
    from paintrend.results.dose_effect import DoseEffect
    from paintrend.results.fit import Fit
    from paintrend.results.patient import PatientFit
    from paintrend.results.population import Population
    from paintrend.results.session_criteria import SessionCriteria
    from paintrend.results.session_response import PatientResponse, SessionResponse
    from paintrend.results.sessions import Sessions
    from paintrend.review import review_order
    from paintrend.scaleout.parquet_fit import ParquetFit
    from paintrend.scaleout.parquet_run import fit_parquet
    from paintrend.scaleout.scaled_fit import ScaledCourses, ScaledFit
    from paintrend.scales import SCALES, Scale, get_scale, scale_table
    from paintrend.sessions import read_sessions
    from paintrend.simulate import (
        SessionCohort,
        SimulatedCohort,
        simulate_cohort,
        simulate_sessions,
    )
    from paintrend.soreness.dose import session_dose
    from paintrend.soreness.fit import session_response
    from paintrend.storage import read_population, write_population

__version__ = "0.1.0"

__all__ = [
    "SCALES",
    "CohortCheck",
    "Courses",
    "Criteria",
    "CriteriaError",
    "Diary",
    "DiaryError",
    "DoseEffect",
    "Fit",
    "HorizonError",
    "InputError",
    "MissingExtraError",
    "PaintrendError",
    "ParquetFit",
    "PatientCourse",
    "PatientFit",
    "PatientResponse",
    "Population",
    "PopulationError",
    "RunError",
    "Scale",
    "ScaleError",
    "ScaledCourses",
    "ScaledFit",
    "SessionCohort",
    "SessionCriteria",
    "SessionResponse",
    "Sessions",
    "SimulatedCohort",
    "UnknownPatientError",
    "__version__",
    "check_cohort",
    "classify",
    "fit_curves",
    "fit_parquet",
    "get_scale",
    "plot_cohort",
    "plot_cohort_check",
    "plot_courses",
    "plot_patient",
    "plot_sessions",
    "read_diary",
    "read_population",
    "read_sessions",
    "review_order",
    "scale_table",
    "session_dose",
    "session_response",
    "simulate_cohort",
    "simulate_sessions",
    "write_population",
    "write_report",
    "write_template",
]

# The same pairs as the block for type checkers above; a test compares the two.
_HOMES = {
    "checks": ["check_cohort"],
    "courses": ["classify"],
    "diary": ["read_diary", "write_template"],
    "errors": [name for name in __all__ if name.endswith("Error")],
    "fitting": ["fit_curves"],
    "plots": [
        "plot_cohort",
        "plot_cohort_check",
        "plot_courses",
        "plot_patient",
        "plot_sessions",
    ],
    "report": ["write_report"],
    "results.checks": ["CohortCheck"],
    "results.courses": ["Courses", "PatientCourse"],
    "results.criteria": ["Criteria"],
    "results.diary": ["Diary"],
    "results.dose_effect": ["DoseEffect"],
    "results.fit": ["Fit"],
    "results.patient": ["PatientFit"],
    "results.population": ["Population"],
    "results.session_criteria": ["SessionCriteria"],
    "results.session_response": ["PatientResponse", "SessionResponse"],
    "results.sessions": ["Sessions"],
    "review": ["review_order"],
    "scaleout.parquet_fit": ["ParquetFit"],
    "scaleout.parquet_run": ["fit_parquet"],
    "scaleout.scaled_fit": ["ScaledCourses", "ScaledFit"],
    "scales": ["SCALES", "Scale", "get_scale", "scale_table"],
    "sessions": ["read_sessions"],
    "simulate": ["SessionCohort", "SimulatedCohort", "simulate_cohort", "simulate_sessions"],
    "soreness.dose": ["session_dose"],
    "soreness.fit": ["session_response"],
    "storage": ["read_population", "write_population"],
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
