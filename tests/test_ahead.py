"""What is compiled ahead has to be what a fit asks for, or a first fit compiles it twice."""

import subprocess
import sys

import numba
import pytest

import paintrend as pt
from paintrend.core import ahead
from paintrend.core.judgement import _judge_draws
from paintrend.core.moments import log_prior, weighted_moments

COMPILED = (*ahead.LATE, _judge_draws, log_prior, weighted_moments)


def _kept_types(kernel: object) -> list[object]:
    cache = getattr(kernel, "_cache", None)
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


def test_it_is_a_command_that_says_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "paintrend.core.ahead"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
