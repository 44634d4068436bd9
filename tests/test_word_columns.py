"""Columns of tables in Word: none so narrow that a word breaks."""

import pytest

from paintrend.report.word_parts import CELL, WORD, column_widths

HEADINGS = ["Patient", "Course", "How sure", "Dip", "Worse at the end", "To be read with it"]
ROW = ["P024", "sustained deterioration", "probable", ">99%", "<1%", "Cannot tell: no course. " * 6]


def test_no_word_breaks_where_there_is_room():
    widths = column_widths([HEADINGS, ROW], 730.0, 8.2)
    assert sum(widths) == pytest.approx(730.0)
    for column, wide in zip(zip(HEADINGS, ROW, strict=True), widths, strict=True):
        longest = max(len(word) for text in column for word in text.split())
        assert wide >= WORD * 8.2 * longest + CELL - 1e-9
    assert max(widths) == widths[-1]


def test_too_many_columns_share_what_there_is():
    widths = column_widths([["deterioration"] * 20], 400.0, 8.2)
    assert widths == pytest.approx([20.0] * 20)
