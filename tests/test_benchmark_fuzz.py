"""A short run of the fuzzer: every reader reads damaged files or refuses them with our errors."""

import contextlib
import os
import signal
import sys
from collections import Counter

import pytest

from paintrend.errors import InputError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs timers of POSIX")
READERS = (
    "long", "excel", "parquet", "spss", "stata", "transport", "wide", "sessions", "symptoms",
    "events", "redcap", "fhir", "ndjson", "cdisc", "population", "responses", "fit",
)  # fmt: skip


@pytest.fixture(scope="module")
def fuzz(root):
    """Put the benchmark scripts on the path, as running them does."""
    sys.path.insert(0, str(root / "benchmarks"))
    import fuzz

    yield fuzz
    sys.path.remove(str(root / "benchmarks"))


def test_every_reader_is_there(fuzz):
    assert tuple(fuzz.readers()) == READERS


@pytest.mark.parametrize("name", READERS)
def test_damaged_files_are_read_or_refused(fuzz, name, tmp_path):
    outcome = fuzz.try_inputs(name, range(20), 7, tmp_path)
    assert not outcome.findings
    assert outcome.read + outcome.refused == 20
    assert outcome.refused


def batch(tmp_path, read, n=3, **more):
    import fuzz_batches

    reading = fuzz_batches.Reading(lambda rng: b"x", read, **more)
    return fuzz_batches.run_batch(reading, range(5, 5 + n), 0, tmp_path)


def test_a_finding_would_be_told(fuzz, tmp_path):
    def fails(path):
        raise ZeroDivisionError("x")

    def refuses(path):
        raise InputError("x")

    kept = tmp_path / "kept"
    failed = batch(tmp_path, fails, keep=kept, suffix=".csv")
    assert failed.findings == {"ZeroDivisionError at ?: x": 3}
    assert sorted(path.name for path in kept.iterdir()) == ["5.csv", "6.csv", "7.csv"]
    refused = batch(tmp_path, refuses)
    assert (refused.read, refused.refused, refused.n) == (0, 3, 3)


def test_an_input_that_ends_the_process_is_told_and_the_others_are_read(fuzz, tmp_path):
    def crashes(path):
        if path.stem.endswith("0"):
            os.kill(os.getpid(), signal.SIGKILL)

    outcome = batch(tmp_path, crashes)
    assert (outcome.read, dict(outcome.findings)) == (2, {"ended by SIGKILL": 1})
    again = batch(tmp_path, crashes, again=lambda path: None)
    assert (again.read, dict(again.findings)) == (3, {})


def test_an_input_that_takes_too_long_is_told(fuzz, tmp_path, monkeypatch):
    import fuzz_batches

    monkeypatch.setattr(fuzz_batches, "SECONDS", 0.05)

    def hangs(path):
        while True:
            pass

    assert batch(tmp_path, hangs, 1).findings == {"more than 0.05 s": 1}


def test_what_was_done_is_kept_and_not_done_again(fuzz, tmp_path):
    import fuzz_batches

    state = fuzz_batches.State(tmp_path / "state.jsonl")
    state.add("events", 7, fuzz_batches.Outcome(read=3, refused=5, findings=Counter({"x": 2})))
    outcome = fuzz.try_inputs("events", range(12), 7, tmp_path, state=state)
    assert outcome.n == 12
    assert outcome.findings == {"x": 2}
    assert fuzz_batches.State(state.path).outcome("events", 7) == outcome
    assert fuzz_batches.State(state.path).outcome("events", 8).n == 0


def test_numbers_too_large_for_a_column_widen_it(fuzz):
    import fuzz_damage
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"course": pa.array([1, 2, 3], pa.int8())}), sink)
    data, kinds = sink.getvalue().to_pybytes(), set()
    for k in range(200):
        content = fuzz_damage._damaged_table(data, np.random.default_rng(k))
        with contextlib.suppress(pa.ArrowInvalid, OSError):
            kinds.add(str(pq.read_table(pa.BufferReader(content)).schema.field(0).type))
    assert {"int8", "int64"} <= kinds
