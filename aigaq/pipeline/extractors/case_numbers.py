"""Numbers of court cases, verdicts, registers of investigation and letters, look-alikes left out.

A number of a court's own shape (7594-22-00-1/123) speaks for itself; looser shapes (1-45/2022,
15 digits of the register of pre-trial investigations, 12-3/456) need a word beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from aigaq.archive.model import MentionKind
from aigaq.pipeline.extractors.extractor import Extractor, Found
from aigaq.pipeline.extractors.folding import Folded
from aigaq.pipeline.extractors.lexicon import any_of, data

_SIGN = r"(?:№|no\b\.?|n[ ]|nr\.?|number|номер[а-я]{0,2}|нөмірі|#)"
_COURT = r"\d{4}-\d{2}-00-\d{1,2}[а-яa-z]{0,2}[ ]?/[ ]?\d{1,6}"
_CLASSIC = r"\d{1,2}[а-яa-z]{0,2}-\d{1,6}(?:-\d{1,6})?/(?:20)?\d{2}(?:-\d{1,4})?"
_REGISTER = r"\d{15}(?!\d)"
_LOOSE = r"\d{1,6}(?:[-/][\dа-яa-z]{1,6}){0,4}"
_CANDIDATE = re.compile(
    rf"(?<![\w./-])(?:(?P<court>{_COURT})|(?P<classic>{_CLASSIC})|(?P<register>{_REGISTER})"
    rf"|(?P<loose>{_LOOSE}))(?![\w%]|[-/]\w|[.,:]\d)"
)
#: How far before a number its cue may stand, in characters: "дело по обвинению ... №" is cut off.
_REACH = 60
_AFTER = re.compile(r"[ \n]{0,3}-?[ ]?(?:қылмыстық[ \n])?(?:іс|үкім|қаулы)[а-яіңғқ]{0,6}\b")


@cache
def _cues() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    words = data("case_numbers")
    gap = r"[ \n:(]{0,4}(?:за[ ])?(?:[а-яёa-z]{0,12}[ ])?"
    case = rf"\b(?:{any_of(words['cues'])})\b\.?{gap}{_SIGN}?[ ]{{0,3}}$"
    letter = rf"\b(?:{any_of(words['letter_cues'])})\b\.?{gap}{_SIGN}[ ]{{0,3}}$"
    return re.compile(case), re.compile(letter), re.compile(words["not_before"])


def find(folded: Folded) -> Iterator[Found]:
    """Every case, verdict, register and letter number of a text."""
    for match in _CANDIDATE.finditer(folded.lower):
        kind = _type(folded.lower, match)
        if kind:
            number = re.sub(r"\s", "", folded.plain[match.start() : match.end()])
            value = {"number": number, "type": kind}
            yield Found(MentionKind.CASE_NUMBER, match.start(), match.end(), value)


def _type(lower: str, match: re.Match[str]) -> str:
    """`case`, `register`, `letter`, or "" for a number of something else."""
    shape = match.lastgroup
    case, letter, other = _cues()
    before = lower[max(0, match.start() - _REACH) : match.start()]
    signed = re.search(rf"{_SIGN}[ ]{{0,3}}$", before)
    bare = before[: signed.start()] if signed else before
    if shape == "court":
        return "case"
    if letter.search(before) and len(match[0]) > 1:
        return "letter"
    cued = bool(case.search(before)) or bool(signed and _AFTER.match(lower, match.end()))
    if shape == "register":
        return "register" if signed or cued else ""
    if signed and other.search(bare) and not cued:
        return ""
    if shape == "classic":
        full_year = re.search(r"-\d{1,6}/20[0-4]\d$", match[0]) is not None
        plausible = cued or signed is not None or full_year
        return "case" if plausible and not other.search(before) else ""
    digits = sum(letter.isdigit() for letter in match[0])
    return "case" if cued and signed and digits >= 3 else ""


CASE_NUMBERS = Extractor("case-numbers", "1", find)
