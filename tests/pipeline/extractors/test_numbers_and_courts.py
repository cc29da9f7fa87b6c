"""Case numbers, courts and military units, with their look-alikes."""

from __future__ import annotations

import pytest

from aigaq.pipeline.extractors.case_numbers import CASE_NUMBERS
from aigaq.pipeline.extractors.courts import COURTS

NUMBERS = [
    ("№ 7594-22-00-1/123", "7594-22-00-1/123", "case"),
    ("1-45/2022", "1-45/2022", "case"),
    ("дело № 217500121000035", "217500121000035", "register"),
    ("№7527-21-00-3/1 іс", "7527-21-00-3/1", "case"),
    ("case No. 1-123/22", "1-123/22", "case"),
    ("Қылмыстық іс № 7594-22-00-1к/12", "7594-22-00-1к/12", "case"),
    ("апелляция № 2к-45/2021", "2к-45/2021", "case"),
    ("исх. № 12-3/456 от 05.01.2022", "12-3/456", "letter"),
]

NO_NUMBERS = [
    "Закон РК от 5 июля 2014 года № 235-V",
    "приказ № 123, школа № 45, суд № 2",
    "тел. 8-701-123-45-67",
    "в/ч № 5571, дом 12/2022",
    "A/HRC/50/1, резолюция № 60/147",
    "05-01-2022, 12.05.2021",
]

COURT_NAMES = [
    "Алмалинский районный суд № 2 г. Алматы",
    "Специализированный межрайонный суд по уголовным делам г. Алматы",
    "Верховный Суд Республики Казахстан",
    "Алматы қаласының қылмыстық істер жөніндегі мамандандырылған ауданаралық соты",
    "Алмалы аудандық соты",
    "Almaly District Court of Almaty",
    "Specialized Inter-District Criminal Court of Almaty",
]


@pytest.mark.parametrize(("text", "number", "kind"), NUMBERS)
def test_a_case_number(text: str, number: str, kind: str) -> None:
    (mention,) = CASE_NUMBERS(text)
    assert mention.value == {"number": number, "type": kind}


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_look_alikes_of_case_numbers(text: str) -> None:
    assert CASE_NUMBERS(text) == []


@pytest.mark.parametrize("name", COURT_NAMES)
def test_a_court_by_its_whole_name(name: str) -> None:
    (mention,) = COURTS(f"решил {name}, а")
    assert mention.raw == name


@pytest.mark.parametrize("text", ["районный суд решил", "the district court", "аудандық сот"])
def test_a_court_of_no_name_is_none(text: str) -> None:
    assert COURTS(text) == []


@pytest.mark.parametrize("text", ["войсковая часть 5571", "в/ч № 5571", "5571 әскери бөлімі"])
def test_a_military_unit(text: str) -> None:
    (mention,) = COURTS(text)
    assert (mention.kind, mention.value) == ("unit", {"number": "5571"})
