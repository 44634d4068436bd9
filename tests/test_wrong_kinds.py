"""Arguments of the wrong kind are named, with what was expected and what came."""

from __future__ import annotations

import pandas as pd
import pytest

import paintrend as pt


@pytest.fixture(scope="module")
def cohort():
    ratings = pt.simulate_cohort(14, arms={"a": None, "b": None}, seed=6).ratings
    return ratings.assign(patient_id=ratings["patient_id"].str[1:].astype(int))


@pytest.fixture(scope="module")
def fit(cohort):
    diary = pt.read_diary(cohort, scale="nrs")
    return pt.fit_curves(diary, horizon=84, draws=40, workers=1)


@pytest.fixture(scope="module")
def courses(fit):
    return pt.classify(fit)


@pytest.fixture(scope="module")
def events(fit):
    table = pd.DataFrame({"patient_id": ["1"], "day": [3], "event": ["new drug"]})
    return pt.read_events(table, fit.diary)


CALLS = {
    "fit_curves(default=list)": (
        lambda fit, courses, events: pt.fit_curves(fit.diary, horizon=84, default=["cautious"]),
        r"default must be one of rehabilitation, cautious, got \['cautious'\]",
    ),
    "monitor(criteria=dict)": (
        lambda fit, courses, events: pt.monitor(fit.diary, horizon=84, criteria={"worsening": 3}),
        r"monitor takes thresholds as Criteria\(worsening=...\), got dict",
    ),
    "check_calibration(criteria=dict)": (
        lambda fit, courses, events: pt.check_calibration(fit, criteria={"worsening": 3}),
        r"check_calibration takes thresholds as Criteria\(worsening=...\), got dict",
    ),
    "monitor(symptoms=events)": (
        lambda fit, courses, events: pt.monitor(fit.diary, horizon=84, symptoms=events),
        r"symptoms= takes what read_symptoms returns, got Events",
    ),
    "monitor(events=table)": (
        lambda fit, courses, events: pt.monitor(fit.diary, horizon=84, events=events.table),
        r"events= takes what read_events returns, got DataFrame",
    ),
    "plot_patient(symptoms=events)": (
        lambda fit, courses, events: pt.plot_patient(fit["1"], courses["1"], symptoms=events),
        r"symptoms= takes what read_symptoms returns, got Events",
    ),
    "plot_patient(sessions=path)": (
        lambda fit, courses, events: pt.plot_patient(fit["1"], courses["1"], sessions="a.csv"),
        r"sessions= takes what read_sessions returns, got str",
    ),
    "read_events(two tables)": (
        lambda fit, courses, events: pt.read_events(events.table, fit.diary.ratings),
        r"expected the diary of these patients, from read_diary\(...\).* got DataFrame",
    ),
    "read_symptoms(time_unit=list)": (
        lambda fit, courses, events: pt.read_symptoms(events.table, time_unit=["days"]),
        r"time_unit is one of .*, got \['days'\]",
    ),
    "landmark_test(lists)": (
        lambda fit, courses, events: pt.landmark_test(
            fit, predictor=["rise_so_far"], outcome=["level_after"]
        ),
        r"predictor must be one of .*; outcome must be one name, .* got \['level_after'\]",
    ),
    "prevalence(by=empty, adjust=number)": (
        lambda fit, courses, events: pt.prevalence(fit, by="", adjust=5),
        r"by must be the name of one column, got ''; adjust must be names of columns, got \[5\]",
    ),
    "draw_plausible(quantities=number)": (
        lambda fit, courses, events: pt.draw_plausible(fit, quantities=5),
        r"a curve has no 5; expected some of course",
    ),
    "time_to(event=list)": (
        lambda fit, courses, events: pt.time_to(fit, ["better_day"]),
        r"event must be one of .*, got \['better_day'\]",
    ),
    "dropout_sensitivity(depends_on=list)": (
        lambda fit, courses, events: pt.dropout_sensitivity(fit, depends_on=["level"]),
        r"depends_on must be one of .*, got \['level'\]",
    ),
    "flag_patients(list)": (
        lambda fit, courses, events: pt.flag_patients(courses, ["dip"]),
        r"course must be one of dip, .*, got \['dip'\]",
    ),
    "plot_cohort(texts)": (
        lambda fit, courses, events: pt.plot_cohort(fit, courses, n="12", columns=2.5),
        r"n must be a whole number from 1, got '12'; columns must be .*, got 2.5",
    ),
    "plot_cohort(order=list)": (
        lambda fit, courses, events: pt.plot_cohort(fit, courses, order=["1"]),
        r"order must be one of .*, got \['1'\]",
    ),
    "explore(monitor=number)": (
        lambda fit, courses, events: pt.explore(fit, monitor=5),
        r"explore\(monitor=\) needs what monitor\(diary, ...\) returns, got int",
    ),
    "regress(robust=text)": (
        lambda fit, courses, events: pt.regress(fit, "rise ~ arm", robust="no"),
        "regress: robust must be True or False, got 'no'",
    ),
    "draw_plausible(interactions=text)": (
        lambda fit, courses, events: pt.draw_plausible(fit, interactions="no"),
        "draw_plausible: interactions must be True or False, got 'no'",
    ),
    "plot_courses(seed=text)": (
        lambda fit, courses, events: pt.plot_courses(courses, seed="x"),
        "plot_courses: seed must be a whole number from 0, got 'x'",
    ),
    "plot_spaghetti(seed=-1)": (
        lambda fit, courses, events: pt.plot_spaghetti(fit, courses, seed=-1),
        "plot_spaghetti: seed must be a whole number from 0, got -1",
    ),
    "pseudonymise(number)": (
        lambda fit, courses, events: pt.pseudonymise(5, pt.Privacy(age_years=10)),
        "pseudonymise takes a fit, .* got int",
    ),
    "pseudonymise(privacy=text)": (
        lambda fit, courses, events: pt.pseudonymise(fit, "a key of some length"),
        r"pseudonymise needs what Privacy\(...\) returns, got str",
    ),
    "write_report(privacy=text)": (
        lambda fit, courses, events: pt.write_report(fit, courses, "a.html", privacy="x"),
        r"privacy= takes Privacy\(key=..., ...\), got str",
    ),
    "write_report(response=text)": (
        lambda fit, courses, events: pt.write_report(fit, courses, "a.html", response="x"),
        r"response= needs what session_response\(fit, sessions\) returns, got str",
    ),
    "write_report(title=number, created=text, appendix=text)": (
        lambda fit, courses, events: pt.write_report(
            fit, courses, "a.html", title=5, created="today", n_pictures="all", appendix="no"
        ),
        "n_pictures must be .*; appendix must be True or False, got 'no'; title must be text, got "
        "int; created must be a datetime, got str",
    ),
    "write_patient_report(title=number)": (
        lambda fit, courses, events: pt.write_patient_report(fit, courses, "1", "a.html", title=5),
        "write_patient_report: title must be text, got int",
    ),
    "plot_patient(show_draws=text)": (
        lambda fit, courses, events: pt.plot_patient(fit["1"], courses["1"], show_draws="no"),
        "plot_patient: show_draws must be True or False, got 'no'",
    ),
    "plot_retention(scale=number)": (
        lambda fit, courses, events: pt.plot_retention(pt.retention_by_course(fit, m=2), 5),
        "scale must be a name .* got int",
    ),
    "simulate_sessions(plan=number, 5)": (
        lambda fit, courses, events: pt.simulate_sessions(3, plan=5),
        "plan must be a SessionPlan, got 5",
    ),
    "simulate_sessions(session_criteria=criteria)": (
        lambda fit, courses, events: pt.simulate_sessions(3, session_criteria=pt.Criteria()),
        "session_criteria must be a SessionCriteria, got Criteria",
    ),
    "suppress_small_cells(within=text)": (
        lambda fit, courses, events: pt.suppress_small_cells(
            pd.DataFrame({"n": [1.0]}), within="group"
        ),
        "within must be a list of columns, got 'group'",
    ),
    "suppress_small_cells(complement=text)": (
        lambda fit, courses, events: pt.suppress_small_cells(
            pd.DataFrame({"n": [1.0]}), complement="no"
        ),
        "suppress_small_cells: complement must be True or False, got 'no'",
    ),
    "write_population(members=text)": (
        lambda fit, courses, events: pt.write_population(fit.population, "a.json", members="no"),
        "write_population: members must be True or False, got 'no'",
    ),
    "write_population(path=number)": (
        lambda fit, courses, events: pt.write_population(fit.population, 5),
        "expected the path of a file or folder, got int",
    ),
    "warning_sign_table(grades)": (
        lambda fit, courses, events: pt.warning_sign_table({"fever": "prompt"}),
        "expected a WarningSign for 'fever', got 'prompt'",
    ),
    "power(horizon=text)": (
        lambda fit, courses, events: pt.power(horizon="84", course_mix=["improving"]),
        r"horizon must be .*, got '84'; course_mix maps courses to shares, got \['improving'\]",
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_the_argument_is_named(fit, courses, events, name):
    call, said = CALLS[name]
    with pytest.raises(pt.InputError, match=said):
        call(fit, courses, events)


RESULTS = {
    "export_figures": "export_figures takes a plotly figure, .* got int",
    "plot_calibration": r"plot_calibration needs what check_calibration\(fit\) returns, got int",
    "plot_cohort_check": r"plot_cohort_check needs what check_cohort\(fit\) returns",
    "plot_monitor": r"plot_monitor needs what monitor\(diary, ...\)\[patient_id\] returns",
    "plot_null_world": r"plot_null_world needs what landmark_test\(fit\) returns",
    "plot_outlooks": r"plot_outlooks needs what monitor\(diary, ...\) returns",
    "plot_policy": r"plot_policy needs what alarm_policy\(...\) returns",
    "plot_prevalence": r"plot_prevalence needs what prevalence\(fit\) returns",
    "plot_responders": r"plot_responders needs what count_responders\(fit\) returns",
    "plot_sessions": r"plot_sessions needs what session_response\(fit, sessions\) returns",
    "plot_time_to": r"plot_time_to needs what time_to\(fit\) returns",
    "read_fit": "expected the path of a file or folder, got int",
    "read_key": "expected the path of a file or folder, got int",
    "read_population": "expected the path of a file or folder, got int",
    "read_response_population": "expected the path of a file or folder, got int",
    "review_monitor": r"a review list needs what monitor\(diary, population=...\) returns",
    "session_dose": r"session_dose needs what session_response\(fit, sessions\) returns",
    "warning_sign_table": "warning_sign_table takes signs by name, .* got int",
    "write_template": "expected the path of a file or folder, got int",
}


@pytest.mark.parametrize("name", RESULTS)
def test_what_is_not_the_result_that_a_function_takes_is_named(name):
    with pytest.raises(pt.InputError, match=RESULTS[name]):
        getattr(pt, name)(5, *["folder"] * (name == "export_figures"))


@pytest.mark.parametrize("asked", [1, None, ["1"], "x"])
def test_what_is_no_id_is_no_patient_and_ids_are_shown(fit, courses, asked):
    for look in (fit.__getitem__, fit.draws, courses.__getitem__):
        with pytest.raises(pt.UnknownPatientError, match="ids are text, first ones: '1', '2'"):
            look(asked)


def test_courses_of_one_id_and_all_that_are_unknown(courses):
    assert courses.select("11").patient_ids == ("11",)
    with pytest.raises(pt.UnknownPatientError, match=r"no patient 'x', 3 among the 14"):
        courses.select(["1", "x", 3])


def test_no_covariates_may_be_none(fit):
    none = pt.draw_plausible(fit, m=2, variables=None)
    assert next(iter(none)).equals(next(iter(pt.draw_plausible(fit, m=2))))


def test_columns_from_outside_are_matched_as_ids_are_read(fit):
    ids = [float(name) for name in fit.patient_ids]
    outside = pd.DataFrame({"patient_id": ids, "visits": range(len(ids))})
    drawn = next(iter(pt.draw_plausible(fit, m=2, variables="visits", outside=outside)))
    assert drawn["visits"].tolist() == list(range(len(ids)))
