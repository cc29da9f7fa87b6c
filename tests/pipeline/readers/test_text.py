from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

from aigaq.archive.errors import RefusedError
from aigaq.archive.model import Method, PassageKind
from aigaq.pipeline.readers import text
from aigaq.pipeline.tools.limits import Limits

from .hostile import mutations, reading_of, survives, whole_text

TRANSCRIPT = "Судья: Сот отырысы ашық.\r\nАйғақ: ия, е\u0308 😀\n\tсоңы \r\n"


def test_utf8_is_kept_to_the_character(tmp_path: Path) -> None:
    """Offsets of `aigaq extract` count in the decoded file: no NFC, no change of line ends."""
    source = tmp_path / "a.txt"
    source.write_bytes(TRANSCRIPT.encode("utf-8-sig"))
    reading = reading_of(text.read, source)
    (passage,) = reading.passages
    assert passage.text == TRANSCRIPT
    assert (passage.kind, passage.method, passage.page) == (PassageKind.TEXT, Method.PARSED, None)
    assert reading.facts["encoding"] == "utf-8"
    assert reading.problems == ()


def test_cp1251_tells_its_encoding(tmp_path: Path) -> None:
    written = "Свидетель показал, что на площади никого не было.\r\n" * 3
    source = tmp_path / "a.txt"
    source.write_bytes(written.encode("cp1251"))
    reading = reading_of(text.read, source)
    assert whole_text(reading) == written
    assert reading.facts["encoding"] == "cp1251"


def test_a_table_of_values_is_read_as_text(tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_text("аты;тегі\nДәурен;Ермеков\n", encoding="utf-8")
    assert whole_text(reading_of(text.read, source)).splitlines()[1] == "Дәурен;Ермеков"


def test_white_space_alone_is_told(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_bytes(b" \n\t \n")
    assert reading_of(text.read, source).problems == ("The file holds no text, only white space.",)


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_bytes(b"a" * 1001)
    with pytest.raises(RefusedError, match="larger than 1,000 bytes"):
        reading_of(text.read, source, limits=Limits(unpacked_bytes=1000))


@settings(max_examples=80, deadline=None)
@given(mutations(TRANSCRIPT.encode() * 5))
def test_changed_bytes_are_read_or_refused(data: bytes) -> None:
    survives(text.read, data)
