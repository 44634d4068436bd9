"""The order of the layers, read from the source: no module is imported, nothing is run."""

import ast
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src" / "paintrend"

# Kernels that make arrays: called once for a patient or more seldom, or where ratings are many.
MAY_COUNT = {
    "draw_patients",
    "divide_cells",
    "new_covariance",
    "level_covariance",
    "wax_by_coefficient",
    "replicate_ratings",
}

# Each layer may import from those before it and, without a cycle, from itself.
LAYERS = (
    (
        "errors",
        "adapters",
        "aside",
        "progress",
        "scales",
        "forms",
        "memory",
        "shapes",
        "defaults",
        "responses",
        "session_columns",
        "session_rules",
        "warning_signs",
    ),
    ("core",),
    ("results", "wording"),
    ("diary", "readers", "events", "symptoms", "sessions", "systems"),
    ("storage", "simulate"),
    ("fitting_options", "learning", "fitting"),
    ("features", "courses", "checks", "levels", "privacy"),
    ("review", "monitoring", "alarms", "soreness", "calibration"),
    (
        "pooling",
        "estimands",
        "hypotheses",
        "reporting",
        "nulls",
    ),
    ("plots",),
    ("export", "explorer", "report"),
    ("scaleout", "cli"),
    ("__init__", "__main__"),
)
LAYER_OF = {name: number for number, names in enumerate(LAYERS) for name in names}
CORE_MAY_USE = {"numba", "numpy", "scipy"}
LONGEST = 300
# Files that may be longer than LONGEST, each with the reason why it is one idea all the same.
LONG_FILES: dict[str, str] = {
    "paintrend.__init__": "three lists of one public surface, a line for each name",
}

FILES = sorted(SOURCE.rglob("*.py"))


def part(file: Path) -> str:
    """Give the name that has a layer: the file or folder right under the package."""
    return file.relative_to(SOURCE).parts[0].removesuffix(".py")


def module_name(file: Path) -> str:
    parts = ("paintrend", *file.relative_to(SOURCE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 2 else parts)


MODULES = {module_name(file): file for file in FILES}


def read_imports(file: Path) -> Iterator[tuple[str, bool, bool]]:
    """Give (full name, in a function?, for type checkers only?) for each import in a file."""
    package = ["paintrend", *file.relative_to(SOURCE).parent.parts]

    def walk(node: ast.AST, lazy: bool, typing: bool) -> Iterator[tuple[str, bool, bool]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                yield from ((alias.name, lazy, typing) for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                base = package[: len(package) + 1 - child.level] if child.level else []
                stem = ".".join([*base, *([child.module] if child.module else [])])
                yield from ((f"{stem}.{alias.name}", lazy, typing) for alias in child.names)
            elif isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
                yield from walk(child, lazy, True)
            else:
                in_function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
                yield from walk(child, lazy or in_function, typing)

    yield from walk(ast.parse(file.read_text(encoding="utf-8")), False, False)


def own_imports(file: Path) -> list[tuple[str, bool, bool]]:
    """Give the imports from paintrend itself, each named by the module that is imported."""
    found = []
    for name, lazy, typing in read_imports(file):
        if name.split(".")[0] == "paintrend":
            module = name if name in MODULES else name.rpartition(".")[0]
            found.append((module, lazy, typing))
    return found


def foreign_imports(file: Path) -> set[str]:
    """Give the top-level packages that a file imports when it runs, in functions too."""
    return {name.split(".")[0] for name, _, typing in read_imports(file) if not typing}


def test_the_source_is_found():
    assert "paintrend.errors" in MODULES
    assert len(MODULES) > 5


@pytest.mark.parametrize("file", FILES, ids=module_name)
def test_imports_go_down_the_layers(file):
    assert part(file) in LAYER_OF, f"{part(file)} has no layer: give it one in LAYERS"
    layer = LAYER_OF[part(file)]
    upward = [
        name
        for name, _, _ in own_imports(file)
        if name != "paintrend" and LAYER_OF.get(name.split(".")[1], -1) > layer
    ]
    assert not upward, f"{module_name(file)} imports from a later layer: {upward}"


@pytest.mark.parametrize("file", FILES, ids=module_name)
def test_no_import_of_our_own_hides_in_a_function(file):
    hidden = [name for name, lazy, _ in own_imports(file) if lazy]
    # A command imports what it needs when it runs, so that `--help` is quick.
    assert not hidden or part(file) == "cli", f"{module_name(file)}: {hidden}"


@pytest.mark.parametrize("file", FILES, ids=module_name)
def test_nothing_imports_the_half_loaded_package(file):
    whole = [
        name for name, _, _ in own_imports(file) if name == "paintrend" and part(file) != "cli"
    ]
    assert not whole, "import from the module that holds the name, not from paintrend itself"


def test_no_cycles():
    graph = {
        module: {name for name, _, typing in own_imports(file) if not typing and name != module}
        for module, file in MODULES.items()
        if part(file) != "__init__"
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"modules import each other: {' -> '.join(error.args[1])}")


@pytest.mark.parametrize("file", FILES, ids=module_name)
def test_plotly_stays_in_plots_and_later(file):
    if LAYER_OF[part(file)] < LAYER_OF["plots"]:
        assert not foreign_imports(file) & {"plotly", "kaleido", "matplotlib"}


@pytest.mark.parametrize("file", [file for file in FILES if part(file) == "core"], ids=module_name)
def test_the_core_uses_arrays_only(file):
    foreign = foreign_imports(file) - set(sys.stdlib_module_names) - {"paintrend", "__future__"}
    assert foreign <= CORE_MAY_USE


def test_kernels_that_are_handed_a_model_count_no_references():
    """It holds dozens of arrays: to count each of them took a fifth of the time of a fit."""
    counting = set()
    for file in (file for file in FILES if part(file) == "core"):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef):
                continue
            made = [ast.unparse(one) for one in node.decorator_list if "kernel" in ast.unparse(one)]
            takes = {argument.arg for argument in node.args.args}
            if made and "model" in takes and "counted=False" not in made[0]:
                counting.add(node.name)
    assert counting == MAY_COUNT


def test_files_stay_short():
    lengths = {
        module: len(file.read_text(encoding="utf-8").splitlines())
        for module, file in MODULES.items()
    }
    long = {module: lines for module, lines in lengths.items() if lines > LONGEST}
    assert set(long) == set(LONG_FILES), f"over {LONGEST} lines, or no longer so: {long}"


@pytest.mark.parametrize("file", FILES, ids=module_name)
def test_public_functions_and_classes_have_a_docstring(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.ClassDef)
    public = [n for n in tree.body if isinstance(n, kinds) and not n.name.startswith("_")]
    methods = [
        f
        for c in public
        if isinstance(c, ast.ClassDef)
        for f in c.body
        if isinstance(f, ast.FunctionDef) and not f.name.startswith("_")
    ]
    assert ast.get_docstring(tree), f"{module_name(file)} has no docstring"
    bare = [node.name for node in [*public, *methods] if not ast.get_docstring(node)]
    assert not bare, f"{module_name(file)}: no docstring on {bare}"


@pytest.mark.parametrize("file", FILES, ids=module_name)
def test_no_function_has_its_modules_name(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert file.stem not in names


@pytest.mark.parametrize("name", ["readers", "scaleout", "hypotheses"])
def test_the_map_of_a_folder_names_every_file(name):
    told = ast.get_docstring(ast.parse((SOURCE / name / "__init__.py").read_text(encoding="utf-8")))
    files = {file.stem for file in (SOURCE / name).glob("*.py")} - {"__init__"}
    assert told
    assert {stem for stem in files if f"`{stem}`" not in told} == set()


def test_the_readme_says_where_every_folder_is():
    readme = (SOURCE.parents[1] / "README.md").read_text(encoding="utf-8")
    folders = {file.parent.name for file in SOURCE.glob("*/__init__.py")}
    assert {name for name in folders if f"src/paintrend/{name}/" not in readme} == set()
