"""Which Observations are the ratings: codes asked for, or the one known code that is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from paintrend.readers.fhir_files import Entry
from paintrend.readers.fhir_values import LOINC, codings, concept_text
from paintrend.readers.kinds import counted
from paintrend.readers.problems import file_error
from paintrend.scales import Scale
from paintrend.wording import plural

__all__ = ["KNOWN_CODES", "Item", "find_items"]

KNOWN_CODES: dict[str, tuple[tuple[str, ...], str]] = {
    "72514-3": (("nrs",), "pain from 0 to 10, said in numbers"),
    "38208-5": (("nrs", "vas"), "pain severity as reported"),
    "38214-3": (("vas",), "pain on a visual analogue scale"),
    "97909-6": (("odi",), "Oswestry Disability Index, total"),
    "77865-4": (("promis_pi",), "PROMIS pain interference, T-score"),
}
"""LOINC code -> scales that it is asked on, and what it is about."""

MOST = 20


class Item(NamedTuple):
    """An Observation, or one of its components, that bears a code that is asked for."""

    entry: Entry
    element: Mapping[str, Any]
    path: str
    code: str


def find_items(
    entries: Sequence[Entry], scale: Scale, code: str | Sequence[str] | None, source: str
) -> tuple[list[Item], tuple[str, ...], int, list[str]]:
    """Return the ratings, the codes that they have, how many other values there are, and notices.

    Raises
    ------
    DiaryError
        If no code is asked for and none or several could be meant, or the one asked for is not
        there; with all codes and how often they occur.
    """
    items: list[Item] = []
    spoken: dict[str, str] = {}
    in_words: list[str] = []
    for entry in entries:
        resource = entry.resource
        parts: list[tuple[Mapping[str, Any], str]] = [(resource, "Observation")]
        inner = resource.get("component")
        for number, one in enumerate(inner if isinstance(inner, list) else [], start=1):
            if isinstance(one, dict):
                parts.append((one, f"Observation.component[{number}]"))
        for element, path in parts:
            told = list(codings(element.get("code")))
            if not told and _has_value(element):
                in_words.append(concept_text(element.get("code")) or "no code")
            for system, name, _ in told:
                full = _full(system, name)
                items.append(Item(entry, element, path, full))
                spoken.setdefault(full, concept_text(element.get("code")))
    counts = Counter(item.code for item in items)
    if not counts:
        raise file_error(
            source,
            "no Observation in it has a code" if entries else "there is no Observation in it",
            "Export the Observations of the question, as a Bundle or as NDJSON.",
            column="Observation.code",
        )
    asked = _asked(scale, code, counts)
    if not asked or not any(one in counts for one in asked):
        wanted = (
            f"no Observation has the code {' or '.join(asked)}"
            if asked
            else _unclear(scale, counts)
        )
        listed = "; ".join(
            f"{one} ({spoken[one][:40]}): {n:,}" for one, n in counts.most_common(MOST)
        )
        first = next((one for one, _ in counts.most_common(1)), "72514-3")
        raise file_error(
            source,
            f"{wanted}. The codes of Observations are: {listed or 'none'}",
            f"Choose one question: code={first!r}.",
            column="Observation.code",
            value=", ".join(asked),
        )
    taken: dict[tuple[int, str], Item] = {}
    for item in items:
        if item.code in asked:
            taken.setdefault((id(item.entry), item.path), item)
    all_parts = {(id(item.entry), item.path) for item in items}
    notices = []
    if in_words:
        n = plural(len(in_words), "value")
        notices.append(
            f"{n} whose question is not coded not chosen, as words are not read: "
            f"{counted(in_words)}"
        )
    n_other = len(all_parts) - len(taken) + len(in_words)
    return list(taken.values()), asked, n_other, notices


def _has_value(element: Mapping[str, Any]) -> bool:
    """Tell what says something of its own from a panel, whose parts do."""
    said = any(name.startswith("value") or name == "dataAbsentReason" for name in element)
    return said or not ("component" in element or "hasMember" in element)


def _full(system: str, code: str) -> str:
    return code if system == LOINC else f"{system}|{code}" if system else f"|{code}"


def _asked(
    scale: Scale, code: str | Sequence[str] | None, counts: Mapping[str, int]
) -> tuple[str, ...]:
    if code is not None:
        several = [code] if isinstance(code, str) else [str(one) for one in code]
        return tuple(one.removeprefix(f"{LOINC}|").strip() for one in several)
    fit = [
        one for one, (scales, _) in KNOWN_CODES.items() if scale.name in scales and one in counts
    ]
    return tuple(fit) if len(fit) == 1 else ()


def _unclear(scale: Scale, counts: Mapping[str, int]) -> str:
    fit = [
        one for one, (scales, _) in KNOWN_CODES.items() if scale.name in scales and one in counts
    ]
    if not fit:
        return f"no Observation has a code that is known to be {scale.name}"
    said = ", ".join(f"{one} ({KNOWN_CODES[one][1]})" for one in fit)
    return f"several codes could be {scale.name}: {said}"
