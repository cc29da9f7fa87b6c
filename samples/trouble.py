"""Files that do harm or no good: each must be kept and must not stop the others.

None of them needs more than a few hundred kilobytes on disk.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from samples import archives

BOMB_BYTES = 256 * 1024 * 1024
DEPTH = 60_000
BLANK_SIDE = 20_000


def truncated(content: bytes, share: float) -> bytes:
    """The first part of a file, as an upload that broke off leaves it."""
    return content[: int(len(content) * share)]


def huge_page_pdf() -> bytes:
    """One page of 14,400 x 14,400 points (the format's limit) covered by an image of one pixel.

    At 300 dpi it would be 60,000 x 60,000 pixels. There is no text, so a reader wants to see it.
    """
    drawing = (
        b"q 14400 0 0 14400 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \xee EI Q\n0 0 m 14400 14400 l S"
    )
    return pdf_of(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 14400 14400] /Contents 4 0 R >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(drawing), drawing),
    )


def pdf_of(*objects: bytes) -> bytes:
    """A PDF of numbered objects, the first being the catalog."""
    body, places = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return (
        body
        + b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, table)
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
    )


def blank_png(side: int = BLANK_SIDE) -> bytes:
    """A white gray-scale image of `side` x `side` pixels; 20,000 take 400 MB when decoded."""
    row = b"\x00" + b"\xff" * side
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(*chunk) for chunk in ((b"IHDR", header), (b"IDAT", packed), (b"IEND", b""))
    )


def docx_bomb(unpacked: int = BOMB_BYTES) -> bytes:
    """A DOCX of some hundred kilobytes whose text unpacks to `unpacked` bytes."""
    paragraph = b"<w:p><w:r><w:t>" + b"A" * 4067 + b"</w:t></w:r></w:p>"
    count = unpacked // len(paragraph)
    document = _DOCX_HEAD + paragraph * count + b"</w:body></w:document>"
    return archives.pack(
        [
            ("[Content_Types].xml", CONTENT_TYPES),
            ("_rels/.rels", RELATIONS),
            ("word/document.xml", document),
        ]
    )


def deep_html(text: str, depth: int = DEPTH) -> bytes:
    """A sentence inside `depth` nested elements."""
    return (
        "<!DOCTYPE html><html><head><meta charset='utf-8'><title>x</title></head><body>"
        + "<div>" * depth
        + f"<p>{text}</p>"
        + "</div>" * depth
        + "</body></html>"
    ).encode()


def strange_names() -> Iterator[tuple[str, str]]:
    """(name, reason): names a file system takes and a careless program trips over."""
    yield "..%2F..%2Fetc%2Fpasswd.txt", "a percent-encoded path that climbs out of the folder"
    yield "․․／․․／outside.txt", "letters that look like dots and slashes"
    yield "протокол_\u202etxt.exe.pdf", "a right-to-left override that hides the extension"
    yield long_name(".txt"), "a name of 250 bytes"
    yield "-rf --help $(id) 'кавычки' \"акт\"\n.txt", "a name a shell or a CSV would act on"


def long_name(suffix: str, size: int = 250) -> str:
    """A name of `size` ASCII characters, which are as many bytes."""
    words = "kopiya_protokola_osmotra_mesta_proisshestviya_"
    return (words * (size // len(words) + 1))[: size - len(suffix)] + suffix


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + checksum


CONTENT_TYPES = (
    b'<?xml version="1.0" encoding="UTF-8"?><Types '
    b'xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="rels" '
    b'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    b'<Override PartName="/word/document.xml" ContentType='
    b'"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    b'<?xml version="1.0" encoding="UTF-8"?><Relationships '
    b'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    b'Target="word/document.xml"/></Relationships>'
)
_DOCX_HEAD = (
    b'<?xml version="1.0" encoding="UTF-8"?><w:document '
    b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
)
