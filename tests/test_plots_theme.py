"""The look: colours that colour-blind readers can tell, nothing by colour alone, text as text."""

from itertools import combinations

import numpy as np
import pytest

from paintrend.core.course_rules import COURSES
from paintrend.plots.theme import MUTED, STYLES, escape, rgba, title_id
from paintrend.wording import CANNOT_TELL, COURSE_LABELS

# Machado, Oliveira and Fernandes 2009 (10.1109/TVCG.2009.113): full loss of one kind of cone.
VISION = {
    "full": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
         [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
         [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
         [0.004733, 0.691367, 0.303900]]
    ),
}  # fmt: skip
# Oklab (Ottosson 2020): linear sRGB to cone responses to a space of even steps.
TO_CONES = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
     [0.0883024619, 0.2817188376, 0.6299787005]]
)  # fmt: skip
TO_LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
     [0.0259040371, 0.7827717662, -0.8086757660]]
)  # fmt: skip


def linear(colour):
    share = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def seen(colour, kind):
    return TO_LAB @ np.cbrt(TO_CONES @ np.clip(VISION[kind] @ linear(colour), 0, 1))


@pytest.mark.parametrize("kind", VISION)
def test_colours_of_courses_can_be_told_apart(kind):
    places = {course: seen(STYLES[course].colour, kind) for course in COURSES}
    near = {
        (one, two): float(np.linalg.norm(places[one] - places[two]))
        for one, two in combinations(COURSES, 2)
    }
    assert min(near.values()) > 0.07, min(near, key=near.get)


def test_every_course_has_a_look_and_a_label_of_its_own():
    assert set(STYLES) == {*COURSES, CANNOT_TELL} == set(COURSE_LABELS)
    for part in ("colour", "dash", "symbol"):
        values = [getattr(style, part) for style in STYLES.values()]
        assert len(set(values)) == len(values), part


def test_small_text_has_enough_contrast():
    luminance = float(linear(MUTED) @ [0.2126, 0.7152, 0.0722])
    assert 1.05 / (luminance + 0.05) >= 4.5


def test_text_that_plotly_would_interpret_is_escaped():
    assert escape('<a href="x">&lt;</a>') == '&lt;a href="x"&gt;&amp;lt;&lt;/a&gt;'
    assert "$" not in escape("$x$")
    assert title_id("a\x00b\u202ec") == "a\ufffdb\ufffdc"
    assert len(title_id("x" * 100)) == 40


def test_opacity():
    assert rgba("#D55E00", 0.5) == "rgba(213, 94, 0, 0.5)"
