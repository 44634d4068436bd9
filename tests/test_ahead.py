"""What is compiled ahead has to be what a fit asks for, or a first fit compiles it twice."""

import subprocess
import sys

import numba
import pytest

import paintrend as pt
from paintrend.cli import first_run
from paintrend.core import ahead
from paintrend.core.judgement import _judge_draws
from paintrend.core.kept_kernels import are_compiled, kernel_folder
from paintrend.core.moments import log_prior, weighted_moments
from paintrend.core.poor_weights import join_parts

COMPILED = (*ahead.LATE, _judge_draws, log_prior, weighted_moments)


def _kept_types(kernel: object) -> list[object]:
    cache = getattr(getattr(kernel, "dispatcher", kernel), "_cache", None)
    if numba.config.DISABLE_JIT or not hasattr(cache, "_cache_file"):
        pytest.skip("nothing compiled is kept here")
    return list(cache._cache_file._load_index())


def test_a_fit_finds_each_kernel_compiled_for_its_own_types() -> None:
    ratings = pt.simulate_cohort(8, seed=1).ratings
    pt.classify(pt.fit_curves(pt.read_diary(ratings, "nrs"), horizon=84, draws=20, seed=1))
    ahead.compile_late()

    assert {kernel.__name__: len(_kept_types(kernel)) for kernel in COMPILED} == dict.fromkeys(
        [kernel.__name__ for kernel in COMPILED], 1
    )


def test_a_kernel_of_kernels_says_so_where_python_calls_it() -> None:
    if numba.config.DISABLE_JIT:
        pytest.skip("nothing is compiled")
    with pytest.raises(TypeError, match="join_parts is called by kernels only"):
        join_parts()


class Started:
    """Stands for the process that compiles."""

    def __init__(self, command: list[str], **streams: object) -> None:
        assert command[1:] == ["-m", "paintrend.core.ahead"]
        assert set(streams.values()) == {subprocess.DEVNULL}
        self.ended: list[str] = []
        began.append(self)

    def kill(self) -> None:
        self.ended.append("killed")

    def wait(self) -> None:
        self.ended.append("waited for")


began: list[Started] = []


@pytest.mark.parametrize(
    ("command", "processors", "kept", "starts"),
    [
        ("fit", 2, False, True),
        ("fit", 2, True, False),
        ("fit", 1, False, False),
        ("template", 2, False, False),
    ],
)
def test_only_a_first_fit_compiles_beside_itself(
    command, processors, kept, starts, tmp_path, monkeypatch
):
    began.clear()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    monkeypatch.setattr(first_run.os, "cpu_count", lambda: processors)
    monkeypatch.setattr(first_run.subprocess, "Popen", Started)
    if kept:
        (tmp_path / "core").mkdir()
        (tmp_path / "core" / "patients.draw_patients-75.py311.nbi").touch()

    def fail() -> None:
        with first_run.compiled_ahead(command):
            assert not any(process.ended for process in began)
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk"):
        fail()

    assert [process.ended for process in began] == [["killed", "waited for"]] * starts


def test_a_fit_is_known_by_what_it_kept(monkeypatch):
    """Fails where the kernel of a fit is renamed."""
    if numba.config.DISABLE_JIT or not kernel_folder():
        pytest.skip("nothing compiled is kept here")
    ratings = pt.simulate_cohort(8, seed=1).ratings
    pt.fit_curves(pt.read_diary(ratings, "nrs"), horizon=84, draws=20, seed=1)

    assert are_compiled()
    monkeypatch.setenv("NUMBA_CACHE_DIR", "/nowhere")
    assert not are_compiled()


def test_it_is_a_command_that_says_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "paintrend.core.ahead"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
