"""Nothing goes over a network, and nothing but tables of problems tells who rated what."""

import os
import re
import subprocess
import sys

import pandas as pd
import pytest

pytestmark = pytest.mark.slow

NO_NETWORK = """
import sys

def forbid(event, arguments):
    if event in ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg",
                 "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr",
                 "urllib.Request", "ftplib.connect", "http.client.connect", "smtplib.connect"):
        raise AssertionError(f"network: {event} {arguments[:2]!r}")

sys.addaudithook(forbid)
"""
JOB = """
import os
import paintrend as pt
from paintrend.cli import main

diary = pt.read_diary("cohort.csv", "vas")
fit = pt.fit_curves(diary, horizon=84, draws=20, workers=1)
courses = pt.classify(fit)
pt.write_report(fit, courses, "python.html")
pt.read_fit(pt.write_fit(fit, "fit.zip"))
for arguments in (
    ["check", "cohort.csv", "--scale", "vas"],
    ["fit", "cohort.csv", "--scale", "vas", "--horizon", "84", "--draws", "20", "-o", "out"],
    ["report", "cohort.csv", "--scale", "vas", "--horizon", "84", "--draws", "20", "-o", "rep"],
    ["fit", "cohort.csv", "--scale", "vas", "-o", "out"],
    ["fit", "cohort.csv", "--scale", "vas", "--horizon", "84", "-o", "cohort.csv/x"],
    ["monitor", "cohort.csv", "--population", "none.json", "-o", "out"],
):
    print("code", main(arguments), flush=True)
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The whole job, in a process whose sockets are forbidden."""
    folder = tmp_path_factory.mktemp("job")
    days = [-7, 0, 14, 28, 42, 56, 70, 84]
    rows = [
        {"patient_id": f"Qx7{name}Zk", "day": day, "pain": (37 * i + 11 * day) % 83 + 0.0}
        for i, name in enumerate("ABCD")
        for day in days
    ]
    pd.DataFrame(rows).assign(arm="kkarm").to_csv(folder / "cohort.csv", index=False)
    done = subprocess.run(
        [sys.executable, "-c", NO_NETWORK + JOB],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "200"},
    )
    return folder, done


def test_the_whole_job_runs_without_a_network(run):
    folder, done = run
    assert done.returncode == 0, done.stderr
    assert re.findall(r"^code (\d+)$", done.stdout, re.M) == ["0", "0", "0", "2", "3", "1"]
    assert (folder / "python.html").stat().st_size > 10**6
    assert (folder / "out" / "courses.csv").exists()


def test_the_check_of_the_network_can_fail():
    code = NO_NETWORK + "import socket; socket.create_connection(('127.0.0.1', 9))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "AssertionError: network" in done.stderr


def test_messages_name_no_patient_and_no_covariate(run):
    """Standard output is the result, and that of `report` says whom to look at first."""
    _, done = run
    of_check_and_fit = done.stdout.partition("code 0\n")[0]
    assert "4 patients" in of_check_and_fit
    for text in (done.stderr, of_check_and_fit):
        assert "Qx7" not in text
        assert "kkarm" not in text


def test_a_fault_of_the_program_shows_no_values(run):
    """A traceback has lines of code and no variables."""
    folder, _ = run
    code = (
        "import paintrend as pt; d = pt.read_diary('cohort.csv', 'vas');"
        "object.__setattr__(d, 'ratings', d.ratings.drop(columns='pain'));"
        "pt.fit_curves(d, horizon=84)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True)
    assert "KeyError: 'pain'" in done.stderr
    assert "Qx7" not in done.stderr


def test_tables_of_problems_name_row_patient_and_value(run):
    folder, _ = run
    bad = folder / "bad.csv"
    bad.write_text("patient_id,day,pain\nQx7EZk,0,999\nQx7EZk,7,3\n")
    done = subprocess.run(
        [sys.executable, "-m", "paintrend", "check", str(bad), "--scale", "vas"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert re.search(r"^2 +Qx7EZk +pain +999", done.stdout, re.M)
