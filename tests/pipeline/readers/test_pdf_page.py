"""A page's picture: the dpi fits the pixel cap, and what is too large is never drawn; a scan keeps
its pixels."""

from __future__ import annotations

import io

import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from aigaq.archive.errors import RefusedError
from aigaq.pipeline.readers.ink import Picture
from aigaq.pipeline.readers.pdfpage import PdfPage
from aigaq.pipeline.tools.sandbox import Limits
from samples import recipes


@pytest.fixture
def page() -> PdfPage:
    """A4: 2481 x 3508 pixels at 300 dpi."""
    return PdfPage(pdfium.PdfDocument(recipes.printed("letter_en").content), 1)


def test_a_page_is_drawn_in_colour_at_the_dpi_asked_for(page: PdfPage) -> None:
    picture, dpi = page.picture(300, Limits())
    assert dpi == 300
    assert picture.shape[2] == 3
    assert picture.shape[:2] == pytest.approx((3508, 2481), abs=2)


def test_a_large_page_is_drawn_at_fewer_dpi(page: PdfPage) -> None:
    picture, dpi = page.picture(300, Limits(pixels=2_000_000))
    assert 100 < dpi < 300
    assert picture.shape[0] * picture.shape[1] < 2_010_000


def test_a_huge_page_is_not_drawn_at_all(page: PdfPage) -> None:
    with pytest.raises(RefusedError, match=r"2480 x 3508 pixels at 300 dpi, the limit is 500,000"):
        page.picture(300, Limits(pixels=500_000))


def test_a_page_that_is_not_there() -> None:
    with pytest.raises(RefusedError, match="the page is damaged or missing"):
        PdfPage(pdfium.PdfDocument(recipes.printed("letter_en").content), 9)


# --- scans ----------------------------------------------------------------------------------------

SCAN = np.asarray(np.random.default_rng(1).integers(0, 256, (1754, 1241, 3)), dtype=np.uint8)
"""Noise: any stretching shows. A4 at 150 dpi."""


def scanned(
    image: Image.Image, *, stamp: bool = False, rotated: int = 0, inset: float = 0
) -> bytes:
    """A page of 8.27 x 11.69 inches under the picture; a black square over it when `stamp`."""
    width, height = (side * 72 / 150 for side in (1241, 1754))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(width, height))
    canvas.setPageRotation(rotated)
    canvas.drawImage(
        ImageReader(image), inset, inset, width - 2 * inset, height - 2 * inset, mask="auto"
    )
    if stamp:
        canvas.rect(72, 72, 72, 72, stroke=0, fill=1)
    canvas.save()
    return buffer.getvalue()


def drawn(content: bytes, dpi: int) -> tuple[Picture, float]:
    """In red green blue, as the scan is given."""
    picture, own = PdfPage(pdfium.PdfDocument(content), 1).picture(dpi, Limits())
    return picture[:, :, ::-1], own


@pytest.mark.parametrize("wanted", [150, 140, 200])
def test_a_scan_is_drawn_pixel_for_pixel(wanted: int) -> None:
    picture, dpi = drawn(scanned(Image.fromarray(SCAN)), wanted)
    assert dpi == 150
    assert np.array_equal(picture, SCAN)


@pytest.mark.parametrize("wanted", [110, 300])
def test_a_scan_of_another_resolution_is_drawn_as_wanted(wanted: int) -> None:
    picture, dpi = drawn(scanned(Image.fromarray(SCAN)), wanted)
    assert dpi == wanted
    assert picture.shape[:2] == pytest.approx((11.69 * wanted, 8.27 * wanted), abs=2)


def test_what_lies_over_a_scan_is_drawn_too() -> None:
    picture, _ = drawn(scanned(Image.fromarray(SCAN), stamp=True), 150)
    stamped = picture[-299:-151, 151:299]
    assert not stamped.any()
    assert np.array_equal(picture[:1000], SCAN[:1000])


def test_a_scan_with_a_mask_shows_what_the_mask_lets_through() -> None:
    """Fully transparent pixels are black underneath: taken as they are, the page would be black."""
    picture, _ = drawn(scanned(Image.new("RGBA", (1241, 1754), (0, 0, 0, 0))), 150)
    assert (picture == 255).all()


@pytest.mark.parametrize(
    "content",
    [
        scanned(Image.fromarray(SCAN), rotated=90),
        scanned(Image.fromarray(SCAN), inset=40),
        scanned(Image.fromarray(SCAN[:, ::2])),
    ],
    ids=["a turned page", "a picture on the page", "a fax of other resolutions each way"],
)
def test_what_is_no_plain_scan_is_drawn_as_wanted(content: bytes) -> None:
    _, dpi = drawn(content, 160)
    assert dpi == 160
