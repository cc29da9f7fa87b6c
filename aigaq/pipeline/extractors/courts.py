"""Courts and military units by name, in three languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from aigaq.archive.model import MentionKind
from aigaq.pipeline.extractors.extractor import Extractor, Found
from aigaq.pipeline.extractors.folding import Folded
from aigaq.pipeline.extractors.lexicon import GAP, any_of, data

_RU_END = r"(?:ый|ого|ому|ым|ом|ий|его|ему|им|ем|ая|ой|ую)"
_KAZAKH = "а-яёәғқңөұүһі"
_CAPITAL = "A-ZА-ЯЁӘҒҚҢӨҰҮҺІ"
_SIGN = r"[ \n]{0,3}(?:№|no\.|n)?[ ]{0,3}"
_UNIT = re.compile(
    rf"\b(?:(?:войсков|воинск)(?:ая|ой|ую){GAP}част(?:ь|и|ью)|в/ч|әскери{GAP}бөлім[{_KAZAKH}]{{0,8}}"
    rf"|military{GAP}unit){_SIGN}(?P<before>\d{{4,6}})\b"
    rf"|\b(?P<after>\d{{4,6}})(?:-?[ ]?)әскери{GAP}бөлім[{_KAZAKH}]{{0,8}}"
)
#: Capitalised words before the kind of a court, or after "of": at most so many.
_COURT_WORD = re.compile(r"\b(?:суд|сот|court|коллеги)")
_BEFORE, _AFTER = 160, 120
_PLACE = rf"(?-i:[{_CAPITAL}])[\w'-]{{1,24}}"


def _russian(words: Any) -> str:
    kinds = rf"(?:(?:{any_of(words['kinds'])}){_RU_END}|№[ ]?\d{{1,2}})"
    number = rf"(?:{GAP}№[ ]?\d{{1,2}})?"
    matter = any_of(["по (?:уголовным|гражданским|административным) делам", words["minors"]])
    oblast = rf"{GAP}(?:област[а-я]|район[а-я])"
    of = rf"(?:{any_of(words['of'])}){GAP}?{_PLACE}(?:{oblast})?"
    place = rf"(?:{GAP}(?:{of}|{_PLACE}{oblast}|рк|республики{GAP}казахстан))"
    court = rf"(?:{_PLACE}{GAP})?(?:{kinds}{GAP}){{1,4}}суд(?:а|у|ом|е|ы|ов)?\b"
    court += rf"{number}(?:{GAP}(?:{matter}))?{number}{place}{{0,2}}"
    panel = any_of(["(?:судебн[а-я]{2} )?коллеги[а-я] по (?:уголовным|гражданским) делам"])
    return rf"{court}|{panel}(?:{GAP}{court})?"


def _kazakh(words: Any) -> str:
    kinds = rf"(?:(?:{any_of(words['kinds'])}){GAP}){{0,4}}"
    place = rf"(?:{_PLACE}{GAP}(?:{any_of(words['of'])})|{any_of(words['state'])}|{_PLACE})"
    matter = rf"(?:(?:{any_of(words['matters'])}){GAP})?"
    number = rf"(?:№[ ]?\d{{1,2}}{GAP})?"
    end = r"сот(?:ы|ын|ының|ында|ынан|ына|тың)?\b"
    return rf"(?:{place}{GAP}){{1,2}}{number}{matter}{kinds}{matter}{number}{end}"


def _english(words: Any) -> str:
    kinds = rf"(?:(?:{any_of(words['kinds'])}){GAP}){{1,4}}"
    number = rf"(?:{GAP}(?:no\.?|№){GAP}?\d{{1,2}})?"
    matter = rf"(?:{GAP}(?:{any_of(words['matters'])}))?"
    of = rf"{GAP}(?:of|for|on)(?:{GAP}the)?{matter}(?:{GAP}of)?(?:{GAP}the)?"
    of += rf"(?:{GAP}(?:city|republic){GAP}of)?{GAP}{_PLACE}"
    return rf"(?:{_PLACE}{GAP}){{0,3}}{kinds}court\b{number}(?:{of})?"


@cache
def _courts() -> tuple[re.Pattern[str], ...]:
    words = data("courts")
    patterns = (_russian(words["ru"]), _kazakh(words["kk"]), _english(words["en"]))
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


_GENERAL = re.compile(
    r"(?:районн|городск|областн|апелляционн|кассационн|следственн)[а-я]{2,3}\s+суд\w{0,2}"
    r"|(?:district|city|regional|appeals?|criminal|administrative|military)\s+court"
    r"|(?:аудандық|қалалық|облыстық|тергеу|әкімшілік|әскери)\s+сот\w{0,4}"
)


def find(folded: Folded) -> Iterator[Found]:
    """Courts that are named (not "the district court" of no place), and military units."""
    yield from _units(folded)
    end = 0
    matches = [
        match
        for start, stop in _windows(folded)
        for pattern in _courts()
        for match in pattern.finditer(folded.plain, start, stop)
    ]
    for match in sorted(matches, key=lambda match: (match.start(), -match.end())):
        start, stop = match.span()
        name = " ".join(folded.plain[start:stop].split())
        if start < end or _GENERAL.fullmatch(name.lower()):
            continue
        end = stop
        yield Found(MentionKind.COURT, start, stop, {"name": name})


def _windows(folded: Folded) -> Iterator[tuple[int, int]]:
    """Stretches around the word "court", which alone are searched for the longer patterns."""
    start = stop = -1
    for match in _COURT_WORD.finditer(folded.lower):
        first, last = max(0, match.start() - _BEFORE), match.end() + _AFTER
        if first <= stop:
            stop = last
            continue
        if stop > 0:
            yield start, stop
        start, stop = first, last
    if stop > 0:
        yield start, stop


def _units(folded: Folded) -> Iterator[Found]:
    for match in _UNIT.finditer(folded.lower):
        number = match["before"] or match["after"]
        yield Found(MentionKind.UNIT, match.start(), match.end(), {"number": number})


COURTS = Extractor("courts", "1", find)
