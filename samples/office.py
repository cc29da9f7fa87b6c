"""Marked texts as DOCX, ODT and RTF. Every paragraph of the text is one paragraph of the file."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from xml.sax.saxutils import escape

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from samples import archives
from samples.marked import Marked, Paragraph

_DAY = datetime(2022, 7, 14, 12, 0, tzinfo=UTC).replace(tzinfo=None)
_CENTRED = ("title", "centre")


def as_docx(document: Marked) -> bytes:
    """A Word document: titles bold and centred, a speaker's label bold."""
    word = docx.Document()
    word.styles["Normal"].font.name = "Times New Roman"
    word.styles["Normal"].font.size = Pt(12)
    word.core_properties.author = "Aigaq samples"
    word.core_properties.title = document.name
    word.core_properties.created = word.core_properties.modified = _DAY
    for paragraph in document.prose():
        written = word.add_paragraph()
        if paragraph.style in _CENTRED:
            written.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for text, bold in _runs(paragraph):
            written.add_run(text).bold = bold
    buffer = io.BytesIO()
    word.save(buffer)
    return archives.repack(buffer.getvalue())


def as_odt(document: Marked) -> bytes:
    """An OpenDocument text, written by hand: mimetype first and uncompressed."""
    kind = "application/vnd.oasis.opendocument.text"
    body = "".join(_odt_paragraph(paragraph) for paragraph in document.prose())
    members = [
        ("mimetype", kind.encode()),
        ("content.xml", _ODT_CONTENT.format(body=body).encode()),
        ("styles.xml", _ODT_STYLES.encode()),
        ("meta.xml", _ODT_META.format(title=escape(document.name)).encode()),
        ("META-INF/manifest.xml", _ODT_MANIFEST.format(kind=kind).encode()),
    ]
    return archives.pack(members, stored=("mimetype",))


def as_rtf(document: Marked) -> bytes:
    """Rich text as Word writes it: code page 1251, letters outside ASCII as \\uN with a `?`."""
    head = r"{\rtf1\ansi\ansicpg1251\deff0{\fonttbl{\f0\froman\fcharset204 Times New Roman;}}"
    info = r"{\info{\author Aigaq samples}}\uc1\f0\fs24"
    paragraphs = "\n".join(_rtf_paragraph(paragraph) for paragraph in document.prose())
    return f"{head}{info}\n{paragraphs}\n}}".encode("ascii")


def _runs(paragraph: Paragraph) -> Iterator[tuple[str, bool]]:
    """The text in bold and plain stretches."""
    label, colon, said = paragraph.text.partition(": ")
    if paragraph.style == "turn" and colon:
        yield f"{label}:", True
        yield f" {said}", False
    else:
        yield paragraph.text, paragraph.style == "title"


def _odt_paragraph(paragraph: Paragraph) -> str:
    style = "Centred" if paragraph.style in _CENTRED else "Standard"
    runs = "".join(_odt_run(text, "Strong" if bold else "Plain") for text, bold in _runs(paragraph))
    return f'<text:p text:style-name="{style}">{runs}</text:p>'


def _odt_run(text: str, style: str) -> str:
    return f'<text:span text:style-name="{style}">{_odt_text(text)}</text:span>'


def _odt_text(text: str) -> str:
    """A space at the edge of a span is written out, or a reader may drop it."""
    written = escape(text).replace("\t", "<text:tab/>")
    return f"<text:s/>{written[1:]}" if written.startswith(" ") else written


def _rtf_paragraph(paragraph: Paragraph) -> str:
    align = r"\qc" if paragraph.style in _CENTRED else r"\qj"
    runs = "".join(
        f"{{\\b {_rtf_text(text)}}}" if bold else _rtf_text(text) for text, bold in _runs(paragraph)
    )
    return f"\\pard{align} {runs}\\par"


def _rtf_text(text: str) -> str:
    return "".join(_rtf_letter(letter) for letter in text)


def _rtf_letter(letter: str) -> str:
    if letter in "\\{}":
        return f"\\{letter}"
    if letter == "\t":
        return r"\tab "
    code = ord(letter)
    if code < 128:
        return letter
    return f"\\u{code if code < 0x8000 else code - 0x10000}?"


_ODT_CONTENT = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
    ' office:version="1.3"><office:automatic-styles>'
    '<style:style style:name="Strong" style:family="text">'
    '<style:text-properties fo:font-weight="bold"/></style:style>'
    '<style:style style:name="Plain" style:family="text"/>'
    '<style:style style:name="Centred" style:family="paragraph">'
    '<style:paragraph-properties fo:text-align="center"/></style:style>'
    "</office:automatic-styles><office:body><office:text>{body}</office:text></office:body>"
    "</office:document-content>"
)
_ODT_STYLES = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<office:document-styles xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" office:version="1.3">'
    '<office:styles><style:style style:name="Standard" style:family="paragraph"/></office:styles>'
    "</office:document-styles>"
)
_ODT_META = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.3"><office:meta>'
    "<dc:title>{title}</dc:title><dc:date>2022-07-14T12:00:00</dc:date>"
    "</office:meta></office:document-meta>"
)
_ODT_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
    ' manifest:version="1.3"><manifest:file-entry manifest:full-path="/"'
    ' manifest:media-type="{kind}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    '<manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/>'
    '<manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)
