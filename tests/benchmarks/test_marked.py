"""The hand-checked sets: how their marks are read, and that every file keeps to the form."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from benchmarks.extraction.marked import (
    KINDS,
    LANGUAGES,
    LAWS,
    NUMBERS,
    ROLES,
    SETS,
    Case,
    Turn,
    load,
)
from samples.marked import Mark

FILES = sorted(SETS.glob("*/*.txt"))
NAMES = {"development", "locked", "hearings_development", "hearings_locked"}

JANUARY_5 = {"start": "2022-01-05", "end": "2022-01-05"}
ARTICLE_35 = {"law": "CPC", "article": "35", "part": None}
MARKS = [
    ("p", "person", "", {"name": "Исаева О.К."}),
    ("p judge", "person", "judge", {"name": "Исаева О.К."}),
    ("p = Исаев О.К.", "person", "", {"name": "Исаев О.К."}),
    ("p defendant = Исаев О.К.", "person", "defendant", {"name": "Исаев О.К."}),
    ("a CPC 35", "article", "", {**ARTICLE_35, "point": None}),
    ("a CPC 35 - 11", "article", "", {**ARTICLE_35, "point": "11"}),
    ("a CPC 35 2-1", "article", "", {**ARTICLE_35, "part": "2-1", "point": None}),
    ("a CPC 35 ~", "article", "", {**ARTICLE_35, "point": None, "implied": True}),
    ("a - 35", "article", "", {**ARTICLE_35, "law": "", "point": None}),
    (
        "a ICCPR 14 3 d",
        "article",
        "",
        {"law": "ICCPR", "article": "14", "part": "3", "point": "d"},
    ),
    ("d 2022-01-05", "date", "", {**JANUARY_5, "precision": "day"}),
    ("d 2022-01-05 ~", "date", "", {**JANUARY_5, "precision": "day", "implied": True}),
    (
        "d 2022-02",
        "date",
        "",
        {"start": "2022-02-01", "end": "2022-02-28", "precision": "month"},
    ),
    (
        "d 2022-01-05T22:40-23:10",
        "date",
        "",
        {**JANUARY_5, "precision": "time", "time": "22:40", "time_end": "23:10"},
    ),
    ("d T22:40", "date", "", {"precision": "time", "time": "22:40"}),
    (
        "d 2022-01-05..2022-01-06",
        "date",
        "",
        {"start": "2022-01-05", "end": "2022-01-06", "precision": "range"},
    ),
    ("d --02-29", "date", "", {"problem": "year unknown", "day": "--02-29"}),
    (
        "d --01-05..--01-06",
        "date",
        "",
        {"problem": "year unknown", "day": "--01-05", "day_end": "--01-06"},
    ),
    ("d !", "date", "", {"problem": "impossible"}),
    ("n case 1/147", "case_number", "", {"type": "case", "number": "1/147"}),
    ("n letter ЖТ-2", "case_number", "", {"type": "letter", "number": "ЖТ-2"}),
    ("c", "court", "", {"name": "Исаева О.К."}),
    ("l", "place", "", {"name": "Исаева О.К."}),
    ("o", "org", "", {"name": "Исаева О.К."}),
    ("x", "trap", "", {}),
]
WRONG_MARKS = [
    *("", "q", "x y", "c 2", "p boss", "p judge Исаев", "p =", "n case", "n law 3", "n case 1 2"),
    *("a", "a XX 272", "a CC", "a CC 272 1 2 3", "a CC 272;", "a CC 272 | 2"),
    *("d", "d ~", "d 5 января", "d 2022-13", "d 2022-02-30", "d 2022-01-06..2022-01-05"),
    *("d 2022..06", "d T25:00", "d --02-30", "d --1-5"),
]
WRONG_FILES = [
    ("", "no cases"),
    ("# 1 short\nтекст", "not the head of a case: '# 1 short'"),
    ("# 001\nтекст", "not the head of a case"),
    ("# 001 one\nтекст\n\nтекст", "not the head of a case: 'текст'"),
    ("# 001 one\nтекст\n\n# 001 two\nтекст", "two cases have the number 001"),
    ("# 001 one", "case 001: no text"),
    ("# 001 one\nтекст ", "case 001: not a line of text"),
    ("# 001 one\n# 002 two\nтекст", "case 001: not a line of text"),
    ("# 001 one\n{Исаев|p", "case 001: a mark that is not closed: '{Исаев|p'"),
    ("# 001 one\n{Исаев |p}", "case 001: unknown mark 'p' on 'Исаев '"),
    ("# 001 one\nбело\u0438\u0306", "case 001: the text is not NFC"),
    ("# 007 one\n{Исаев|p boss}", "case 007: 'p boss' on 'Исаев': not a role"),
    ("# 001 one\n{часть|u}", "case 001: 'u' on 'часть': a military unit has one number"),
]
WRONG_TURNS = [
    ("@boss Шеф: Да", "not a role"),
    ("@judge  Судья: Да", "not a turn"),
    ("@Судья: Да", "not a turn"),
    ("@judge Судья Да", "no label"),
    ("@+ Да", "nobody spoke before"),
    ("@judge Судья: Да\nперерыв\n@+ Да", "nobody spoke before"),
    ("@judge:Исаев Судья: Да", "the name of the speaker is not in the label"),
]
LABELS = [
    ("@judge Судья: Да", ("judge", "", "Судья", "Да")),
    ("@- Голос из зала — Да", ("", "", "Голос из зала", "Да")),
    ("@judge:Цой Е.К. Судья {Цой Е.К.|p judge}: Да", ("judge", "Цой Е.К.", "Судья Цой Е.К.", "Да")),
    ("@judge:Цой {Цой|p} (судья) : Да", ("judge", "Цой", "Цой (судья)", "Да")),
    ("@witness:Цой Олег Цой Олег: Да", ("witness", "Цой Олег", "Цой Олег", "Да")),
    ("@judge:Исаев {Исаевтың|p = Исаев} сөзі: Иә", ("judge", "Исаев", "Исаевтың сөзі", "Иә")),
    ("@judge {[00:01:12]|x} Судья: Да", ("judge", "", "Судья", "Да")),
    ("@judge {10:05|d T10:05} — Судья: В {11|d T11:00}", ("judge", "", "Судья", "В 11")),
    ("@judge Судья:\n@+ Да", ("judge", "", "Судья", "Да")),
    ("@judge:Цой {Цой|p}: Я {Олег Ты-\n@+ нов|p}", ("judge", "Цой", "Цой", "Я Олег Ты-\nнов")),
]


def read(tmp_path: Path, content: str, name: str = "locked.txt") -> tuple[Case, ...]:
    (tmp_path / name).write_text(content, "utf-8")
    return load(tmp_path / name)


def turns_of(tmp_path: Path, lines: str) -> tuple[str, tuple[Turn, ...]]:
    (case,) = read(tmp_path, f"# 001 hearing\n{lines}", "hearings_locked.txt")
    return case.text, case.turns


@pytest.mark.parametrize(("written", "kind", "role", "value"), MARKS, ids=[m[0] for m in MARKS])
def test_a_mark_says_kind_role_and_value(
    tmp_path: Path, written: str, kind: str, role: str, value: dict[str, object]
) -> None:
    (case,) = read(tmp_path, f"# 001 one\nот {{Исаева О.К.|{written}}} и")
    assert case.text == "от Исаева О.К. и"
    assert case.marks == (Mark(kind, 3, 14, "Исаева О.К.", (value,), role),)


def test_every_item_of_a_span_has_its_value(tmp_path: Path) -> None:
    (case,) = read(tmp_path, "# 001 one\n{ст. 272 ч. 2, 380 УК|a CC 272 2; CC 380 ~}")
    (mark,) = case.marks
    assert [value["article"] for value in mark.values] == ["272", "380"]
    assert ["implied" in value for value in mark.values] == [False, True]


def test_a_unit_has_the_number_in_its_words(tmp_path: Path) -> None:
    (case,) = read(tmp_path, "# 001 one\n{в/ч № 5571|u}")
    assert case.marks[0].values == ({"number": "5571"},)


def test_cases_are_parted_by_empty_lines(tmp_path: Path) -> None:
    first, second = read(tmp_path, "# 001 one\nпервый\n@дом\n\n\n# 013 two: NFD\nи\u0306\n")
    assert (first.number, first.about, first.text) == (1, "one", "первый\n@дом")
    assert (second.number, second.about, second.text) == (13, "two: NFD", "и\u0306")


@pytest.mark.parametrize("written", WRONG_MARKS)
def test_a_wrong_mark_is_refused(tmp_path: Path, written: str) -> None:
    with pytest.raises(ValueError, match=r"locked\.txt, case 004: .*Исаева"):
        read(tmp_path, f"# 004 one\n{{Исаева|{written}}}")


@pytest.mark.parametrize(("content", "problem"), WRONG_FILES)
def test_a_wrong_file_is_refused(tmp_path: Path, content: str, problem: str) -> None:
    with pytest.raises(ValueError, match=re.escape(problem)) as caught:
        read(tmp_path, content)
    assert str(tmp_path / "locked.txt") in str(caught.value)


@pytest.mark.parametrize(("line", "expected"), LABELS)
def test_a_turn_has_label_speaker_and_words(
    tmp_path: Path, line: str, expected: tuple[str, str, str, str]
) -> None:
    text, (turn,) = turns_of(tmp_path, f"Протокол\n{line}\nПерерыв")
    assert text[turn.start : turn.end] == text.removeprefix("Протокол\n").removesuffix("\nПерерыв")
    said = text[turn.text_start : turn.end]
    assert (turn.role, turn.speaker, turn.label, said) == expected


def test_a_turn_goes_on_until_the_next_or_a_line_of_the_record(tmp_path: Path) -> None:
    lines = "@judge Судья: Раз,\n@+ два.\n@attorney:Цой Адвокат {Цой|p attorney}: Три.\n(шум)"
    text, turns = turns_of(tmp_path, lines)
    assert [text[turn.start : turn.end] for turn in turns] == [
        "Судья: Раз,\nдва.",
        "Адвокат Цой: Три.",
    ]


@pytest.mark.parametrize(("lines", "problem"), WRONG_TURNS)
def test_a_wrong_turn_is_refused(tmp_path: Path, lines: str, problem: str) -> None:
    with pytest.raises(ValueError, match=f"hearings_locked.txt, case 001: .*{problem}"):
        turns_of(tmp_path, lines)


@pytest.mark.parametrize("file", FILES, ids=[f"{file.parent.name}/{file.stem}" for file in FILES])
def test_every_set_keeps_to_the_form(file: Path) -> None:
    assert file.parent.name in LANGUAGES
    assert file.stem in NAMES
    for case in load(file):
        for mark in case.marks:
            assert case.text[mark.start : mark.end] == mark.raw
            assert mark.kind in KINDS
            assert mark.role in ("", *ROLES)
            if mark.kind == "article":
                assert {value["law"] for value in mark.values} <= {"", *LAWS}
            if mark.kind == "case_number":
                assert mark.values[0]["type"] in NUMBERS
        assert all(turn.role in ("", *ROLES) for turn in case.turns)
        for before, after in itertools.pairwise(case.turns):
            assert before.text_start <= before.end < after.start
        assert bool(case.turns) == file.stem.startswith("hearings_")
