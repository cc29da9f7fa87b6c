"""Dates and clock times in three languages, in every written form, as precise as the page.

Words and numbers that stand side by side form a run (`date_words`). A run becomes a string with
one letter a word, and the grammar below is a list of patterns over those letters; the first that
fits at a place wins. A year that is not said is taken from the date before (then "implied").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from itertools import pairwise

from aigaq.archive.model import MentionKind
from aigaq.pipeline.extractors.date_words import Word, date_runs, full_year, month_number
from aigaq.pipeline.extractors.extractor import Extractor, Found
from aigaq.pipeline.extractors.folding import Folded
from aigaq.pipeline.extractors.lexicon import data
from aigaq.pipeline.extractors.spans_of_time import SpanOfTime, Written


@dataclass(frozen=True, slots=True)
class Dated:
    """A span of time at its place in the folded text. `birth`: no context for later years."""

    start: int
    end: int
    span: SpanOfTime
    birth: bool = False


_Words = Sequence[Word]
_Reader = Callable[[_Words], list[Dated]]


def _kind(words: _Words, kinds: str) -> list[Word]:
    return [word for word in words if word.kind in kinds]


def _year(words: _Words) -> int:
    """The year a stretch names, also a short one: 5 января 22 года."""
    years = _kind(words, "YZ")
    if years:
        return years[0].value
    for number, following in pairwise(words):
        if number.kind == "N" and following.kind == "y":
            return full_year(number.value)
    return 0


def _days(words: _Words) -> list[Word]:
    """Day numbers, without the short year of "5 января 22 года"."""
    return [
        word
        for place, word in enumerate(words)
        if word.kind in "NW" and not (place + 1 < len(words) and words[place + 1].kind == "y")
    ]


def _months(words: _Words) -> list[int]:
    return [word.value for word in _kind(words, "REAGLK")]


def _trimmed(words: _Words, skip: str = "") -> tuple[int, int]:
    """The stretch without leading small words that are no part of the date."""
    kept = list(words)
    while kept and kept[0].kind in "iIoac,&-" + skip:
        kept.pop(0)
    while kept and kept[-1].kind in ",&-o":
        kept.pop()
    return kept[0].start, kept[-1].end


def _one(words: _Words, first: Written, last: Written | None = None) -> list[Dated]:
    start, end = _trimmed(words, skip="" if last is not None and last != first else "ft")
    birth = any(word.kind == "y" and word.value == 1 for word in words)
    return [Dated(start, end, SpanOfTime(first, first if last is None else last), birth)]


def _day(words: _Words) -> list[Dated]:
    days = _days(words)
    return _one(words, Written(_year(words), _months(words)[0], days[0].value))


def _month(words: _Words) -> list[Dated]:
    return _one(words, Written(_year(words), _months(words)[0]))


def _days_of_month(words: _Words) -> list[Dated]:
    days, month, year = _days(words), _months(words)[0], _year(words)
    return _one(words, Written(year, month, days[0].value), Written(year, month, days[1].value))


def _across_months(words: _Words) -> list[Dated]:
    """Two dates with their own months; a year said once is the year of both."""
    months, days, years = _months(words), _days(words), _kind(words, "YZ")
    last_year = years[-1].value if years else _year(words)
    first_year = years[0].value if years else last_year
    if len(years) == 1 and months[0] > months[1] and words[-1].kind in "YZy":
        first_year = last_year - 1
    first = Written(first_year, months[0], days[0].value)
    return _one(words, first, Written(last_year, months[1], days[1].value))


def _list_of_days(words: _Words) -> list[Dated]:
    """5, 6 и 7 января 2022 года: each day is a date; the last has the month beside it."""
    days, month, year = _days(words), _months(words)[0], _year(words)
    first_month = next(word for word in words if word.kind in "REAGLK")
    home = days[0] if first_month.start < days[0].start else days[-1]
    found: list[Dated] = []
    for day in days:
        written = Written(year, month, day.value)
        start, end = day.start, day.end
        if day is home and home is days[-1]:
            end = _trimmed(words)[1]
        elif day is home:
            start = first_month.start
        found.append(Dated(start, end, SpanOfTime(written, written)))
    return found


def _months_range(words: _Words) -> list[Dated]:
    months, year = _months(words), _year(words)
    first_year = year - 1 if year and months[0] > months[1] else year
    return _one(words, Written(first_year, months[0]), Written(year, months[1]))


def _years(words: _Words) -> list[Dated]:
    years = _kind(words, "YZ")
    return _one(words, Written(years[0].value), Written(years[-1].value))


def _year_alone(words: _Words) -> list[Dated]:
    return _one(words, Written(_year(words)))


def _decade(words: _Words) -> list[Dated]:
    first = _kind(words, "V")[0].value
    return _one(words, Written(first), Written(first + 9))


def _night_onto(words: _Words) -> list[Dated]:
    """The night onto a day is that night: from the day before."""
    days, month, year = _days(words), _months(words)[0], _year(words)
    last = Written(year, month, days[-1].value)
    if not year or last.problem() or last.day == 1:
        return _one(words, last)
    before = last.first() - timedelta(days=1)
    return _one(words, Written(before.year, before.month, before.day), last)


def _numeric(words: _Words) -> list[Dated]:
    first, ambiguous, problem = _numbers(words[0].text)
    span = SpanOfTime(first[0], first[-1], problem=problem, ambiguous=ambiguous)
    if first[0] == Written():
        return []
    time = re.search(r"[t ](\d{2}:\d{2})", words[0].text)
    return [Dated(words[0].start, words[0].end, replace(span, time=time[1] if time else ""))]


def _numeric_range(words: _Words) -> list[Dated]:
    """05.01.2022-07.01.2022, с 05.01.2022 по 07.01.2022."""
    first, last = (_numbers(word.text) for word in _kind(words, "X"))
    if Written() in (first[0][0], last[0][-1]):
        return []
    span = SpanOfTime(first[0][0], last[0][-1], problem=first[2] or last[2])
    return [Dated(words[0].start, words[-1].end, span)]


def _numbers(text: str) -> tuple[list[Written], bool, str]:
    """A date in digits: what it says, whether day and month may be swapped, what is wrong."""
    if named := re.fullmatch(r"(\d{1,2})-([a-z]+)-(\d{2,4})", text):
        year = int(named[3])
        year = full_year(year) if year < 100 else year
        return [Written(year, month_number(named[2]), int(named[1]))], False, ""
    if ranged := re.fullmatch(r"(\d{1,2})[-–](\d{1,2})\.[ ]?(\d{1,2})\.[ ]?(\d{4})", text):
        first, last, month, year = (int(part) for part in ranged.groups())
        written = [Written(year, month, first), Written(year, month, last)]
        return written, False, ""
    digits = [int(part) for part in re.findall(r"\d+", text)[:3]]
    if digits[0] > 999:
        year, month, day = digits
        written_date = Written(year, month, day)
        return (
            ([Written()] if written_date.problem() == "no such month" else [written_date]),
            False,
            "",
        )
    day, month, year = digits
    short = year < 100
    year = full_year(year) if short else year
    slashed = "/" in text
    if month > 12 >= day and slashed:
        day, month = month, day
    written_date = Written(year, month, day)
    wrong = bool(written_date.problem())
    if not 1900 <= year <= 2099 or (wrong and (short or "." not in text)):
        return [Written()], False, ""
    return [written_date], slashed and day <= 12 and day != month, ""


_D, _M, _YY = "[NW]", "[REAGLK]m?", "(?:,?o?[YZ]y?|Ny)"
_KY = "(?:[YZ]y?,?)"
#: Patterns over the letters of a run (see Word.kind), the longer forms before the shorter.
_GRAMMAR: tuple[tuple[str, _Reader], ...] = (
    ("f?X[-t]X", _numeric_range),
    ("X", _numeric),
    # Kazakh: the year first
    (f"{_KY}{_D}A{_KY}?{_D}{_M}t?", _across_months),
    (f"{_KY}{_D}[-t]{_D}o?{_M}", _days_of_month),
    (f"{_KY}{_D}{_M}-{_KY}?{_D}{_M}", _across_months),
    (f"{_KY}(?:{_D},)*{_D}&{_D}{_M}|{_KY}(?:{_D},)+{_D}{_M}", _list_of_days),
    (f"{_KY}{_D}{_M}q", _night_onto),
    (f"{_KY}{_D}{_M}", _day),
    (f"{_KY}G(?:m)?{_D}", _day),
    ("[YZ]y?[KGLA]m?-[KGLA]m?", _months_range),
    ("[YZ]y?[KGLA]m?", _month),
    # ranges
    (f"f?{_D}o?{_M}{_YY}?[-t]{_D}o?{_M}{_YY}?", _across_months),
    (f"f{_D}o?{_M}{_YY}?&{_D}o?{_M}{_YY}?", _across_months),
    (f"{_D}A{_D}{_M}{_YY}?[tq]?", _across_months),
    (f"n?f?{_D}[-t]{_D}o?{_M}{_YY}?", _days_of_month),
    (f"nf{_D}a{_D}o?{_M}{_YY}?|f{_D}&{_D}o?{_M}{_YY}?", _days_of_month),
    (f"na{_D}o?{_M}{_YY}?|{_D}{_M}{_YY}?q", _night_onto),
    # English: the month first
    (f"f?E{_D},?Y?[-t]E{_D},?Y?", _across_months),
    (f"fE{_D},?Y?&E{_D},?Y?", _across_months),
    (f"f?[EG]{_D}[-t]{_D}(?:,?[YZ])?", _days_of_month),
    (f"E{_D}(?:,{_D})*,?&{_D}(?:,?[YZ])?", _list_of_days),
    (f"E{_D}(?:,?[YZ])?|G{_D}", _day),
    # day and month
    (f"(?:{_D},)+(?:{_D})?&?{_D}o?{_M}{_YY}?|{_D}&{_D}o?{_M}{_YY}?", _list_of_days),
    (f"{_D}o?{_M}{_YY}?", _day),
    # months and years
    (f"f?[REKGLA]m?[-t&][REKGLA]m?{_YY}", _months_range),
    ("[iIfto]?[REKL]m?o?,?[YZ]y?|[iIf]?[REKGL]m?Ny", _month),
    ("[if]?f?[YZ]y?[-t][YZ]y", _years),
    ("fY[t&]Y|IY-Y", _years),
    ("Vy|IV", _decade),
    ("[YZ]y|Z|Io?Y", _year_alone),
    ("[if]R|[Ifo]E(?![NW])|[KGL]m|L", _month),
)


@cache
def _grammar() -> tuple[tuple[re.Pattern[str], _Reader], ...]:
    return tuple((re.compile(pattern), reader) for pattern, reader in _GRAMMAR)


def find(folded: Folded) -> Iterator[Found]:
    """Every date and clock time of a text."""
    found = [dated for run in date_runs(folded) for dated in _read(run, folded)]
    for dated in _with_years(found, folded):
        value = dated.span.value()
        bare_month = dated.span.first.precision == "month"
        if bare_month and value.get("problem") == "year unknown":
            continue  # "in January" of no known year is hardly a date
        if bare_month and dated.span.implied and _month_names().match(folded.lower, dated.end):
            continue
        yield Found(MentionKind.DATE, dated.start, dated.end, value)


@cache
def _month_names() -> re.Pattern[str]:
    return re.compile(data("dates")["month_names"])


def _read(run: _Words, folded: Folded) -> list[Dated]:
    kinds = "".join(word.kind for word in run)
    found: list[Dated] = []
    place = 0
    while place < len(run):
        dates, place = _read_at(run, kinds, place, folded)
        found.extend(dates)
    return found


def _read_at(run: _Words, kinds: str, place: int, folded: Folded) -> tuple[list[Dated], int]:
    """The dates at one place, with a clock time before or after them."""
    time = _TIME_BEFORE.match(kinds, place)
    if time is not None:
        clock = _clock(run[time.start() : time.end()])
        if clock is not None:
            after = _BETWEEN.match(kinds, time.end())
            dates, end = _dates_at(run, kinds, after.end() if after else time.end(), folded)
            if len(dates) == 1 and dates[0].span.first.precision == "day" and dates[0].start:
                return [_joined(dates[0], clock)], end
            return ([clock], time.end()) if _told(kinds, time) else ([], time.end())
    dates, end = _dates_at(run, kinds, place, folded)
    if not dates:
        return [], place + 1
    after = _TIME_AFTER.match(kinds, end)
    if after is not None and dates[-1].span.first.precision == "day":
        clock = _clock(run[end : after.end()])
        if clock is not None:
            return [*dates[:-1], _joined(dates[-1], clock)], after.end()
    return dates, end


def _dates_at(run: _Words, kinds: str, place: int, folded: Folded) -> tuple[list[Dated], int]:
    for pattern, reader in _grammar():
        match = pattern.match(kinds, place)
        if match is None:
            continue
        words = run[place : match.end()]
        if words[0].kind == "X" and _NOT_A_DATE().search(
            folded.lower, max(0, words[0].start - 14), words[0].start
        ):
            return [], match.end()
        return reader(words), match.end()
    return [], place + 1


@cache
def _NOT_A_DATE() -> re.Pattern[str]:
    return re.compile(data("dates")["not_a_version"] + r"|[\w№]-$")


# --- clock times ----------------------------------------------------------------------------

_TIME_BEFORE = re.compile("[cif]*h?[HS](?:[-t][HS])?(?=,?I?)|h[NH](?![REAGLKy])")
_TIME_AFTER = re.compile("[,citIfm-]*h?[HS](?:[-t][HS])?|m?,?h[NH](?![REAGLKy])")


_BETWEEN = re.compile(",?[Io]{0,2}")


def _told(kinds: str, time: re.Match[str]) -> bool:
    """Whether a time alone is one: with a word before it, or with its own (2.30 p.m.)."""
    return any(kind in "ciftSh" for kind in time[0]) or kinds[max(0, time.start() - 1)] in "tI"


def _clock(words: _Words) -> Dated | None:
    times = [word for word in words if word.kind in "HSN"]
    read = [_hours(word.text) for word in times]
    if not read or "" in read:
        return None
    none = Written()
    start = min(word.start for word in times)
    start = min([start, *(word.start for word in words if word.kind == "h")])
    last = read[1] if len(read) > 1 else ""
    return Dated(start, times[-1].end, SpanOfTime(none, none, time=read[0], time_end=last))


def _hours(text: str) -> str:
    """`14:30` from 14.30, 14 часов 30 минут or 2:30 p.m.; "" for no time of day."""
    digits = [int(part) for part in re.findall(r"\d+", text)[:2]]
    hour, minute = digits[0], digits[1] if len(digits) > 1 else 0
    half = re.search(r"([ap])\.?m", text)
    if half is not None:
        if not 1 <= hour <= 12:
            return ""
        hour = hour % 12 + (12 if half[1] == "p" else 0)
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return ""
    return f"{hour:02}:{minute:02}"


def _joined(dated: Dated, clock: Dated) -> Dated:
    span = replace(dated.span, time=clock.span.time, time_end=clock.span.time_end)
    start, end = min(dated.start, clock.start), max(dated.end, clock.end)
    return replace(dated, start=start, end=end, span=span)


# --- years from the context -----------------------------------------------------------------


@cache
def _no_context() -> re.Pattern[str]:
    words = data("dates")
    return re.compile(rf"{words['birth_before']}|{words['law_before']}")


def _with_years(found: Sequence[Dated], folded: Folded) -> Iterator[Dated]:
    """Dates without a year take that of the date before them, else of the first after them."""
    named = [(dated.start, year) for dated in found if (year := _lends_year(dated, folded))]
    before = 0
    place = 0
    for dated in found:
        while place < len(named) and named[place][0] < dated.start:
            before = named[place][1]
            place += 1
        span = dated.span
        year = before or (named[0][1] if named else 0)
        lacking = span.first.month and not (span.first.year and span.last.year)
        if lacking and year:
            first, last = span.first.with_year(year), span.last.with_year(year)
            yield replace(dated, span=replace(span, first=first, last=last, implied=True))
        else:
            yield dated


def _lends_year(dated: Dated, folded: Folded) -> int:
    """The year a date gives to later ones: not a birth, not the date of a law."""
    if dated.birth or dated.span.value().get("problem"):
        return 0
    if _no_context().search(folded.lower, max(0, dated.start - 40), dated.start):
        return 0
    return dated.span.last.year


DATES = Extractor("dates", "1", find)
