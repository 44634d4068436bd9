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
    from paintrend.alarms import alarm_policy
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
    from paintrend.events import read_events
    from paintrend.fitting import fit_curves
    from paintrend.monitoring.patient import PatientMonitor
    from paintrend.monitoring.records import Monitor
    from paintrend.monitoring.replay import monitor
    from paintrend.monitoring.review_list import review_monitor
    from paintrend.plots import (
        plot_cohort,
        plot_cohort_check,
        plot_courses,
        plot_monitor,
        plot_patient,
        plot_policy,
        plot_sessions,
    )
    from paintrend.report import write_monitor_report, write_report
    from paintrend.results.alarm_policy import AlarmPolicy
    from paintrend.results.checks import CohortCheck
    from paintrend.results.courses import Courses, PatientCourse
    from paintrend.results.criteria import Criteria
    from paintrend.results.diary import Diary
    from paintrend.results.dose_effect import DoseEffect
    from paintrend.results.events import Events
    from paintrend.results.fit import Fit
    from paintrend.results.patient import PatientFit
    from paintrend.results.population import Population
    from paintrend.results.session_criteria import SessionCriteria
    from paintrend.results.session_response import PatientResponse, SessionResponse
    from paintrend.results.sessions import Sessions
    from paintrend.results.symptoms import Symptoms
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
    from paintrend.symptoms import read_symptoms
    from paintrend.warning_signs import WARNING_SIGNS, WarningSign, warning_sign_table

__version__ = "0.1.0"

__all__ = [
    "SCALES",
    "WARNING_SIGNS",
    "AlarmPolicy",
    "CohortCheck",
    "Courses",
    "Criteria",
    "CriteriaError",
    "Diary",
    "DiaryError",
    "DoseEffect",
    "Events",
    "Fit",
    "HorizonError",
    "InputError",
    "MissingExtraError",
    "Monitor",
    "PaintrendError",
    "ParquetFit",
    "PatientCourse",
    "PatientFit",
    "PatientMonitor",
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
    "Symptoms",
    "UnknownPatientError",
    "WarningSign",
    "__version__",
    "alarm_policy",
    "check_cohort",
    "classify",
    "fit_curves",
    "fit_parquet",
    "get_scale",
    "monitor",
    "plot_cohort",
    "plot_cohort_check",
    "plot_courses",
    "plot_monitor",
    "plot_patient",
    "plot_policy",
    "plot_sessions",
    "read_diary",
    "read_events",
    "read_population",
    "read_sessions",
    "read_symptoms",
    "review_monitor",
    "review_order",
    "scale_table",
    "session_dose",
    "session_response",
    "simulate_cohort",
    "simulate_sessions",
    "warning_sign_table",
    "write_monitor_report",
    "write_population",
    "write_report",
    "write_template",
]

# The same pairs as the block for type checkers above; a test compares the two.
_HOMES = {
    "alarms": ["alarm_policy"],
    "checks": ["check_cohort"],
    "courses": ["classify"],
    "diary": ["read_diary", "write_template"],
    "errors": [name for name in __all__ if name.endswith("Error")],
    "events": ["read_events"],
    "fitting": ["fit_curves"],
    "monitoring.patient": ["PatientMonitor"],
    "monitoring.records": ["Monitor"],
    "monitoring.replay": ["monitor"],
    "monitoring.review_list": ["review_monitor"],
    "plots": [
        "plot_cohort",
        "plot_cohort_check",
        "plot_courses",
        "plot_monitor",
        "plot_patient",
        "plot_policy",
        "plot_sessions",
    ],
    "report": ["write_monitor_report", "write_report"],
    "results.alarm_policy": ["AlarmPolicy"],
    "results.checks": ["CohortCheck"],
    "results.courses": ["Courses", "PatientCourse"],
    "results.criteria": ["Criteria"],
    "results.diary": ["Diary"],
    "results.dose_effect": ["DoseEffect"],
    "results.events": ["Events"],
    "results.fit": ["Fit"],
    "results.patient": ["PatientFit"],
    "results.population": ["Population"],
    "results.session_criteria": ["SessionCriteria"],
    "results.session_response": ["PatientResponse", "SessionResponse"],
    "results.sessions": ["Sessions"],
    "results.symptoms": ["Symptoms"],
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
    "symptoms": ["read_symptoms"],
    "warning_signs": ["WARNING_SIGNS", "WarningSign", "warning_sign_table"],
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
