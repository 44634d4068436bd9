"""A page as a Word file: real headings, tables and lists, figures as pictures, text to edit."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from paintrend.errors import MissingExtraError
from paintrend.report.static import static_page
from paintrend.report.tree import Element, parse_page
from paintrend.report.word_fit import FIGURE_PART, page_letters
from paintrend.report.word_parts import (
    add_page_number,
    add_picture,
    box,
    keep_together,
    prepare,
    repeat_as_heading,
    room,
    shade,
    spread_columns,
    write_words,
)

if TYPE_CHECKING:
    from docx.document import Document

__all__ = ["check_word", "drawings_in", "word_bytes"]

DRAWING = re.compile(r'<svg class="spark".*?</svg>', re.DOTALL)
LABEL = re.compile(r'aria-label="([^"]*)"')
SKIPPED = {"nav", "script", "style", "noscript", "head"}


class Sheet(Protocol):
    """Width and height of the paper as it lies."""

    @property
    def width_mm(self) -> float:
        """Millimetres."""

    @property
    def height_mm(self) -> float:
        """Millimetres."""


def check_word() -> Any:
    """Give the package that writes Word files.

    Raises
    ------
    MissingExtraError
        Without the extra `word`.
    """
    try:
        return import_module("docx")
    except ImportError as error:
        raise MissingExtraError(
            "writing a report as .docx (write_report, write_patient_report) needs an extra: "
            "pip install 'paintrend[word,export]'. Or write it as .html."
        ) from error


def drawings_in(page: str) -> list[str]:
    """Find the small drawings of the lists, in order."""
    return DRAWING.findall(page)


def word_bytes(
    page: str,
    pictures: Mapping[str, bytes],
    small: Sequence[bytes],
    paper: Sheet,
    *,
    dense: bool = False,
) -> bytes:
    """Make a Word file that says what the page says.

    Parameters
    ----------
    page
        From `render_page`.
    pictures
        PNG of each figure, by id.
    small
        PNG of each of `drawings_in`.
    paper
        Sheet, as it lies.
    dense
        Small letters and margins, for a report of one page.
    """
    new = check_word().Document()
    count = iter(range(len(small)))

    def placeholder(match: re.Match[str]) -> str:
        label = LABEL.search(match[0])
        return f'<img class="spark" id="{next(count)}" alt="{label[1] if label else ""}">'

    bare = DRAWING.sub(placeholder, static_page(page, dict.fromkeys(pictures, b"")))
    body = next(parse_page(bare).all("body"))
    letters = page_letters(body, paper.width_mm, paper.height_mm) if dense else None
    document = prepare(new, paper.width_mm, paper.height_mm, letters)
    title = next(body.all("h1")).text
    document.core_properties.title = title
    document.core_properties.author = "paintrend"
    document.core_properties.language = "en"
    writer = _Writer(document, pictures, small, dense=dense)
    for element in body.elements:
        if element.tag == "footer":
            add_page_number(document, element.text)
        else:
            writer.write(element)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


class _Writer:
    """Puts elements into a document, one after the other."""

    def __init__(
        self, document: Document, pictures: Mapping[str, bytes], small: Sequence[bytes], *,
        dense: bool,
    ) -> None:  # fmt: skip
        self.document = document
        self.pictures = pictures
        self.small = small
        self.dense = dense
        self.cell_style = document.styles["Table words"].style_id

    def write(self, element: Element) -> None:
        """Write an element with all that is in it."""
        tag, classes = element.tag, element.classes
        if tag in SKIPPED or "skip" in classes:
            return
        if tag == "h1":
            self.document.add_heading(element.text, level=0)
        elif tag in ("h2", "h3"):
            self.document.add_heading(element.text, level=int(tag[1]) - 1)
        elif tag == "summary":
            self.document.add_heading(element.text, level=2)
        elif tag == "p":
            style = (
                "Note" if classes & {"note", "meta"} else "Answer" if "answer" in classes else None
            )
            write_words(self.document.add_paragraph(style=style), element)
        elif tag == "ul":
            for item in element.elements:
                write_words(self.document.add_paragraph(style="List Bullet"), item)
        elif tag == "article":
            first = len(self.document.paragraphs)
            for part in element.elements:
                self.write(part)
            # The line above a picture stays with it.
            self.document.paragraphs[first].paragraph_format.keep_with_next = True
        elif tag == "table":
            self._table(element)
        elif "figure" in classes:
            self._figure(element)
        elif "statement" in classes:
            for part in element.elements:
                paragraph = self.document.add_paragraph()
                write_words(paragraph, part)
                box(paragraph)
        else:
            for part in element.elements:
                self.write(part)

    def _figure(self, element: Element) -> None:
        image = element.elements[0]
        paragraph = self.document.add_paragraph(style="Picture")
        most, high = room(self.document)
        part = FIGURE_PART if self.dense else 0.8
        png = self.pictures[element.attributes["id"]]
        add_picture(paragraph.add_run(), png, image.attributes["alt"], most, int(part * high))

    def _table(self, element: Element) -> None:
        caption = next(element.all("caption"), None)
        if caption is not None:
            self.document.add_paragraph(caption.text, style="Caption")
        rows = list(element.all("tr"))
        width = max(len(row.elements) for row in rows)
        n_head = sum(1 for row in rows if all(cell.tag == "th" for cell in row.elements))
        table = self.document.add_table(rows=len(rows), cols=width, style="Table Grid")
        across, _ = room(self.document)
        letters = self.document.styles["Table words"].font.size.pt
        texts = [[_weight(cell) for cell in row.elements] for row in rows]
        spread_columns(table, texts, across, letters)
        for number, (row, made) in enumerate(zip(rows, table.rows, strict=True)):
            heading = number < n_head
            keep_together(made)
            if heading:
                repeat_as_heading(made)
            for cell, into in zip(row.elements, made.cells, strict=False):
                paragraph = into.paragraphs[0]
                # By its id: looking a style up by name takes longer than all the rest.
                paragraph._p.style = self.cell_style
                if "number" in cell.classes:
                    paragraph.alignment = 2
                if heading:
                    shade(into)
                self._cell(paragraph, cell, bold=cell.tag == "th")
        self.document.add_paragraph(style="After table")

    def _cell(self, paragraph: Any, cell: Element, *, bold: bool) -> None:
        image = next(cell.all("img"), None)
        if image is None:
            write_words(paragraph, cell, bold=bold)
            return
        png = self.small[int(image.attributes["id"])]
        add_picture(paragraph.add_run(), png, image.attributes["alt"], 1_500_000, 600_000)


def _weight(cell: Element) -> str:
    """Words of a cell, or for a small picture words that are as wide."""
    return "x" * 26 if any(True for _ in cell.all("img")) else cell.text
