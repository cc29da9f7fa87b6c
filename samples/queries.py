"""What a lawyer types, and the files that must be among the hits.

The answers are computed from the marks, not listed by hand. A unit is what a search engine would
return: a speaker's turn, or a page. Text that only OCR can read, files from the memory stick and
attachments *may* be hit; they are never required, and the sealed interview must never be.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from samples.marked import Mark
from samples.stories import Entry
from samples.truth import Json, Page, Truth


@dataclass(frozen=True, slots=True)
class Unit:
    """A turn or page, the marks in it, and the file it is from."""

    entry: Entry
    kind: str
    text: str
    marks: tuple[Mark, ...]


Test = Callable[[Unit], bool]


@dataclass(frozen=True, slots=True)
class Query:
    """`notice`: the syntax is bad, the plain words are searched and the user is told.

    `allows` are units that are no mistake either: the same name in another form than the one
    typed, a date whose year is only implied.
    """

    query: str
    why: str
    finds: Test
    notice: bool = False
    allows: Test | None = None


def answers(made: Mapping[str, tuple[Entry, Truth]]) -> list[Json]:
    """Every query with `must_hit`, `may_hit` and `must_not_hit` as sorted paths."""
    sure = [unit for entry, truth in made.values() for unit in _units(entry, truth, sure=True)]
    maybe = [unit for entry, truth in made.values() for unit in _units(entry, truth, sure=False)]
    sealed = sorted(path for path, (entry, _) in made.items() if entry.restriction == "sealed")
    return [_answer(query, sure, maybe, sealed) for query in QUERIES]


def _answer(query: Query, sure: list[Unit], maybe: list[Unit], sealed: list[str]) -> Json:
    must = {unit.entry.path for unit in sure if query.finds(unit)}
    allowed = query.finds if query.allows is None else either(query.finds, query.allows)
    may = {unit.entry.path for unit in [*sure, *maybe] if allowed(unit)} - must
    return {
        "query": query.query,
        "why": query.why,
        "notice": query.notice,
        "must_hit": sorted(must),
        "may_hit": sorted(may),
        "must_not_hit": sealed,
    }


def _units(entry: Entry, truth: Truth, *, sure: bool) -> Iterator[Unit]:
    if entry.restriction == "sealed" or truth.outcome != "stored":
        return
    certain = truth.read == "done" and truth.method != "ocr" and not entry.path.startswith("usb/")
    if certain == sure:
        for page in truth.pages:
            yield from _cut(entry, truth.kind, page)
    if not sure:
        for attachment in truth.attachments.values():
            for page in attachment.pages:
                yield from _cut(entry, attachment.kind, page)


def _cut(entry: Entry, kind: str, page: Page) -> Iterator[Unit]:
    turns = [mark for mark in page.marks if mark.kind == "turn"]
    named = [mark for mark in page.marks if mark.kind != "turn"]
    first = turns[0].start if turns else len(page.text)
    for start, end in [(0, first), *((turn.start, turn.end) for turn in turns)]:
        inside = tuple(mark for mark in named if start <= mark.start and mark.end <= end)
        yield Unit(entry, kind, page.text[start:end], inside)


def person(who: str, spelled: str = "", role: str = "") -> Test:
    """The person is named, in a spelling that the pattern finds, with the role if one is asked."""
    return lambda unit: any(
        mark.kind == "person"
        and mark.values[0]["id"] == who
        and re.search(spelled, mark.raw, re.IGNORECASE) is not None
        and (not role or mark.role == role)
        for mark in unit.marks
    )


def article(law: str, number: str, part: str = "") -> Test:
    """An article of a law is cited (or of a law not named), with its part if one is asked."""
    return lambda unit: any(
        value["law"] in (law, "")
        and value["article"] == number
        and (not part or value["part"] == part)
        for mark in unit.marks
        if mark.kind == "article"
        for value in mark.values
    )


def dated(first: str, last: str) -> Test:
    """A day that lies in the span (ISO days, both ends in) is written out in full."""
    return _has_date(
        lambda value: (
            first <= str(value["start"]) and str(value["end"]) <= last and "implied" not in value
        )
    )


def touching(first: str, last: str) -> Test:
    """A date shares a month with the span: a month or longer time around it, or its very days.

    Search keeps long times by their months, so that a whole year is not 365 days of index.
    """
    return _has_date(
        lambda value: str(value["start"])[:7] <= last[:7] and first[:7] <= str(value["end"])[:7]
    )


def _has_date(fits: Callable[[Mapping[str, object]], bool]) -> Test:
    return lambda unit: any(
        "start" in value and fits(value)
        for mark in unit.marks
        if mark.kind == "date"
        for value in mark.values
    )


def says(pattern: str) -> Test:
    """The text holds the pattern, whatever its line ends; ё counts as е."""
    return lambda unit: re.search(pattern, _plain(unit.text), re.IGNORECASE) is not None


def both(one: Test, other: Test) -> Test:
    """Both tests hold in one unit."""
    return lambda unit: one(unit) and other(unit)


def either(one: Test, other: Test) -> Test:
    """At least one test holds."""
    return lambda unit: one(unit) or other(unit)


def without(one: Test, other: Test) -> Test:
    """The first holds and the second does not."""
    return lambda unit: one(unit) and not other(unit)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("ё", "е")


_SURNAME = r"исаев|is+a(?:y)?ev"
_ISAEV = person("isaev", _SURNAME)

QUERIES: tuple[Query, ...] = (
    Query("Исаев", "surname, nominative", _ISAEV),
    Query("Исаева", "genitive finds every case", _ISAEV),
    Query("Issayev", "English letters find Cyrillic", _ISAEV),
    Query("Isaev", "another transliteration", _ISAEV),
    Query("person:Исаевқа", "Kazakh dative, in the person field", _ISAEV),
    Query(
        "ИСАЕВ О.К.",
        "capitals and initials",
        person("isaev", r"о\. ?к\.|o\. ?k\.|олжаба"),
        allows=_ISAEV,
    ),
    Query(
        '"Олжабай Исаев"',
        "a phrase that is a name, in any case",
        person("isaev", r"олжаба\S* исаев"),
        allows=_ISAEV,
    ),
    Query(
        "Исаев AND role:defendant",
        "a person in a role",
        person("isaev", _SURNAME, "defendant"),
        allows=_ISAEV,
    ),
    Query("role:judge AND Турлыбаева", "the judge", person("turlybaeva", "", "judge")),
    Query("Жұмағұлованың", "Kazakh genitive", person("zhumagulova", "ж[уұ]ма|[zj]h?uma")),
    Query("Jumagulova", "transliteration finds Cyrillic", person("zhumagulova")),
    Query(
        "Жумогулова~",
        "a typing error",
        person("zhumagulova", r"жумагулова\b"),
        allows=person("zhumagulova"),
    ),
    Query(
        "Каирбеков",
        "Russian form of a Kazakh name",
        person("kairbekov", "каирбек|kairbek"),
        allows=person("kairbekov"),
    ),
    Query("Қайырбеков", "the Kazakh form", person("kairbekov", "бек|bek")),
    Query("Schukin", "a short transliteration of Щ", person("shchukin")),
    Query("Өмірбаева", "Kazakh letters", person("umirbaeva", "баев|bayev")),
    Query("Hamzin", "Kh and H", person("khamzin", "хамзин|khamzin")),
    Query('"раскаленный утюг"', "phrase, ё written as е", says("раскаленный утюг")),
    Query('"утюг ногам"~3', "proximity", says(r"утюг(?: \S+){0,3} ногам|ногам(?: \S+){0,3} утюг")),
    Query("пыт*", "prefix", says(r"\bпыт")),
    Query("азаптау", "Kazakh word with endings", says(r"\bазаптау")),
    Query("article:272", "article", article("CC", "272")),
    Query("article:146", "article", article("CC", "146")),
    Query("article:488", "article of the administrative code", article("CAO", "488")),
    Query('"7599-22-00-1/147"', "case number", says("7599-22-00-1/147")),
    Query(
        "date:[2022-01-05 TO 2022-01-06]",
        "days",
        dated("2022-01-05", "2022-01-06"),
        allows=touching("2022-01-05", "2022-01-06"),
    ),
    Query("date:[2022-09-01 TO 2022-09-30]", "a month", dated("2022-09-01", "2022-09-30")),
    Query("Исаев И Хамзин", "Russian AND", both(_ISAEV, person("khamzin", "хамзин|khamzin"))),
    Query(
        "Каирбеков ИЛИ Умирбаева",
        "Russian OR",
        either(person("kairbekov", "каирбек|kairbek"), person("umirbaeva", "баев|bayev")),
        allows=person("kairbekov"),
    ),
    Query(
        "Щукин НЕ Каирбеков",
        "Russian NOT",
        without(person("shchukin"), either(person("kairbekov"), says("каирбек|қайырбек|kairbek"))),
    ),
    Query("Исаев ЖӘНЕ үтік", "Kazakh AND", both(_ISAEV, says(r"\bүтік"))),
    Query("case:QAN-0005", "a whole case", lambda unit: "QAN-0005" in unit.entry.cases),
    Query("kind:rtf", "kind of file", lambda unit: unit.kind == "rtf"),
    Query("Исаев AND (", "bad syntax", _ISAEV, notice=True),
)
