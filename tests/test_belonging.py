"""A fit and courses that do not belong together are refused, in the reader's words."""

from dataclasses import fields, replace

import pytest

import paintrend as pt
from paintrend.courses import classify
from paintrend.results.belonging import check_same_patient

from .fakes import make_fake_fit


@pytest.fixture(scope="module")
def fit():
    return make_fake_fit(4, n_draws=40)


@pytest.fixture(scope="module")
def courses(fit):
    return classify(fit)


def refused(call, *parts):
    with pytest.raises(pt.InputError) as caught:
        call()
    for part in parts:
        assert part in str(caught.value)


def test_the_course_of_another_patient_is_not_drawn(fit, courses):
    refused(
        lambda: pt.plot_patient(fit["P001"], courses["P002"]),
        "the curve is of patient 'P001', the course of patient 'P002'",
        "give fit[patient_id] and courses[patient_id].",
    )


def test_courses_of_another_day_or_horizon_are_not_drawn(fit, courses):
    early = replace(fit, as_of_day=28.0)
    for call in (
        lambda: pt.plot_patient(early["P001"], courses["P001"]),
        lambda: pt.review_order(early, courses),
        lambda: pt.plot_cohort(early, courses),
        lambda: pt.plot_spaghetti(early, courses),
        lambda: pt.plot_lasagna(early, courses),
        lambda: pt.write_report(early, courses, "never.html"),
    ):
        refused(call, "the curves are as of day 28, the courses of all ratings")
    shorter = replace(courses["P001"], horizon=56.0)
    refused(lambda: pt.plot_patient(fit["P001"], shorter), "up to day 84", "judged at day 56")


def test_what_is_neither_is_named(fit, courses):
    for call in (
        lambda: pt.plot_patient(fit, courses["P001"]),
        lambda: pt.plot_patient(courses["P001"], fit["P001"]),
    ):
        refused(call, "expected the curve of one patient, fit[patient_id], got ")
    refused(lambda: pt.plot_patient(fit["P001"], courses), "courses[patient_id], got Courses.")
    for call in (
        lambda: pt.review_order(courses, fit),
        lambda: pt.plot_cohort(courses, fit),
        lambda: pt.write_report(courses, fit, "never.html"),
        lambda: pt.write_patient_report(courses, fit, "P001", "never.html"),
        lambda: pt.classify(fit.diary),
        lambda: pt.classify(None),
    ):
        refused(call, "needs a fit from fit_curves(...), got ")
    for call in (
        lambda: pt.review_order(fit, fit),
        lambda: pt.plot_courses(fit),
        lambda: pt.write_patient_report(fit, fit, "P001", "never.html"),
    ):
        refused(call, "needs courses from classify(fit), got FakeFit.")
    refused(lambda: pt.classify(fit, {"worsening": 2}), "Criteria(worsening=...), got dict.")
    refused(lambda: pt.write_diary(fit.diary.ratings, "never.csv"), "got DataFrame.")


def test_to_check_a_curve_is_not_to_compute_it(fit):
    class Untouched(type(fit["P001"])):
        @property
        def curve(self):
            raise AssertionError

    course = classify(fit)["P001"]
    same = fit["P001"]
    untouched = Untouched(**{field.name: getattr(same, field.name) for field in fields(same)})
    assert check_same_patient(course, untouched) is None
