"""Reports: HTML files that open without a network, and the same as PDF and Word.

What a command that writes no report needs of it (`files`, `text`) is imported without the figures.
"""
