"""The way in which files are written, under the name that the layers above know."""

from paintrend.aside import written_aside

__all__ = ["written_aside"]
