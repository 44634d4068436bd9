"""Numeric core: arrays in, arrays out.

Modules here import NumPy, SciPy, Numba and the standard library, the files of the first layer
(shapes, forms, defaults, memory, errors ...), and each other without a cycle; nothing else, as
`tests/test_structure.py` has it. No tables, no patients' names, no files: a function that needs any
of these belongs in a later layer. Curves and ratings arrive oriented, so that a higher value is
always worse.
"""
