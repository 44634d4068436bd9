"""A methods paragraph with the numbers that were used."""

from __future__ import annotations

from paintrend.core.course_rules import COURSES
from paintrend.core.em import PRIOR_PATIENTS
from paintrend.reporting.computing import (
    PACKAGES,
    diary_digest,
    population_digest,
    version_of,
)
from paintrend.reporting.facts import StudyFacts, read_facts
from paintrend.results.courses import Courses
from paintrend.results.fit import Fit
from paintrend.results.session_fit import SessionFit
from paintrend.wording import course_label, plural, time_unit, with_unit

__all__ = ["methods_text"]


SESSIONS = (
    " What therapy sessions do to pain was fitted together with the curves; what of it is gone "
    "before the next session is left out of them."
)


def methods_text(fit: Fit, courses: Courses) -> str:
    """Write a methods paragraph from a fit and its courses: what was done, with the numbers used.

    It says what the software did with these ratings and names every threshold. What it cannot know
    (how patients came in, what treatment was) is for the authors to add.

    Parameters
    ----------
    fit : Fit
    courses : Courses
        ``paintrend.classify(fit, criteria)``.

    Returns
    -------
    str
        Paragraphs: ratings, curves, courses, missing ratings, software.

    Raises
    ------
    InputError
        If the courses are not those of the fit.

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(12, seed=1)
    >>> fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84)
    >>> text = pt.methods_text(fit, pt.classify(fit))
    >>> "12 patients" in text, "judged at day 84" in text
    (True, True)
    """
    facts = read_facts("methods_text", fit, courses)
    parts = (
        _ratings(fit, facts), _curves(fit), _courses(fit, courses), _missing(courses, facts),
        _software(fit),
    )  # fmt: skip
    return "\n\n".join(parts)


def _ratings(fit: Fit, facts: StudyFacts) -> str:
    scale, unit = fit.scale, time_unit(fit.horizon)
    aside = [
        f"{n} {what}"
        for n, what in (
            (facts.n_late, f"after {unit.show(fit.horizon)}"),
            (facts.n_inclusion, "used to select patients"),
        )
        if n
    ]
    low, middle, high = facts.per_patient
    return (
        f"Ratings. {plural(facts.n_patients, 'patient')} rated {scale.label} ({scale.low:g} to "
        f"{scale.high:g}, {scale.direction_text}); {plural(facts.n_ratings, 'rating')} up to "
        f"{unit.show(fit.horizon)} after the start of treatment ({unit.show(0.0)}) were used, "
        f"{middle:g} per patient in the median (quartiles {low:g} and {high:g})"
        + (f"; not fitted: {', '.join(aside)}" if aside else "")
        + f". {plural(facts.n_fitted, 'patient')} had a curve, {facts.no_baseline} of them without "
        f"a rating up to {unit.show(0.0)}."
    )


def _curves(fit: Fit) -> str:
    population = fit.population
    table = population.table
    lasting = time_unit(fit.horizon).span(population.lasting_days, 2)
    if fit.external:
        source = "a population learned from other patients"
    elif population.n_patients:
        source = (
            f"a population learned from {plural(population.n_patients, 'patient')} by regularised "
            f"expectation maximisation (passes: {len(population.trace)}), with the "
            f"stated default population {population.default!r} counted as {PRIOR_PATIENTS:g} more "
            f"({100 * population.assumed_share:.0f}% of the weight of shape shares)"
        )
    else:
        source = f"the stated default population {population.default!r}, nothing learned"
    return (
        f"Curves. Each patient's level over time was given a posterior from {source}. Curves come "
        f"from {len(table.shapes)} shapes and {len(table.waxing)} settings of a smooth process for "
        "those who wax and wane, with normal amplitudes; the likelihood is that of rounded ratings "
        "between the ends of the scale, with noise whose size and autocorrelation differ by "
        f"person. What lasts {lasting} or longer is "
        f"curve, what is shorter is noise. {fit.n_draws} posterior curves per patient were drawn."
        + SESSIONS
        * isinstance(fit, SessionFit)
    )


def _courses(fit: Fit, courses: Courses) -> str:
    c = courses.criteria
    unit = fit.scale.unit
    assumed = [
        name
        for name, given, default, flag in (
            ("worse", c.worsening, fit.scale.worse, fit.scale.worse_assumed),
            ("better", c.improvement, fit.scale.better, fit.scale.better_assumed),
        )
        if flag and given == default
    ]
    names = ", ".join(course_label(name) for name in COURSES)
    worsening, improvement = (
        with_unit(f"{c.required(name):g}", unit) for name in ("worsening", "improvement")
    )
    time = time_unit(fit.horizon)
    lasting, sustained = (
        time.span(c.required(name), 2) for name in ("lasting_days", "sustained_days")
    )
    worse, better = ("above", "below") if fit.scale.higher_is_worse else ("below", "above")
    return (
        f"Courses. Every curve was judged at {time.show(fit.horizon)} by fixed rules into one of "
        f"{len(COURSES)} courses ({names}). Worse is a level {worsening} or more "
        f"{worse} the start, better {improvement} or more {better} it"
        + (f" (the threshold for {' and '.join(assumed)} is assumed)" if assumed else "")
        + f"; a change lasts if it holds for {lasting}; the end is the mean of the "
        f"last {lasting}; a deterioration is sustained if 80% of the last "
        f"{sustained} are worse. The probability of a course is the share of a "
        f"patient's curves in it; it is called clear from {c.certainty:g}."
    )


def _missing(courses: Courses, facts: StudyFacts) -> str:
    late = time_unit(courses.horizon).span(courses.criteria.required("sustained_days"), 2)
    return (
        f"Missing ratings. {plural(facts.n_missing, 'planned rating')} "
        f"{'was' if facts.n_missing == 1 else 'were'} recorded as missing; "
        f"{plural(facts.lost, 'patient')} had no rating in the last {late}. Nothing was "
        "imputed: curves after a last rating are predicted, under the assumption that, given the "
        "ratings, those who left go on as those who stayed (missing at random)."
    )


def _software(fit: Fit) -> str:
    versions = ", ".join(
        f"{name} {version_of(name)}" for name in PACKAGES[:4] if version_of(name) != "not installed"
    )
    return (
        f"Software. {versions}; seed {fit.seed}; ratings {diary_digest(fit.diary)[:12]}, "
        f"population {population_digest(fit.population)[:12]} (first characters of SHA-256)."
    )
