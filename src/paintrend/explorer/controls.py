"""Controls: the widgets by which thresholds and patients are chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from paintrend.core.course_rules import COURSES
from paintrend.explorer.filters import Choice, Filters, Span, covariate_filters
from paintrend.explorer.state import State
from paintrend.explorer.thresholds import threshold_sliders
from paintrend.explorer.toolkit import import_widgets
from paintrend.wording import CANNOT_TELL, course_label

__all__ = ["CONFIDENCES", "FilterBox", "filter_box", "threshold_box"]

CONFIDENCES = {"clear": "clear", "probable": "probable", "none": "no course named"}
SPAN_STEPS = 100


class FilterBox(NamedTuple):
    """The filters as a widget, and what they are set to."""

    widget: Any
    read: Callable[[], Filters]


def threshold_box(state: State, changed: Callable[[str, float], None]) -> Any:
    """Give the sliders of the thresholds; ``changed(field, value)`` is called for each move."""
    w = import_widgets()
    sliders = []
    for one in threshold_sliders(state.criteria, state.fit.scale, state.fit.horizon):
        slider = w.SelectionSlider(
            options=one.steps, value=one.value, description=one.label, continuous_update=False,
            style={"description_width": "initial"}, layout=w.Layout(width="98%"),
        )  # fmt: skip
        slider.observe(
            lambda change, field=one.field: changed(field, float(change["new"])), names="value"
        )
        sliders.append(slider)
    return w.VBox([_heading("Thresholds"), *sliders])


def filter_box(state: State, changed: Callable[[], None]) -> FilterBox:
    """Give the filters by course, certainty and each covariate; ``changed()`` after each move."""
    w = import_widgets()
    courses = {course_label(name): name for name in (*COURSES, CANNOT_TELL)}
    course_checks = _checks(courses, changed)
    sure_checks = _checks({words: name for name, words in CONFIDENCES.items()}, changed)
    kinds, left_out = covariate_filters(state.fit.diary.patients)
    parts: list[Any] = [
        _heading("Course"), w.VBox(list(course_checks.values())),
        _heading("Certainty"), w.VBox(list(sure_checks.values())),
    ]  # fmt: skip
    values: dict[str, tuple[Choice, dict[str, Any]]] = {}
    spans: dict[str, tuple[Span, Any]] = {}
    for kind in kinds:
        if isinstance(kind, Choice):
            checks = _checks({value: value for value in kind.values}, changed)
            values[kind.name] = (kind, checks)
            parts += [_heading(kind.name), w.VBox(list(checks.values()))]
        else:
            slider = _range_slider(kind)
            slider.observe(lambda _: changed(), names="value")
            spans[kind.name] = (kind, slider)
            parts.append(slider)
    if left_out:
        parts.append(w.Label(f"Not to choose by: {', '.join(left_out)}"))

    def read() -> Filters:
        return Filters(
            courses=frozenset(_ticked(course_checks)),
            confidences=frozenset(_ticked(sure_checks)),
            values={
                name: frozenset(_ticked(checks))
                for name, (kind, checks) in values.items()
                if len(_ticked(checks)) < len(kind.values)
            },
            spans={
                name: tuple(slider.value)
                for name, (kind, slider) in spans.items()
                # the whole range is no filter: it lets those pass of whom nothing is known
                if tuple(slider.value) != (kind.low, kind.high)
            },
        )

    return FilterBox(w.VBox(parts), read)


def _checks(options: dict[str, str], changed: Callable[[], None]) -> dict[str, Any]:
    w = import_widgets()
    boxes = {}
    for words, name in options.items():
        box = w.Checkbox(value=True, description=words, indent=False)
        box.layout.margin = "0"
        box.observe(lambda _: changed(), names="value")
        boxes[name] = box
    return boxes


def _ticked(checks: dict[str, Any]) -> Sequence[str]:
    return [name for name, box in checks.items() if box.value]


def _range_slider(kind: Span) -> Any:
    w = import_widgets()
    layout = w.Layout(width="98%")
    if float(kind.low).is_integer() and float(kind.high).is_integer():
        return w.IntRangeSlider(
            value=(int(kind.low), int(kind.high)), min=int(kind.low), max=int(kind.high),
            description=kind.name, continuous_update=False, layout=layout,
            style={"description_width": "initial"},
        )  # fmt: skip
    return w.FloatRangeSlider(
        value=(kind.low, kind.high), min=kind.low, max=kind.high,
        step=(kind.high - kind.low) / SPAN_STEPS, description=kind.name, continuous_update=False,
        layout=layout, style={"description_width": "initial"},
    )  # fmt: skip


def _heading(text: str) -> Any:
    w = import_widgets()
    label = w.Label(text)
    label.add_class("pt-heading")
    return label
