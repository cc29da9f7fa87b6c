"""PDF through the whole reader, sandbox included, on the samples' documents and troublemakers."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from rapidfuzz.distance import Levenshtein

from aigaq.archive.errors import RefusedError
from aigaq.archive.model import Method
from aigaq.pipeline.readers import ReadOptions, read_document
from aigaq.pipeline.readers.reading import Reading
from aigaq.pipeline.readers.salvage import with_page_tree
from aigaq.pipeline.tools.sandbox import Limits
from samples import recipes, scan, trouble

LIMITS = Limits(wall_seconds=120, cpu_seconds=120)


def read(content: bytes, folder: Path, limits: Limits = LIMITS) -> Reading:
    source, work = folder / "file.pdf", folder / "work"
    source.write_bytes(content)
    work.mkdir()
    return read_document(source, "pdf", work, limits=limits, options=ReadOptions())


def plain(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(
    "name",
    [
        "verdict_ru",
        "appeal_kk",
        "letter_en",
        "indictment_isaev_ru",  # two columns
        "indictment_shchukin_ru",  # a ruled table
        "termination_kairbekov_ru",
    ],
)
def test_born_digital_text_comes_out_word_for_word_in_order(name: str, tmp_path: Path) -> None:
    printed = recipes.printed(name)
    reading = read(printed.content, tmp_path)
    assert [plain(passage.text) for passage in reading.passages] == [
        plain(page.text) for page in printed.pages
    ]
    assert {passage.method for passage in reading.passages} == {Method.TEXT_LAYER}
    assert [passage.page for passage in reading.passages] == list(range(1, len(printed.pages) + 1))
    assert reading.made == ()
    assert reading.facts["pages"] == len(printed.pages)


def test_cells_of_a_ruled_table_are_parted(tmp_path: Path) -> None:
    reading = read(recipes.printed("indictment_shchukin_ru").content, tmp_path)
    assert "ТОО «Тау-Сауда»\t11.01.2022\t189 990" in reading.passages[0].text


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Reading, Path, list[str]]:
    """A scan of a sealed page in Kazakh."""
    printed = recipes.printed("appeal_kk")
    picture = scan.render(printed.content, 2, 300)
    rng = np.random.default_rng(3)
    picture = scan.stamped(picture, recipes.SEALS["appeal_kk"], 300, rng)
    content = scan.as_pdf([scan.scan(picture, scan.Scanner(), rng)], scan.Scanner())
    folder = tmp_path_factory.mktemp("scan")
    return read(content, folder), folder / "work", [printed.pages[1].text]


def test_a_scan_under_a_seal_is_read_nearly_without_errors(
    scanned: tuple[Reading, Path, list[str]],
) -> None:
    reading, _, [exact] = scanned
    [passage] = reading.passages
    wanted, got = plain(exact), plain(passage.text)
    assert Levenshtein.distance(got, wanted) / len(wanted) < 0.02
    assert passage.method is Method.OCR
    assert passage.confidence is not None
    assert passage.confidence > 80
    assert not passage.needs_review
    assert unicodedata.is_normalized("NFC", passage.text)
    assert reading.facts["pages_ocr"] == 1


def test_every_box_points_at_its_word(scanned: tuple[Reading, Path, list[str]]) -> None:
    reading, _, _ = scanned
    text = reading.passages[0].text
    made = {file.role: file for file in reading.made}
    boxes = json.loads(made["word-boxes"].path.read_text())
    assert [text[start:end] for start, end, *_ in boxes["words"]] == text.split()
    for _, _, x, y, width, height, confidence in boxes["words"]:
        assert 0 <= x <= x + width <= boxes["width"]
        assert 0 <= y <= y + height <= boxes["height"]
        assert 0 <= confidence <= 100
    assert made["word-boxes"].tool.name == "tesseract"
    assert made["word-boxes"].tool.version.endswith(" Cyrillic")


def test_the_page_image_is_kept_small(scanned: tuple[Reading, Path, list[str]]) -> None:
    reading, _, _ = scanned
    [image] = [file for file in reading.made if file.role == "page-image"]
    assert image.media_type == "image/jpeg"
    assert image.page == 1
    assert 20_000 < image.path.stat().st_size < 600_000


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"%PDF-1.7\nnothing of it", "the PDF is damaged or has no pages"),
        (
            trouble.pdf_of(
                b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"
            ),
            "the PDF is damaged or has no pages",
        ),
        (
            trouble.truncated(recipes.printed("verdict_ru").content, 0.3),
            "the end of the PDF is missing: the file was cut off",
        ),
    ],
)
def test_what_cannot_be_read_is_refused(content: bytes, reason: str, tmp_path: Path) -> None:
    with pytest.raises(RefusedError) as refused:
        read(content, tmp_path)
    assert refused.value.message == reason


def test_a_locked_file_is_refused_with_advice(tmp_path: Path) -> None:
    made = recipes.locked("verdict_ru", "тайна")(np.random.default_rng(1))
    with pytest.raises(RefusedError, match="locked with a password") as refused:
        read(made.content, tmp_path)
    assert "password" in refused.value.advice


def test_too_many_pages_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="the PDF has 3 pages, the limit is 2"):
        read(recipes.printed("verdict_ru").content, tmp_path, Limits(pages=2))


def test_a_page_that_explodes_is_a_failed_page_before_anything_is_drawn(tmp_path: Path) -> None:
    reading = read(trouble.huge_page_pdf(), tmp_path, Limits(memory_bytes=300 << 20))
    [passage] = reading.passages
    assert passage.problem == (
        "the page would be 60000 x 60000 pixels at 300 dpi, the limit is 120,000,000"
    )
    assert passage.text == ""
    assert passage.needs_review
    assert len(reading.problems) == 1


def test_a_cut_file_keeps_what_came_through(tmp_path: Path) -> None:
    printed = recipes.printed("verdict_ru")
    reading = read(trouble.truncated(printed.content, 0.95), tmp_path)
    assert reading.problems[0] == "the end of the PDF is missing: the file was cut off"
    assert plain(reading.passages[0].text) == plain(printed.pages[0].text)
    assert len(reading.passages) == 3


def test_a_missing_page_is_a_failed_page_and_the_others_are_read(tmp_path: Path) -> None:
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R /Resources 6 0 R >>"
    )
    text = b"BT /F 12 Tf 20 100 Td (Readable words) Tj ET"
    content = trouble.pdf_of(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R 9 0 R 5 0 R] /Count 3 >>",
        page,
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(text), text),
        page,
        b"<< /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>",
    )
    reading = read(content, tmp_path)
    assert [passage.text for passage in reading.passages] == [
        "Readable words",
        "",
        "Readable words",
    ]
    assert [bool(passage.problem) for passage in reading.passages] == [False, True, False]
    assert reading.problems == (
        "1 of 3 pages could not be read; page 2: the page is damaged or missing in the file",
    )


def test_salvage_finds_no_pages_where_there_are_none() -> None:
    assert with_page_tree(b"1 0 obj << /Type /Pages >> endobj", 10)[1] == 0


def test_salvage_gathers_at_most_so_many_pages() -> None:
    content = recipes.printed("verdict_ru").content
    mended, pages = with_page_tree(trouble.truncated(content, 0.99), 2)
    assert pages == 2
    assert len(pdfium.PdfDocument(mended)) == 2
