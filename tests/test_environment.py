"""One set of dependencies in three files: pyproject.toml, environment.yml and the locks."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version
from rattler import MatchSpec

import paintrend

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))

# `data`, `docs`, `bench` and `dev` serve those who work on paintrend, who use run.py.
EXTRAS_IN_ENVIRONMENT = (
    "notebooks",
    "export",
    "word",
    "explore",
    "scale",
    "excel",
    "spss",
    "hypotheses",
)
CONDA_TO_PYPI = {"python-kaleido": "kaleido", "dask-core": "dask", "python-duckdb": "duckdb"}
# What conda needs and pyproject.toml says elsewhere or not at all.
CONDA_ONLY = ("python", "pip")
LOCKS = {"all.txt": tuple(EXTRAS), "demo.txt": ("excel",)}


def required(extras: tuple[str, ...]) -> dict[str, SpecifierSet]:
    """Give name and bounds of the core requirements and those of some extras."""
    lines = [*PROJECT["dependencies"], *(line for extra in extras for line in EXTRAS[extra])]
    requirements = [Requirement(line) for line in lines]
    return {canonicalize_name(r.name): r.specifier for r in requirements}


def conda_bounds() -> dict[str, str]:
    """Give conda name and bounds of every line of environment.yml, read as conda reads it."""
    specs = [MatchSpec(line) for line in ENVIRONMENT["dependencies"]]
    return {spec.name.normalized: spec.version or "" for spec in specs}


def test_every_line_of_the_environment_is_a_plain_conda_spec():
    lines = ENVIRONMENT["dependencies"]
    assert all(isinstance(line, str) for line in lines), "a pip section would not be pinned"
    assert len(conda_bounds()) == len(lines), "a package is named twice"


def test_environment_and_pyproject_ask_for_the_same():
    bounds = conda_bounds()
    assert set(CONDA_ONLY) <= set(bounds)
    in_environment = {
        CONDA_TO_PYPI.get(name, name): SpecifierSet(version)
        for name, version in bounds.items()
        if name not in CONDA_ONLY
    }
    assert in_environment == required(EXTRAS_IN_ENVIRONMENT)
    assert SpecifierSet(bounds["python"]) == SpecifierSet(PROJECT["requires-python"])


def test_channels_are_names_only():
    assert ENVIRONMENT["channels"] == ["conda-forge", "nodefaults"]


@pytest.mark.parametrize("name", sorted(LOCKS))
def test_the_lock_answers_pyproject(name):
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    pins: dict[str, list[Version]] = {}
    for package, version in re.findall(r"^([\w.-]+)==([^\s;\\]+)", text, flags=re.MULTILINE):
        pins.setdefault(canonicalize_name(package), []).append(Version(version))
    wanted = required(LOCKS[name])
    assert set(wanted) <= set(pins), f"run `python3 run.py lock`: {set(wanted) - set(pins)}"
    off = {
        package: [str(version) for version in pins[package]]
        for package, bounds in wanted.items()
        if not all(version in bounds for version in pins[package])
    }
    assert not off, f"run `python3 run.py lock`: {off}"


@pytest.mark.parametrize("name", ["all.txt", "demo.txt", "uv.txt"])
def test_every_pin_has_a_hash_and_nothing_else_is_there(name):
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    entries = text.replace("\\\n", " ").splitlines()
    assert entries
    entry = r"[\w.\[\]-]+==[^\s;]+( ; [^#]+?)?( +--hash=sha256:[0-9a-f]{64})+"
    assert [line for line in entries if not re.fullmatch(entry, line)] == []


def test_every_direct_requirement_has_its_licence_listed():
    text = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| ([\w.-]+) \| (.+?) \|", text, flags=re.MULTILINE))
    wanted = required(tuple(EXTRAS))
    assert {canonicalize_name(name) for name in rows} - {"package"} == set(wanted), (
        "run `python scripts/make_licences.py`"
    )
    assert not [name for name, licence in rows.items() if "not " in licence]


def test_the_version_is_said_once():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == paintrend.__version__
    assert citation["license"] == PROJECT["license"]
    assert paintrend.__version__ in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
