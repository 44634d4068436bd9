"""The page around the widgets: its style, and names for those who cannot see it."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from paintrend.explorer.toolkit import import_widgets

__all__ = ["page_labels", "page_style", "template_text"]


def template_text(name: str) -> str:
    """Give a packaged file of the explorer as text."""
    file = resources.files("paintrend") / "explorer" / "templates" / name
    return file.read_text(encoding="utf-8")


def page_style() -> str:
    """Give the style sheet as an element."""
    return f"<style>{template_text('explorer.css')}</style>"


def page_labels() -> Any:
    """Give the widget that names sliders and pictures for screen readers; it shows nothing."""
    return _labels_class()()


@cache
def _labels_class() -> Any:
    import_widgets()
    import anywidget

    return type("PageLabels", (anywidget.AnyWidget,), {"_esm": template_text("labels.js")})
