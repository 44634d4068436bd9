"""Tests of early signs, beside worlds in which there is nothing to find."""

from paintrend.nulls.testing import landmark_test

__all__ = ["landmark_test"]
