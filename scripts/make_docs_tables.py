"""Write the tables in docs/ that the code decides, so that docs and code cannot drift apart.

A table stands between ``<!-- begin NAME -->`` and ``<!-- end NAME -->``; a test compares each with
what this script would write. Run it after a change to a constant, a shape, a default population, a
scale or an option:

    python scripts/make_docs_tables.py
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from itertools import groupby
from pathlib import Path

import numpy as np
import pandas as pd

from paintrend.cli.parser import build_parser
from paintrend.core.default import default_prior
from paintrend.core.noise import STRUCTURES, noise_grid
from paintrend.core.prior import family_of
from paintrend.defaults import DEFAULTS
from paintrend.scales import SCALES
from paintrend.shapes import FAMILIES, FORMS, shape_table
from paintrend.warning_signs import GRADES, SIGNS_NOTE, WARNING_SIGNS

DOCS = Path(__file__).resolve().parents[1] / "docs"
P_VALUES = DOCS.parent / "benchmarks" / "p_values"
NULL_TASKS = ("null", "landmark", "arms")
EXAMPLE = (84.0, 7.0, 7.0)
"""Horizon, smallest visit gap and lasting_days of the worked example, days."""

CONSTANTS: dict[str, list[tuple[str, str]]] = {
    "curve": [
        ("core.curves.GRID_POINTS", "points of [0, H] on which a curve is judged"),
        ("core.likelihood.RANGE", "internal range of every scale"),
        ("shapes.QUALITY", "quality of the damped oscillator"),
        ("core.grid.N_COEFFICIENTS", "leading eigenvectors kept of each waxing covariance"),
        ("core.noise.LEVELS", "noise standard deviations in the grid"),
        ("core.noise.STRUCTURES", "autocorrelated share, and time constant in `lasting_days`"),
        ("core.noise.HEAPS", "share of a person's ratings that are heaped"),
        ("core.noise.HEAP_SHARES", "how common each of them is by default (assumed)"),
        ("core.likelihood.HEAP_UNIT", "heaped ratings are multiples of this"),
        ("core.prior.WIDE_SHARE", "share of people with an unusual start (assumed)"),
        ("core.prior.WIDE_SD", "least sd of their start"),
        ("core.likelihood.OUTLIER", "share of ratings taken as uniform over the scale"),
        ("core.process.NODES", "nodes on which the autocorrelated part is summed out"),
        ("core.process.WIDEST", "the outermost of them, sd"),
        (
            "core.process.CLOSEST",
            "highest correlation between neighbouring ratings that is followed",
        ),
    ],
    "sites": [
        ("core.sites.SWEEPS", "sweeps of expectation propagation"),
        ("core.sites.NODES", "nodes of the quadrature for one rating"),
        ("core.sites.WIDTH", "half width of the quadrature, sd of the cavity"),
        ("core.sites.REACH", "a rating this many sd from both ends has an exact Gaussian site"),
        ("core.sites.CHECK", "sweep after which far ratings are taken as outliers"),
        ("core.sites.FAR", "how far that is, sd"),
        ("core.design.N_OVERALL", "eigenvectors kept of the population's overall covariance"),
    ],
    "draws": [
        (
            "core.cells.FEWEST",
            "share of ratings on ends and middle from which heaping is looked at",
        ),
        ("core.cells.MOST", "the same for nearly complete heaping"),
        ("core.walk.CUT", "log evidence below the best at which noise is no longer looked at"),
        ("core.walk.WEAK", "correlation of neighbouring ratings below which noise is independent"),
        ("core.walk.UNUSUAL", "distance of first ratings from which the wide start is, sd"),
        ("core.picks.DEFENSIVE", "share of proposals from the flattened posterior over cells"),
        ("core.draws.WIDE", "width of the wide proposals, in posterior sd"),
        ("core.draws.EVERY", "one proposal in this many is wide"),
        ("core.posterior.PROPOSALS_PER_DRAW", "proposals per draw that is kept"),
        ("core.posterior.MINIMUM_EFFECTIVE", "least effective draws, as a share of those kept"),
        ("core.patients.USUAL", "rounds of usual proposals where there are fewer"),
        ("core.patients.MORE", "rounds at most after them"),
        ("core.bins.MATTERS", "share of proposals or weights from which a cell is divided"),
        (
            "core.bins.FOUND",
            "share of proposals in bins that goes by the weights found in their cells",
        ),
        ("core.patients.DIVISIONS", "times that cells are divided at most"),
        (
            "core.patients.AGAIN",
            "rounds after which they are divided again, if poorer weights lie outside",
        ),
        ("core.bins.ONE_WAY", "bins of place of a shape with one column"),
        ("core.bins.TWO_WAY", "bins along each of two"),
        ("core.jumps.FOUND", "share of proposals of a jump that are where the ratings jump"),
        ("core.jumps.BESIDE", "ratings on either side of its stretch that are looked at too"),
        (
            "core.weights.A_FEW",
            "share of ratings at an end, or heaped, from which paths are summed",
        ),
        ("core.posterior.CHECKED", "draws used in the predictive check"),
        ("core.predictive.FIRST_LOOK", "of which so many are looked at first"),
        ("core.predictive.CALM", "and no more where they give at least this p"),
        ("results.checks.DIFFERS_BELOW", "p below which the cohort check says that ratings differ"),
        ("results.status.POOR_FIT_BELOW", "predictive p below which no course is named"),
    ],
    "em": [
        ("core.em.PRIOR_PATIENTS", "weight of the default's shares of families, in patients"),
        ("core.em.WITHIN_PATIENTS", "weight of its shares of shapes within each family"),
        ("core.em.NOISE_PATIENTS", "weight of the default's noise shares"),
        ("core.em.SIZE_PATIENTS", "weight of the default's covariances; means count half of it"),
        ("core.em.START_PATIENTS", "weight of the default's mean and variance of the start"),
        ("core.em.PASSES", "most passes (new draws)"),
        ("core.em.STEPS", "EM steps within a pass (same draws, reweighted)"),
        ("core.em.DRAWS", "weighted draws per patient in a pass"),
        ("core.em.TOLERANCE", "gain of log evidence per patient below which learning stops"),
        ("core.default.TRIALS", "prior draws per shape when prevalences are matched"),
        ("learning.LEARN_FROM", "most patients that are learned from"),
        (
            "results.population.TYPICAL_CHANGE",
            "change in tenths of the range, for a scale without thresholds",
        ),
    ],
    "judgement": [
        ("results.criteria.PROBABLE_FROM", "share of curves from which a course is named"),
        ("results.criteria.CANNOT_TELL_FROM", "share that ends worse from which no other is named"),
        ("results.criteria.SENSITIVITY_FACTORS", "factors for `threshold_sensitive`"),
        ("results.status.NO_ROOM_FROM", "share of curves from which a scale end is reported"),
        ("review.DETERIORATION_FROM", "share that ends worse from which a patient is listed"),
        ("review.RAISED_FROM", "share raised at the last rating from which a patient is listed"),
        ("review.REVIEW_AT", "review day as a share of the horizon"),
        ("review.REVIEW_FROM", "shortest horizon with such a review day, days"),
        ("review.NO_IMPROVEMENT_BELOW", "share that ends better below which, from then on, one is"),
        ("report.text.FEW_PATIENTS", "patients below which a report warns and compares"),
    ],
}


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Lay out a Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(
        "| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines
    )


def say(value: float) -> str:
    """Write a number in three digits."""
    return f"{value:.3g}"


def constant(name: str) -> object:
    """Return the value of a constant named from within the package."""
    module, _, attribute = name.rpartition(".")
    return getattr(import_module(f"paintrend.{module}"), attribute)


def constants(group: str) -> str:
    """Return one group of constants."""
    rows = [(f"`{name}`", constant(name), meaning) for name, meaning in CONSTANTS[group]]
    return table(("constant", "value", "meaning"), rows)


def forms() -> str:
    """Return the functions that curves are made of."""
    rows = []
    for form in FORMS.values():
        names = "; ".join(f"{n} ({unit}): {text}" for n, unit, text in form.parameters) or "none"
        rows.append((form.name, form.role, f"`{form.formula}`", names, form.reference))
    return table(("form", "role", "formula", "parameters", "reference"), rows)


def families() -> str:
    """Return the families, their signs, and how many rows the worked example has of each."""
    owner = family_of(shape_table(*EXAMPLE))
    count = np.bincount(owner, minlength=len(FAMILIES))
    sign = {1: "+", -1: "−", 0: ""}
    rows = [
        (f.name, *(("0", "0") if f.cyclic else (sign[f.slow], sign[f.hump])), f.meaning, n)
        for f, n in zip(FAMILIES, count, strict=True)
    ]
    return table(
        ("family", "sign of mean c", "sign of mean h", "meaning", "rows in the example"), rows
    )


def components() -> str:
    """Return the time constants of the worked example."""
    shapes = shape_table(*EXAMPLE)
    rows = []
    for role, parts in (("slow", shapes.slow), ("hump", shapes.hump)):
        for form, same in groupby(parts, key=lambda part: part.form):
            values = list(same)
            names = [name for name, _, _ in FORMS[form].parameters]
            columns = list(zip(*(part.parameters for part in values), strict=True))
            listed = "; ".join(
                f"{name} " + ", ".join(dict.fromkeys(map(say, column)))
                for name, column in zip(names, columns, strict=True)
            )
            rows.append((role, form, len(values), listed or "none"))
    return table(("role", "form", "number", "values (days; sharpness without unit)"), rows)


def waxing() -> str:
    """Return the waxing settings of the worked example."""
    found: dict[tuple[str, str, float], dict[str, list[str]]] = {}
    for w in shape_table(*EXAMPLE).waxing:
        process = "oscillator, period" if w.period else "Matern 5/2, length"
        about = "about the start" if w.pinned else "from any moment"
        entry = found.setdefault((process, about, w.trend), {"days": [], "sizes": []})
        entry["days"].append(say(w.period or w.length))
        entry["sizes"].append(say(w.size))
    rows = [
        (
            process,
            about,
            ", ".join(dict.fromkeys(entry["days"])),
            ", ".join(dict.fromkeys(entry["sizes"])),
            say(trend),
            len(entry["days"]),
        )
        for (process, about, trend), entry in found.items()
    ]
    heads = ("process", "day 0", "days", "sizes (tenths of the range)", "trend sd", "number")
    return table(heads, rows)


def noise() -> str:
    """Return the noise grid of the worked example with the default shares."""
    step, lasting = 1.0, EXAMPLE[2]
    grid = noise_grid(step, lasting)
    default = next(iter(DEFAULTS))
    share = default_prior(default, shape_table(*EXAMPLE), step, (2.0, 2.0)).noise
    n = len(STRUCTURES)
    heads = [
        "independent" if not part else f"{part:g} with time constant {ratio * lasting:g} days"
        for part, ratio in STRUCTURES
    ]
    rows = [
        (say(grid.sd[first]), *(f"{100 * p:.1f}%" for p in share[first : first + n]))
        for first in range(0, int((grid.heap == 0.0).sum()), n)
    ]
    return table(("noise sd", *heads), rows)


def prevalences() -> str:
    """Return the course prevalences of each default population."""
    names = list(DEFAULTS)
    courses = DEFAULTS[names[0]].prevalence
    rows = [(c, *(say(DEFAULTS[n].prevalence[c]) for n in names)) for c in courses]
    return table(("course", *names), rows)


def family_shares() -> str:
    """Return the proportions of families of each default population."""
    names = list(DEFAULTS)
    rows = [(f.name, *(say(DEFAULTS[n].families[f.name]) for n in names)) for f in FAMILIES]
    return table(("family", *names), rows)


def sizes() -> str:
    """Return the typical sizes of each default population."""
    names = list(DEFAULTS)
    pairs = ("start", "better", "worse", "hump", "trough")
    words = {
        "start": "level at the start (best end = 0), mean and sd",
        "better": "slow change that improves, mean and sd",
        "worse": "slow change that worsens, mean and sd",
        "hump": "height of a rise, mean and sd",
        "trough": "depth of a temporary fall, mean and sd",
    }
    rows: list[Sequence[object]] = [
        (words[pair], *("{:g}, {:g}".format(*getattr(DEFAULTS[n], pair)) for n in names))
        for pair in pairs
    ]
    rows.append(
        (
            "further improvement per tenth that the start lies above its mean",
            *(say(DEFAULTS[n].start_effect) for n in names),
        )
    )
    rows.append(
        (
            "sd of the two amplitudes of a regular cycle",
            *(say(DEFAULTS[n].cycle) for n in names),
        )
    )
    rows.append(
        (
            "sd of the change per quarter of the horizon before day 0",
            *(say(DEFAULTS[n].trend) for n in names),
        )
    )
    return table(("tenths of the scale's range", *names), rows)


def sources() -> str:
    """Return what each default population says of its sources."""
    return table(("population", "source"), [(d.name, d.source) for d in DEFAULTS.values()])


def scales() -> str:
    """Return the built-in scales."""

    def threshold(value: float | None, assumed: bool) -> str:
        return "none" if value is None else f"{value:g}" + (" (assumed)" if assumed else "")

    rows = [
        (
            f"`{s.name}`",
            s.label,
            f"{s.low:g} to {s.high:g} {s.unit}, {s.direction_text}",
            f"{s.step:g}" if s.step else "any value",
            threshold(s.better, s.better_assumed),
            threshold(s.worse, s.worse_assumed),
            threshold(s.severe, s.severe_assumed),
            f"{s.source}; doi:{s.doi}",
        )
        for s in SCALES.values()
    ]
    heads = ("name", "scale", "range", "step", "better by", "worse by", "severe from", "source")
    return table(heads, rows)


def warning_signs() -> str:
    """Return the built-in warning signs."""
    rows = [(f"`{s.name}`", s.label, GRADES[s.grade], s.source) for s in WARNING_SIGNS.values()]
    return table(("name", "plain words", "grade", "source"), rows)


def warning_signs_note() -> str:
    """Return what holds for all of them."""
    return SIGNS_NOTE


def null_tests() -> str:
    """Return how often each test found what is not there, from the kept p-values."""
    sys.path.insert(0, str(P_VALUES.parent))
    null_table = import_module("hypotheses_null").null_table
    sys.path.remove(str(P_VALUES.parent))
    kept = pd.concat([pd.read_csv(P_VALUES / f"{name}.csv") for name in NULL_TASKS])
    counted = null_table(kept).query("world == 'all'")
    rows = []
    for test, n, *shares, corrected in counted[
        ["test", "cohorts", "p < 5%", "low", "high", "corrected"]
    ].itertuples(index=False):
        share, low, high = (f"{100 * one:.1f}" for one in shares)
        rows.append((test, f"{n:,}", f"{share}% ({low} to {high}%)", f"{corrected:.2f}"))
    titles = ("test", "cohorts", "p below 5% (95% interval)", "chance of so many, corrected")
    return table(titles, rows)


def subcommands() -> dict[str, argparse.ArgumentParser]:
    """Return the parser of each command."""
    parser = build_parser()
    actions = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    return dict(actions[0].choices)


def commands() -> str:
    """Return what each command does."""
    rows = [
        (f"`paintrend {name}`", (parser.description or "").rstrip("."))
        for name, parser in subcommands().items()
    ]
    return table(("command", "what it does"), rows)


def options() -> str:
    """Return every option, what it means, and the commands that take it."""
    found: dict[tuple[str, str], list[str]] = {}
    parsers = subcommands()
    for name, parser in parsers.items():
        for action in parser._actions:
            if not action.option_strings or "--help" in action.option_strings:
                continue
            what = action.metavar or ("/".join(action.choices) if action.choices else "")
            key = f"`{', '.join(action.option_strings)}{f' {what}' if what else ''}`"
            text = (action.help or "").replace("%%", "%")
            found.setdefault((key, text), []).append(name)
    rows = [
        (key, "all" if len(names) == len(parsers) else ", ".join(names), text)
        for (key, text), names in found.items()
    ]
    return table(("option", "commands", "meaning"), rows)


TABLES: dict[str, Callable[[], str]] = {
    **{f"constants {group}": (lambda group=group: constants(group)) for group in CONSTANTS},
    "forms": forms,
    "families": families,
    "components": components,
    "waxing": waxing,
    "noise": noise,
    "prevalences": prevalences,
    "family shares": family_shares,
    "sizes": sizes,
    "sources": sources,
    "scales": scales,
    "warning signs": warning_signs,
    "warning signs note": warning_signs_note,
    "null tests": null_tests,
    "commands": commands,
    "options": options,
}


def fill(text: str, name: str, block: str) -> str:
    """Put a block between its marks."""
    pattern = rf"(<!-- begin {re.escape(name)} -->\n).*?(<!-- end {re.escape(name)} -->)"
    return re.sub(pattern, lambda found: f"{found[1]}{block}\n{found[2]}", text, flags=re.DOTALL)


def names_in(text: str) -> list[str]:
    """Return the names of all blocks that a text holds."""
    return re.findall(r"<!-- begin (.+?) -->", text)


def filled(text: str) -> str:
    """Return a text with every table as the code has it."""
    for name in names_in(text):
        if name in TABLES:
            text = fill(text, name, TABLES[name]())
    return text


if __name__ == "__main__":
    for page in sorted(DOCS.glob("*.md")):
        before = page.read_text(encoding="utf-8")
        after = filled(before)
        if after != before:
            page.write_text(after, encoding="utf-8", newline="\n")
            sys.stdout.write(f"{page.name}\n")
