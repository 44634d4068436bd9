"""Numeric core: arrays in, arrays out.

Modules here import NumPy, SciPy and Numba, the shapes table, and each other; nothing else. No
tables, no patients' names, no files: a function that needs any of these belongs in a later layer.
Curves and ratings arrive oriented, so that a higher value is always worse.
"""
