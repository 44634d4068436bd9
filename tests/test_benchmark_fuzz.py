"""A short run of the fuzzer: every reader reads damaged files or refuses them with our errors."""

import sys

import pytest

from paintrend.errors import InputError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs timers of POSIX")
READERS = (
    "long", "excel", "parquet", "wide", "sessions", "symptoms", "events", "population", "fit",
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
    outcome = fuzz.try_inputs(name, 30, 7, tmp_path)
    assert not outcome.findings
    assert outcome.read + outcome.refused == 30
    assert outcome.refused


def test_a_finding_would_be_told(fuzz, tmp_path):
    def fails(path):
        raise ZeroDivisionError("x")

    def refuses(path):
        raise InputError("x")

    def hangs(path):
        while True:
            pass

    assert fuzz._one(fails, tmp_path).startswith("ZeroDivisionError")
    assert fuzz._one(refuses, tmp_path) == "refused"
    seconds, fuzz.SECONDS = fuzz.SECONDS, 0.05
    try:
        assert fuzz._one(hangs, tmp_path).startswith("more than")
    finally:
        fuzz.SECONDS = seconds
