"""What users rely on changes only on purpose, and the changelog says so."""

import copy
import importlib.util
import json
import re

import pytest

RENEW = "python scripts/make_public_api.py"


@pytest.fixture(scope="module")
def script(root):
    spec = importlib.util.spec_from_file_location(
        "make_public_api", root / "scripts" / "make_public_api.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def kept(root):
    return json.loads((root / "tests" / "public_api.json").read_text(encoding="utf-8"))


def differences(kept: dict, found: dict) -> list[str]:
    """Names whose signature or columns are not those that were kept."""
    return sorted(k for k in kept.keys() | found.keys() if kept.get(k) != found.get(k))


def unnamed(changed: list[str], changelog: str) -> list[str]:
    """Changed names that the Unreleased section does not name."""
    section = re.split(r"^## \[", changelog, flags=re.M)[1]
    assert section.startswith("Unreleased")
    return [name for name in changed if not re.search(rf"\b{re.escape(name)}\b", section)]


def test_signatures_are_those_that_were_kept(script, kept):
    found = differences(kept["signatures"], script.signatures())
    assert not found, (
        f"changed: {', '.join(found)}. If it is meant: {RENEW}, and name it in CHANGELOG"
    )


def test_columns_of_tables_are_those_that_were_kept(script, kept):
    found = differences(kept["columns"], script.columns())
    assert not found, (
        f"changed: {', '.join(found)}. If it is meant: {RENEW}, and name it in CHANGELOG"
    )


def test_the_changelog_names_what_has_changed(root, kept):
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    missing = unnamed(kept["changed"], changelog)
    assert not missing, f"name them in the Unreleased section of CHANGELOG.md: {', '.join(missing)}"


def test_a_change_would_be_seen(kept):
    changed = copy.deepcopy(kept["signatures"])
    changed["classify"] = changed["classify"].replace("criteria", "rules")
    changed["Fit"].pop("draws")
    del changed["read_diary"]
    assert differences(kept["signatures"], changed) == ["Fit", "classify", "read_diary"]
    assert unnamed(
        ["classify", "no_such"], "# x\n## [Unreleased]\n`classify`\n## [0.1]\nno_such"
    ) == ["no_such"]
