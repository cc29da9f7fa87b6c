"""One page of a PDF as pdfium sees it: its look, its words with boxes, its picture.

pypdfium2's own text is fast and faithful, but runs across columns; where a page's boxes show
columns, tables or text written out of order, its words are put in order by `layout`.
Boxes are turned to points with y growing downwards from the page's top edge.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import pypdfium2 as pdfium
from pdfminer.pdfexceptions import PDFException
from pdfplumber.pdf import PDF
from pypdfium2 import raw

from aigaq.archive.errors import RefusedError
from aigaq.pipeline.readers import layout
from aigaq.pipeline.readers.ink import Picture
from aigaq.pipeline.readers.layout import Box, Fragment, Table
from aigaq.pipeline.readers.textlayer import PageLook, normalised
from aigaq.pipeline.tools.limits import Limits

MOST_OBJECTS = 5000
"""Objects of a page looked at; a map has hundreds of thousands."""

_MOST_TABLE_PATHS = 3000
"""Paths over which a page is a drawing and not a table: pdfplumber would take minutes."""

_LEAST_DPI = 100.0
"""Under this resolution OCR reads nothing: a larger page is refused."""

_LEAST_SCAN, _MOST_SCAN = 0.65, 1.1
"""Resolution of scans that are read pixel for pixel, as shares of the wanted one."""


_FILLED_IN = (raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_FREETEXT)


def _filled_in(document: pdfium.PdfDocument, number: int) -> pdfium.PdfPage:
    """The page with what people filled in and wrote on it as part of its text.

    pdfium's text has neither form fields nor comments; merged into the page (in memory only) their
    visible words are read where they stand.
    """
    page = document[number - 1]
    count = min(raw.FPDFPage_GetAnnotCount(page), MOST_OBJECTS)
    if not any(_subtype(page, index) in _FILLED_IN for index in range(count)):
        return page
    raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY)
    page.close()
    return document[number - 1]


def _subtype(page: pdfium.PdfPage, index: int) -> int:
    note = raw.FPDFPage_GetAnnot(page, index)
    subtype = int(raw.FPDFAnnot_GetSubtype(note))
    raw.FPDFPage_CloseAnnot(note)
    return subtype


class PdfPage:
    """An open page; close it when done (pdfium's memory is not the garbage collector's)."""

    def __init__(self, document: pdfium.PdfDocument, number: int) -> None:
        """RefusedError when the file has no readable page of this number (from 1)."""
        try:
            self._page = _filled_in(document, number)
        except pdfium.PdfiumError as error:
            raise RefusedError("the page is damaged or missing in the file") from error
        self.number = number
        self.width: float
        self.height: float
        self.width, self.height = self._page.get_size()
        self._paths: list[tuple[Box, int]] = []

    def close(self) -> None:
        self._page.close()

    def text_and_look(self, tables: Tables) -> tuple[str, PageLook]:
        """The text layer in reading order, and what the rule for OCR needs to know."""
        layer = self._page.get_textpage()
        try:
            text = layer.get_text_range(errors="replace") if layer.count_chars() > 0 else ""
            look = self._look(normalised(text))
            ordered = self._ordered(layer, tables) if look.text else None
            return ordered or look.text, look
        except pdfium.PdfiumError as error:
            raise RefusedError(f"the text of the page cannot be read: {error}") from error
        finally:
            layer.close()

    def _ordered(self, layer: pdfium.PdfTextPage, tables: Tables) -> str | None:
        """The text in order when pdfium's own order will not do, else None.

        Pages turned by 90 degrees are left in the order they were written in.
        """
        if self._page.get_rotation() % 180:
            return None
        boxes = list(self._rectangles(layer))
        if layout.is_plain(boxes) and not may_be_ruled(self._paths):
            return None
        parts = layout.fragments(map(Fragment, boxes))
        found = tables.of(self.number) if may_be_ruled(self._paths) else ()
        if not found and layout.in_writing_order(parts) and layout.find_gutter(parts) is None:
            return None
        return normalised("\n".join(layout.page_lines(list(self._words(layer)), found)))

    def _rectangles(self, layer: pdfium.PdfTextPage) -> Iterator[Box]:
        """pdfium's boxes of runs of letters: few and cheap, without their text."""
        left, top, right, bottom = (ctypes.c_double() for _ in range(4))
        height = self.height
        handle = layer.raw  # the helper object is looked through at each call: 2 x the time
        for index in range(raw.FPDFText_CountRects(handle, 0, -1)):
            raw.FPDFText_GetRect(handle, index, left, top, right, bottom)
            yield Box(left.value, height - top.value, right.value, height - bottom.value)

    def _words(self, layer: pdfium.PdfTextPage) -> Iterator[Fragment]:
        """Words with their boxes, in the order of writing."""
        letters: list[int] = []
        box: Box | None = None
        rect = raw.FS_RECTF()
        handle = layer.raw
        for index in range(layer.count_chars()):
            code = raw.FPDFText_GetUnicode(handle, index)
            if code in _SPACES:
                if letters and box is not None:
                    yield Fragment(box, _spelled(letters))
                letters, box = [], None
                continue
            raw.FPDFText_GetLooseCharBox(handle, index, rect)
            here = Box(rect.left, self.height - rect.top, rect.right, self.height - rect.bottom)
            letters.append(code)
            box = here if box is None else box.joined(here)
        if letters and box is not None:
            yield Fragment(box, _spelled(letters))

    def _look(self, text: str) -> PageLook:
        covered = 0.0
        letters: list[object] = []
        self._paths = []
        for kind, item in self._objects():
            if kind == raw.FPDF_PAGEOBJ_IMAGE:
                covered += self._area(self._bounds(item))
            elif kind == raw.FPDF_PAGEOBJ_TEXT:
                letters.append(item)
            elif kind == raw.FPDF_PAGEOBJ_PATH:
                self._paths.append((self._bounds(item), raw.FPDFPath_CountSegments(item)))
        cover = min(1.0, covered / max(1.0, self.width * self.height))
        hidden = sum(map(_is_invisible, letters)) if cover > 0 else 0
        return PageLook(text, cover, len(self._paths), hidden / max(1, len(letters)))

    def _objects(self) -> Iterator[tuple[int, object]]:
        """Kind and handle of the page's objects, also of those one form deep; at most so many."""
        seen = 0
        page = self._page.raw
        for index in range(raw.FPDFPage_CountObjects(page)):
            item = raw.FPDFPage_GetObject(page, index)
            kind = raw.FPDFPageObj_GetType(item)
            inside = raw.FPDFFormObj_CountObjects(item) if kind == raw.FPDF_PAGEOBJ_FORM else 0
            for place in range(min(inside, MOST_OBJECTS - seen)):
                nested = raw.FPDFFormObj_GetObject(item, place)
                yield raw.FPDFPageObj_GetType(nested), nested
                seen += 1
            yield kind, item
            seen += 1
            if seen >= MOST_OBJECTS:
                return

    def _area(self, box: Box) -> float:
        """Square points of a box that lie on the page."""
        across = min(box.right, self.width) - max(box.left, 0.0)
        return max(0.0, across) * max(0.0, min(box.bottom, self.height) - max(box.top, 0.0))

    def _bounds(self, item: object) -> Box:
        """The box of an object; an empty one where pdfium knows none."""
        left, bottom, right, top = (ctypes.c_float() for _ in range(4))
        if not raw.FPDFPageObj_GetBounds(item, left, bottom, right, top):
            return Box(0, 0, 0, 0)
        return Box(left.value, self.height - top.value, right.value, self.height - bottom.value)

    def picture(self, dpi: int, limits: Limits) -> tuple[Picture, float]:
        """The page drawn in colour (blue green red) and its dpi: the wanted one, lowered to fit the
        pixel cap, or a scan's own.

        RefusedError, before anything is drawn, when even 100 dpi would not fit.
        """
        inches = (self.width / 72) * (self.height / 72)
        fitting = min(float(dpi), math.sqrt(limits.pixels / max(inches, 1e-6)))
        if fitting < _LEAST_DPI:
            width, height = (round(side / 72 * dpi) for side in (self.width, self.height))
            raise RefusedError(
                f"the page would be {width} x {height} pixels at {dpi} dpi, "
                f"the limit is {limits.pixels:,}"
            )
        scan = self._scan_size(fitting)
        try:
            if scan is not None:
                return self._drawn_alike(*scan), round(scan[0] / self.width * 72, 1)
            bitmap = self._page.render(scale=fitting / 72, draw_annots=True)
        except pdfium.PdfiumError as error:
            raise RefusedError(f"the page cannot be drawn: {error}") from error
        drawn = np.asarray(bitmap.to_numpy())
        if drawn.ndim == 2:
            return cv2.cvtColor(drawn, cv2.COLOR_GRAY2BGR).astype(np.uint8, copy=False), fitting
        return np.ascontiguousarray(drawn[:, :, :3]), fitting

    def _scan_size(self, dpi: float) -> tuple[int, int] | None:
        """Width and height in pixels of the picture that fills the page, when it is a scan of a
        resolution that is as good for OCR as `dpi`; None when the page is to be drawn anew.
        """
        if self._page.get_rotation():
            return None
        width, height = ctypes.c_uint(), ctypes.c_uint()
        for kind, item in self._objects():
            if kind != raw.FPDF_PAGEOBJ_IMAGE or not self._fills(self._bounds(item)):
                continue
            raw.FPDFImageObj_GetImagePixelSize(item, width, height)
            across, down = width.value / self.width * 72, height.value / self.height * 72
            if abs(across - down) < 0.02 * dpi and all(
                _LEAST_SCAN * dpi <= own <= _MOST_SCAN * dpi for own in (across, down)
            ):
                return width.value, height.value
        return None

    def _fills(self, box: Box) -> bool:
        rim = 0.01 * max(self.width, self.height)
        edges = (box.left, box.top, box.right - self.width, box.bottom - self.height)
        return all(abs(edge) < rim for edge in edges)

    def _drawn_alike(self, width: int, height: int) -> Picture:
        """The page drawn so that each pixel of the scan on it becomes one pixel.

        Drawn at a round 300 dpi, a scan of 2481 pixels is stretched over 2482: blurred. Edges lie a
        fifth of a pixel inside, so that pdfium does not round them outwards to one pixel more.
        """
        bitmap = pdfium.PdfBitmap.new_native(width, height, raw.FPDFBitmap_BGR)
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
        across, down = (width - 0.4) / self.width, (height - 0.4) / self.height
        raw.FPDF_RenderPageBitmapWithMatrix(
            bitmap,
            self._page,
            raw.FS_MATRIX(across, 0, 0, down, 0.2, 0.2),
            raw.FS_RECTF(0, 0, width, height),
            raw.FPDF_ANNOT,
        )
        return np.ascontiguousarray(bitmap.to_numpy(), dtype=np.uint8)


def may_be_ruled(paths: Sequence[tuple[Box, int]]) -> bool:
    """Whether drawn paths (box, number of segments) can be the rules of a table.

    A cheap look before pdfplumber's exact and slow one: two rules each way, or four cells, or one
    path with many segments. A drawing has thousands, a letterhead one or two.
    """
    if not 1 <= len(paths) <= _MOST_TABLE_PATHS:
        return False
    across = sum(box.height < 3 and box.width > 20 for box, _ in paths)
    down = sum(box.width < 3 and box.height > 8 for box, _ in paths)
    cells = sum(box.width > 20 and box.height > 8 for box, _ in paths)
    grids = any(count >= 8 and box.width > 60 and box.height > 20 for box, count in paths)
    return (across >= 2 and down >= 2) or cells >= 4 or grids


def _is_invisible(item: object) -> bool:
    return bool(raw.FPDFTextObj_GetTextRenderMode(item) == _INVISIBLE)


_SPACES = frozenset(map(ord, " \t\r\n\v\f\u00a0")) | {0}
_INVISIBLE = 3  # text render mode "neither fill nor stroke", PDF 32000-1 table 106


def _spelled(codes: list[int]) -> str:
    """Code points (or UTF-16 units) as text."""
    letters = "".join(map(chr, codes))
    return normalised(letters)


class Tables:
    """Ruled tables of a file, by pdfplumber, opened only when a page may have one."""

    def __init__(self, source: Path, numbers: Sequence[int]) -> None:
        """Only pages of these numbers can be asked for: the others are not even looked up."""
        self._source = source
        self._numbers = list(numbers)
        self._file: PDF | None = None

    def of(self, number: int) -> tuple[Table, ...]:
        """The page's tables of at least two rows and two columns; none when pdfplumber fails on
        this page: the text is there all the same, only its order is pdfium's.
        """
        try:
            if self._file is None:
                self._file = PDF.open(self._source, pages=self._numbers)
            page = next(page for page in self._file.pages if page.page_number == number)
            try:
                found = page.find_tables()
            finally:
                page.close()  # 5 MB a page otherwise
        except (PDFException, ValueError, KeyError, TypeError, StopIteration, RecursionError):
            return ()
        return tuple(Table(Box(*table.bbox), rows) for table in found if (rows := _rows_of(table)))

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def _rows_of(table: object) -> tuple[tuple[Box, ...], ...]:
    rows = tuple(
        tuple(Box(*cell) for cell in row.cells if cell is not None)
        for row in table.rows  # type: ignore[attr-defined]
    )
    enough = len(rows) >= 2 and max(map(len, rows)) >= 2
    return rows if enough else ()
