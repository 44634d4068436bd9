"""The picture of sessions: numbers against the result they come from."""

import numpy as np
import pytest

import paintrend as pt
from paintrend.plots.session_numbers import session_info
from paintrend.plots.sessions import draw_sessions
from paintrend.responses import response_at
from paintrend.simulate import Soreness, Visits


@pytest.fixture(scope="module")
def cohort():
    return pt.simulate_sessions(
        8, horizon=21, course_mix={"unchanged": 1.0}, seed=2,
        soreness=Soreness(none=0.0, first=3.0, spread=0.3, settled=1.0),
        visits=Visits(days=[float(day) for day in range(-3, 22)], dropout=0.0),
    )  # fmt: skip


@pytest.fixture(scope="module")
def response(cohort):
    diary = pt.read_diary(cohort.ratings, scale="nrs")
    fit = pt.fit_curves(diary, horizon=21, draws=80)
    return pt.session_response(fit, pt.read_sessions(cohort.sessions, diary))


def test_every_rating_after_a_session_is_in_one_bin(response):
    info = session_info(response)
    since = response.aligned["since"].to_numpy()
    assert sum(b.n for b in info.bins) == ((since > 0) & (since <= 8)).sum()
    assert all(b.low <= b.mean <= b.high for b in info.bins if np.isfinite(b.low))


def test_what_is_left_of_the_ratings_follows_the_response(response):
    # all respond alike and nobody has a course: the bins lie near the band
    info = session_info(response)
    there = [b for b in info.bins if b.n >= 20]
    near = np.interp([b.since for b in there], info.response.day, info.response.median)
    assert np.abs(near - [b.mean for b in there]).max() < 1.0
    assert max(b.mean for b in there) > 1.0


def test_the_band_is_the_response_of_the_draws(response):
    info = session_info(response, "P003")
    row = response.patient_ids.index("P003")
    rise, peak, gone = (response.draws[k][row] for k in ("rise", "peak_days", "gone_days"))
    k = response_at(np.array([2.0]), np.nan_to_num(peak, nan=1.0), np.nan_to_num(gone, nan=2.0))
    at = np.argmin(np.abs(info.response.day - 2.0))
    assert info.response.median[at] == pytest.approx(np.median(rise * k), abs=0.05)


def test_a_patient_has_the_days_of_the_sessions_attended(response, cohort):
    days = session_info(response, "P003").days
    held = cohort.sessions[cohort.sessions["status"] == "attended"]
    own = held[held["patient_id"] == "P003"]["day"]
    assert days.session.tolist() == own.tolist()
    rated = cohort.ratings[cohort.ratings["patient_id"] == "P003"]
    assert days.rating.tolist() == rated.sort_values("day")["pain"].tolist()
    assert session_info(response).days is None


def test_the_caption_counts_and_defines(response):
    text = " ".join(session_info(response).caption)
    assert "8 patients" in text
    assert "missing" in text
    assert "25%" in text


def test_both_pictures_are_drawn_with_the_direction_in_words(response):
    for patient in (None, "P003"):
        figure = draw_sessions(session_info(response, patient))
        assert "worse" in figure.layout.yaxis.title.text
        names = {trace.name for trace in figure.data}
        assert "response to one session (median)" in names
        assert ("session" in names) == (patient is not None)
    with pytest.raises(pt.UnknownPatientError):
        pt.plot_sessions(response, "nobody")
