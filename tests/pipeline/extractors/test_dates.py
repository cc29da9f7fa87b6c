"""Dates and clock times: tables in three languages, look-alikes, years from the context."""

from __future__ import annotations

import pytest

from aigaq.pipeline.extractors.dates import DATES

DAYS = [
    ("05.01.2022", "2022-01-05"),
    ("5 января 2022 года", "2022-01-05"),
    ("«05» января 2022 г.", "2022-01-05"),
    ("пятого января две тысячи двадцать второго года", "2022-01-05"),
    ("5 января 22 года", "2022-01-05"),
    ("05.01.22", "2022-01-05"),
    ("2022 жылғы 5 қаңтарда", "2022-01-05"),
    ("2022 ж. 5 қаңтар", "2022-01-05"),
    ("2022 жылғы қаңтардың 5-інде", "2022-01-05"),
    ("5 қаңтар 2022 жыл", "2022-01-05"),
    ("бесінші қаңтарда 2022 жылы", "2022-01-05"),
    ("5 January 2022", "2022-01-05"),
    ("January 5th, 2022", "2022-01-05"),
    ("Jan. 5, 2022", "2022-01-05"),
    ("fifth of January 2022", "2022-01-05"),
    ("5th day of January 2022", "2022-01-05"),
    ("5-Jan-22", "2022-01-05"),
    ("2022-01-05", "2022-01-05"),
    ("29.02.2024", "2024-02-29"),
]

SPANS = [
    ("5-6 января 2022", "range", "2022-01-05", "2022-01-06"),
    ("с 5 по 7 января 2022 года", "range", "2022-01-05", "2022-01-07"),
    ("с 31 декабря 2021 года по 5 января 2022 года", "range", "2021-12-31", "2022-01-05"),
    ("с 30 декабря по 2 января 2022 года", "range", "2021-12-30", "2022-01-02"),
    ("05-07.01.2022", "range", "2022-01-05", "2022-01-07"),
    ("с 05.01.2022 по 07.01.2022", "range", "2022-01-05", "2022-01-07"),
    ("в ночь с 5 на 6 января 2022 года", "range", "2022-01-05", "2022-01-06"),
    ("в ночь на 6 января 2022 года", "range", "2022-01-05", "2022-01-06"),
    ("2022 жылғы 5-7 қаңтар", "range", "2022-01-05", "2022-01-07"),
    ("2022 жылғы 5 қаңтардан 7 қаңтарға", "range", "2022-01-05", "2022-01-07"),
    ("9-10 April 2022", "range", "2022-04-09", "2022-04-10"),
    ("from January 5 to January 7, 2022", "range", "2022-01-05", "2022-01-07"),
    ("between 4 and 6 January 2022", "range", "2022-01-04", "2022-01-06"),
    ("январе 2022 года", "month", "2022-01-01", "2022-01-31"),
    ("2022 жылдың қаңтарында", "month", "2022-01-01", "2022-01-31"),
    ("January 2022", "month", "2022-01-01", "2022-01-31"),
    ("с января по март 2022 года", "range", "2022-01-01", "2022-03-31"),
    ("2022 год", "year", "2022-01-01", "2022-12-31"),
    ("2022 жылы", "year", "2022-01-01", "2022-12-31"),
    ("1985 года рождения", "year", "1985-01-01", "1985-12-31"),
    ("2019-2021 гг.", "range", "2019-01-01", "2021-12-31"),
]

TIMES = [
    ("5 января 2022 года в 14:30", "2022-01-05", "14:30"),
    ("5 января 2022 года около 14 часов 30 минут", "2022-01-05", "14:30"),
    ("5 May 2022 at 2.30 p.m.", "2022-05-05", "14:30"),
    ("11:45 p.m. on 5 January 2022", "2022-01-05", "23:45"),
    ("2022 жылғы 4 қаңтар күні сағат 15:00-де", "2022-01-04", "15:00"),
    ("2022-01-05T14:30:00Z", "2022-01-05", "14:30"),
]

NONE = [
    "192.168.1.10",
    "версия 1.2.2022",
    "№ 226-V ЗРК",
    "тел. 8.701.123.45",
    "7594-22-00-1/123",
    "1 234 567 тенге, 12.34 процента",
    "ст. 272.1 ч. 2",
    "срок 5 лет 6 месяцев",
    "He may march on the august body",
    "[00:12:34] Судья",
    "A/HRC/50/1",
]


@pytest.mark.parametrize(("text", "day"), DAYS)
def test_a_day(text: str, day: str) -> None:
    (mention,) = DATES(f"({text})")
    assert mention.raw == text
    assert mention.value == {"precision": "day", "start": day, "end": day}


@pytest.mark.parametrize(("text", "precision", "start", "end"), SPANS)
def test_a_span_is_as_precise_as_written(text: str, precision: str, start: str, end: str) -> None:
    (mention,) = DATES(text)
    assert mention.raw == text
    assert mention.value == {"precision": precision, "start": start, "end": end}


@pytest.mark.parametrize(("text", "day", "time"), TIMES)
def test_a_clock_time_beside_its_day(text: str, day: str, time: str) -> None:
    (mention,) = DATES(text)
    assert mention.raw == text
    assert mention.value == {"precision": "time", "start": day, "end": day, "time": time}


@pytest.mark.parametrize("text", NONE)
def test_look_alikes(text: str) -> None:
    assert DATES(text) == []


@pytest.mark.parametrize("text", ["31.02.2022", "32 января 2022", "30 ақпан 2022 жыл"])
def test_an_impossible_day_is_reported_not_mended(text: str) -> None:
    (mention,) = DATES(text)
    assert mention.value == {"precision": "day", "problem": "no such day"}


def test_a_list_of_days_is_a_date_each() -> None:
    found = [(m.raw, m.value["start"]) for m in DATES("5, 6 и 7 января 2022 года")]
    assert found == [
        ("5", "2022-01-05"),
        ("6", "2022-01-06"),
        ("7 января 2022 года", "2022-01-07"),
    ]


def test_a_missing_year_comes_from_the_date_before_and_is_marked() -> None:
    text = "Суд 6 февраля 2022 года установил: 5 января он ушёл, родился 7 марта 1985 г.р., а 8 мая"
    values = [dict(mention.value) for mention in DATES(text)]
    assert values[1] == {
        "precision": "day", "start": "2022-01-05", "end": "2022-01-05", "implied": True,
    }  # fmt: skip
    assert values[-1]["start"] == "2022-05-08", "a year of birth is no context"


def test_without_any_year_nothing_is_guessed() -> None:
    (mention,) = DATES("5 января он ушёл")
    assert mention.value == {"precision": "day", "day": "--01-05", "problem": "year unknown"}


def test_a_slashed_date_that_can_be_read_both_ways_says_so() -> None:
    (mention,) = DATES("01/05/2022")
    assert mention.value["ambiguous"] is True


@pytest.mark.parametrize(("text", "time"), [("в 16:20", "16:20"), ("сағат 14.30-да", "14:30")])
def test_a_clock_time_alone_has_no_day(text: str, time: str) -> None:
    (mention,) = DATES(text)
    assert mention.value == {"precision": "time", "time": time}
