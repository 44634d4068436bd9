"""How common each course is: expected shares and intervals against known answers."""

from dataclasses import replace

import numpy as np
import pytest

from paintrend.core.course_rules import COURSES
from paintrend.courses import classify
from paintrend.plots.course_numbers import course_shares
from paintrend.plots.courses import draw_courses, plot_courses

from .fakes import make_fake_fit


@pytest.fixture(scope="module")
def courses():
    return classify(make_fake_fit(30))


def with_codes(courses, codes):
    """Courses in which every curve has the given code and everyone has room to worsen."""
    summary = courses.summary.iloc[: len(codes)].assign(p_no_room_to_worsen=0.0)
    ids = courses.patient_ids[: len(codes)]
    return replace(courses, codes=codes.astype(np.int8), summary=summary, patient_ids=ids)


def test_the_mean_is_the_mean_of_the_table(courses):
    info = course_shares(courses)
    table = courses.table()
    fitted = table["status"] != "not_fitted"
    room = fitted & (table["p_no_room_to_worsen"] < 0.5)
    for course in COURSES:
        assert info.shares[course].mean == pytest.approx(table.loc[fitted, f"p_{course}"].mean())
        assert info.with_room[course].mean == pytest.approx(table.loc[room, f"p_{course}"].mean())
    assert info.dip.mean == pytest.approx(table.loc[fitted, "p_dip"].mean())
    assert info.deterioration.mean == pytest.approx(table.loc[fitted, "p_deterioration"].mean())
    assert (info.n_patients, info.n_fitted, info.n_with_room) == (30, 27, 24)


def test_the_interval_holds_the_chance_of_who_is_in_the_cohort(courses):
    # With courses known for sure a Bayesian bootstrap of k among n gives a Beta(k, n - k) share.
    codes = np.zeros((20, 4000))
    codes[5:] = COURSES.index("unchanged")
    info = course_shares(with_codes(courses, codes))
    weights = np.random.default_rng(1).beta(5, 15, 400_000)
    low, high = np.quantile(weights, (0.05, 0.95))
    assert info.shares["improving"].mean == 0.25
    assert info.shares["improving"].low == pytest.approx(low, abs=0.012)
    assert info.shares["improving"].high == pytest.approx(high, abs=0.012)


def test_the_interval_holds_what_is_unknown_about_each_patient(courses):
    # One patient: nothing to resample, so only the draws are left.
    codes = np.full((1, 1000), COURSES.index("unchanged"))
    codes[0, :300] = COURSES.index("improving")
    info = course_shares(with_codes(courses, codes))
    assert info.shares["improving"].mean == pytest.approx(0.3)
    assert (info.shares["improving"].low, info.shares["improving"].high) == (0.0, 1.0)


def test_both_sources_of_uncertainty_widen_it(courses):
    rng = np.random.default_rng(5)
    unchanged = COURSES.index("unchanged")
    sure = np.repeat((np.arange(40) < 10)[:, None], 2000, axis=1)
    unsure = rng.random((40, 2000)) < 0.25
    width = []
    for improving in (sure, unsure):
        share = course_shares(with_codes(grown(courses), np.where(improving, 0, unchanged)))
        width.append(share.shares["improving"].high - share.shares["improving"].low)
    assert width[1] > 1.15 * width[0]


def grown(courses):
    twice = [f"{name}{end}" for end in "ab" for name in courses.patient_ids]
    summary = courses.summary.loc[np.tile(np.arange(len(courses)), 2)].reset_index(drop=True)
    return replace(courses, patient_ids=tuple(twice), summary=summary)


def test_named_courses_count_those_that_cannot_be_told(courses):
    info = course_shares(courses)
    table = courses.table()
    fitted = table[table["status"] != "not_fitted"]
    assert info.named["cannot_tell"] == (fitted["course"] == "cannot_tell").sum() == 6
    assert sum(info.named.values()) == info.n_fitted


def test_the_seed_decides(courses):
    assert course_shares(courses, seed=3) == course_shares(courses, seed=3)
    assert course_shares(courses, seed=3).shares != course_shares(courses, seed=4).shares


def test_the_figure_says_what_it_rests_on(courses):
    figure = plot_courses(courses)
    said = " ".join(note.text for note in figure.layout.annotations)
    assert "30 patients, 3 of them not fitted" in said
    assert "too narrow for inference" in said
    assert "Worse: 2 points" in said
    drawn = {trace.name: trace for trace in figure.data}
    assert set(drawn) == {"all fitted patients (n = 27)", "those with room to worsen (n = 24)"}


def test_nobody_fitted_still_gives_a_figure(courses):
    nobody = with_codes(courses, np.full((2, 10), -1))
    info = course_shares(nobody)
    assert np.isnan(info.dip.mean)
    assert draw_courses(info).layout.xaxis.range == (0, 1)


def test_the_caption_says_how_many_ratings_are_missing_if_it_is_known(courses):
    words = draw_courses(course_shares(courses)).layout.annotations[-1].text
    assert "ratings fitted, 0 missing" in words
    unknown = replace(courses, n_missing=None)
    assert "missing" not in draw_courses(course_shares(unknown)).layout.annotations[-1].text


def test_one_patient_is_no_cohort():
    figure = plot_courses(classify(make_fake_fit(1)))
    assert "share of the curves of one patient" in figure.layout.title.text
    assert len(figure.data) == 1
    assert not figure.layout.shapes, "no interval of a share of patients"
    labels = [note.text for note in figure.layout.annotations[: len(COURSES)]]
    assert not any("(" in label or "named for" in label for label in labels)
    assert sum(label.endswith("; named") for label in labels) == 1
    assert "90%" not in " ".join(note.text for note in figure.layout.annotations)
