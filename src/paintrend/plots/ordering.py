"""The order in which figures show patients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from paintrend.core.course_rules import COURSES
from paintrend.core.streams import patient_generator
from paintrend.errors import InputError
from paintrend.results.belonging import check_same_fit
from paintrend.review import review_order
from paintrend.wording import CANNOT_TELL

if TYPE_CHECKING:
    import pandas as pd

    from paintrend.results.courses import Courses
    from paintrend.results.fit import Fit
    from paintrend.results.symptoms import Symptoms

__all__ = ["ORDERS", "Order", "by_course", "ordered_ids", "some_of"]

Order = Literal["review", "course", "given"]
ORDERS: dict[str, str] = {
    "review": "those who need a look first come first",
    "course": "ordered by course, the most certain first",
    "given": "in the order of the diary",
}


def ordered_ids(
    fit: Fit, courses: Courses, order: Order, symptoms: Symptoms | None = None
) -> list[str]:
    """Give all ids in one of `ORDERS`.

    Raises
    ------
    InputError
        If `order` is unknown, or the courses are of other patients than the fit.
    """
    if not (isinstance(order, str) and order in ORDERS):
        raise InputError(f"order must be one of {', '.join(ORDERS)}, got {order!r}.")
    check_same_fit(courses, fit)
    if order == "given":
        return list(fit.patient_ids)
    if order == "review":
        return list(review_order(fit, courses, symptoms=symptoms)["patient_id"])
    return list(by_course(courses)["patient_id"])


def by_course(courses: Courses) -> pd.DataFrame:
    """Give the table of courses sorted by course, in each the most certain first."""
    table = courses.table()
    rank = {course: i for i, course in enumerate((*COURSES, CANNOT_TELL))}
    top = table[[f"p_{course}" for course in COURSES]].max(axis=1).fillna(-1.0)
    keys = table.assign(rank=table["course"].map(rank), top=-top)
    return keys.sort_values(["rank", "top", "patient_id"]).drop(columns=["rank", "top"])


def some_of(ids: list[str], n: int, seed: int, purpose: str) -> list[str]:
    """Keep at most `n` ids, drawn at random but in their order; who else is there does not
    change the number that a patient draws.

    Examples
    --------
    >>> some_of(["a", "b", "c"], 2, 0, "lines")
    ['a', 'c']
    """
    if len(ids) <= n:
        return list(ids)
    drawn = sorted((patient_generator(seed, name, purpose).random(), name) for name in ids)
    kept = {name for _, name in drawn[:n]}
    return [name for name in ids if name in kept]
