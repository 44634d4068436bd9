"""Tables of scores: one row per answer, numbers as text with their standard errors."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from answers import BEST, DIP, OWN, WORSE, Answer, Comparison
from numpy.typing import NDArray
from scores import (
    Estimate,
    auc,
    auc_difference,
    brier_losses,
    calibration_by_chance,
    calibration_error,
    coverage,
    gap_closed,
    log_losses,
    mean_of,
)

from paintrend.core.course_rules import COURSES
from paintrend.features import DRAW_FEATURES

CONTINUOUS = ("baseline", "pre_trend", "rise", "end_change", "burden", "worse_days")
CONTINUOUS += ("peak_day", "return_day", "better_day")
FIRST = COURSES.index("worse_before_better")


def text(estimate: Estimate, digits: int = 3) -> str:
    """Give "value ± error", or a dash where there is none."""
    if not np.isfinite(estimate.value):
        return "–"
    return f"{estimate.value:.{digits}f} ± {estimate.error:.{digits}f}"


def markdown(table: pd.DataFrame) -> str:
    """Give a table as Markdown."""
    lines = ["| " + " | ".join(map(str, table.columns)) + " |", "|---" * table.shape[1] + "|"]
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in table.itertuples(index=False)]
    return "\n".join(lines)


def score_table(comparison: Comparison) -> pd.DataFrame:
    """Every score of every answer."""
    true = comparison.true
    either = comparison.truly_dip | comparison.truly_worse
    raised = either & comparison.raised
    rows = []
    for name, a in comparison.answers.items():
        right = a.p.argmax(axis=1) == true
        rows.append(
            {
                "answer": name,
                "log-loss": text(mean_of(log_losses(a.p, true))),
                "Brier": text(mean_of(brier_losses(a.p, true))),
                "accuracy": text(mean_of(right.astype(float))),
                "calibration: top course": text(calibration_error(a.p.max(axis=1), right)),
                "dip": text(calibration_error(a.dip, comparison.truly_dip)),
                "deterioration": text(calibration_error(a.worse, comparison.truly_worse)),
                "AUC: dip": text(auc(a.dip, comparison.truly_dip)),
                "AUC: deterioration": text(auc(a.worse, comparison.truly_worse)),
                "dip against deterioration": text(_against(a, comparison, either)),
                "the same, raised now": text(_against(a, comparison, raised)),
                "seconds": f"{a.seconds:.1f}",
            }
        )
    return pd.DataFrame(rows)


def _against(a: Answer, comparison: Comparison, rows: NDArray[np.bool_]) -> Estimate:
    return auc(a.dip_against_worse[rows], comparison.truly_dip[rows])


def target_table(comparisons: Iterable[Comparison]) -> pd.DataFrame:
    """paintrend against the best existing tool and against the best possible."""
    rows = []
    for c in comparisons:
        losses = {name: log_losses(a.p, c.true) for name, a in c.answers.items()}
        others = {k: v for k, v in losses.items() if k not in (BEST, OWN)}
        own = losses[OWN]
        row = {"world": c.world.name, "patients": len(own), "paintrend": text(mean_of(own))}
        tool = min(others, key=lambda k: others[k].mean()) if others else ""
        row["best existing tool"] = f"{text(mean_of(others[tool]))} ({tool})" if tool else "–"
        if BEST in losses:
            best, a, b = losses[BEST], c.answers[OWN], c.answers[BEST]
            row["best possible"] = text(mean_of(best))
            row["paintrend − best possible"] = text(mean_of(own - best), 4)
            row["share of gap closed"] = text(gap_closed(others[tool], own, best)) if tool else "–"
            row["AUC dip − best"] = text(auc_difference(a.dip, b.dip, c.truly_dip), 4)
            row["AUC deterioration − best"] = text(
                auc_difference(a.worse, b.worse, c.truly_worse), 4
            )
        rows.append(row)
    return pd.DataFrame(rows).fillna("–")


def loss_table(comparison: Comparison, by: str) -> pd.DataFrame:
    """Where the loss above the best possible sits, by true course or by kind of curve."""
    own = log_losses(comparison.answers[OWN].p, comparison.true)
    best = log_losses(comparison.answers[BEST].p, comparison.true)
    groups, names = (
        (comparison.true, COURSES)
        if by == "course"
        else (comparison.kind, comparison.world.clinic.names)
    )
    rows = []
    for number, name in enumerate(names):
        inside = groups == number
        if inside.any():
            rows.append(
                {
                    "world": comparison.world.name,
                    by: name,
                    "patients": int(inside.sum()),
                    "paintrend": f"{own[inside].mean():.3f}",
                    "best possible": f"{best[inside].mean():.3f}",
                    "part of the difference": text(mean_of((own - best) * inside), 4),
                }
            )
    return pd.DataFrame(rows)


def coverage_table(comparison: Comparison) -> pd.DataFrame:
    """Coverage and width of 90% intervals of features."""
    rows = []
    for name in CONTINUOUS:
        f = DRAW_FEATURES.index(name)
        row: dict[str, object] = {"world": comparison.world.name, "feature": name}
        for key in (OWN, BEST):
            a = comparison.answers.get(key)
            if a is not None and a.places is not None and a.widths is not None:
                here = a.widths[:, f][np.isfinite(a.places[:, f])]
                row["patients"] = here.size
                row[f"{key}: covered"] = text(coverage(a.places[:, f]))
                row[f"{key}: width"] = text(mean_of(here))
        rows.append(row)
    return pd.DataFrame(rows)


def alarm_table(comparisons: Iterable[Comparison]) -> pd.DataFrame:
    """Nobody rises: share of patients said to, in percent."""
    rows = []
    for c in comparisons:
        for name, a in c.answers.items():
            if a.labels is None:
                risen = a.dip + a.worse > 0.5
                first = a.p[:, FIRST] > 0.5
            else:
                # What the tool itself says; the confusion matrix of this world would hide it.
                risen, first = np.isin(a.labels, DIP + WORSE), a.labels == FIRST
            rows.append(
                {
                    "world": c.world.name,
                    "cohorts of": c.n,
                    "patients": len(c.true),
                    "answer": name,
                    "dip or deterioration, %": text(mean_of(100.0 * risen), 2),
                    "worse before better, %": text(mean_of(100.0 * first), 2),
                }
            )
    return pd.DataFrame(rows)


def share_table(comparison: Comparison) -> pd.DataFrame:
    """Mean probability of each course: paintrend, the best possible, and what happened."""
    own, best = comparison.answers[OWN].p, comparison.answers[BEST].p
    return pd.DataFrame(
        {
            "world": comparison.world.name,
            "course": COURSES,
            "paintrend": [f"{x:.3f}" for x in own.mean(axis=0)],
            "best possible": [f"{x:.3f}" for x in best.mean(axis=0)],
            "difference": [text(mean_of(d)) for d in (own - best).T],
            "happened": [f"{np.mean(comparison.true == k):.3f}" for k in range(len(COURSES))],
        }
    )


def early_table(comparisons: Iterable[tuple[float, Comparison]]) -> pd.DataFrame:
    """Dip against deterioration from the first part of the horizon, new patients."""
    rows = []
    for share, c in comparisons:
        for label, rows_in in (("all", c.raised | ~c.raised), ("raised now", c.raised)):
            use = rows_in & (c.truly_dip | c.truly_worse)
            dip = c.truly_dip[use]
            own = c.answers[OWN].dip_against_worse[use]
            best = c.answers[BEST].dip_against_worse[use]
            others = {
                name: auc(a.dip_against_worse[use], dip)
                for name, a in c.answers.items()
                if name not in (OWN, BEST)
            }
            tool = max(others, key=lambda k: np.nan_to_num(others[k].value), default="")
            rows.append(
                {
                    "world": c.world.name,
                    "share of horizon": f"{share:.2f}",
                    "patients": f"{label}, {int(dip.sum())} dips, {int((~dip).sum())} worse",
                    "paintrend": text(auc(own, dip)),
                    "best possible": text(auc(best, dip)),
                    "paintrend − best possible": text(auc_difference(own, best, dip), 4),
                    "best existing tool": f"{text(others[tool])} ({tool})" if tool else "–",
                }
            )
    return pd.DataFrame(rows)


def chance_line(comparison: Comparison) -> str:
    """Say which calibration error a perfect method would have by chance."""
    a = comparison.answers[OWN]
    values = [calibration_by_chance(p) for p in (a.p.max(axis=1), a.dip, a.worse)]
    return (
        f"By chance alone ({len(a.p)} patients) the calibration error is about "
        f"{values[0]:.3f} (top course), {values[1]:.3f} (dip), {values[2]:.3f} (deterioration)."
    )
