"""Build wheel and sdist, install each into an empty environment, and run the demo from it.

    python scripts/check_package.py

Needs uv (run.py brings it) and a package index. Takes some minutes: everything is compiled anew.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = "Scripts" if os.name == "nt" else "bin"


def find_uv() -> str:
    """Path of uv: on PATH, or where run.py puts it."""
    places = os.pathsep.join(str(ROOT / ".tools" / sub) for sub in ("bin", "Scripts"))
    found = shutil.which("uv") or shutil.which("uv", path=places)
    if not found:
        sys.exit("uv is not here: `python3 run.py test` installs it into .tools.")
    return found


def call(*command: object, **options: object) -> str:
    """Run a command without this environment's Python paths and give its output."""
    clean = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, env=clean, **options
    )
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def main() -> None:
    """Build, install, run."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    uv = find_uv()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        call(uv, "build", "--out-dir", folder / "dist", ROOT)
        built = [next((folder / "dist").glob(f"*{end}")) for end in (".whl", ".tar.gz")]
        for number, package in enumerate(built):
            home = folder / f"env{number}"
            call(uv, "venv", "--python", sys.executable, home)
            python = home / BIN / ("python.exe" if os.name == "nt" else "python")
            call(uv, "pip", "install", "--python", python, package)
            said = call(python, "-c", "import paintrend; print(paintrend.__file__)", cwd=folder)
            if str(home.resolve()) not in str(Path(said.strip()).resolve()):
                sys.exit(f"{package.name}: imported from {said.strip()}")
            out = folder / f"report{number}"
            call(python, "-m", "paintrend", "demo", "--output", out, cwd=folder)
            pages = list(out.rglob("*.html"))
            if not pages:
                sys.exit(f"{package.name}: the demo wrote no page to {out}")
            size = pages[0].stat().st_size
            print(f"{package.name}: installed, demo wrote {pages[0].name} ({size:,} bytes)")


if __name__ == "__main__":
    main()
