"""Course probabilities over time."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from paintrend.core.course_rules import COURSES
from paintrend.errors import UnknownPatientError
from paintrend.monitoring.records import Monitor
from paintrend.plots.outlook_numbers import LAYERS, outlook_info
from paintrend.plots.outlooks import draw_outlooks, plot_outlooks
from paintrend.results.criteria import Criteria
from paintrend.results.diary import Diary
from paintrend.scales import get_scale

HERE, OPEN, AWAY = "here", "open <i>", "away"


def look(name, day, course, shares):
    given = {f"p_{c}": shares.get(c, 0.0) for c in COURSES}
    return {"patient_id": name, "day": day, "course": course, "p_end_better": 0.5, **given}


@pytest.fixture(scope="module")
def watched():
    scale = get_scale("nrs")
    rated = [(n, d) for n in (HERE, OPEN) for d in (0, 28, 56, 84)] + [(AWAY, 0), (AWAY, 28)]
    ratings = pd.DataFrame(rated, columns=["patient_id", "day"]).assign(pain=5.0, inclusion=False)
    told = {"improving": 0.75, "unchanged": 0.25}
    even = {"improving": 0.4, "sustained_deterioration": 0.35, "unchanged": 0.25}
    rows = [look(HERE, d, "improving", told) for d in (0, 28, 56, 84)]
    rows += [look(OPEN, d, "cannot_tell", even) for d in (0, 28, 56, 84)]
    rows += [look(AWAY, d, "improving", told) for d in (0, 28)]
    names = [HERE, OPEN, AWAY]
    population = SimpleNamespace(horizon=84.0, text="Made up.")
    return Monitor(
        diary=Diary(ratings, pd.DataFrame(index=pd.Index(names, name="patient_id")), scale),
        populations=(population,),
        fold=dict.fromkeys(names, 0),
        criteria=Criteria().resolve(scale, 84),
        looks=pd.DataFrame(rows),
        coming=pd.DataFrame(),
    )


def shares_on(info, day):
    return dict(zip(LAYERS, info.shares[info.day.tolist().index(day)], strict=True))


def test_who_cannot_be_told_and_who_is_lost_count_whole(watched):
    info = outlook_info(watched)
    assert np.allclose(info.shares.sum(axis=1), 1)
    first = shares_on(info, 0)
    assert first["improving"] == pytest.approx(2 * 0.75 / 3)
    assert first["cannot_tell"] == pytest.approx(1 / 3)
    assert first["lost"] == 0
    later = shares_on(info, 56)
    assert later["lost"] == pytest.approx(1 / 3)
    assert later["unchanged"] == pytest.approx(0.25 / 3)
    assert later["sustained_deterioration"] == 0


def test_one_patient_keeps_the_probabilities_where_no_course_is_named(watched):
    info = outlook_info(watched, OPEN)
    assert info.undecided.all()
    assert shares_on(info, 28)["sustained_deterioration"] == pytest.approx(0.35)
    figure = draw_outlooks(info)
    assert any(trace.name == "no course named" for trace in figure.data)
    assert "open &lt;i&gt;" in figure.layout.title.text
    assert figure.layout.yaxis.title.text == "share of curves"
    assert info.caption[0].startswith("1 patient; 4 ratings")
    hover = [text for trace in figure.data for text in trace.hovertext]
    assert not any("patient" in text for text in hover)
    with pytest.raises(UnknownPatientError):
        outlook_info(watched, "nobody")


def test_layers_differ_by_pattern_too(watched):
    figure = plot_outlooks(watched)
    looks = [(t.fillcolor, t.fillpattern.shape) for t in figure.data if t.stackgroup]
    assert len(set(looks)) == len(LAYERS)
    dark = [shape for colour, shape in looks if colour not in ("#D9D9D9", "#FFFFFF")]
    assert len(set(dark)) == len(COURSES)
    words = figure.layout.annotations[-1].text
    assert "0 missing" in words
    assert "Worse: 2 points" in words
