"""Pictures through the whole reader: scans, pages in photos, scenes, and broken files."""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import ExifTags, Image
from rapidfuzz.distance import Levenshtein

from aigaq.archive.errors import RefusedError
from aigaq.archive.model import Method
from aigaq.pipeline.readers import ReadOptions, photo, read_document
from aigaq.pipeline.readers.exif import exif_facts
from aigaq.pipeline.readers.reading import Reading
from aigaq.pipeline.tools.sandbox import Limits
from samples import media, recipes, scan

LIMITS = Limits(wall_seconds=120, cpu_seconds=120)


def read(content: bytes, folder: Path, limits: Limits = LIMITS) -> Reading:
    source, work = folder / "file", folder / "work"
    source.write_bytes(content)
    work.mkdir()
    return read_document(source, "image", work, limits=limits, options=ReadOptions())


def encoded(image: Image.Image, form: str = "PNG", **how: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **how)
    return buffer.getvalue()


def error_rate(read_text: str, exact: str) -> float:
    wanted = " ".join(exact.split())
    return Levenshtein.distance(" ".join(read_text.split()), wanted) / len(wanted)


PAGE = recipes.printed("reply_ru")


def page_picture(dpi: int) -> scan.Picture:
    return scan.render(PAGE.content, 1, dpi)


def test_a_photographed_page_is_laid_flat_and_read(tmp_path: Path) -> None:
    picture = scan.photograph(page_picture(200), np.random.default_rng(11))
    reading = read(scan.jpeg(picture, 85), tmp_path)
    [passage] = reading.passages
    assert reading.facts["look"] == "photographed-page"
    assert reading.facts["scene"] is False
    assert passage.method is Method.OCR
    assert error_rate(passage.text, PAGE.pages[0].text) < 0.02
    made = {file.role: file for file in reading.made}
    flat = cv2.imread(str(made["rectified-page"].path))
    boxes = json.loads(made["word-boxes"].path.read_text())
    assert flat.shape[:2] == (boxes["height"], boxes["width"])
    assert [passage.text[start:end] for start, end, *_ in boxes["words"]] == passage.text.split()


def test_a_scan_is_read(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    picture = scan.scan(page_picture(200), scan.Scanner(dpi=200), rng)
    reading = read(scan.png(picture, 200), tmp_path)
    [passage] = reading.passages
    assert reading.facts["look"] == "scan"
    assert error_rate(passage.text, PAGE.pages[0].text) < 0.02
    assert [file.role for file in reading.made] == ["word-boxes"]


def test_a_page_that_takes_too_long_is_refused_long_before_its_file(tmp_path: Path) -> None:
    heavy = encoded(Image.fromarray(page_picture(400)))
    with pytest.raises(RefusedError, match="ran out of"):
        read(heavy, tmp_path, replace(LIMITS, page_seconds=1))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_scene_gives_no_text(seed: int, tmp_path: Path) -> None:
    picture = media.scene(np.random.default_rng(seed))
    reading = read(scan.jpeg(picture, 84), tmp_path)
    assert reading.passages == ()
    assert reading.made == ()
    assert reading.facts["scene"] is True


def test_blank_paper_is_an_empty_page_and_no_problem(tmp_path: Path) -> None:
    reading = read(encoded(Image.new("L", (1240, 1754), 250)), tmp_path)
    [passage] = reading.passages
    assert (passage.text, passage.needs_review, passage.problem) == ("", False, "")


def test_a_tiff_is_read_page_by_page(tmp_path: Path) -> None:
    page = Image.fromarray(page_picture(150)).convert("L")
    blank = Image.new("L", page.size, 255)
    content = encoded(
        page, "TIFF", save_all=True, append_images=[blank, page], dpi=(150, 150), compression="jpeg"
    )
    reading = read(content, tmp_path)
    assert reading.facts["pages"] == 3
    assert [passage.page for passage in reading.passages] == [1, 2, 3]
    assert [bool(passage.text) for passage in reading.passages] == [True, False, True]
    assert error_rate(reading.passages[2].text, PAGE.pages[0].text) < 0.05


NOISE = Image.fromarray(np.random.default_rng(1).integers(0, 255, (300, 400, 3), dtype=np.uint8))


@pytest.mark.parametrize(
    ("content", "limits", "reason"),
    [
        (encoded(NOISE, "JPEG")[:9000], LIMITS, "the picture is cut off: its end is missing"),
        (encoded(NOISE, "PNG")[:9000], LIMITS, "the picture is cut off: its end is missing"),
        (encoded(NOISE), Limits(pixels=100_000), "400 x 300 pixels, the limit is 100,000"),
        (b"\xff\xd8\xff\xe0" + b"x" * 400, LIMITS, "the picture is damaged"),
        (b"neither a picture nor anything", LIMITS, "no known kind of picture"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", LIMITS, "HEIC pictures cannot be decoded here"),
    ],
)
def test_what_cannot_be_decoded_is_refused(
    content: bytes, limits: Limits, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(RefusedError) as refused:
        read(content, tmp_path, limits)
    assert reason in refused.value.message


def test_a_size_is_refused_from_the_header_alone(tmp_path: Path) -> None:
    """20,000 x 20,000 pixels whose data is missing: decoding would say "cut off"."""
    small = encoded(Image.new("L", (1, 1)))
    header = small[:16] + (20_000).to_bytes(4, "big") * 2
    content = header + small[24:29] + _crc(header[12:] + small[24:29]) + small[33:]
    with pytest.raises(RefusedError, match="pixels"):
        read(content, tmp_path, Limits(memory_bytes=200 << 20))


def _crc(chunk: bytes) -> bytes:
    return zlib.crc32(chunk).to_bytes(4, "big")


Change = Callable[[Image.Exif], None]


def tagged(change: Change) -> Image.Image:
    """A picture opened from a file with these EXIF tags."""
    image = Image.new("RGB", (60, 40), "gray")
    tags = Image.Exif()
    change(tags)
    return Image.open(io.BytesIO(encoded(image, "JPEG", exif=tags)))


def gps(tags: Image.Exif, **values: object) -> None:
    place = tags.get_ifd(ExifTags.IFD.GPSInfo)
    for name, value in values.items():
        place[ExifTags.GPS[name]] = value


def taken(tags: Image.Exif, when: str, zone: str = "") -> None:
    camera = tags.get_ifd(ExifTags.IFD.Exif)
    camera[ExifTags.Base.DateTimeOriginal] = when
    if zone:
        camera[ExifTags.Base.OffsetTimeOriginal] = zone


@pytest.mark.parametrize(
    ("change", "facts"),
    [
        (lambda tags: None, {}),
        (lambda tags: taken(tags, "2022:01:05 23:15:02"), {"taken_at": "2022-01-05T23:15:02"}),
        (
            lambda tags: taken(tags, "2022:01:05 23:15:02", "+06:00"),
            {"taken_at": "2022-01-05T23:15:02+06:00"},
        ),
        (lambda tags: taken(tags, "0000:00:00 00:00:00"), {}),
        (lambda tags: taken(tags, "yesterday"), {}),
        (
            lambda tags: gps(
                tags,
                GPSLatitudeRef="N",
                GPSLatitude=(43.0, 15.0, 36.0),
                GPSLongitudeRef="W",
                GPSLongitude=(76.0, 30.0, 0.0),
            ),
            {"latitude": 43.26, "longitude": -76.5},
        ),
        (lambda tags: gps(tags, GPSLatitudeRef="N", GPSLatitude=(43.0, 15.0, 36.0)), {}),
        (
            lambda tags: gps(
                tags,
                GPSLatitudeRef="N",
                GPSLatitude=(143.0, 0.0, 0.0),
                GPSLongitudeRef="E",
                GPSLongitude=(76.0, 0.0, 0.0),
            ),
            {},
        ),
        (
            lambda tags: gps(tags, GPSDateStamp="2022:01:05", GPSTimeStamp=(17.0, 15.0, 2.0)),
            {"gps_at": "2022-01-05T17:15:02Z"},
        ),
    ],
)
def test_camera_facts_are_as_written(change: Change, facts: dict[str, object]) -> None:
    assert exif_facts(tagged(change)) == facts


def test_a_picture_is_turned_as_the_camera_was_held(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    upright = Image.fromarray(scan.scan(page_picture(150), scan.Scanner(dpi=150), rng))
    tags = Image.Exif()
    tags[ExifTags.Base.Orientation] = 6  # turn clockwise to see it upright
    lying = upright.transpose(Image.Transpose.ROTATE_90)
    reading = read(encoded(lying, "JPEG", quality=90, exif=tags), tmp_path)
    assert (reading.facts["width"], reading.facts["height"]) == upright.size
    assert error_rate(reading.passages[0].text, PAGE.pages[0].text) < 0.05


def test_corners_of_a_page_are_found_where_they_are() -> None:
    desk = np.full((1200, 900, 3), (40, 60, 80), np.uint8)
    corners = np.array([(150, 120), (760, 180), (800, 1080), (90, 1020)], np.float32)
    cv2.fillConvexPoly(desk, corners.astype(np.int32), (235, 240, 245))
    found = photo.find_page(desk)
    assert found is not None
    assert np.abs(found - corners).max() < 12
    assert not photo.is_cut(found, desk)


@pytest.mark.parametrize("tone", [0, 128, 255])
def test_no_page_in_a_plain_picture(tone: int) -> None:
    assert photo.find_page(np.full((600, 800, 3), tone, np.uint8)) is None
