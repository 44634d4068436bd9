"""Reports: one self-contained HTML file that a clinician can open without a network."""

from paintrend.report.cohort import write_report

__all__ = ["write_report"]
