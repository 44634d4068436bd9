"""Monitoring: each look equals a fit of what was known then, and knows nothing of what came
later."""

import numpy as np
import pandas as pd
import pytest

import paintrend as pt
from paintrend.errors import (
    DiaryError,
    HorizonError,
    InputError,
    PopulationError,
    UnknownPatientError,
)
from paintrend.monitoring.folds import crossfit
from paintrend.monitoring.looks import look_table

DRAWS = 60


def read(frame, **options):
    return pt.read_diary(frame, scale="nrs", **options)


@pytest.fixture(scope="module")
def population():
    others = read(pt.simulate_cohort(40, seed=2).ratings)
    return pt.fit_curves(others, horizon=84, draws=20).population


@pytest.fixture(scope="module")
def frame():
    return pt.simulate_cohort(10, seed=7).ratings


@pytest.fixture(scope="module")
def diary(frame):
    return read(frame)


@pytest.fixture(scope="module")
def watched(diary, population):
    return pt.monitor(diary, population=population, draws=DRAWS, workers=2)


def altered(frame, day, ids=None):
    """Other ratings after a day, some dropped and some on other days."""
    later = frame["day"] > day
    if ids is not None:
        later &= frame["patient_id"].isin(ids)
    changed = frame.copy()
    changed.loc[later, "pain"] = 10 - changed.loc[later, "pain"]
    changed.loc[later, "day"] += 1
    return changed[~later | (np.arange(len(frame)) % 3 > 0)]


def same(first, second):
    """Compare tables, numbers to the last bit."""
    pd.testing.assert_frame_equal(
        first.reset_index(drop=True), second.reset_index(drop=True), check_exact=True
    )


def test_a_look_is_the_fit_of_what_was_known_then(diary, population):
    fit = pt.fit_curves(diary, population=population, draws=DRAWS)
    for day in (0.0, 28.0, 84.0):
        early = fit.as_of(day)
        courses = pt.classify(early).table()
        looks = pd.DataFrame({"patient_id": diary.patient_ids, "day": day})
        found = look_table(diary, population, looks, draws=DRAWS)
        same(found[courses.columns], courses)
        worsening = pt.Criteria().resolve(diary.scale, 84.0).worsening
        at = int(np.abs(fit.grid - day).argmin())
        for row, name in enumerate(diary.patient_ids):
            change = early.draws(name)[:, at] - early.draws(name)[:, 0]
            assert found["p_raised"][row] == pytest.approx((change >= worsening).mean())
            assert found["level"][row] == pytest.approx(np.median(early.draws(name)[:, at]))


def test_the_table_does_not_depend_on_workers_or_on_the_company(diary, population, watched):
    alone = pt.monitor(diary.select(["P003"]), population=population, draws=DRAWS, workers=1)
    table = watched.table()
    same(alone.table(), table[table["patient_id"] == "P003"])


@pytest.mark.parametrize("day", [14.0, 42.0])
def test_nothing_reported_for_a_day_knows_a_later_rating(frame, population, day):
    before, after = (
        pt.monitor(read(f), population=population, draws=DRAWS, plan="all")
        for f in (frame, altered(frame, day))
    )
    early = [m.table()[lambda t: t["day"] <= day] for m in (before, after)]
    assert len(early[0]) > 10
    same(*early)
    same(*(m.coming[m.coming["day"] <= day] for m in (before, after)))
    late = [m.table()[lambda t: t["day"] > day]["p_end_better"].mean() for m in (before, after)]
    assert late[0] != late[1]


def test_cross_fitting_does_not_let_a_patient_see_the_own_fold(frame):
    day, options = 28.0, {"horizon": 84, "folds": 2, "draws": DRAWS, "plan": "all"}
    before = pt.monitor(read(frame), **options)
    assert before.cross_fitted
    seen = 0
    for k in range(2):
        judged = [name for name, fold in before.fold.items() if fold == k]
        # all that is learned from the judged patients is learned again from other ratings
        after = pt.monitor(read(altered(frame, day, judged)), **options)
        assert after.fold == before.fold
        other = 1 - k
        shapes = [m.populations[other].prior.shape for m in (before, after)]
        assert not np.array_equal(*shapes)
        tables = [m.table() for m in (before, after)]
        kept = [t[(t["day"] <= day) & t["patient_id"].isin(judged)] for t in tables]
        seen += len(kept[0])
        same(*kept)
        coming = [m.coming for m in (before, after)]
        same(*(c[(c["day"] <= day) & c["patient_id"].isin(judged)] for c in coming))
    assert seen == (before.table()["day"] <= day).sum()


def test_folds_share_out_all_patients_whatever_their_order(frame, diary):
    fitted = crossfit(diary, horizon=84, folds=3)
    turned = crossfit(read(frame.iloc[::-1]), horizon=84, folds=3)
    assert fitted.fold == turned.fold
    assert sorted(fitted.fold) == sorted(diary.patient_ids)
    sizes = np.bincount(list(fitted.fold.values()))
    assert sizes.max() - sizes.min() <= 1
    learned = [p.n_patients for p in fitted.populations]
    assert learned == [len(diary) - n for n in sizes]


def test_days_looked_at(diary, frame, watched, population):
    table = watched.table()
    own = frame[(frame["patient_id"] == "P002") & (frame["day"] >= 0)].dropna()["day"]
    assert table.loc[table["patient_id"] == "P002", "day"].tolist() == sorted(own)
    weekly = pt.monitor(diary.up_to(21), population=population, every=7, draws=20, plan="none")
    assert weekly.table().groupby("patient_id")["day"].apply(list).map(tuple).unique().tolist() == [
        (0.0, 7.0, 14.0, 21.0)
    ]


def test_a_patient_without_a_rating_has_a_row(population):
    frame = pd.DataFrame({"patient_id": ["A", "A", "B"], "day": [0, 7, 7], "pain": [5, 6, np.nan]})
    watched = pt.monitor(read(frame), population=population, draws=20)
    row = watched.latest().set_index("patient_id").loc["B"]
    assert row["now"] == "not_rated"
    assert row["state"] == "Not rated yet; cannot tell"
    with pytest.raises(InputError, match="'B' has no rating"):
        watched["B"].forecast()


def test_ratings_after_the_horizon_are_set_aside_and_listed(population):
    frame = pd.DataFrame({"patient_id": "A", "day": [0, 7, 100], "pain": [5, 6, 9]})
    watched = pt.monitor(read(frame), population=population, draws=20)
    assert watched.table()["day"].tolist() == [0.0, 7.0]
    assert watched.set_aside["day"].tolist() == [100.0]
    assert "1 rating after the horizon, in no look" in repr(watched)


def test_adding_a_rating_gives_what_a_new_start_gives(diary, population):
    early = pt.monitor(diary.up_to(28), population=population, draws=DRAWS, plan="none")
    longer = early.add("P002", 31, 7, plan="none").add("P005", 30, 2, plan="none")
    again = pt.monitor(longer.diary, population=population, draws=DRAWS, plan="none")
    same(longer.table(), again.table())
    assert len(early.table()) == len(longer.table()) - 2


@pytest.mark.parametrize(
    ("rating", "error", "text"),
    [
        (("P002", 20, 5), InputError, "clock runs backwards"),
        (("P002", 90, 5), InputError, "after the horizon, day 84"),
        (("P002", float("nan"), 5), InputError, "day must be a finite number"),
        (("P002", 40, 11), DiaryError, "off the scale"),
        (("nobody", 40, 5), UnknownPatientError, "nobody"),
    ],
)
def test_a_rating_that_cannot_be_added(diary, population, rating, error, text):
    early = pt.monitor(diary.up_to(28), population=population, draws=20, plan="none")
    with pytest.raises(error, match=text):
        early.add(*rating)


def test_populations_that_do_not_suit_are_refused(diary, frame, population):
    own = pt.fit_curves(diary, horizon=84, draws=20).population
    with pytest.raises(PopulationError, match="10 of 10 patients were in the population"):
        pt.monitor(diary, population=own)
    with pytest.raises(PopulationError, match="were in the population"):
        pt.monitor(diary.up_to(14), population=own)
    with pytest.raises(PopulationError, match="horizon: 84 there, 90 here"):
        pt.monitor(diary, population=population, horizon=90)
    with pytest.raises(PopulationError, match=r"scale high: 10\S* there"):
        pt.monitor(
            pt.read_diary(frame.assign(pain=frame["pain"] * 10), scale="vas"),
            population=population,
        )
    hours = frame.rename(columns={"day": "time"})
    with pytest.raises(PopulationError, match="time unit: learned from ratings timed in days"):
        pt.monitor(read(hours, time_unit="hours"), population=population)


def test_options_are_refused_all_at_once(diary):
    with pytest.raises(InputError) as error:
        pt.monitor(diary, horizon=84, every=0, plan="x", schedule=[7, 7])
    for part in ("every must be", "plan must be", "day 7 comes after day 7"):
        assert part in str(error.value)
    with pytest.raises(InputError, match="needs a diary"):
        pt.monitor("diary.csv", horizon=84)
    with pytest.raises(HorizonError, match="cross-fit"):
        pt.monitor(diary)
    with pytest.raises(InputError, match="at least 2"):
        pt.monitor(diary.select(["P001"]), horizon=84)


def test_the_forecast_is_the_curve_as_it_was_known(diary, population, watched):
    fit = pt.fit_curves(diary, population=population, draws=DRAWS)
    table = watched["P004"].forecast(28)
    curve = fit.as_of(28)["P004"].curve
    for name in ("day", "median", "low", "high"):
        np.testing.assert_allclose(table[name], curve[name], rtol=0, atol=1e-9)
    # ratings are rounded: where noise is small half a point is all that the band may be narrower
    assert (table["rating_low"] <= table["low"] + 0.5).mean() > 0.95
    assert (table["rating_high"] >= table["high"] - 0.5).mean() > 0.95
    assert (table["rating_high"] - table["rating_low"] - table["high"] + table["low"]).mean() > 0.5
    assert set(np.unique(table[["rating_low", "rating_high"]])) <= set(range(11))


def test_texts_of_results(watched):
    assert repr(watched).startswith("Monitor: 10 patients looked at")
    assert "<script" not in watched._repr_html_()
    one = watched["P001"]
    assert one.state in repr(one)
    assert one.state in one._repr_html_().replace("&gt;", ">").replace("&lt;", "<")
