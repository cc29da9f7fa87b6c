"""Tokens, stems and the language of a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigaq.search import analysis

LETTERS = st.text(
    alphabet=st.sampled_from("аёЕйЁқӘҰı İßabИсаев'’ʼ-_.,\n0129é\u0301\u0308ﬁǅ"), max_size=60
)


@given(LETTERS | st.text(max_size=60))
def test_every_token_stands_where_it_says(text: str) -> None:
    last = 0
    for token in analysis.tokens(text):
        assert last <= token.start < token.end <= len(text)
        assert analysis.fold(text[token.start : token.end]) == token.exact
        assert not any(letter.isspace() for letter in token.exact)
        last = token.end


@given(LETTERS)
def test_streams_have_the_same_positions(text: str) -> None:
    count = len(analysis.tokens(text))
    russian, kazakh = analysis.streams(text, "ru"), analysis.streams(text, "kk")
    assert len(russian.exact.split()) == len(russian.stem.split()) == count
    assert len(kazakh.kk.split()) == count
    assert not russian.kk
    assert not kazakh.stem


@given(LETTERS, st.sets(st.sampled_from(["а", "исаев", "ab", "йе"])))
def test_spans_are_the_wanted_tokens(text: str, wanted: set[str]) -> None:
    slow = [(t.start, t.end) for t in analysis.tokens(text) if t.exact in wanted]
    assert list(analysis.spans(text, tuple(w[0] for w in wanted), wanted.__contains__)) == slow


@pytest.mark.parametrize(
    ("written", "token"),
    [
        ("Ёлка", "елка"),
        ("и\u0306од", "йод"),
        ("O’Neil", "oneil"),
        ("СУДʹИ", "суди"),
        ("Әділет", "әділет"),
    ],
)
def test_folding(written: str, token: str) -> None:
    assert analysis.fold(written) == token


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        ("Суд признал вину доказанной.", "", "ru"),
        ("Сот үкім шығарды, айғақтар зерттелді.", "", "kk"),
        ("The court heard the witness.", "ru", "en"),
        ("Подсудимый Мәлімов К. признан виновным по статье 272 части второй УК.", "", "ru"),
        ("Солай", "kk", "kk"),
        ("Солай", "", "ru"),
        ("", "", "ru"),
        ("272", "en", "en"),
    ],
)
def test_language(text: str, declared: str, language: str) -> None:
    assert analysis.language_of(text, declared) == language


@pytest.mark.parametrize(
    "forms",
    [
        "кітап кітабы кітаптар кітапты кітаптың кітаптарды кітаптарымызды кітабында",
        "айғақ айғақтар айғақтарды айғақты айғағы айғағын",
        "сот соттың сотқа сотта соттан соттар",
        "куәгер куәгердің куәгерлер куәгерлерге",
        "үкім үкімді үкімнің үкімге үкімдер",
    ],
)
def test_kazakh_forms_meet_in_one_stem(forms: str) -> None:
    assert len({analysis.stem_kazakh(form) for form in forms.split()}) == 1


@pytest.mark.parametrize("forms", ["признал признали признан", "доказательство доказательства"])
def test_russian_forms_meet_in_one_stem(forms: str) -> None:
    assert len({analysis.stem(form) for form in forms.split()}) == 1
