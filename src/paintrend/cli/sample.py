"""Where the sample cohort is: in an installed package, or in the source folder."""

from __future__ import annotations

from pathlib import Path

from paintrend.cli.console import CommandError

__all__ = ["HORIZON", "sample_file"]

HORIZON = 84.0
"""Days: the last planned visit of the sample cohort."""


def sample_file(name: str = "cohort.csv") -> Path:
    """Return the path of a file of the sample cohort: cohort.csv, symptoms.csv, events.csv.

    A wheel holds a copy within the package; in the source folder the file itself is used.
    """
    package = Path(__file__).resolve().parents[1]
    places = (package / "sample" / name, package.parents[1] / "data" / "sample" / name)
    for place in places:
        if place.is_file():
            return place
    raise CommandError(
        f"{name} of the sample cohort is missing; looked for {' and '.join(map(str, places))}"
    )
