"""Parts of a Word file: sheet and styles, words, pictures with a description, frames."""

from __future__ import annotations

import io
from collections.abc import Sequence
from importlib import import_module
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from paintrend.report.tree import Element

if TYPE_CHECKING:
    from docx.document import Document

__all__ = [
    "CELL",
    "EDGE",
    "LINE",
    "add_page_number",
    "add_picture",
    "box",
    "clean",
    "column_weights",
    "column_widths",
    "keep_together",
    "prepare",
    "repeat_as_heading",
    "room",
    "shade",
    "spread_columns",
    "write_words",
]

FONT = "Arial"
LINE = 1.15
"""Height of a line of it in parts of the size of its letters."""
EDGE = 11.0
"""Millimetres of the margins of a report of one page."""
INK, MUTED = (0x1A, 0x1A, 0x1A), (0x4A, 0x4A, 0x4A)
STYLES = {"Note": 0.9, "Answer": 1.08, "Picture": 1.0, "Table words": 0.82, "After table": 0.5}
"""Paragraph styles of ours, and the size of their letters in parts of the text's."""

CELL = 11.0
"""Points between the words of a cell and its borders, left and right together."""

WORD = 0.7
"""Width of a letter of a short word, which may be bold, in parts of its size."""

EMU = 12700
"""Word's units to a point."""


def _docx(name: str) -> Any:
    return import_module(f"docx.{name}")


def prepare(
    document: Document, width_mm: float, height_mm: float, letters: float | None
) -> Document:
    """Set sheet, margins and styles of an empty document; with the size of its `letters` given, in
    points, those of a report of one page."""
    dense = letters is not None
    mm, points = _docx("shared").Mm, _docx("shared").Pt
    section = document.sections[0]
    section.page_width, section.page_height = mm(width_mm), mm(height_mm)
    if width_mm > height_mm:
        section.orientation = _docx("enum.section").WD_ORIENT.LANDSCAPE
    edge = mm(EDGE if dense else 15)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = edge
    section.footer_distance = section.header_distance = mm(6)
    size = 10.0 if letters is None else letters
    gap = points(1.5 if dense else 5)
    styles = document.styles
    for name in STYLES:
        styles.add_style(name, _docx("enum.style").WD_STYLE_TYPE.PARAGRAPH)
        styles[name].base_style = styles["Normal"]
    heights = {
        "Normal": size, "List Bullet": size, "Caption": 0.85 * size,
        "Title": 1.7 * size, "Heading 1": 1.35 * size, "Heading 2": 1.1 * size,
        **{name: part * size for name, part in STYLES.items()},
    }  # fmt: skip
    for name, height in heights.items():
        style = styles[name]
        style.font.name, style.font.size = FONT, points(height)
        # Themes of Word name a font of their own for headings and other scripts.
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in list(fonts.attrib):
            if key.endswith("Theme"):
                del fonts.attrib[key]
        muted = name in ("Note", "Caption")
        style.font.color.rgb = _docx("shared").RGBColor(*(MUTED if muted else INK))
        style.font.italic = False
        style.font.bold = name in ("Title", "Heading 1", "Heading 2")
        style.paragraph_format.space_after = gap
        style.paragraph_format.space_before = points(0)
    for name in ("Heading 1", "Heading 2"):
        styles[name].paragraph_format.space_before = points(3 if dense else 12)
        styles[name].paragraph_format.keep_with_next = True
    styles["Caption"].paragraph_format.keep_with_next = True
    styles["Table words"].paragraph_format.space_after = points(0)
    styles["Title"].paragraph_format.space_after = gap
    return document


def room(document: Document) -> tuple[int, int]:
    """Give width and height between the margins of the sheet (EMU)."""
    section: Any = document.sections[-1]
    return (
        section.page_width - section.left_margin - section.right_margin,
        section.page_height - section.top_margin - section.bottom_margin,
    )


def clean(text: str) -> str:
    """Replace what an XML file cannot hold."""
    return "".join(
        char
        if char in "\t\n" or (char >= " " and not "\ud800" <= char <= "\udfff" and char < "\ufffe")
        or char > "\uffff"
        else "\N{REPLACEMENT CHARACTER}"
        for char in text
    )  # fmt: skip


def write_words(paragraph: Any, element: Element, *, bold: bool = False) -> None:
    """Write the words of an element, what is strong in bold."""
    pieces: list[tuple[str, bool]] = []
    _collect(element, bold, pieces)
    text = ""
    for words, strong in pieces:
        # Blanks of the template are one blank, and none at the start of a line.
        shown = "\n" if words == "\n" else " ".join(f"x{words}x".split())[1:-1]
        if not text or text.endswith((" ", "\n")):
            shown = shown if shown == "\n" else shown.lstrip(" ")
        if shown:
            run = paragraph.add_run(clean(shown))
            run.bold = strong or None
            text += shown


def _collect(element: Element, bold: bool, pieces: list[tuple[str, bool]]) -> None:
    for child in element.children:
        if isinstance(child, str):
            pieces.append((child, bold))
        elif child.tag == "br":
            pieces.append(("\n", bold))
        else:
            _collect(child, bold or child.tag in ("strong", "b", "th"), pieces)


def add_picture(run: Any, png: bytes, alt: str, most: int, high: int) -> None:
    """Add a picture no wider and higher than so much (EMU), with words for those who do not see
    it."""
    shape = run.add_picture(io.BytesIO(png))
    ratio = min(1.0, most / shape.width, high / shape.height)
    shape.width, shape.height = int(shape.width * ratio), int(shape.height * ratio)
    about = shape._inline.docPr
    about.set("descr", clean(alt))
    about.set("title", clean(alt)[:80])


def box(paragraph: Any) -> None:
    """Draw a frame around a paragraph."""
    oxml, ns = _docx("oxml"), _docx("oxml.ns")
    borders = oxml.OxmlElement("w:pBdr")
    for side in ("top", "left", "bottom", "right"):
        line = oxml.OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "12"), ("space", "4"), ("color", "1A1A1A")):
            line.set(ns.qn(f"w:{name}"), value)
        borders.append(line)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def repeat_as_heading(row: Any) -> None:
    """Repeat a row of a table on each page, as its heading."""
    mark = _docx("oxml").OxmlElement("w:tblHeader")
    row._tr.get_or_add_trPr().append(mark)


def keep_together(row: Any) -> None:
    """Let no page end within a row of a table."""
    mark = _docx("oxml").OxmlElement("w:cantSplit")
    row._tr.get_or_add_trPr().insert(0, mark)


def column_weights(texts: Sequence[Sequence[str]]) -> list[float]:
    """Give how wide each column of a table should be, beside the others."""
    weights = []
    for column in zip_longest(*texts, fillvalue=""):
        longest = max(map(len, column))
        word = max((len(part) for text in column for part in text.split()), default=1)
        # a few words stay on one line: what they save there costs every row a line
        weights.append(max(word + 1.5, longest + 2.5 if longest < 12 else min(longest, 140) ** 0.9))
    return weights


def column_widths(texts: Sequence[Sequence[str]], across: float, letters: float) -> list[float]:
    """Give the widths of the columns of a table, in points: by what is in them, and none so narrow
    that a word is broken, as far as there is room.

    Parameters
    ----------
    texts
        Of the cells, row by row.
    across
        Points of all columns together.
    letters
        Points of the letters.
    """
    weights = column_weights(texts)
    words = [
        max((len(part) for text in column for part in text.split()), default=1)
        for column in zip_longest(*texts, fillvalue="")
    ]
    least = [WORD * letters * word + CELL for word in words]
    widths = [across * weight / sum(weights) for weight in weights]
    if sum(least) >= across:
        return widths
    held: set[int] = set()
    while short := {i for i, wide in enumerate(widths) if i not in held and wide < least[i]}:
        held |= short
        left = across - sum(least[i] for i in held)
        others = sum(weight for i, weight in enumerate(weights) if i not in held)
        widths = [
            least[i] if i in held else left * weight / others for i, weight in enumerate(weights)
        ]
    return widths


def spread_columns(table: Any, texts: Sequence[Sequence[str]], across: int, letters: float) -> None:
    """Give columns widths by what is in them, together so much (EMU), for letters of so many
    points."""
    table.autofit = False
    widths = column_widths(texts, across / EMU, letters)
    for column, wide in zip(table.columns, widths, strict=True):
        column.width = int(wide * EMU)
    for row in table.rows:
        for cell, column in zip(row.cells, table.columns, strict=True):
            cell.width = column.width


def shade(cell: Any) -> None:
    """Give a cell a light ground."""
    oxml, ns = _docx("oxml"), _docx("oxml.ns")
    ground = oxml.OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", "EFEFEF")):
        ground.set(ns.qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(ground)


def add_page_number(document: Document, words: str) -> None:
    """Write a line at the foot of each page, with the number of the page."""
    oxml, ns = _docx("oxml"), _docx("oxml.ns")
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.style = document.styles["Note"]
    paragraph.add_run(f"{clean(words)} Page ")
    run = paragraph.add_run()
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = oxml.OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(ns.qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._r.append(part)
