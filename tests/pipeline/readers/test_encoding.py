"""Russian, Kazakh and Latin texts come out right in every code page they are sent in."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigaq.archive.errors import RefusedError
from aigaq.pipeline.readers.encoding import codec_name, decode

RUSSIAN = (
    "Суд признал подсудимого Ермекова виновным по статье 272 часть 3 УК РК. "
    "Заседание отложено до 5 января 2022 года, свидетель Ахметова не явилась."
)
CAPITALS = "ПРИГОВОР ИМЕНЕМ РЕСПУБЛИКИ КАЗАХСТАН"
KAZAKH = (
    "Сот отырысы ашық деп жарияланды. Айыпталушы Дәурен Қанатұлы Ермеков үкімге өтініш "
    "берді, тергеуші түсінік берді. Оның қорғаушысы: «Өмірбекұлы келмеді» — деді."
)
FRENCH = "L'été dernier, le témoin a déclaré que la réunion s'était déroulée à Genève."
GERMAN = "Der Zeuge erklärte, daß die Sitzung über fünf Stunden dauerte."
MIXED = "Hearing of 5 January: свидетель Омаров сказал «нет», the judge said no."
EIGHT_BIT = ["cp1251", "koi8-r", "cp866", "iso8859-5", "mac_cyrillic"]


@pytest.mark.parametrize("page", EIGHT_BIT)
@pytest.mark.parametrize("text", [RUSSIAN, CAPITALS, RUSSIAN * 500, "Привет, Айгуль!"])
def test_russian_comes_out_of_every_code_page(page: str, text: str) -> None:
    assert decode(text.encode(page)).text == text


@pytest.mark.parametrize("page", ["kz1048", "ptcp154"])
def test_kazakh_comes_out_of_its_own_code_pages(page: str) -> None:
    decoded = decode(KAZAKH.encode(page))
    assert (decoded.text, decoded.encoding) == (KAZAKH, page)


@pytest.mark.parametrize("text", [RUSSIAN, KAZAKH, FRENCH, MIXED, "Үкім 😀 е\u0308"])
@pytest.mark.parametrize(
    "codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"]
)
def test_unicode_comes_out_with_and_without_a_mark(text: str, codec: str) -> None:
    assert decode(text.encode(codec)).text == text


@pytest.mark.parametrize("text", [FRENCH, GERMAN])
def test_latin_is_not_taken_for_cyrillic(text: str) -> None:
    assert decode(text.encode("cp1252")).text == text


def test_mixed_scripts_come_out_of_cp1251() -> None:
    assert decode(MIXED.encode("cp1251")).text == MIXED


@pytest.mark.parametrize(
    ("data", "certain"),
    [
        (RUSSIAN.encode(), True),
        (b"plain ASCII", True),
        (RUSSIAN.encode("utf-16"), True),
        (RUSSIAN.encode("koi8-r"), True),
        ("Да".encode("cp1251"), False),
        (RUSSIAN.encode("utf-16-le"), False),
    ],
)
def test_a_guess_says_that_it_is_one(data: bytes, certain: bool) -> None:
    decoded = decode(data)
    assert decoded.certain is certain
    assert bool(decoded.problems) is not certain


def test_a_declaration_settles_a_short_text() -> None:
    decoded = decode("Да".encode("mac_cyrillic"), declared="x-mac-cyrillic")
    assert (decoded.text, decoded.certain) == ("Да", True) or codec_name("x-mac-cyrillic") == ""
    assert decode("Да".encode("koi8-r"), declared="KOI8-R").text == "Да"


def test_utf8_beats_a_declaration_it_contradicts() -> None:
    assert decode(RUSSIAN.encode(), declared="windows-1251").text == RUSSIAN


def test_a_file_cut_inside_a_character_stays_utf8_and_says_so() -> None:
    decoded = decode(RUSSIAN.encode()[:-2])
    assert decoded.encoding == "utf-8"
    assert decoded.lost == 1
    assert decoded.text.startswith(RUSSIAN[:-2])
    assert any("could not be decoded" in problem for problem in decoded.problems)


def test_a_replacement_character_of_the_file_is_not_counted_as_lost() -> None:
    assert decode("а\ufffdб".encode("utf-16")).lost == 0


@pytest.mark.parametrize("label", ["rot13", "base64", "no-such", "", "\x00", "idna\udcff"])
def test_labels_that_are_no_text_encoding_are_unknown(label: str) -> None:
    assert codec_name(label) == ""


def test_random_bytes_are_refused() -> None:
    chance = random.Random(7)
    for _ in range(50):
        with pytest.raises(RefusedError, match="not text"):
            decode(chance.randbytes(400))


def test_zero_bytes_are_refused() -> None:
    with pytest.raises(RefusedError):
        decode(bytes(5000))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"])))
def test_any_utf8_comes_back_as_it_was(text: str) -> None:
    expected = text.removeprefix("\ufeff")
    assert decode(text.encode()).text == expected
