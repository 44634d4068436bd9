"""Tables of what was said while treatment was still going on, with the aims."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from answers import BEST, Answer
from landmarks import Landmark
from numpy.typing import NDArray
from scores import (
    Estimate,
    auc,
    auc_gap,
    calibration_by_chance,
    calibration_error,
    inside,
    mean_of,
    per_rating,
)
from tables import text

Array = NDArray[np.float64]
NEAR, CALIBRATED, COVERED = 0.02, 0.03, (87.0, 93.0)
"""Aims: AUC below the best possible, calibration error, coverage in percent."""


def _head(m: Landmark, name: str) -> dict[str, object]:
    return {"world": m.comparison.world.name, "day": f"{m.day:g} ({m.share:.0%})", "answer": name}


def _said(met: bool, name: str) -> str:
    """Whether an aim is met; the aims are paintrend's."""
    if name == BEST:
        return "–"
    return "yes" if met else "**no**"


def separation_table(looks: Iterable[Landmark]) -> pd.DataFrame:
    """AUC of dip against deterioration, for all and among those raised now."""
    rows = []
    for m in looks:
        c, best = m.comparison, m.comparison.answers.get(BEST)
        for name, own in c.answers.items():
            if name == BEST:
                continue
            for label, some in (("all", c.raised | ~c.raised), ("raised now", c.raised)):
                use = some & (c.truly_dip | c.truly_worse)
                dip, score = c.truly_dip[use], own.dip_against_worse[use]
                row = _head(m, name) | {
                    "who": label,
                    "dips": int(dip.sum()),
                    "worse": int((~dip).sum()),
                    "paintrend": text(auc(score, dip)),
                }
                if best is not None:
                    # on those for whom the best possible answered
                    few = use[: len(best.p)]
                    dip, own_score = c.truly_dip[: few.size][few], own.dip_against_worse[: few.size]
                    theirs = best.dip_against_worse[few]
                    gap = auc_gap(own_score[few], theirs, dip)
                    row |= {
                        "best possible": text(auc(theirs, dip)),
                        "of them": dip.size,
                        "difference": text(gap, 4),
                        "met": _said(gap.value >= -NEAR, name),
                    }
                rows.append(row)
    return pd.DataFrame(rows)


def calibrations(a: Answer, m: Landmark) -> dict[str, tuple[Estimate, float]]:
    """Calibration error of four probabilities, each with that of a perfect method by chance."""
    c, n = m.comparison, len(a.p)
    asked = {
        "top course": (a.p.max(axis=1), a.p.argmax(axis=1) == c.true[:n]),
        "dip": (a.dip, c.truly_dip[:n]),
        "deterioration": (a.worse, c.truly_worse[:n]),
    }
    if a.end_better is not None:
        asked["ends better"] = (a.end_better, m.ends_better[:n])
    return {
        key: (calibration_error(p, happened), calibration_by_chance(p))
        for key, (p, happened) in asked.items()
    }


def calibration_table(looks: Iterable[Landmark]) -> pd.DataFrame:
    """Calibration errors of every answer."""
    rows = []
    for m in looks:
        for name, a in m.comparison.answers.items():
            errors = calibrations(a, m)
            largest = max(error.value for error, _ in errors.values())
            rows.append(
                _head(m, name)
                | {"patients": len(a.p)}
                | {key: f"{text(error)} ({chance:.3f})" for key, (error, chance) in errors.items()}
                | {"met": _said(largest <= CALIBRATED, name)}
            )
    return pd.DataFrame(rows)


def by_patient(places: Array) -> Estimate:
    """Share in percent of places (n, m) inside the middle 90%; patients are independent."""
    known = np.isfinite(places).any(axis=1)
    return mean_of(100.0 * np.nanmean(inside(places[known]), axis=1))


def coverage_table(looks: Iterable[Landmark]) -> pd.DataFrame:
    """Coverage of later levels of the true curve and of later ratings, and widths."""
    rows = []
    for m in looks:
        best = m.comparison.answers.get(BEST)
        for name, a in m.comparison.answers.items():
            if a.later is None or a.later_widths is None:
                continue
            raised = m.comparison.raised[: len(a.p)]
            every = by_patient(a.later)
            row = _head(m, name) | {
                "true curve": text(every, 1),
                "next visit": text(by_patient(a.later[:, :1]), 1),
                "last visit": text(by_patient(a.later[:, -1:]), 1),
                "raised now": text(by_patient(a.later[raised]), 1),
                "width, points": f"{a.later_widths.mean():.2f}",
                "width / best": "–",
                "later ratings": "–",
                "those given": "–",
            }
            judged = [every.value]
            if best is not None and best.later_widths is not None:
                n = len(best.p)
                ratio = a.later_widths[:n].mean() / best.later_widths.mean()
                row["width / best"] = f"{ratio:.2f}"
            rated = m.rated.get(name)
            if rated is not None:
                hit = 100.0 * inside(rated.places)
                planned = per_rating(hit, rated.owner)
                given = per_rating(hit[rated.given], rated.owner[rated.given])
                row["later ratings"], row["those given"] = text(planned, 1), text(given, 1)
                judged.append(planned.value)
            row["met"] = _said(all(COVERED[0] <= x <= COVERED[1] for x in judged), name)
            rows.append(row)
    return pd.DataFrame(rows)


def effort_table(looks: Iterable[Landmark]) -> pd.DataFrame:
    """Patients, those raised now, effective sizes of the best possible answer, and seconds."""
    rows = []
    for m in looks:
        c = m.comparison
        for name, a in c.answers.items():
            rows.append(
                _head(m, name)
                | {
                    "patients": len(a.p),
                    "raised now": int(c.raised[: len(a.p)].sum()),
                    "effective size, 95% have": a.remark if name == BEST else "–",
                    "seconds": f"{a.seconds:.0f}",
                }
            )
    return pd.DataFrame(rows)
