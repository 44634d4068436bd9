"""Options of `paintrend convert`: what a system calls things, and which system takes which."""

from __future__ import annotations

import argparse

__all__ = ["OWN", "add_systems"]

OWN: dict[str, tuple[str, ...]] = {
    "table": (
        "columns", "time_unit", "wide", "visits", "sheet", "sheets", "labels", "inclusion",
        "missing_codes",
    ),
    "redcap": (
        "pain", "patient", "date", "day", "event_days", "instrument", "complete_only", "answers",
        "missing_codes", "covariates", "inclusion",
    ),
    "fhir": ("code", "statuses", "answers", "identifier", "time_zone", "period"),
    "cdisc": ("parameter", "visit_days", "covariates", "inclusion"),
}  # fmt: skip
"""Options that a system knows, beside start, starts, select and lenient, which all know."""


def add_systems(parser: argparse.ArgumentParser) -> None:
    """The system, and its own options."""
    parser.add_argument(
        "--from",
        dest="system",
        choices=tuple(OWN),
        help="where the file comes from (default: as its form and headings say)",
    )
    parser.add_argument(
        "--starts",
        metavar="FILE",
        help="table of patient_id and start, the date of each patient's day 0",
    )
    redcap = parser.add_argument_group("REDCap", "Fields are named as in the export.")
    redcap.add_argument("--pain", metavar="FIELD", help="field with the ratings")
    redcap.add_argument("--patient", metavar="FIELD", help="field with the patient's id")
    redcap.add_argument(
        "--date",
        metavar="FIELD",
        help="field with the date of the rating; --start then is a field or a date",
    )
    redcap.add_argument("--day", metavar="FIELD", help="field with days since day 0")
    redcap.add_argument(
        "--event-days",
        metavar="LIST",
        help='planned days of events: "baseline_arm_1=0,week_6_arm_1=42", or a table of event, day',
    )
    redcap.add_argument("--instrument", metavar="NAME", help="repeating instrument of the ratings")
    redcap.add_argument(
        "--complete-only", action="store_true", help="leave out forms not marked as complete"
    )
    fhir = parser.add_argument_group("FHIR", "Several files or a folder are pages of one bundle.")
    fhir.add_argument("--code", metavar="CODE", help="LOINC code of the question, or system|code")
    fhir.add_argument(
        "--statuses", metavar="LIST", help="which are used (default: final,amended,corrected)"
    )
    fhir.add_argument("--identifier", metavar="SYSTEM", help="identifier that is the patient's id")
    fhir.add_argument("--time-zone", metavar="NAME", help="place whose clock counts: Europe/Berlin")
    fhir.add_argument("--period", choices=("start", "end"), help="which end of a period counts")
    cdisc = parser.add_argument_group("CDISC")
    cdisc.add_argument("--parameter", metavar="CODE", help="PARAMCD or QSTESTCD of the question")
    cdisc.add_argument(
        "--visit-days", metavar="LIST", help='days of visits instead of study days: "Week 8=56"'
    )
    both = parser.add_argument_group("several systems")
    both.add_argument(
        "--answers", metavar="LIST", help='what answers stand for: "No pain=0,Worst pain=10"'
    )
    both.add_argument("--covariates", metavar="LIST", help="further fields or variables to keep")
