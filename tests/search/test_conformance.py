"""Both engines answer alike: each as the table says, and like one another on generated corpora."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aigaq.archive.model import Restriction
from aigaq.search.engine import Engine, FacetCount
from aigaq.search.finder import Hit, Results, find
from tests.columns import IndexWith, NewPlace, index_at
from tests.search.conformance import CORPUS, VIEWERS, Question, facets_of, hits_of, questions
from tests.search.corpus import Written

QUESTIONS = list(questions())


@pytest.fixture(scope="module")
def engine(index_with: IndexWith) -> Iterator[Engine]:
    with index_with(CORPUS) as engine:
        yield engine


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_the_table(engine: Engine, question: Question) -> None:
    results = find(
        engine,
        question.query,
        viewer=question.viewer,
        sort=question.sort,
        limit=question.limit,
        breadth=question.breadth,
    )
    assert hits_of(results) == question.hits
    assert results.notice == question.notice
    expected = len(results.hits) if question.total is None else question.total
    assert results.total == expected
    facets = facets_of(results)
    assert {name: facets.get(name, "") for name in question.facets} == question.facets
    assert bool(facets) is bool(question.facets) is bool(results.total)


def test_the_table_is_long_enough_and_asks_nothing_twice() -> None:
    assert len(QUESTIONS) >= 60
    assert len({str(question) for question in QUESTIONS}) == len(QUESTIONS)
    assert {question.how.get("viewer", "owner") for question in QUESTIONS} == set(VIEWERS)


def test_the_cut_of_a_facet_is_by_count_then_by_value(index_with: IndexWith) -> None:
    people = [f"Садыков{chr(ord('а') + number)}" for number in range(25)]
    texts = [
        Written(f"{name} был", (f"QAN-{number:02}",), persons=[(name, "")])
        for number, name in enumerate(people, start=10)
    ]
    with index_with([*texts[::2], *texts[1::2], texts[20], texts[20], texts[24]]) as engine:
        facets = find(engine, "*", viewer=VIEWERS["owner"], limit=1).facets
    tied = [(name, 1) for name in people[:8]]
    assert list(map(_pair, facets["person"])) == [(people[20], 3), (people[24], 2), *tied]
    assert [count for _, count in map(_pair, facets["case"])] == [3, 2, *(8 * [1])]


def _pair(counted: FacetCount) -> tuple[str, int]:
    return counted.value, counted.count


# --- generated corpora and questions ------------------------------------------------------------

WORDS = (
    "суд", "суда", "приговор", "приговора", "вина", "вину", "признал", "признали", "дом", "срок",
    "сот", "айғақ", "айғақтар", "кітап", "court", "judge", "judges", "denied", "trucks", "272",
    "января", "а", "в", "x",
)  # fmt: skip
PEOPLE = (
    "Исаев", "Исаева", "Исаевым", "Issayev", "Иван Исаев", "Исаев И.П.", "Isaev I.", "Садыков",
    "Пётр Садыков", "Айгүл Қожабекова", "Kozhabekova", "Иван", "O'Neil",
)  # fmt: skip
DATES = ("", "2022-01-05", "2022-01-05", "2022-01-07", "2022-01", "2021", "1999-12-31")
CASES = ("QAN-0001", "QAN-0002", "QAN-0003", "QAN-0004", "QAN-0009")
ATOMS = (
    *WORDS, *PEOPLE, "*", "нигде", "issayev", "Исаве", "isaev~", "Садыков~", "признл~", "суд~2",
    "х~", '"суд признал"', '"Иван Исаев"', '"суд вина"~2', '"суд суд"~3', '"вина суд вина"~4',
    '"x x x"~9',
    "при*", "*ов", "с?д", "iss*", "су*а", "person:исаев", "person:Isaev~", "person:Исаве",
    "role:defendant", "role:witness", "article:272", "article:CC-272-2", "case:QAN-0001",
    "case:qan-000?", "kind:pdf", "kind:(docx OR image)", "type:verdict", "lang:kk", "lang:ru",
    "date:2022-01-05", "date:2022", "date:[2022-01-06 TO *]", "date:<2022", "file:*.docx", "file:2",
    "item:ARC-2026-000002",
)  # fmt: skip
SORTS = ("score", "score", "date", "-date", "item")


@st.composite
def written(draw: st.DrawFn) -> Written:
    """A page of words and people, some of whom an extractor found."""
    pieces = draw(st.lists(st.sampled_from((*WORDS, *PEOPLE)), max_size=25))
    between = draw(st.sampled_from((" ", ". ", "\n", ", ")))
    people = sorted({piece for piece in pieces if piece in PEOPLE})
    found = draw(st.lists(st.sampled_from(people), unique=True)) if people else []
    return Written(
        between.join(pieces),
        tuple(draw(st.lists(st.sampled_from(CASES), unique=True, max_size=2))),
        draw(st.sampled_from(("pdf", "docx", "image"))),
        draw(st.sampled_from(("", "verdict", "protocol"))),
        draw(st.sampled_from(DATES)),
        restriction=draw(st.sampled_from((*(4 * [Restriction.OPEN]), *Restriction))),
        persons=[(name, draw(st.sampled_from(("", "defendant", "witness")))) for name in found],
        articles=[("272", "CC", "272", "2")] if "272" in pieces else (),
    )


def _joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(inner, st.sampled_from((" ", " AND ", " OR ", " NOT ", " -")), inner)
    return two.map(lambda parts: f"({''.join(parts)})") | inner.map(lambda one: f"NOT {one}")


@dataclass(frozen=True)
class Asked:
    """One generated question."""

    query: str
    viewer: str
    sort: str
    limit: int


ASKED = st.builds(
    Asked,
    st.recursive(st.sampled_from(ATOMS), _joined, max_leaves=5),
    st.sampled_from(list(VIEWERS)),
    st.sampled_from(SORTS),
    st.sampled_from((3, 20, 20)),
)


def _walked(engine: Engine, asked: Asked) -> tuple[Results, list[Hit]]:
    """The first page, and the hits of all."""
    first = page = _page(engine, asked, None)
    hits = list(page.hits)
    while page.next is not None:
        page = _page(engine, asked, page.next)
        hits += page.hits
    return first, hits


def _page(engine: Engine, asked: Asked, after: str | None) -> Results:
    viewer = VIEWERS[asked.viewer]
    return find(engine, asked.query, viewer=viewer, sort=asked.sort, limit=asked.limit, after=after)


def _same(one: Hit, other: Hit) -> bool:
    """Scores are sums of 32-bit numbers, in an order of the engine's own."""
    return replace(one, score=0) == replace(other, score=0) and one.score == pytest.approx(
        other.score, abs=0.002
    )


@settings(max_examples=12, deadline=None, print_blob=True)
@given(st.lists(written(), min_size=1, max_size=16), st.lists(ASKED, min_size=6, max_size=12))
def test_generated_questions_have_one_answer(
    new_folder_place: NewPlace,
    new_cluster_place: NewPlace,
    pages: list[Written],
    questions: list[Asked],
) -> None:
    with index_at(new_folder_place(), pages) as one, index_at(new_cluster_place(), pages) as other:
        for asked in questions:
            (first, hits), (served, served_hits) = _walked(one, asked), _walked(other, asked)
            assert served.total == first.total == len(hits), asked
            assert served.facets == first.facets, asked
            assert served.notice == first.notice, asked
            assert len(served_hits) == len(hits), asked
            for mine, theirs in zip(hits, served_hits, strict=True):
                assert _same(mine, theirs), asked
