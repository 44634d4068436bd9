"""The explorer without a browser: choosing, judging again, saving, and what the widgets do."""

import os
from dataclasses import replace
from html import escape
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

import paintrend as pt
from paintrend.courses import classify
from paintrend.errors import (
    CriteriaError,
    InputError,
    MissingExtraError,
    PopulationError,
    UnknownPatientError,
)
from paintrend.explorer import toolkit
from paintrend.explorer.filters import NOT_KNOWN, Choice, Filters, Span, covariate_filters
from paintrend.explorer.overview import draw_overview, refresh_overview
from paintrend.explorer.overview_numbers import overview_info
from paintrend.explorer.panels import counts_html, patient_html, why_html
from paintrend.explorer.recount import RECOUNTED, recount_courses
from paintrend.explorer.saving import save_selection, selection_table
from paintrend.explorer.state import begin_state
from paintrend.explorer.thresholds import threshold_sliders
from paintrend.results.criteria import Criteria
from paintrend.scales import Scale, get_scale

from .fakes import make_fake_fit

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def fit():
    return make_fake_fit(30)


@pytest.fixture
def state(fit):
    return begin_state(fit)


@pytest.fixture(scope="module")
def real():
    ratings = pt.simulate_cohort(14, seed=5).ratings
    ratings["patient_id"] = ratings["patient_id"].replace({"P002": "=P002", "P003": HOSTILE})
    return pt.fit_curves(pt.read_diary(ratings, scale="nrs"), horizon=84, draws=40)


def renamed(fit, old, new):
    ids = tuple(new if name == old else name for name in fit.patient_ids)
    diary = fit.diary
    patients = diary.patients.rename(index={old: new})
    ratings = diary.ratings.replace({"patient_id": {old: new}})
    info = fit.info.rename(index={old: new})
    diary = replace(diary, patients=patients, ratings=ratings)
    return replace(fit, diary=diary, patient_ids=ids, info=info)


@pytest.mark.parametrize("worsening", [0.5, 2.0, 3.7])
@pytest.mark.parametrize("improvement", [1.0, 4.25])
@pytest.mark.parametrize("sustained", [7.0, 21.0, 84.0])
def test_a_recount_is_what_classify_says(fit, worsening, improvement, sustained):
    criteria = Criteria(worsening=worsening, improvement=improvement, sustained_days=sustained)
    criteria = criteria.resolve(fit.scale, fit.horizon)
    table = classify(fit, criteria).table().set_index("patient_id")
    assert table["course"].nunique() > 2
    again = recount_courses(fit, criteria)
    pd.testing.assert_frame_equal(again, table[list(RECOUNTED)], check_index_type=False)


def test_a_recount_on_threads_is_the_same():
    fit = make_fake_fit(300, n_draws=20)
    criteria = Criteria().resolve(fit.scale, fit.horizon)
    one, two = (recount_courses(replace(fit, workers=n), criteria) for n in (1, 2))
    pd.testing.assert_frame_equal(one, two)
    assert len(one) == 300


def test_a_recount_of_a_scale_where_higher_is_better():
    scale = Scale("relief", 0, 100, higher_is_worse=False, better=20, worse=15)
    fit = make_fake_fit(12, scale=scale)
    criteria = Criteria(worsening=30).resolve(fit.scale, fit.horizon)
    table = classify(fit, criteria).table().set_index("patient_id")
    again = recount_courses(fit, criteria)
    pd.testing.assert_frame_equal(again, table[list(RECOUNTED)], check_index_type=False)


def test_the_overview_says_no_rise_where_higher_is_better():
    scale = Scale("relief", 0, 100, higher_is_worse=False, better=20, worse=15)
    said = draw_overview(overview_info(begin_state(make_fake_fit(12, scale=scale)))).to_json()
    assert "Largest worsening since the start, points (right = worse on the way)" in said
    assert "largest worsening +" in said
    assert "change at the end, towards worse" in said
    assert "rise" not in said.lower()


def test_thresholds_change_courses_and_nothing_else(state):
    moved = state.reclassified(worsening=5.0)
    assert moved.criteria.worsening == 5.0
    assert moved.criteria.improvement == state.criteria.improvement
    assert (moved.table["course"] != state.table["course"]).any()
    assert moved.fit is state.fit
    back = moved.reclassified(worsening=state.criteria.worsening)
    pd.testing.assert_frame_equal(back.table, state.table)


def test_thresholds_that_cannot_be_used_are_refused(state):
    with pytest.raises(CriteriaError, match="worsening must be above 0"):
        state.reclassified(worsening=0.0)
    with pytest.raises(CriteriaError, match="no threshold 'worse'"):
        state.reclassified(worse=1.0)


def test_filters_choose_by_course_certainty_arm_and_age(state):
    table, patients = state.table, state.fit.diary.patients
    filters = Filters(
        courses=frozenset({"improving", "cannot_tell"}),
        confidences=frozenset({"clear", "none"}),
        values={"arm": frozenset({"a"})},
        spans={"age": (30.0, 60.0)},
    )
    chosen = state.filtered(filters).ids
    wanted = table["course"].isin(["improving", "cannot_tell"])
    wanted &= table["confidence"].isin(["clear", "none"])
    wanted &= patients["arm"].eq("a") & patients["age"].between(30, 60)
    assert 0 < wanted.sum() < len(table)
    assert set(chosen) == set(table.index[wanted])


def test_the_selection_begins_with_those_who_may_end_worse(state):
    worse = state.table.loc[list(state.ids), "p_deterioration"]
    known = worse.dropna()
    assert known.is_monotonic_decreasing
    assert worse.tail(len(worse) - len(known)).isna().all()
    assert set(state.ids) == set(state.fit.patient_ids)


def test_covariates_are_offered_as_they_are():
    patients = pd.DataFrame(
        {
            "arm": ["b", "a", None, "b"] * 5,
            "age": [float(n) for n in range(30, 49)] + [np.nan],
            "site": pd.Series([1, 2] * 10),
            "smoker": [True, False] * 10,
            "note": [f"word {n}" for n in range(20)],
            "country": ["here"] * 20,
        }
    )
    filters, left_out = covariate_filters(patients)
    assert filters == [
        Choice("arm", ("a", "b", NOT_KNOWN)), Span("age", 30.0, 48.0), Choice("site", ("1", "2")),
        Choice("smoker", ("False", "True")),
    ]  # fmt: skip
    assert left_out == ["note", "country"]


def test_who_has_no_value_can_be_chosen_and_is_in_no_range(fit):
    patients = fit.diary.patients.astype({"age": float, "arm": object})
    patients.iloc[0] = [np.nan, None]
    state = begin_state(replace(fit, diary=replace(fit.diary, patients=patients)))
    first = fit.patient_ids[0]
    asked = Filters(values={"arm": frozenset({NOT_KNOWN})})
    assert state.filtered(asked).ids == (first,)
    assert first not in state.filtered(Filters(spans={"age": (0.0, 200.0)})).ids


def test_walking_through_the_selection(state):
    first, second = state.ids[:2]
    assert state.stepped(1).patient_id == first
    assert state.stepped(1).stepped(1).patient_id == second
    assert state.stepped(-1).patient_id == state.ids[-1]
    assert state.stepped(1).stepped(-1).patient_id == state.ids[-1]
    nobody = state.filtered(Filters(courses=frozenset()))
    assert nobody.ids == ()
    assert nobody.stepped(1) is nobody
    with pytest.raises(UnknownPatientError, match="nobody here"):
        state.showing("nobody here")


def test_the_patient_is_judged_as_classify_does(state):
    criteria = replace(state.criteria, worsening=3.0)
    shown = state.showing("P002").reclassified(worsening=3.0)
    _, course = shown.patient()
    expected = classify(state.fit, criteria)["P002"]
    pd.testing.assert_frame_equal(course.why(), expected.why())
    assert str(course.row) == str(expected.row)


def test_sliders_hold_the_value_in_use_exactly():
    odi = get_scale("odi")
    criteria = Criteria(worsening=7.3).resolve(odi, 1.0)
    for slider in threshold_sliders(criteria, odi, 1.0):
        values = [value for _, value in slider.steps]
        assert slider.value in values
        assert values == sorted(set(values))
        assert min(values) > 0
        for value in (values[0], values[-1]):
            replace(criteria, **{slider.field: value}).resolve(odi, 1.0)
    assert slider.steps[2][0] == "6 hours"


def test_sliders_of_a_change_reach_six_tenths_of_the_scale():
    nrs = get_scale("nrs")
    worse, better, days = threshold_sliders(Criteria().resolve(nrs, 84.0), nrs, 84.0)
    assert (worse.steps[-1][1], better.steps[-1][1], days.steps[-1][1]) == (6.0, 6.0, 84.0)


def test_overview_places_patients_by_their_medians(state):
    info = overview_info(state.showing("P002"))
    table = classify(state.fit, state.criteria).table().set_index("patient_id")
    seen = {}
    for group in info.groups:
        assert (table.loc[list(group.ids), "course"] == group.course).all()
        seen |= dict(zip(group.ids, zip(group.rise, group.end_change, strict=True), strict=True))
    fitted = table.index[table["status"] != "not_fitted"]
    assert set(seen) == set(fitted)
    assert info.n_without_place == len(table) - len(fitted) > 0
    for name in fitted:
        assert seen[name] == (table.loc[name, "rise"], table.loc[name, "end_change"])
    assert info.marked == seen["P002"]
    low, high = info.end_range
    assert low < table["end_change"].min() < table["end_change"].max() < high


def test_a_refreshed_overview_is_a_new_one(state):
    info = overview_info(state)
    figure = draw_overview(info)
    moved = state.reclassified(worsening=4.0).showing("P002")
    chosen = moved.filtered(Filters(values={"arm": frozenset({"a"})}))
    for later in (moved, chosen, chosen.showing("P004"), state.reclassified(worsening=5.9), state):
        before, info = info, overview_info(later)
        refresh_overview(figure, info, before)
        assert figure.to_json() == draw_overview(info).to_json()


def test_labels_of_thresholds_hide_no_mark(state):
    info = overview_info(state)
    figure = draw_overview(info)
    layout = figure.layout
    inner = layout.width - layout.margin.l - layout.margin.r
    low, high = layout.xaxis.range
    labels = [note for note in layout.annotations if note.x == 1 and note.xanchor == "right"]
    assert len(labels) == 2
    widest = max(0.5 * note.font.size * len(note.text) for note in labels)
    furthest = max(group.rise.max() for group in info.groups if len(group.rise))
    assert (furthest - low) / (high - low) * inner + widest <= inner


def test_a_move_of_a_threshold_sets_only_the_words_that_differ(state, monkeypatch):
    """All labels and lines anew took as long as all the rest of the overview."""
    before, info = (overview_info(s) for s in (state, state.reclassified(worsening=3.5)))
    figure, label, told = draw_overview(before), go.layout.Annotation, []
    plain = label.__setitem__

    def noted(self, key, value):
        told.append(key)
        plain(self, key, value)

    monkeypatch.setattr(label, "__setitem__", noted)
    refresh_overview(figure, info, before)
    # "worse at the end by", "rise of" and the caption; "better at the end by" is as it was
    assert sorted(told) == ["text", "text", "text", "x", "y"]


def test_words_from_outside_are_shown_and_not_run(fit):
    state = begin_state(renamed(fit, "P001", HOSTILE)).showing(HOSTILE)
    _, course = state.patient()
    figure = draw_overview(overview_info(state)).to_json()
    page = patient_html(state, course) + why_html(course) + counts_html(state)
    assert HOSTILE not in page
    assert "&lt;img" in page
    assert "<img" not in "".join(text for text in figure.split('"customdata"')[0])
    assert all("<img" not in note for trace in draw_overview(overview_info(state)).data[:-1]
               for note in trace.hovertext)  # fmt: skip


def test_the_selection_is_saved_with_everything(real, tmp_path):
    state = begin_state(real).reclassified(worsening=3.0)
    state = state.filtered(Filters(spans={"age": (20.0, 80.0)}))
    path = save_selection(state, tmp_path / "new", "mine")
    assert path == tmp_path / "new" / "mine.csv"
    read = pd.read_csv(path)
    assert read["threshold_worsening"].eq(3.0).all()
    expected = pt.classify(real, state.criteria).table().set_index("patient_id")
    rows = expected.loc[list(state.ids)]
    assert read["course"].tolist() == rows["course"].tolist()
    np.testing.assert_array_equal(read["p_deterioration"], rows["p_deterioration"])
    np.testing.assert_array_equal(read["age"], real.diary.patients.loc[list(state.ids), "age"])
    # a spreadsheet must not run an id
    assert "'=P002" in read["patient_id"].tolist()
    assert selection_table(state)["patient_id"].tolist() == list(state.ids)
    assert os.listdir(tmp_path / "new") == ["mine.csv"]


def test_no_file_is_written_over(real, tmp_path):
    (tmp_path / "selection.csv").write_text("mine")
    state = begin_state(real)
    names = [save_selection(state, tmp_path, "selection.csv").name for _ in range(2)]
    assert names == ["selection_2.csv", "selection_3.csv"]
    assert (tmp_path / "selection.csv").read_text() == "mine"


@pytest.mark.parametrize(
    "name", ["", " ", "../away", "a/b", "a\\b", ".hidden", "a\nb", "c:x", "x" * 200]
)
def test_names_that_are_none_are_refused(real, tmp_path, name):
    with pytest.raises(InputError, match="file"):
        save_selection(begin_state(real), tmp_path, name)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_selection_is_not_saved(real, tmp_path):
    nobody = begin_state(real).filtered(Filters(courses=frozenset()))
    with pytest.raises(InputError, match="nobody is selected"):
        save_selection(nobody, tmp_path, "none")


def test_a_covariate_that_is_called_like_a_column_keeps_a_name(fit):
    patients = fit.diary.patients.rename(columns={"arm": "course"})
    state = begin_state(replace(fit, diary=replace(fit.diary, patients=patients)))
    table = selection_table(state)
    assert table.columns.is_unique
    own = patients["course"].loc[list(state.ids)]
    assert table["covariate_course"].tolist() == own.tolist()


def found(widget, kind):
    """All widgets of a kind within one, by what they are called."""
    own = {widget.description: widget} if type(widget).__name__ == kind else {}
    for child in getattr(widget, "children", ()):
        own |= found(child, kind)
    return own


@pytest.fixture
def app(real, tmp_path):
    return pt.explore(real, folder=tmp_path)


def test_widgets_move_thresholds_and_choose_patients(app, real):
    slider = found(app.widget, "SelectionSlider")["Worse from"]
    before = app.state.table["course"].copy()
    slider.value = 5.0
    assert app.state.criteria.worsening == 5.0
    expected = pt.classify(real, Criteria(worsening=5.0)).table().set_index("patient_id")
    assert app.state.table["course"].tolist() == expected["course"].tolist()
    assert (app.state.table["course"] != before).any()
    for box in found(app.widget, "Checkbox").values():
        if box.description == "cannot tell yet":
            box.value = False
    assert set(app.state.ids) == set(expected.index[expected["course"] != "cannot_tell"])
    age = found(app.widget, "IntRangeSlider")["age"]
    age.value = (40, 60)
    assert app.selection()["age"].between(40, 60).all()
    assert repr(app) == f"Explorer: {len(app.state.ids)} of 14 patients selected, looking at nobody"


def test_list_find_and_buttons_reach_every_patient(app):
    patients = found(app.widget, "Dropdown")["Patient"]
    assert [value for _, value in patients.options] == ["", *app.state.ids]
    patients.value = app.state.ids[3]
    assert app.state.patient_id == app.state.ids[3]
    buttons = found(app.widget, "Button")
    buttons["Next"].click()
    assert app.state.patient_id == app.state.ids[4] == patients.value
    buttons["Previous"].click()
    assert app.state.patient_id == app.state.ids[3]
    find = found(app.widget, "Text")["Find an id"]
    find.value = HOSTILE
    assert app.state.patient_id == HOSTILE == patients.value
    find.value = "nobody"
    assert "no patient &#x27;nobody&#x27;" in app._said.value
    assert app.state.patient_id == HOSTILE


def test_a_click_on_a_mark_shows_the_patient(app):
    trace = next(trace for trace in app._overview.data if len(trace.x))
    app._clicked(trace, SimpleNamespace(point_inds=[0]), None)
    assert app.state.patient_id == trace.customdata[0]
    ring = app._overview.data[-1]
    assert (ring.x[0], ring.y[0]) == (trace.x[0], trace.y[0])
    assert len(app._panel._curve.children) == 1


def test_a_patient_without_a_curve_is_shown_all_the_same(fit):
    app = pt.explore(fit)
    name = next(name for name in fit.patient_ids if not fit.info.loc[name, "fitted"])
    app.show(name)
    assert "not fitted, no course" in app._panel._heading.value
    assert list(app._overview.data[-1].x) == [None]
    assert app.widget.children[2] is app._panel.widget


def test_export_says_where_the_file_is(app, tmp_path):
    found(app.widget, "Text")["File name"].value = "chosen"
    found(app.widget, "Button")["Export the selection"].click()
    assert f"Exported 14 rows to {tmp_path / 'chosen.csv'}" in app._said.value
    assert found(app.widget, "Button")["Export the selection"].layout.flex == "0 0 auto"
    assert len(pd.read_csv(tmp_path / "chosen.csv")) == 14
    found(app.widget, "Text")["File name"].value = "../x"
    found(app.widget, "Button")["Export the selection"].click()
    assert "Not exported" in app._said.value


def test_what_could_be_told_by_which_day_rests_on_others(app, real):
    name = app.state.ids[0]
    app.show(name)
    assert app._panel._early.waits
    app._panel._ask.value = True
    early = app._panel._early
    assert not early.waits
    with pytest.raises(PopulationError):
        pt.monitor(real.diary.select([name]), population=real.population)
    watched = early.of(name, app.state.criteria)
    assert watched.looks["day"].is_monotonic_increasing
    assert "What could be said on each day" in app._panel._said.value
    assert all(escape(str(text)) in app._panel._said.value for text in watched.looks["state"])
    app._panel._ask.value = False
    assert app._panel._said.value == ""


def test_a_population_of_others_is_used_at_once(real):
    new = pt.read_diary(pt.simulate_cohort(3, seed=77).ratings.replace(
        {"patient_id": {"P001": "N1", "P002": "N2", "P003": "N3"}}), scale="nrs")  # fmt: skip
    fit = pt.fit_curves(new, population=real.population, draws=40)
    app = pt.explore(fit)
    assert not app._panel._early.waits
    assert app._panel._early.population_of("N1") is real.population


def test_explore_refuses_what_it_cannot_explore(fit):
    with pytest.raises(InputError, match="takes a fit in memory"):
        pt.explore("cohort.csv")
    with pytest.raises(InputError, match="symptoms= takes what read_symptoms returns"):
        pt.explore(fit, symptoms=pd.DataFrame())


def test_without_the_extra_the_message_names_it(fit, monkeypatch):
    monkeypatch.setattr(toolkit, "NEEDED", ("ipywidgets", "no_such_package"))
    toolkit.import_widgets.cache_clear()
    try:
        with pytest.raises(MissingExtraError, match=r"no_such_package.*paintrend\[explore\]"):
            pt.explore(fit)
    finally:
        toolkit.import_widgets.cache_clear()


def test_packaged_files_are_there():
    folder = Path(toolkit.__file__).parent / "templates"
    assert (folder / "voila" / "templates" / "paintrend" / "index.html.j2").is_file()
    text = (folder / "explore.ipynb").read_text(encoding="utf-8")
    assert "served_explorer()" in text
    assert "http" not in (folder / "labels.js").read_text(encoding="utf-8")
