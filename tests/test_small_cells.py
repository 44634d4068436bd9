"""Small cells are left out, with those that would give them away."""

import itertools

import numpy as np
import pandas as pd
import pytest

import paintrend as pt
from paintrend.core.course_rules import COURSES
from paintrend.results.prevalence import PARTS, Prevalence
from paintrend.results.responders import Responders

NUMBERS = ["share", "low", "high"]


def prevalence_table(counts_by_group: dict[str, dict[str, float]]) -> pd.DataFrame:
    rows = []
    for group, counts in counts_by_group.items():
        n = float(sum(counts.values()))
        every = {name: counts.get(name, 0.0) for name in COURSES}
        sums = {name: sum(every[p] for p in parts) for name, parts in PARTS.items()}
        rows += [
            {"group": group, "among": "all", "course": name, "share": c / n, "low": 0.0,
             "high": 1.0, "n": n}
            for name, c in {**every, **sums}.items()
        ]  # fmt: skip
    return pd.DataFrame(rows)


def test_no_small_course_can_be_worked_out():
    counts = {"improving": 30, "worse_before_better": 12, "transient_worsening": 3, "unchanged": 20}
    big = dict.fromkeys(COURSES, 10.0)
    table = prevalence_table({"a": counts, "b": big, "c": {"improving": 4}})
    shown = Prevalence(table, pd.DataFrame(), "arm", (), None, 0.9).table(suppress_below=5)
    a = shown[shown["group"] == "a"].set_index("course")
    # the small one, the smallest of the others, and every sum that holds one of the two
    out = {"transient_worsening", "worse_before_better", "dip", "end_better"}
    assert set(a.index[a["suppressed"]]) == out
    assert a.loc[sorted(out), NUMBERS].isna().all().all()
    assert a.loc["improving", "share"] == 30 / 65
    assert (a["n"] == 65).all()
    assert not shown.loc[shown["group"] == "b", "suppressed"].any()
    assert shown.loc[shown["group"] == "c", [*NUMBERS, "n"]].isna().all().all()


def test_what_is_left_has_more_than_one_solution():
    """Whatever one cell is: with the total known, two unknown cells or more are left."""
    rng = np.random.default_rng(0)
    for _ in range(200):
        counts = dict(zip(COURSES, rng.integers(0, 12, len(COURSES)).astype(float), strict=True))
        table = prevalence_table({"a": {**counts, "unchanged": 20.0}})
        out = pt.suppress_small_cells(table, within=("group", "among"), parts=PARTS)
        cells = out[out["course"].isin(COURSES)]
        small = (table["share"] * table["n"]).between(0.5, 4.5)
        assert out.loc[small, "suppressed"].all()
        assert cells["suppressed"].sum() != 1


def test_few_others_are_a_small_cell_too():
    table = pd.DataFrame(
        {"group": "a", "among": "all", "responder": ["30%", "50%", "points"],
         "share": [0.95, 0.5, 0.02], "low": 0.0, "high": 1.0, "n": 60.0}
    )  # fmt: skip
    found = Responders(table, pd.DataFrame(), "arm", None, 0.9)
    assert found.table(suppress_below=5)["suppressed"].tolist() == [True, False, True]
    pd.testing.assert_frame_equal(found.table(), table)


def test_a_cell_that_holds_everybody_leaves_nobody_out():
    full = pd.DataFrame({"group": "a", "responder": ["all", "most"], "share": [1.0, 0.95], "n": 60})
    found = pt.suppress_small_cells(full, complement=True)
    assert found["suppressed"].tolist() == [False, True]
    assert not pt.suppress_small_cells(full)["suppressed"].any()


@pytest.mark.parametrize("below", [0, -1, float("nan"), "5", True])
def test_a_wrong_bound_is_refused(below):
    with pytest.raises(pt.InputError, match="positive number"):
        pt.suppress_small_cells(pd.DataFrame({"n": [1.0]}), below=below)


def test_what_is_no_table_is_refused():
    with pytest.raises(pt.InputError, match="takes a table with counts, got str"):
        pt.suppress_small_cells("counts.csv")


def test_a_missing_column_is_named():
    with pytest.raises(pt.InputError, match="no column n, arm"):
        pt.suppress_small_cells(pd.DataFrame({"x": [1.0]}), within=["arm"])


def test_whole_numbers_can_be_left_out():
    table = pd.DataFrame({"arm": ["a", "b"], "n": [3, 50], "events": [1, 9]})
    out = pt.suppress_small_cells(table)
    assert np.isnan(out["events"]).tolist() == [True, False]
    assert list(itertools.chain(out.columns)) == ["arm", "n", "events", "suppressed"]
