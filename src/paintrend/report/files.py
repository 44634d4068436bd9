"""What the files of a fit hold, in words, and how README.txt beside them is laid out."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from paintrend.report.text import STATEMENT
from paintrend.results.criteria import Criteria
from paintrend.results.population import Population
from paintrend.scales import Scale
from paintrend.wording import time_unit, with_unit

__all__ = ["COURSE_COLUMNS", "CURVE_COLUMNS", "POPULATION_FILE", "layout", "setting_lines"]

COURSE_COLUMNS = (
    "course is the most probable course, or cannot_tell; p_... is the share of the patient's "
    "posterior curves in that course. p_dip = p_worse_before_better + p_transient_worsening; "
    "p_deterioration = p_sustained_deterioration + p_recent_worsening. Features come with median, "
    "_low and _high (90% interval), and _share where they exist in some curves only: baseline is "
    "in the scale's own values; pre_trend (per day), rise, end_change and burden are changes, "
    "positive = worse; peak_day, return_day and better_day are days. What lies after last_day is "
    "predicted. Read status_text with every course."
)
CURVE_COLUMNS = (
    "The curve of each patient on 169 equally spaced days from 0 to the horizon: median, low and "
    "high (90% band), in the scale's own values."
)
POPULATION_FILE = (
    "What was learned from these patients, for --population with other patients. It holds no id "
    "and no rating, only one-way digests by which a patient who is met again is known."
)
WIDTH = 96


def setting_lines(
    made_by: str,
    ratings: str,
    scale: Scale,
    horizon: float,
    criteria: Criteria,
    draws: int,
    seed: int,
    population: Population,
) -> dict[str, str]:
    """Name every setting behind the results, and what learning came to."""
    trace = ", ".join(f"{value:.4f}" for value in population.trace)
    unit = time_unit(horizon)
    lines = {
        "made by": made_by,
        "ratings": ratings,
        "scale": f"{scale.name} ({scale.label}), {scale.low:g} to {scale.high:g}, "
        f"{scale.direction_text}",
        "horizon": unit.show(horizon),
        "worsening": with_unit(f"{criteria.worsening:g}", scale.unit),
        "improvement": with_unit(f"{criteria.improvement:g}", scale.unit),
        "lasting": unit.span(criteria.required("lasting_days"), 2),
        "sustained": unit.span(criteria.required("sustained_days"), 2),
        "certainty": f"{criteria.certainty:g}",
        "curves per patient": f"{draws}",
        "seed": f"{seed}",
        "population": population.text,
    }
    if trace:
        lines["learning"] = f"log evidence per patient after each pass: {trace}"
    return lines


def layout(paragraphs: Sequence[str], settings: Mapping[str, str], signs: str) -> str:
    """Put paragraphs, the statement and the settings into one text; `signs` says on how many
    patients warning signs were checked."""
    texts = [*paragraphs, f"{signs} {STATEMENT}"]
    lines = [f"{name}: {value}" for name, value in settings.items()]
    wrapped = [textwrap.fill(line, WIDTH, subsequent_indent="    ") for line in lines]
    filled = [textwrap.fill(text, WIDTH) for text in texts]
    return "\n\n".join([*filled, "\n".join(wrapped)]) + "\n"
