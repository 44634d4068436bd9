"""The public surface: what `import paintrend as pt` offers, and what that import costs."""

import ast
import dataclasses
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import paintrend

PUBLIC = [name for name in paintrend.__all__ if name != "__version__"]
FUNCTIONS = [name for name in PUBLIC if name.islower()]


def sort_key(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions, as ruff sorts `__all__`."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


def test_all_is_sorted_and_complete():
    assert paintrend.__all__ == sorted(set(paintrend.__all__), key=sort_key)
    assert dir(paintrend) == sorted(paintrend.__all__)


@pytest.mark.parametrize("name", PUBLIC)
def test_every_name_resolves_and_is_documented(name):
    value = getattr(paintrend, name)
    if inspect.isclass(value) or inspect.isfunction(value):
        assert value.__name__ == name
        assert inspect.getdoc(value)
    if inspect.isfunction(value):
        assert ">>>" in inspect.getdoc(value), f"{name} has no example"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_signatures_are_explicit(name):
    parameters = inspect.signature(getattr(paintrend, name)).parameters.values()
    kinds = [parameter.kind for parameter in parameters]
    assert inspect.Parameter.VAR_KEYWORD not in kinds
    assert kinds.count(inspect.Parameter.POSITIONAL_OR_KEYWORD) <= 3


def test_type_checkers_see_the_same_names():
    tree = ast.parse(Path(paintrend.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {
        alias.name: node.module
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == {name: f"paintrend.{home}" for name, home in paintrend._HOME_OF.items()}
    assert set(seen) == set(PUBLIC)


# Thresholds, descriptions and a widget: what is passed in or drawn, not what comes out.
NO_RESULTS = {"Criteria", "Explorer", "Privacy", "Scale", "SessionCriteria", "WarningSign"}


def test_every_result_shows_itself_in_a_notebook():
    classes = {name for name in PUBLIC if inspect.isclass(getattr(paintrend, name))}
    errors = {name for name in classes if name.endswith("Error")}
    results = classes - errors
    shown = {name for name in results if hasattr(getattr(paintrend, name), "_repr_html_")}
    assert results - shown == NO_RESULTS
    assert all("__repr__" in vars(getattr(paintrend, name)) for name in results)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_tells_what_it_takes_gives_and_refuses(name):
    function = getattr(paintrend, name)
    told, taken = inspect.getdoc(function), inspect.signature(function).parameters
    wanted = ["Parameters", "Returns", "Raises", "Examples"] if taken else ["Returns", "Examples"]
    assert [one for one in wanted if f"\n{one}\n---" not in told] == []
    assert [one for one in taken if not re.search(rf"\b{one}\b", told)] == []


@pytest.mark.parametrize(
    "name", [name for name in PUBLIC if not name.isupper() and name not in FUNCTIONS]
)
def test_every_field_of_a_class_is_told(name):
    kind = getattr(paintrend, name)
    fields = dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ()
    own = [one.name for one in fields if not one.name.startswith("_")]
    if not fields and "__init__" in vars(kind):
        own = list(inspect.signature(kind).parameters)
    assert [one for one in own if not re.search(rf"\b{one}\b", inspect.getdoc(kind) or "")] == []


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="fit_curve'"):
        paintrend.fit_curve  # noqa: B018


def test_the_errors_form_one_tree():
    errors = [getattr(paintrend, name) for name in PUBLIC if name.endswith("Error")]
    assert len(errors) > 5
    assert all(issubclass(error, paintrend.PaintrendError) for error in errors)


def test_import_loads_nothing_heavy():
    heavy = "{'numpy', 'pandas', 'plotly', 'scipy', 'numba'}"
    code = f"import sys, paintrend; print(*sorted({heavy} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not run.stdout.strip()


def test_fitting_a_large_file_loads_no_figures():
    code = "import sys, paintrend.cli.large; print('plotly.graph_objs' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
