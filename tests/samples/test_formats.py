"""Every sample opens with a library that did not write it, and says what the truth says."""

from __future__ import annotations

import email
import io
import json
import os
import re
import subprocess
import unicodedata
import zipfile
from email import policy
from pathlib import Path
from typing import Any

import docx
import pypdfium2 as pdfium
import pysubs2
import pytest
from lxml import etree, html
from PIL import ExifTags, Image
from striprtf.striprtf import rtf_to_text

from tests.samples.conftest import Batch


def plain(text: str) -> str:
    return " ".join(text.split())


def of_kind(batch: Batch, kind: str, method: str) -> list[tuple[Path, dict[str, Any]]]:
    found = [
        (batch.out / path, document)
        for path, document in batch.documents.items()
        if document["kind"] == kind and document["method"] == method
    ]
    assert found
    return found


def test_offsets_are_true(batch: Batch) -> None:
    checked = 0
    for path, page in batch.pages():
        for row in [*page["mentions"], *page["turns"]]:
            assert page["text"][row["start"] : row["end"]] == row["raw"], path
            checked += 1
    assert checked > 800


def test_texts_are_composed(batch: Batch) -> None:
    assert all(unicodedata.is_normalized("NFC", page["text"]) for _, page in batch.pages())


def test_pdf_text_layers(batch: Batch) -> None:
    for file, document in of_kind(batch, "pdf", "text-layer"):
        assert file.read_bytes().startswith(b"%PDF")
        _compare_pages(pdfium.PdfDocument(file), document)


def test_pdf_columns_in_reading_order(batch: Batch) -> None:
    file = batch.out / "indictments/обвинительный_акт_Исаев.pdf"
    document = batch.documents["indictments/обвинительный_акт_Исаев.pdf"]
    assert {page["layout"] for page in document["pages"]} == {"columns"}
    read = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, check=True, text=True)
    for got, page in zip(read.stdout.split("\f"), document["pages"], strict=False):
        assert plain(got) == plain(page["text"])


def _compare_pages(opened: pdfium.PdfDocument, document: dict[str, Any]) -> None:
    with opened:
        assert len(opened) == len(document["pages"])
        for number, page in enumerate(document["pages"]):
            got = opened[number].get_textpage().get_text_bounded()
            if page["layout"] == "plain":
                assert plain(got) == plain(page["text"])
            else:
                assert sorted(got.split()) == sorted(page["text"].split())


def test_scans_have_pictures_and_no_text(batch: Batch) -> None:
    for file, document in of_kind(batch, "pdf", "ocr"):
        with pdfium.PdfDocument(file) as opened:
            assert len(opened) == len(document["pages"])
            for page in opened:
                assert page.get_textpage().count_chars() == 0
                width = page.get_width() / 72 * document["facts"]["dpi"]
                (picture,) = page.get_objects()
                assert abs(picture.get_px_size()[0] - width) < 2


def test_docx(batch: Batch) -> None:
    for file, document in of_kind(batch, "docx", "parsed"):
        got = "\n".join(paragraph.text for paragraph in docx.Document(str(file)).paragraphs)
        assert got == document["pages"][0]["text"]


def test_odt(batch: Batch) -> None:
    for file, document in of_kind(batch, "odt", "parsed"):
        with zipfile.ZipFile(file) as archive:
            first = archive.infolist()[0]
            assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
            tree = etree.fromstring(archive.read("content.xml").replace(b"<text:s/>", b" "))
        name = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}p"
        got = "\n".join("".join(paragraph.itertext()) for paragraph in tree.iter(name))
        assert got == document["pages"][0]["text"]


def test_rtf(batch: Batch) -> None:
    for file, document in of_kind(batch, "rtf", "parsed"):
        assert rtf_to_text(file.read_text("ascii")).strip() == document["pages"][0]["text"]


def test_html(batch: Batch) -> None:
    for file, document in of_kind(batch, "html", "parsed"):
        article = html.document_fromstring(file.read_bytes()).find(".//article")
        assert article is not None
        assert article.text_content().strip() == document["pages"][0]["text"]


def test_text_files_decode_to_the_truth(batch: Batch) -> None:
    encodings = set()
    for file, document in of_kind(batch, "text", "parsed"):
        encodings.add(document["encoding"])
        assert file.read_bytes().decode(document["encoding"]) == document["pages"][0]["text"]
    assert encodings == {"utf-8", "utf-8-sig", "cp1251"}


def test_mail_and_its_attachment(batch: Batch) -> None:
    attached = 0
    for file, document in of_kind(batch, "email", "parsed"):
        message = email.message_from_bytes(file.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        assert message["Subject"] == document["facts"]["subject"]
        assert body.get_content().replace("\r\n", "\n").strip() == document["pages"][0]["text"]
        for part, known in zip(
            message.iter_attachments(), document.get("attachments", []), strict=True
        ):
            assert part.get_filename() == known["name"]
            _compare_pages(pdfium.PdfDocument(part.get_content()), known)
            attached += 1
    assert attached == 1


def test_subtitles(batch: Batch) -> None:
    for file, document in of_kind(batch, "subtitles", "subtitle"):
        cues = pysubs2.load(str(file), encoding="utf-8")
        got = [(cue.start / 1000, cue.end / 1000, cue.text) for cue in cues]
        assert got == [
            (page["start_seconds"], page["end_seconds"], page["text"]) for page in document["pages"]
        ]


def test_photographs_know_when_and_where(batch: Batch) -> None:
    placed = 0
    for path, document in batch.documents.items():
        facts = document.get("facts", {})
        if "taken_at" not in facts:
            continue
        with Image.open(batch.out / path) as image:
            tags = image.getexif()
        when = tags.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal]
        assert re.sub(r"\D", "", when) == re.sub(r"\D", "", facts["taken_at"])
        gps = tags.get_ifd(ExifTags.IFD.GPSInfo)
        degrees, minutes, seconds = gps[ExifTags.GPS.GPSLatitude]
        north = float(degrees) + float(minutes) / 60 + float(seconds) / 3600
        assert north == pytest.approx(facts["latitude"], abs=1e-6)
        placed += 1
    assert placed == 3


@pytest.mark.parametrize(
    ("path", "streams"),
    [
        ("video/VID_20220106_003200.mp4", {"video": "h264", "audio": "aac"}),
        ("audio/AUDIO-2022-07-14-18-03-22.ogg", {"audio": "opus"}),
    ],
)
def test_recordings(path: str, streams: dict[str, str], batch: Batch) -> None:
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_streams", "-show_format"]
    read = subprocess.run([*command, str(batch.out / path)], capture_output=True, check=True)
    probed = json.loads(read.stdout)
    assert {stream["codec_type"]: stream["codec_name"] for stream in probed["streams"]} == streams
    expected = batch.documents[path]["facts"]["duration_seconds"]
    assert float(probed["format"]["duration"]) == pytest.approx(expected, abs=0.1)


@pytest.mark.slow
def test_tesseract_reads_a_scan(batch: Batch, tmp_path: Path) -> None:
    """Page 1 at 200 dpi without its seal; 0.5 % is usual, over 5 % nobody could use the scan."""
    path = "verdicts/апелляция_қаулысы_скан_200dpi.pdf"
    page = batch.documents[path]["pages"][0]
    with pdfium.PdfDocument(batch.out / path) as opened:
        picture = opened[0].render(scale=200 / 72).to_pil().convert("L")
    buffer = io.BytesIO()
    picture.save(buffer, "PPM")
    (tmp_path / "page.pgm").write_bytes(buffer.getvalue())
    listed = subprocess.run(
        ["tesseract", "--list-langs"], capture_output=True, check=True, text=True
    )
    (model,) = [name for name in listed.stdout.split() if name.endswith("Cyrillic")]
    command = ["tesseract", str(tmp_path / "page.pgm"), "-", "-l", model]
    one_thread = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    read = subprocess.run(command, capture_output=True, check=True, text=True, env=one_thread)
    error_rate = _distance(plain(read.stdout), plain(page["text"])) / len(plain(page["text"]))
    assert 0 < error_rate < 0.05


def _distance(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        above, row[0] = row[0], i
        for j, b in enumerate(other, start=1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (a != b))
    return row[-1]
