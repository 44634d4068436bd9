"""The explorer: thresholds, filters, overview, one patient, export."""

from __future__ import annotations

import os
from html import escape
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly.graph_objects as go

from paintrend.aside import path_of
from paintrend.errors import InputError, PaintrendError, UnknownPatientError
from paintrend.explorer.controls import filter_box, threshold_box
from paintrend.explorer.detail import PatientPanel
from paintrend.explorer.early import EarlyAnswers
from paintrend.explorer.overview import draw_overview, refresh_overview
from paintrend.explorer.overview_numbers import overview_info
from paintrend.explorer.page import page_labels, page_style
from paintrend.explorer.panels import counts_html, list_labels, problem_html, statement_html
from paintrend.explorer.saving import save_selection, selection_table
from paintrend.explorer.state import State, begin_state
from paintrend.explorer.toolkit import import_widgets
from paintrend.monitoring.records import Monitor
from paintrend.results.belonging import check_kind
from paintrend.results.events import Events
from paintrend.results.fit import Fit
from paintrend.results.sessions import Sessions
from paintrend.results.symptoms import Symptoms
from paintrend.review import known_at

if TYPE_CHECKING:
    from paintrend.results.criteria import Criteria

__all__ = ["Explorer", "explore"]

LISTED = 500
"""Patients that the list offers; the others are reached by typing the id."""
FILE_NAME = "selection.csv"
NOBODY = ""
"""Value of the line of the list that stands for no patient; no id is empty."""


def explore(
    fit: Fit,
    *,
    criteria: Criteria | None = None,
    monitor: Monitor | None = None,
    symptoms: Symptoms | None = None,
    events: Events | None = None,
    sessions: Sessions | None = None,
    folder: str | os.PathLike[str] = ".",
) -> Explorer:
    """Explore a cohort by hand: choose patients, move thresholds, look at one, export.

    A move of a threshold judges all curves again and fits nothing. Works in JupyterLab and through
    Voila; `paintrend explore FILE` starts it without code.

    Parameters
    ----------
    fit : Fit
        Posterior curves of all patients.
    criteria : Criteria, optional
        Thresholds to begin with; the scale's own by default.
    monitor : Monitor, optional
        From `paintrend.monitor`, of the same patients. Without it, and unless the population of
        the fit came from others, what could be told by which day is first learned from the other
        patients when it is asked for.
    symptoms, events, sessions : optional
        From `paintrend.read_symptoms`, `paintrend.read_events` and `paintrend.read_sessions`:
        shown with the patient, never modelled.
    folder : path
        Where exported selections go.

    Returns
    -------
    Explorer
        Shows itself as the last line of a cell. `selection()` gives the rows that are chosen.

    Raises
    ------
    MissingExtraError
        If the extra ``explore`` is not installed.
    CriteriaError
        If a threshold is missing or cannot be used.
    InputError
        If `fit` is not a fit in memory, or the other tables are of other patients.

    Examples
    --------
    >>> import pandas as pd
    >>> import paintrend as pt
    >>> days = [-7, 0, 14, 28, 42, 56, 70, 84]
    >>> frame = pd.DataFrame({"patient_id": "P1", "day": days, "pain": [6, 6, 9, 8, 5, 3, 2, 2]})
    >>> fit = pt.fit_curves(pt.read_diary(frame, scale="nrs"), horizon=84)
    >>> app = pt.explore(fit)
    >>> app.selection()["patient_id"].tolist()
    ['P1']
    """
    if not hasattr(fit, "judge"):
        raise InputError(
            f"explore takes a fit in memory, from fit_curves(...), got {type(fit).__name__}; of a "
            "larger one explore some patients: fit_curves(diary.select(ids), population=...)"
        )
    for side, kind in ((symptoms, Symptoms), (events, Events), (sessions, Sessions)):
        known_at(fit, side, kind)  # type: ignore[type-var]
    if monitor is not None:
        check_kind(monitor, Monitor, "explore(monitor=)", "monitor(diary, ...)")
    import_widgets()
    early = EarlyAnswers(fit, monitor, symptoms=symptoms, events=events, sessions=sessions)
    panel = PatientPanel(early, events=events, symptoms=symptoms, sessions=sessions)
    return Explorer(begin_state(fit, criteria), panel, path_of(folder), symptoms)


class Explorer:
    """A cohort to be explored: what is chosen, and the widget that shows it; made by `explore`.

    Parameters
    ----------
    state : State
        What is chosen to begin with.
    panel : PatientPanel
        The part that shows one patient.
    folder : Path
        Where exported selections go.
    symptoms : Symptoms, optional
        For the statement whether warning signs were checked.

    Attributes
    ----------
    state : State
        Thresholds, filters, the selection and the patient looked at.
    widget : ipywidgets.VBox
        What is shown.
    """

    def __init__(
        self, state: State, panel: PatientPanel, folder: Path, symptoms: Symptoms | None = None
    ) -> None:
        w = import_widgets()
        self.state, self._panel, self._folder, self._quiet = state, panel, folder, False
        self._info = overview_info(state)
        self._overview = go.FigureWidget(draw_overview(self._info))
        for trace in self._overview.data[:-1]:
            trace.on_click(self._clicked)
        self._counts = w.HTML()
        self._list = w.Dropdown(description="Patient", layout=w.Layout(width="520px"))
        self._list.observe(self._picked, names="value")
        self._find = w.Text(
            description="Find an id", continuous_update=False, layout=w.Layout(width="260px")
        )
        self._find.observe(self._searched, names="value")
        back, on = w.Button(description="Previous"), w.Button(description="Next")
        back.on_click(lambda _: self._to(self.state.stepped(-1)))
        on.on_click(lambda _: self._to(self.state.stepped(1)))
        self._file = w.Text(
            value=FILE_NAME, description="File name", layout=w.Layout(width="320px")
        )
        save = w.Button(
            description="Export the selection", layout=w.Layout(width="auto", flex="0 0 auto")
        )
        save.on_click(self._saved)
        self._said = w.HTML()
        self._said.add_class("pt-said")
        self._filters = filter_box(state, self._filtered)
        left = w.VBox([threshold_box(state, self._moved), self._filters.widget])
        left.add_class("pt-controls")
        # Beside the files of JupyterLab a row is narrow: words of a button would be cut off.
        rows = [w.HBox([self._list, back, on]), w.HBox([self._find, self._file, save])]
        for row in rows:
            row.layout.flex_flow = "row wrap"
        right = w.VBox([self._counts, self._overview, *rows, self._said])
        right.add_class("pt-overview")
        statement = w.HTML(page_style() + statement_html(state.fit, symptoms))
        top = w.HBox([left, right])
        self.widget = w.VBox([statement, top, panel.widget, page_labels()])
        self.widget.add_class("pt-explorer")
        self._redraw()

    def selection(self) -> pd.DataFrame:
        """Give the rows of the selection: courses table, covariates, thresholds."""
        return selection_table(self.state)

    def show(self, patient_id: str) -> None:
        """Look at a patient, as a click does.

        Raises
        ------
        UnknownPatientError
        """
        self._to(self.state.showing(patient_id))

    def _ipython_display_(self) -> None:
        import_module("IPython.display").display(self.widget)

    def __repr__(self) -> str:
        chosen = f"{len(self.state.ids)} of {len(self.state.fit)} patients selected"
        return f"Explorer: {chosen}, looking at {self.state.patient_id or 'nobody'}"

    def _to(self, state: State) -> None:
        same = state.patient_id == self.state.patient_id and state.criteria == self.state.criteria
        self.state = state
        self._redraw(same_patient=same)

    def _redraw(self, *, same_patient: bool = False) -> None:
        state = self.state
        info = overview_info(state)
        refresh_overview(self._overview, info, self._info)
        self._info = info
        self._counts.value = counts_html(state)
        listed = state.ids[:LISTED]
        if state.patient_id is not None and state.patient_id not in listed:
            listed = (state.patient_id, *listed)
        rest = len(state.ids) - len(listed)
        first = "choose a patient" + (f" (first {LISTED}; find others by id)" if rest > 0 else "")
        self._quiet = True
        try:
            options = [(first, NOBODY), *zip(list_labels(state, listed), listed, strict=True)]
            if options != list(self._list.options):
                self._list.options = options
            self._list.value = state.patient_id or NOBODY
        finally:
            self._quiet = False
        self._panel.show(state, same_patient=same_patient)

    def _moved(self, field: str, value: float) -> None:
        self._to(self.state.reclassified(**{field: value}))

    def _filtered(self) -> None:
        self._to(self.state.filtered(self._filters.read()))

    def _clicked(self, trace: Any, points: Any, _: Any) -> None:
        if points.point_inds:
            self.show(str(trace.customdata[points.point_inds[0]]))

    def _picked(self, change: dict[str, Any]) -> None:
        if not self._quiet:
            self._to(self.state.showing(change["new"] or None))

    def _searched(self, change: dict[str, Any]) -> None:
        wanted = str(change["new"]).strip()
        if not wanted:
            return
        try:
            self.show(wanted)
            self._said.value = ""
        except UnknownPatientError as error:
            self._said.value = problem_html(str(error))

    def _saved(self, _: Any) -> None:
        try:
            path = save_selection(self.state, self._folder, self._file.value)
        except (PaintrendError, OSError) as error:
            self._said.value = problem_html(f"Not exported: {error}")
        else:
            n = len(self.state.ids)
            self._said.value = f"<p>Exported {n} rows to {escape(str(path.resolve()))}</p>"
