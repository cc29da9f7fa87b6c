"""Finding as a person sees it: who may see what, why a hit is one, and where."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aigaq.archive.access import Viewer
from aigaq.archive.model import Mention, MentionKind, Restriction
from aigaq.search import analysis
from aigaq.search.engine import Engine
from aigaq.search.finder import Results, find
from aigaq.search.spelling import letter_distance
from tests.columns import IndexWith
from tests.search.corpus import Written, accession, index_of, item_of

OWNER = Viewer.owner()
VERDICT = "Подсудимый Исаев И.П. признан виновным по ст. 272 ч. 2 УК РК. Суд признал вину."
TEXTS = [
    Written(
        VERDICT,
        cases=("QAN-0001",),
        date="2022-11-30",
        persons=[("Исаев И.П.", "defendant")],
        articles=[("272", "CC", "272", "2")],
        numbers=(),
    ),
    Written("The court heard Issayev. His lawyer denied guilt.", ("QAN-0002",), "docx"),
    Written("Сот Исаевқа сөз берді. Айғақтар зерттелді, кітаптарды қарады.", ("QAN-0002",)),
    Written(
        "5 января 2022 года Исаевой звонили. Потерпевший Пётр Садыков молчал.",
        ("QAN-0003",),
        persons=[("Пётр Садыков", "victim")],
        dates=[("5 января 2022 года", "2022-01-05", "2022-01-05")],
    ),
    Written(
        "В феврале 2022 года дело 1-123/2022 передано. ИСАЕВ отсутствовал.",
        ("QAN-0003",),
        "image",
        numbers=["1-123/2022"],
        dates=[("феврале 2022 года", "2022-02-01", "2022-02-28")],
    ),
    Written(
        "Тайный свидетель Исаев говорил о вине.",
        ("QAN-0009",),
        restriction=Restriction.SEALED,
        persons=[("Исаев", "witness")],
    ),
    Written("Закрытое заседание: Исаев Т.", ("QAN-0004",), restriction=Restriction.RESTRICTED),
]


@pytest.fixture(scope="module")
def engine(index_with: IndexWith) -> Iterator[Engine]:
    with index_with(TEXTS) as engine:
        yield engine


def _items(results: Results) -> set[int]:
    return {int(hit.item[9:]) for hit in results.hits}


@pytest.mark.parametrize(
    ("query", "items"),
    [
        *[
            (name, {1, 2, 3, 4, 5, 7})
            for name in ("Исаев", "Исаева", "Issayev", "ИСАЕВ", "Исаевқа", "Isaev", "person:isaev")
        ],
        ("Isaev I.", {1, 2, 3, 4, 5}),
        ("Иван Исаев", {1, 2, 3, 4, 5}),
        ("person:исаев", {1, 2, 3, 4, 5, 7}),
        ("issayev", {1, 2}),
        ("Исаев AND role:defendant", {1}),
        ("role:потерпевший", {4}),
        ("article:272", {1}),
        ('article:"272 ч.2 УК"', {1}),
        ("article:CC-272-2", {1}),
        ("article:CC-272-3", set()),
        ("article:CPC-272", set()),
        ("case:qan-0002", {2, 3}),
        ("case:1-123/2022", {5}),
        ("case:QAN-000?", {1, 2, 3, 4, 5, 7}),
        ("kind:image", {5}),
        ("lang:kk", {3}),
        ("lang:английский", {2}),
        ("type:verdict", {1, 2, 3, 4, 5, 7}),
        ("date:2022-01-05", {4}),
        ("date:2022-01", {4}),
        ("date:2022-02-14", {5}),
        ("date:[2022-01-01 TO 2022-03-01]", {4, 5}),
        ("date:2022", {1, 4, 5}),
        ("date:>2022-06", {1}),
        ("file:*.docx", {2}),
        ("file:file", {1, 2, 3, 4, 5, 7}),
        ("item:arc-2026-000003", {3}),
        ("признали", {1}),
        ("кітап", {3}),
        ("айғақ", {3}),
        ('"суд признал"', {1}),
        ('"Petr Sadykov"', {4}),
        ('"Пётр Садыков"', {4}),
        ('"Садыков Пётр"', set()),
        ('"Петра Садыкова"', {4}),
        ('"признал суд"', set()),
        ('"вина суд"~3', {1}),
        ("виновн*", {1}),
        ("вин?вным", {1}),
        ("виновнм~1", {1}),
        ("NOT Исаев", set()),
        ("* NOT kind:pdf", {2, 5}),
        ("суд OR court", {1, 2}),
        ("Пётр Исаев", {2, 3, 4, 5}),
        ("*", {1, 2, 3, 4, 5, 7}),
    ],
)
def test_what_is_found(engine: Engine, query: str, items: set[int]) -> None:
    results = find(engine, query, viewer=OWNER)
    assert _items(results) == items
    assert results.total == len(items)


@pytest.mark.parametrize(
    ("query", "item", "why"),
    [
        ("Исаев", 2, "Issayev — other transliteration of Исаев"),
        ("Исаев", 1, "Исаев И.П. — same spelling of Исаев"),
        ("Исаев", 3, "Исаевқа — inflected form of Исаев"),
        ("Иван Исаев", 1, "Исаев И.П. — initials of Иван Исаев"),
        ("Иван Исаев", 5, "ИСАЕВ — only the surname of Иван Исаев"),
        ("признали AND role:defendant", 1, "“признан”, “признал”; role: defendant"),
        ("article:CC-272-2", 1, "article: CC-272-2"),
        ("date:2022-02-14", 5, "date: 2022-02-14"),
    ],
)
def test_every_hit_says_why(engine: Engine, query: str, item: int, why: str) -> None:
    hits = {int(hit.item[9:]): hit for hit in find(engine, query, viewer=OWNER).hits}
    assert hits[item].why == why


def test_a_given_name_does_not_find_surnames_made_of_it(index_with: IndexWith) -> None:
    texts = ["Пришёл Иванов.", "Пришла Иванова.", "Вошёл Иван.", "у Ивана"]
    with index_with(texts) as engine:
        assert _items(find(engine, "Иван", viewer=OWNER)) == {3, 4}
        assert _items(find(engine, "Иванов", viewer=OWNER)) == {1, 2}


def test_a_slip_is_found_with_a_notice_when_nothing_else_is(engine: Engine) -> None:
    results = find(engine, "person:Исаве", viewer=OWNER)
    assert results.total == 6
    assert "likely slips" in results.notice
    assert "likely typo" in results.hits[0].why
    assert find(engine, "person:Исаве OR court", viewer=OWNER).total == 1


def test_plain_words_of_bad_syntax_need_not_all_be_there(engine: Engine) -> None:
    results = find(engine, '"court нигде', viewer=OWNER)
    assert _items(results) == {2}
    assert "these have some" in results.notice


SEALED_CASE = Viewer("s", "lawyer", cases=frozenset(), sealed=frozenset({"QAN-0009"}))


@pytest.mark.parametrize(
    ("viewer", "hidden"),
    [
        (OWNER, {6}),
        (Viewer("a", "lawyer"), {6, 7}),
        (Viewer("a", "lawyer", cases=frozenset({"QAN-0004"})), {6}),
        (Viewer("a", "lawyer", cases=frozenset({"QAN-0009", "QAN-0001"})), {6, 7}),
        (SEALED_CASE, {7}),
        (Viewer("s", "lawyer", cases=None, sealed=frozenset({accession(6)})), set()),
    ],
)
def test_what_a_viewer_may_not_see_leaves_no_trace(
    engine: Engine, viewer: Viewer, hidden: set[int]
) -> None:
    shown = set(range(1, 8)) - hidden
    assert {
        number
        for number, written in enumerate(TEXTS, start=1)
        if viewer.may_see(item_of(written, number))
    } == shown
    for query in ("*", "Исаев", "NOT нигде", "date:[* TO *] OR *"):
        results = find(engine, query, viewer=viewer)
        assert _items(results) == shown
        assert results.total == len(shown)
        assert sum(count.count for count in results.facets["kind"]) == len(shown)
        cases = {count.value for count in results.facets["case"]}
        assert cases == {case for number in shown for case in TEXTS[number - 1].cases}
        persons = {count.value for count in results.facets["person"]}
        assert ("Исаев" in persons) is (6 not in hidden)


def test_a_sealed_name_is_not_even_hinted_at(index_with: IndexWith) -> None:
    sealed = Written(
        "Свидетель Қожабеков.",
        restriction=Restriction.SEALED,
        persons=[("Қожабеков", "witness")],
    )
    with index_with([sealed, "Суд."]) as engine:
        for query in ("Қожабеков", "Кожабекав", "person:Kozhabekov~", "speaker:Кожабеков", "қожа*"):
            results = find(engine, query, viewer=OWNER)
            assert results.total == 0
            assert not results.notice
            assert not any(results.facets.values())


def test_facets_count_what_was_found(engine: Engine) -> None:
    facets = find(engine, "Исаев", viewer=OWNER, limit=1).facets
    assert [(count.value, count.count) for count in facets["kind"]] == [
        ("pdf", 4),
        ("docx", 1),
        ("image", 1),
    ]
    assert [(count.value, count.count) for count in facets["year"]] == [("2022", 3)]
    assert [(count.value, count.count) for count in facets["article"]] == [("CC-272-2", 1)]
    assert {count.value for count in facets["person"]} == {"Исаев И.П.", "Пётр Садыков"}
    assert [(count.value, count.count) for count in facets["language"]] == [
        ("ru", 4),
        ("en", 1),
        ("kk", 1),
    ]


def test_facets_come_with_the_first_page_only(engine: Engine) -> None:
    first = find(engine, "Исаев", viewer=OWNER, limit=2)
    assert first.next is not None
    second = find(engine, "Исаев", viewer=OWNER, limit=2, after=first.next)
    assert not second.facets
    assert second.total == first.total == 6
    assert not _items(first) & _items(second)


def test_what_a_speaker_said(index_with: IndexWith) -> None:
    text = "Заголовок\nСудья: Встаньте.\nИсаев: Я не виноват.\nПетров: Исаев был дома."
    turns = []
    for label, role in (("Судья", "judge"), ("Исаев", "defendant"), ("Петров", "witness")):
        start = text.index(f"{label}:")
        end = text.find("\n", start) + 1 or len(text)
        value = {"speaker": label, "label": label}
        turns.append(Mention(MentionKind.TURN, start, end, text[start:end], value, role))
    with index_with([Written(text, extra=turns)]) as engine:
        said = find(engine, "speaker:Isaev", viewer=OWNER)
        assert [(hit.speaker, hit.turn) for hit in said.hits] == [("Исаев", 2)]
        assert said.hits[0].why == "speaker Исаев — other script of Isaev"
        assert find(engine, "speaker:Петров AND Исаев", viewer=OWNER).total == 1
        assert find(engine, "role:judge", viewer=OWNER).hits[0].text == "Судья: Встаньте.\n"
        for hit in find(engine, "*", viewer=OWNER).hits:
            assert text[hit.start :].startswith(hit.text)


_WORDS = "Исаев Исаевым Issayev суд Суда признал признали приговор кітаптар «кітап» O'Neil ёлка 272"
_PIECES = (
    'Исаев суд AND OR NOT ( ) [ ] " ~ ~1 * ? + - / \\ : person: date: article: file: role: case: '
    "speaker: lang: item: kind: type: призн* *ов \u0301 \u02bc ß? İ* 272 2022-01 TO . 's |*. {?а"
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(_PIECES.split()), max_size=8), st.sampled_from(["", " "]))
def test_nothing_a_person_types_is_an_error(
    engine: Engine, pieces: list[str], between: str
) -> None:
    results = find(engine, between.join(pieces), viewer=OWNER)
    assert results.total >= len(results.hits)


WORDS = st.sampled_from(_WORDS.split())
QUERIES = st.sampled_from(
    [
        "Исаев", "суд", "признал", '"суд признал"', '"суд приговор"~2', "при*", "пр?знал",
        "признал~1", "кітап", "person:Isaev", "O’Neil", "елка NOT 272", "суд OR ИСАЕВ",
    ]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@example(["приговор", "суд", "приговор"], " ", '"суд приговор"~2')
@given(st.lists(WORDS, min_size=1, max_size=12), st.sampled_from([" ", "\n", ", "]), QUERIES)
def test_highlights_are_what_matched(
    tmp_path_factory: pytest.TempPathFactory, words: list[str], between: str, query: str
) -> None:
    engine = index_of(tmp_path_factory.mktemp("marks"), [between.join(words)])
    for hit in find(engine, query, viewer=OWNER).hits:
        assert hit.text == between.join(words)
        assert hit.highlights
        last = 0
        for mark in hit.highlights:
            assert last <= mark.start < mark.end <= len(hit.text)
            last = mark.end
            assert _answers(hit.text[mark.start : mark.end], query)
    engine.close()


def _answers(marked: str, query: str) -> bool:
    """Whether the words of a mark could have been meant by the query, said in another way."""
    found = [token.exact for token in analysis.tokens(marked)]
    asked = [token.exact for token in analysis.tokens(query)]
    if "~1" in query:
        return letter_distance(found[0], "признал") <= 1 or "призна" in found[0]
    if '"' in query:
        stems = {analysis.stem(word) for word in found}
        return {analysis.stem(word) for word in asked if not word.isdigit()} <= stems
    head = "иi" if "sa" in query.casefold() or "иса" in query.casefold() else ""
    return any(word[0] in head or word[:2] in {each[:2] for each in asked} for word in found)
