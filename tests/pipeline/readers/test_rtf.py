from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings

from aigaq.archive.errors import RefusedError
from aigaq.pipeline.readers import rtf
from aigaq.pipeline.readers.reading import Reading

from .hostile import mutations, reading_of, survives, whole_text


def _hex(text: str, page: str = "cp1251") -> str:
    return "".join(f"\\'{byte:02x}" for byte in text.encode(page))


def _units(text: str) -> str:
    data = text.encode("utf-16-le")
    units = (int.from_bytes(data[at : at + 2], "little") for at in range(0, len(data), 2))
    return "".join(f"\\u{unit - 0x10000 if unit > 0x7FFF else unit}?" for unit in units)


HEAD = r"{\rtf1\ansi\ansicpg1251\deff0{\fonttbl{\f0\fnil\fcharset204 Times;}{\f1\fcharset0 Arial;}}"


def _read(data: str | bytes, folder: Path) -> Reading:
    source = folder / "a.rtf"
    source.write_bytes(data.encode("cp1251") if isinstance(data, str) else data)
    return reading_of(rtf.read, source)


BODIES = {
    "cp1251 bytes": (_hex("Привет, суд"), "Привет, суд"),
    "raw 8-bit bytes": ("Привет", "Привет"),
    "Kazakh as units": (_units("Қанатұлы Өмір үкімі"), "Қанатұлы Өмір үкімі"),
    "emoji as a surrogate pair": (_units("😀"), "😀"),
    "a lone surrogate": ("а\\u-10179?б", "а\ufffdб"),
    "combining mark": (_units("е\u0308"), "ё"),
    "fallback bytes": ("\\uc2" + "\\u1178" + _hex("ЌЌ") + "ия", "Қия"),
    "no fallback": ("\\uc0\\u1178 ия", "Қия"),
    "signs": (r"\ldblquote a\rdblquote\emdash\~b\_c\{\}\\", "“a”—\u00a0b\u2011c{}\\"),
    "paragraphs": (r"a\par b\line c\sect d", "a\nb\nc\nd"),
    "escaped line end": ("a\\\nb", "a\nb"),
    "line ends of the file": ("a\r\nb", "ab"),
    "table": (
        r"\trowd\cellx1\cellx2\intbl a\cell b\par c\cell\row\intbl d\cell\cell\row e",
        "a\tb c\nd\t\ne",
    ),
    "footnote after the text": (r"a{\footnote f} b", "a b\nf"),
    "header": (r"{\header H}a", "a\nH"),
    "text box": (r"a{\shp{\*\shpinst{\sp{\sn x}{\sv 1}}{\shptxt box}}}b", "ab\nbox"),
    "comment": (r"a{\*\atnid xx}{\*\annotation note}", "a\nnote"),
    "hyperlink": (r'{\field{\*\fldinst{HYPERLINK "x"}}{\fldrslt{link}}}', "link"),
    "list text": (r"{\listtext 1.\tab}бір", "1.\tбір"),
    "deleted": (r"a{\deleted b}c \deleted d\deleted0 e", "ac e"),
    "unknown destination": (r"a{\*\nosuch b}c", "ac"),
    "binary data": ("a{\\pict\\bin5 }}}}}}b", "ab"),
    "plain word after star": (r"a{\*}b", "ab"),
    "numbers that overflow": (r"a\u99999999?\uc99999999\f99999999999 b", None),
}


@pytest.mark.parametrize(("body", "text"), BODIES.values(), ids=BODIES.keys())
def test_what_is_written(body: str, text: str | None, tmp_path: Path) -> None:
    reading = _read(f"{HEAD}{body}}}", tmp_path)
    if text is not None:
        assert whole_text(reading) == text


def test_a_font_knows_its_own_code_page(tmp_path: Path) -> None:
    """Defect: WordPad declares cp1252 for the document and Cyrillic for the font."""
    head = r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}{\f1\fcharset204 Arial;}}"
    reading = _read(f"{head}\\f1 {_hex('Омаров')}\\f0 {_hex('é', 'cp1252')}}}", tmp_path)
    assert whole_text(reading) == "Омаровé"


def test_without_any_code_page_the_bytes_decide(tmp_path: Path) -> None:
    body = _hex("Свидетель показал, что никого не видел на площади")
    reading = _read(r"{\rtf1\ansi\deff0{\fonttbl{\f0 Times;}}" + body + "}", tmp_path)
    assert whole_text(reading) == "Свидетель показал, что никого не видел на площади"


def test_the_information_group_becomes_facts(tmp_path: Path) -> None:
    body = rf"{{\info{{\title {_hex('Приговор')}}}{{\author {_units('Әсел')}}}}}a{{\pict 00ff}}"
    reading = _read(f"{HEAD}{body}}}", tmp_path)
    assert reading.facts == {"title": "Приговор", "author": "Әсел", "pictures": 1}
    assert whole_text(reading) == "a"


def test_a_document_that_breaks_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    reading = _read(f"{HEAD}{{\\b {_hex('Начало')}", tmp_path)
    assert whole_text(reading) == "Начало"
    assert reading.problems == ("The document breaks off before its end.",)


def test_what_follows_the_document_is_told(tmp_path: Path) -> None:
    reading = _read(HEAD + "a}\r\n\x00{\\rtf1 b}", tmp_path)
    assert whole_text(reading) == "a"
    assert reading.problems == ("9 bytes after the document's end are not read.",)


def test_an_empty_document_is_told(tmp_path: Path) -> None:
    assert _read(HEAD + "}", tmp_path).problems == ("The document holds no text.",)


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="does not begin as RTF"):
        _read("Дәлел".encode(), tmp_path)


def test_groups_without_end_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="nested"):
        _read(r"{\rtf1" + "{" * 20_000, tmp_path)


@pytest.mark.parametrize(
    "junk",
    [
        r"{\field{\*\fldinst{HYPERLINK " * 3_000,
        r"\f1" * 200_000,
        "\\" * 400_000,
        "\\'c0" * 200_000,
        r"{\b}" * 100_000,
    ],
)
def test_junk_takes_no_time(junk: str, tmp_path: Path) -> None:
    began = time.process_time()
    _read(HEAD + junk, tmp_path)
    assert time.process_time() - began < 10


@settings(max_examples=150, deadline=None)
@given(mutations((HEAD + "".join(body for body, _ in BODIES.values()) + "}").encode("cp1251")))
def test_changed_bytes_are_read_or_refused(data: bytes) -> None:
    survives(rtf.read, data)
