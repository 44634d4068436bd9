"""Run the tests with the lowest versions that pyproject.toml allows, or with the newest there are.

    python scripts/check_versions.py lowest [--folder FOLDER] [options of pytest]
    python scripts/check_versions.py newest [--folder FOLDER] [options of pytest]

Makes an environment of its own, in a temporary folder if none is named, with every extra; installs
paintrend into it and runs the fast tests. "lowest" takes the lowest version of each package that
pyproject.toml names, and the newest of those that these bring. Needs uv (run.py brings it) and a
package index. Takes a quarter of an hour: everything is compiled anew.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from check_package import BIN, ROOT, call, find_uv

RESOLUTIONS = {"lowest": "lowest-direct", "newest": "highest"}


def make_environment(which: str, folder: Path) -> Path:
    """Resolve and install; gives the folder's Python."""
    uv = find_uv()
    pins = folder / "pins.txt"
    call(
        uv, "pip", "compile", "--quiet", "--resolution", RESOLUTIONS[which], "--upgrade",
        "--python", sys.executable, "--all-extras", "--group", "pyproject.toml:build",
        "--no-header", "--no-annotate", "pyproject.toml", "-o", pins, cwd=ROOT,
    )  # fmt: skip
    home = folder / "env"
    call(uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, home)
    python = home / BIN / ("python.exe" if os.name == "nt" else "python")
    pip = [uv, "pip", "install", "--quiet", "--python", python]
    call(*pip, "-r", pins)
    call(*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT)
    return python


def run(which: str, folder: Path, options: list[str]) -> int:
    """Make the environment and run the fast tests in it."""
    python = make_environment(which, folder)
    print((folder / "pins.txt").read_text(), flush=True)
    clean = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    clean["NUMBA_CACHE_DIR"] = str(folder / "compiled")
    command = [python, "-m", "pytest", "-m", "not slow", "-p", "no:cacheprovider", *options]
    return subprocess.run([str(part) for part in command], cwd=ROOT, env=clean).returncode


def main() -> int:
    """Return pytest's exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("versions", choices=RESOLUTIONS)
    parser.add_argument("--folder", type=Path, help="keep the environment here")
    known, options = parser.parse_known_args()
    if known.folder:
        known.folder.mkdir(parents=True, exist_ok=True)
        return run(known.versions, known.folder.resolve(), options)
    with tempfile.TemporaryDirectory() as place:
        return run(known.versions, Path(place), options)


if __name__ == "__main__":
    sys.exit(main())
