"""What a message proposes for the command line works when it is pasted into a shell."""

import re
import shlex

import pytest

from paintrend.cli import main
from paintrend.cli.lists import listed_names, named_pairs
from paintrend.cli.wording import in_options

ODD = [
    "Patient's NRS",
    "NRS, today",
    'the "worst", now',
    "a \\ b",
    "$HOME `x` !",
    'it\'s, "so"',
    "-x",
]


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("argument", ["columns", "select"])
def test_pairs_come_back_from_the_shell(argument, name):
    said = in_options(f"Choose: {argument}={{'pain': {name!r}, 'day': 'Visit'}}. Or not.")
    option, value = shlex.split(said.removeprefix("Choose: ").removesuffix(". Or not."))
    assert option == f"--{argument}"
    assert named_pairs(option, [value]) == {"pain": name, "day": "Visit"}


@pytest.mark.parametrize("name", ODD)
def test_visits_codes_and_names_come_back_too(name):
    option, value = shlex.split(in_options(f"wide={{{name!r}: 0}}"))
    assert named_pairs(option, [value]) == {name: "0"}
    (codes,) = shlex.split(in_options(f"missing_codes=[{name!r}, -99]"))
    assert listed_names(codes.removeprefix("--missing-codes=")) == [name, "-99"]
    assert shlex.split(in_options(f"sheet={name!r}")) == ["--sheet", name]
    assert shlex.split(in_options(f"code={name!r}")) == ["--code", name]


def test_the_proposal_for_a_heading_with_comma_and_apostrophe_works(tmp_path, capsys):
    path = tmp_path / "a.csv"
    path.write_text('patient_id,day,"Patient\'s NRS, today"\n1,0,5\n1,7,4\n')
    assert main(["check", str(path), "--scale", "nrs"]) == 1
    said = " ".join(capsys.readouterr().out.split())
    proposal = re.search(r"--columns .*(?=\.$)", said)
    assert main(["check", str(path), "--scale", "nrs", *shlex.split(proposal[0])]) == 0


def test_no_half_of_an_argument_is_left():
    said = in_options("the column day is in days; time_unit='hours' is for a column time")
    assert said == "the column day is in days; --time-unit hours is for a column time"
    differing = "criteria.sustained_days: 21 there, 14 here; criteria.worsening: 2 there"
    assert in_options(differing) == "--sustained-days: 21 there, 14 here; --worsening: 2 there"
    assert in_options("Criteria: sustained_days must be") == "Criteria: --sustained-days must be"


def test_lists_of_problems_are_in_the_words_of_the_command_line(tmp_path):
    path, out = tmp_path / "a.csv", tmp_path / "problems.csv"
    path.write_text("patient_id,day,pain,body_site\n1,0,5,back\n1,7,4,leg\n")
    assert main(["check", str(path), "--scale", "nrs", "-o", str(out)]) == 1
    assert "--select" in out.read_text()
    assert "select={" not in out.read_text()
