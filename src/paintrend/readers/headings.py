"""Headings: the same but for capitals and signs, known in other words, or nearly so."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

__all__ = [
    "ALIASES",
    "PAIN_WORDS",
    "did_you_mean",
    "like_start",
    "looks_like",
    "matching",
    "near_name",
    "simple_name",
]

# Headings in use elsewhere: suggested, never taken by themselves.
# In German and French too; as `simple_name` gives them, an accent is an underscore.
ALIASES = {
    "patient_id": "id patient patientid pid subject subjid usubjid participant record_id case "
    "pat patnr pat_nr patient_nr patienten_id patientennummer fallnummer proband probanden_id "
    "identifiant id_patient code_patient",
    "day": "days study_day visit_day day_nr ady qsdy tag messtag studientag behandlungstag jour",
    "date": "dates datum visit_date date_time datetime timestamp qsdtc messdatum besuchsdatum "
    "date_visite date_de_visite date_de_la_visite",
    "time": "hour hours week weeks minute minutes stunde stunden woche wochen heure heures "
    "semaine semaines",
    "pain": "nrs vas nprs score rating value pain_score pain_nrs intensity aval qsstresn "
    "schmerz schmerzen schmerzwert schmerzst_rke schmerzintensit_t douleur douleurs eva",
    "start": "start_date day0 day_0 baseline_date surgery_date treatment_start startdatum beginn "
    "behandlungsbeginn therapiebeginn op_datum d_but debut d_but_du_traitement "
    "debut_du_traitement",
    "symptom": "symptoms sign signs warning_sign warning_signs complaint complaints symptome",
    "event": "events what kind event_type type description ereignis ereignisse",
    "note": "notes comment comments remark remarks",
}
PAIN_WORDS = frozenset(["pain", "nrs", "vas", "score", "schmerz", "schmerzen", "douleur", "eva"])


def simple_name(name: object) -> str:
    """Return a heading in lower case with every other sign as one underscore."""
    return re.sub(r"[^0-9a-z]+", "_", str(name).strip().lower()).strip("_")


def matching(name: str, names: list[str]) -> list[str]:
    """Return the headings that are `name`: exactly, or but for capitals, spaces and signs."""
    if name in names:
        return [name]
    return [other for other in names if simple_name(other) == simple_name(name) != ""]


def near_name(name: str, names: Sequence[str]) -> str | None:
    """Return the heading that is `name`, or is but for capitals, spaces and signs."""
    match = matching(name, list(names))
    return match[0] if len(match) == 1 else None


def did_you_mean(name: str, names: list[str]) -> str:
    """Say which headings are spelt nearly as the one that was asked for."""
    simple = {simple_name(other): other for other in names}
    near = difflib.get_close_matches(simple_name(name), list(simple), n=2, cutoff=0.6)
    if near:
        return f"Did you mean {' or '.join(repr(simple[one]) for one in near)}?"
    return "Give the heading as it is in the file."


def looks_like(role: str, names: list[str], scale: str = "") -> str:
    """Say which columns look like the missing one, and how to map it."""
    roles = ("day", "date", "time") if role == "day" else (role,)
    for one in roles:
        known = set(ALIASES[one].split())
        like = [name for name in names if simple_name(name) in known]
        if not like and one == "pain":
            like = [n for n in names if (PAIN_WORDS | {scale}) & set(simple_name(n).split("_"))]
        if not like and one == "patient_id":
            like = [n for n in names if simple_name(n).endswith("id")]
        if not like:
            simple = {simple_name(name): name for name in names if not _is_another(name, one)}
            near = difflib.get_close_matches(one, list(simple), n=2, cutoff=0.65)
            like = [simple[name] for name in near]
        if like:
            unit = " and say time_unit=" if one == "time" else ""
            start = like_start(names) if one == "date" else ""
            return (
                f"{' and '.join(map(repr, like[:3]))} {'looks' if len(like) == 1 else 'look'} "
                f"like it: rename it {one}, or columns={{{one!r}: {like[0]!r}}}{unit}.{start}"
            )
    return f"Rename the column that holds it {role}, or columns={{{role!r}: 'its heading'}}."


def _is_another(name: str, role: str) -> bool:
    """Say whether a heading is known for another standard column: 'Patient' is not the pain."""
    simple = simple_name(name)
    return any(simple in words.split() for other, words in ALIASES.items() if other != role)


def like_start(names: Sequence[str]) -> str:
    """Say which column looks like that of the starts; empty if none does."""
    like = [str(name) for name in names if simple_name(name) in ALIASES["start"].split()]
    if not like:
        return ""
    return f" {like[0]!r} looks like the start: columns={{'start': {like[0]!r}}}."
