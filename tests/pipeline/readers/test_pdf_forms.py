"""What people filled into a PDF form or wrote onto a page is part of what the page says."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from aigaq.pipeline.readers.pdfpage import PdfPage, Tables

FONT = b"<</F 5 0 R>>"


def _stream(head: bytes, content: bytes) -> bytes:
    return b"<<%b/Length %d>>stream\n%b\nendstream" % (head, len(content), content)


def _pdf(note: bytes) -> bytes:
    """A page that says "Name:", with one annotation that shows "Saule Akhmetova" beside it."""
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 200 20]/Resources<</Font%b>>" % FONT
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R]>>>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 200]/Resources<</Font%b>>"
        b"/Contents 4 0 R/Annots[6 0 R]>>" % FONT,
        _stream(b"", b"BT /F 12 Tf 20 100 Td (Name:) Tj ET"),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Type/Annot%b/F 4/T(name)/V(x)/Rect[80 95 280 115]/AP<</N 7 0 R>>>>" % note,
        _stream(form, b"BT /F 12 Tf 2 5 Td (Saule Akhmetova) Tj ET"),
    ]
    objects = (b"%d 0 obj\n%b\nendobj\n" % one for one in enumerate(bodies, start=1))
    return b"%PDF-1.7\n" + b"".join(objects) + b"trailer<</Root 1 0 R/Size 8>>\n%%EOF\n"


@pytest.mark.parametrize("note", [b"/Subtype/Widget/FT/Tx", b"/Subtype/FreeText"])
def test_the_filled_in_words_are_read(note: bytes, tmp_path: Path) -> None:
    source = tmp_path / "form.pdf"
    source.write_bytes(_pdf(note))
    before = source.read_bytes()
    with (
        contextlib.closing(pdfium.PdfDocument(source)) as document,
        contextlib.closing(PdfPage(document, 1)) as page,
    ):
        text, _ = page.text_and_look(Tables(source, [1]))
    assert text.split() == ["Name:", "Saule", "Akhmetova"]
    assert source.read_bytes() == before
