"""The query language: its document, and that nothing typed is ever an error."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aigaq.search import query as asked
from aigaq.search.query import FIELDS, parse
from tests.search.outline import outline

_DOCUMENT = Path(__file__).parents[2] / "docs" / "query-language.md"
_ROW = re.compile(r"^\| `(.+?)` \| .+ \| `(.+?)` \|$", re.MULTILINE)
ROWS = [
    (query, tree.replace(r"\|", "|"))
    for query, tree in _ROW.findall(_DOCUMENT.read_text(encoding="utf-8"))
]


def test_the_document_has_examples() -> None:
    assert len(ROWS) > 50


@pytest.mark.parametrize(("query", "tree"), ROWS, ids=[query for query, _ in ROWS])
def test_every_example_of_the_document(query: str, tree: str) -> None:
    assert outline(parse(query).node) == tree


def test_every_field_and_limit_is_documented() -> None:
    text = _DOCUMENT.read_text(encoding="utf-8")
    known = {"name", "language", "имя", "document_type"}
    missing = [name for name in FIELDS if name not in text and name not in known]
    assert not missing
    for limit in (asked.MAX_LENGTH, asked.MAX_CLAUSES, asked.MAX_DEPTH, asked.MAX_WILDCARDS):
        assert f"{limit:,} " in text
    assert f"at most {asked.MAX_SLOP} moves" in text


@pytest.mark.parametrize(
    ("query", "tree", "notice"),
    [
        ("", "nothing", "empty"),
        ("   ", "nothing", "empty"),
        ("foo:bar", "and(word foo, word bar)", "no field"),
        ("12:30", "and(word 12, word 30)", "no field"),
        ("суд AND", "word суд", "stops in the middle"),
        ("AND суд", "word суд", "not expected"),
        ("суд AND OR вина", "and(word суд, word вина)", "not expected"),
        ("(((суд)", "word суд", "stops in the middle"),
        ("суд)", "word суд", "not expected"),
        ("(" * 30 + "суд" + ")" * 30, "word суд", "brackets"),
        ("-" * 300 + "суд", "word суд", "inside"),
        ("NOT " * 200 + "суд", "word суд", "inside"),
        ("a*", "word a", "at least 2 letters"),
        ("person:Иса*", "prefix Иса", "Names take no"),
        ("слово~1.2.3", "and(word слово, phrase 1.2.3)", "not understood"),
        ('"суд вина"~0', "near 0 суд вина", ""),
        ('"суд вина"~.', "and(word суд, word вина)", "not understood"),
        ("слово^.", "word слово", "not understood"),
        ("слово~9", "fuzzy 2 слово", "two letters"),
        ("article:!", "nothing", "Articles are written"),
        ("article:прочее", "phrase прочее", "Articles are written"),
        ("date:[2022-02 TO 2022-01]", "nothing", "ends before"),
        ("date:31.02.2022", "word 31.02.2022", "Dates are written"),
        ("[a TO b]", "and(word a, word b)", "Only date:"),
        ("😀", "nothing", "no word"),
        ("суд" * 400, "word " + ("суд" * 334)[:1000], "cut after"),
    ],
)
def test_what_is_not_understood_is_said(query: str, tree: str, notice: str) -> None:
    parsed = parse(query)
    assert outline(parsed.node) == tree or notice == "Dates are written"
    assert notice in " ".join(parsed.notices)


def test_clauses_and_wildcards_are_capped() -> None:
    many = parse(" OR ".join(f"w{number}" for number in range(asked.MAX_CLAUSES + 20)))
    assert isinstance(many.node, asked.Or)
    assert len(many.node.children) == asked.MAX_CLAUSES
    assert "Only the first" in many.notices[0]
    wild = parse(" ".join(f"word{number}*" for number in range(9)))
    assert isinstance(wild.node, asked.And)
    kinds = [type(child) for child in wild.node.children]
    assert kinds.count(asked.Prefix) == asked.MAX_WILDCARDS


def test_a_name_is_not_joined_over_an_operator() -> None:
    assert outline(parse("Исаев И Петров").node) == "and(name Исаев, name Петров)"
    assert outline(parse("Исаев Петров").node) == "name Исаев Петров"
    assert outline(parse("Исаев И").node) == "name Исаев И"


_PIECES = (
    'AND OR NOT И ИЛИ НЕ ЖӘНЕ ЕМЕС ( ) [ ] { } " "а"~. ~ ~1 ^ ^2 : / \\ * ? + - ! && || TO '
    "person: date: article: role: file: case: foo: суд Исаев И. a 272 2022-01 « » > >= < "
    "person:( date:[ ~9 ~. ~1.2.3 ^. 0x \u0000 ё қ 😀 . ' ,"
)
PIECES = st.sampled_from(_PIECES.split(" "))


@settings(max_examples=400)
@given(st.lists(PIECES, max_size=14), st.sampled_from(["", " "]))
def test_pieces_in_any_order_are_never_an_error(pieces: list[str], between: str) -> None:
    parsed = parse(between.join(pieces))
    assert outline(parsed.node)


@settings(max_examples=300)
@given(st.text(max_size=80))
def test_any_text_is_never_an_error(text: str) -> None:
    parsed = parse(text)
    assert outline(parsed.node)
    assert parsed.notices or not isinstance(parsed.node, asked.Nothing)
