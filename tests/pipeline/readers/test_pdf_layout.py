"""Reading order by geometry alone: words as boxes, six points a letter, lines fourteen apart."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aigaq.pipeline.readers.layout import (
    Box,
    Fragment,
    Table,
    find_gutter,
    fragments,
    in_writing_order,
    is_plain,
    lines,
    page_lines,
)
from aigaq.pipeline.readers.pdfpage import may_be_ruled

PROSE = [f"строка номер {number} этого столбца текста" for number in range(1, 9)]


def words(text: str, x: float, y: float) -> Iterator[Fragment]:
    """The words of one line, left edge at x, top at y."""
    for word in text.split():
        yield Fragment(Box(x, y, x + 6 * len(word), y + 10), word)
        x += 6 * len(word) + 4


def column(texts: list[str], x: float, y: float) -> list[list[Fragment]]:
    return [list(words(text, x, y + 14 * number)) for number, text in enumerate(texts)]


def flat(rows: list[list[Fragment]]) -> list[Fragment]:
    return [word for row in rows for word in row]


LEFT = column([f"л {text}" for text in PROSE], 50, 100)
RIGHT = column([f"п {text}" for text in PROSE], 320, 100)
ACROSS = [word for pair in zip(LEFT, RIGHT, strict=True) for row in pair for word in row]
TITLE = list(words("ЗАГОЛОВОК ЧЕРЕЗ ОБА СТОЛБЦА ВСЕЙ СТРАНИЦЫ", 160, 60))
FOOT = list(words("подпись под обоими столбцами всей этой страницы", 150, 240))


def read(page: list[Fragment]) -> list[str]:
    return lines(fragments(page))


def test_columns_written_across_are_read_one_after_the_other() -> None:
    assert read(ACROSS) == [f"л {text}" for text in PROSE] + [f"п {text}" for text in PROSE]


def test_what_crosses_the_columns_is_read_where_it_stands() -> None:
    found = read([*FOOT, *ACROSS, *TITLE])
    assert found[0].startswith("ЗАГОЛОВОК")
    assert found[1:9] == [f"л {text}" for text in PROSE]
    assert found[-1].startswith("подпись")


def test_three_columns() -> None:
    texts = [f"с {number} слова этой строки" for number in range(1, 9)]
    columns = [column(texts, x, 100) for x in (50, 240, 430)]
    page = [word for rows in zip(*columns, strict=True) for row in rows for word in row]
    assert read(page) == texts * 3


@pytest.mark.parametrize(
    "rows",
    [
        [("Судья", "А.Б. Сериков"), ("Секретарь", "Г. Ким"), ("Прокурор", "Д. Ли")] * 3,
        [(f"{number}", f"{number * 100} тенге") for number in range(1, 12)],
    ],
)
def test_forms_and_tables_without_rules_stay_rows(rows: list[tuple[str, str]]) -> None:
    page = []
    for number, (left, right) in enumerate(rows):
        page += [*words(left, 50, 100 + 14 * number), *words(right, 350, 100 + 14 * number)]
    assert find_gutter(fragments(page)) is None
    assert read(page) == [f"{left} {right}" for left, right in rows]


def test_a_page_of_prose_has_no_gutter() -> None:
    page = flat(column(["слово " * 14] * 30, 50, 60))
    assert find_gutter(fragments(page)) is None
    assert is_plain([word.box for word in page])


def test_a_page_written_across_columns_is_not_plain() -> None:
    assert not is_plain([part.box for part in fragments(ACROSS)])


def test_writing_order() -> None:
    rows = flat(LEFT)
    assert in_writing_order(fragments(rows))
    assert not in_writing_order(fragments(flat(LEFT[::-1])))


def test_a_ruled_table_is_read_by_rows_with_its_cells_whole() -> None:
    above = list(words("Перечень имущества", 50, 60))
    below = list(words("Итого", 50, 200))
    first = [*words("Куртка", 60, 100), *words("мужская", 60, 112), *words("58 000", 210, 100)]
    second = [*words("Деньги", 60, 140), *words("73 400", 210, 140)]
    rows = (
        (Box(50, 95, 200, 130), Box(200, 95, 300, 130)),
        (Box(50, 130, 200, 160), Box(200, 130, 300, 160)),
    )
    table = Table(Box(50, 95, 300, 160), rows)
    assert page_lines([*below, *second, *first, *above], [table]) == [
        "Перечень имущества",
        "Куртка мужская\t58 000",
        "Деньги\t73 400",
        "Итого",
    ]


@pytest.mark.parametrize(
    ("paths", "ruled"),
    [
        ([], False),
        ([(Box(50, 90, 500, 91), 2)], False),
        ([(Box(50, y, 500, y + 1), 2) for y in (90, 120, 150)], False),
        (
            [(Box(50, y, 500, y + 1), 2) for y in (90, 120)]
            + [(Box(x, 90, x + 1, 120), 2) for x in (50, 500)],
            True,
        ),
        ([(Box(50, y, 200, y + 20), 5) for y in (90, 110, 130, 150)], True),
        ([(Box(50, 90, 500, 300), 24)], True),
        ([(Box(50, 90, 500, 300), 24)] * 4000, False),
    ],
)
def test_what_may_be_a_ruled_table(paths: list[tuple[Box, int]], ruled: bool) -> None:
    assert may_be_ruled(paths) is ruled
