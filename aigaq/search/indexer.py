"""From what the record holds of an item to the documents of an index.

`documents` cuts passages into units of search; `fields` turns a unit into the token streams,
keyword arrays and numbers that every engine indexes alike.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypeVar

from aigaq.archive.model import Item, Mention, MentionKind, Passage, PassageKind
from aigaq.search import analysis, articles, days, names
from aigaq.search.document import DateSpan, NameSpan, SearchDocument

VERSION = "2"
"""Changes whenever the same item would be cut or indexed otherwise."""

_T = TypeVar("_T")

LONGEST_UNIT = 2_000
"""Letters of a unit cut from an unpaged text, unless one paragraph is longer."""
_PARAGRAPH = re.compile(r"\n\s*\n|\n")


@dataclass(frozen=True, slots=True)
class _Unit:
    """A stretch of a passage that becomes one document."""

    start: int
    end: int
    turn: int | None = None
    speaker: str = ""
    speaker_role: str = ""


def documents(
    item: Item, passages: Sequence[Passage], mentions: Mapping[int, Sequence[Mention]]
) -> Iterator[SearchDocument]:
    """The units of an item in order; `mentions` by passage number. Empty units are left out."""
    number = turns = 0
    for passage in passages:
        found = sorted(mentions.get(passage.number, ()), key=lambda mention: mention.start)
        for unit in _units(passage, found):
            if unit.turn is not None:
                turns += 1
            if not passage.text[unit.start : unit.end].strip():
                continue
            turn = turns if unit.turn is not None else None
            yield _document(item, passage, unit, found, number=number, turn=turn)
            number += 1


def _units(passage: Passage, mentions: Sequence[Mention]) -> list[_Unit]:
    turns = [mention for mention in mentions if mention.kind is MentionKind.TURN]
    if turns:
        return _turn_units(passage.text, turns)
    if passage.kind is PassageKind.TEXT and len(passage.text) > LONGEST_UNIT:
        return _paragraph_units(passage.text, 0, len(passage.text))
    return [_Unit(0, len(passage.text))]


def _turn_units(text: str, turns: Sequence[Mention]) -> list[_Unit]:
    """One unit a turn; what stands between turns (a header, a note) is cut by paragraphs."""
    units: list[_Unit] = []
    at = 0
    for number, turn in enumerate(turns):
        if turn.start < at:
            continue
        units += _paragraph_units(text, at, turn.start)
        speaker = str(turn.value.get("speaker") or turn.value.get("label") or "")
        units.append(_Unit(turn.start, turn.end, number, speaker, turn.role))
        at = turn.end
    return units + _paragraph_units(text, at, len(text))


def _paragraph_units(text: str, start: int, end: int) -> list[_Unit]:
    """Whole paragraphs up to `LONGEST_UNIT` letters; only what is longer is cut at a word."""
    units: list[_Unit] = []
    ends = [found.end() for found in _PARAGRAPH.finditer(text, start, end)] + [end]
    at = start
    while at < end:
        fits = bisect_right(ends, at + LONGEST_UNIT)
        if fits and ends[fits - 1] > at:
            stop = ends[fits - 1]
        else:
            space = text.rfind(" ", at + 1, min(at + LONGEST_UNIT, end))
            stop = space + 1 if space > at else min(at + LONGEST_UNIT, end)
        units.append(_Unit(at, stop))
        at = stop
    return units


def _document(
    item: Item,
    passage: Passage,
    unit: _Unit,
    mentions: Sequence[Mention],
    *,
    number: int,
    turn: int | None,
) -> SearchDocument:
    text = passage.text[unit.start : unit.end]
    inside = [m for m in mentions if unit.start <= m.start and m.end <= unit.end]
    persons = [m for m in inside if m.kind is MentionKind.PERSON]
    roles = [*(m.role for m in persons), unit.speaker_role]
    return SearchDocument(
        id=f"{item.accession}/{number}",
        item=item.accession,
        number=number,
        cases=item.cases,
        file=item.path,
        kind=item.kind,
        page=passage.page,
        turn=turn,
        speaker=unit.speaker,
        speaker_role=unit.speaker_role,
        start_seconds=passage.start_seconds,
        passage=passage.number,
        start=unit.start,
        text=text,
        language=analysis.language_of(text, passage.language or item.description.language),
        document_type=item.description.document_type,
        date=item.description.date,
        restriction=item.description.restriction,
        dates=_unique(_date_span(m) for m in inside if m.kind is MentionKind.DATE),
        persons=_unique(_person_name(m) for m in persons),
        names=tuple(_name_spans(text, unit.start, persons)),
        roles=_unique(role.casefold() for role in roles if role),
        articles=_unique(_article(m) for m in inside if m.kind is MentionKind.ARTICLE),
        case_numbers=_unique(
            str(m.value.get("number") or m.raw) for m in inside if m.kind is MentionKind.CASE_NUMBER
        ),
    )


def _unique(values: Iterator[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(values))


def _person_name(mention: Mention) -> str:
    return squeezed(str(mention.value.get("name") or mention.raw))


def squeezed(text: str) -> str:
    """Runs of white space as one space."""
    return " ".join(text.split())


def _date_span(mention: Mention) -> DateSpan:
    start = str(mention.value.get("start") or "")
    return DateSpan(start, str(mention.value.get("end") or start))


def _article(mention: Mention) -> str:
    value = mention.value
    depths = (value.get("article"), value.get("part"), value.get("point"))
    return articles.token(str(value.get("law") or ""), *(str(each) for each in depths if each))


# --- names that the extractor missed

_CAPITALISED = re.compile(r"[^\W\d_a-zа-яәғқңөұүһіё][^\W\d_]*(?:['’ʼ`-][^\W\d_]+)*\.?")
_LONGEST_RUN = 4


def _name_spans(text: str, start: int, persons: Sequence[Mention]) -> Iterator[NameSpan]:
    """The extractor's persons, then runs of capitalised words outside of them."""
    taken = sorted((m.start - start, m.end - start) for m in persons)
    for mention in persons:
        at, end = mention.start - start, mention.end - start
        raw = squeezed(mention.raw)
        yield NameSpan(raw, at, end, True)
        name = _person_name(mention)
        if name != raw:
            yield NameSpan(name, at, end, True)
    for at, end in _capital_runs(text):
        if not any(at < stop and begin < end for begin, stop in taken):
            yield NameSpan(squeezed(text[at:end]), at, end, False)


def _capital_runs(text: str) -> Iterator[tuple[int, int]]:
    """Up to four capitalised words and initials in a row, without titles, with a full word."""
    run: list[re.Match[str]] = []
    for found in _CAPITALISED.finditer(text):
        if found.start() and (text[found.start() - 1].isalnum() or text[found.start() - 1] == "_"):
            continue
        if run and not _adjoins(text, run[-1], found):
            yield from _ended(run)
            run = []
        if found[0].rstrip(".").casefold() in names.titles():
            yield from _ended(run)
            run = []
            continue
        run.append(found)
        if len(run) == _LONGEST_RUN:
            yield from _ended(run)
            run = []
    yield from _ended(run)


def _adjoins(text: str, before: re.Match[str], after: re.Match[str]) -> bool:
    """Only spaces between, and the word before does not end a sentence."""
    gap = text[before.end() : after.start()]
    ends_sentence = before[0].endswith(".") and len(before[0]) > 4
    return not gap.strip() and "\n" not in gap and not ends_sentence


def _ended(run: Sequence[re.Match[str]]) -> Iterator[tuple[int, int]]:
    if any(len(found[0].rstrip(".")) > 2 for found in run):
        end = run[-1].end()
        dotted = run[-1][0].endswith(".") and len(run[-1][0]) > 3
        yield run[0].start(), end - dotted


# --- what an engine indexes

CONFIRMED, LIKELY = "p", "c"


def name_entry(key: str, form: str, confirmed: bool) -> str:
    """The keyword of a written name under one of its keys: `iSF|p|Исаев И.П.`."""
    return f"{key}|{CONFIRMED if confirmed else LIKELY}|{form}"


class NameEntry(NamedTuple):
    """A keyword of the fields `names` and `speakers`, read back."""

    keyword: str
    flag: str
    form: str

    @property
    def confirmed(self) -> bool:
        """Whether an extractor found this person."""
        return self.flag == CONFIRMED

    @classmethod
    def read(cls, keyword: str) -> NameEntry:
        """Read what `name_entry` wrote."""
        _, flag, form = keyword.split("|", 2)
        return cls(keyword, flag, form)


ABSENT = "∅∅∅∅∅"
"""The one token of an empty stream, unlike any word. Engines differ in whether a document without
a token counts in the statistics of BM25: with this no document is without."""


@dataclass(frozen=True, slots=True)
class IndexFields:
    """A document as an engine takes it in. Streams are for a whitespace tokenizer, keywords are
    exact values, facets are exact values to count, numbers are integers."""

    streams: Mapping[str, str]
    keywords: Mapping[str, tuple[str, ...]]
    facets: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, tuple[int, ...]]


def fields(document: SearchDocument) -> IndexFields:
    """What is indexed of a document; the field names are those of `plan`."""
    exact, stem, kk = analysis.streams(document.text, document.language)
    file_words = " ".join(token.exact for token in analysis.tokens(document.file))
    spans = _day_spans(document)
    tokens = [days.tokens_of(*span) for span in spans]
    years = sorted({year for span in spans for year in range(span[0].year, span[1].year + 1)})
    return IndexFields(
        streams={
            "exact": exact or ABSENT,
            "stem": stem or ABSENT,
            "kk": kk or ABSENT,
            "file_words": file_words or ABSENT,
        },
        keywords=_keywords(document),
        facets={
            "kind": (document.kind,),
            "case": document.cases,
            "person": document.persons,
            "article": tuple(each.replace(":", "-") for each in document.articles),
            "year": tuple(map(str, years[:_MOST_YEARS])),
            "language": (document.language,),
            "document_type": (document.document_type,) if document.document_type else (),
        },
        numbers={
            "day": tuple(sorted(frozenset().union(*(each.days for each in tokens)))),
            "month": tuple(sorted(frozenset().union(*(each.months for each in tokens)))),
            "years": tuple(sorted(frozenset().union(*(each.years for each in tokens)))),
        },
    )


_MOST_YEARS = 200


def _keywords(document: SearchDocument) -> dict[str, tuple[str, ...]]:
    articles_found = (articles.index_tokens(each) for each in document.articles)
    cases = (*document.cases, *document.case_numbers)
    return {
        "names": _name_entries(document.names),
        "speakers": _speaker_entries(document.speaker),
        "role": document.roles,
        "article": tuple(sorted(frozenset().union(*articles_found))),
        "case": tuple(dict.fromkeys(analysis.fold(case) for case in cases)),
        "granted": document.cases,
        "file": (document.file.casefold(),),
        "item": (document.item,),
        "kind": (document.kind,),
        "language": (document.language,),
        "document_type": (document.document_type.casefold(),) if document.document_type else (),
        "restriction": (document.restriction,),
    }


def _name_entries(spans: Sequence[NameSpan]) -> tuple[str, ...]:
    entries: dict[str, None] = {}
    for span in spans:
        for key in names.form_keys(span.form):
            entries[name_entry(key, span.form, span.confirmed)] = None
    return tuple(entries)


def _speaker_entries(speaker: str) -> tuple[str, ...]:
    form = squeezed(speaker)
    return tuple(name_entry(key, form, True) for key in sorted(names.form_keys(form)))


def _day_spans(document: SearchDocument) -> list[tuple[date, date]]:
    """The item's own date and the dates its text speaks of; what is no date is left out."""
    written = [DateSpan(document.date, document.date), *document.dates]
    found = []
    for span in written:
        first, last = days.parse_days(span.start), days.parse_days(span.end)
        if first and last and first.first and last.last and first.first <= last.last:
            found.append((first.first, last.last))
    return found


def own_day(document: SearchDocument) -> int | None:
    """The first day of the item's own date as a proleptic ordinal, None when it has none."""
    own = days.parse_days(document.date)
    return own.first.toordinal() if own and own.first else None
