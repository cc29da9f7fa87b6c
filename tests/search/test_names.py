"""Names across scripts, cases and initials: reasons, and the figures on the tables."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigaq.search import names
from aigaq.search.names import Breadth, Reason
from tests.search.evaluation import evaluate, groups


@pytest.mark.parametrize(
    ("asked", "found", "reason"),
    [
        ("Исаев", "ИСАЕВ", Reason.SAME),
        ("Исаев", "Исаев И.П.", Reason.SAME),
        ("Исаев", "Исаева", Reason.INFLECTED),
        ("Исаев", "Исаевым", Reason.INFLECTED),
        ("Исаев", "Исаевқа", Reason.INFLECTED),
        ("Алия", "Алией", Reason.INFLECTED),
        ("Мария", "Марии", Reason.INFLECTED),
        ("Исаев", "Isaev", Reason.SCRIPT),
        ("Исаев", "Isayev", Reason.SCRIPT),
        ("Isaev", "Исаева", Reason.SCRIPT),
        ("Исаев", "Issayev", Reason.TRANSLITERATION),
        ("Isaev", "Issayev", Reason.TRANSLITERATION),
        ("Қасенов", "Касенов", Reason.TRANSLITERATION),
        ("Жұмабаев", "Jumabaev", Reason.TRANSLITERATION),
        ("Иван Исаев", "Исаев И.П.", Reason.INITIALS),
        ("Isaev I.", "Иван Исаев", Reason.INITIALS),
        ("Юрий Исаев", "Isaev Yu.", Reason.INITIALS),
        ("Марат Нурлан", "Марат Н.", Reason.INITIALS),
        ("Иван Исаев", "Ваня Исаев", Reason.SHORT),
        ("Михаил Исаев", "Michael Isaev", Reason.SHORT),
        ("Иван Исаев", "Исаев", Reason.SURNAME),
        ("Isaev I.", "Исаев", Reason.SURNAME),
        ("Исаев", "Исаве", Reason.TYPO),
        ("Кудайбергенов", "Кудайбегренов", Reason.TYPO),
        # letters that OCR takes for others
        ("Қоңыров", "Коныров", Reason.TRANSLITERATION),
        ("Соколов", "С0колов", Reason.SAME),
        ("Исаев", "Иcaeв", Reason.SAME),
    ],
)
def test_reason(asked: str, found: str, reason: Reason) -> None:
    match = names.compare(asked, found)
    assert match is not None
    assert match.reason is reason


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Исаев", "Исаков"),
        ("Иван Исаев", "Пётр Исаев"),
        ("Иван Исаев", "Иван Петров"),
        ("Иван Исаев", "Иван"),
        ("Isaev I.", "Пётр Исаев"),
        ("Исаев И.", "Исаев К."),
        ("Исаев Иван Петрович", "Исаев Иван Олегович"),
        ("Исаев И.О.", "Исаев Иван Петрович"),
        ("Лев Садыков", "Лев"),
        ("Исаев", "Суд"),
        ("Исаев", ""),
        ("И.", "И."),
    ],
)
def test_no_match(asked: str, found: str) -> None:
    assert names.compare(asked, found) is None


def test_a_stranger_among_unconfirmed_words_does_not_contradict() -> None:
    assert names.compare("Иван Исаев", "Суд Исаев") is None
    loose = names.compare("Иван Исаев", "Суд Исаев", loose=True)
    assert loose is not None
    assert names.compare("Иван Исаев", "Пётр Исаев", loose=True) is None


def test_tables_are_large_enough() -> None:
    assert len(groups("development")) + len(groups("locked")) >= 40


@pytest.mark.parametrize("table", ["development", "locked"])
def test_recall_and_precision(table: str) -> None:
    score = evaluate(table)
    assert score.recall >= 0.95
    assert score.precision >= 0.95


def _slips(word: str, chance: random.Random) -> str:
    """One letter lost, doubled by another, or swapped with its neighbour."""
    at = chance.randrange(1, len(word) - 1)
    kind = chance.randrange(3)
    if kind == 0:
        return word[:at] + word[at + 1 :]
    if kind == 1:
        return word[:at] + chance.choice("аеилнорст") + word[at + 1 :]
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def test_a_slip_of_the_finger_is_found_at_broad() -> None:
    chance = random.Random(5)
    surnames = [group[0].split()[0] for group in groups("development") + groups("locked")]
    found = total = 0
    for surname in surnames:
        for _ in range(20):
            slip = _slips(surname, chance)
            match = names.compare(slip, surname)
            keyed = names.lookup_keys(slip, Breadth.BROAD) & names.form_keys(surname)
            found += match is not None and bool(keyed)
            total += 1
    assert found / total >= 0.95


WORDS = st.text(alphabet="аеёиқңғұaeikgzhyjх'ʼ.- ИIЖ0", max_size=24)


@given(WORDS)
def test_any_text_has_keys_and_is_itself(text: str) -> None:
    found = names.keys(text)
    assert "" not in found.k3
    match = names.compare(text, text)
    assert (match is None) is (not names.parse(text).words)
    assert match is None or match.reason is Reason.SAME


@given(st.sampled_from([s for g in groups("development") for s in g]), WORDS)
def test_what_matches_at_similar_breadth_shares_a_key(asked: str, found: str) -> None:
    """Otherwise the index would hide what the comparison allows."""
    for one, other in ((asked, found), (found, asked)):
        match = names.compare(one, other)
        if match and match.within(Breadth.SIMILAR) and match.reason is not Reason.SHORT:
            assert names.lookup_keys(one) & names.form_keys(other)
