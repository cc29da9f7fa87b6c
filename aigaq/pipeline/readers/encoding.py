"""Which characters the bytes of a text file stand for.

The order is the order of trust: a byte order mark, strict UTF-8, the zero bytes of UTF-16, and
last a guess among the 8-bit code pages that Russian, Kazakh and Latin texts come in. The guess
compares what each code page would make of the bytes with how often letters occur in Russian
(Lyashevskaya & Sharov, frequency dictionary of modern Russian, 2009) and in Kazakh (counted on
court texts, rounded), and with how words are written: no capital after a small letter, no Latin
letter inside a Cyrillic word. General detectors do not know the Kazakh code pages KZ-1048
(STRK1048-2002) and PT154 at all.
"""

from __future__ import annotations

import codecs
import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from aigaq.archive.errors import RefusedError

CODE_PAGES = (
    "cp1251",
    "kz1048",
    "koi8-r",
    "cp866",
    "iso8859-5",
    "mac_cyrillic",
    "ptcp154",
    "cp1252",
)
"""Tried in this order; the first of equal readings wins."""

_MARKS = (
    # UTF-32 first: its little-endian mark begins with UTF-16's.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 32_768
"""Bytes looked at for a guess: enough letters to be sure, few enough to be quick."""

_RUSSIAN = {
    **{"о": 10.97, "е": 8.45, "а": 8.01, "и": 7.35, "н": 6.70, "т": 6.26, "с": 5.47, "р": 4.73},
    **{"в": 4.54, "л": 4.40, "к": 3.49, "м": 3.21, "д": 2.98, "п": 2.81, "у": 2.62, "я": 2.01},
    **{"ы": 1.90, "ь": 1.74, "г": 1.70, "з": 1.65, "б": 1.59, "ч": 1.44, "й": 1.21, "х": 0.97},
    **{"ж": 0.94, "ш": 0.73, "ю": 0.64, "ц": 0.48, "щ": 0.36, "э": 0.32, "ф": 0.26, "ъ": 0.04},
    "ё": 0.04,
}
_KAZAKH = {
    **{"а": 12.3, "е": 8.9, "ы": 8.2, "і": 6.3, "н": 7.2, "т": 5.6, "р": 5.7, "л": 5.1},
    **{"с": 4.3, "д": 5.0, "қ": 3.4, "к": 3.5, "м": 3.4, "б": 2.4, "о": 2.6, "й": 2.0},
    **{"ж": 2.0, "ғ": 2.0, "ң": 1.6, "ү": 1.4, "ұ": 1.1, "ө": 1.0, "ә": 1.2, "һ": 0.05},
    **{"ш": 1.7, "з": 1.6, "у": 2.4, "г": 1.3, "п": 1.6, "и": 1.6},
}
_OTHER_CYRILLIC = 0.02
_WRITTEN_MARKS = frozenset("«»“”„‘’—–…№§°•·©®±\u00a0\u00ad")

_NOT_WRITTEN = -12.0
"""A control character or an undefined byte: no code page that yields it is right."""
_ODD_SIGN = -7.0
_WRITTEN_MARK = -3.2
_LATIN_LETTER = -3.6
_CAPITAL = -0.25
_CAPITAL_INSIDE = -3.0
_MIXED_SCRIPTS = -4.0
_LATIN_PAIR = -1.5

_CONTROL = re.compile(r"[\x00-\x06\x0e-\x19\x1c-\x1f\x7f]")
_MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_HIGH = re.compile(rb"[\x80-\xff]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and how it was read.

    `encoding` is Python's name of the codec (a byte order mark is not part of `text`). `certain`
    is False when another reading is possible. `lost` counts what could not be decoded and stands
    in `text` as U+FFFD.
    """

    text: str
    encoding: str
    certain: bool
    lost: int = 0

    @property
    def problems(self) -> tuple[str, ...]:
        """What an archivist should know about the decoding, in sentences."""
        sentences = []
        if not self.certain:
            sentences.append(f"The encoding is a guess: {self.encoding}.")
        if self.lost:
            sentences.append(
                f"{self.lost} places could not be decoded as {self.encoding}; they show as \ufffd."
            )
        return tuple(sentences)


def decode(data: bytes, *, declared: str = "") -> Decoded:
    """Read bytes as text. `declared` is what the file says of itself ("" for nothing).

    Strict UTF-8 beats a declaration, because other texts do not happen to be valid UTF-8; a
    declaration beats a guess when every byte is defined in it. RefusedError when the bytes are
    not text in any reading.
    """
    decoded = (
        _by_mark(data)
        or _as_utf16(data)
        or _as_utf8(data)
        or _as_declared(data, declared)
        or _as_damaged_utf8(data)
        or _by_guess(data)
    )
    _refuse_junk(decoded.text)
    return decoded


def codec_name(label: str) -> str:
    """Python's name for an encoding label such as `windows-1251`, "" for an unknown one."""
    try:
        found = codecs.lookup(label.strip().strip("\"'"))
    except (LookupError, ValueError):
        return ""
    # Codecs like rot13 and base64 do not make text out of bytes.
    return found.name if getattr(found, "_is_text_encoding", False) else ""


def _by_mark(data: bytes) -> Decoded | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _replacing(data[len(mark) :], encoding, certain=True)
    return None


def _as_utf16(data: bytes) -> Decoded | None:
    """UTF-16 without a mark: one of each two bytes is nearly always 0 (Latin) or 4 (Cyrillic)."""
    sample = data[:_SAMPLE]
    if len(sample) < 4 or 0 not in sample:
        return None
    for encoding, high in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        share = sum(high.count(byte) for byte in (0x00, 0x04, 0x20)) / len(high)
        if share > 0.6:
            decoded = _replacing(data, encoding, certain=False)
            if not _is_junk(decoded.text):
                return decoded
    return None


def _as_utf8(data: bytes) -> Decoded | None:
    try:
        return Decoded(data.decode("utf-8"), "utf-8", certain=True)
    except UnicodeDecodeError:
        return None


def _as_declared(data: bytes, declared: str) -> Decoded | None:
    encoding = codec_name(declared)
    if not encoding:
        return None
    try:
        return Decoded(data.decode(encoding), encoding, certain=True)
    except (UnicodeError, ValueError):
        return None


def _as_damaged_utf8(data: bytes) -> Decoded | None:
    """UTF-8 with a cut or broken character here and there: most high bytes form characters."""
    high = len(_HIGH.findall(data))
    whole = sum(len(found) for found in _MULTIBYTE.findall(data))
    # In 8-bit Russian fewer than one high byte in ten happens to look like a UTF-8 pair.
    if whole < 0.8 * high:
        return None
    return _replacing(data, "utf-8", certain=False)


def _replacing(data: bytes, encoding: str, *, certain: bool) -> Decoded:
    text = data.decode(encoding, errors="replace")
    # A Unicode file may hold real replacement characters, made by some earlier program.
    honest = data.count("\ufffd".encode(encoding)) if encoding.startswith("utf") else 0
    lost = max(0, text.count("\ufffd") - honest)
    return Decoded(text, encoding, certain=certain and lost == 0, lost=lost)


def _by_guess(data: bytes) -> Decoded:
    first = _HIGH.search(data)
    start = max(0, first.start() - 1_000) if first else 0
    sample = data[start : start + _SAMPLE]
    readings = {page: sample.decode(page, errors="replace") for page in CODE_PAGES}
    scores = {page: likelihood(reading) for page, reading in readings.items()}
    best = max(CODE_PAGES, key=lambda page: scores[page])
    rivals = [scores[page] for page in CODE_PAGES if readings[page] != readings[best]]
    # 20 nats over the whole sample: the next best reading is e^20 times less likely.
    lead = (scores[best] - max(rivals, default=_NOT_WRITTEN)) * len(_HIGH.findall(sample))
    return _replacing(data, best, certain=lead > 20 and scores[best] > -5.0)


def likelihood(text: str) -> float:
    """How much the non-ASCII part of a text looks written by a person, in nats a character.

    About -3 for real Russian or Kazakh, -6 and less for a wrong code page.
    """
    signs = Counter(sign for sign in text if sign > "\x7f")
    if not signs:
        return _NOT_WRITTEN
    total = sum(_sign_weight(sign) * count for sign, count in signs.items())
    pairs = Counter(pairwise(text))
    total += sum(_pair_weight(*pair) * count for pair, count in pairs.items())
    return total / signs.total()


@cache
def _sign_weight(sign: str) -> float:
    small = sign.lower()
    if sign == "\ufffd" or "\x80" <= sign <= "\x9f":
        return _NOT_WRITTEN
    if sign in _WRITTEN_MARKS:
        return _WRITTEN_MARK
    if _is_cyrillic(sign):
        share = max(_RUSSIAN.get(small, 0), _KAZAKH.get(small, 0), _OTHER_CYRILLIC)
        return math.log(share / 100) + (_CAPITAL if sign != small else 0)
    return _LATIN_LETTER if sign.isalpha() else _ODD_SIGN


@cache
def _pair_weight(left: str, right: str) -> float:
    if not (left.isalpha() and right.isalpha()) or (left < "\x80" and right < "\x80"):
        return 0.0
    if _is_cyrillic(left) != _is_cyrillic(right):
        return _MIXED_SCRIPTS
    weight = _CAPITAL_INSIDE if left.islower() and right.isupper() else 0.0
    if not _is_cyrillic(left) and left > "\x7f" and right > "\x7f":
        weight += _LATIN_PAIR
    return weight


def _is_cyrillic(sign: str) -> bool:
    return "\u0400" <= sign <= "\u052f"


def _is_junk(text: str) -> bool:
    """More than one control character in two hundred: a program wrote this, not a person."""
    sample = text[:_SAMPLE]
    controls = len(_CONTROL.findall(sample))
    undefined = sample.count("\ufffd") + sum(1 for sign in sample if "\x80" <= sign <= "\x9f")
    return controls > 1 + len(sample) // 200 or undefined > 2 + len(sample) // 10


def _refuse_junk(text: str) -> None:
    if _is_junk(text):
        raise RefusedError(
            "the bytes are not text in any encoding",
            advice="find out which program made the file and convert it to PDF or DOCX",
        )
