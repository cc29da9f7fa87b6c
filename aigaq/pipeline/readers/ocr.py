"""Reading page images: language, second tries, garbage, text with the place of every word.

The text is built from tesseract's words, so each word's span in the text is known: the word-boxes
derivative is `{"page", "width", "height", "words": [[start, end, x, y, width, height, conf]]}` with
`str` offsets into the passage's text and pixels of the page image (or of the picture itself).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from aigaq.archive.model import Method, Passage, PassageKind, Tool
from aigaq.pipeline.readers.ink import Picture, halved, softened
from aigaq.pipeline.readers.reading import MadeFile, ReadOptions
from aigaq.pipeline.tools import tesseract
from aigaq.pipeline.tools.probe import suitable
from aigaq.pipeline.tools.tesseract import Word

DOUBTFUL = 80.0
"""Mean confidence under which a page is tried again in the other languages, then as one block.

Clean pages in the right language score 90 to 96, Cyrillic data on English under 60.
"""

MISSED_INK = 0.04
"""Share of the ink outside every word from which a page is read again as one block.

Confidence does not tell: pages that lost 11 to 19 % of their letters under a gray seal still scored
90 to 95. Ink does: they left out 15 to 29 % of it, clean pages at most 0.3 %.
"""

BLOCK_MARGIN = 1.04
"""By how much one block must be worth more: it reads across columns, so it has to find more text.

On pages under a seal it was worth 8 to 20 % more, and halved the errors or better.
"""

HOPELESS = 45.0
"""Mean confidence under which the page may be lying on its side: worth a second for OSD."""

_COLUMNS = 3
_ONE_BLOCK = 6


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page image to read: its number from 1 and the gray picture.

    `certain` says that it is a page for sure, so that a bad reading is worth every second try; a
    scene in which no language finds words is let go.
    """

    number: int
    gray: Picture
    certain: bool = True


@dataclass(frozen=True, slots=True)
class SheetText:
    """What was read: text, words, the span of each in the text, mean confidence, language data.

    `turned` is by how many degrees clockwise the picture was turned to be read.
    """

    number: int
    text: str
    words: tuple[Word, ...]
    spans: tuple[tuple[int, int], ...]
    confidence: float
    language: str
    width: int
    height: int
    turned: int = 0


def read_sheets(
    sheets: Sequence[Sheet], options: ReadOptions, work: Path, *, language: str = ""
) -> list[SheetText]:
    """Each sheet's text. `language` is what earlier pages of the document were in, "" at first."""
    choices = tesseract.installed(options.languages)
    if not sheets:
        return []
    if language not in choices:
        language = _language_of(sheets, choices, work)
    read = _read_all(sheets, language, work)
    return [
        _best_reading(sheet, choices, work, text) for sheet, text in zip(sheets, read, strict=True)
    ]


PROBE_ROWS = 160
"""Height of the strip that tells a document's language: two or three lines at 300 dpi, 0.2 CPU
seconds a language, where a page read in the wrong one costs two.
"""


def _language_of(sheets: Sequence[Sheet], choices: Sequence[str], work: Path) -> str:
    """The language data that reads a strip of the fullest sheet with confidence, else the best."""
    strips = [(strip, ink) for strip, ink in map(_fullest_strip, sheets) if ink > 0]
    if len(choices) == 1 or not strips:
        return choices[0]
    strip = _whole_letters(max(strips, key=lambda found: found[1])[0])
    tried: list[SheetText] = []
    for language in choices:
        tried += _read_all([Sheet(0, strip)], language, work, _ONE_BLOCK)
        if tried[-1].words and not _doubtful(tried[-1]):
            return language
    return max(tried, key=worth).language


def _fullest_strip(sheet: Sheet) -> tuple[Picture, float]:
    """The rows with most ink, and how much; rows darker than letters make them count no more."""
    dark = (sheet.gray[::4, ::4] < 128).mean(axis=1).clip(max=0.25)
    height = min(len(dark), PROBE_ROWS // 4)
    ink = np.convolve(dark, np.ones(height), mode="valid")
    top = int(ink.argmax()) * 4
    return np.ascontiguousarray(sheet.gray[top : top + PROBE_ROWS]), float(ink.max())


def _whole_letters(strip: Picture) -> Picture:
    """The strip without the letters that its edges cut through.

    Half letters are read as garbage: with them the right language convinced on 3 of 24 strips of
    skewed pages, without them on all, and the reading takes a quarter less time.
    """
    dark = np.asarray(strip < 160, dtype=np.uint8)
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(dark)
    tops, bottoms = boxes[:, 1], boxes[:, 1] + boxes[:, 3]
    cut = (tops == 0) | (bottoms == len(strip))
    cut[0] = False  # the paper
    rim = cv2.dilate(np.asarray(cut[labels], dtype=np.uint8), np.ones((3, 3), np.uint8))
    return np.where(rim > 0, np.uint8(255), strip)


def _doubtful(text: SheetText) -> bool:
    return bool(text.words) and text.confidence < DOUBTFUL


def _read_all(
    sheets: Sequence[Sheet], language: str, work: Path, mode: int = _COLUMNS
) -> list[SheetText]:
    """All sheets in one run of tesseract."""
    if not sheets:
        return []
    with ExitStack() as held:
        files = [held.enter_context(_in_memory(sheet.gray)) for sheet in sheets]
        pages = tesseract.recognise(files, language, mode=mode, work=work)
    return [_text_of(sheet, words, language) for sheet, words in zip(sheets, pages, strict=True)]


def _best_reading(sheet: Sheet, choices: Sequence[str], work: Path, known: SheetText) -> SheetText:
    """The best of: `known`, each other language until one convinces, one block with a blur, turned
    upright. Nothing more is tried of a page that convinces at once.
    """
    tried = [known]
    for language in choices:
        best = max(tried, key=worth)
        if not _doubtful(best):
            break
        if language != known.language:
            tried += _read_all([sheet], language, work)
    best = max(tried, key=worth)
    if not sheet.certain and is_garbage(best):
        return best
    if _doubtful(best) or missed_ink(sheet.gray, best.words) > MISSED_INK:
        soft = Sheet(sheet.number, softened(sheet.gray))
        [block] = _read_all([soft], best.language, work, _ONE_BLOCK)
        best = block if worth(block) > BLOCK_MARGIN * worth(best) else best
    if best.words and best.confidence < HOPELESS:
        best = max([best, *_upright(sheet, best.language, work)], key=worth)
    return best


def missed_ink(gray: Picture, words: Sequence[Word]) -> float:
    """Share of the dark pixels (0..1) that lie outside every word's box, grown by a quarter."""
    small = halved(halved(gray))
    ink = np.asarray(small < 160, dtype=np.uint8)
    all_ink = int(ink.sum())
    if all_ink == 0:
        return 0.0
    for word in words:
        rim = word.height // 4
        rows = slice(max(0, word.y - rim) // 4, (word.y + word.height + rim) // 4 + 1)
        columns = slice(max(0, word.x - rim) // 4, (word.x + word.width + rim) // 4 + 1)
        ink[rows, columns] = 0
    return int(ink.sum()) / all_ink


def worth(text: SheetText) -> float:
    """Mean confidence times letters and digits, less what is read half blind.

    Letters under 50 count against a reading: a second try that adds noise must not win by length.
    """
    return sum(
        sum(letter.isalnum() for letter in word.text) * (word.confidence - 50)
        for word in text.words
    )


_TURNS = {
    90: cv2.ROTATE_90_CLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_COUNTERCLOCKWISE,
}


def turned(picture: Picture, degrees: int) -> Picture:
    """The picture turned clockwise by 0, 90, 180 or 270 degrees."""
    if degrees == 0:
        return picture
    return cv2.rotate(picture, _TURNS[degrees]).astype(picture.dtype, copy=False)


def _upright(sheet: Sheet, language: str, work: Path) -> list[SheetText]:
    """The sheet read standing, when tesseract's OSD is sure that it lies or hangs."""
    with _in_memory(sheet.gray) as file:
        degrees = tesseract.rotation(file)
    if degrees == 0:
        return []
    standing = Sheet(sheet.number, turned(sheet.gray, degrees))
    return [replace(text, turned=degrees) for text in _read_all([standing], language, work)]


def _text_of(sheet: Sheet, words: Sequence[Word], language: str) -> SheetText:
    """Words joined by spaces, lines by line ends, paragraphs by an empty line."""
    kept = tuple(word for word in words if not _is_dirt(word))
    parts: list[str] = []
    spans: list[tuple[int, int]] = []
    length = 0
    for before, word in zip((None, *kept), kept, strict=False):
        between = _between(before, word)
        start = length + len(between)
        length = start + len(word.text)
        parts += (between, word.text)
        spans.append((start, length))
    height, width = sheet.gray.shape
    confidence = mean_confidence(kept)
    text = "".join(parts)
    return SheetText(sheet.number, text, kept, tuple(spans), confidence, language, width, height)


def _between(before: Word | None, word: Word) -> str:
    if before is None:
        return ""
    if before.paragraph != word.paragraph:
        return "\n\n"
    return " " if before.line == word.line else "\n"


def _is_dirt(word: Word) -> bool:
    """Specks and rules of forms read as punctuation: no letter, no digit, hardly any confidence."""
    return word.confidence < 40 and not any(letter.isalnum() for letter in word.text)


def mean_confidence(words: Sequence[Word]) -> float:
    """The mean over letters, so that long words weigh more than specks; 0 without words."""
    letters = sum(len(word.text) for word in words)
    if letters == 0:
        return 0.0
    return round(sum(len(word.text) * word.confidence for word in words) / letters, 1)


def is_garbage(text: SheetText) -> bool:
    """Whether a picture's "text" is only texture: too little of it is read with any confidence.

    Tuned on scenes and pages of the samples: scenes give scattered short tokens of low confidence;
    a page, even a bad one, has at least three words of three letters read at 60 or better that make
    up a fifth of what was read.
    """
    solid = [
        len(word.text)
        for word in text.words
        if word.confidence >= 60 and sum(letter.isalpha() for letter in word.text) >= 3
    ]
    letters = sum(len(word.text) for word in text.words)
    return len(solid) < 3 or sum(solid) * 5 < letters


def passage_of(text: SheetText, number: int, options: ReadOptions) -> Passage:
    """The passage of one page; garbage is left out, and a person is asked to look."""
    if not text.words:
        return Passage(number, PassageKind.PAGE, "", Method.OCR, page=text.number)
    garbage = is_garbage(text)
    return Passage(
        number,
        PassageKind.PAGE,
        "" if garbage else text.text,
        Method.OCR,
        page=text.number,
        confidence=text.confidence,
        needs_review=garbage or text.confidence < options.review_below,
    )


def word_boxes(text: SheetText, work: Path) -> MadeFile:
    """The word-boxes derivative of one page."""
    content = {
        "page": text.number,
        "width": text.width,
        "height": text.height,
        "words": [
            [*span, word.x, word.y, word.width, word.height, round(word.confidence)]
            for span, word in zip(text.spans, text.words, strict=True)
        ],
    }
    file = work / f"words-{text.number}.json"
    file.write_text(json.dumps(content, separators=(",", ":")))
    return MadeFile("word-boxes", file, "application/json", ocr_tool(text), text.number)


def ocr_tool(text: SheetText) -> Tool:
    """tesseract with its version and the language data used."""
    tool = suitable(tesseract.PROGRAM).tool
    return Tool(tool.name, f"{tool.version} {text.language}")


@contextmanager
def _in_memory(gray: Picture) -> Iterator[Path]:
    """The picture as a PGM file that exists in memory only, gone with this process.

    PGM is read without decoding; a file in memory leaves nothing behind when a limit kills us.
    """
    height, width = gray.shape
    with os.fdopen(os.memfd_create("page.pgm"), "wb") as file:
        file.write(b"P5 %d %d 255\n" % (width, height))
        file.write(np.ascontiguousarray(gray).data)
        file.flush()
        yield Path(f"/proc/{os.getpid()}/fd/{file.fileno()}")
