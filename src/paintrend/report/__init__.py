"""Reports: HTML files that open without a network, and the same as PDF and Word."""

from paintrend.report.cohort import write_report
from paintrend.report.monitor import write_monitor_report
from paintrend.report.patient import write_patient_report

__all__ = ["write_monitor_report", "write_patient_report", "write_report"]
