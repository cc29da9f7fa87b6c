"""Days as numbers, and the tokens by which a range of days is found.

A span in a text may be a day, a month or a year, and must be found by any range that touches it
without being taken for more precise than it is. A short span is indexed as its days, a longer one
as its months, a long one as its years; a range query asks all three fields.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:T.*)?")
_POINTS = re.compile(r"(?:(\d{1,2})\.)?(\d{1,2})\.(\d{4})")

MOST_DAYS = 31
"""A span up to so many days is indexed as days."""
MOST_MONTHS = 24
"""A span up to so many months is indexed as months, a longer one as years."""


@dataclass(frozen=True, slots=True)
class Days:
    """A range of days, both included; None is open. At least one end is set."""

    first: date | None
    last: date | None

    @classmethod
    def spanning(
        cls, low: Days | None, high: Days | None, include_low: bool, include_high: bool
    ) -> Days | None:
        """From `low` to `high`, whole spans; None when that is empty."""
        first = low and (low.first if include_low else _next_day(low.last))
        last = high and (high.last if include_high else _day_before(high.first))
        if first and last and last < first:
            return None
        return cls(first or None, last or None)


def _next_day(day: date | None) -> date | None:
    return date.fromordinal(day.toordinal() + 1) if day and day < date.max else day


def _day_before(day: date | None) -> date | None:
    return date.fromordinal(day.toordinal() - 1) if day and day > date.min else day


def parse_days(written: str) -> Days | None:
    """`2022`, `2022-01`, `2022-01-05`, `05.01.2022`, `01.2022`; None for anything else."""
    if found := _ISO.fullmatch(written.strip()):
        year, month, day = found.groups()
    elif found := _POINTS.fullmatch(written.strip()):
        day, month, year = found.groups()
    else:
        return None
    try:
        first = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    return Days(first, _end_of(first, month, day))


def _end_of(first: date, month: str | None, day: str | None) -> date:
    if day is not None:
        return first
    if month is not None:
        return first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return first.replace(month=12, day=31)


@dataclass(frozen=True, slots=True)
class DayTokens:
    """Numbers to index: days as proleptic ordinals, months as 12*year+month-1, years."""

    days: frozenset[int]
    months: frozenset[int]
    years: frozenset[int]


def month_number(day: date) -> int:
    """Months since year 0."""
    return day.year * 12 + day.month - 1


def tokens_of(first: date, last: date) -> DayTokens:
    """How a span in a text is indexed."""
    if (last - first).days < MOST_DAYS and not _whole_month(first, last):
        days = range(first.toordinal(), last.toordinal() + 1)
        return DayTokens(frozenset(days), frozenset(), frozenset())
    if month_number(last) - month_number(first) < MOST_MONTHS and not _whole_year(first, last):
        months = range(month_number(first), month_number(last) + 1)
        return DayTokens(frozenset(), frozenset(months), frozenset())
    return DayTokens(frozenset(), frozenset(), frozenset(range(first.year, last.year + 1)))


def _whole_month(first: date, last: date) -> bool:
    return first.day == 1 and last == _end_of(first, "month", None)


def _whole_year(first: date, last: date) -> bool:
    return (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)
