"""Inputs of the fuzzer: good files of each kind, and how each is damaged."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import fuzz_systems as systems
import pandas as pd
from fuzz_damage import (
    any_parquet,
    damaged_archive,
    damaged_bytes,
    damaged_fit,
    damaged_json,
    damaged_resources,
    damaged_text,
)
from numpy.random import Generator

import paintrend as pt

DAYS = (-7, 0, 7, 14, 28, 56, 84)


@dataclass(frozen=True)
class Seed:
    """A kind of input: good files, how files end, and how they are damaged."""

    suffix: str
    good: Callable[[], list[bytes]]
    damage: Callable[[bytes, Generator], bytes]


def _long(columns: str, rows: list[str]) -> bytes:
    return "\n".join([columns, *rows, ""]).encode()


@cache
def _ratings() -> list[bytes]:
    days = [f"P{i},{d},{(3 * i + d) % 11},{i % 2},a" for i in range(3) for d in DAYS]
    dates = [
        f"Zoë {i};2024-03-{1 + j:02d} 18:30;2024-03-02;{(i + j) % 11};;0"
        for i in range(3)
        for j in range(7)
    ]
    return [
        _long("patient_id,day,pain,inclusion,arm", days),
        _long("patient_id;date;start;pain;note;inclusion", dates),
        _long("patient_id;date;start;pain;note;inclusion", dates).decode().encode("utf-16"),
        _long("patient_id;date;start;pain;note;inclusion", dates).decode().encode("cp1252"),
    ]


def _wide() -> list[bytes]:
    rows = [f"P{i},3,{i},4,5,,{i + 2}" for i in range(5)]
    return [_long("patient_id,baseline,day 7,week 2,day 28,day 56,week 12", rows)]


def _side(columns: str, values: str) -> Callable[[], list[bytes]]:
    rows = [f"P{i},{d},{values}" for i in range(3) for d in DAYS[1:4]]
    return lambda: [_long(f"patient_id,day,{columns}", rows)]


@cache
def known_diary() -> pt.Diary:
    """The diary that sessions, symptoms and events belong to."""
    return pt.read_diary(pd.read_csv(io.BytesIO(_ratings()[0])), "nrs")


@cache
def _fit() -> pt.Fit:
    return pt.fit_curves(known_diary(), horizon=84, draws=20, workers=1)


@cache
def _workbooks() -> list[bytes]:
    found = []
    for sheets in (["diary"], ["one", "two"]):
        sink = io.BytesIO()
        with pd.ExcelWriter(sink, engine="openpyxl") as writer:
            for name in sheets:
                frame = pd.read_csv(io.BytesIO(_ratings()[0]))
                frame.assign(when=pd.Timestamp("2024-03-01")).to_excel(writer, sheet_name=name)
        found.append(sink.getvalue())
    return found


@cache
def _population() -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        return [pt.write_population(_fit().population, f"{folder}/p.json").read_bytes()]


@cache
def _fits() -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        return [pt.write_fit(_fit(), f"{folder}/fit.zip").read_bytes()]


@cache
def _responses() -> list[bytes]:
    cohort = pt.simulate_sessions(3, horizon=14, seed=1)
    diary = pt.read_diary(cohort.ratings, scale="nrs")
    fit = pt.fit_curves(diary, horizon=14, draws=20, workers=1)
    response = pt.session_response(fit, pt.read_sessions(cohort.sessions, diary))
    with tempfile.TemporaryDirectory() as folder:
        path = pt.write_response_population(response.population, f"{folder}/r.json")
        return [path.read_bytes()]


@cache
def _parquets() -> list[bytes]:
    sink = io.BytesIO()
    pd.read_csv(io.BytesIO(_ratings()[0])).to_parquet(sink)
    return [sink.getvalue()]


SEEDS = {
    "csv_long": Seed(".csv", _ratings, damaged_text),
    "csv_wide": Seed(".csv", _wide, damaged_text),
    "csv_sessions": Seed(".csv", _side("status,type,dose", "attended,exercise,2"), damaged_text),
    "csv_symptoms": Seed(".csv", _side("symptom", "fever"), damaged_text),
    "csv_events": Seed(".csv", _side("event,note", "surgery,left"), damaged_text),
    "excel": Seed(".xlsx", _workbooks, damaged_archive),
    "parquet": Seed(".parquet", _parquets, any_parquet),
    "population": Seed(".json", _population, damaged_json),
    "responses": Seed(".json", _responses, damaged_json),
    "fit": Seed(".zip", _fits, damaged_fit),
    "redcap": Seed(".csv", systems.redcap_exports, damaged_text),
    "fhir": Seed(".json", systems.fhir_bundles, damaged_resources),
    "ndjson": Seed(".ndjson", systems.fhir_lines, damaged_resources),
    "cdisc": Seed(".csv", systems.cdisc_tables, damaged_text),
    "spss": Seed(".sav", systems.spss_files, damaged_bytes),
    "stata": Seed(".dta", systems.stata_files, damaged_bytes),
    "transport": Seed(".xpt", systems.transport_files, damaged_bytes),
}


def mutate(kind: str, rng: Generator) -> bytes:
    """Give one damaged input of this kind."""
    seed = SEEDS[kind]
    good = seed.good()
    return seed.damage(good[int(rng.integers(len(good)))], rng)
