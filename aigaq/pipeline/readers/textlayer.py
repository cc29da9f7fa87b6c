"""Does the text layer of a page say what the page shows, or must the page be read as a picture?

A pure rule over what was seen of the page, its reasons named. Most thresholds come from a trial on
71 hand-made pages; the look at natural words and the stricter measure for hidden layers were added
since, and are held by the rows of the rule's test and by the samples only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

FEW_LETTERS = 40
SOME_LETTERS = 400


class OcrReason(StrEnum):
    """Why a page's own text is not taken."""

    PICTURE = "hardly any letters over a picture"
    DRAWN_LETTERS = "hardly any letters among many drawn paths"
    FULL_PAGE_PICTURE = "a picture fills the page and the text is short"
    UNREADABLE_CODES = "letters without a meaning (replacement or private-use characters)"
    MOJIBAKE = "letters of a wrong encoding"
    MIXED_SCRIPTS = "Latin and Cyrillic letters mixed inside words"
    NO_LANGUAGE = "words of no language"
    POOR_HIDDEN_LAYER = "a poor hidden text layer of an earlier OCR"


@dataclass(frozen=True, slots=True)
class PageLook:
    """What was seen of a page: its text, the share of it that pictures cover (0..1), the number of
    drawn paths, and the share of its text objects that are invisible (0..1).
    """

    text: str
    picture_cover: float = 0.0
    paths: int = 0
    invisible: float = 0.0


def ocr_reason(look: PageLook) -> OcrReason | None:
    """Why the page must be read as a picture; None when its text layer can be taken."""
    if _is_sound(look):
        return None
    words = _WORD.findall(look.text)
    letters = sum(map(len, words))
    if letters < FEW_LETTERS:
        if look.picture_cover > 0.25:
            return OcrReason.PICTURE
        if look.paths > 150:
            return OcrReason.DRAWN_LETTERS
        return None
    if look.picture_cover > 0.6 and letters < SOME_LETTERS:
        return OcrReason.FULL_PAGE_PICTURE
    return _bad_codes(look.text, words) or _bad_words(look, words)


def _is_sound(look: PageLook) -> bool:
    """At a glance, as most pages are: no picture, no odd letter, and a beginning with stop words.

    Says nothing that the full rule would not; it spares it a third of the reader's time.
    """
    if (
        look.picture_cover > 0.25
        or look.paths > 150
        or any(odd.search(look.text) for odd in (_MEANINGLESS, _LATIN1_PAIR, _MIXED))
    ):
        return False
    words = _WORD.findall(look.text[:1200].lower())
    return len(words) >= 60 and sum(map(STOP_WORDS.__contains__, words)) >= 0.12 * len(words)


def _bad_codes(text: str, words: Sequence[str]) -> OcrReason | None:
    """Characters that stand for nothing, or for others: wrong tables inside the PDF.

    Each count is made only when one character is found: nearly all pages have none.
    """
    if _MEANINGLESS.search(text):
        visible = sum(not letter.isspace() for letter in text)
        if len(_MEANINGLESS.findall(text)) > 0.02 * visible:
            return OcrReason.UNREADABLE_CODES
    if _LATIN1_PAIR.search(text):
        pairs = sum(_LATIN1_PAIR.search(run) is not None for run in text.split())
        if pairs > 0.10 * len(words):
            return OcrReason.MOJIBAKE
    return None


def _bad_words(look: PageLook, words: Sequence[str]) -> OcrReason | None:
    """Words that no language has; a hidden layer is held to a stricter measure."""
    mixed = sum(map(is_mixed, words)) if _MIXED.search(look.text) else 0
    if mixed > 0.05 * len(words):
        return OcrReason.MIXED_SCRIPTS
    if len(words) < 30:
        return None
    hidden = look.invisible > 0.5 and look.picture_cover > 0.5
    if hidden and mixed > 0.02 * len(words):
        return OcrReason.POOR_HIDDEN_LAYER
    stops = sum(map(STOP_WORDS.__contains__, map(str.lower, words)))
    if stops >= 0.08 * len(words):
        return None
    natural = sum(map(is_natural, words))
    if stops < 0.04 * len(words) and natural < 0.7 * len(words):
        return OcrReason.NO_LANGUAGE
    return OcrReason.POOR_HIDDEN_LAYER if hidden and natural < 0.9 * len(words) else None


_WORD = re.compile(r"[^\W\d_]+")
_LATIN1_PAIR = re.compile(r"[\u00c0-\u00ff][\u0080-\u00ff]")
_MEANINGLESS = re.compile(
    "[\ufffd\ue000-\uf8ff\x01\x03-\x08\x0b\x0e-\x1f\x7f\U000f0000-\U0010ffff]"
)
_MIXED = re.compile("[a-gj-zA-GJ-Z][\u0400-\u052f]|[\u0400-\u052f][a-gj-zA-GJ-Z]")


def is_mixed(word: str) -> bool:
    """Latin and Cyrillic letters side by side in one word.

    Latin i and h inside Cyrillic do not count: whole Kazakh texts are typed with them for і and һ.
    """
    return _MIXED.search(word) is not None


_VOWELS = frozenset("аеёиоуыэюяәіөұүєїaeiouyáéíóúäöüèêàâãåæëîïôõøœûąęőűůýāēīōū")
_JUDGED = re.compile("[A-Za-z\u00c0-\u024f\u0400-\u052f]")
_NO_VOWEL_RUN = re.compile(r"[бвгджзйклмнпрстфхцчшщғқңһbcdfghjklmnpqrstvwxz]{6}")


def is_natural(word: str) -> bool:
    """Whether a word could stand in some text: written in one case, with vowels, pronounceable.

    Chinese, Georgian or Arabic words can: the rule knows Latin and Cyrillic letters only, and so
    does the OCR that would take the place of a good text.
    """
    if len(word) <= 2 or word.isupper() or _JUDGED.search(word) is None:
        return True
    if not (word.islower() or word[1:].islower()):
        return False
    low = word.lower()
    return not _VOWELS.isdisjoint(low) and _NO_VOWEL_RUN.search(low) is None


_RUSSIAN = """и в во не на что с со по к из за от до о об у а но как же для при это его её их он она
они был была было были без под или так если то также том этого году года"""
_KAZAKH = """және мен бен пен да де та те үшін бойынша туралы осы сол бұл ол деп бір бар жоқ емес
болып болған еді екен арқылы дейін кейін сондай ақ оның өз ретінде жылғы"""
_ENGLISH = """the of and to in a is was were for on with that by as at from be this it not or an are
his her he she they which had has have"""
STOP_WORDS = frozenset(f"{_RUSSIAN} {_KAZAKH} {_ENGLISH}".split())

_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB06: "st"}
_TRANSLATED = {
    **_LIGATURES,
    0xFFFE: "-",  # pdfium's mark for a hyphen at a line's end
    0x02: "-",
    0xA0: " ",
    0x0D: None,
    0x00: None,
    0xFEFF: None,
    0x200B: None,
}
_CONTROLS = re.compile("[\x01-\x08\x0b-\x1f\x7f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_RARE = re.compile("[\x00-\x08\x0b-\x1f\x7f\xa0\xad\u200b\ufb00-\ufb06\ufeff\ufffe]")
_SOFT_HYPHEN_AT_END = re.compile("\u00ad[ \t]*(?=\n)")
_LINE_TAIL = re.compile(r"[ \t\f\v]+(?=\n|\Z)")
_BLANK_LINES = re.compile(r"\n{3,}")


def normalised(text: str) -> str:
    """The text as it is stored: NFC, \\n line ends, no NULs, no trailing blanks, no ligatures.

    A hyphen at a line's end stays, with its line end: the page is quoted, not edited.
    """
    text = text.replace("\r\n", "\n")
    if _RARE.search(text):
        text = _SOFT_HYPHEN_AT_END.sub("-", text.translate(_TRANSLATED)).replace("\u00ad", "")
        text = _CONTROLS.sub(" ", text)
    text = _BLANK_LINES.sub("\n\n", _LINE_TAIL.sub("", text))
    if _SURROGATES.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return unicodedata.normalize("NFC", text.strip("\n"))
