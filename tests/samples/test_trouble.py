"""Each troublemaker makes the trouble it promises."""

from __future__ import annotations

import io
import struct
import subprocess
import zipfile

import pypdfium2 as pdfium
import pytest
from PIL import Image

from samples import trouble
from tests.samples.conftest import Batch


def test_all_of_them_are_kept_and_refused_with_a_reason(batch: Batch) -> None:
    refused = [d for d in batch.documents.values() if d["expect_read"] == "refused"]
    assert len(refused) == 9
    assert all(d["expect_outcome"] == "stored" and d["reason"] for d in refused)


def test_the_empty_file_is_empty(batch: Batch) -> None:
    assert (batch.out / "usb/пустой.pdf").stat().st_size == 0


@pytest.mark.parametrize("name", ["приговор_обрыв.pdf", "под_паролем.pdf"])
def test_pdfium_cannot_open(name: str, batch: Batch) -> None:
    with pytest.raises(pdfium.PdfiumError):
        pdfium.PdfDocument(batch.out / "usb" / name)


def test_the_password_is_in_the_truth(batch: Batch) -> None:
    password = batch.documents["usb/под_паролем.pdf"]["facts"]["password"]
    with pdfium.PdfDocument(batch.out / "usb/под_паролем.pdf", password=password) as opened:
        assert "ЖАЛОБА" in opened[0].get_textpage().get_text_bounded()


def test_the_plan_would_be_sixty_thousand_pixels_wide(batch: Batch) -> None:
    with pdfium.PdfDocument(batch.out / "usb/план_площади.pdf") as opened:
        assert opened[0].get_size() == (14400, 14400)
        assert opened[0].get_textpage().count_chars() == 0


def test_the_blank_picture_is_valid_and_huge(batch: Batch) -> None:
    content = (batch.out / "usb/скан_пустой.png").read_bytes()
    assert struct.unpack(">II", content[16:24]) == (20_000, 20_000)
    assert len(content) < 1_000_000
    with pytest.raises(Image.DecompressionBombError):
        Image.open(io.BytesIO(content))


def test_a_small_blank_picture_decodes() -> None:
    content = trouble.blank_png(side=64)
    with Image.open(io.BytesIO(content)) as image:
        assert image.getextrema() == (255, 255)


def test_the_docx_bomb_unpacks_a_hundredfold(batch: Batch) -> None:
    with zipfile.ZipFile(batch.out / "usb/отчёт.docx") as archive:
        (member,) = [i for i in archive.infolist() if i.filename == "word/document.xml"]
    assert member.file_size > 200 * 2**20
    assert member.file_size / member.compress_size > 100


def test_the_photo_ends_early(batch: Batch) -> None:
    with (
        Image.open(batch.out / "usb/IMG_обрыв.jpg") as image,
        pytest.raises(OSError, match="truncated"),
    ):
        image.load()


def test_the_video_ends_before_its_index(batch: Batch) -> None:
    read = subprocess.run(
        ["ffprobe", "-v", "error", str(batch.out / "usb/VID_обрыв.mp4")],
        check=False,
        capture_output=True,
        text=True,
    )
    assert read.returncode != 0
    assert "moov atom not found" in read.stderr


def test_the_extension_lies(batch: Batch) -> None:
    assert (batch.out / "usb/снимок_экрана.jpg").read_bytes().startswith(b"%PDF-")


def test_the_page_is_deep(batch: Batch) -> None:
    assert (batch.out / "usb/страница.html").read_bytes().count(b"<div>") == trouble.DEPTH


def test_strange_names_arrive_as_they_are(batch: Batch) -> None:
    present = {file.name for file in (batch.out / "usb").iterdir()}
    names = [name for name, _ in trouble.strange_names()]
    assert set(names) <= present
    assert max(len(name.encode()) for name in names) == 250
    assert any("\u202e" in name for name in names)
