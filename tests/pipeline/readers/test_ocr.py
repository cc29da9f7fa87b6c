"""OCR: text and spans from words, garbage, ink that was missed, language, turned pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from aigaq.archive.errors import ToolError
from aigaq.pipeline.readers import ink, ocr
from aigaq.pipeline.readers.ocr import Sheet, SheetText
from aigaq.pipeline.readers.reading import ReadOptions
from aigaq.pipeline.tools import tesseract
from aigaq.pipeline.tools.tesseract import Word
from samples import fonts, recipes, scan

WHITE = np.full((100, 200), 255, np.uint8)
OPTIONS = ReadOptions()


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the sandbox sets it."""
    monkeypatch.setenv("OMP_THREAD_LIMIT", "1")


def word(text: str, confidence: float = 90, *, line: int = 1, paragraph: int = 1) -> Word:
    return Word(text, 0, 0, 10, 10, confidence, (1, paragraph), (1, paragraph, line))


def text_of(words: Sequence[Word]) -> SheetText:
    return ocr._text_of(Sheet(1, WHITE), words, "Cyrillic")


def drawn(lines: Sequence[str], size: int = 44) -> ink.Picture:
    """Black lines on white at about 300 dpi, gray."""
    image = Image.new("L", (1800, 160 + 70 * len(lines)), 255)
    face = ImageFont.truetype(str(fonts.path(fonts.DEJAVU)), size)
    ImageDraw.Draw(image).multiline_text((80, 60), "\n".join(lines), font=face, fill=0, spacing=24)
    return np.asarray(image)


def test_words_become_lines_and_paragraphs() -> None:
    found = text_of(
        [
            word("Суд"),
            word("решил:"),
            word("отказать.", line=2),
            word("Судья", paragraph=2),
        ]
    )
    assert found.text == "Суд решил:\nотказать.\n\nСудья"
    assert found.spans == ((0, 3), (4, 10), (11, 20), (22, 27))


@given(
    st.lists(
        st.builds(
            word,
            st.text(st.characters(categories=["L", "N", "P"]), min_size=1),
            st.floats(0, 100),
            line=st.integers(1, 3),
            paragraph=st.integers(1, 3),
        )
    )
)
def test_every_word_is_where_its_span_says(words: list[Word]) -> None:
    found = text_of(words)
    assert [found.text[start:end] for start, end in found.spans] == [
        kept.text for kept in found.words
    ]
    assert 0 <= found.confidence <= 100


def test_specks_are_left_out() -> None:
    assert text_of([word("„", 12), word("Суд"), word("|", 30), word("—", 88)]).text == "Суд —"


@pytest.mark.parametrize(
    ("words", "garbage"),
    [
        ([], True),
        ([word("ва", 50), word("Е", 44), word("на", 61), word("н", 20)], True),
        ([word("нава", 70), word("ин", 40)], True),
        ([word("Приговор", 91), word("именем", 90), word("Республики", 95)], False),
        ([word("Приговор", 61), word("именем", 62), word("суда", 63), *[word("и", 20)] * 9], False),
        ([word("три", 61), word("раз", 62), word("два", 63), *[word("xxxxxxx", 20)] * 9], True),
    ],
)
def test_garbage(words: list[Word], garbage: bool) -> None:
    assert ocr.is_garbage(text_of(words)) is garbage


@pytest.mark.parametrize(
    ("confidence", "text", "needs_review"), [(95, True, False), (65, True, True), (30, False, True)]
)
def test_pages_below_the_threshold_wait_for_a_person(
    confidence: float, text: bool, needs_review: bool
) -> None:
    read = text_of([word(name, confidence) for name in ("Приговор", "именем", "Республики")])
    passage = ocr.passage_of(read, 7, OPTIONS)
    assert bool(passage.text) is text
    assert passage.needs_review is needs_review
    assert passage.number == 7


def test_a_blank_page_needs_no_review() -> None:
    passage = ocr.passage_of(text_of([]), 1, OPTIONS)
    assert (passage.text, passage.needs_review, passage.problem) == ("", False, "")


def test_missed_ink() -> None:
    page = WHITE.copy()
    page[20:40, 20:60] = 0
    page[60:80, 20:60] = 0
    upper = Word("верх", 20, 20, 40, 20, 90, (1, 1), (1, 1, 1))
    lower = Word("низ", 20, 60, 40, 20, 90, (1, 1), (1, 1, 2))
    assert ocr.missed_ink(page, []) == 1
    assert ocr.missed_ink(page, [upper]) == pytest.approx(0.5, abs=0.1)
    assert ocr.missed_ink(page, [upper, lower]) == 0
    assert ocr.missed_ink(WHITE, []) == 0


def test_a_second_reading_wins_by_what_it_is_sure_of() -> None:
    good = text_of([word("Приговор", 90)])
    longer = text_of([word("Приговор", 90), word("имени", 80)])
    noisy = text_of([word("Приговор", 90), *[word("шум", 20)] * 9])
    assert ocr.worth(longer) > ocr.worth(good) > ocr.worth(noisy)


def test_each_page_is_read_in_its_own_language(tmp_path: Path) -> None:
    russian = drawn(["Суд признал подсудимого виновным", "в совершении преступления"])
    english = drawn(["The court found the defendant guilty", "of taking part in mass riots"])
    kazakh = drawn(["Сот айыпталушыны кінәлі деп таныды", "және өтініш қанағаттандырылмады"])
    sheets = [Sheet(1, russian), Sheet(2, english), Sheet(3, kazakh)]
    found = ocr.read_sheets(sheets, OPTIONS, tmp_path)
    assert [text.language for text in found] == ["Cyrillic", "eng", "Cyrillic"]
    assert "признал подсудимого" in found[0].text
    assert "found the defendant guilty" in found[1].text
    assert "кінәлі" in found[2].text
    assert "қанағаттандырылмады" in found[2].text


def test_an_english_document_is_read_in_english_from_the_first_page(tmp_path: Path) -> None:
    sheet = Sheet(1, drawn(["The court found the defendant guilty", "of taking part in riots"]))
    [text] = ocr.read_sheets([sheet], OPTIONS, tmp_path)
    assert text.language == "eng"
    assert text.text.startswith("The court found the defendant guilty\nof taking part")


@pytest.mark.parametrize("language", ["Cyrillic", "eng"])
def test_a_strip_of_a_skewed_page_tells_its_language(language: str, tmp_path: Path) -> None:
    """Its edges cut through lines of letters, and half letters convince in no language."""
    name = "appeal_kk" if language == "Cyrillic" else "letter_en"
    picture = scan.render(recipes.printed(name).content, 1, 300)
    askew = scan.scan(picture, scan.Scanner(skew=1.2), np.random.default_rng(2))
    sheet = Sheet(1, ink.readable(np.ascontiguousarray(askew[:, :, ::-1]), 300))
    strip, _ = ocr._fullest_strip(sheet)
    whole = ocr._whole_letters(strip)
    [cut] = ocr._read_all([Sheet(1, strip)], language, tmp_path, 6)
    [read] = ocr._read_all([Sheet(1, whole)], language, tmp_path, 6)
    assert read.confidence > max(cut.confidence, ocr.DOUBTFUL)
    assert ocr._language_of([sheet], ("Cyrillic", "eng"), tmp_path) == language


@pytest.mark.parametrize("degrees", [90, 180])
def test_a_turned_page_is_read(degrees: int, tmp_path: Path) -> None:
    upright = drawn(
        ["Суд признал подсудимого виновным в совершении", "преступления и назначил"] * 4
    )
    lying = ocr.turned(upright, degrees)
    [text] = ocr.read_sheets([Sheet(1, lying)], OPTIONS, tmp_path)
    assert "признал подсудимого виновным" in text.text


def test_no_sheets_no_texts(tmp_path: Path) -> None:
    assert ocr.read_sheets([], OPTIONS, tmp_path) == []


def test_language_data_that_is_missing_is_told() -> None:
    with pytest.raises(ToolError, match="no data for Klingon"):
        tesseract.installed(["Klingon"])
    assert tesseract.installed(["Klingon", "script/Cyrillic", "eng"])[-1] == "eng"


def test_a_seal_is_found_and_its_ink_taken_off() -> None:
    rng = np.random.default_rng(5)
    page = scan.render(recipes.printed("appeal_kk").content, 2, 150)
    sealed = scan.stamped(page, recipes.SEALS["appeal_kk"], 150, rng)
    clean, inked = (np.ascontiguousarray(picture[:, :, ::-1]) for picture in (page, sealed))
    assert list(ink.seals(clean, 150)) == []
    [(rows, columns)] = ink.seals(inked, 150)
    gray = cv2.cvtColor(inked, cv2.COLOR_BGR2GRAY)
    black = cv2.cvtColor(clean, cv2.COLOR_BGR2GRAY)[rows, columns] < 100
    before, after = gray[rows, columns], ink.without_seals(inked, 150)[rows, columns]
    assert (after[~black] < 130).sum() < 0.25 * (before[~black] < 130).sum()
    assert (after[black] < 130).mean() > 0.95


def test_coloured_letters_are_no_seal() -> None:
    page = np.full((1000, 800, 3), 255, np.uint8)
    cv2.putText(page, "important words in blue", (60, 200), 0, 1.5, (200, 40, 40), 3)
    assert list(ink.seals(page, 150)) == []


def test_a_coloured_field_is_no_seal() -> None:
    page = np.full((1000, 800, 3), 255, np.uint8)
    page[300:500, 300:500] = (200, 60, 60)
    assert list(ink.seals(page, 150)) == []


def test_rules_of_a_table_vanish_and_letters_stay() -> None:
    page = np.full((600, 900), 255, np.uint8)
    cv2.putText(page, "CELL", (120, 180), 0, 2, 0, 4)
    letters = page.copy()
    cv2.rectangle(page, (60, 60), (840, 300), 0, 3)
    found = ink.without_rules(page, 300)
    assert (found != letters).mean() < 0.0005
    assert ink.without_rules(letters, 300) is letters


def test_an_empty_page_keeps_its_levels() -> None:
    blank = np.full((50, 50), 255, np.uint8)
    assert (ink.clean_levels(blank) == 255).all()
