"""The invented people of the sample stories, in the three languages.

Every name here is made up. One record holds the full nominative form in each language and the
other spellings under which the same person appears in the files.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """`ru`, `kk`: surname, given name, patronymic; `en`: given name and surname."""

    id: str
    ru: str
    kk: str
    en: str
    also: tuple[str, ...] = ()

    def name(self, language: str) -> str:
        """The full nominative form in `ru`, `kk` or `en`."""
        return {"ru": self.ru, "kk": self.kk, "en": self.en}[language]


_EVERYONE = (
    Person(
        "isaev",
        "Исаев Олжабай Кенжетаевич",
        "Исаев Олжабай Кенжетайұлы",
        "Olzhabay Issayev",
        ("ИСАЕВ О.К.", "О.К. Исаев", "Исаевтың", "Исаевым", "Oljabai Isaev", "O. K. Issayev"),
    ),
    Person(
        "zhumagulova",
        "Жумагулова Айсулу Толегеновна",
        "Жұмағұлова Айсұлу Төлегенқызы",
        "Aisulu Zhumagulova",
        ("Жумагуловой А.Т.", "Жұмағұлованың", "Aysulu Jumagulova"),
    ),
    Person(
        "kairbekov",
        "Каирбеков Нурдаулет Ганиевич",
        "Қайырбеков Нұрдәулет Ғаниұлы",
        "Nurdaulet Kairbekov",
        ("Каирбекову", "Nurdaulet Qaiyrbekov", "N. Kairbekov"),
    ),
    Person(
        "shchukin",
        "Щукин Родион Аркадьевич",
        "Щукин Родион Аркадьевич",
        "Rodion Shchukin",
        ("Щукина Р.А.", "Schukin"),
    ),
    Person(
        "umirbaeva",
        "Умирбаева Гульжазира Ибраевна",
        "Өмірбаева Гүлжазира Ыбырайқызы",
        "Gulzhazira Omirbayeva",
        ("Умирбаевой Г.И.", "Өмірбаеваның", "Г. Өмірбаева"),
    ),
    Person(
        "khamzin",
        "Хамзин Ергазы Хашимович",
        "Хамзин Ерғазы Һашимұлы",
        "Yergazy Khamzin",
        ("Хамзина", "Хамзинге", "Y. Khamzin"),
    ),
    Person(
        "turlybaeva",
        "Турлыбаева Сания Кайсановна",
        "Тұрлыбаева Сәния Қайсанқызы",
        "Saniya Turlybayeva",
    ),
    Person(
        "bekmaganbetov",
        "Бекмаганбетов Габит Шакенович",
        "Бекмағанбетов Ғабит Шәкенұлы",
        "Gabit Bekmaganbetov",
    ),
    Person(
        "akhmediyarov",
        "Ахмедьяров Тельжан Болатович",
        "Ахмедияров Телжан Болатұлы",
        "Telzhan Akhmediyarov",
    ),
    Person(
        "rakhimzhanova",
        "Рахимжанова Динара Есентаевна",
        "Рахымжанова Динара Есентайқызы",
        "Dinara Rakhimzhanova",
    ),
    Person(
        "lazarenko",
        "Лазаренко Глеб Остапович",
        "Лазаренко Глеб Остапович",
        "Gleb Lazarenko",
    ),
    Person(
        "kozhabergenov",
        "Кожабергенов Аскар Тлеулесович",
        "Қожабергенов Асқар Тілеулесұлы",
        "Askar Kozhabergenov",
    ),
    Person(
        "sabitov",
        "Сабитов Куаныш Мейрамович",
        "Сәбитов Қуаныш Мейрамұлы",
        "Kuanysh Sabitov",
    ),
    Person(
        "lyubimova",
        "Любимова Вера Игнатьевна",
        "Любимова Вера Игнатьевна",
        "Vera Lyubimova",
    ),
    Person(
        "dosmukhamedova",
        "Досмухамедова Лейла Орынбековна",
        "Досмұхамедова Ләйлә Орынбекқызы",
        "Leila Dosmukhamedova",
    ),
    Person("tskhai", "Цхай Эльвира Робертовна", "Цхай Эльвира Робертовна", "Elvira Tskhai"),
    Person("wexcombe", "Уэкскомб Харриет", "Уэкскомб Харриет", "Harriet Wexcombe"),
)

PEOPLE = {person.id: person for person in _EVERYONE}
