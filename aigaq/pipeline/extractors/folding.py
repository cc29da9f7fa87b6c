"""Text made ready for matching, with the way back to the stored text.

Court papers carry soft hyphens, words broken at line ends, combining marks, no-break spaces and
OCR words that mix Latin with Cyrillic letters. Patterns should not have to know. `fold` cleans a
text for matching only and remembers for each character where it came from, so that whatever is
found points into the stored text again: `text[start:end] == raw`, always.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_SPACES = dict.fromkeys(
    [0x09, 0x0D, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " "
)
_LINE_ENDS = dict.fromkeys([0x0B, 0x0C, 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029], "\n")
_HYPHENS = dict.fromkeys([0x2010, 0x2011, 0x2043, 0x2212, 0xFE63, 0xFF0D], "-")
_DASHES = {0x2012: "–", 0x2015: "—"}
_QUOTES = {
    0x201C: '"',
    0x201D: '"',
    0x201E: '"',
    0x201F: '"',
    0x2033: '"',
    0x2039: "«",
    0x203A: "»",
}
_APOSTROPHES = dict.fromkeys([0x2018, 0x2019, 0x201B, 0x02BC, 0x02B9, 0x0060, 0x00B4], "'")
_SAME_LENGTH = {**_SPACES, **_LINE_ENDS, **_HYPHENS, **_DASHES, **_QUOTES, **_APOSTROPHES}

_INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe00-\ufe0f"
_MARKS = "\u0300-\u036f"
_SMALL = "a-zа-яёәғқңөұүһі"
_SPECIAL = re.compile(
    rf"(?P<soft>\u00ad[ \t\r]{{0,3}}\n[ \t]{{0,8}})"
    rf"|(?P<drop>[{_INVISIBLE}]{{1,64}})"
    rf"|(?P<cluster>[^\W\d_][{_MARKS}]{{1,8}})"
    rf"|(?P<marks>[{_MARKS}]{{1,64}})"
    rf"|(?P<join>(?<=[{_SMALL}{_MARKS}])[-\u2010][ \t\r]{{0,3}}\n[ \t]{{0,8}}(?=[{_SMALL}]))"
    rf"|(?P<wrap>(?<=[^\W_])[-\u2010][ \t\r]{{0,3}}\n[ \t]{{0,8}}(?=[^\W_]))"
)

_LATIN_TO_CYRILLIC = str.maketrans("aceopxyikABCEHKMOPTXYI", "асеорхуікАВСЕНКМОРТХУІ")
_CYRILLIC_TO_LATIN = str.maketrans("асеорхуікАВСЕНКМОРТХУІ", "aceopxyikABCEHKMOPTXYI")
_SCRIPT_SEAM = re.compile(r"[A-Za-z][\u0400-\u04ff]|[\u0400-\u04ff][A-Za-z]")
_LONGEST_WORD = 40


@dataclass(frozen=True, slots=True, eq=False)
class Folded:
    """A text for matching beside the stored one.

    `plain` keeps the case of letters, `lower` is the same in small letters and of equal length.
    `starts[i]` and `ends[i]` bound, in `original`, what became `plain[i]`; both are None when
    `plain` has the length of `original` and every character stands where it stood.
    """

    original: str
    plain: str
    lower: str
    starts: Sequence[int] | None = None
    ends: Sequence[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the stored text for `plain[start:end]`, which must not be empty."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


@lru_cache(maxsize=4)
def fold(text: str) -> Folded:
    """Clean a text for matching: spaces, dashes, quotes and marks alike, broken words joined."""
    if _SPECIAL.search(text) is None:
        plain = _mend(text.translate(_SAME_LENGTH))
        return Folded(text, plain, _small(plain))
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    last = 0
    for found in _SPECIAL.finditer(text):
        start, end = found.span()
        written = _replacement(found)
        pieces += [text[last:start], written]
        starts += [*range(last, start), *[start] * len(written)]
        ends += [*range(last + 1, start + 1), *[end] * len(written)]
        last = end
    pieces.append(text[last:])
    starts += range(last, len(text))
    ends += range(last + 1, len(text) + 1)
    plain = _mend("".join(pieces).translate(_SAME_LENGTH))
    return Folded(text, plain, _small(plain), starts, ends)


def _replacement(found: re.Match[str]) -> str:
    """What stands for a special stretch: a composed letter, a bare hyphen, or nothing."""
    if found.lastgroup == "wrap":
        return "-"
    if found.lastgroup != "cluster":
        return ""
    composed = unicodedata.normalize("NFC", found[0])
    # A stress mark composes with no Cyrillic vowel; the letter is enough for matching.
    return composed if len(composed) == 1 else composed[0]


def _small(plain: str) -> str:
    lower = plain.lower()
    if len(lower) == len(plain):
        return lower
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in plain)


def _mend(plain: str) -> str:
    """Words that mix scripts get the letters of the script that the rest of them has."""
    mended: list[str] | None = None
    done = 0
    for seam in _SCRIPT_SEAM.finditer(plain):
        if seam.start() < done:
            continue
        start, end = _word_around(plain, seam.start())
        done = end
        word = _one_script(plain[start:end])
        if word != plain[start:end]:
            mended = list(plain) if mended is None else mended
            mended[start:end] = word
    return plain if mended is None else "".join(mended)


def _word_around(plain: str, place: int) -> tuple[int, int]:
    start = end = place
    while start > 0 and place - start < _LONGEST_WORD and plain[start - 1].isalpha():
        start -= 1
    while end < len(plain) and end - place < _LONGEST_WORD and plain[end].isalpha():
        end += 1
    return start, end


def _one_script(word: str) -> str:
    cyrillic = sum("\u0400" <= letter <= "\u04ff" for letter in word)
    first, second = (
        (_LATIN_TO_CYRILLIC, _CYRILLIC_TO_LATIN)
        if cyrillic * 2 >= len(word)
        else (_CYRILLIC_TO_LATIN, _LATIN_TO_CYRILLIC)
    )
    for table in (first, second):
        mended = word.translate(table)
        if not _SCRIPT_SEAM.search(mended):
            return mended
    return word
