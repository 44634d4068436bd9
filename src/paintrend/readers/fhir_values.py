"""The value of a FHIR Observation or component: number, answer code, or the reason for none."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from paintrend.scales import Scale

__all__ = ["ANSWERS", "LOINC", "ORDINAL", "Value", "codings", "concept_text", "read_value"]

LOINC = "http://loinc.org"

ANSWERS = {
    "LA6111-4": 0,
    "LA6112-2": 1,
    "LA6113-0": 2,
    "LA6114-8": 3,
    "LA6115-5": 4,
    "LA10137-0": 5,
    "LA10138-8": 6,
    "LA10139-6": 7,
    "LA10140-4": 8,
    "LA10141-2": 9,
    "LA13942-0": 10,
}
"""LOINC answers of the list for 0 to 10. Their display texts are not read: one of them is shared
with another list, where it says "2 or more"."""

ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
UNITS = frozenset(["", "1", "{score}", "score", "points", "point", "{points}", "{t-score}"])
KNOWN = ("valueQuantity", "valueInteger", "valueCodeableConcept")


class Value(NamedTuple):
    """What an element says.

    ``number`` is None where there is no usable one; ``absent`` is the reason that the element
    gives for having none; ``problem`` and ``fix`` are "" where it can be used; ``element`` is what
    they are about, ``shown`` its content; ``empty`` says that there is neither value nor reason.
    """

    number: float | None = None
    absent: str = ""
    element: str = ""
    shown: str = ""
    problem: str = ""
    fix: str = ""
    empty: bool = False
    scaled: bool = False


def codings(concept: Any) -> Iterator[tuple[str, str, str]]:
    """Give (system, code, display) of each coding of a CodeableConcept."""
    for coding in _dicts(concept, "coding"):
        parts = (coding.get(name) for name in ("system", "code", "display"))
        system, code, display = (one if isinstance(one, str) else "" for one in parts)
        yield system, code.strip(), display.strip()


def _dicts(element: Any, name: str) -> list[dict[str, Any]]:
    """Return the elements of a list within an element; none where it has no such list."""
    inner = element.get(name) if isinstance(element, dict) else None
    return [one for one in inner if isinstance(one, dict)] if isinstance(inner, list) else []


def concept_text(concept: Any) -> str:
    """Return a CodeableConcept in words: its first display, its text, or its code."""
    told = list(codings(concept))
    text = concept.get("text") if isinstance(concept, dict) else ""
    words = [display for _, _, display in told if display]
    words += [text.strip()] if isinstance(text, str) and text.strip() else []
    return next(iter(words + [code for _, code, _ in told if code]), "")


def read_value(element: Mapping[str, Any], scale: Scale, answers: Mapping[str, float]) -> Value:
    """Read the value of an Observation or of one of its components.

    Parameters
    ----------
    element : mapping
        The Observation or component.
    scale : Scale
        What the ratings must fit; LOINC answers from 0 to 10 fit only such a scale.
    answers : mapping
        Further answer codes ("system|code" or the code alone) and their numbers.
    """
    there = [name for name in element if name.startswith("value")]
    absent = element.get("dataAbsentReason")
    if len(there) > 1:
        shown = ", ".join(sorted(there))
        return Value(
            element="value[x]", shown=shown, problem="has several values, where FHIR allows one",
            fix="Keep the right one.",
        )  # fmt: skip
    if not there:
        if absent is None:
            return Value(empty=True)
        return Value(absent=concept_text(absent) or "unknown")
    if absent is not None:
        return Value(
            element="dataAbsentReason", shown=concept_text(absent),
            problem=f"says that there is no value, but there is a {there[0]}",
            fix="Remove one of the two.",
        )  # fmt: skip
    name, value = there[0], element[there[0]]
    if name not in KNOWN:
        return Value(
            element=name, shown=str(value)[:60],
            problem=f"is not one of {', '.join(KNOWN)}, in which ratings are read",
            fix="Map it to a number (valueInteger or valueQuantity) when exporting.",
        )  # fmt: skip
    if name == "valueInteger":
        if isinstance(value, bool) or not isinstance(value, int):
            return _no_number(name, value)
        return Value(_float(value))
    if name == "valueQuantity":
        return _quantity(value, scale)
    return _answer(value, scale, answers)


def _float(value: int | float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _no_number(element: str, value: Any) -> Value:
    return Value(
        element=element, shown=str(value)[:60], problem="is not a number",
        fix="Write it as a JSON number, without quotation marks.",
    )  # fmt: skip


def _quantity(quantity: Any, scale: Scale) -> Value:
    if not isinstance(quantity, dict):
        return _no_number("valueQuantity", quantity)
    value = quantity.get("value")
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
        return _no_number("valueQuantity.value", value)
    comparator = quantity.get("comparator")
    if comparator is not None:
        return Value(
            element="valueQuantity.comparator", shown=f"{comparator} {_float(value):g}",
            problem="says that the value is only a bound", fix="Give the rating itself.",
        )  # fmt: skip
    unit = quantity.get("code") or quantity.get("unit") or ""
    simple = str(unit).strip().lower()
    if simple == "cm" and scale.unit == "mm":
        return Value(_float(value) * 10.0, scaled=True)
    own = {scale.unit.lower(), "mm" if scale.unit == "mm" else ""}
    if simple not in UNITS | own:
        return Value(
            element="valueQuantity.unit", shown=str(unit)[:40],
            problem=f"is not a unit of {scale.name} ({scale.unit})",
            fix="Ratings have the unit {score} or none; is it another question?",
        )  # fmt: skip
    return Value(_float(value))


def _answer(concept: Any, scale: Scale, answers: Mapping[str, float]) -> Value:
    """Map an answer by its code, never by its display."""
    numbers: dict[str, float] = {}
    to_ten = (scale.low, scale.high) == (0.0, 10.0)
    told = list(codings(concept))
    for system, code, _ in told:
        given = answers.get(f"{system}|{code}", answers.get(code))
        if given is not None:
            numbers[code] = float(given)
        elif system == LOINC and code in ANSWERS and to_ten:
            numbers[code] = float(ANSWERS[code])
    for coding in _dicts(concept, "coding"):
        for extension in _dicts(coding, "extension"):
            value = extension.get("valueDecimal")
            is_ordinal = extension.get("url") == ORDINAL
            if is_ordinal and isinstance(value, (int, float)) and not isinstance(value, bool):
                number = _float(value)
                numbers[f"ordinal {number:g}"] = number
    shown = ", ".join(f"{system}|{code}" if system else code for system, code, _ in told)
    if len(set(numbers.values())) == 1:
        return Value(next(iter(numbers.values())))
    if numbers:
        listed = ", ".join(f"{code} = {number:g}" for code, number in numbers.items())
        return Value(
            element="valueCodeableConcept", shown=listed,
            problem="its codings stand for different numbers", fix="Keep the right one.",
        )  # fmt: skip
    first = next((code for _, code, _ in told if code), "")
    fix = f"Say what it stands for: answers={{{first!r}: ...}}."
    return Value(
        element="valueCodeableConcept", shown=shown or concept_text(concept),
        problem=f"is no answer code known for {scale.name} (texts are not read)",
        fix=fix if first else "Code the answer, or map it to a number, when exporting.",
    )  # fmt: skip
