"""Files that are kept and not read: the reason says what they are, not only that they are not."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from aigaq.archive.errors import RefusedError
from aigaq.pipeline.readers import ReadOptions, read_document
from aigaq.pipeline.tools.limits import Limits


def _packed(path: Path, member: str, content: str) -> None:
    with zipfile.ZipFile(path, "w") as package:
        package.writestr(member, content)


def _refusal(source: Path, kind: str, work: Path) -> RefusedError:
    with pytest.raises(RefusedError) as refused:
        read_document(source, kind, work, limits=Limits(), options=ReadOptions())
    return refused.value


@pytest.mark.parametrize(
    ("member", "content", "what"),
    [
        ("xl/workbook.xml", "", "a spreadsheet"),
        ("ppt/presentation.xml", "", "a presentation"),
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet", "a spreadsheet"),
        ("mimetype", "application/epub+zip", "an electronic book"),
    ],
)
def test_office_files_without_a_reader(
    member: str, content: str, what: str, tmp_path: Path
) -> None:
    source = tmp_path / "file"
    _packed(source, member, content)
    refused = _refusal(source, "unknown", tmp_path)
    assert refused.message.startswith(what)
    assert "PDF" in refused.advice


def test_bytes_nobody_knows(tmp_path: Path) -> None:
    source = tmp_path / "file"
    source.write_bytes(bytes(range(256)) * 8)
    assert "no reader for this kind of file (" in _refusal(source, "unknown", tmp_path).message
