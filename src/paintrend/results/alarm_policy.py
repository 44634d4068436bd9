"""An alarm policy: a threshold for a budget of false alarms, with what it does."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd

from paintrend.errors import InputError
from paintrend.results.alarm_words import CHOSEN, JUDGES, RULES, alarm_counts, in_numbers
from paintrend.results.criteria import Criteria
from paintrend.scales import Scale
from paintrend.wording import amount, number, percent, plural, time_unit

__all__ = ["AlarmPolicy"]

FEW_WORSE = 30
FIGURES = ("n_fine", "n_worse", "false_alarm_share", "false_alarms_per_100_months", "sensitivity",
           "median_delay")  # fmt: skip
NEEDED = ("patient_id", "day", "p_deterioration")
SHOWN = ("judged", "rule", "setting", "false_alarm_share", "false_alarms_per_100_months",
         "sensitivity", "median_delay", "restricted_mean_delay")  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class AlarmPolicy:
    """The chosen threshold on p_deterioration, and figures for it and for the rules clinics use.

    Attributes
    ----------
    threshold : float
        An alarm is the first visit after day 0 with p_deterioration at or above it. Infinite if no
        threshold keeps to the budget.
    threshold_low, threshold_high : float
        Its 90% interval over cohorts of as many patients (Bayesian bootstrap).
    budget : float
        Largest share of those who do not get worse who may get an alarm.
    scale, horizon, criteria
        As in `Courses`; not worse is no deterioration at the horizon.
    source : str
        Where the patients come from.
    schedule : tuple of float or None
        Planned days; None for a cohort of one's own.
    patient_ids : tuple of str
        All patients, those included whom no judge can judge.
    judges : tuple of str
        What alarms are judged against, keys of `paintrend.results.alarm_words.JUDGES`. The
        threshold is chosen by the first.
    measures, visits, curves : DataFrame
        What `table()`, `by_visit()` and `curve()` give.
    not_evaluable : DataFrame
        Patients whom a judge cannot judge, and why: judged, patient_id, reason.
    n_without_start : int
        Patients without a rating at or before day 0: on these the clinic rules are silent.
    folds, seed : int
    """

    threshold: float
    threshold_low: float
    threshold_high: float
    budget: float
    scale: Scale
    horizon: float
    criteria: Criteria
    source: str
    schedule: tuple[float, ...] | None
    patient_ids: tuple[str, ...]
    judges: tuple[str, ...]
    measures: pd.DataFrame
    visits: pd.DataFrame
    curves: pd.DataFrame
    not_evaluable: pd.DataFrame
    n_without_start: int
    folds: int
    seed: int

    def table(self) -> pd.DataFrame:
        """Give one row per judge, rule and setting, in full precision.

        Returns
        -------
        DataFrame
            ``judged``, ``rule``, ``setting`` ("chosen": by the budget, every patient at the
            threshold chosen without the patient's fold; "as used now": the customary threshold;
            "same false alarms": the threshold moved until the rule gives an alarm to as large a
            share of those not worse as the policy does), ``threshold``, ``second_threshold`` and
            ``second_share`` (where scores are discrete, this share of patients, picked at random,
            is judged at the second threshold), ``n_patients``, ``n_fine``, ``n_worse``, then for
            the first alarm of each patient: ``false_alarms_per_100_months`` (among those not worse,
            per 100 patient-months up to the alarm or the last rating), ``false_alarm_share``,
            ``sensitivity``, ``restricted_mean_delay`` and ``restricted_mean_from_onset`` (days
            from day 0, and from the first day of the last lasting rise; who is missed counts up to
            the horizon), ``positive_predictive_value``, each with a standard error ``_se``;
            ``median_delay`` and ``median_from_onset`` with a 90% interval ``_low``, ``_high``:
            infinite where fewer than half are ever detected. From onset: known for simulated
            patients only, else NaN. Errors take the thresholds as given.
        """
        return self.measures.copy()

    def by_visit(self) -> pd.DataFrame:
        """Give one row per judge, rule, setting and day of a visit.

        Returns
        -------
        DataFrame
            ``sensitivity`` and ``false_alarm_share`` up to that day (cumulative incidence of the
            first alarm among those who get worse, and among those not worse; who drops out without
            an alarm stays without one), with ``_se``; the same since the day before with ``_here``;
            ``positive_predictive_value_here`` of the first alarms since then.
        """
        return self.visits.copy()

    def curve(self) -> pd.DataFrame:
        """Give the operating curve of each rule: one row per judge, rule and threshold.

        Returns
        -------
        DataFrame
            ``threshold`` and the means of `table()` at it, chosen and judged on the same patients.
        """
        return self.curves.copy()

    def alarms(self, table: pd.DataFrame) -> pd.DataFrame:
        """Give the first alarm of each patient of a monitoring table.

        Parameters
        ----------
        table : DataFrame
            One row per patient and look: patient_id, day, p_deterioration. Looks at or before
            day 0 and after the horizon raise no alarm, nor do those without a probability.

        Returns
        -------
        DataFrame
            One row per patient in the order of the table: ``patient_id``, ``alarm``, ``day`` and
            ``p_deterioration`` of the first alarm (NaN without one), ``n_looks`` that counted.

        Raises
        ------
        InputError
            If a column is missing or holds what it cannot.

        Examples
        --------
        >>> import paintrend as pt
        >>> cohort = pt.simulate_cohort(30, seed=1)
        >>> fit = pt.fit_curves(pt.read_diary(cohort.ratings, scale="nrs"), horizon=84)
        >>> days = [0, 28, 56, 84]
        >>> policy = pt.alarm_policy(fit.population, schedule=days, n=40, draws=50)
        >>> looks = {"patient_id": "A", "day": [28, 56], "p_deterioration": [0.0, 1.0]}
        >>> policy.alarms(pd.DataFrame(looks))["day"].tolist()
        [56.0]
        """
        day, p = _checked(table)
        counts = (day > 0.0) & (day <= self.horizon) & np.isfinite(p)
        ids = table["patient_id"].astype(str).to_numpy(dtype=object)
        looks = pd.DataFrame({"patient_id": ids, "day": day, "p_deterioration": p})
        reached = looks[counts & (p >= self.threshold)].sort_values("day", kind="stable")
        first = reached.drop_duplicates("patient_id").set_index("patient_id")
        names = pd.Index(pd.unique(ids), name="patient_id")
        n_looks = looks[counts].groupby("patient_id").size().reindex(names, fill_value=0)
        return pd.DataFrame(
            {
                "patient_id": names,
                "alarm": names.isin(first.index),
                "day": first["day"].reindex(names).to_numpy(),
                "p_deterioration": first["p_deterioration"].reindex(names).to_numpy(),
                "n_looks": n_looks.to_numpy(),
            }
        )

    @property
    def lines(self) -> tuple[str, ...]:
        """What both reprs say, and the report."""
        rows = (
            self.measures[self.measures["setting"] == CHOSEN]
            .set_index("judged")[list(FIGURES)]
            .T.to_dict()
        )
        if np.isfinite(self.threshold):
            head = (
                f"alarm at the first visit with p_deterioration of {number(self.threshold, 3)} or "
                f"more (90% interval {_said(self.threshold_low)} to "
                f"{_said(self.threshold_high)}), for a budget of {percent(self.budget)} false "
                "alarms among those who do not get worse"
            )
        else:
            head = (
                f"no threshold keeps to a budget of {percent(self.budget)}: more of those who do "
                "not get worse reach a p_deterioration of 1; there is no alarm"
            )
        lines = [
            f"{head[0].upper()}{head[1:]}.",
            f"Not worse: no deterioration at {time_unit(self.horizon).show(self.horizon)} (scale "
            f"{self.scale.name}, {self.scale.direction_text}; worse by "
            f"{amount(self.criteria.required('worsening'), self.scale.unit)}).",
        ]
        for name in self.judges:
            row = rows[name]
            lines.append(
                f"Judged against {JUDGES[name].label}: {alarm_counts(row, self.horizon)}. "
                + in_numbers(JUDGES[name].meaning, self.criteria, self.scale)
            )
        lines.append(
            f"These figures are cross-fitted: each of {self.folds} folds is judged at the "
            "threshold chosen on the others; the threshold given is chosen on all."
        )
        n_worse = rows[self.judges[0]]["n_worse"]
        if n_worse < FEW_WORSE:
            lines.append(
                f"With {number(n_worse)} patients who get worse the delays and the "
                "sensitivity are hardly known."
            )
        for name in JUDGES:
            n = int((self.not_evaluable["judged"] == name).sum())
            if n:
                lines.append(
                    f"{plural(n, 'patient')} cannot be judged against {JUDGES[name].label}: "
                    "see not_evaluable."
                )
        if self.n_without_start:
            lines.append(
                f"{plural(self.n_without_start, 'patient')} without a rating at or before day 0: "
                "the clinic rules are silent on these."
            )
        return (*lines, f"From {self.source}")

    def __repr__(self) -> str:
        return "\n".join(["AlarmPolicy", *("  " + line for line in self.lines)])

    def _repr_html_(self) -> str:
        first, *rest = (escape(line) for line in self.lines)
        items = "".join(f"<li>{line}</li>" for line in rest)
        # Names with blanks break into lines; with underscores the table ran out of the page.
        names = {name: name.replace("_", " ") for name in SHOWN}
        shown = (
            self.measures.loc[:, list(SHOWN)]
            .rename(columns=names)
            .to_html(index=False, escape=True, float_format=lambda x: f"{x:.2f}")
        )
        rules = "".join(
            f"<li>{name}: {escape(in_numbers(rule.meaning, self.criteria, self.scale))}</li>"
            for name, rule in RULES.items()
        )
        return (
            f"<p><b>{first}</b></p><ul>{items}</ul>{shown}<p>An alarm, where:</p><ul>{rules}</ul>"
        )


def _said(threshold: float) -> str:
    return number(threshold, 3) if np.isfinite(threshold) else "none that keeps to the budget"


def _checked(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Days and probabilities of a monitoring table, or everything that is wrong with it."""
    if not isinstance(table, pd.DataFrame):
        raise InputError(
            "alarms needs a DataFrame with patient_id, day and p_deterioration, got "
            f"{type(table).__name__}."
        )
    lacking = [name for name in NEEDED if name not in table.columns]
    if lacking:
        raise InputError(
            f"alarms: the table has no column {', '.join(lacking)}; it has "
            f"{', '.join(map(str, table.columns))}."
        )
    found = []
    day = pd.to_numeric(table["day"], errors="coerce").to_numpy(dtype=float)
    p = pd.to_numeric(table["p_deterioration"], errors="coerce").to_numpy(dtype=float)
    for row in np.flatnonzero(~np.isfinite(day)):
        found.append(f"row {row}: day must be a finite number, got {table['day'].iloc[row]!r}")
    given = table["p_deterioration"].notna().to_numpy()
    for row in np.flatnonzero(given & ~((p >= 0.0) & (p <= 1.0))):
        found.append(
            f"row {row}: p_deterioration must be from 0 to 1, or empty, got "
            f"{table['p_deterioration'].iloc[row]!r}"
        )
    for row in np.flatnonzero(table["patient_id"].isna().to_numpy()):
        found.append(f"row {row}: the patient_id is missing")
    if found:
        more = f"; and {len(found) - 10} more" if len(found) > 10 else ""
        raise InputError(f"alarms: {'; '.join(found[:10])}{more}.")
    return day, p
