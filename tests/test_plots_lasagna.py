"""The heat map of ratings."""

from dataclasses import replace

import numpy as np
import pytest

from paintrend.courses import classify
from paintrend.plots.lasagna import draw_lasagna, plot_lasagna
from paintrend.plots.lasagna_numbers import GONE, MISSING, RATED, SPARSE, lasagna_info

from .fakes import make_fake_fit


def info_of(n):
    fit = make_fake_fit(n)
    return fit, lasagna_info(fit, classify(fit))


def test_cells_are_means_of_the_ratings_around_their_day():
    fit, info = info_of(10)
    ratings = fit.diary.ratings
    for name in ("P001", "P005"):
        row = info.names.index(name)
        own = ratings[ratings["patient_id"] == name]
        for b in range(info.level.shape[1]):
            a, z = info.edges[b], info.edges[b + 1]
            inside = own[(own["day"] >= a) & (own["day"] < z)]["pain"]
            if len(inside):
                assert info.level[row, b] == pytest.approx(inside.mean())
                assert info.kind[row, b] == RATED
            else:
                assert np.isnan(info.level[row, b])


def test_missing_and_lost_are_told_apart():
    fit = make_fake_fit(10)
    ratings = fit.diary.ratings
    hole = (ratings["patient_id"] == "P001") & (ratings["day"] == 28)
    fit = replace(fit, diary=replace(fit.diary, ratings=ratings[~hole]))
    info = lasagna_info(fit, classify(fit))
    at = int(np.searchsorted(info.edges, 28) - 1)
    assert info.kind[info.names.index("P001"), at] == MISSING
    lost = info.kind[info.names.index("P005")]
    assert (lost[int(np.searchsorted(info.edges, 35)) :] == GONE).all()
    words = info.hover[info.names.index("P005")]
    assert "after the last one" in words[-1]
    figure = draw_lasagna(info)
    patterns = {t.marker.pattern.shape for t in figure.data if t.type == "bar"}
    assert patterns == {"/", "."}


def test_rows_are_ordered_by_course_and_counted():
    fit, info = info_of(40)
    assert sum(band.n_patients for band in info.bands) == 40
    assert [band.start for band in info.bands[1:]] == [band.stop for band in info.bands[:-1]]
    named = classify(fit).table()["course"].value_counts()
    assert {band.course: band.n_patients for band in info.bands} == named.to_dict()


def test_many_patients_share_rows_and_the_caption_says_so():
    fit = make_fake_fit(320, n_draws=20)
    ratings = fit.diary.ratings
    # three of four patients miss the visit on day 28
    gone = (ratings["day"] == 28) & ~ratings["patient_id"].str.endswith(("1", "5", "9"))
    gone |= (ratings["day"] == 28) & ratings["patient_id"].str[-2].isin(list("13579"))
    fit = replace(fit, diary=replace(fit.diary, ratings=ratings[~gone]))
    info = lasagna_info(fit, classify(fit))
    assert len(info.names) <= 160
    assert "mean of up to 3 neighbours" in " ".join(info.caption)
    at = int(np.searchsorted(info.edges, 28) - 1)
    few = {SPARSE, MISSING, GONE}
    assert (info.kind[:, at] == SPARSE).any()
    assert (
        np.isin(info.kind[:, at], list(few)).mean()
        > np.isin(info.kind[:, at + 1], list(few)).mean()
    )
    assert "of 3 rated" in info.hover[0][0]
    figure = draw_lasagna(info)
    hatched = next(trace for trace in figure.data if trace.name == "fewer than half rated")
    assert len(hatched.y) == (info.kind == SPARSE).sum()
    assert len(figure.to_json()) < 900_000


def test_small_cohorts_show_numbers_and_names_are_escaped():
    fit = make_fake_fit(10)
    figure = plot_lasagna(fit, classify(fit))
    heat = next(trace for trace in figure.data if trace.type == "heatmap")
    assert heat.texttemplate == "%{text}"
    assert "darker = worse" in figure.layout.title.text
    ratings = fit.diary.ratings.replace({"patient_id": {"P001": "<b>x</b>"}})
    patients = fit.diary.patients.rename(index={"P001": "<b>x</b>"})
    ids = tuple("<b>x</b>" if i == "P001" else i for i in fit.patient_ids)
    hostile = replace(
        fit,
        patient_ids=ids,
        info=fit.info.rename(index={"P001": "<b>x</b>"}),
        diary=replace(fit.diary, ratings=ratings, patients=patients),
    )
    shown = plot_lasagna(hostile, classify(hostile))
    assert "<b>x</b>" not in shown.to_json().replace("\\u003c", "<").replace("\\u003e", ">")
