"""PDF: the text layer page by page, OCR for the pages that need it.

`read` stays in the caller's process and sends every piece of work to a confined child: a survey of
the file, text layers, OCR. A child that is stopped costs its own pages only (see `chunks`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import pypdfium2 as pdfium
from pypdfium2 import raw
from pypdfium2.version import PDFIUM_INFO

from aigaq.archive.errors import RefusedError
from aigaq.archive.model import Method, Passage, PassageKind, Tool
from aigaq.pipeline.readers import ink, ocr, salvage
from aigaq.pipeline.readers.chunks import in_chunks
from aigaq.pipeline.readers.confined import confined
from aigaq.pipeline.readers.pdfpage import PdfPage, Tables
from aigaq.pipeline.readers.reading import MadeFile, Reading, ReadOptions
from aigaq.pipeline.readers.textlayer import normalised, ocr_reason
from aigaq.pipeline.tools.limits import Limits
from aigaq.pipeline.tools.sandbox import confine

NAME = "pdf"
VERSION = "2"
KINDS = ("pdf",)

TEXT_CHUNK = 50
TEXT_CHUNKS = 40
"""Pages a child, and children a file at most: pdfium walks through all pages before the first one
it is asked for, 0.1 s at page 9,000, so a long file is cut into fewer and larger chunks.
"""

OCR_CHUNK = 8
"""Pages a child: eight share one start of tesseract and 140 MB of pictures."""

IMAGE_DPI = 150
"""Resolution of the kept page images: enough to read them and to show boxes on them."""

NO_PAGES = "the PDF is damaged or has no pages"
CUT = "the end of the PDF is missing: the file was cut off"

_PDFIUM = Tool("pdfium", ".".join(map(str, PDFIUM_INFO.api_tag)))


@dataclass(frozen=True, slots=True)
class Survey:
    """What is known of a file before its pages are read: which file to read, and how many pages.

    `cut` says that the end of the file is missing and `file` is a mended copy in the work folder.
    """

    file: Path
    pages: int
    cut: bool = False
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PageText:
    """The text layer of one page, why it is not enough, or why it could not be read."""

    number: int
    text: str = ""
    reason: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ScanJob:
    """Pages of a file to read as pictures, and what language data read the pages before them."""

    source: Path
    layers: tuple[PageText, ...]
    work: Path
    language: str = ""


@dataclass(frozen=True, slots=True)
class PageScan:
    """One page read as a picture: its passage, the files made, the language data that read it."""

    passage: Passage
    made: tuple[MadeFile, ...] = ()
    language: str = ""


def read(source: Path, work: Path, limits: Limits, options: ReadOptions) -> Reading:
    """The whole file, every part of it in a confined child of its own.

    Facts: `pages`, `pages_ocr`, and what the file says of itself (`title`, `author`, `producer`,
    `created` ...) as written. RefusedError for a password, a file pdfium cannot open, and more
    pages than the limit.
    """
    found = confine(survey, source, work, limits, limits=limits)
    texts = list(
        in_chunks(
            range(1, found.pages + 1),
            max(TEXT_CHUNK, found.pages // TEXT_CHUNKS),
            lambda part: confine(read_texts, found, part, limits=limits),
            lambda number, problem: PageText(number, problem=problem),
        )
    )
    if found.cut and all(text.problem for text in texts):
        raise RefusedError(CUT)
    scans = _scans(found.file, texts, work, limits, options)
    passages = tuple(
        scans[text.number].passage if text.reason else _passage(text) for text in texts
    )
    return Reading(
        tool=Tool(f"aigaq.readers.{NAME}", f"{VERSION} pdfium {_PDFIUM.version}"),
        passages=passages,
        made=tuple(file for scan in scans.values() for file in scan.made),
        facts={**found.facts, "pages": found.pages, "pages_ocr": len(scans)},
        problems=(*((CUT,) if found.cut else ()), *_problems(passages)),
    )


def _scans(
    source: Path, texts: Sequence[PageText], work: Path, limits: Limits, options: ReadOptions
) -> dict[int, PageScan]:
    """The pages that need OCR, by number. Each chunk is told what language the last one was in."""
    waiting = {text.number: text for text in texts if text.reason}
    scans: dict[int, PageScan] = {}

    def read_chunk(part: Sequence[int]) -> list[PageScan]:
        language = next((scan.language for scan in reversed(scans.values()) if scan.language), "")
        job = ScanJob(source, tuple(waiting[number] for number in part), work, language)
        hurried = limits.reading(len(part))
        return confined(read_scans, job, hurried, options, work=work, limits=hurried)

    def failed(number: int, problem: str) -> PageScan:
        return PageScan(_passage(PageText(number, problem=problem)))

    for scan in in_chunks(list(waiting), OCR_CHUNK, read_chunk, failed):
        scans[scan.passage.number] = scan
    return scans


def _passage(text: PageText) -> Passage:
    return Passage(
        text.number,
        PassageKind.PAGE,
        text.text,
        Method.TEXT_LAYER,
        page=text.number,
        needs_review=bool(text.problem),
        problem=text.problem,
    )


def _problems(passages: Sequence[Passage]) -> tuple[str, ...]:
    failed = [passage for passage in passages if passage.problem]
    if not failed:
        return ()
    first = failed[0]
    return (
        f"{len(failed)} of {len(passages)} pages could not be read; "
        f"page {first.page}: {first.problem}",
    )


@contextlib.contextmanager
def _opened(source: Path) -> Iterator[pdfium.PdfDocument]:
    """The open file; RefusedError with the reason when pdfium will not open it."""
    try:
        document = pdfium.PdfDocument(source)
    except pdfium.PdfiumError as error:
        if _is_locked(error):
            raise RefusedError(
                "the PDF is locked with a password",
                advice="Ask for the password or an unlocked copy and ingest that.",
            ) from error
        raise Damaged(NO_PAGES) from error
    try:
        yield document
    finally:
        document.close()


def _is_locked(error: pdfium.PdfiumError) -> bool:
    return getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD or "assword" in str(error)


class Damaged(RefusedError):
    """pdfium finds no document in the file."""


def survey(source: Path, work: Path, limits: Limits) -> Survey:
    """How many pages, and what the file says of itself. Runs confined."""
    try:
        return _surveyed(source, limits)
    except Damaged:
        content = source.read_bytes() if source.stat().st_size <= salvage.LARGEST else b""
        mended, pages = salvage.with_page_tree(content, limits.pages)
        if pages == 0:
            raise
        copy = work / "mended.pdf"
        copy.write_bytes(mended)
        return replace(_surveyed(copy, limits), cut=True)


def _surveyed(source: Path, limits: Limits) -> Survey:
    with _opened(source) as document:
        pages = len(document)
        if pages == 0:
            raise Damaged(NO_PAGES)
        if pages > limits.pages:
            raise RefusedError(f"the PDF has {pages:,} pages, the limit is {limits.pages:,}")
        said = document.get_metadata_dict(skip_empty=True)
        facts = {_FACTS[key]: normalised(value) for key, value in said.items() if key in _FACTS}
        return Survey(source, pages, facts=facts)


_FACTS = {
    "Title": "title",
    "Author": "author",
    "Subject": "subject",
    "Keywords": "keywords",
    "Creator": "creator",
    "Producer": "producer",
    "CreationDate": "created",
    "ModDate": "modified",
}


def read_texts(found: Survey, numbers: Sequence[int]) -> list[PageText]:
    """The text layers of these pages. Runs confined."""
    with (
        _opened(found.file) as document,
        contextlib.closing(Tables(found.file, numbers)) as tables,
    ):
        return [_read_text(document, number, tables, cut=found.cut) for number in numbers]


def _read_text(document: pdfium.PdfDocument, number: int, tables: Tables, *, cut: bool) -> PageText:
    try:
        with contextlib.closing(PdfPage(document, number)) as page:
            text, look = page.text_and_look(tables)
    except RefusedError as refused:
        return PageText(number, problem=refused.message)
    if cut and not text and not look.paths and not look.picture_cover:
        return PageText(number, problem="nothing of this page is left in the cut file")
    return PageText(number, text, ocr_reason(look) or "")


def read_scans(job: ScanJob, limits: Limits, options: ReadOptions) -> list[PageScan]:
    """These pages read as pictures. Runs confined."""
    sheets: list[ocr.Sheet] = []
    images: dict[int, ink.Picture] = {}
    scans: dict[int, PageScan] = {}
    with _opened(job.source) as document:
        for layer in job.layers:
            try:
                sheet, images[layer.number] = _drawn(document, layer.number, limits, options)
                sheets.append(sheet)
            except RefusedError as refused:
                failed = PageText(layer.number, problem=refused.message)
                scans[layer.number] = PageScan(_passage(failed))
    texts = ocr.read_sheets(sheets, options, job.work, language=job.language)
    layers = {layer.number: layer for layer in job.layers}
    for text in texts:
        image = images[text.number]
        scans[text.number] = _scan(layers[text.number], text, image, job.work, options)
    return [scans[layer.number] for layer in job.layers]


def _drawn(
    document: pdfium.PdfDocument, number: int, limits: Limits, options: ReadOptions
) -> tuple[ocr.Sheet, ink.Picture]:
    """The page cleaned for OCR, and the smaller gray image to keep."""
    with contextlib.closing(PdfPage(document, number)) as page:
        picture, dpi = page.picture(options.dpi, limits)
    small = ink.shrunk(picture, max(1.0, dpi / IMAGE_DPI))
    image = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype("uint8", copy=False)
    return ocr.Sheet(number, ink.readable(picture, dpi)), image


def _scan(
    layer: PageText, text: ocr.SheetText, image: ink.Picture, work: Path, options: ReadOptions
) -> PageScan:
    """Passage and files of one page. Where OCR finds nothing, what text layer there is stands."""
    file = work / f"page-{layer.number}.jpg"
    cv2.imwrite(str(file), ocr.turned(image, text.turned), [cv2.IMWRITE_JPEG_QUALITY, 75])
    made = (MadeFile("page-image", file, "image/jpeg", _PDFIUM, layer.number),)
    passage = ocr.passage_of(text, layer.number, options)
    if passage.text:
        return PageScan(passage, (*made, ocr.word_boxes(text, work)), text.language)
    if layer.text:
        passage = replace(_passage(layer), needs_review=True)
    return PageScan(passage, made)
