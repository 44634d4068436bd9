"""Columns of other types than NumPy's: grouped, modelled, written and read as plain ones are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import paintrend as pt

N = 16
ARM = pd.Series(np.where(np.arange(N) % 2 == 0, "a", "b"))


@pytest.fixture(scope="module")
def ratings():
    return pt.simulate_cohort(N, covariates={}, seed=6).ratings


def fit_with(ratings, column):
    place = ratings["patient_id"].factorize()[0]
    table = ratings.assign(group=column.take(place).array)
    return pt.fit_curves(pt.read_diary(table, "nrs"), horizon=84, draws=40, workers=1)


def gap(column):
    return column.mask(np.arange(len(column)) == 3)


KINDS = {
    "unused category": (pd.Series(pd.Categorical(ARM, ["b", "a", "c"])), "a", "b"),
    "boolean": ((ARM == "b").astype("boolean"), "False", "True"),
    "boolean with a gap": (gap((ARM == "b").astype("boolean")), "False", "True"),
    "Int64 with a gap": (gap((ARM == "b").astype("Int64")), "0", "1"),
    "bool[pyarrow]": ((ARM == "b").astype("bool[pyarrow]"), "False", "True"),
    "bands": (pd.Series(pd.cut(np.arange(N), [-1, 8, 20])), "(-1, 8]", "(8, 20]"),
    "dictionary[pyarrow]": (ARM, "a", "b"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_groups_and_formulas_take_them(ratings, kind):
    column, *groups = KINDS[kind]
    if kind.startswith("dictionary"):
        column = column.astype(_dictionary())
    fit = fit_with(ratings, column)
    shares = pt.prevalence(fit, by="group", m=2).table()
    assert list(shares["group"].unique()) == groups
    terms = pt.regress(fit, "end_change ~ group", m=2).table().index
    assert len(terms) == 2


@pytest.mark.parametrize("kind", ["bands", "dictionary[pyarrow]"])
def test_they_are_written_and_read_again(ratings, tmp_path, kind):
    column, *_ = KINDS[kind]
    if kind.startswith("dictionary"):
        column = column.astype(_dictionary())
    fit = fit_with(ratings, column)
    pt.write_fit(fit, tmp_path / "fit.zip")
    again = pt.read_fit(tmp_path / "fit.zip").diary.patients["group"]
    assert again.tolist() == column.astype(str).tolist() == fit.diary.patients["group"].tolist()
    pt.write_diary(fit.diary, tmp_path / "diary.parquet")
    assert pt.read_diary(tmp_path / "diary.parquet", "nrs").patients["group"].tolist() == list(
        again
    )


def test_a_group_that_was_left_out_is_no_group(ratings):
    third = pd.Series(pd.Categorical(np.where(np.arange(N) < 4, "c", ARM)))
    fit = fit_with(ratings, third)
    rest = fit.select(fit.patient_ids[4:])
    assert list(pt.prevalence(rest, by="group", m=2).table()["group"].unique()) == ["a", "b"]


def test_columns_from_outside_too(ratings):
    fit = fit_with(ratings, ARM)
    outside = pd.DataFrame({"works": gap(ARM == "a").astype("boolean")})
    found = pt.regress(fit, "end_change ~ works", outside=outside.set_axis(fit.patient_ids), m=2)
    assert list(found.table().index) == ["Intercept", "works[T.True]"]


def _dictionary():
    pa = pytest.importorskip("pyarrow")
    return pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string()))
