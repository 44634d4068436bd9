"""The swimmer plot."""

import numpy as np
import pandas as pd
import pytest

from paintrend.courses import classify
from paintrend.errors import InputError
from paintrend.events import read_events
from paintrend.plots.swimmer import draw_swimmer, plot_swimmer
from paintrend.plots.swimmer_numbers import swimmer_info
from paintrend.results.criteria import Criteria, longest_gap
from paintrend.results.status import PatientFacts, status_of
from paintrend.sessions import read_sessions
from paintrend.symptoms import read_symptoms

from .fakes import make_fake_fit


@pytest.fixture(scope="module")
def fit():
    return make_fake_fit(20)


@pytest.fixture(scope="module")
def courses(fit):
    return classify(fit)


def lanes_of(info):
    return {lane.patient_id: lane for lane in info.lanes}


def test_spells_are_where_the_median_curve_differs_by_what_counts(fit, courses):
    lanes = lanes_of(swimmer_info(fit, courses, order="given"))
    curve = np.median(fit.draws("P004"), axis=0)
    worse = fit.grid[curve - curve[0] >= 2]
    (spell,) = lanes["P004"].spells
    assert spell == ("worse", worse.min(), worse.max())
    (better,) = lanes["P001"].spells
    assert better.kind == "better"
    assert better.stop == 84
    assert lanes["P003"].spells == ()


def test_nothing_is_said_after_the_last_rating(fit, courses):
    lanes = lanes_of(swimmer_info(fit, courses, order="given"))
    early = lanes["P005"]
    assert early.last == 21
    assert not early.complete
    assert all(spell.stop <= 21 for spell in early.spells)
    assert lanes["P001"].complete
    assert np.isnan(lanes["P008"].last)  # no rating, and not fitted
    assert lanes["P008"].spells == ()


def test_ratings_end_early_where_the_status_says_forecast(fit, courses):
    codes = courses.table().set_index("patient_id")["status"].str.split(";")
    lanes = lanes_of(swimmer_info(fit, courses, order="given"))
    ends = {name: lane.last for name, lane in lanes.items() if np.isfinite(lane.last)}
    assert {name: "forecast" not in codes[name] for name in ends} == {
        name: lanes[name].complete for name in ends
    }


@pytest.mark.parametrize("horizon", [84.0, 1.0, 0.7])
@pytest.mark.parametrize("gap", [1.9, 2.0, 2.1])
def test_early_is_twice_the_shortest_time_that_counts(horizon, gap):
    fit = make_fake_fit(5)
    resolved = Criteria().resolve(fit.scale, horizon)
    lasting = resolved.required("lasting_days")
    facts = PatientFacts(
        fitted=True, reason="", course="improving", likeliest="improving", p_likeliest=1.0,
        p_deterioration=0.0, level=5.0, p_no_room_to_worsen=0.0, p_no_room_to_improve=0.0,
        n_baseline=1, last_day=horizon - gap * lasting, fit_p=0.5,
    )  # fmt: skip
    status, _ = status_of(facts, fit.scale, horizon, resolved)
    assert ("forecast" in status) == (horizon - facts.last_day > longest_gap(resolved))


def test_sessions_events_and_signs_have_their_own_symbols(fit, courses):
    ids = list(fit.patient_ids)
    told = pd.DataFrame({"patient_id": ids[:2], "day": [10, 20], "event": ["injection"] * 2})
    signs = pd.DataFrame({"patient_id": [ids[7]], "day": [15], "symptom": ["fever"]})
    held = pd.DataFrame({"patient_id": [ids[0]] * 2, "day": [3, 9], "status": ["attended"] * 2})
    info = swimmer_info(
        fit, courses, events=read_events(told), symptoms=read_symptoms(signs),
        sessions=read_sessions(held, fit.diary),
    )  # fmt: skip
    assert info.lanes[0].patient_id == ids[7]  # the sign leads
    figure = draw_swimmer(info)
    marks = {t.name: t for t in figure.data if t.type == "scatter"}
    assert len(marks["session"].x) == 2
    assert len(marks["event (shown, not modelled)"].x) == 2
    assert "fever" in marks["warning sign, same day"].hovertext[0]
    assert len({t.marker.symbol for t in marks.values()}) == len(marks)
    assert "2 sessions" in " ".join(info.caption)


def test_it_says_how_many_of_how_many(fit, courses):
    figure = plot_swimmer(fit, courses, n=5)
    assert "5 of 20 shown" in figure.layout.title.text
    assert "not supplied, not checked" in figure.layout.annotations[-1].text
    with pytest.raises(InputError, match="n must be a whole number"):
        plot_swimmer(fit, courses, n=0)
    with pytest.raises(InputError, match="order must be one of"):
        plot_swimmer(fit, courses, order="random")
