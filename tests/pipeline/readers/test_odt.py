from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings

from aigaq.archive.errors import RefusedError
from aigaq.pipeline.readers import odt
from aigaq.pipeline.readers.reading import Reading

from .hostile import mutations, reading_of, survives, whole_text

_SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "text": "text",
        "table": "table",
        "draw": "drawing",
        "style": "style",
        "meta": "meta",
    }.items()
)
BODY = """
<text:tracked-changes><text:changed-region><text:deletion><text:p>өшірілген</text:p>
</text:deletion></text:changed-region></text:tracked-changes>
<text:h>Сот   отырысы</text:h>
<text:p>Бір<text:s text:c="3"/>екі<text:tab/>үш<text:line-break/>төрт 😀 е\u0308</text:p>
<text:list><text:list-item><text:p>тізім</text:p></text:list-item></text:list>
<table:table><table:table-row><table:table-cell><text:p>а</text:p></table:table-cell>
<table:table-cell><text:p>б</text:p><text:p>в</text:p></table:table-cell></table:table-row>
</table:table>
<text:p>Негізгі<text:note><text:note-citation>1</text:note-citation><text:note-body>
<text:p>сілтеме</text:p></text:note-body></text:note> мәтін<office:annotation>
<text:p>пікір</text:p></office:annotation><draw:frame><draw:text-box><text:p>қорап</text:p>
</draw:text-box></draw:frame>.</text:p>
"""


def _content(body: str) -> str:
    inside = f"<office:body><office:text>{body}</office:text></office:body>"
    return f"<office:document-content {_SPACES}>{inside}</office:document-content>"


def _package(content: str | bytes, **members: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        package.writestr("content.xml", content)
        for name, text in members.items():
            package.writestr(name.replace("__", "/") + ".xml", text)
    return made.getvalue()


def _read(data: bytes, folder: Path) -> Reading:
    source = folder / "a.odt"
    source.write_bytes(data)
    return reading_of(odt.read, source)


def test_a_document(tmp_path: Path) -> None:
    reading = _read(_package(_content(BODY)), tmp_path)
    assert whole_text(reading).splitlines() == [
        "Сот отырысы",
        "Бір   екі\tүш",
        "төрт 😀 ё",
        "тізім",
        "а\tб в",
        "Негізгі мәтін.",
        "қорап",
        "сілтеме",
        "пікір",
    ]
    assert reading.facts == {"comments": 1, "tracked_deletions": 1}


def test_headers_and_properties(tmp_path: Path) -> None:
    styles = (
        f"<s {_SPACES}><text:p>стиль</text:p><style:header><text:p>Аудандық сот</text:p>"
        "</style:header></s>"
    )
    meta = f"<m {_SPACES}><meta:initial-creator>Асель</meta:initial-creator></m>"
    reading = _read(_package(_content("<text:p>а</text:p>"), styles=styles, meta=meta), tmp_path)
    assert whole_text(reading) == "Аудандық сот\nа"
    assert reading.facts == {"author": "Асель"}


def test_a_hostile_count_of_spaces_is_capped(tmp_path: Path) -> None:
    body = '<text:p>а<text:s text:c="99999"/><text:s text:c="9999999999"/>б</text:p>'
    assert len(whole_text(_read(_package(_content(body)), tmp_path))) < 300


def test_an_encrypted_document_is_refused(tmp_path: Path) -> None:
    manifest = "<manifest:manifest><manifest:encryption-data/></manifest:manifest>"
    with pytest.raises(RefusedError, match="password"):
        _read(_package(b"\x01\x02\x03", **{"META-INF__manifest": manifest}), tmp_path)


def test_an_empty_document_is_told(tmp_path: Path) -> None:
    reading = _read(_package(_content("<text:p/>")), tmp_path)
    assert (reading.passages, reading.problems) == ((), ("The document holds no text.",))


def test_a_package_without_content_is_refused(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    with pytest.raises(RefusedError, match="no OpenDocument text"):
        _read(made.getvalue(), tmp_path)


@settings(max_examples=80, deadline=None)
@given(mutations(_content(BODY).encode()))
def test_changed_xml_is_read_or_refused(xml: bytes) -> None:
    survives(odt.read, _package(xml))
