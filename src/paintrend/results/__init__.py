"""What paintrend hands back: one frozen noun per file, full precision, no drawing.

Layer rule, as `tests/test_structure.py` has it: results may import the files of the first layer
(errors, scales, shapes, forms, memory, responses ...), core, `wording`, and each other without a
cycle; never what reads, computes, shows or writes them.
"""
