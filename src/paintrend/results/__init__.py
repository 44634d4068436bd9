"""What paintrend hands back: one frozen noun per file, full precision, no drawing.

Layer rule: results import errors, scales, shapes and core, never what computes or shows them.
"""
