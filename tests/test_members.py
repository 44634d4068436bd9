"""Members: whether a patient is one of those that a population was learned from."""

import numpy as np
import pandas as pd
import pytest

import paintrend as pt
from paintrend.core.em import Ratings
from paintrend.results.members import (
    FIRST_RATINGS,
    meet_members,
    member_digests,
    more_than_chance,
)


def ratings(*patients):
    """Ratings of (id, values), one a week."""
    days = [7.0 * np.arange(len(values)) for _, values in patients]
    return Ratings(
        np.concatenate(days),
        np.concatenate([np.asarray(values, dtype=float) for _, values in patients]),
        np.cumsum([0, *(len(values) for _, values in patients)]),
        [name for name, _ in patients],
    )


LONG = [5, 6, 7, 8, 7, 6, 4, 3, 2, 2]
SHORT = [4, 4]
KNOWN = member_digests(ratings(("A", LONG), ("B", SHORT)))


@pytest.mark.parametrize("n", range(1, len(LONG) + 1))
def test_a_member_is_met_however_far_the_follow_up_has_come(n):
    assert meet_members(ratings(("A", LONG[:n])), KNOWN).sure == ("A",)


def test_a_member_with_few_ratings_is_met_after_further_ones():
    assert meet_members(ratings(("B", [*SHORT, 5, 5, 5, 5, 5, 5, 5])), KNOWN).sure == ("B",)


def test_another_patient_is_not_met():
    others = ratings(("A", [5, 6, 7, 8, 7, 6, 4, 4]), ("C", LONG), ("B", [4, 3]))
    assert meet_members(others, KNOWN) == ((), ())
    assert meet_members(ratings(("A", LONG)), frozenset()) == ((), ())


def test_few_ratings_that_agree_are_sure_only_where_many_patients_agree():
    strangers = [(f"X{i}", [1, 2, 3]) for i in range(4)]
    few = meet_members(ratings(("A", LONG[:3]), *strangers), KNOWN)
    assert few == ((), ("A",))
    many = meet_members(ratings(("A", LONG[:FIRST_RATINGS]), *strangers), KNOWN)
    assert many == (("A",), ())


def test_patients_of_another_cohort_with_the_same_ids_are_seldom_taken_for_members():
    cohorts = [pt.read_diary(pt.simulate_cohort(60, seed=s).ratings, scale="nrs") for s in (1, 2)]
    assert cohorts[0].patient_ids == cohorts[1].patient_ids
    population = pt.fit_curves(cohorts[0], horizon=84, draws=20).population
    early = cohorts[1].up_to(0)
    assert not pt.fit_curves(early, population=population, draws=20).as_of(0).retrospective


def random_patients(prefix, n, seed):
    rng = np.random.default_rng(seed)
    return [
        (f"{prefix}{i:02d}", day, int(rng.integers(2, 9)))
        for i in range(n)
        for day in (0, 28, 56, 84)
    ]


def test_members_among_strangers_make_it_retrospective_and_are_told():
    columns = ["patient_id", "day", "pain"]
    old, new = random_patients("O", 40, 0), random_patients("N", 50, 1)
    known = pd.DataFrame(old, columns=columns)
    population = pt.fit_curves(pt.read_diary(known, scale="nrs"), horizon=84, draws=20).population
    mixed = pt.read_diary(pd.DataFrame(old + new, columns=columns), scale="nrs")
    fit = pt.fit_curves(mixed, population=population, draws=20)
    early = fit.as_of(28)
    assert early.retrospective
    assert pt.classify(early).retrospective
    for text in (repr(fit), repr(early), fit._repr_html_()):
        assert "40 of 90 patients have the id and the first ratings" in text
    others = pt.read_diary(pd.DataFrame(new, columns=columns), scale="nrs")
    alone = pt.fit_curves(others, population=population, draws=20)
    assert (alone.as_of(28).retrospective, alone.notices) == (False, ())


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("visits", [(0,), (0, 28), (0, 28, 56, 84)])
def test_others_with_the_same_ids_are_not_more_than_chance(seed, visits):
    ours, theirs = (
        ratings(*((f"P{i}", values) for i, values in enumerate(drawn)))
        for drawn in np.random.default_rng(seed).binomial(10, 0.5, (2, 60, len(visits)))
    )
    assert not more_than_chance(ours, member_digests(theirs))
    assert more_than_chance(ours, member_digests(ours))


def test_ratings_that_everybody_gives_prove_nothing():
    same = [(f"P{i}", [5, 5, 5, 5]) for i in range(10)]
    strangers = [(f"X{i}", [5, 5, 5, 5]) for i in range(40)]
    assert not more_than_chance(ratings(*same, *strangers), member_digests(ratings(*same)))


def test_a_population_from_a_file_knows_its_members(tmp_path):
    diary = pt.read_diary(pt.simulate_cohort(12, seed=1).ratings, scale="nrs")
    learned = pt.fit_curves(diary, horizon=84, draws=20).population
    for members, expected in ((True, True), (False, False)):
        path = pt.write_population(learned, tmp_path / "p.json", members=members)
        again = pt.fit_curves(diary, population=pt.read_population(path), draws=20)
        assert again.as_of(21).retrospective is expected
    assert "P001" not in (tmp_path / "p.json").read_text()
