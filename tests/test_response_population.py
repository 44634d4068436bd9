"""Populations of responses in files: exact round trips, and everything wrong said at once."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import paintrend as pt
from paintrend.errors import PopulationError
from paintrend.responses import RESPONSES
from paintrend.simulate import Soreness
from paintrend.soreness.learning import default_response


@pytest.fixture(scope="module")
def cohort():
    return pt.simulate_sessions(4, horizon=21, seed=5, soreness=Soreness(none=0.0, first=3.0))


@pytest.fixture(scope="module")
def fit(cohort):
    diary = pt.read_diary(cohort.ratings, scale="nrs")
    return pt.fit_curves(diary, horizon=21, draws=40, workers=1)


@pytest.fixture(scope="module")
def known(fit):
    """As if learned from others: shares and heights that these four patients do not have."""
    prior = default_response()
    share = prior.share * np.linspace(1.0, 3.0, prior.share.size)
    return pt.ResponsePopulation(
        share / share.sum(), prior.mean * 1.7, prior.covariance / 3.0, fit.population, 77,
        (-1.5, -1.25),
    )  # fmt: skip


@pytest.fixture
def file(known, tmp_path):
    return pt.write_response_population(known, tmp_path / "responses.json")


@pytest.fixture
def damage(file):
    """Change the document in the file and return what reading it says."""

    def change(do):
        document = json.loads(file.read_text())
        do(document)
        file.write_text(json.dumps(document))
        with pytest.raises(PopulationError) as error:
            pt.read_response_population(file)
        return str(error.value)

    return change


def test_reading_gives_back_the_same_population(known, file):
    again = pt.read_response_population(file)
    for name in ("share", "mean", "covariance"):
        np.testing.assert_array_equal(getattr(again, name), getattr(known, name))
    assert (again.n_patients, again.trace, again.responses) == (77, (-1.5, -1.25), RESPONSES)
    assert again.population.members == known.population.members != frozenset()
    np.testing.assert_array_equal(again.population.prior.shape, known.population.prior.shape)
    assert "P001" not in file.read_text()


def test_a_value_that_could_be_one_is_known_to_be_changed_by_the_hash(damage, file):
    def change(document):
        document["mean"][0] += 0.5

    assert "sha256: expected" in damage(change)
    document = json.loads(file.read_text())
    del document["sha256"]  # on purpose
    file.write_text(json.dumps(document))
    assert pt.read_response_population(file).n_patients == 77


def test_digests_can_be_left_out(known, tmp_path):
    path = pt.write_response_population(known, tmp_path / "r.json", members=False)
    assert pt.read_response_population(path).population.members == frozenset()


def test_new_patients_are_judged_with_it(cohort, fit, known, file):
    sessions = pt.read_sessions(cohort.sessions, fit.diary)
    of_file, of_memory = (
        pt.session_response(fit, sessions, population=one, workers=1)
        for one in (pt.read_response_population(file), known)
    )
    pd.testing.assert_frame_equal(of_file.table(), of_memory.table())
    assert of_file.population.n_patients == 77
    # one who is alone leans on the others: nobody responds there
    none = known.share * 0.0 + 1e-9
    none[0] = 1.0 - none[1:].sum()
    one = fit.select(["P001"])
    calm = pt.session_response(
        one, sessions.select(["P001"]), population=replace(known, share=none), workers=1
    )
    assert calm.table()["p_no_response"][0] > of_file.table()["p_no_response"][0]


def test_another_horizon_scale_or_kind_is_refused(cohort, fit, known):
    sessions = pt.read_sessions(cohort.sessions, fit.diary)
    other = replace(known, population=replace(known.population, horizon=84.0))
    with pytest.raises(PopulationError, match="horizon: 84 there"):
        pt.session_response(fit, sessions, population=other)
    vas = replace(known, population=replace(known.population, scale=pt.get_scale("vas")))
    with pytest.raises(PopulationError, match="scale high: 100"):
        pt.session_response(fit, sessions, population=vas)
    with pytest.raises(PopulationError, match="read_response_population, got Population"):
        pt.session_response(fit, sessions, population=fit.population)
    with pytest.raises(PopulationError, match=r"takes response\.population, got Population"):
        pt.write_response_population(fit.population, "never.json")


def test_a_population_of_curves_is_not_one_of_responses(fit, known, tmp_path):
    curves = pt.write_population(fit.population, tmp_path / "population.json")
    with pytest.raises(PopulationError, match="is not a response population: format"):
        pt.read_response_population(curves)
    responses = pt.write_response_population(known, tmp_path / "responses.json")
    with pytest.raises(PopulationError, match="is not a population: format"):
        pt.read_population(responses)


def test_other_time_courses_are_refused(damage):
    def other(document):
        document["time_courses"][3]["gone_days"] = 9.0

    said = damage(other)
    assert f"the {len(RESPONSES)} rows of this paintrend" in said
    assert "the first other one at 3" in said


def test_a_newer_version_is_refused(damage):
    assert "version: expected 1 or older, got 2" in damage(lambda one: one.update(version=2))


def test_every_problem_is_told_at_once(damage):
    def wrong(document):
        document["n_patients"] = 0
        document["no_response"] = -0.5
        document["mean"] = [1.0]
        document["covariance"] = [[1.0, 2.0], [2.0, 1.0]]
        del document["trace"]

    said = damage(wrong)
    for part in ("6 problems", "sha256:", "n_patients:", "no_response:", "mean: expected 2 numbers",
                 "covariance: expected a positive definite matrix", "trace:"):  # fmt: skip
        assert part in said


def test_shares_have_to_sum_to_one_and_curves_are_checked_too(damage):
    assert "sum to 1" in damage(lambda one: one.update(no_response=0.0))


def test_what_is_wrong_with_the_curves_is_told(damage):
    said = damage(lambda one: (one.pop("sha256"), one["population"].update(horizon=-1)))
    assert "responses.json, population" in said
    assert "horizon" in said
