"""`paintrend convert FILE -o OUT`: an export of another system as a diary."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from paintrend.cli.console import UsageError, say, writing
from paintrend.cli.inputs import diary_of, say_notices, scale_of, selection
from paintrend.cli.lists import listed_names, named_pairs
from paintrend.cli.problems import problems_in_options
from paintrend.cli.system_options import OWN
from paintrend.cli.wording import in_options
from paintrend.errors import DiaryError, is_number
from paintrend.readers.detect import system_of
from paintrend.readers.fhir import STATUSES_USED
from paintrend.readers.headings import near_name
from paintrend.readers.problems import Problems
from paintrend.readers.starts import read_given
from paintrend.readers.table import read_table
from paintrend.readers.values import to_text
from paintrend.results.diary import Diary
from paintrend.scales import Scale
from paintrend.storage import write_table
from paintrend.storage.diary_files import ENDS, write_diary
from paintrend.systems import read_cdisc, read_fhir, read_redcap

__all__ = ["run"]


def run(arguments: Namespace) -> int:
    """Read the export, check it, and write the diary with its provenance."""
    target = Path(arguments.output)
    if target.suffix.lower() not in ENDS:
        raise UsageError(f"-o ends in {', '.join(ENDS)}, got {target.name}.")
    scale = scale_of(arguments)
    if scale is None:
        raise UsageError("needs --scale: nrs, vas, odi ... or a range such as 0-7.")
    arguments.file = arguments.files[0]
    system = arguments.system or system_of(arguments.file)
    _check_options(arguments, system)
    listed = target.with_name(f"{target.stem}_problems.csv")
    try:
        diary = _read(arguments, system, scale)
    except DiaryError as error:
        if error.problems is not None and len(error.problems):
            with writing(listed):
                write_table(problems_in_options(error.problems), listed)
            arguments.problems_file = listed
        raise
    with writing(target):
        files = write_diary(diary, target)
        if listed.exists():
            # left by an earlier run, it would be taken for the problems of this one
            files.append(write_table(diary.problems.iloc[:0], listed))
    sys.stdout.write("".join(f"{file}\n" for file in files))
    if not arguments.quiet:
        say(in_options(repr(diary)).split("\nnote: ")[0])
    return 0


def _check_options(arguments: Namespace, system: str) -> None:
    """Refuse options of another system: they would be ignored."""
    if len(arguments.files) > 1 and system != "fhir":
        raise UsageError("several files are for FHIR: pages of one bundle.")
    others = {name for names in OWN.values() for name in names} - set(OWN[system])
    given = sorted(name for name in others if getattr(arguments, name))
    if given:
        shown = ", ".join("--" + name.replace("_", "-") for name in given)
        raise UsageError(
            f"{shown} does not go with the file, which is read as {system} (--from says as what)."
        )
    if arguments.start and arguments.starts:
        raise UsageError("--start and --starts contradict each other: give one of them.")


def _read(arguments: Namespace, system: str, scale: Scale) -> Diary:
    start: Any = _starts(arguments.starts) if arguments.starts else arguments.start
    if system == "table":
        arguments.start = start
        return diary_of(arguments, scale)
    shared: dict[str, Any] = {
        "start": start, "select": selection(arguments), "lenient": arguments.lenient,
    }  # fmt: skip
    answers = _days("--answers", arguments.answers)
    if system == "redcap":
        diary = read_redcap(
            arguments.file, scale, pain=arguments.pain, patient=arguments.patient,
            date=arguments.date, day=arguments.day, event_days=_event_days(arguments.event_days),
            instrument=arguments.instrument, complete_only=arguments.complete_only,
            answers=answers, missing_codes=listed_names(arguments.missing_codes),
            covariates=listed_names(arguments.covariates), inclusion=arguments.inclusion, **shared,
        )  # fmt: skip
    elif system == "fhir":
        statuses = listed_names(arguments.statuses)
        diary = read_fhir(
            arguments.files if len(arguments.files) > 1 else arguments.file, scale,
            code=arguments.code, answers=answers, identifier=arguments.identifier,
            time_zone=arguments.time_zone, period=arguments.period,
            statuses=statuses or STATUSES_USED, **shared,
        )  # fmt: skip
    else:
        diary = read_cdisc(
            arguments.file, scale, parameter=arguments.parameter,
            visit_days=_days("--visit-days", arguments.visit_days),
            covariates=listed_names(arguments.covariates), inclusion=arguments.inclusion, **shared,
        )  # fmt: skip
    say_notices(arguments, diary.notices)
    return diary


def _days(option: str, text: str | None) -> dict[str, float] | None:
    if not text:
        return None
    found = {}
    for name, value in named_pairs(option, [text]).items():
        try:
            found[name] = float(value)
        except ValueError:
            found[name] = float("nan")
        if not is_number(found[name]):
            raise UsageError(f"{option} {name}={value}: expected a number.")
    return found


def _event_days(text: str | None) -> dict[str, float] | str | None:
    """Read pairs, or the name of a table."""
    if text and "=" not in text:
        return text
    return _days("--event-days", text)


def _starts(path: str) -> dict[str, str]:
    """Read a table of patients and their day 0."""
    table = read_table(path)
    names = [str(name) for name in table.frame.columns]
    patient, start = near_name("patient_id", names), near_name("start", names)
    if patient is None or start is None:
        raise UsageError(
            f"--starts {path}: expected the columns patient_id and start, got {', '.join(names)}."
        )
    problems = Problems(table.rows, str(path), table.counting)
    problems.patient = to_text(table.frame[patient]).str.strip().to_numpy(dtype=object)
    dates = read_given(table.frame[start], start)
    wrong = dates.problem != ""
    problems.add(wrong, start, dates.text[wrong], dates.problem[wrong], dates.fix[wrong])
    if problems:
        raise problems.error([], can_skip=False)
    ids = to_text(table.frame[patient]).str.strip()
    twice = sorted(set(ids[ids.duplicated()]))
    if twice:
        raise UsageError(f"--starts {path}: patients are there twice: {', '.join(twice[:5])}.")
    return dict(zip(ids, to_text(table.frame[start]), strict=True))
