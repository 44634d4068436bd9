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
    from paintrend.calibration import check_calibration
    from paintrend.checks import check_cohort
    from paintrend.courses import classify
    from paintrend.diary import read_diary, write_template
    from paintrend.errors import (
        BrowserError,
        CriteriaError,
        DiaryError,
        FitError,
        HorizonError,
        InputError,
        MissingExtraError,
        PaintrendError,
        PopulationError,
        RunError,
        ScaleError,
        UnknownPatientError,
    )
    from paintrend.estimands import handle_events
    from paintrend.events import read_events
    from paintrend.explorer import Explorer, explore
    from paintrend.export import Exported, export_figures
    from paintrend.fitting import fit_curves
    from paintrend.hypotheses.arms import compare_arms
    from paintrend.hypotheses.dropout import retention_by_course, tipping_point
    from paintrend.hypotheses.leaving import dropout_sensitivity
    from paintrend.hypotheses.multiplicity import correct_p_values, flag_patients
    from paintrend.hypotheses.responders import count_responders
    from paintrend.hypotheses.shares import prevalence
    from paintrend.hypotheses.specifications import multiverse
    from paintrend.hypotheses.study_size import power
    from paintrend.hypotheses.survival import time_to
    from paintrend.hypotheses.unscheduled import drop_unscheduled, flag_unscheduled
    from paintrend.monitoring.patient import PatientMonitor
    from paintrend.monitoring.records import Monitor
    from paintrend.monitoring.replay import monitor
    from paintrend.monitoring.review_list import review_monitor
    from paintrend.nulls import landmark_test
    from paintrend.plots import (
        plot_calibration,
        plot_cohort,
        plot_cohort_check,
        plot_courses,
        plot_lasagna,
        plot_monitor,
        plot_null_world,
        plot_outlooks,
        plot_patient,
        plot_policy,
        plot_power,
        plot_prevalence,
        plot_responders,
        plot_retention,
        plot_sessions,
        plot_spaghetti,
        plot_specifications,
        plot_swimmer,
        plot_time_to,
        plot_tipping_point,
    )
    from paintrend.pooling import draw_plausible, pool_draws, regress
    from paintrend.privacy import Privacy, pseudonymise, read_key
    from paintrend.report.cohort import write_report
    from paintrend.report.monitor import write_monitor_report
    from paintrend.report.patient import write_patient_report
    from paintrend.reporting import grolts_table, methods_text, session_info
    from paintrend.results.alarm_policy import AlarmPolicy
    from paintrend.results.arm_comparison import ArmComparison
    from paintrend.results.calibration import Calibration
    from paintrend.results.checks import CohortCheck
    from paintrend.results.courses import Courses, PatientCourse
    from paintrend.results.criteria import Criteria
    from paintrend.results.diary import Diary
    from paintrend.results.dose_effect import DoseEffect
    from paintrend.results.estimand import Estimand
    from paintrend.results.event_times import EventTimes
    from paintrend.results.events import Events
    from paintrend.results.fit import Fit
    from paintrend.results.landmark import LandmarkTest
    from paintrend.results.patient import PatientFit
    from paintrend.results.plausible import PlausibleValues
    from paintrend.results.pooled import PooledAnalysis
    from paintrend.results.population import Population
    from paintrend.results.prevalence import Prevalence
    from paintrend.results.provenance import Provenance
    from paintrend.results.responders import Responders
    from paintrend.results.session_criteria import SessionCriteria
    from paintrend.results.session_response import (
        PatientResponse,
        ResponsePopulation,
        SessionResponse,
    )
    from paintrend.results.sessions import Sessions
    from paintrend.results.small_cells import suppress_small_cells
    from paintrend.results.symptoms import Symptoms
    from paintrend.results.unscheduled import UnscheduledRatings
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
    from paintrend.storage import (
        read_fit,
        read_population,
        read_response_population,
        write_fit,
        write_population,
        write_response_population,
    )
    from paintrend.storage.diary_files import write_diary
    from paintrend.symptoms import read_symptoms
    from paintrend.systems import read_cdisc, read_fhir, read_redcap
    from paintrend.warning_signs import WARNING_SIGNS, WarningSign, warning_sign_table

__version__ = "0.1.0"

__all__ = [
    "SCALES",
    "WARNING_SIGNS",
    "AlarmPolicy",
    "ArmComparison",
    "BrowserError",
    "Calibration",
    "CohortCheck",
    "Courses",
    "Criteria",
    "CriteriaError",
    "Diary",
    "DiaryError",
    "DoseEffect",
    "Estimand",
    "EventTimes",
    "Events",
    "Explorer",
    "Exported",
    "Fit",
    "FitError",
    "HorizonError",
    "InputError",
    "LandmarkTest",
    "MissingExtraError",
    "Monitor",
    "PaintrendError",
    "ParquetFit",
    "PatientCourse",
    "PatientFit",
    "PatientMonitor",
    "PatientResponse",
    "PlausibleValues",
    "PooledAnalysis",
    "Population",
    "PopulationError",
    "Prevalence",
    "Privacy",
    "Provenance",
    "Responders",
    "ResponsePopulation",
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
    "UnscheduledRatings",
    "WarningSign",
    "__version__",
    "alarm_policy",
    "check_calibration",
    "check_cohort",
    "classify",
    "compare_arms",
    "correct_p_values",
    "count_responders",
    "draw_plausible",
    "drop_unscheduled",
    "dropout_sensitivity",
    "explore",
    "export_figures",
    "fit_curves",
    "fit_parquet",
    "flag_patients",
    "flag_unscheduled",
    "get_scale",
    "grolts_table",
    "handle_events",
    "landmark_test",
    "methods_text",
    "monitor",
    "multiverse",
    "plot_calibration",
    "plot_cohort",
    "plot_cohort_check",
    "plot_courses",
    "plot_lasagna",
    "plot_monitor",
    "plot_null_world",
    "plot_outlooks",
    "plot_patient",
    "plot_policy",
    "plot_power",
    "plot_prevalence",
    "plot_responders",
    "plot_retention",
    "plot_sessions",
    "plot_spaghetti",
    "plot_specifications",
    "plot_swimmer",
    "plot_time_to",
    "plot_tipping_point",
    "pool_draws",
    "power",
    "prevalence",
    "pseudonymise",
    "read_cdisc",
    "read_diary",
    "read_events",
    "read_fhir",
    "read_fit",
    "read_key",
    "read_population",
    "read_redcap",
    "read_response_population",
    "read_sessions",
    "read_symptoms",
    "regress",
    "retention_by_course",
    "review_monitor",
    "review_order",
    "scale_table",
    "session_dose",
    "session_info",
    "session_response",
    "simulate_cohort",
    "simulate_sessions",
    "suppress_small_cells",
    "time_to",
    "tipping_point",
    "warning_sign_table",
    "write_diary",
    "write_fit",
    "write_monitor_report",
    "write_patient_report",
    "write_population",
    "write_report",
    "write_response_population",
    "write_template",
]

# The same pairs as the block for type checkers above; a test compares the two.
_HOMES = {
    "alarms": ["alarm_policy"],
    "calibration": ["check_calibration"],
    "checks": ["check_cohort"],
    "courses": ["classify"],
    "diary": ["read_diary", "write_template"],
    "errors": [name for name in __all__ if name.endswith("Error")],
    "estimands": ["handle_events"],
    "events": ["read_events"],
    "explorer": ["Explorer", "explore"],
    "export": ["Exported", "export_figures"],
    "fitting": ["fit_curves"],
    "hypotheses.arms": ["compare_arms"],
    "hypotheses.dropout": ["retention_by_course", "tipping_point"],
    "hypotheses.leaving": ["dropout_sensitivity"],
    "hypotheses.multiplicity": ["correct_p_values", "flag_patients"],
    "hypotheses.responders": ["count_responders"],
    "hypotheses.shares": ["prevalence"],
    "hypotheses.specifications": ["multiverse"],
    "hypotheses.study_size": ["power"],
    "hypotheses.survival": ["time_to"],
    "hypotheses.unscheduled": ["drop_unscheduled", "flag_unscheduled"],
    "monitoring.patient": ["PatientMonitor"],
    "monitoring.records": ["Monitor"],
    "monitoring.replay": ["monitor"],
    "monitoring.review_list": ["review_monitor"],
    "nulls": ["landmark_test"],
    "plots": [
        "plot_calibration",
        "plot_cohort",
        "plot_cohort_check",
        "plot_courses",
        "plot_lasagna",
        "plot_monitor",
        "plot_null_world",
        "plot_outlooks",
        "plot_patient",
        "plot_policy",
        "plot_power",
        "plot_prevalence",
        "plot_responders",
        "plot_retention",
        "plot_sessions",
        "plot_spaghetti",
        "plot_specifications",
        "plot_swimmer",
        "plot_time_to",
        "plot_tipping_point",
    ],
    "pooling": ["draw_plausible", "pool_draws", "regress"],
    "privacy": ["Privacy", "pseudonymise", "read_key"],
    "report.cohort": ["write_report"],
    "report.monitor": ["write_monitor_report"],
    "report.patient": ["write_patient_report"],
    "reporting": ["grolts_table", "methods_text", "session_info"],
    "results.alarm_policy": ["AlarmPolicy"],
    "results.arm_comparison": ["ArmComparison"],
    "results.calibration": ["Calibration"],
    "results.checks": ["CohortCheck"],
    "results.courses": ["Courses", "PatientCourse"],
    "results.criteria": ["Criteria"],
    "results.diary": ["Diary"],
    "results.dose_effect": ["DoseEffect"],
    "results.estimand": ["Estimand"],
    "results.event_times": ["EventTimes"],
    "results.events": ["Events"],
    "results.fit": ["Fit"],
    "results.landmark": ["LandmarkTest"],
    "results.patient": ["PatientFit"],
    "results.plausible": ["PlausibleValues"],
    "results.pooled": ["PooledAnalysis"],
    "results.population": ["Population"],
    "results.prevalence": ["Prevalence"],
    "results.provenance": ["Provenance"],
    "results.responders": ["Responders"],
    "results.session_criteria": ["SessionCriteria"],
    "results.session_response": ["PatientResponse", "ResponsePopulation", "SessionResponse"],
    "results.sessions": ["Sessions"],
    "results.small_cells": ["suppress_small_cells"],
    "results.symptoms": ["Symptoms"],
    "results.unscheduled": ["UnscheduledRatings"],
    "review": ["review_order"],
    "scaleout.parquet_fit": ["ParquetFit"],
    "scaleout.parquet_run": ["fit_parquet"],
    "scaleout.scaled_fit": ["ScaledCourses", "ScaledFit"],
    "scales": ["SCALES", "Scale", "get_scale", "scale_table"],
    "sessions": ["read_sessions"],
    "simulate": ["SessionCohort", "SimulatedCohort", "simulate_cohort", "simulate_sessions"],
    "soreness.dose": ["session_dose"],
    "soreness.fit": ["session_response"],
    "storage": [
        "read_fit",
        "read_population",
        "read_response_population",
        "write_fit",
        "write_population",
        "write_response_population",
    ],
    "storage.diary_files": ["write_diary"],
    "symptoms": ["read_symptoms"],
    "systems": ["read_cdisc", "read_fhir", "read_redcap"],
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
