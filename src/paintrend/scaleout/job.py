"""What the tasks of one run share, and where in its folder things are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paintrend.results.criteria import Criteria
from paintrend.scaleout.source import Source
from paintrend.scales import Scale

__all__ = ["Job"]


@dataclass(frozen=True, eq=False)
class Job:
    """One run. `options` are those of reading: columns, start, time_unit, wide."""

    folder: Path
    source: Source
    scale: Scale
    options: Mapping[str, Any]
    needed: tuple[str, ...]
    id_column: str
    date_columns: tuple[str, ...]
    horizon: float
    criteria: Criteria
    seed: int
    draws: int
    curves: bool
    learn: bool
    n_buckets: int

    @property
    def work(self) -> Path:
        """Folder of what is needed to go on; gone when the run is done."""
        return self.folder / ".work"

    def unit_marker(self, unit: int) -> Path:
        """Written when all rows of a unit have been routed."""
        return self.work / "rows" / f"unit-{unit:05d}.json"

    def chunk(self, unit: int, number: int) -> Path:
        """Rows of a unit in the order of their buckets."""
        return self.work / "rows" / f"unit-{unit:05d}-{number:03d}.arrow"

    def checked(self, bucket: int, kind: str) -> Path:
        """What the checks of a bucket left: ratings, sample, problems; or its marker."""
        end = "json" if kind == "marker" else "parquet"
        return self.work / kind / f"bucket-{bucket:05d}.{end}"

    @property
    def all_checked(self) -> Path:
        """Written when every bucket has been checked: what they hold together."""
        return self.work / "checked.json"

    @property
    def population(self) -> Path:
        """The population that the curves rest on."""
        return self.folder / "population.json"

    def part(self, bucket: int, kind: str = "courses") -> Path:
        """Results of a bucket: courses or curves."""
        return self.folder / kind / f"part-{bucket:05d}.parquet"
