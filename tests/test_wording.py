"""Numbers, times and names in words."""

import pytest

from paintrend.plots.captions import CAPTION, short_time, wrap
from paintrend.plots.letters import text_width
from paintrend.wording import amount, short_names, time_unit

HOSPITAL = "Usual physiotherapy as given by the outpatient department of hospital "


@pytest.mark.parametrize(
    "names",
    [
        [HOSPITAL + "A", HOSPITAL + "B"],
        ["A of " + HOSPITAL, "B of " + HOSPITAL],
        [f"{'x' * 30} {arm} {'y' * 30}" for arm in "abc"],
        ["x" * 50, "x" * 51, "x" * 52, "short"],
        [f"{'x' * 60}{i}{'y' * 60}" for i in range(200)],
    ],
)
@pytest.mark.parametrize("longest", [14, 18, 40])
def test_names_that_are_cut_stay_different(names, longest):
    cut = short_names(names, longest)
    assert list(cut) == names
    assert len(set(cut.values())) == len(names)
    assert max(map(len, cut.values())) <= longest
    assert all(cut[name] == name for name in names if len(name) <= longest)


def test_names_that_differ_late_keep_their_ends():
    cut = short_names([HOSPITAL + "A", HOSPITAL + "B"])
    assert [name[-10:] for name in cut.values()] == ["hospital A", "hospital B"]


def test_one_of_a_unit_is_named_as_one():
    assert amount(1.0, "points") == "1 point"
    assert amount(1.5, "points") == "1.5 points"
    assert amount(-1.0, "days") == "\N{MINUS SIGN}1 day"
    assert amount(1.0, "mm") == "1 mm"


def test_lengths_of_time_are_in_the_unit_of_the_horizon():
    assert time_unit(84.0).span(7.0) == "7 days"
    assert time_unit(1.0).span(1 / 12) == "2 hours"
    assert time_unit(0.5).span(0.5 / 12) == "1 hour"
    assert time_unit(1 / 24).span(1 / 288) == "5 minutes"


def test_wide_letters_make_shorter_lines():
    text = "WOMAC 100% " * 40
    lines = wrap([text], 140, 900)
    assert max(text_width(line, CAPTION) for line in lines) <= 900
    assert " ".join(lines) == text.strip()
    assert wrap(["ill " * 40], 140, 900) == wrap(["ill " * 40], 140)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (0.25 / 24, "minute 15"), (2.5 / 24, "hour 2.5"), (0.75, "hour 18"), (1.25, "hour 30"),
        (1.5, "day 1.5"), (2 + 1 / 3, "hour 56"), (63.0, "day 63"), (0.0, "day 0"),
        (-0.25, "hour \N{MINUS SIGN}6"),
    ],
)  # fmt: skip
def test_a_moment_without_a_horizon_is_never_shown_as_another(day, said):
    assert short_time(day) == said
