from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx as python_docx
import pytest
from hypothesis import given, settings

from aigaq.archive.errors import RefusedError
from aigaq.pipeline.readers import docx
from aigaq.pipeline.tools.limits import Limits

from .hostile import mutations, reading_of, survives, whole_text

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _document() -> bytes:
    document = python_docx.Document()
    document.core_properties.title = "Үкім"
    document.core_properties.author = "Асель Нұрланова"
    document.sections[0].header.paragraphs[0].text = "Ауданаралық сот"
    document.sections[0].footer.paragraphs[0].text = "аяғы"
    document.add_paragraph("Бірінші ғ қ ң ө ұ ү һ і\tтаб 😀 е\u0308")
    table = document.add_table(2, 2)
    for row in range(2):
        for column in range(2):
            table.cell(row, column).text = f"ұяшық {row}{column}"
    table.cell(1, 1).add_paragraph("екінші жол")
    table.cell(0, 0).add_table(1, 2).cell(0, 1).text = "ішкі"
    document.add_paragraph("Тізім", style="List Number")
    document.add_paragraph("бір\nекі")
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _package(members: dict[str, str | bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return made.getvalue()


def _body(xml: str) -> bytes:
    return _package({"word/document.xml": f"<w:document {W}><w:body>{xml}</w:body></w:document>"})


@pytest.fixture
def read(tmp_path: Path) -> Callable[[bytes], docx.Reading]:
    def reading(data: bytes, limits: Limits | None = None) -> docx.Reading:
        source = tmp_path / "a.docx"
        source.write_bytes(data)
        return reading_of(docx.read, source, limits=limits)

    return reading


def test_a_document_of_python_docx(read: Callable[[bytes], docx.Reading]) -> None:
    reading = read(_document())
    assert whole_text(reading).splitlines() == [
        "Ауданаралық сот",
        "Бірінші ғ қ ң ө ұ ү һ і\tтаб 😀 ё",
        "ұяшық 00 ішкі\tұяшық 01",
        "ұяшық 10\tұяшық 11 екінші жол",
        "Тізім",
        "бір",
        "екі",
        "аяғы",
    ]
    assert reading.facts["title"] == "Үкім"
    assert reading.facts["author"] == "Асель Нұрланова"
    assert reading.problems == ()


def _run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


BODIES = {
    "insertion": (f"<w:p>{_run('а')}<w:ins>{_run('б')}</w:ins></w:p>", "аб"),
    "deletion": (f"<w:p>{_run('а')}<w:del><w:r><w:delText>б</w:delText></w:r></w:del></w:p>", "а"),
    "moved": (
        f"<w:p><w:moveFrom>{_run('ж')}</w:moveFrom><w:moveTo>{_run('ж')}</w:moveTo></w:p>",
        "ж",
    ),
    "content control": (f"<w:sdt><w:sdtContent><w:p>{_run('а')}</w:p></w:sdtContent></w:sdt>", "а"),
    "hyperlink": (f"<w:p><w:hyperlink>{_run('а')}</w:hyperlink></w:p>", "а"),
    "tab stops are no tabs": (
        f"<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr>{_run('а')}</w:p>",
        "а",
    ),
    "field code": (f"<w:p><w:r><w:instrText>PAGE</w:instrText></w:r>{_run('3')}</w:p>", "3"),
    "hyphens": ("<w:p><w:r><w:t>а</w:t><w:noBreakHyphen/><w:t>б</w:t></w:r></w:p>", "а\u2011б"),
    "text box once": (
        "<w:p><w:r><w:t>дейін</w:t></w:r><AlternateContent><Choice><w:txbxContent>"
        f"<w:p>{_run('қорап')}</w:p></w:txbxContent></Choice><Fallback><w:txbxContent>"
        f"<w:p>{_run('қорап')}</w:p></w:txbxContent></Fallback></AlternateContent>"
        f"{_run(' кейін')}</w:p>",
        "дейін кейін\nқорап",
    ),
}


@pytest.mark.parametrize(("xml", "text"), BODIES.values(), ids=BODIES.keys())
def test_what_python_docx_passes_over(
    xml: str, text: str, read: Callable[[bytes], docx.Reading]
) -> None:
    assert whole_text(read(_body(xml))) == text


def test_notes_and_comments_are_read(read: Callable[[bytes], docx.Reading]) -> None:
    def part(name: str, text: str) -> str:
        return f"<w:{name}s {W}><w:{name}><w:p>{_run(text)}</w:p></w:{name}></w:{name}s>"

    relations = "".join(
        f'<Relationship Id="r{kind}" Type="{RELATIONS}/{kind}" Target="{kind}.xml"/>'
        for kind in ("footnotes", "comments")
    )
    reading = read(
        _package(
            {
                "word/document.xml": f"<w:document {W}><w:p>{_run('негізгі')}</w:p></w:document>",
                "word/_rels/document.xml.rels": f"<Relationships>{relations}</Relationships>",
                "word/footnotes.xml": part("footnote", "сілтеме"),
                "word/comments.xml": part("comment", "пікір"),
            }
        )
    )
    assert whole_text(reading) == "негізгі\nсілтеме\nпікір"
    assert reading.facts["comments"] == 1


def test_tracked_changes_are_counted(read: Callable[[bytes], docx.Reading]) -> None:
    reading = read(_body(BODIES["deletion"][0] + BODIES["insertion"][0]))
    assert reading.facts == {"tracked_insertions": 1, "tracked_deletions": 1}


@pytest.mark.parametrize(("text", "names"), [("", ["a.xlsx", "p.png"]), ("ә" * 50, ["a.xlsx"])])
def test_inner_files_become_attachments(
    text: str, names: list[str], read: Callable[[bytes], docx.Reading]
) -> None:
    """Embedded files always; pictures where the document is nothing but scanned pages."""
    reading = read(
        _package(
            {
                "word/document.xml": f"<w:document {W}><w:p>{_run(text)}</w:p></w:document>",
                "word/embeddings/a.xlsx": b"PK",
                "word/media/": b"",
                "word/embeddings/": b"",
                "word/media/p.png": b"\x89PNG",
            }
        )
    )
    assert [attachment.name for attachment in reading.attachments] == names
    assert reading.attachments[0].path.read_bytes() == b"PK"
    assert reading.facts["pictures"] == 1
    assert (reading.problems == ()) == bool(text)


def test_a_bomb_is_refused_before_it_goes_off(read: Callable[[bytes], docx.Reading]) -> None:
    bomb = _package({"word/document.xml": b"<a>" + b" " * 50_000_000})
    with pytest.raises(RefusedError, match="zip bomb"):
        read(bomb)


def test_a_bomb_whose_header_lies_is_refused(read: Callable[[bytes], docx.Reading]) -> None:
    """The sizes in both headers say 1,000 bytes; 50 million come out."""
    bomb = bytearray(_package({"word/document.xml": b"<a>" + b" " * 50_000_000}))
    true_size = (50_000_003).to_bytes(4, "little")
    while (place := bomb.find(true_size)) != -1:
        bomb[place : place + 4] = (1000).to_bytes(4, "little")
    with pytest.raises(RefusedError):
        read(bytes(bomb))


def test_the_total_is_capped(read: Callable[[bytes], docx.Reading]) -> None:
    members = {f"word/{number}.xml": b"x" * 1000 for number in range(20)}
    with pytest.raises(RefusedError, match="would unpack to"):
        read(_package(members), Limits(unpacked_bytes=10_000))  # type: ignore[call-arg]


def test_too_many_entries_are_refused(read: Callable[[bytes], docx.Reading]) -> None:
    with pytest.raises(RefusedError, match="entries"):
        read(_package({f"word/{number}": b"" for number in range(20_001)}))


@pytest.mark.parametrize(
    "declaration",
    [
        '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">',
        '<!ENTITY a SYSTEM "file:///etc/passwd">',
        '<!ENTITY % a SYSTEM "http://127.0.0.1:9/x">%a;',
    ],
)
def test_entities_are_refused(declaration: str, read: Callable[[bytes], docx.Reading]) -> None:
    xml = f"<!DOCTYPE x [{declaration}]><w:document {W}><w:t>&a;</w:t></w:document>"
    with pytest.raises(RefusedError):
        read(_package({"word/document.xml": xml}))


REFUSED = {
    "not a zip": (b"PK\x03\x04 nothing", "damaged"),
    "cut off": (_document()[:5000], "damaged"),
    "old": (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "old binary"),
    "encrypted": (
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
        "password",
    ),
    "no document": (_package({"a.txt": b"a"}), "no Word document"),
    "broken XML": (_package({"word/document.xml": "<a><b></a>"}), "damaged"),
    "deep": (_package({"word/document.xml": "<a>" * 5000}), "damaged"),
}


@pytest.mark.parametrize(("data", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_refused_with_a_reason(
    data: bytes, reason: str, read: Callable[[bytes], docx.Reading]
) -> None:
    with pytest.raises(RefusedError, match=reason):
        read(data)


@settings(max_examples=80, deadline=None)
@given(mutations(_document()))
def test_changed_bytes_are_read_or_refused(data: bytes) -> None:
    survives(docx.read, data)


@settings(max_examples=80, deadline=None)
@given(
    mutations(f"<w:document {W}>{''.join(xml for xml, _ in BODIES.values())}</w:document>".encode())
)
def test_changed_xml_is_read_or_refused(xml: bytes) -> None:
    survives(docx.read, _package({"word/document.xml": xml}, method=zipfile.ZIP_STORED))
