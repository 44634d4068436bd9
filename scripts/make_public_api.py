"""Renew tests/public_api.json: signatures and table columns that users rely on.

    python scripts/make_public_api.py             after a change that is meant
    python scripts/make_public_api.py --released  when a version goes out

A test fails while the file does not say what the code has, and while the Unreleased section of
CHANGELOG.md does not name what has changed since the last release.
"""

from __future__ import annotations

import argparse
import dataclasses
import inspect
import json
from pathlib import Path
from typing import Any

import pandas as pd

import paintrend as pt

TARGET = Path(__file__).resolve().parents[1] / "tests" / "public_api.json"
DAYS = (-7, 0, 14, 28, 42, 56, 70, 84)


def signatures() -> dict[str, Any]:
    """Every public function, and the public members of every public class."""
    found: dict[str, Any] = {}
    for name in sorted(set(pt.__all__) - {"__version__"}):
        value = getattr(pt, name)
        if inspect.isclass(value):
            found[name] = _class(value)
        elif inspect.isfunction(value):
            found[name] = _signature(value)
        else:
            found[name] = sorted(value)
    return found


def _signature(function: Any) -> str:
    # Annotations are written in another way by each Python version; names and defaults are not.
    plain = [p.replace(annotation=p.empty) for p in inspect.signature(function).parameters.values()]
    return str(inspect.Signature(plain))


def _class(kind: type) -> dict[str, str]:
    found = {"(bases)": ", ".join(base.__name__ for base in kind.__bases__)}
    if dataclasses.is_dataclass(kind):
        for field in dataclasses.fields(kind):
            absent = field.default is field.default_factory is dataclasses.MISSING
            found[field.name] = "field" if absent else "field with a default"
    for name, member in inspect.getmembers(kind):
        ours = any(name in vars(base) and base.__module__.startswith("paintrend")
                   for base in kind.__mro__)  # fmt: skip
        if name.startswith("_") or not ours or name in found:
            continue
        found[name] = _signature(member) if callable(member) else "value"
    return found


def columns() -> dict[str, list[str]]:
    """Columns of the tables that users read by name."""
    pain = {"P1": [7, 7, 6, 5, 3, 2, 2, 1], "P2": [3, 3, 4, 6, 6, 7, 7, 7], "P3": [5] * 8}
    rows = [
        {"patient_id": k, "day": day, "pain": value, "arm": "ab"[k == "P1"]}
        for k, values in pain.items()
        for day, value in zip(DAYS, values, strict=True)
    ]
    diary = pt.read_diary(pd.DataFrame(rows), "nrs")
    fit = pt.fit_curves(diary, horizon=84, draws=20, workers=1)
    courses = pt.classify(fit)
    new = pt.read_diary(pd.DataFrame({"patient_id": "N", "day": DAYS[:4], "pain": 4}), "nrs")
    watched = pt.monitor(new, population=fit.population, draws=20, workers=1)
    tables = {
        "Diary.ratings": diary.ratings,
        "Diary.problems": diary.problems,
        "Diary.missing": diary.missing,
        "Fit.info": fit.info,
        "PatientFit.curve": fit["P1"].curve,
        "Population.shares": fit.population.shares(),
        "Courses.table": courses.table(),
        "PatientCourse.why": courses["P1"].why(),
        "review_order": pt.review_order(fit, courses),
        "Monitor.table": watched.table(),
        "Monitor.coming": watched.coming,
        "review_monitor": pt.review_monitor(watched),
        "scale_table": pt.scale_table(),
        "warning_sign_table": pt.warning_sign_table(),
    }
    return {name: [str(column) for column in table.columns] for name, table in tables.items()}


def main() -> None:
    """Write the file, and keep the list of what has changed since the last release."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--released", action="store_true", help="forget what has changed")
    released = parser.parse_args().released
    old = json.loads(TARGET.read_text(encoding="utf-8")) if TARGET.exists() else None
    new: dict[str, Any] = {"signatures": signatures(), "columns": columns()}
    changed = set(old["changed"]) if old else set()
    for part in ("signatures", "columns") if old else ():
        before, after = old[part], new[part]
        names = before.keys() | after.keys()
        changed |= {name for name in names if before.get(name) != after.get(name)}
    new["changed"] = [] if released else sorted(changed)
    TARGET.write_text(json.dumps(new, indent=1) + "\n", encoding="utf-8", newline="\n")
    print("changed since the last release:", ", ".join(new["changed"]) or "nothing")


if __name__ == "__main__":
    main()
