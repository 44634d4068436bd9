"""Are the probabilities right on patients like these? Twins of a cohort whose truth is known."""

from paintrend.calibration.checking import check_calibration

__all__ = ["check_calibration"]
