"""Marks in texts: where they stand and what they say."""

from __future__ import annotations

import pytest

from samples.marked import TEXTS, load, paragraph, unmark

DAY = {"start": "2022-01-05", "end": "2022-01-05", "precision": "day"}

DATES = [
    ("2022-01-05", DAY),
    ("2022-01-05~", {**DAY, "implied": True}),
    ("2022-01-05T22:40", {**DAY, "precision": "time", "time": "22:40"}),
    ("2022-02", {"start": "2022-02-01", "end": "2022-02-28", "precision": "month"}),
    ("1976", {"start": "1976-01-01", "end": "1976-12-31", "precision": "year"}),
    (
        "2022-01-05T02:10-03:30",
        {**DAY, "precision": "time", "time": "02:10", "time_end": "03:30"},
    ),
    ("T22:40", {"precision": "time", "time": "22:40"}),
    (
        "2022-01-05..2022-01-06",
        {"start": "2022-01-05", "end": "2022-01-06", "precision": "range"},
    ),
]


@pytest.mark.parametrize(("written", "value"), DATES, ids=[written for written, _ in DATES])
def test_a_date_is_as_precise_as_it_is_written(written: str, value: dict[str, object]) -> None:
    _, (mark,) = unmark(f"от {{тогда|d {written}}} года", "ru")
    assert mark.values == (value,)
    assert (mark.start, mark.end, mark.raw) == (3, 8, "тогда")


def test_articles_of_one_span_are_several_values() -> None:
    _, (mark,) = unmark("по {ст. 272 ч. 2, 380 УК|a CC 272 2; CC 380}", "ru")
    assert [(value["article"], value["part"]) for value in mark.values] == [
        ("272", "2"),
        ("380", None),
    ]


def test_a_trap_is_no_mark() -> None:
    assert unmark("on {Thursday|x}", "en") == ("on Thursday", ())


@pytest.mark.parametrize("written", ["q 1", "d 5 января", "d ~", "p nobody"])
def test_a_wrong_mark_stops_the_generator(written: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        unmark(f"{{x|{written}}}", "ru")


def test_an_empty_cell_stays_a_cell() -> None:
    assert paragraph("|= | Итого | | 576 990", "ru").text == "\tИтого\t\t576 990"


@pytest.mark.parametrize("separator", ["\n", "\r\n"])
@pytest.mark.parametrize("name", sorted(file.stem for file in TEXTS.glob("*.txt")))
def test_every_mark_reads_back_its_raw_text(name: str, separator: str) -> None:
    text, marks = load(name).joined(separator)
    assert marks
    assert all(text[mark.start : mark.end] == mark.raw for mark in marks)


def test_a_turn_runs_to_the_next_label() -> None:
    text, marks = load("hearing_0621_ru").joined()
    turns = [mark for mark in marks if mark.kind == "turn"]
    long = next(turn for turn in turns if "узнал потом" in turn.raw)
    assert long.raw.startswith("Подсудимый Исаев О.К.: Потому что")
    assert long.values[0]["person"] == "isaev"
    said = long.values[0]["text_start"]
    assert isinstance(said, int)
    assert text[said:].startswith("Потому что")
    assert not any("Протокол изготовлен" in turn.raw for turn in turns)


def test_kazakh_texts_use_every_kazakh_letter() -> None:
    letters = set("".join(load(file.stem).joined()[0] for file in TEXTS.glob("*_kk.txt")))
    assert set("әғқңөұүһі") - letters == set()
    assert set("ҒҚӨҰҺ") - letters == set()
