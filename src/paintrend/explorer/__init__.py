"""The explorer: a cohort in JupyterLab or a browser, by hand and without a refit."""

from paintrend.explorer.app import Explorer, explore

__all__ = ["Explorer", "explore"]
