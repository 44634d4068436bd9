"""Sessions in pictures and lists of patients: shown and told, and they change nothing else."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import paintrend as pt
from paintrend.errors import InputError
from paintrend.plots.monitor import draw_monitor
from paintrend.plots.monitor_numbers import monitor_info
from paintrend.plots.panel import panel_info
from paintrend.plots.patient import draw_patient
from paintrend.plots.patient_numbers import patient_info
from paintrend.plots.sparkline import sparkline_svg
from paintrend.review import review_order

from .fakes import make_fake_fit

HOSTILE = "<script>1</script> %{y}"
ROWS = [
    ("P001", 12, "attended", "exercise", 3.5, "B", ""),
    ("P001", 20, "cancelled", "", None, "", "pain"),
    ("P001", 40, "attended", "", None, "", ""),
    ("P001", 60, "planned", "", None, "", ""),
]


def sessions_of(*rows):
    names = ["patient_id", "day", "status", "type", "dose", "therapist", "reason"]
    return pt.read_sessions(pd.DataFrame([(*row, *[""] * 7)[:7] for row in rows], columns=names))


def thrice_weekly(ids, weeks=12):
    days = [7.0 * week + day for week in range(weeks) for day in (0, 2, 4)]
    return sessions_of(*[(one, day, "attended") for one in ids for day in days])


@pytest.fixture(scope="module")
def fit():
    return make_fake_fit(10)


@pytest.fixture(scope="module")
def courses(fit):
    return pt.classify(fit)


@pytest.fixture(scope="module")
def info(fit, courses):
    return patient_info(fit["P001"], courses["P001"], sessions=sessions_of(*ROWS))


def trace(figure, name):
    (found,) = [one for one in figure.data if one.name == name]
    return found


# The picture of a patient


def test_each_session_is_a_mark_below_the_scale_told_apart_by_symbol(info):
    assert [(mark.day, mark.status) for mark in info.sessions] == [row[1:3] for row in ROWS]
    figure = draw_patient(info)
    held, planned, off = (
        trace(figure, name) for name in ("session", "session planned", "session cancelled")
    )
    assert [list(one.x) for one in (held, planned, off)] == [[12, 40], [60], [20]]
    assert len({one.marker.symbol for one in (held, planned, off)}) == 3
    assert len({one.marker.color for one in (held, planned, off)}) == 1
    bottom = figure.layout.yaxis.range[0]
    assert all(bottom < y < info.scale.low for one in (held, planned, off) for y in one.y)
    assert not any(shape.x0 in (12, 20, 40, 60) for shape in figure.layout.shapes)


def test_hovering_tells_what_is_known_of_a_session(info):
    figure = draw_patient(info)
    assert trace(figure, "session").hovertext[0] == (
        "session on day 12 (attended; intensity 3.5; exercise; therapist B)"
    )
    off = trace(figure, "session cancelled").hovertext[0]
    assert off == "session on day 20 (cancelled; reason pain)"


def test_ratings_tell_the_days_since_the_last_session_attended(fit, courses, info):
    day = fit["P001"].ratings["day"].to_numpy()
    notes = dict(zip(day.tolist(), info.ratings.notes, strict=True))
    assert notes[0.0] == ""
    assert notes[14.0] == "2 days after a session"
    # not after the cancelled one of day 20
    assert notes[21.0] == "9 days after a session"
    shown = trace(draw_patient(info), "rating").hovertext
    assert any(text.startswith("day 14: ") and "2 days after a session" in text for text in shown)
    plain = patient_info(fit["P001"], courses["P001"])
    assert set(plain.ratings.notes) == {""}


def test_notes_of_the_file_stay_beside_the_tag(fit, courses):
    ratings = fit.diary.ratings.assign(taken="evening")
    noted = replace(fit, diary=replace(fit.diary, ratings=ratings))
    info = patient_info(noted["P001"], courses["P001"], sessions=sessions_of(*ROWS))
    assert info.ratings.notes[0] == "taken: evening"
    assert "2 days after a session\ntaken: evening" in info.ratings.notes


def test_the_caption_counts_them_and_says_whether_the_curve_knows(fit, courses, info):
    assert info.caption[-1] == (
        "4 sessions (2 attended, 1 planned, 1 cancelled): sessions are shown, not modelled."
    )
    modelled = replace(fit["P001"], sessions_modelled=True)
    caption = patient_info(modelled, courses["P001"], sessions=sessions_of(*ROWS)).caption
    assert "not modelled" not in caption[-1]
    assert "leaves out the response to them, as far as it was gone before the next" in caption[-1]
    far = patient_info(
        fit["P001"], courses["P001"], sessions=sessions_of(("P001", 400, "attended"))
    )
    assert far.sessions == ()
    assert "1 not on the axis" in far.caption[-1]


def test_they_change_nothing_else(fit, courses, info):
    plain = patient_info(fit["P001"], courses["P001"])
    assert np.array_equal(plain.curve.median, info.curve.median)
    assert (plain.probabilities, plain.headline, plain.marks) == (
        info.probabilities, info.headline, info.marks
    )  # fmt: skip
    # sessions of others, and none at all, leave the picture as it was
    other = patient_info(fit["P002"], courses["P002"], sessions=sessions_of(*ROWS))
    before = draw_patient(patient_info(fit["P002"], courses["P002"]))
    assert draw_patient(other).to_json() == before.to_json()


def test_nothing_later_than_an_early_answer_is_shown(fit):
    early = replace(fit, as_of_day=21.0)
    info = patient_info(early["P001"], pt.classify(early)["P001"], sessions=sessions_of(*ROWS))
    assert [mark.day for mark in info.sessions] == [12.0, 20.0]
    assert "40" not in info.caption[-1]


def test_a_long_legend_moves_the_caption_down(fit, courses):
    told = pd.DataFrame({"patient_id": "P001", "day": [9, 30], "event": ["a", "b"], "note": ""})
    signs = pd.DataFrame({"patient_id": "P001", "day": [9], "symptom": ["fever"]})
    both = draw_patient(
        patient_info(
            fit["P001"], courses["P001"], sessions=sessions_of(*ROWS),
            events=pt.read_events(told), symptoms=pt.read_symptoms(signs),
        )
    )  # fmt: skip
    only = draw_patient(patient_info(fit["P001"], courses["P001"], sessions=sessions_of(*ROWS)))
    down = [figure.layout.annotations[-1].yshift for figure in (both, only)]
    assert down[0] < down[1]


def test_texts_of_sessions_are_text(fit, courses):
    info = patient_info(
        fit["P001"], courses["P001"], sessions=sessions_of(("P001", 3, "attended", HOSTILE))
    )
    (hover,) = trace(draw_patient(info), "session").hovertext
    assert "<script>" not in hover
    assert "&lt;script&gt;" in hover


def test_in_hours_the_days_of_sessions_are_hours_too():
    fit = make_fake_fit(1, horizon=1.0)
    info = patient_info(
        fit["P001"], pt.classify(fit)["P001"], sessions=sessions_of(("P001", 0.25, "attended"))
    )
    one = trace(draw_patient(info), "session")
    assert list(one.x) == [6.0]
    assert one.hovertext[0] == "session at hour 6 (attended)"


def test_a_fit_with_the_response_says_so():
    cohort = pt.simulate_sessions(3, horizon=14, seed=1)
    diary = pt.read_diary(cohort.ratings, scale="nrs")
    fit = pt.fit_curves(diary, horizon=14, draws=20)
    response = pt.session_response(fit, pt.read_sessions(cohort.sessions, diary))
    assert response.fit["P001"].sessions_modelled
    assert not fit["P001"].sessions_modelled


# Small pictures


def test_a_small_picture_marks_sessions_by_their_status(fit, courses):
    panel = panel_info(fit["P001"], courses["P001"], sessions=sessions_of(*ROWS))
    assert [(mark.day, mark.status) for mark in panel.sessions] == [
        (12.0, "attended"), (20.0, "cancelled"), (40.0, "attended"), (60.0, "planned"),
    ]  # fmt: skip
    plain = sparkline_svg(panel_info(fit["P001"], courses["P001"]), -14.0)
    svg = sparkline_svg(panel, -14.0)
    assert svg.count("<path") == plain.count("<path") + 3
    assert svg.count("<circle") == plain.count("<circle") + 1
    assert "4 sessions;" in svg
    assert "session" not in plain
    # below the scale, so that no rating lies under a mark
    assert 'height="63"' in svg
    assert 'height="54"' in plain
    # curve, ratings and lines stay where they were
    inside = plain[plain.index("<path") : plain.index("</svg>")]
    assert inside in svg


def test_a_small_picture_shows_no_session_off_its_axis_or_of_a_later_day(fit, courses):
    late = sessions_of(("P001", 12, "attended"), ("P001", 300, "planned"))
    svg = sparkline_svg(panel_info(fit["P001"], courses["P001"], sessions=late), -14.0)
    plain = sparkline_svg(panel_info(fit["P001"], courses["P001"]), -14.0)
    assert svg.count("<circle") == plain.count("<circle")
    early = replace(fit, as_of_day=21.0)
    panel = panel_info(early["P001"], courses["P001"], sessions=late)
    assert [mark.day for mark in panel.sessions] == [12.0]


# The picture of a patient who is followed


@pytest.fixture(scope="module")
def watch():
    others = pt.read_diary(pt.simulate_cohort(30, seed=2).ratings, scale="nrs")
    population = pt.fit_curves(others, horizon=84, draws=20).population
    ratings = pd.DataFrame(
        {"patient_id": "P001", "day": [-7.0, 0.0, 7.0, 14.0, 28.0], "pain": [5.0, 5, 6, 8, 8]}
    )
    diary = pt.read_diary(ratings, scale="nrs")

    def run(**options):
        return pt.monitor(diary, population=population, draws=30, workers=1, **options)

    return run


def test_a_monitor_shows_sessions_up_to_the_day_and_says_nothing_else(watch):
    plain, told = watch(), watch(sessions=sessions_of(*ROWS))
    pd.testing.assert_frame_equal(plain.table(), told.table())
    info = monitor_info(told["P001"], day=14)
    assert [mark.day for mark in info.patient.sessions] == [12.0]
    figure = draw_monitor(info)
    assert list(trace(figure, "session").x) == [12.0]
    assert "2 days after a session" in trace(figure, "rating").hovertext[-1]
    assert info.caption[-1] == "1 session (1 attended): sessions are shown, not modelled."
    names = {one.name for one in draw_monitor(monitor_info(plain["P001"])).data}
    assert "session" not in names


def test_the_list_of_a_monitor_tells_the_days_too(watch):
    plain, told = (
        pt.review_monitor(watch(**o)) for o in ({}, {"sessions": sessions_of(*ROWS[:1])})
    )
    assert "on day 28, 16 days after a session" in told["reason"][0]
    columns = [name for name in plain if name != "reason"]
    pd.testing.assert_frame_equal(plain[columns], told[columns])


# The review list


def test_the_reason_tells_how_long_the_latest_rating_lies_after_a_session(fit, courses):
    sessions = sessions_of(("P004", 82, "attended"), ("P004", 83, "cancelled"))
    reason = review_order(fit, courses, sessions=sessions).set_index("patient_id")["reason"]
    assert "on day 84, 2 days after a session, at or above the severe level" in reason["P004"]
    assert not reason.drop("P004").str.contains("after a session").any()


@pytest.mark.parametrize("weeks", [1, 12])
def test_no_order_group_or_probability_changes_through_sessions(fit, courses, weeks):
    plain = review_order(fit, courses)
    told = review_order(fit, courses, sessions=thrice_weekly(fit.patient_ids, weeks))
    columns = [name for name in plain if name != "reason"]
    pd.testing.assert_frame_equal(plain[columns], told[columns])
    # the sentence has words more, and none less
    tags = r", (?:on the day of a session|\d+ days? after a session)"
    assert told["reason"].str.replace(tags, "", regex=True).tolist() == plain["reason"].tolist()
    assert told["reason"].str.contains(tags).any()


def test_an_early_answer_knows_no_later_session(fit):
    early = replace(fit, as_of_day=21.0)
    courses = pt.classify(early)
    sessions = sessions_of(*[(one, 21.3, "attended") for one in fit.patient_ids])
    told = review_order(early, courses, sessions=sessions)
    assert told["reason"].tolist() == review_order(early, courses)["reason"].tolist()


def test_sessions_of_others_are_refused(fit, courses):
    with pytest.raises(InputError, match=r"sessions of 1 who are not among .* sessions\.select"):
        review_order(fit, courses, sessions=sessions_of(("P999", 3, "attended")))
    with pytest.raises(InputError, match="sessions= takes what read_sessions returns"):
        review_order(fit, courses, sessions=pd.DataFrame())
