"""Scales: range, step, direction and thresholds of a questionnaire, written down once."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from paintrend.errors import ScaleError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SCALES", "Scale", "get_scale", "scale_table"]


@dataclass(frozen=True)
class Scale:
    """A questionnaire's range, step, direction and thresholds.

    Parameters
    ----------
    name : str
        Short name, as used in ``read_diary(..., scale="nrs")``.
    low, high : float
        Smallest and largest possible value.
    step : float
        Distance between neighbouring values, counted from `low`; 0 if any value may occur.
    better, worse : float, optional
        Smallest change, in scale units, that counts as improvement and as worsening. Two
        settings: worsening is not improvement mirrored. None where no source gives a number.
    higher_is_worse : bool
        Direction of the scale.
    severe : float, optional
        From this value on (downwards if higher is better) a rating counts as severe.
    label : str
        Name for titles and axes; the short name if not given.
    measures : str
        What the values stand for: "pain", "disability" ...
    unit : str
        Unit of a value: "points", "mm" ...
    source, doi : str
        Where the thresholds come from.
    better_assumed, worse_assumed, severe_assumed : bool
        True where the number is an assumption and not the source's.

    Raises
    ------
    ScaleError
        With every contradiction at once.

    Examples
    --------
    >>> relief = Scale("relief", 0, 100, better=20, worse=20, higher_is_worse=False)
    >>> relief.direction_text
    'higher = better'
    >>> float(relief.orient(90.0))
    10.0
    """

    name: str
    low: float
    high: float
    step: float = 1.0
    better: float | None = None
    worse: float | None = None
    higher_is_worse: bool = True
    severe: float | None = None
    label: str = ""
    measures: str = "pain"
    unit: str = "points"
    source: str = ""
    doi: str = ""
    better_assumed: bool = False
    worse_assumed: bool = False
    severe_assumed: bool = False

    def __post_init__(self) -> None:
        problems = _contradictions(self)
        if problems:
            shown = self.name if isinstance(self.name, str) and self.name else "without a name"
            raise ScaleError(f"scale {shown}: " + "; ".join(problems) + ".")
        # So that 0 and 0.0 give the same scale, also after a round trip through JSON.
        for key in ("low", "high", "step", "better", "worse", "severe"):
            value = getattr(self, key)
            if value is not None:
                object.__setattr__(self, key, float(value))
        if not self.label:
            object.__setattr__(self, "label", self.name)

    @property
    def span(self) -> float:
        """Distance from the smallest to the largest value."""
        return self.high - self.low

    @property
    def direction_text(self) -> str:
        """The direction in words: "higher = worse" or "higher = better"."""
        return "higher = worse" if self.higher_is_worse else "higher = better"

    def orient(self, values: Any) -> Any:
        """Map values to "higher is worse", keeping the range; its own inverse.

        ``y`` if higher is worse, else ``low + high - y``. Numbers, arrays and Series come back as
        what they were; lists and tuples as arrays.
        """
        if isinstance(values, (list, tuple)):
            values = np.asarray(values, dtype=float)
        return values if self.higher_is_worse else self.low + self.high - values


def _is_number(value: object) -> bool:
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.number)):
        return False
    return math.isfinite(float(value))


def _contradictions(scale: Scale) -> list[str]:
    """Say everything that is wrong with the numbers of a scale."""
    found = []
    if not isinstance(scale.name, str) or not scale.name.strip():
        found.append(f"name must be a text that is not empty, got {scale.name!r}")
    for key in ("low", "high", "step"):
        if not _is_number(getattr(scale, key)):
            found.append(f"{key} must be a finite number, got {getattr(scale, key)!r}")
    for key in ("better", "worse", "severe"):
        value = getattr(scale, key)
        if value is not None and not _is_number(value):
            found.append(f"{key} must be a finite number or None, got {value!r}")
    for key in ("higher_is_worse", "better_assumed", "worse_assumed", "severe_assumed"):
        if not isinstance(getattr(scale, key), (bool, np.bool_)):
            found.append(f"{key} must be True or False, got {getattr(scale, key)!r}")
    if found:
        return found
    if not scale.low < scale.high:
        return [f"low must be below high, got low {scale.low:g} and high {scale.high:g}"]
    span = scale.high - scale.low
    if scale.step < 0:
        found.append(f"step must be 0 (any value) or positive, got {scale.step:g}")
    elif scale.step > 0:
        n_steps = span / scale.step
        # High must be a possible value, or a rating at the top could not be entered.
        if n_steps < 1 or abs(n_steps - round(n_steps)) > 1e-6:
            found.append(
                f"steps of {scale.step:g} from low {scale.low:g} do not reach high {scale.high:g}"
            )
    for key in ("better", "worse"):
        value = getattr(scale, key)
        if value is not None and not 0 < value <= span:
            found.append(
                f"{key} is a size of change and must be above 0 and at most {span:g}, got {value:g}"
            )
    if scale.severe is not None and not scale.low <= scale.severe <= scale.high:
        found.append(
            f"severe must lie from low {scale.low:g} to high {scale.high:g}, got {scale.severe:g}"
        )
    return found


_OSTELO = "Ostelo 2008, consensus for low back pain, Spine 33:90"
_OSTELO_DOI = "10.1097/BRS.0b013e31815e3a10"

# ODI, PROMIS and BPI take any value: left-out items, T-scores and item means give decimals.
# For worsening no source gives a number: that for improvement is used, and flagged.
# fmt: off
SCALES: dict[str, Scale] = {
    scale.name: scale
    for scale in (
        Scale("nrs", 0, 10, better=2, worse=2, worse_assumed=True, severe=7, severe_assumed=True,
              label="Pain, numeric rating scale (NRS)",
              # Cut-offs for severe from 6 to 8 are in use, by population: a setting, not a fact.
              source=_OSTELO + "; severe: Palos 2006, 10.1016/j.jpain.2005.07.012",
              doi=_OSTELO_DOI),
        Scale("vas", 0, 100, better=15, worse=15, worse_assumed=True,
              label="Pain, visual analogue scale (VAS)", unit="mm",
              source=_OSTELO, doi=_OSTELO_DOI),
        Scale("odi", 0, 100, step=0, better=10, worse=10, worse_assumed=True,
              label="Oswestry Disability Index (ODI)", measures="disability",
              source=_OSTELO, doi=_OSTELO_DOI),
        Scale("ndi", 0, 50, better=10, worse=10, worse_assumed=True,
              label="Neck Disability Index (NDI)", measures="disability",
              source="Young 2009, detectable change in mechanical neck disorders, Spine J 9:802",
              doi="10.1016/j.spinee.2009.06.002"),
        Scale("rmdq", 0, 24, better=5, worse=5, worse_assumed=True,
              label="Roland-Morris Disability Questionnaire (RMDQ)", measures="disability",
              source=_OSTELO, doi=_OSTELO_DOI),
        Scale("promis_pi", 20, 80, step=0, better=4.5, worse=4.5, worse_assumed=True,
              label="PROMIS Pain Interference (T-score)", measures="pain interference",
              unit="T-score points",
              source="Amtmann 2016, midpoint of 3.5 to 5.5 in low back pain, J Pain Res 9:251",
              doi="10.2147/JPR.S93391"),
        Scale("bpi_interference", 0, 10, step=0, better=1, worse=1, worse_assumed=True,
              label="Brief Pain Inventory, interference (BPI)", measures="pain interference",
              source="Dworkin 2008, IMMPACT recommendations, J Pain 9:105",
              doi="10.1016/j.jpain.2007.09.005"),
    )
}
# fmt: on


def get_scale(scale: str | Scale) -> Scale:
    """Return the scale of this name, or the scale itself.

    Parameters
    ----------
    scale : str or Scale
        A name of `scale_table`, in capitals or not, with a space or hyphen for ``_``.

    Returns
    -------
    Scale

    Raises
    ------
    ScaleError
        If no scale has this name; the message lists those that exist.

    Examples
    --------
    >>> get_scale("NRS").high
    10.0
    """
    if isinstance(scale, Scale):
        return scale
    known = ", ".join(SCALES)
    if not isinstance(scale, str):
        raise ScaleError(
            f"scale must be a name ({known}) or a paintrend.Scale, got {type(scale).__name__}."
        )
    found = SCALES.get(scale.strip().lower().replace("-", "_").replace(" ", "_"))
    if found is None:
        raise ScaleError(
            f"unknown scale {scale!r}; known: {known}. "
            "For another questionnaire pass Scale(name, low, high, better=..., worse=...)."
        )
    return found


def scale_table() -> pd.DataFrame:
    """Return the built-in scales as a table, one row each, thresholds with their sources.

    Returns
    -------
    DataFrame
        One row per scale, by ``name``, with the other fields of `Scale` as columns.

    Examples
    --------
    >>> scale_table().loc["rmdq", ["low", "high", "better", "worse"]].tolist()
    [0.0, 24.0, 5.0, 5.0]
    """
    # Scales are read by the command line before it knows whether it needs pandas.
    import pandas as pd

    return pd.DataFrame([asdict(scale) for scale in SCALES.values()]).set_index("name")
