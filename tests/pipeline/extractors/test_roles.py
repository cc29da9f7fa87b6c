"""Role words are looked up by their first letter; nothing may be lost by that."""

from __future__ import annotations

import re

import pytest

from aigaq.pipeline.extractors.lexicon import any_of, data
from aigaq.pipeline.extractors.roles import first_letters, role_words

ALPHABET = "абвгдеёжзийклмнопрстуфхцчшщэюяәғқңөұүһіabcdefghijklmnopqrstuvwxyz"
FORMS = [
    (form, role)
    for role, words in data("roles").items()
    for language in ("ru", "kk", "en")
    for form in words[language]
]


@pytest.mark.parametrize(("form", "role"), FORMS)
def test_a_form_is_filed_under_every_letter_it_can_begin_with(form: str, role: str) -> None:
    letters = first_letters(f"(?:{any_of([form])})")
    others = set(ALPHABET) - letters
    text = re.sub(r"\(\?:|[()?*|\\.]|\{\d,\d\}|\[[^]]*\]", " ", form)
    for word in text.split():
        beginning = re.match(rf"(?:{form})", word)
        assert beginning is None or not beginning[0] or word[0] not in others


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("представитель потерпевшего", ["relative"]),
        ("сотталушының анасы", ["defendant", "relative"]),
        ("state public prosecutor", ["prosecutor"]),
        ("co-defendant", ["defendant"]),
        ("судебно-медицинский эксперт", ["expert"]),
        ("mr. x, presiding judge", ["", "judge"]),
        ("бессудный приговор", []),
    ],
)
def test_role_words(text: str, roles: list[str]) -> None:
    assert [word.role for word in role_words(text, 0, len(text))] == roles
