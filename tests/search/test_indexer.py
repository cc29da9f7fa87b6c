"""Cutting passages into units, names that the extractor missed, dates and articles as tokens."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigaq.archive.model import Mention, MentionKind, Method, Passage, PassageKind
from aigaq.search import articles, days
from aigaq.search.document import SearchDocument
from aigaq.search.indexer import LONGEST_UNIT, documents, fields
from tests.search.corpus import Written, item_of, mentions_of, units_of

PARAGRAPHS = st.lists(st.text("аб \n\t.", max_size=1_500), max_size=6).map("\n\n".join)


@given(PARAGRAPHS, st.lists(st.integers(0, 4_000), max_size=6))
def test_units_are_the_passage_in_order(text: str, edges: list[int]) -> None:
    """Nothing but white space is lost, nothing is told twice, offsets hold."""
    cuts = sorted({edge for edge in edges if edge < len(text)})
    turns = [
        Mention(MentionKind.TURN, start, end, text[start:end], {"speaker": "И"}, "judge")
        for start, end in pairwise(cuts)
    ]
    passage = Passage(3, PassageKind.TEXT, text, Method.PARSED)
    units = list(documents(item_of(Written(text), 1), [passage], {3: turns}))
    at = 0
    for number, unit in enumerate(units):
        assert unit.number == number
        assert unit.passage == 3
        assert text[unit.start : unit.start + len(unit.text)] == unit.text
        assert not text[at : unit.start].strip()
        at = unit.start + len(unit.text)
        assert unit.turn is not None or len(unit.text) <= LONGEST_UNIT
    assert not text[at:].strip()


def test_a_page_is_one_unit_and_an_empty_one_none() -> None:
    pages = [
        Passage(0, PassageKind.PAGE, "а " * 3_000, Method.OCR, page=1),
        Passage(1, PassageKind.PAGE, "", Method.OCR, page=2, problem="unreadable"),
        Passage(2, PassageKind.PAGE, "б", Method.OCR, page=3),
    ]
    units = list(documents(item_of(Written(""), 1), pages, {}))
    assert [(unit.page, unit.number) for unit in units] == [(1, 0), (3, 1)]


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("Вчера Исаев Иван Петрович пришёл.", ["Вчера", "Исаев Иван Петрович"]),
        ("дело К.Мәлімов қарады", ["К.Мәлімов"]),
        ("судья Исаев И.П. и Судья Петров", ["Исаев И.П.", "Петров"]),
        ("от Isaev I. the", ["Isaev I."]),
        ("пришёл Исаев. Потом ушёл", ["Исаев", "Потом"]),
        ("он ИСАЕВ, Петров", ["ИСАЕВ", "Петров"]),
        ("Nariman-uly O’Neil", ["Nariman-uly O’Neil"]),
        ("РК и УК", []),
        ("xИсаев iPhone", []),
        ("один\nИсаев\nПетров", ["Исаев", "Петров"]),
    ],
)
def test_runs_of_capitals_that_may_be_names(text: str, runs: list[str]) -> None:
    found = [name.form for name in units_of(Written(text), 1)[0].names]
    if text.startswith("Вчера"):
        found = [part for form in found for part in _split_adverb(form)]
    assert found == runs


def _split_adverb(form: str) -> list[str]:
    first, _, rest = form.partition(" ")
    return [first, rest] if first == "Вчера" else [form]


@given(st.text("ИсаевIv .-\n'’Қ", max_size=60))
def test_names_stand_where_they_say(text: str) -> None:
    for unit in units_of(Written(text), 1):
        for name in unit.names:
            assert " ".join(unit.text[name.start : name.end].split()) == name.form


def test_a_person_is_confirmed_and_not_told_twice() -> None:
    written = Written("Подсудимый Исаев И.П. и Петров.", persons=[("Исаев И.П.", "defendant")])
    names = units_of(written, 1)[0].names
    assert [(name.form, name.confirmed) for name in names] == [
        ("Исаев И.П.", True),
        ("Петров", False),
    ]


def test_a_document_survives_storing() -> None:
    written = Written(
        "Исаев, ст. 272, 5 января",
        persons=[("Исаев", "defendant")],
        articles=[("272", "CC", "272", "2")],
        dates=[("5 января", "2022-01-05", "2022-01-05")],
    )
    unit = units_of(written, 1)[0]
    assert SearchDocument.from_stored(unit.stored()) == unit
    assert mentions_of(written)


DAYS = st.dates(date(1990, 1, 1), date(2030, 12, 31))


@given(DAYS, st.integers(0, 900), DAYS, st.integers(0, 900))
def test_touching_spans_share_a_token(one: date, length: int, other: date, longer: int) -> None:
    """A range query must find every span that it touches."""
    last = date.fromordinal(one.toordinal() + length)
    end = date.fromordinal(other.toordinal() + longer)
    tokens = days.tokens_of(one, last)
    found = (
        any(other.toordinal() <= day <= end.toordinal() for day in tokens.days)
        or any(days.month_number(other) <= m <= days.month_number(end) for m in tokens.months)
        or any(other.year <= year <= end.year for year in tokens.years)
    )
    if one <= end and other <= last:
        assert found
    elif tokens.days:
        assert not found


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2022", "2022-01-01", "2022-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("05.01.2022", "2022-01-05", "2022-01-05"),
        ("2022-01-05T10:00:00+00:00", "2022-01-05", "2022-01-05"),
        ("12.2021", "2021-12-01", "2021-12-31"),
    ],
)
def test_days_are_read(written: str, first: str, last: str) -> None:
    span = days.parse_days(written)
    assert span is not None
    assert (str(span.first), str(span.last)) == (first, last)


@pytest.mark.parametrize("written", ["", "вчера", "2022-13", "31.02.2022", "2022-1-5-9", "0000"])
def test_what_is_no_date_is_none(written: str) -> None:
    assert days.parse_days(written) is None


@pytest.mark.parametrize(
    ("written", "tokens"),
    [
        ("272", {"272"}),
        ("CC-272-2", {"CC:272:2", "CC:272-2"}),
        ("380-1", {"380:1", "380-1"}),
        ("УК 272", {"CC:272"}),
        ("272 ч.2 УК", {"CC:272:2"}),
        ("ст. 272 ч. 2 УК РК", {"CC:272:2"}),
        ("ст.272 часть 2 п.3 УК", {"CC:272:2:3"}),
        ("п. 2 ч. 1 ст. 35 УПК", {"CPC:35:1:2"}),
        ("ҚР ҚК 272-бабының 2-бөлігі", {"CC:272:2"}),
        ("ҚПК 35-бап 1-бөлік 2-тармақ", {"CPC:35:1:2"}),
        ("Article 35 (3) of the CPC", {"CPC:35:3"}),
        ("Article 272.1", {"272-1"}),
        ("КоАП 434", {"CAO:434"}),
    ],
)
def test_articles_are_read(written: str, tokens: set[str]) -> None:
    parsed = articles.parse_article(written)
    assert parsed is not None
    assert set(parsed.tokens) == tokens


def test_an_article_is_indexed_at_every_depth() -> None:
    assert articles.index_tokens("CC:272:2:3") == {
        "CC:272:2:3", "CC:272:2", "CC:272", "272:2:3", "272:2", "272",
    }  # fmt: skip
    written = Written("ст. 272", articles=[("272", "CC", "272", "2")])
    content = fields(units_of(written, 1)[0])
    assert set(content.keywords["article"]) == {"CC:272:2", "CC:272", "272:2", "272"}
    assert content.facets["article"] == ("CC-272-2",)


def test_an_article_of_a_law_not_named_is_found_by_its_number() -> None:
    assert articles.index_tokens("272:2") == {"272:2", "272"}
    content = fields(units_of(Written("Article 272", articles=[("272", "", "272", "")]), 1)[0])
    assert set(content.keywords["article"]) == {"272"}
