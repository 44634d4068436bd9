"""Whether the response grows with dose and with less rest: effects with intervals, and what they
cannot show."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import pandas as pd

from paintrend.scales import Scale
from paintrend.wording import number, plural, sentence

__all__ = ["DOSE_LIMITS", "DoseEffect"]

DOSE_LIMITS = (
    "Who had which session when was decided by people, not by chance. Within patients: a hard "
    "session may have been given on a day on which more than the ratings spoke for it. Between "
    "patients: intense or frequent sessions may go to those who do well, or to those who need "
    "them. Sessions cancelled because of pain are missing where the response would have been "
    "largest. None of these numbers shows what would happen if dose or rest were changed."
)
"""What observational data cannot show."""


@dataclass(frozen=True, eq=False, repr=False)
class DoseEffect:
    """How the height of the response goes with dose and rest.

    Parameters
    ----------
    effects : DataFrame
        quantity (dose or rest), comparison (within or between patients), effect, low, high (90%),
        unit, n_patients. Scale units per unit of dose or per day of rest, positive = higher; NaN
        where it cannot be known, and a notice says why.
    scale : Scale
    n_cancelled, n_cancelled_for_pain : int
        Sessions that did not take place; those whose reason names pain.
    notices : tuple of str
    """

    effects: pd.DataFrame
    scale: Scale
    n_cancelled: int
    n_cancelled_for_pain: int
    notices: tuple[str, ...] = ()

    def table(self) -> pd.DataFrame:
        """The effects."""
        return self.effects.copy()

    @property
    def limits(self) -> str:
        """What these numbers cannot show."""
        cancelled = f"{plural(self.n_cancelled, 'session')} cancelled"
        if self.n_cancelled_for_pain:
            cancelled += f", {self.n_cancelled_for_pain} of them because of pain"
        return f"{DOSE_LIMITS} Here: {cancelled}."

    def _lines(self) -> list[str]:
        lines = [
            f"{row['quantity']}, {row['comparison']} patients: {number(row['effect'], 2)} "
            f"({number(row['low'], 2)} to {number(row['high'], 2)}) {row['unit']}"
            for row in self.effects.dropna(subset="effect").to_dict("records")
        ]
        return [*lines, *(f"note: {notice}" for notice in self.notices), self.limits]

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def _repr_html_(self) -> str:
        said = "".join(
            f"<p>{escape(text)}</p>" for text in (*map(sentence, self.notices), self.limits)
        )
        return f"{self.effects.to_html(index=False)}{said}"
