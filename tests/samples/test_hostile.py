"""The hostile inputs are what they say: made quickly, small on disk, and recognised by type."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import magic
import pytest

from tests.samples import hostile

KINDS: dict[Callable[[], bytes], str] = {
    hostile.pdf_cyclic_pages: "application/pdf",
    hostile.pdf_xref_loop: "application/pdf",
    hostile.pdf_million_pages_claimed: "application/pdf",
    hostile.pdf_stream_bomb: "application/pdf",
    hostile.pdf_form_recursion: "application/pdf",
    hostile.pdf_form_multiplied: "application/pdf",
    hostile.png_bomb: "image/png",
    hostile.png_header_lies: "image/png",
    hostile.tiff_cyclic_directories: "image/tiff",
    hostile.odt_entity_bomb: "application/vnd.oasis.opendocument.text",
    hostile.odt_external_entity: "application/vnd.oasis.opendocument.text",
    hostile.docx_entity_bomb: "application/",
    hostile.xml_deep: "text/xml",
    hostile.html_long_attribute: "text/html",
    hostile.eml_nested: "message/rfc822",
    hostile.eml_many_parts: "message/rfc822",
    hostile.eml_climbing_attachment: "message/rfc822",
    hostile.rtf_deep: "text/rtf",
    hostile.rtf_binary_claim: "text/rtf",
    hostile.zip_climbing: "application/zip",
    hostile.zip_nested: "application/zip",
    hostile.zip_many_members: "application/zip",
    hostile.wav_header_lies: "audio/x-wav",
    hostile.text_one_line: "text/plain",
    hostile.text_combining: "text/plain",
}


@pytest.mark.parametrize("make", KINDS, ids=lambda make: make.__name__)
def test_it_is_small_and_looks_like_its_kind(make: Callable[[], bytes]) -> None:
    content = make()
    assert len(content) < 9 * 2**20
    assert magic.from_buffer(content[:8192], mime=True).startswith(KINDS[make])


def test_a_short_subtitle_file_counts_its_cues() -> None:
    assert hostile.srt_long(3).count(b"-->") == 3


def test_the_zip_climbs() -> None:
    with zipfile.ZipFile(BytesIO(hostile.zip_climbing())) as archive:
        assert "../../outside.txt" in archive.namelist()


def test_strangers_are_what_they_say(tmp_path: Path) -> None:
    names = hostile.folder_of_strangers(tmp_path)
    assert {entry.name for entry in tmp_path.iterdir()} == set(names)
    regular = [name for name in names if stat.S_ISREG((tmp_path / name).lstat().st_mode)]
    assert regular == ["\udcef\udcf0\udce8\udce3\udcee\udce2\udcee\udcf0.txt"]
