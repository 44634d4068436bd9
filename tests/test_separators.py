"""The separator of a text table is told from more than its first line."""

import pytest

from paintrend.diary import read_diary
from paintrend.readers.separators import find_separator

ROWS = "1;0;5\n1;7;4\n"


@pytest.mark.parametrize(
    "text",
    [
        "Export of ward A, pain clinic, 2024\npatient_id;day;pain\n" + ROWS,
        "patient_id;day;pain;Schmerz (NRS, 0-10, heute, morgens)\n1;0;5;x\n1;7;4;x\n",
        "patient_id\tday\tPain (0=none, 5=moderate, 10=worst)\tpain\n1\t0\t5\t5\n1\t7\t4\t4\n",
        "patient_id;day;pain;note (a, b, c)\n1;0,0;5,0;\n1;7,0;4,0;\n",
        "patient_id;day;pain;\n1;0;5;\n1;7;4;\n",
        'patient_id,day,pain,note\n1,0,5,"a;b;c;d;e"\n1,7,4,a;b;c;d;e;f\n',
        "patient_id,day,pain,note; more; and more\n1,0,5,x\n1,7,4,y\n",
    ],
)
def test_all_of_these_are_the_same_diary(tmp_path, text):
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    diary = read_diary(path, "nrs")
    assert diary.ratings["day"].tolist() == [0.0, 7.0]
    assert diary.ratings["pain"].tolist() == [5.0, 4.0]


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("a;b;c\n1;0,5;4,5\n", ";"),
        ("a,b,c\n1,0,5\n1,7,4,5\n1,8\n", ","),
        ("a|b|c, d\n1|0|5\n", "|"),
        ("patient_id,day,pain\n", ","),
        ("patient_id;day;pain (a, b, c, d, e)\n", ";"),
        ("alone\n1\n", ","),
        ("sep=|\na,b\n", "|"),
    ],
)
def test_other_tables(text, separator):
    assert find_separator(text) == separator
