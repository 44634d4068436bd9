"""The swimmer plot."""

import numpy as np
import pandas as pd
import pytest

from paintrend.courses import classify
from paintrend.errors import InputError
from paintrend.events import read_events
from paintrend.plots.swimmer import draw_swimmer, plot_swimmer
from paintrend.plots.swimmer_numbers import swimmer_info
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
