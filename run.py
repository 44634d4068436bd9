"""Set paintrend up in .venv and run it: `python3 run.py demo`, `test` or `lab`.

Needs nothing but Python with pip. On Windows: `py run.py demo`.

demo   fit the sample cohort, print a summary, write report/index.html
test   ruff, mypy, tests, doctests, notebooks (--fast: without the slow tests; the rest to pytest)
lab    JupyterLab on notebooks/
docs   build the documentation into site/ (--fast: without running gallery and notebooks)
lock   rewrite requirements/*.txt from pyproject.toml
audit  look up the locked packages among the known vulnerabilities (at PyPI itself, no mirror)
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
TOOLS, VENV, LOCKS = ROOT / ".tools", ROOT / ".venv", ROOT / "requirements"
BIN, EXE = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")
PYTHON = VENV / BIN / ("python" + EXE)
ENV = dict(os.environ, PLOTLY_RENDERER="plotly_mimetype+notebook")
# Hospital networks often have their own certificates, which only the system's store knows.
ENV.setdefault("UV_SYSTEM_CERTS", "1")


FIRST_FIT = """
import paintrend as pt
ratings = pt.simulate_cohort(8, seed=1).ratings
pt.classify(pt.fit_curves(pt.read_diary(ratings, "nrs"), horizon=84, draws=20))
"""
"""Whatever it meets, the tests say it better: its exit code counts for nothing."""


def call(*command, **options):
    """Run a command in the project folder and return its exit code."""
    return subprocess.run(
        [str(part) for part in command], cwd=str(ROOT), env=ENV, **options
    ).returncode


def find_uv():
    """Path of uv: the one on PATH, or one put into .tools by pip, or by the pip of a plain venv."""
    tools = os.pathsep.join(str(TOOLS / sub) for sub in ("bin", "Scripts", "venv/" + BIN))
    found = shutil.which("uv") or shutil.which("uv", path=tools)
    if found:
        return found
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    pip = [sys.executable, "-m", "pip"]
    target = ["--target", TOOLS]
    if call(*pip, "--version", **quiet):
        if call(sys.executable, "-m", "venv", TOOLS / "venv", **quiet):
            sys.exit("run.py needs pip: install the package python3-pip (or uv) and run it again.")
        pip, target = [TOOLS / "venv" / BIN / ("python" + EXE), "-m", "pip"], []
    options = ["--quiet", "--disable-pip-version-check", "--require-hashes"]
    if call(*pip, "install", *options, *target, "-r", LOCKS / "uv.txt"):
        sys.exit("run.py could not install uv; see pip's message above.")
    return shutil.which("uv", path=tools)


def install(level):
    """Bring .venv up to `level` ("demo" or "all"); returns at once where that is done already."""
    lock, stamp = LOCKS / (level + ".txt"), VENV / ("paintrend-" + level + ".stamp")
    # The folder is part of the key because an editable install points to it.
    parts = [lock.read_bytes(), (ROOT / "pyproject.toml").read_bytes(), str(ROOT).encode()]
    key = hashlib.sha256(b"\n".join(parts)).hexdigest()
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == key:
        return
    uv = find_uv()
    wanted = sys.executable if sys.version_info >= (3, 11) else ">=3.11"
    if not PYTHON.exists() and call(
        uv, "venv", "--quiet", "--allow-existing", "--python", wanted, VENV
    ):
        sys.exit("paintrend needs Python 3.11 or newer: install one and run this again with it.")
    pip = [uv, "pip", "install", "--quiet", "--python", PYTHON]
    print("Installing paintrend into", VENV, "(once)", file=sys.stderr, flush=True)
    if call(*pip, "--require-hashes", "-r", lock) or call(
        *pip, "--no-deps", "--no-build-isolation", "--editable", ROOT
    ):
        sys.exit("run.py could not install the requirements; see the message above.")
    stamp.write_text(key)


def run_tests(options):
    """Run every check, even after a failure, pytest last; the exit code is 1 if any failed."""
    fast = ["-m", "not slow"] if "--fast" in options else []
    rest = [option for option in options if option != "--fast"]
    checks = {
        "ruff check": ["ruff", "check", "--quiet", "."],
        "ruff format": ["ruff", "format", "--check", "--quiet", "."],
        "mypy": ["mypy"],
        "pytest": ["pytest", "-n", "2", *fast, *rest],
    }
    # compiling takes one processor a minute, once: meanwhile the other one checks types, and
    # the processes of pytest do not each compile the same
    warming = subprocess.Popen([str(PYTHON), "-c", FIRST_FIT], cwd=str(ROOT), env=ENV)
    failed = []
    for name, command in checks.items():
        if name == "pytest":
            warming.wait()
        if call(PYTHON, "-m", *command):
            failed.append(name)
    print("Failed: " + ", ".join(failed) if failed else "Passed: " + ", ".join(checks), flush=True)
    return 1 if failed else 0


def build_docs(options):
    """Build the documentation into site/, broken links and other warnings as errors."""
    rest = [option for option in options if option != "--fast"]
    ENV["PAINTREND_DOCS"] = "fast" if "--fast" in options else ""
    # the theme's advertisement is no warning about these pages
    ENV["NO_MKDOCS_2_WARNING"] = "1"
    return call(PYTHON, "-m", "mkdocs", "build", "--strict", *rest)


def lock():
    """Write the hash-pinned requirements for every platform and Python from 3.11 on."""
    compile_ = [find_uv(), "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
    compile_ += ["--generate-hashes", "--no-annotate", "--no-header", "--upgrade"]
    everything = [*compile_, "pyproject.toml", "--group", "build", "--all-extras"]
    demo = [*compile_, "pyproject.toml", "--group", "build", "--extra", "excel"]
    return (
        call(*everything, "-o", LOCKS / "all.txt")
        or call(*demo, "-c", LOCKS / "all.txt", "-o", LOCKS / "demo.txt")
        or call(*compile_, LOCKS / "uv.in", "-o", LOCKS / "uv.txt")
    )


def audit(options):
    """Ask PyPI for known vulnerabilities; a package that cannot be looked up is a failure, too."""
    command = ["pip-audit", "--strict", "--disable-pip", "--require-hashes", *options]
    return call(find_uv(), "tool", "run", *command, "-r", LOCKS / "all.txt")


def main(arguments):
    task, options = (arguments or ["--help"])[0], arguments[1:]
    if task == "demo":
        install("demo")
        return call(PYTHON, "-m", "paintrend", "demo", *options)
    if task == "test":
        install("all")
        return run_tests(options)
    if task == "lab":
        install("all")
        return call(PYTHON, "-m", "jupyter", "lab", "notebooks", *options)
    if task == "docs":
        install("all")
        return build_docs(options)
    if task == "lock":
        return lock()
    if task == "audit":
        return audit(options)
    print(__doc__)
    return 0 if task in ("-h", "--help") else 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
