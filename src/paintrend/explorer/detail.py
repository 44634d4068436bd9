"""The patient looked at: curve, checks, and what could be told by which day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from paintrend.errors import PaintrendError
from paintrend.explorer.early import EarlyAnswers
from paintrend.explorer.panels import looks_html, patient_html, problem_html, why_html
from paintrend.explorer.state import State
from paintrend.explorer.toolkit import import_widgets
from paintrend.plots.monitor import plot_monitor
from paintrend.plots.patient import plot_patient

if TYPE_CHECKING:
    from paintrend.results.events import Events
    from paintrend.results.sessions import Sessions
    from paintrend.results.symptoms import Symptoms

__all__ = ["PatientPanel"]

ASK = "What could be told by which day"
LEARNING = (
    "<p>Learning from the other patients, once; this takes about as long as fitting them a few "
    "times.</p>"
)
NOBODY = "<p>Click on a mark, or choose a patient from the list.</p>"


class PatientPanel:
    """The part of the explorer below the overview.

    Parameters
    ----------
    early : EarlyAnswers
    events, symptoms, sessions : optional
        Shown in the picture.
    """

    def __init__(
        self,
        early: EarlyAnswers,
        *,
        events: Events | None = None,
        symptoms: Symptoms | None = None,
        sessions: Sessions | None = None,
    ) -> None:
        w = import_widgets()
        self._early = early
        self._state: State | None = None
        self._beside: dict[str, Any] = {
            "events": events, "symptoms": symptoms, "sessions": sessions,
        }  # fmt: skip
        self._heading, self._why, self._said = w.HTML(NOBODY), w.HTML(), w.HTML()
        self._curve, self._looks = w.VBox(), w.VBox()
        self._ask = w.ToggleButton(
            description=ASK,
            layout=w.Layout(width="auto", display="none", margin="12px 0", align_self="flex-start"),
        )
        self._ask.observe(lambda _: self._answer(), names="value")
        self.widget = w.VBox(
            [self._heading, self._curve, self._why, self._ask, self._said, self._looks]
        )
        self.widget.add_class("pt-patient")

    def show(self, state: State, *, same_patient: bool = False) -> None:
        """Show the patient of a state; with ``same_patient`` only the words may have changed."""
        self._state = state
        found = state.patient()
        self._ask.layout.display = "none" if found is None else ""
        if found is None:
            self._heading.value, self._why.value, self._said.value = NOBODY, "", ""
            _replace(self._curve, None)
            _replace(self._looks, None)
            return
        curve, course = found
        self._heading.value = patient_html(state, course)
        if same_patient:
            return
        self._why.value = why_html(course)
        _replace(self._curve, plot_patient(curve, course, **self._beside))
        self._answer()

    def _answer(self) -> None:
        """Look at the patient day by day, if that is asked for."""
        state = self._state
        if not self._ask.value or state is None or state.patient_id is None:
            self._said.value = ""
            _replace(self._looks, None)
            return
        if self._early.waits:
            self._said.value = LEARNING
        try:
            watched = self._early.of(state.patient_id, state.criteria)
            figure = plot_monitor(watched)
        except PaintrendError as error:
            self._said.value = problem_html(f"Cannot be told: {error}")
            _replace(self._looks, None)
            return
        self._said.value = looks_html(watched)
        _replace(self._looks, figure)


def _replace(box: Any, figure: go.Figure | None) -> None:
    """Put a figure in the place of the one before, which is let go."""
    before = box.children
    box.children = () if figure is None else (go.FigureWidget(figure),)
    for widget in before:
        widget.close()
