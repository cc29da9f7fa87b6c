"""Small files made to break a reader; every function gives bytes (or writes where it is told).

They are not part of the sample batch. None is larger than a few megabytes on disk, each is made in
at most two seconds, and each names the harm it does.
"""

from __future__ import annotations

import io
import os
import socket
import struct
import wave
import zipfile
import zlib
from email.message import EmailMessage
from pathlib import Path

from samples import archives, trouble
from samples.trouble import pdf_of

_CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
_PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"


def pdf_cyclic_pages() -> bytes:
    """A page tree whose node is its own child: a reader that descends never returns."""
    return pdf_of(
        _CATALOG,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Pages /Parent 2 0 R /Kids [2 0 R 3 0 R] /Count 1 >>",
    )


def pdf_xref_loop() -> bytes:
    """A cross-reference table that names itself as the earlier one."""
    whole = pdf_of(_CATALOG, _PAGES, b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>")
    place = whole.rindex(b"startxref\n") + len(b"startxref\n")
    table = whole[place:].split(b"\n", 1)[0]
    return whole.replace(b"/Root 1 0 R >>", b"/Root 1 0 R /Prev %b >>" % table)


def pdf_million_pages_claimed() -> bytes:
    """One page that says it is a hundred million."""
    return pdf_of(
        _CATALOG,
        b"<< /Type /Pages /Kids [3 0 R] /Count 100000000 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
    )


def pdf_stream_bomb(unpacked: int = 128 * 2**20) -> bytes:
    """A page whose drawing unpacks to `unpacked` bytes of harmless operators."""
    packed = _packed_twice(b"q Q\n", unpacked)
    return pdf_of(
        _CATALOG,
        _PAGES,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R >>",
        b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n%b\nendstream"
        % (len(packed), packed),
    )


def pdf_form_recursion() -> bytes:
    """A drawing that draws itself."""
    form = b"/F Do"
    return pdf_of(
        _CATALOG,
        _PAGES,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R "
        b"/Resources << /XObject << /F 5 0 R >> >> >>",
        b"<< /Length 5 >>\nstream\n/F Do\nendstream",
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F 5 0 R >> >>"
        b" /Length %d >>\nstream\n%b\nendstream" % (len(form), form),
    )


def pdf_form_multiplied(levels: int = 12, width: int = 10) -> bytes:
    """Forms that draw forms: `width ** levels` drawings from a few kilobytes."""
    forms = []
    for level in range(levels):
        number = 5 + level
        last = level == levels - 1
        drawing = b"0 0 9 9 re f" if last else b"/F Do " * width
        inner = b"" if last else b"/Resources << /XObject << /F %d 0 R >> >> " % (number + 1)
        forms.append(
            b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] %b/Length %d >>\n"
            b"stream\n%b\nendstream" % (inner, len(drawing), drawing)
        )
    return pdf_of(
        _CATALOG,
        _PAGES,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R "
        b"/Resources << /XObject << /F 5 0 R >> >> >>",
        b"<< /Length 5 >>\nstream\n/F Do\nendstream",
        *forms,
    )


def png_bomb(side: int = 30_000) -> bytes:
    """A valid white PNG of `side` x `side` one-bit pixels: 900 million from some 110 kB."""
    row = b"\x00" + b"\xff" * ((side + 7) // 8)
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(row * side, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def png_header_lies(side: int = 2**31 - 1) -> bytes:
    """A header that promises `side` x `side` pixels, and no pixels."""
    header = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IEND", b"")


def tiff_cyclic_directories() -> bytes:
    """A TIFF whose page points to itself as the next page."""
    entries = [(256, 4, 8), (257, 4, 8), (258, 3, 8), (262, 3, 1), (273, 4, 8), (278, 4, 8)]
    entries += [(279, 4, 64)]
    body = struct.pack("<H", len(entries))
    body += b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    return struct.pack("<2sHI", b"II", 42, 8) + body + struct.pack("<I", 8) + b"\0" * 64


def odt_entity_bomb(levels: int = 10) -> bytes:
    """Billion laughs in an ODT's content.xml: `10 ** levels` words."""
    return _odt(_laughs(levels, f"&e{levels - 1};"))


def odt_external_entity(target: str = "file:///etc/passwd") -> bytes:
    """An entity that stands for a file of the machine; the text must not hold its content."""
    return _odt(
        f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY leak SYSTEM "{target}">]>'
        + _odt_body("&leak;")
    )


def docx_entity_bomb(levels: int = 10) -> bytes:
    """Billion laughs in a DOCX."""
    body = (
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"<w:body><w:p><w:r><w:t>&e{levels - 1};</w:t></w:r></w:p></w:body></w:document>"
    )
    document = _laughs(levels, "", body).encode()
    return archives.pack(
        [
            ("[Content_Types].xml", trouble.CONTENT_TYPES),
            ("_rels/.rels", trouble.RELATIONS),
            ("word/document.xml", document),
        ]
    )


def xml_deep(depth: int = 200_000) -> bytes:
    """XML nested deeper than a recursive parser's stack."""
    return b'<?xml version="1.0"?>' + b"<a>" * depth + b"</a>" * depth


def html_long_attribute(size: int = 4 * 2**20) -> bytes:
    """One attribute of `size` bytes, no text."""
    return b"<html><body><p title='" + b"x" * size + b"'></p></body></html>"


def eml_nested(levels: int = 200) -> bytes:
    """A message in a message in a message."""
    content = b"From: a@example.org\r\nSubject: inmost\r\n\r\n" + "айғақ".encode() + b"\r\n"
    for level in range(levels):
        content = _head(f"level {level}", "message/rfc822") + content
    return content


def eml_many_parts(parts: int = 20_000) -> bytes:
    """A message with more attachments than anyone sends."""
    head = _head("many", 'multipart/mixed; boundary="b"')
    part = b"--b\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nx\r\n"
    return head + part * parts + b"--b--\r\n"


def eml_climbing_attachment(name: str = "../../../outside.txt") -> bytes:
    """An attachment whose name climbs out of any folder."""
    message = EmailMessage()
    message["From"], message["Subject"] = "a@example.org", "name"
    message.set_content("see attachment")
    message.add_attachment(b"out", maintype="text", subtype="plain", filename=name)
    return message.as_bytes()


def srt_long(cues: int = 1_000_000) -> bytes:
    """A million cues, about 40 MB; take fewer for a quick test."""
    return b"".join(b"%d\n00:00:00,000 --> 00:00:01,000\nx\n\n" % number for number in range(cues))


def rtf_deep(depth: int = 200_000) -> bytes:
    """Groups nested deeper than a recursive reader's stack."""
    return b"{\\rtf1" + b"{" * depth + b"x" + b"}" * depth + b"}"


def rtf_binary_claim() -> bytes:
    """A group that promises two gigabytes of binary data and brings none."""
    return b"{\\rtf1 before \\bin2147483647 after}"


def zip_climbing(name: str = "../../outside.txt") -> bytes:
    """A zip whose member wants to be written outside."""
    return archives.pack([(name, b"out"), ("inside.txt", b"in")])


def zip_nested(levels: int = 6, width: int = 10) -> bytes:
    """Zips in zips: `width ** levels` megabytes at the end."""
    content = archives.pack([("0.txt", b"0" * 2**20)])
    for _ in range(levels):
        content = archives.pack([(f"{number}.zip", content) for number in range(width)])
    return content


def zip_many_members(members: int = 20_000) -> bytes:
    """More members than a container of a text has."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(members):
            archive.writestr(zipfile.ZipInfo(f"{number}"), b"")
    return buffer.getvalue()


def wav_header_lies() -> bytes:
    """A WAV that promises hours and brings a tenth of a second."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(b"\0\0" * 800)
    content = bytearray(buffer.getvalue())
    content[40:44] = struct.pack("<I", 2**31 - 1)
    return bytes(content)


def text_one_line(size: int = 8 * 2**20) -> bytes:
    """A text without a single space or line end."""
    return b"a" * size


def text_combining(marks: int = 100_000) -> bytes:
    """One letter under a tower of accents: normalising it naively takes forever."""
    return ("a" + "\u0301\u0323" * (marks // 2)).encode()


def folder_of_strangers(folder: Path) -> dict[str, str]:
    """Entries that are no regular files, and a name that is no UTF-8. Gives name -> what it is."""
    (folder / "link.txt").symlink_to("/etc/passwd")
    (folder / "loop").symlink_to(folder)
    (folder / "dangling.pdf").symlink_to("nowhere.pdf")
    os.mkfifo(folder / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "socket"))
    raw = os.fsdecode("приговор.txt".encode("cp1251"))
    (folder / raw).write_bytes("Исаев".encode("cp1251"))
    return {
        "link.txt": "a link out of the folder",
        "loop": "a link to the folder itself",
        "dangling.pdf": "a link to nothing",
        "pipe.txt": "a pipe: opening it waits for ever",
        "socket": "a socket",
        raw: "a regular file whose name is cp1251",
    }


def _head(subject: str, kind: str) -> bytes:
    return (
        f"From: a@example.org\r\nSubject: {subject}\r\n"
        f"MIME-Version: 1.0\r\nContent-Type: {kind}\r\n\r\n"
    ).encode()


def _packed_twice(unit: bytes, size: int) -> bytes:
    """`size` bytes of a repeated unit, deflated, then deflated again: a million to one."""
    packer, block = zlib.compressobj(9), unit * (2**20 // len(unit))
    packed = b"".join(packer.compress(block) for _ in range(size // len(block)))
    return zlib.compress(packed + packer.flush(), 9)


def _laughs(levels: int, text: str, body: str = "") -> str:
    """An XML document with entities that each hold ten of the one before."""
    entities = '<!ENTITY e0 "ха">' + "".join(
        f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, levels)
    )
    return f'<?xml version="1.0"?><!DOCTYPE d [{entities}]>' + (body or _odt_body(text))


def _odt_body(text: str) -> str:
    return (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text>'
        f"<text:p>{text}</text:p></office:text></office:body></office:document-content>"
    )


def _odt(content: str) -> bytes:
    kind = b"application/vnd.oasis.opendocument.text"
    members = [("mimetype", kind), ("content.xml", content.encode())]
    return archives.pack(members, stored=("mimetype",))


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + checksum
