"""Persons and their roles: tables in three languages, hard negatives. All people are invented."""

from __future__ import annotations

import pytest

from aigaq.pipeline.extractors.persons import PERSONS

# text, [(raw, role, nominative name)]
PEOPLE = [
    ("Суд допросил свидетеля Лиманова Петра Сергеевича.",
     [("Лиманова Петра Сергеевича", "witness", "Лиманов Пётр Сергеевич")]),
    ("Подсудимый ЛИМАНОВ И.И. встретил К.Мәлімова.",
     [("ЛИМАНОВ И.И.", "defendant", "ЛИМАНОВ И.И."), ("К.Мәлімова", "", "К. Мәлімова")]),
    ("адвокат подсудимого Петров К.К.", [("Петров К.К.", "attorney", "Петров К.К.")]),
    ("адвокат подсудимого Петрова К.К.", [("Петрова К.К.", "defendant", "Петрова К.К.")]),
    ("мать погибшего Айгуль Серикова", [("Айгуль Серикова", "relative", "Айгуль Серикова")]),
    ("мать погибшего Нурлана Серикова", [("Нурлана Серикова", "victim", "Нурлан Сериков")]),
    ("прокурор отдела прокуратуры города Алматы Касымов Б.Н.",
     [("Касымов Б.Н.", "prosecutor", "Касымов Б.Н.")]),
    ("судья Алмалинского районного суда Ахметова А.К.",
     [("Ахметова А.К.", "judge", "Ахметова А.К.")]),
    ("подсудимые Лиманов, Петров и Сидоров",
     [("Лиманов", "defendant", "Лиманов"), ("Петров", "defendant", "Петров"),
      ("Сидоров", "defendant", "Сидоров")]),
    ("Лиманов И.И., адвокат, заявил", [("Лиманов И.И.", "attorney", "Лиманов И.И.")]),
    ("ТЛЕУКАНОВ ЕРЛАН КАНАТОВИЧ, 1985 года рождения",
     [("ТЛЕУКАНОВ ЕРЛАН КАНАТОВИЧ", "", "ТЛЕУКАНОВ ЕРЛАН КАНАТОВИЧ")]),
    ("Сериковым Ерланом Каиратовичем",
     [("Сериковым Ерланом Каиратовичем", "", "Сериков Ерлан Каиратович")]),
    ("Подсудимые: Лиманов Е.С., Беккужин Р.Т.",
     [("Лиманов Е.С.", "defendant", "Лиманов Е.С."),
      ("Беккужин Р.Т.", "defendant", "Беккужин Р.Т.")]),
    ("Лиманова Ермека признать виновным",
     [("Лиманова Ермека", "defendant", "Лиманов Ермек")]),
    ("потерпевший на Сабитова не указал", [("Сабитова", "", "Сабитова")]),
    ("матери Лиманова О.К. под расписку", [("Лиманова О.К.", "", "Лиманова О.К.")]),
    ("Прокурор: Сабитов, где вы были?", [("Сабитов", "", "Сабитов")]),
    # Kazakh
    ("Сотталушы Нұрлан Сейітқали сот залында болды.",
     [("Нұрлан Сейітқали", "defendant", "Нұрлан Сейітқали")]),
    ("куәгерлер Асқар Төлегенов пен Данияр Омаров",
     [("Асқар Төлегенов", "witness", "Асқар Төлегенов"),
      ("Данияр Омаров", "witness", "Данияр Омаров")]),
    ("Серік Болат ұлы мен Айгүл Қанатқызы келді",
     [("Серік Болат ұлы", "", "Серік Болат ұлы"), ("Айгүл Қанатқызы", "", "Айгүл Қанатқызы")]),
    ("сотталушы Қ.Әлімовтің қорғаушысы Ж.Бекенов",
     [("Қ.Әлімовтің", "defendant", "Қ. Әлімов"), ("Ж.Бекенов", "attorney", "Ж. Бекенов")]),
    ("Мемлекеттік айыптаушы А.Ж. Қалиев", [("А.Ж. Қалиев", "prosecutor", "А.Ж. Қалиев")]),
    # English
    ("Judge Carter asked Mr. Smith about Nurlan Bekov.",
     [("Carter", "judge", "Carter"), ("Smith", "", "Smith"),
      ("Nurlan Bekov", "", "Nurlan Bekov")]),
    ("Defendant Dauren Seitkali-uly and attorney Gulnara Omarova were present.",
     [("Dauren Seitkali-uly", "defendant", "Dauren Seitkali-uly"),
      ("Gulnara Omarova", "attorney", "Gulnara Omarova")]),
    ("Nurlan Bekov, the defendant's lawyer, said", [("Nurlan Bekov", "attorney", "Nurlan Bekov")]),
    ("the victim's father, Marat Tulegenov", [("Marat Tulegenov", "relative", "Marat Tulegenov")]),
]  # fmt: skip

NOBODY = [
    "на улице Абая, площадь Аль-Фараби, проспект Сатпаева",
    "Әуезов ауданы, Абай даңғылы, Қонаев көшесі, Сәтбаев атындағы университет",
    "Abay Avenue, Satpayev University, Kalashnikov rifle",
    "автомат Калашникова и пистолет Макарова, имени Сатпаева",
    "Верховный Суд, Алматинская область, Нур-Султан, Министерство внутренних дел",
    "ИМЕНЕМ РЕСПУБЛИКИ КАЗАХСТАН. ПРИГОВОР. УСТАНОВИЛ",
    "судья Медеуского районного суда города Алматы",
    "Қазақстан Республикасы, Қарағандыға, Наурыз мейрамы",
    "In January the Supreme Court of Kazakhstan and the Ministry of Justice",
    "Прокурор спросил подсудимого, а Адвокат молчал.",
]


@pytest.mark.parametrize(("text", "expected"), PEOPLE)
def test_a_person_with_role_and_name(text: str, expected: list[tuple[str, str, str]]) -> None:
    found = PERSONS(text)
    assert [(m.raw, m.role, m.value["name"]) for m in found] == expected
    assert all(text[m.start : m.end] == m.raw for m in found)


@pytest.mark.parametrize("text", NOBODY)
def test_nobody(text: str) -> None:
    assert [mention.raw for mention in PERSONS(text)] == []


def test_a_bare_surname_counts_once_the_text_has_it_in_full() -> None:
    text = "Нұрлан Сейітқали келді. Кейін Сейітқалидың анасы сөйледі."
    assert [mention.raw for mention in PERSONS(text)] == ["Нұрлан Сейітқали", "Сейітқалидың"]


def test_the_parts_of_a_name() -> None:
    (person,) = PERSONS("допрошен Лиманов Пётр Сергеевич")
    assert person.value == {
        "name": "Лиманов Пётр Сергеевич",
        "given": "Пётр",
        "surname": "Лиманов",
        "patronymic": "Сергеевич",
    }


def test_names_do_not_run_over_lines_of_a_list() -> None:
    text = "Лиманов И.И.\nПетров П.П.\nСидоров С.С."
    raws = [mention.raw for mention in PERSONS(text)]
    assert raws == ["Лиманов И.И.", "Петров П.П.", "Сидоров С.С."]


def test_a_speakers_label_names_a_person_in_a_role() -> None:
    text = "Подсудимый Мәлім: Иә.\nСудья: Отырыңыз."
    assert [(m.raw, m.role) for m in PERSONS(text)] == [("Мәлім", "defendant")]
