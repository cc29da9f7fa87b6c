"""tesseract, called through pytesseract with file names: one run for many pages, words with boxes.

Measured on noisy 300 dpi court pages: handing over files instead of PIL images saves 0.8 CPU
seconds a page (PNG encoding), one run for several pages instead of one each saves 0.17 (loading the
language data), and not looking for white-on-black lines (`tessedit_do_invert=0`) about 0.1.
`OMP_THREAD_LIMIT=1` must be in the environment before the process starts; the sandbox sets it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytesseract

from aigaq.archive.errors import RefusedError, ToolError
from aigaq.pipeline.tools.probe import Program, run, suitable

PROGRAM = Program(
    name="tesseract",
    command="tesseract",
    version_arguments=("--version",),
    version=r"tesseract v?(\d+\.\d+(?:\.\d+)?)",
    oldest=(4, 1),
    package="tesseract-ocr tesseract-ocr-rus tesseract-ocr-kaz tesseract-ocr-script-cyrl",
)

_WORD_LEVEL = "5"
_COLUMNS = 12


@dataclass(frozen=True, slots=True)
class Word:
    """One word as tesseract saw it: NFC text, pixels from the top left corner, confidence 0..100.

    `line` and `paragraph` are equal for words of the same line or paragraph and grow down the page.
    """

    text: str
    x: int
    y: int
    width: int
    height: int
    confidence: float
    paragraph: tuple[int, int]
    line: tuple[int, int, int]


@cache
def languages() -> frozenset[str]:
    """Names of the installed language data, `script/Cyrillic` also as plain `Cyrillic`."""
    listed = run(PROGRAM, ["--list-langs"], seconds=20).output.decode(errors="replace")
    return frozenset(line.strip() for line in listed.splitlines()[1:] if line.strip())


def installed(wanted: Sequence[str]) -> tuple[str, ...]:
    """Those of the wanted languages that are here, under the name tesseract knows them by.

    ToolError when none is. `Cyrillic` and `script/Cyrillic` are the same data in two places.
    """
    suitable(PROGRAM)
    present = languages()
    names = (
        next((name for name in (language, f"script/{language}") if name in present), "")
        for language in wanted
    )
    found = tuple(name for name in names if name)
    if not found:
        raise ToolError(
            f"tesseract has no data for {', '.join(wanted)}",
            advice=f"Type: sudo apt install {PROGRAM.package}",
        )
    return found


def recognise(pages: Sequence[Path], language: str, *, mode: int, work: Path) -> list[list[Word]]:
    """The words of each page image (PGM, PNG ...), in tesseract's reading order.

    `mode` is tesseract's page segmentation mode: 3 finds columns, 6 takes one block of text.
    RefusedError when tesseract fails on these images.
    """
    names = work / "pages.txt"  # a name ending in .txt is read as a list of images
    names.write_text("".join(f"{page}\n" for page in pages))
    pytesseract.pytesseract.tesseract_cmd = suitable(PROGRAM).path
    try:
        table = pytesseract.image_to_data(
            str(names),
            lang=language,
            config=f"--psm {mode} -c tessedit_do_invert=0",
            output_type=pytesseract.Output.BYTES,
        )
    except pytesseract.TesseractError as error:
        raise RefusedError(f"tesseract: {str(error.message)[:300]}") from error
    return _words_by_page(table.decode("utf-8", "replace"), len(pages))


def _words_by_page(table: str, count: int) -> list[list[Word]]:
    """The TSV's rows: level page block paragraph line word left top width height conf text."""
    pages: list[list[Word]] = [[] for _ in range(count)]
    for row in table.split("\n")[1:]:
        cells = row.split("\t", _COLUMNS - 1)
        if len(cells) < _COLUMNS or cells[0] != _WORD_LEVEL:
            continue
        text = clean(cells[11])
        page, block, paragraph, line = (int(cell) for cell in cells[1:5])
        if not text or not 1 <= page <= count:
            continue
        x, y, width, height = (int(cell) for cell in cells[6:10])
        confidence = min(max(float(cells[10]), 0.0), 100.0)
        place = (block, paragraph)
        pages[page - 1].append(Word(text, x, y, width, height, confidence, place, (*place, line)))
    return pages


def clean(word: str) -> str:
    """NFC, without control characters and the spaces some scripts' data put into words."""
    letters = (letter for letter in word if letter.isprintable() and not letter.isspace())
    return unicodedata.normalize("NFC", "".join(letters))


def rotation(page: Path) -> int:
    """By how many degrees clockwise the page must be turned to stand upright: 0, 90, 180 or 270.

    0 also when tesseract cannot tell (too few letters) or is not sure.
    """
    if "osd" not in languages():
        return 0
    finished = run(PROGRAM, [page, "-", "-l", "osd", "--psm", "0"], seconds=120)
    said = finished.output.decode(errors="replace")
    degrees = re.search(r"^Rotate: (\d+)$", said, re.MULTILINE)
    sure = re.search(r"^Orientation confidence: ([\d.]+)$", said, re.MULTILINE)
    if finished.code != 0 or degrees is None or sure is None or float(sure[1]) < _SURE:
        return 0
    return int(degrees[1])


_SURE = 2.0
"""OSD's orientation confidence; upright court pages score 5 to 30, noise below 1."""
