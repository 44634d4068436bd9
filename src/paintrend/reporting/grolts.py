"""The GRoLTS checklist for studies of latent trajectories, filled in from a fit."""

from __future__ import annotations

import pandas as pd

from paintrend.core.course_rules import COURSES
from paintrend.reporting.computing import version_of
from paintrend.reporting.facts import StudyFacts, read_facts
from paintrend.results.courses import Courses
from paintrend.results.direction import in_direction
from paintrend.results.fit import Fit
from paintrend.wording import course_label, plural, time_unit

__all__ = ["grolts_table"]

ASKS = {
    "1": "metric of time",
    "2": "mean and variance of time within a wave",
    "3a": "mechanism of missing data",
    "3b": "what goes with drop-out and missing data",
    "3c": "how missing data were handled",
    "4": "distribution of the observed variables",
    "5": "software",
    "6a": "alternatives for differences within a class",
    "6b": "alternatives for variances that differ between classes",
    "7": "alternative forms of the trajectories",
    "8": "covariates, so that the analysis can be repeated",
    "9": "random starts and iterations",
    "10": "how models were compared and chosen",
    "11": "number of models fitted, one class included",
    "12": "cases per class",
    "13": "entropy, where cases are classified",
    "14a": "figure of the mean trajectories",
    "14b": "figures of the mean trajectories of every model",
    "14c": "figure of estimated and individual trajectories by class",
    "15": "classes described in numbers",
    "16": "syntax",
}
"""The 16 items with their 21 parts, in words of our own."""
ANSWERS = ("reported", "partly", "to do", "not applicable")


def grolts_table(fit: Fit, courses: Courses) -> pd.DataFrame:
    """Fill in the GRoLTS checklist (16 items in 21 parts) from a fit and its courses.

    The checklist was made for mixture models that search for classes. Here courses are fixed rules
    on curves and no number of classes is chosen: what has no meaning then is called not applicable,
    with the reason, and what only the authors can give is called to do.

    Parameters
    ----------
    fit : Fit
    courses : Courses
        ``paintrend.classify(fit, criteria)``.

    Returns
    -------
    DataFrame
        ``item``, ``asks``, ``answer`` (reported, partly, to do, not applicable), ``text``.

    Raises
    ------
    InputError
        If the courses are not those of the fit.

    References
    ----------
    van de Schoot, Sijbrandij, Winter, Depaoli & Vermunt 2017, doi:10.1080/10705511.2016.1247646.

    Examples
    --------
    >>> import paintrend as pt
    >>> cohort = pt.simulate_cohort(12, seed=1)
    >>> fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84)
    >>> table = pt.grolts_table(fit, pt.classify(fit))
    >>> len(table), table["item"].iloc[-1]
    (21, '16')
    """
    facts = read_facts("grolts_table", fit, courses)
    filled = {
        **_data(fit, courses, facts), **_model(fit), **_classes(courses, facts),
    }  # fmt: skip
    rows = [(item, asks, *filled[item]) for item, asks in ASKS.items()]
    return pd.DataFrame(rows, columns=["item", "asks", "answer", "text"])


def _data(fit: Fit, courses: Courses, facts: StudyFacts) -> dict[str, tuple[str, str]]:
    scale = fit.scale
    late = time_unit(fit.horizon).span(courses.criteria.required("sustained_days"), 2)
    unit = fit.diary.time_unit
    if len(facts.waves):
        waves = ("reported", "planned days read off the ratings; day (n, mean, sd): " + "; ".join(
            f"{w.day:g} ({w.n:.0f}, {w.mean:.1f}, {w.sd:.1f})" for w in facts.waves.itertuples()
        ))  # fmt: skip
    else:
        waves = (
            "partly",
            "no common visits are seen; each rating is used at its own day. Days between ratings: "
            f"median {facts.gap[1]:.2g} (quartiles {facts.gap[0]:.2g} and {facts.gap[2]:.2g})",
        )
    mean, sd, floor, ceiling = facts.pain
    return {
        "1": (
            "reported",
            "days since each patient's start of treatment (day 0), decimals allowed"
            + (f"; {unit} in the source" if unit != "days" else "")
            + f"; judged on [0, {fit.horizon:g}]",
        ),
        "2": waves,
        "3a": (
            "reported",
            "missing at random given the ratings is assumed; not tested, which ratings alone "
            "cannot. tipping_point and dropout_sensitivity show results under other assumptions",
        ),
        "3b": (
            "partly",
            f"{plural(facts.n_missing, 'empty rating')}; {facts.lost} of {facts.n_fitted} patients "
            f"without a rating in the last {late}. By course: "
            "retention_by_course; other variables are for the authors",
        ),
        "3c": (
            "reported",
            "likelihood of the ratings that are there, at their own days; nothing imputed; what "
            f"lies after a last rating is predicted; {facts.n_patients - facts.n_fitted} patients "
            f"without a curve are listed, {plural(facts.n_late, 'rating')} after the horizon set "
            "aside",
        ),
        "4": (
            "reported",
            f"{plural(facts.n_ratings, 'rating')} of {plural(facts.n_fitted, 'patient')}: mean "
            f"{mean:.2f}, sd {sd:.2f}, {100 * floor:.1f}% at {scale.low:g}, {100 * ceiling:.1f}% "
            f"at {scale.high:g}; rounded and bounded ratings have their own likelihood",
        ),
        "5": ("reported", f"paintrend {version_of('paintrend')}; session_info(fit) has the rest"),
    }  # fmt: skip


def _model(fit: Fit) -> dict[str, tuple[str, str]]:
    population = fit.population
    table = population.table
    families = sorted({s.family for s in table.shapes})
    columns = ", ".join(map(str, fit.diary.patients)) or "none"
    return {
        "6a": (
            "reported",
            "patients differ within every family of shapes: normal amplitudes with a covariance of "
            "their own, and a noise level and autocorrelation of each person. A model without such "
            "differences was not fitted: it would take slow differences between people for classes",
        ),
        "6b": (
            "reported",
            f"means and covariances of amplitudes differ between the {len(families)} families of "
            "shapes and the waxing family; the noise does not depend on the family. One "
            "specification, fixed before the data",
        ),
        "7": (
            "reported",
            f"{len(table.shapes)} shapes (linear, exponential, log-time, sigmoid, steps, cycles, "
            f"humps) and {len(table.waxing)} settings of a smooth process; all weighted, none "
            "chosen",
        ),
        "8": (
            "reported",
            "no covariate is in the curves; analyses of variables put every one of them into the "
            f"population again (draw_plausible). Columns of the diary: {columns}",
        ),
        "9": (
            "reported",
            "one start, the stated default population "
            f"{population.default!r}; passes of learning: {len(population.trace)}"
            + (" (from other patients)" if fit.external else "")
            + (
                f", log evidence per patient {population.trace[0]:.4f} to "
                f"{population.trace[-1]:.4f}"
                if population.trace
                else " (nothing was learned)"
            )
            + f"; {fit.n_draws} posterior curves per patient, seed {fit.seed}",
        ),
        "10": (
            "not applicable",
            "no number of classes is chosen: courses are fixed rules on curves. Fit is checked "
            "against replicated ratings, per patient and with check_cohort",
        ),
        "11": (
            "not applicable",
            "one model, fixed before the data; a population without differences in course (one "
            "class) is among what it can learn",
        ),
    }


def _classes(courses: Courses, facts: StudyFacts) -> dict[str, tuple[str, str]]:
    sizes = "; ".join(
        f"{course_label(c)} {share * facts.n_fitted:.1f} ({100 * share:.1f}%), named "
        f"{int(facts.named.get(c, 0))}"
        for c, share in zip(COURSES, facts.shares, strict=True)
    )
    table, scale = courses.table(), courses.scale
    features = "; ".join(
        f"{name} median {table[name].median():.2f} (quartiles {table[name].quantile(0.25):.2f} and "
        f"{table[name].quantile(0.75):.2f})"
        for name in ("baseline", "rise", "end_change")
    )
    return {
        "12": (
            "reported",
            f"expected patients (sum of probabilities) and patients named: {sizes}; cannot tell "
            f"{int(facts.named.get('cannot_tell', 0))}; shares with intervals: prevalence",
        ),
        "13": (
            "reported",
            f"relative entropy {facts.entropy:.3f} over {len(COURSES)} courses (1: every course is "
            "known); analyses use the probabilities, not named courses",
        ),
        "14a": ("to do", in_direction(
            "print plot_spaghetti (all curves, and the median of the cohort) and plot_courses. A "
            "mean curve of a course hides when its patients rise, so none is drawn", scale)),
        "14b": ("not applicable", "one model was fitted"),
        "14c": ("to do", "print plot_cohort: each patient's ratings and curve with bands, ordered "
                "by course"),
        "15": (
            "reported",
            f"medians over patients of posterior medians: {features}; each with a 90% band per "
            f"patient in courses.table(); {facts.poor_fit} whom no curve fits",
        ),
        "16": ("to do", "publish the script that was run, with session_info(fit); the software is "
               "open, and the same ratings and seed give the same numbers"),
    }  # fmt: skip
