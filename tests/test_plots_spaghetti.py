"""Curves of all patients and the median of the cohort."""

from dataclasses import replace

import numpy as np
import pytest

from paintrend.courses import classify
from paintrend.errors import InputError
from paintrend.plots.spaghetti import draw_spaghetti, plot_spaghetti
from paintrend.plots.spaghetti_numbers import spaghetti_info

from .fakes import make_fake_fit


@pytest.fixture(scope="module")
def fit():
    return make_fake_fit(40)


@pytest.fixture(scope="module")
def courses(fit):
    return classify(fit)


def test_the_median_is_that_of_the_patients(fit, courses):
    info = spaghetti_info(fit, courses)
    levels = np.array([np.median(fit.draws(i), axis=0)[::3] for i in fit.patient_ids])
    levels = levels[np.isfinite(levels).all(axis=1)]
    middle = np.median(levels, axis=0)
    assert len(levels) == info.n_fitted == 36
    assert np.abs(info.cohort.median - middle).mean() < 0.35
    assert (info.cohort.low <= info.cohort.median).all()
    assert (info.cohort.median <= info.cohort.high).all()
    inside = (levels >= info.cohort.quarter) & (levels <= info.cohort.three_quarters)
    assert inside.mean() == pytest.approx(0.5, abs=0.08)


def test_more_patients_narrow_the_interval_of_the_median():
    few, many = (make_fake_fit(n) for n in (10, 160))
    width = [
        float(np.mean(info.cohort.high - info.cohort.low))
        for info in (spaghetti_info(few, classify(few)), spaghetti_info(many, classify(many)))
    ]
    assert width[1] < 0.6 * width[0]


def test_the_interval_keeps_its_order_where_higher_is_better():
    fit = make_fake_fit(20)
    turned = replace(fit, scale=replace(fit.scale, higher_is_worse=False))
    info = spaghetti_info(turned, classify(turned))
    assert (info.cohort.low <= info.cohort.high).all()
    assert (info.cohort.quarter <= info.cohort.three_quarters).all()
    plain = spaghetti_info(fit, classify(fit))
    assert info.cohort.median == pytest.approx(10 - plain.cohort.median, abs=1e-5)


def test_lines_end_with_the_last_rating(fit, courses):
    lines = {line.patient_id: line for line in spaghetti_info(fit, courses).lines}
    assert lines["P001"].day[-1] == 84
    assert lines["P005"].day[-1] <= 21  # the fifth kind is rated up to a quarter of the horizon
    assert "P008" not in lines  # not fitted


def test_a_sample_is_said_and_keeps_its_patients(fit, courses):
    info = spaghetti_info(fit, courses, lines=10)
    assert len(info.lines) == info.n_shown == 10
    assert "Lines: 10 of 36 fitted patients" in " ".join(info.caption)
    assert "4 of them not fitted" in info.caption[0]
    more = {line.patient_id for line in spaghetti_info(fit, courses, lines=20).lines}
    assert {line.patient_id for line in info.lines} < more
    with pytest.raises(InputError, match="lines must be a whole number"):
        plot_spaghetti(fit, courses, lines=0)


def test_few_patients_have_no_median():
    fit = make_fake_fit(3)
    figure = plot_spaghetti(fit, classify(fit))
    assert "median" not in figure.layout.title.text
    assert "No median" in figure.layout.annotations[-1].text


def test_traces_do_not_grow_with_the_patients(fit, courses):
    figure = draw_spaghetti(spaghetti_info(fit, courses))
    courses_shown = {trace.legendgroup for trace in figure.data if trace.legendgroup}
    assert len(figure.data) == 2 * len(courses_shown) + 4
    assert "higher = worse" in figure.layout.yaxis.title.text
    looks = [(t.line.dash, t.name) for t in figure.data if t.legendgroup and t.mode == "lines"]
    assert len({dash for dash, _ in looks}) == len(looks)
