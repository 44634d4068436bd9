"""Whether a figure can be read where it is printed."""

from __future__ import annotations

from paintrend.export.sizes import SMALLEST, TALLEST, Sized
from paintrend.wording import number

__all__ = ["print_problems"]

ROUNDING_PT, ROUNDING_MM = 0.05, 0.5
"""Points and millimetres that nobody sees."""


def print_problems(sized: Sized, least: float = SMALLEST) -> str:
    """Say what is wrong with a figure in print: letters too small, more height than a page has.

    Parameters
    ----------
    sized
        A figure on the screen, at 96 pixels to an inch, has no page to fit on.
    least
        Points that the smallest letters should have.

    Returns
    -------
    str
        "" if there is nothing.
    """
    said = []
    if sized.smallest < least - ROUNDING_PT:
        flat = ", or show less" if least > SMALLEST else ""
        said.append(
            f"the smallest letters print at {number(sized.smallest)} points, {number(least)} are "
            f"meant: choose a greater width{flat}"
        )
    if sized.scale != 1.0 and sized.height_mm > TALLEST + ROUNDING_MM:
        said.append(
            f"{number(sized.height_mm, 0)} mm high, a page of a journal has about "
            f"{number(TALLEST, 0)}: show fewer patients or choose a greater width"
        )
    return "; ".join(said)
