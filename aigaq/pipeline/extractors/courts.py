"""Courts and military units by name, in three languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

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


@cache
def _courts() -> tuple[re.Pattern[str], ...]:
    words = data("courts")
    kinds_ru = rf"(?:(?:{any_of(words['ru']['kinds'])}){_RU_END}|№[ ]?\d{{1,2}})"
    of_ru = rf"(?:{any_of(words['ru']['of'])})"
    number = rf"(?:{GAP}№[ ]?\d{{1,2}})?"
    matter = rf"(?:{GAP}по{GAP}(?:уголовным|гражданским|административным){GAP}делам|{GAP}по{GAP}делам{GAP}несовершеннолетних)"
    place_ru = rf"(?:{GAP}(?:{of_ru}{GAP}?{_PLACE}(?:{GAP}(?:област[а-я]|район[а-я]))?|{_PLACE}{GAP}област[а-я]|{_PLACE}{GAP}район[а-я]|рк|республики{GAP}казахстан))"
    court_ru = rf"(?:{_PLACE}{GAP})?(?:{kinds_ru}{GAP}){{1,4}}суд(?:а|у|ом|е|ы|ов)?\b{number}{matter}?{number}{place_ru}{{0,2}}"
    panel_ru = rf"(?:судебн[а-я]{{2}}{GAP})?коллеги[а-я]{GAP}по{GAP}(?:уголовным|гражданским|административным){GAP}делам(?:{GAP}{court_ru})?"
    kinds_kk = rf"(?:{any_of(words['kk']['kinds'])})"
    place_kk = rf"(?:(?:{_PLACE}{GAP}(?:қаласы(?:ның)?|облысы(?:ның)?|ауданы(?:ның)?)|қр|қазақстан{GAP}республикасы(?:ның)?|{_PLACE}){GAP})"
    matter_kk = (
        rf"(?:(?:қылмыстық|азаматтық|әкімшілік){GAP}істер(?:і)?{GAP}(?:жөніндегі|бойынша){GAP})"
    )
    number_kk = rf"(?:№[ ]?\d{{1,2}}{GAP})?"
    court_kk = rf"{place_kk}{{1,3}}{number_kk}{matter_kk}?(?:{kinds_kk}{GAP}){{0,4}}{matter_kk}?{number_kk}сот(?:ы|ын|ының|ында|ынан|ына|тың)?\b"
    kinds_en = rf"(?:{any_of(words['en']['kinds'])})"
    number_en = rf"(?:{GAP}(?:no\.?|№){GAP}?\d{{1,2}})?"
    court_en = rf"(?:{_PLACE}{GAP}){{0,3}}(?:{kinds_en}{GAP}){{1,4}}court\b{number_en}(?:{GAP}(?:of|for|on)(?:{GAP}the)?(?:{GAP}(?:criminal|civil|administrative){GAP}(?:cases|matters))?(?:{GAP}of)?(?:{GAP}the)?(?:{GAP}(?:city|republic){GAP}of)?{GAP}{_PLACE})?"
    return tuple(
        re.compile(pattern, re.IGNORECASE) for pattern in (court_ru, panel_ru, court_kk, court_en)
    )


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
