"""Delay against false alarms of every alarm rule: the numbers of `plot_policy`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from paintrend.errors import InputError
from paintrend.plots.captions import definition
from paintrend.results.alarm_words import AS_USED, CHOSEN, JUDGES, POLICY, RULES, in_numbers
from paintrend.results.direction import in_direction
from paintrend.wording import TimeUnit, number, percent, plural, records, time_unit

if TYPE_CHECKING:
    from paintrend.results.alarm_policy import AlarmPolicy

__all__ = ["PolicyNumbers", "RuleLine", "RuleMark", "policy_info"]

LEAST_SHOWN, ROOM = 0.3, 1.15


class RuleLine(NamedTuple):
    """Operating points of a rule, thresholds falling: share of false alarms and mean delay in the
    figure's unit of time; and where the line leaves the picture."""

    rule: str
    label: str
    false_alarms: tuple[float, ...]
    delay: tuple[float, ...]
    ends_at: float


class RuleMark(NamedTuple):
    """A rule at the chosen threshold, or as it is used now, with standard errors."""

    rule: str
    setting: str
    false_alarms: float
    delay: float
    false_alarms_se: float
    delay_se: float
    text: str


class PolicyNumbers(NamedTuple):
    """What `draw_policy` draws.

    Attributes
    ----------
    judged : key of `paintrend.results.alarm_words.JUDGES`
    lines, marks : of the rules, the policy first
    budget : share of false alarms allowed
    widest : right end of the axis of false alarms
    latest : delay of those who are never detected
    unit : unit of time
    subtitle : what it was judged against
    caption : definitions and numbers of patients
    """

    judged: str
    lines: tuple[RuleLine, ...]
    marks: tuple[RuleMark, ...]
    budget: float
    widest: float
    latest: float
    unit: TimeUnit
    subtitle: str
    caption: tuple[str, ...]


def policy_info(policy: AlarmPolicy, judged: str | None = None) -> PolicyNumbers:
    """Collect what the picture of an alarm policy shows.

    Parameters
    ----------
    policy : AlarmPolicy
    judged : str, optional
        One of `policy.judges`; the first if not given.

    Raises
    ------
    InputError
        If the policy was not judged against that.
    """
    judge = policy.judges[0] if judged is None else judged
    if judge not in policy.judges:
        raise InputError(
            f"judged must be one of {', '.join(policy.judges)} for this policy, got {judged!r}."
        )
    table = policy.measures[policy.measures["judged"] == judge]
    curves = policy.curves[policy.curves["judged"] == judge]
    unit = time_unit(policy.horizon)
    shown = table[table["setting"].isin((CHOSEN, AS_USED))]
    marks = tuple(
        RuleMark(
            rule=row["rule"],
            setting=row["setting"],
            false_alarms=float(row["false_alarm_share"]),
            delay=float(row["restricted_mean_delay"]) * unit.per_day,
            false_alarms_se=float(row["false_alarm_share_se"]),
            delay_se=float(row["restricted_mean_delay_se"]) * unit.per_day,
            text=in_direction(
                _mark_text(row["rule"], row["setting"], float(row["threshold"])), policy.scale
            ),
        )
        for row in records(shown)
    )
    furthest = max([m.false_alarms for m in marks if np.isfinite(m.false_alarms)], default=0.0)
    widest = float(np.clip(ROOM * furthest, LEAST_SHOWN, 1.0))
    lines = []
    for rule in RULES:
        own = curves[curves["rule"] == rule].dropna(subset=["restricted_mean_delay"])
        if len(own):
            x = own["false_alarm_share"].to_numpy(dtype=float)
            y = own["restricted_mean_delay"].to_numpy(dtype=float) * unit.per_day
            end = float(np.interp(widest, x, y))
            lines.append(
                RuleLine(
                    rule, in_direction(RULES[rule].label, policy.scale), tuple(x), tuple(y), end
                )
            )
    # what is held out ends the watch before the horizon
    until = float(curves["restricted_mean_delay"].max()) if len(curves) else policy.horizon
    first = table.iloc[0]
    return PolicyNumbers(
        judged=judge,
        lines=tuple(lines),
        marks=marks,
        budget=policy.budget,
        widest=widest,
        latest=until * unit.per_day,
        unit=unit,
        subtitle=f"judged against {JUDGES[judge].label}",
        caption=_caption(policy, judge, float(first["n_fine"]), float(first["n_worse"]), until),
    )


def _mark_text(rule: str, setting: str, threshold: float) -> str:
    if setting == CHOSEN:
        return f"{RULES[rule].label}: chosen threshold {number(threshold, 3)}"
    if rule == "expected_recovery":
        return f"{RULES[rule].label}: as used now, above {percent(threshold)} of similar patients"
    return f"{RULES[rule].label}: as used now, raised by {number(threshold, 2)}"


def _caption(
    policy: AlarmPolicy, judge: str, n_fine: float, n_worse: float, until: float
) -> tuple[str, ...]:
    unit = time_unit(policy.horizon)
    n_missing = int((policy.not_evaluable["judged"] == judge).sum())
    aside = f" {plural(n_missing, 'patient')} could not be judged." if n_missing else ""
    others = [JUDGES[name].label for name in policy.judges if name != judge]
    also = f" Also judged against {' and '.join(others)}." if others else ""
    return (
        f"{plural(round(n_fine + n_worse), 'patient')}: {number(n_worse)} worse, "
        f"{number(n_fine)} not worse at {unit.show(policy.horizon)}.{aside} "
        f"{in_numbers(JUDGES[judge].meaning, policy.criteria, policy.scale)}{also}",
        f"{definition(policy.criteria, policy.scale)}. Scale: {policy.scale.label} "
        f"({policy.scale.direction_text}). First alarm of each patient at a visit; who gets worse "
        f"and is never detected counts with {unit.show(until)}.",
        "Lines: all thresholds; between two of them one is picked at random for each patient. "
        f"Bars: 90% intervals. {RULES[POLICY].label[0].upper()}{RULES[POLICY].label[1:]}: mark "
        "cross-fitted, line chosen and judged on the same patients. "
        f"From {policy.source}",
    )
