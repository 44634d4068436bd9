"""Each comparator does what its users expect of it on ratings without doubt."""

import sys

import numpy as np
import pandas as pd
import pytest

from paintrend.core.course_rules import COURSES

DAYS = np.arange(-14.0, 85.0, 7.0)


@pytest.fixture(scope="module")
def benchmarks(root):
    """Put the benchmark scripts on the path, as running them does."""
    sys.path.insert(0, str(root / "benchmarks"))
    yield
    sys.path.remove(str(root / "benchmarks"))


def cohort_of(curves):
    from worlds import WORLDS, Cohort

    rng = np.random.default_rng(0)
    rows = [
        pd.DataFrame(
            {
                "patient_id": f"{i:05d}",
                "day": DAYS,
                "pain": np.clip(np.round(curve + 0.1 * rng.normal(size=15)), 0, 10),
            }
        )
        for i, curve in enumerate(curves)
    ]
    return Cohort(WORLDS["weekly"], pd.concat(rows, ignore_index=True), None)


NAMES = (
    "naive rule",
    "raw ratings",
    "rolling mean",
    "smoothing spline",
    "curve fitting",
    "mixed model",
    "change points",
    "segmented",
    "reliable change",
    "sudden gains",
)


@pytest.mark.parametrize("name", NAMES)
def test_plain_courses_are_named(benchmarks, name):
    from tools import TOOLS

    assert tuple(TOOLS) == NAMES
    tool = TOOLS[name]
    if tool.missing:
        pytest.skip(tool.missing)
    after = np.maximum(DAYS, 0.0)
    better = np.where(DAYS >= 28, 2.0, 8.0)
    worse = np.where(DAYS >= 28, 8.5, 2.0)
    same = 5.0 + 0.0 * after
    courses = [COURSES[code] for code in tool.judge(cohort_of([better, worse, same] * 6))]
    # a model of the cohort smooths a step; everybody else has no excuse
    expected = ["improving", "sustained_deterioration", "unchanged"] * 6
    assert courses == expected


def test_a_single_high_rating_fools_the_naive_rule_only(benchmarks):
    from tools import TOOLS

    spike = np.where(DAYS == 21, 8.0, 5.0) - (DAYS == 84)
    names = {
        name: COURSES[TOOLS[name].judge(cohort_of([spike] * 3))[0]]
        for name in ("naive rule", "rolling mean", "segmented", "sudden gains")
    }
    assert names == {
        "naive rule": "worse_before_better",
        "rolling mean": "unchanged",
        "segmented": "unchanged",
        "sudden gains": "unchanged",
    }


def test_sudden_gains_by_hand(benchmarks):
    from tools.sudden_gains import sudden_changes

    y = np.array([7.0, 8.0, 7.0, 3.0, 2.0, 3.0, 3.0])
    assert sudden_changes(y, 1.0) == [2]
    assert sudden_changes(10.0 - y, -1.0) == [2]
    # two points, but less than a quarter of the rating before; and noise all around
    assert sudden_changes(np.array([9.0, 9.0, 9.0, 7.0, 7.0, 7.0]), 1.0) == []
    assert sudden_changes(np.array([4.0, 8.0, 6.0, 3.0, 7.0, 4.0]), 1.0) == []


def test_reliable_change_needs_more_than_the_noise(benchmarks):
    from tools.reliable_change import _course

    later = np.array([5.0, 5.0, 2.5])
    assert COURSES[_course(5.0, later, 2.0)] == "improving"
    assert COURSES[_course(5.0, later, 3.0)] == "unchanged"
    assert COURSES[_course(5.0, np.array([8.0, 5.0, 1.0]), 3.0)] == "worse_before_better"
