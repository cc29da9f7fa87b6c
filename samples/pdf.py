"""Marked texts typeset as born-digital PDF, and the exact text of every page.

A line ends where a space was, so the text of a page is the paragraph's own text with some spaces
turned into line ends: marks keep their offsets. Columns are written line by line across the page,
as printer drivers do: a program that follows the order of writing reads nonsense.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache

from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from samples import fonts
from samples.fonts import Family
from samples.marked import Mark, Marked, Paragraph
from samples.truth import Page

WIDTH, HEIGHT = A4
_FOOT = 34.0
_INDENT = 28.0
_BOLD = ("title", "head")


@dataclass(frozen=True, slots=True)
class Sheet:
    """How a text is set: sizes in points, the leading as a multiple of the size."""

    family: Family = fonts.FREE_SERIF
    size: float = 13.0
    leading: float = 1.35
    margin: float = 62.0
    gutter: float = 22.0
    widths: tuple[float, ...] = (0.07, 0.34, 0.22, 0.18, 0.19)
    """Shares of the columns of a table."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A PDF and what stands on its pages."""

    content: bytes
    pages: tuple[Page, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of one paragraph on one page, `text` with its line ends."""

    paragraph: Paragraph
    start: int
    text: str

    def marks(self, offset: int) -> Iterator[Mark]:
        end = self.start + len(self.text)
        for mark in self.paragraph.marks:
            if self.start <= mark.start and mark.end <= end:
                moved = mark.moved(offset - self.start)
                raw = self.text[mark.start - self.start : mark.end - self.start]
                yield replace(moved, raw=raw)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line ready to be written; `spacing` widens every space, in points."""

    x: float
    y: float
    text: str
    font: str
    spacing: float


@dataclass
class _Press:
    """The state of setting one document: canvas, place on the page, pieces set so far."""

    canvas: Canvas
    sheet: Sheet
    columns: int = 1
    column: int = 0
    top: float = 0.0
    lowest: float = 0.0
    y: float = 0.0
    pieces: list[_Piece] = field(default_factory=list)
    held: list[_Line] = field(default_factory=list)
    layout: str = "plain"
    pages: list[Page] = field(default_factory=list)

    @property
    def width(self) -> float:
        whole: float = WIDTH - 2 * self.sheet.margin
        return (whole - self.sheet.gutter * (self.columns - 1)) / self.columns

    @property
    def left(self) -> float:
        return self.sheet.margin + self.column * (self.width + self.sheet.gutter)

    @property
    def step(self) -> float:
        return self.sheet.size * self.sheet.leading

    def font(self, style: str) -> str:
        return face(self.sheet.family, bold=style in _BOLD)


@cache
def face(family: Family, *, bold: bool = False) -> str:
    """Register a face with reportlab once; its name there."""
    name = f"{family.name}{'-Bold' if bold else ''}".replace(" ", "")
    pdfmetrics.registerFont(TTFont(name, str(fonts.path(family, bold=bold))))
    return name


def typeset(document: Marked, sheet: Sheet, *, title: str = "", password: str = "") -> Printed:
    """Set a document on A4. With a `password` the file opens only with it (RC4, 128 bits)."""
    buffer = io.BytesIO()
    lock = StandardEncryption(password, f"{password}-owner", strength=128) if password else None
    canvas = Canvas(buffer, pagesize=A4, invariant=1, encrypt=lock)
    canvas.setTitle(title or document.name)
    canvas.setAuthor("Aigaq samples")
    press = _Press(canvas, sheet)
    _new_page(press)
    for paragraph in document.paragraphs:
        _set(press, paragraph)
    _end_page(press)
    canvas.save()
    return Printed(buffer.getvalue(), tuple(press.pages))


def _set(press: _Press, paragraph: Paragraph) -> None:
    if paragraph.style == "columns":
        press.columns, press.top, press.layout = 2, press.y, "columns"
    elif paragraph.style == "single":
        _ink(press)
        press.y = min(press.lowest, press.y)
        press.columns, press.column = 1, 0
    elif paragraph.style == "page":
        _end_page(press)
        _new_page(press)
    elif paragraph.style in ("row", "head"):
        _set_row(press, paragraph)
    elif paragraph.style == "split":
        _set_split(press, paragraph)
    else:
        _set_lines(press, paragraph)


def _set_lines(press: _Press, paragraph: Paragraph) -> None:
    """Running text; where the page ends, no mark is torn apart."""
    lines = list(_lines(press, paragraph))
    while lines:
        room = int((press.y - press.sheet.margin) / press.step)
        fitting = _unbroken(lines, min(room, len(lines)), paragraph)
        if fitting:
            _draw_lines(press, paragraph, lines[:fitting])
            lines = lines[fitting:]
        if lines:
            _next_column(press)
    if press.columns == 1:
        press.y -= press.step * (0.55 if paragraph.style == "title" else 0.3)


def _unbroken(lines: list[tuple[int, int]], count: int, paragraph: Paragraph) -> int:
    """At most `count` lines, fewer when a mark would run over the break."""
    while 0 < count < len(lines):
        end = lines[count - 1][1]
        if not any(mark.start < end < mark.end for mark in paragraph.marks):
            break
        count -= 1
    return count


def _lines(press: _Press, paragraph: Paragraph) -> Iterator[tuple[int, int]]:
    """Break greedily at spaces: start and end of every line in the paragraph's text."""
    name, size = press.font(paragraph.style), press.sheet.size
    width = press.width - (_INDENT if paragraph.style == "body" else 0)
    start, end = 0, 0
    for word in re.finditer(r"\S+", paragraph.text):
        if end and pdfmetrics.stringWidth(paragraph.text[start : word.end()], name, size) > width:
            yield start, end
            start, width = word.start(), press.width
        end = word.end()
    yield start, end


def _draw_lines(press: _Press, paragraph: Paragraph, lines: list[tuple[int, int]]) -> None:
    first, last = lines[0][0], lines[-1][1]
    set_text = "\n".join(paragraph.text[start:end] for start, end in lines)
    press.pieces.append(_Piece(paragraph, first, set_text))
    for start, end in lines:
        press.y -= press.step
        _draw_line(press, paragraph, start, end)
    press.lowest = min(press.lowest, press.y)
    assert len(set_text) == last - first


def _draw_line(press: _Press, paragraph: Paragraph, start: int, end: int) -> None:
    text, name, size = paragraph.text[start:end], press.font(paragraph.style), press.sheet.size
    natural = pdfmetrics.stringWidth(text, name, size)
    indent = _INDENT if start == 0 and paragraph.style == "body" else 0.0
    x, spacing = press.left + indent, 0.0
    if paragraph.style in ("title", "centre"):
        x = press.left + (press.width - natural) / 2
    elif paragraph.style == "right":
        x = press.left + press.width - natural
    full = end < len(paragraph.text) and paragraph.style in ("body", "turn", "more")
    loose = natural < 0.72 * (press.width - indent)  # no typist would stretch such a line
    if full and not loose and " " in text:
        spacing = (press.width - indent - natural) / text.count(" ")
    press.held.append(_Line(x, press.y, text, name, spacing))
    if press.columns == 1:
        _ink(press)


def _ink(press: _Press) -> None:
    """Write the held lines from the top down, across the columns."""
    for line in sorted(press.held, key=lambda line: (-line.y, line.x)):
        written = press.canvas.beginText(line.x, line.y)
        written.setFont(line.font, press.sheet.size)
        written.setWordSpace(line.spacing)
        written.textOut(line.text)
        written.setWordSpace(0)  # the setting outlives the text object
        press.canvas.drawText(written)
    press.held.clear()


def _set_split(press: _Press, paragraph: Paragraph) -> None:
    """A left and a right part on one line: place and date, office and signature."""
    press.y -= press.step * 1.4
    if press.y < press.sheet.margin:
        _next_column(press)
        press.y -= press.step
    left, _, right = paragraph.text.partition("\t")
    press.canvas.setFont(press.font("body"), press.sheet.size)
    press.canvas.drawString(press.left, press.y, left)
    press.canvas.drawRightString(press.left + press.width, press.y, right)
    press.pieces.append(_Piece(paragraph, 0, paragraph.text))
    press.y -= press.step * 0.5


def _set_row(press: _Press, paragraph: Paragraph) -> None:
    """A row of a ruled table; cells are one line high."""
    press.layout = "table"
    size, height = press.sheet.size * 0.8, press.step * 1.15
    if press.y - height < press.sheet.margin:
        _next_column(press)
    press.y -= height
    x, canvas = press.left, press.canvas
    canvas.setLineWidth(0.6)
    for share, cell in zip(press.sheet.widths, paragraph.text.split("\t"), strict=True):
        canvas.rect(x, press.y, share * press.width, height)
        canvas.setFont(press.font(paragraph.style), size)
        canvas.drawString(x + 4, press.y + height * 0.32, cell)
        x += share * press.width
    press.pieces.append(_Piece(paragraph, 0, paragraph.text))


def _next_column(press: _Press) -> None:
    if press.column + 1 < press.columns:
        press.column += 1
        press.y = press.top
        return
    _end_page(press)
    _new_page(press)


def _new_page(press: _Press) -> None:
    press.column = 0
    press.y = press.top = press.lowest = HEIGHT - press.sheet.margin
    press.pieces = []
    press.layout = "columns" if press.columns > 1 else "plain"


def _end_page(press: _Press) -> None:
    """Number the page and write down what stands on it."""
    _ink(press)
    number = str(len(press.pages) + 1)
    press.canvas.setFont(press.font("body"), press.sheet.size * 0.8)
    press.canvas.drawCentredString(WIDTH / 2, _FOOT, number)
    pieces = [*press.pieces, _Piece(Paragraph("foot", number), 0, number)]
    marks: list[Mark] = []
    texts, length = [], 0
    for piece in pieces:
        marks.extend(piece.marks(length))
        texts.append(piece.text)
        length += len(piece.text) + 1
    press.pages.append(Page("\n".join(texts), tuple(marks), int(number), press.layout))
    press.canvas.showPage()
