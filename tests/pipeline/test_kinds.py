"""What a file is, by its content, whatever its name says."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from aigaq.pipeline.kinds import Kind, sniff

DOCX_MEMBERS = {"[Content_Types].xml": "<Types/>", "word/document.xml": "<w:document/>"}
ODT_MEMBERS = {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"}


def packed(members: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            # A fixed time: bytes and names of tests must be the same in every process.
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def picture(form: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(buffer, form)
    return buffer.getvalue()


def ole(*streams: str) -> bytes:
    """An OLE container as far as its directory: header, a sector, the directory ([MS-CFB])."""
    header = bytearray(512)
    header[:8] = bytes.fromhex("d0cf11e0a1b11ae1")
    struct.pack_into("<H", header, 30, 9)
    struct.pack_into("<I", header, 48, 1)
    entries = (name.encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", *streams))
    return bytes(header) + bytes(512) + b"".join(entries)


TTML = b'<tt xmlns="http://www.w3.org/ns/ttml" xml:lang="kk"><head/><body/></tt>'
MAIL = (
    b"Return-Path: <observer@example.org>\r\nFrom: observer@example.org\r\nTo: a@example.org\r\n"
    b"Subject: =?utf-8?b?0YHRg9C0?=\r\nDate: Tue, 5 Jul 2022 10:00:00 +0600\r\n\r\nText\r\n"
)
SPEECH = "Судья: Встаньте.\nИсаев О.К.: Спасибо.\nПрокурор: Возражаю.\nАдвокат: Прошу.\n"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", Kind.EMPTY),
        (b"%PDF-1.4\n1 0 obj", Kind.PDF),
        (b"\r\n\r\n%PDF-1.4\n1 0 obj", Kind.PDF),
        (picture("JPEG"), Kind.IMAGE),
        (picture("PNG"), Kind.IMAGE),
        (picture("TIFF"), Kind.IMAGE),
        (picture("WEBP"), Kind.IMAGE),
        (packed(DOCX_MEMBERS), Kind.DOCX),
        (packed(ODT_MEMBERS), Kind.ODT),
        (packed({"a.txt": "x"}), Kind.ARCHIVE),
        (packed({"[Content_Types].xml": "", "xl/workbook.xml": ""}), Kind.UNKNOWN),
        (packed(DOCX_MEMBERS)[:60], Kind.ARCHIVE),
        (b"{\\rtf1\\ansi\\ansicpg1251 \\'cf}", Kind.RTF),
        (b"<!DOCTYPE html><html><body>x</body></html>", Kind.HTML),
        (b"\xef\xbb\xbf  <HTML><head></head></html>", Kind.HTML),
        ("<html><body>сот</body></html>".encode("utf-16"), Kind.HTML),
        (MAIL, Kind.EMAIL),
        (b"From observer Tue Jul  5 10:00:00 2022\n" + MAIL, Kind.EMAIL),
        (MAIL + bytes(range(256)) * 40, Kind.EMAIL),
        (ole("__properties_version1.0", "WordDocument"), Kind.EMAIL),
        (ole("1Table", "WordDocument"), Kind.DOCX),
        (ole("EncryptedPackage"), Kind.DOCX),
        (ole("Workbook"), Kind.UNKNOWN),
        (ole("anything"), Kind.UNKNOWN),
        (ole()[:40], Kind.UNKNOWN),
        (TTML, Kind.SUBTITLES),
        (b'<?xml version="1.0"?>\n<!-- x -->\n' + TTML, Kind.SUBTITLES),
        (b"<ttx>" + TTML, Kind.TEXT),
        (packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), Kind.UNKNOWN),
        (packed({"mimetype": "application/epub+zip"}), Kind.UNKNOWN),
        (packed({"mimetype": "\n"}), Kind.ARCHIVE),
        (SPEECH.encode(), Kind.TEXT),
        (SPEECH.encode("cp1251"), Kind.TEXT),
        (SPEECH.encode("utf-16"), Kind.TEXT),
        (b"name,case\nIsayev,QAN-0001\n", Kind.TEXT),
        (b"From: nobody\nThis is a note and not a message.\n", Kind.TEXT),
        (b"1\n00:00:01,000 --> 00:00:02,500\nText\n", Kind.SUBTITLES),
        (b"\xef\xbb\xbf1\r\n00:00:01,000 --> 00:00:02,500\r\nText\r\n", Kind.SUBTITLES),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\nText\n", Kind.SUBTITLES),
        (b"[Script Info]\nTitle: x\n", Kind.SUBTITLES),
        (b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00", Kind.AUDIO),
        (b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41", Kind.VIDEO),
        (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", Kind.ARCHIVE),
        (bytes(range(256)) * 8, Kind.UNKNOWN),
    ],
)
def test_the_content_decides(tmp_path: Path, content: bytes, kind: Kind) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    assert sniff(file, "file").kind is kind


@pytest.mark.parametrize(
    ("name", "content", "mismatch"),
    [
        ("снимок.jpg", b"%PDF-1.4\n", "the name ends in .jpg, the content is pdf"),
        ("акт.PDF", b"%PDF-1.4\n", ""),
        ("акт", b"%PDF-1.4\n", ""),
        ("акт.2022", b"%PDF-1.4\n", ""),
        ("пустой.pdf", b"", ""),
        ("note.docx", SPEECH.encode(), "the name ends in .docx, the content is text"),
        ("box.mbox", MAIL, ""),
        ("letter.msg", ole("__nameid_version1.0"), ""),
        ("act.doc", ole("WordDocument"), ""),
        ("act.doc", b"{\\rtf1 x}", "the name ends in .doc, the content is rtf"),
        ("..\\..\\note.docx", SPEECH.encode(), "the name ends in .docx, the content is text"),
        (
            "table.pdf",
            packed({"xl/workbook.xml": ""}),
            "the name ends in .pdf, the content is "
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
    ],
)
def test_a_name_that_lies_is_told(tmp_path: Path, name: str, content: bytes, mismatch: str) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    assert sniff(file, name).mismatch == mismatch
