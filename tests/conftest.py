"""Fixtures that several test files share."""

import os
import shutil
from pathlib import Path

import pytest

# Test processes share the cores: threads of the linear algebra would mostly wait for each other.
# Read when NumPy is first imported, which no test module has done by now.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@pytest.fixture(scope="session")
def root() -> Path:
    """Top folder of the repository."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium; without one the test is skipped, or fails where a browser must be."""
    candidates = [os.environ.get("BROWSER_PATH", ""), *BROWSERS]
    found = next((path for name in candidates if name and (path := shutil.which(name))), None)
    if found is None:
        reason = "no Chromium found: install it, or set BROWSER_PATH to one"
        if os.environ.get("PAINTREND_REQUIRE_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


SLOW = frozenset((Path(__file__).parent / "slow_files.txt").read_text(encoding="utf-8").split())
"""Files whose tests take more than 1.5 seconds together, by `run.py test --durations=0`."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what draws with a browser, and what is in a slow file, so that it can be left out."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
        path = item.path.relative_to(config.rootpath)
        if path.suffix == ".ipynb" or path.as_posix() in SLOW:
            item.add_marker(pytest.mark.slow)
