"""What a paper has to say: numbers counted again, fingerprints that know the same data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import paintrend as pt
from paintrend.core.course_rules import COURSES
from paintrend.errors import InputError
from paintrend.reporting.grolts import ANSWERS


@pytest.fixture(scope="module")
def cohort():
    return pt.simulate_cohort(24, covariates={}, seed=2)


@pytest.fixture(scope="module")
def fit(cohort):
    return pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84, seed=3)


@pytest.fixture(scope="module")
def courses(fit):
    return pt.classify(fit, pt.Criteria(worsening=2.5, sustained_days=14))


def test_the_checklist_is_whole_and_its_numbers_are_those_of_the_fit(cohort, fit, courses):
    table = pt.grolts_table(fit, courses).set_index("item")
    assert len(table) == 21
    assert len({item.rstrip("abc") for item in table.index}) == 16
    assert set(table["answer"]) <= set(ANSWERS)
    assert (table["text"].str.len() > 10).all()
    p = courses.table()[[f"p_{c}" for c in COURSES]].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = 1.0 + np.where(p > 0, p * np.log(p), 0.0).sum() / (24 * np.log(8))
    assert f"relative entropy {entropy:.3f}" in table.loc["13", "text"]
    pain = cohort.ratings["pain"]
    assert f"mean {pain.mean():.2f}, sd {pain.std():.2f}" in table.loc["4", "text"]
    share = courses.table()["p_improving"].mean()
    assert f"improving {24 * share:.1f} ({100 * share:.1f}%)" in table.loc["12", "text"]
    first = cohort.ratings[cohort.ratings["day"] == 0]
    assert f"; 0 ({len(first)}, 0.0, 0.0)" in table.loc["2", "text"]
    assert table.loc["14b", "answer"] == table.loc["10", "answer"] == "not applicable"
    lost = (fit.info["last_day"] < 70).sum()
    assert f"{lost} of 24 patients" in table.loc["3b", "text"]


def test_ratings_without_visits_are_said_to_have_none(cohort):
    rng = np.random.default_rng(1)
    own = cohort.ratings.assign(day=rng.uniform(0, 84, len(cohort.ratings)).round(3))
    fit = pt.fit_curves(pt.read_diary(own, scale="nrs").select([f"P00{k}" for k in range(1, 9)]),
                        horizon=84)  # fmt: skip
    row = pt.grolts_table(fit, pt.classify(fit)).set_index("item").loc["2"]
    assert row["answer"] == "partly"
    assert "no common visits" in row["text"]


def test_the_paragraph_has_the_numbers_used(cohort, fit, courses):
    text = pt.methods_text(fit, courses)
    for part in (
        f"24 patients rated {fit.scale.label}", f"{len(cohort.ratings)} ratings up to day 84",
        "Worse is a level 2.5 points", "better 2 points", "80% of the last 14 days",
        "default population 'rehabilitation' counted as 20 more", "400 posterior curves", "seed 3",
    ):  # fmt: skip
        assert part in text
    # a threshold of the user's own is not called assumed
    assert "is assumed" not in text
    assert "threshold for worse is assumed" in pt.methods_text(fit, pt.classify(fit))


def test_fingerprints_know_the_same_ratings(cohort, fit):
    def of(ratings, seed=3):
        table = pt.session_info(
            pt.fit_curves(pt.read_diary(ratings, scale="nrs"), horizon=84, seed=seed)
        )
        return table.set_index("what")["value"]

    one = pt.session_info(fit).set_index("what")["value"]
    shuffled = of(cohort.ratings.sample(frac=1.0, random_state=1))
    changed = cohort.ratings.copy()
    changed.loc[0, "pain"] = (changed.loc[0, "pain"] + 1) % 10
    other = of(changed)
    assert shuffled["diary sha256"] == one["diary sha256"] != other["diary sha256"]
    assert one["population sha256"] != other["population sha256"]
    assert one["paintrend"] == pt.__version__
    assert one["numpy"] == np.__version__
    assert one["ratings"] == str(len(cohort.ratings))


def test_a_package_that_is_missing_is_said_to_be(fit, monkeypatch):
    from importlib import metadata

    known = metadata.version

    def version(name):
        if name == "lifelines":
            raise metadata.PackageNotFoundError(name)
        return known(name)

    monkeypatch.setattr(metadata, "version", version)
    info = pt.session_info(fit).set_index("what")["value"]
    assert info["lifelines"] == "not installed"
    assert info["scipy"] != "not installed"


@pytest.mark.parametrize("write", [pt.grolts_table, pt.methods_text])
def test_only_a_fit_and_its_courses_are_reported(fit, courses, write):
    with pytest.raises(InputError, match="named courses do not say how sure"):
        write(fit, courses.table())
    with pytest.raises(InputError, match="not known for sure"):
        write(courses, courses)
    part = fit.select(fit.patient_ids[:5])
    with pytest.raises(InputError, match="other patients or another horizon"):
        write(part, courses)
    with pytest.raises(InputError, match="not known for sure"):
        pt.session_info(pd.DataFrame())


def test_worse_is_below_the_start_where_higher_is_better(cohort):
    scale = pt.Scale("wellbeing", 0, 10, better=2, worse=2, higher_is_worse=False)
    turned = cohort.ratings.assign(pain=10 - cohort.ratings["pain"])
    fit = pt.fit_curves(pt.read_diary(turned, scale=scale), horizon=84)
    text = pt.methods_text(fit, pt.classify(fit))
    assert "Worse is a level 2 points or more below the start" in text
    assert "better 2 points or more above it" in text


def test_what_only_a_paper_can_show_is_to_do(fit, courses):
    table = pt.grolts_table(fit, courses).set_index("item")
    assert table.loc[["14a", "14c", "16"], "answer"].tolist() == ["to do"] * 3
