"""Reports: self-contained HTML files that a clinician can open without a network."""

from paintrend.report.cohort import write_report
from paintrend.report.monitor import write_monitor_report

__all__ = ["write_monitor_report", "write_report"]
