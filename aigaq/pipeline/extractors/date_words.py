"""The words and numbers of dates, and the runs in which they stand side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from aigaq.pipeline.extractors.folding import Folded
from aigaq.pipeline.extractors.lexicon import any_of, data
from aigaq.pipeline.extractors.numerals import Numeral, joins, number, numeral, numeral_pattern

#: The year a two-digit year is taken to follow: 30 is 2030, 31 is 1931.
_PIVOT = 30


@dataclass(frozen=True, slots=True)
class Word:
    """One token of a date.

    `kind` is one letter, so that a run of words can be matched by patterns over letters:
    N day number, W spoken day, Y year, Z year that needs no further word, y year word, X whole
    numeric date, R E K A G L month (Russian, English, Kazakh plain, ablative, genitive, locative),
    m "month", - dash, `,` comma, & and, f from, t to, a onto, o of, n night, q "night onto",
    i I prepositions (ru, en), V decade, c time cue, h hour word, H time, S time that needs no cue.
    """

    kind: str
    start: int
    end: int
    text: str
    value: int = 0


_NUMERIC = (
    r"(?P<X>(?<![\d./#])(?:"
    r"\d{4}-\d{2}-\d{2}(?:[t ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:z\b|[+-]\d{2}:?\d{2})?)?"
    r"|\d{4}[./]\d{2}[./]\d{2}"
    r"|(?:\d{1,2}[-–])?\d{1,2}\.[ ]?\d{1,2}\.[ ]?\d{4}|\d{1,2}/\d{1,2}/\d{4}|\d{1,2}-\d{2}-\d{4}"
    r"|\d{2}\.\d{2}\.\d{2}"
    r"|\d{1,2}-(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}-\d{2}(?:\d{2})?"
    r")(?![\d/]|[.-]\d|:\d))"
)
_TIME = (
    r"(?P<S>\b\d{1,2}(?:[:.]\d{2})?[ ]?[ap]\.?m\b\.?"
    r"|(?<![\d.:])\d{1,2}[:.]\d{2}-?(?:да|де|та|те|дан|ден|тан|тен)\b)"
    r"|(?P<H>(?<![\d.:,/-])(?:\d{1,2}:\d{2}(?::\d{2})?(?![\d:])(?:[ ]?(?:час(?:ов|а)?|ч\b\.?))?"
    r"|\d{1,2}\.\d{2}(?![\d.])(?:[ ]?(?:час(?:ов|а)?|ч\b\.?|h\b))?"
    r"|\d{1,2}-\d{2}[ ]?(?:час(?:ов|а)?|ч\b\.?)"
    r"|\d{1,2}[ ]?(?:час(?:ов|а|у|ам)?|ч\b\.?|сағат)"
    r"(?:[ \n]?\d{1,2}[ \n]?(?:минут[аыу]?|мин\b\.?))?)"
    r"(?:-?(?:да|де|та|те|дан|ден|тан|тен|ға|ге|қа|ке)\b)?)"
)
_DAY_ENDING = (
    r"(?:-?(?:о?го|о?е|ому|му|st|nd|rd|th|[ыі]?нш[ыі]|ш[ыі]|(?:с?[іы])?"
    r"(?:н?(?:да|де)|нан|нен|дан|ден|тан|тен|на|не|ға|ге)|с?[іы])\b)?"
)
_YEAR = r"(?:19|20)\d{2}"


@cache
def _pattern() -> re.Pattern[str]:
    words = data("dates")
    return re.compile("|".join([_NUMERIC, _TIME, *_word_groups(words)]))


def _word_groups(words: Any) -> list[str]:
    kazakh = any_of(words["months"]["kk"].values())
    endings = words["kk_endings"]
    named = {
        "n": words["night"],
        "q": words["night_onto"],
        "f": words["from"],
        "t": words["to"],
        "a": words["onto"],
        "i": words["in_ru"],
        "I": words["in_en"],
        "h": words["hour_words"],
        "c": words["time_cues"],
        "o": words["of"],
        "and": words["joins"],
        "m": words["month_words"],
    }
    return [
        rf"(?P<R>\b(?:{any_of(words['months']['ru'].values())})(?![^\W\d_]))",
        rf"(?P<E>\b(?:{any_of(words['months']['en'].values())})(?![^\W\d_]))",
        rf"(?P<A>\b(?:{kazakh}){endings['ablative']}(?![^\W_]))",
        rf"(?P<G>\b(?:{kazakh}){endings['genitive']}(?![^\W_]))",
        rf"(?P<L>\b(?:{kazakh}){endings['locative']}(?![^\W_]))",
        rf"(?P<K>\b(?:{kazakh}){endings['other']}(?![^\W_]))",
        rf"(?P<Y>(?<![\d.,/№:]){_YEAR}(?![\d/:]|[.,]\d)(?P<own>-?(?:го|му|м|й|х)\b|s\b)?)",
        rf"(?P<y>г\.?[ ]?р\b\.?|(?:{any_of(words['year_words'])})(?![^\W\d_])"
        rf"(?:[ ]?{words['birth']})?)",
        rf"(?P<N>(?:[«\"][ ]?)?(?<![\d№/])(?<!\d[.,:])\d{{1,2}}(?![\d/%]|[.:,]\d)"
        rf"(?:[ ]?[»\"])?{_DAY_ENDING})",
        rf"(?P<word>\b(?:{numeral_pattern()})(?![^\W\d_]))",
        *(rf"(?P<{kind}>\b(?:{any_of(known)})\b)" for kind, known in named.items()),
        r"(?P<dash>[-–—])|(?P<comma>,)",
    ]


@cache
def _months() -> tuple[tuple[re.Pattern[str], int], ...]:
    known = data("dates")["months"]
    return tuple(
        (re.compile(form.replace(r"\b", "")), month)
        for language in ("ru", "kk", "en")
        for month, form in known[language].items()
    )


@cache
def month_number(text: str) -> int:
    """The month (1-12) that a matched month word names; 0 for no month."""
    best = max(
        ((match.end(), month) for form, month in _months() if (match := form.match(text))),
        default=(0, 0),
    )
    return best[1]


@cache
def _birth() -> re.Pattern[str]:
    return re.compile(data("dates")["birth"])


def full_year(short: int) -> int:
    """A two-digit year in full."""
    return short + (2000 if short <= _PIVOT else 1900)


def date_runs(folded: Folded) -> Iterator[list[Word]]:
    """Words of dates that stand side by side, where they name a month, a year or a time."""
    run: list[Word] = []
    end = 0
    for word in _words(folded):
        gap = folded.lower[end : word.start]
        if run and (gap.strip(" \n") or gap.count("\n") > 1):
            yield from _spoken_joined(run)
            run = []
        run.append(word)
        end = word.end
    yield from _spoken_joined(run)


def _spoken_joined(run: Sequence[Word]) -> Iterator[list[Word]]:
    """The run with spoken numbers put together, if there is anything in it to date."""
    if not any(word.kind in "XREAGLKYZVHSh" or word.value >= 1000 for word in run):
        return
    joined: list[Word] = []
    place = 0
    while place < len(run):
        if run[place].kind != "w":
            joined.append(run[place])
            place += 1
            continue
        numerals: list[Numeral] = []
        first = place
        while place < len(run) and run[place].kind == "w":
            found = numeral(run[place].text)
            if found is None or not joins(numerals, found):
                break
            numerals.append(found)
            place += 1
        joined.append(_spoken(run[first], run[place - 1], numerals))
    yield joined


def _spoken(first: Word, last: Word, numerals: Sequence[Numeral]) -> Word:
    value, ordinal = number(numerals), numerals[-1].ordinal
    kind = "Y" if 1900 <= value <= 2099 and ordinal else "W" if ordinal and value <= 31 else "?"
    return Word(kind, first.start, last.end, first.text, value)


def _words(folded: Folded) -> Iterator[Word]:
    lower = folded.lower
    for match in _pattern().finditer(lower):
        kind = match.lastgroup or ""
        text, start, end = match[0], match.start(), match.end()
        if kind in "REAGLK":
            if kind == "E" and not folded.plain[start].isupper():
                kind = "?"  # may, march and august are words of other kinds too
            yield Word(kind, start, end, text, month_number(text))
        elif kind == "N":
            yield _day_word(match)
        elif kind == "Y":
            decade = text[-1] in "хs" and text[3] == "0"
            kind = "V" if decade else "Z" if match["own"] else "Y"
            yield Word(kind, start, end, text, int(text[:4]))
        elif kind == "y":
            yield Word("y", start, end, text, 1 if _birth().search(text) else 0)
        elif kind == "word":
            found = numeral(text)
            yield Word("w", start, end, text, 0 if found is None else found.value)
        else:
            short = {"dash": "-", "comma": ",", "and": "&"}.get(kind, kind)
            yield Word(short, start, end, text)


def _day_word(match: re.Match[str]) -> Word:
    """A day number; quotes are its own only in pairs, and so are blanks."""
    text, start, end = match[0], match.start(), match.end()
    quoted = text[0] in '«"'
    if quoted and not re.search(r"[»\"]", text[1:]):
        lead = len(text) - len(text.lstrip('«" '))
        text, start = text[lead:], start + lead
    elif not quoted:
        lead = len(text) - len(text.lstrip(" "))
        text, start = text[lead:], start + lead
        stray = re.search(r"[ ]?[»\"].*$|[ ]+$", text)
        if stray:
            text, end = text[: stray.start()], start + stray.start()
    digits = re.search(r"\d+", text)
    return Word("N", start, end, text, int(digits[0]) if digits else 0)
