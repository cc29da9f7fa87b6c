"""Turns of a transcript: labels in three languages, and lines that only look like labels."""

from __future__ import annotations

import pytest

from aigaq.pipeline.extractors.turns import TURNS

LABELS = [
    ("Судья: Прошу всех встать.", "Судья", "judge"),
    ("Подсудимый Сериков Н.Т.: Не согласен.", "Сериков Н.Т.", "defendant"),
    ("[00:12:34] ПРОКУРОР: Возражаю!", "ПРОКУРОР", "prosecutor"),
    ("Адвокат Иванова (по видеосвязи): Ходатайствую.", "Иванова", "attorney"),
    ("Адв. Петров: Прошу приобщить.", "Петров", "attorney"),
    ("Свидетель №2: Не помню.", "Свидетель №2", "witness"),
    ("Голос из зала: Позор!", "Голос из зала", ""),
    ("Мәлімов: Сәлем.", "Мәлімов", ""),
    ("Ж. Әбенова: Мен келіспеймін.", "Ж. Әбенова", ""),
    ("Төраға: Отырыңыз.", "Төраға", "judge"),
    ("Сотталушы Қ. Әлімов: Рақмет.", "Қ. Әлімов", "defendant"),
    ("00:13:01 Сейітқали: Иә, мен көрдім.", "Сейітқали", ""),
    ("**Judge:** Please rise.", "Judge", "judge"),
    ("MR. CARTER: Objection, your honour.", "CARTER", ""),
    ("Defendant Aliyev: I was at home.", "Aliyev", "defendant"),
]

NO_LABELS = [
    "Примечание: запись неполная.",
    "Дата: 05.01.2022",
    "г. Алматы: 5 января",
    "УСТАНОВИЛ: 5 января 2022 года",
    "Ескерту: жазба толық емес.",
    "Note: the recording is incomplete.",
    "Он сказал: пошли домой.",
    "http://example.com/a: b",
    "Решение суда: отказать.",
    "Судья: Ахметов К.С.",
    "Секретарь: Петрова А.А.",
    "Время 10:15 и так далее",
]


@pytest.mark.parametrize(("line", "speaker", "role"), LABELS)
def test_a_label_opens_a_turn(line: str, speaker: str, role: str) -> None:
    (turn,) = TURNS(line)
    assert (turn.raw, turn.value["speaker"], turn.role) == (line, speaker, role)


@pytest.mark.parametrize("line", NO_LABELS)
def test_other_lines_open_none(line: str) -> None:
    assert TURNS(line) == []


def test_a_turn_runs_over_lines_until_the_next_label() -> None:
    text = "Судья: Встаньте.\nКак вас зовут?\n\nСвидетель: Аманов."
    first, second = TURNS(text)
    assert first.raw == "Судья: Встаньте.\nКак вас зовут?"
    assert text[first.value["text_start"] : first.value["text_end"]] == "Встаньте.\nКак вас зовут?"
    assert second.raw == "Свидетель: Аманов."


def test_a_bare_name_keeps_the_role_its_fuller_label_told() -> None:
    text = "Подсудимый Сериков Н.Т.: Да.\nСудья: Садитесь.\nСериков: Спасибо."
    assert [turn.role for turn in TURNS(text)] == ["defendant", "judge", "defendant"]


def test_dashes_mark_speakers_only_where_they_do_throughout() -> None:
    spoken = "Судья — Встать.\nПодсудимый — Добрый день.\nСудья — Садитесь."
    heading = "Председательствующий – Иванов А.А.\nПрокурор – Петров В.В.\nПрокурор – Аманов"
    assert len(TURNS(spoken)) == 3
    assert TURNS(heading) == []


def test_questions_and_answers() -> None:
    assert len(TURNS("Вопрос: Где вы были?\nОтвет: Дома.")) == 2
    assert TURNS("Вопрос: повестка дня") == []
