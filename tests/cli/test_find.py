"""`find`: what a lawyer reads, what a program reads, and what a sealed item never gives away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigaq.cli.reasons import REASONS
from aigaq.cli.snippet import snippet
from aigaq.search.names import Reason
from tests.cli import shapes
from tests.cli.conftest import TEXT, Run, Small


def test_a_hit_says_where_it_is_what_was_found_and_why(run: Run, indexed: Small) -> None:
    told = run("--home", indexed.home, "find", "Issayev")
    assert told.code == 0
    assert told.out.splitlines() == [
        "1 hit",
        "",
        f"{indexed.verdict}  page 1  QAN-0042  verdict.txt",
        f"  {TEXT.replace('Исаев Ерлан', '[Исаев Ерлан]')}",
        "  Исаев Ерлан — other transliteration of Issayev",
    ]


def test_the_answer_for_programs(run: Run, indexed: Small) -> None:
    answer = run("--home", indexed.home, "find", "Исаев AND role:defendant", "--json").json
    found = shapes.FindAnswer.model_validate(answer)
    assert found.total == 1
    hit = found.hits[0]
    assert (hit.item, hit.cases, hit.page) == (indexed.verdict, ["QAN-0042"], 1)
    assert [hit.text[start:end] for start, end in hit.highlights] == ["Исаев Ерлан"]
    assert found.facets["case"] == [shapes.FacetCount(value="QAN-0042", count=1)]


def test_facets_are_counted_when_asked_for(run: Run, indexed: Small) -> None:
    told = run("--home", indexed.home, "find", "Исаев", "--facets")
    assert "Counted" in told.out
    assert any(line.startswith("case") and "QAN-0042 (1)" in line for line in told.out.splitlines())
    assert "Counted" not in run("--home", indexed.home, "find", "Исаев").out


def test_sealed_text_is_searched_only_when_unsealed(run: Run, indexed: Small) -> None:
    for query in ("Исаев", "Свидетель", "*", f"item:{indexed.sealed}"):
        for form in ([], ["--json"], ["--facets"]):
            told = run("--home", indexed.home, "find", query, *form)
            assert indexed.sealed not in told.out
            assert "Ахметова" not in told.out
            assert "ушёл" not in told.out
    for grant in (indexed.sealed, "QAN-0042"):
        told = run("--home", indexed.home, "find", "Свидетель", "--unseal", grant)
        assert indexed.sealed in told.out


@pytest.mark.parametrize("query", ["Исаев", "(Исаев AND", 'Исаев"', "Исаев OR Петров", "Исаев \\"])
def test_a_case_narrows_any_query_however_it_is_written(
    query: str, run: Run, indexed: Small
) -> None:
    inside = run("--home", indexed.home, "find", query, "--case", "QAN-0042", "--json")
    assert inside.json["total"] == 1
    outside = run("--home", indexed.home, "find", query, "--case", "QAN-9", "--json")
    assert outside.json["total"] == 0


def test_bad_syntax_gives_hits_and_a_notice(run: Run, indexed: Small) -> None:
    told = run("--home", indexed.home, "find", "(Исаев AND", "--json")
    found = shapes.FindAnswer.model_validate(told.json)
    assert (told.code, found.total) == (0, 1)
    assert found.notice
    assert found.notice in run("--home", indexed.home, "find", "(Исаев AND").out


def test_the_next_page_is_a_line_to_type(run: Run, indexed: Small) -> None:
    told = run(
        *("--home", indexed.home, "find", "*", "--limit", "1", "--unseal", "QAN-0042"),
        *("--sort", "item"),
    )
    more = next(line for line in told.out.splitlines() if line.startswith("More: "))
    words = more.removeprefix("More: aigaq ").replace("'", "").split()
    second = run(*words, "--json")
    found = shapes.FindAnswer.model_validate(second.json)
    assert [hit.item for hit in found.hits] == [indexed.verdict]
    token = run("--home", indexed.home, "find", "*", "--after", words[-1])
    assert token.code == 2, "a token of another sort is refused"


def test_without_an_index_the_error_says_what_to_type(run: Run, small: Small) -> None:
    told = run("--home", small.home, "find", "x")
    assert told.code == 1
    assert "aigaq reindex" in told.err


def test_every_reason_of_a_match_is_in_the_catalogs() -> None:
    assert set(REASONS) == {str(reason) for reason in Reason}


def test_why_is_told_in_the_readers_language(run: Run, indexed: Small) -> None:
    told = run("--home", indexed.home, "--language", "ru", "find", "Issayev")
    assert "1 результат" in told.out
    assert "стр. 1" in told.out
    assert "of Issayev" not in told.out


# --- the text around a hit ------------------------------------------------------------------------


def joined(text: str, marks: list[tuple[int, int]], length: int) -> str:
    return "".join(
        f"[{piece.text}]" if piece.marked else piece.text for piece in snippet(text, marks, length)
    )


SNIPPETS = [
    ("one two three", [(4, 7)], 100, "one [two] three"),
    ("one\n\n two\tthree", [], 100, "one two three"),
    ("", [], 100, ""),
    ("alpha beta gamma delta", [(0, 5)], 12, "[alpha] beta…"),
    ("x" * 100 + " found " + "y" * 100, [(101, 106)], 40, "…[found]…"),
    (
        "a " * 60 + "found here",
        [(120, 125)],
        40,
        "…" + "a " * 29 + "[found]…",
    ),
    ("one two", [(0, 3), (4, 7)], 100, "[one] [two]"),
    ("one \n two", [(0, 4)], 100, "[one ]two"),
    ("a mark longer than the window", [(0, 29)], 5, "[a mark longer than the window]"),
]


@pytest.mark.parametrize(("text", "marks", "length", "expected"), SNIPPETS)
def test_a_snippet_shows_the_mark_and_what_stands_around(
    text: str, marks: list[tuple[int, int]], length: int, expected: str
) -> None:
    assert joined(text, marks, length) == expected


@given(st.text(max_size=600), st.data())
def test_a_snippet_is_short_one_line_and_true(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 50)))
    pieces = snippet(text, [(start, end)] if end > start else [], 100)
    shown = "".join(piece.text for piece in pieces)
    assert len(shown) <= 60 + 100 + 50 + 2
    assert "\n" not in shown
    blanks = " ".join(text.split())
    assert shown.strip("…").strip() in f" {blanks} "
    marked = ["".join(piece.text.split()) for piece in pieces if piece.marked]
    assert marked == (["".join(text[start:end].split())] if end > start else [])
