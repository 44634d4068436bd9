"""Write docs/licences.md: licences of what paintrend needs, from the metadata installed here.

    python scripts/make_licences.py

Direct requirements of the package and of its extras, as in pyproject.toml; packages that are not
installed are listed as such.
"""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "licences.md"
HEAD = """# Licences

paintrend is under BSD-3-Clause. These are the packages it needs, with the licences that their own
metadata state; `python scripts/make_licences.py` renews the table. Packages that these bring
along are in `requirements/`.

| package | licence | for |
|---|---|---|
"""
STATEMENT = """\
Research and case-review software, not a medical device; not for deciding one patient's
care on its own. It does not show that treatment caused a change."""


def licence_of(name: str) -> str:
    """Licence in the metadata: the expression, else the classifiers, else the first line."""
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return "not installed here"
    if about.get("License-Expression"):
        return str(about["License-Expression"])
    classifiers = [
        text.rpartition(" :: ")[2]
        for text in about.get_all("Classifier", [])
        if text.startswith("License :: ") and not text.endswith("OSI Approved")
    ]
    if classifiers:
        return ", ".join(classifiers)
    first = str(about.get("License") or "not stated").strip().splitlines()[0]
    return re.sub(r"\s+", " ", first)[:60]


def table() -> str:
    """Give the page."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    users: dict[str, list[str]] = {}
    groups = {"always": project["dependencies"], **project["optional-dependencies"]}
    for group, lines in groups.items():
        for line in lines:
            users.setdefault(Requirement(line).name.lower(), []).append(group)
    rows = [f"| {name} | {licence_of(name)} | {', '.join(users[name])} |" for name in sorted(users)]
    return HEAD + "\n".join(rows) + "\n\n" + STATEMENT + "\n"


if __name__ == "__main__":
    TARGET.write_text(table(), encoding="utf-8", newline="\n")
