"""A date as honest as the page: a span of days with the precision it was written in."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date

DAY, MONTH, YEAR, RANGE, TIME = "day", "month", "year", "range", "time"


@dataclass(frozen=True, slots=True)
class Written:
    """Day, month and year as written; 0 where not said."""

    year: int = 0
    month: int = 0
    day: int = 0

    def with_year(self, year: int) -> Written:
        """The same with a year where it has none."""
        return self if self.year else replace(self, year=year)

    def problem(self) -> str:
        """Why there is no such date, or "" when there is; a missing year forgives 29 February."""
        if self.month > 12 or (self.day and not self.month):
            return "no such month"
        if self.day:
            longest = calendar.monthrange(self.year or 2000, self.month)[1]
            if self.day > longest:
                return "no such day"
        return ""

    def first(self) -> date:
        """The first day it may mean."""
        return date(self.year, self.month or 1, self.day or 1)

    def last(self) -> date:
        """The last day it may mean."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def without_year(self) -> str:
        """`--01-05` or `--01`, as ISO 8601 writes a day or month of no year."""
        return f"--{self.month:02}" + (f"-{self.day:02}" if self.day else "")

    @property
    def precision(self) -> str:
        return DAY if self.day else MONTH if self.month else YEAR


@dataclass(frozen=True, slots=True)
class SpanOfTime:
    """From a first to a last written date (the same one, but for ranges), with a clock time.

    `problem` says why there are no such days; `implied`: the year was taken from the context.
    """

    first: Written
    last: Written
    time: str = ""
    time_end: str = ""
    problem: str = ""
    implied: bool = False
    ambiguous: bool = False

    def value(self) -> dict[str, object]:
        """The value of a date mention, as docs/extractors.md gives it."""
        ranged = self.first != self.last
        precision = TIME if self.time else RANGE if ranged else self.first.precision
        value: dict[str, object] = {"precision": precision}
        problem = self.problem or self.first.problem() or self.last.problem()
        dated = bool(self.first.month or self.first.year)
        if not problem and dated and not (self.first.year and self.last.year):
            problem = "year unknown"
            value["day"] = self.first.without_year()
            if ranged:
                value["day_end"] = self.last.without_year()
        elif not problem and dated and self.first.first() > self.last.last():
            problem = "ends before it begins"
        if problem:
            value["problem"] = problem
        elif dated:
            value["start"] = self.first.first().isoformat()
            value["end"] = self.last.last().isoformat()
        for name in ("time", "time_end"):
            if said := getattr(self, name):
                value[name] = said
        for name in ("implied", "ambiguous"):
            if getattr(self, name):
                value[name] = True
        return value
