"""Export: figures as files, at the size of a page or slide, without a network."""

from paintrend.export.exported import Exported
from paintrend.export.figures import export_figures

__all__ = ["Exported", "export_figures"]
