"""Warning signs: what does not wait for a curve, in two grades, each with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from paintrend.errors import InputError

__all__ = [
    "GRADES",
    "SIGNS_NOTE",
    "WARNING_SIGNS",
    "WarningSign",
    "resolve_signs",
    "warning_sign_table",
]

GRADES: dict[str, str] = {"same_day": "same day", "prompt": "prompt"}
"""Grades, the most urgent first, and what a reader is shown."""

COLUMNS = ("sign", "grade", "label", "source")


@dataclass(frozen=True)
class WarningSign:
    """A sign that puts a patient on the review list at once, whatever the curve says.

    Parameters
    ----------
    name : str
        Identifier, as in a table of symptoms.
    grade : {"same_day", "prompt"}
        How soon someone looks.
    label : str
        Plain words; may stand in a table of symptoms too. The name if not given.
    source : str
        Where it comes from, shown wherever the sign is reported.

    Raises
    ------
    InputError
        If name or grade cannot be used.

    Examples
    --------
    >>> WarningSign("chest_pain", "same_day", source="chosen for this clinic").label
    'chest pain'
    """

    name: str
    grade: str
    label: str = ""
    source: str = "Set by the user; no source given."

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip():
            raise InputError(f"a warning sign needs a name, got {self.name!r}.")
        if self.grade not in GRADES:
            raise InputError(
                f"warning sign {self.name!r}: the grade is one of {', '.join(GRADES)}, "
                f"got {self.grade!r}."
            )
        if not self.label:
            object.__setattr__(self, "label", self.name.replace("_", " "))


LISTED = "What patients and therapists watch for, as this project lists it; from no publication."
NERVES = (
    "BMJ Best Practice, cauda equina syndrome: key recommendations; also in the red flags of the "
    "US guideline on acute low back problems (AHCPR 1994, table 1)."
)
CAUDA = "BMJ Best Practice, cauda equina syndrome: key recommendations."
BACK = "Red flags of the US guideline on acute low back problems in adults (AHCPR 1994, table 1)."
CALF = (
    "Score of Wells for deep vein thrombosis (calf swelling, recent surgery), reviewed in Wells "
    "2006, JAMA 295:199; read as other papers reproduce it."
)
WOUND = "US National Library of Medicine, MedlinePlus: surgical wound infection."
CORD = "Davies 2018, degenerative cervical myelopathy, BMJ 360:k186, doi:10.1136/bmj.k186."

SIGNS_NOTE = (
    "The grades are this project's; no publication gives them. A framework for red flags of the "
    "spine (Finucane 2020, doi:10.2519/jospt.2020.9971; abstract read, list not compared) says "
    "that good evidence on how well most red flags tell serious disease is missing. A sign that "
    "is not reported is not known to be absent."
)
"""What holds for all of the built-in signs."""

ROWS: tuple[tuple[str, str, str, str], ...] = (
    ("saddle_numbness", "same_day", "saddle numbness", NERVES),
    ("bladder_dysfunction", "same_day", "new bladder dysfunction", NERVES),
    ("bowel_dysfunction", "same_day", "new bowel dysfunction", CAUDA),
    ("sexual_dysfunction", "same_day", "new sexual dysfunction", CAUDA),
    ("leg_weakness_both_sides", "same_day", "leg weakness on both sides", CAUDA),
    ("leg_weakness_progressing", "same_day", "progressing leg weakness", BACK),
    ("fever", "same_day", "fever", BACK),
    ("feeling_unwell", "same_day", "feeling unwell", LISTED),
    ("major_trauma", "same_day", "major trauma", BACK),
    ("calf_swelling", "same_day", "calf swelling after surgery", CALF),
    ("wound_problem", "same_day", "wound problem after surgery", WOUND),
    ("extreme_pain_in_session", "same_day", "extreme pain in a session", LISTED),
    ("nerve_pain", "prompt", "sharp, shooting or burning pain along a nerve", LISTED),
    ("increased_numbness", "prompt", "increased numbness", LISTED),
    ("increased_tingling", "prompt", "increased tingling", LISTED),
    ("increased_weakness", "prompt", "increased weakness", LISTED),
    ("joint_swelling", "prompt", "swelling at a joint", LISTED),
    ("joint_tenderness", "prompt", "tenderness at a joint", LISTED),
    ("pain_at_rest", "prompt", "pain at rest", LISTED),
    ("pain_disturbs_sleep", "prompt", "pain that disturbs sleep", BACK),
    ("loss_of_coordination", "prompt", "loss of coordination", CORD),
    ("loss_of_fine_motor_skill", "prompt", "loss of fine motor skill", CORD),
)

WARNING_SIGNS: dict[str, WarningSign] = {row[0]: WarningSign(*row) for row in ROWS}
"""The built-in signs by name; those of one grade together, the most urgent first."""


def warning_sign_table(signs: Mapping[str, WarningSign] | None = None) -> pd.DataFrame:
    """Return warning signs as a table: ``sign``, ``grade``, ``label``, ``source``.

    A table of this form, changed at will, can be given to `read_symptoms` as ``signs=``.

    Parameters
    ----------
    signs : mapping, optional
        Warning signs by name; the built-in ones if not given.

    Returns
    -------
    DataFrame
        One row per sign: ``sign`` (name), ``grade``, ``label`` and ``source``.

    Raises
    ------
    InputError
        If `signs` is no mapping of warning signs.

    Examples
    --------
    >>> warning_sign_table().loc[0, ["sign", "grade"]].tolist()
    ['saddle_numbness', 'same_day']
    """
    chosen: Any = WARNING_SIGNS if signs is None else signs
    if not isinstance(chosen, Mapping):
        raise InputError(
            f"warning_sign_table takes signs by name, such as {{**WARNING_SIGNS}}, got "
            f"{type(chosen).__name__}."
        )
    strange = [name for name, sign in chosen.items() if not isinstance(sign, WarningSign)]
    if strange:
        raise InputError(
            f"warning_sign_table: expected a WarningSign for {strange[0]!r}, got "
            f"{chosen[strange[0]]!r}: WarningSign(name, grade)."
        )
    rows = [(sign.name, sign.grade, sign.label, sign.source) for sign in chosen.values()]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def resolve_signs(signs: Mapping[str, Any] | pd.DataFrame | None) -> dict[str, WarningSign]:
    """Turn what a user gives as ``signs=`` into warning signs by name.

    What is given is the whole list. To add to the built-in one, or to change a grade:
    ``{**WARNING_SIGNS, "chest_pain": "same_day", "fever": "prompt"}``.

    Parameters
    ----------
    signs : mapping, DataFrame or None
        Name -> grade, or `WarningSign`; or a table with ``sign`` and ``grade``, and ``label`` and
        ``source`` where there are any. None is the built-in list.

    Raises
    ------
    InputError
        With everything that cannot be used, at once.

    Examples
    --------
    >>> resolve_signs({"fever": "prompt"})["fever"].source[-26:]
    'Grade changed by the user.'
    """
    if signs is None:
        return dict(WARNING_SIGNS)
    if isinstance(signs, pd.DataFrame):
        given = _of_table(signs)
    elif isinstance(signs, Mapping):
        given = [(str(name).strip(), value) for name, value in signs.items()]
    else:
        raise InputError(
            "signs= is a mapping from name to grade or WarningSign, or a table with the columns "
            f"{', '.join(COLUMNS)}; got {type(signs).__name__}."
        )
    if not given:
        raise InputError("signs= holds no sign; leave it out for the built-in ones.")
    found: dict[str, WarningSign] = {}
    problems = []
    for name, value in given:
        if name in found:
            problems.append(f"the warning sign {name!r} is given twice.")
            continue
        try:
            found[name] = _one(name, value)
        except InputError as error:
            problems.append(str(error))
    if problems:
        raise InputError("signs= cannot be used: " + " ".join(problems))
    return found


def _one(name: str, value: Any) -> WarningSign:
    known = WARNING_SIGNS.get(name)
    if isinstance(value, WarningSign):
        # Under one name only: a symptom is looked up by it.
        sign = replace(value, name=name)
    else:
        given = value if isinstance(value, Mapping) else {"grade": value}
        unknown = [str(key) for key in given if key not in COLUMNS[1:]]
        if unknown:
            raise InputError(
                f"warning sign {name!r}: {', '.join(unknown)} is none of {', '.join(COLUMNS[1:])}."
            )
        own = {"label": known.label, "source": known.source} if known else {}
        sign = WarningSign(name, **{"grade": "", **own, **{k: str(v) for k, v in given.items()}})
    if known is not None and sign.grade != known.grade and sign.source == known.source:
        return replace(sign, source=f"{known.source} Grade changed by the user.")
    return sign


def _of_table(table: pd.DataFrame) -> list[tuple[str, Any]]:
    missing = [name for name in ("sign", "grade") if name not in table.columns]
    if missing:
        shown = ", ".join(map(str, table.columns[:20]))
        raise InputError(
            f"the table of warning signs has no column {' and '.join(missing)}; it has {shown}."
        )
    columns = [name for name in COLUMNS[1:] if name in table.columns]
    # An empty label or source is left to its default.
    return [
        (
            str(row["sign"]).strip(),
            {key: str(row[key]).strip() for key in columns if pd.notna(row[key]) and str(row[key])},
        )
        for row in table.to_dict("records")
    ]
