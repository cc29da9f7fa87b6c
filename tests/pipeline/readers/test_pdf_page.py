"""A page's picture: the dpi fits the pixel cap, and what is too large is never drawn."""

from __future__ import annotations

import pypdfium2 as pdfium
import pytest

from aigaq.archive.errors import RefusedError
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
