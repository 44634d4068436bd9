"""Files of a simulated cohort."""

from __future__ import annotations

from pathlib import Path

from paintrend.aside import written_aside
from paintrend.results.cohort import SimulatedCohort
from paintrend.storage.tables import harmless

__all__ = ["write_cohort"]


def write_cohort(cohort: SimulatedCohort, directory: str | Path) -> tuple[Path, Path]:
    """Write a cohort to ``cohort.csv`` and ``truth.csv``, the latter with five significant digits.

    Parameters
    ----------
    cohort : SimulatedCohort
    directory : str or Path
        Made if it does not exist.

    Returns
    -------
    tuple of Path
        The two files.
    """
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    paths = folder / "cohort.csv", folder / "truth.csv"
    for path, table in zip(paths, (cohort.ratings, cohort.truth), strict=True):
        # The same bytes on every system, and digits that do not depend on the processor.
        with written_aside(path) as aside:
            harmless(table).to_csv(
                aside, index=False, lineterminator="\n", encoding="utf-8", float_format="%.5g"
            )
    return paths
