"""A delivery as it lies on disk and as the manifest tells it."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from aigaq.archive.errors import NotFoundError, TableError, UsageError
from aigaq.archive.model import Restriction
from aigaq.pipeline.batches import Delivery, load

HEADER = "path,case_ids,document_type,date,source,language,restriction,note\n"


def deliver(folder: Path, manifest: str | None, *names: str) -> Delivery:
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name, encoding="utf-8")
    if manifest is not None:
        (folder / "manifest.csv").write_text(manifest, encoding="utf-8")
    return load(folder)


def arrival(delivery: Delivery, path: str):  # type: ignore[no-untyped-def]
    return next(a for a in delivery.arrivals if a.path == path)


def test_a_listed_file_carries_what_the_manifest_says(tmp_path: Path) -> None:
    line = "суд/приговор.pdf,QAN-0001;QAN-0002,verdict,2022-04,court,ru,restricted,second copy\n"
    delivery = deliver(tmp_path, HEADER + line, "суд/приговор.pdf")
    found = arrival(delivery, "суд/приговор.pdf")
    assert found.cases == ("QAN-0001", "QAN-0002")
    assert found.description.document_type == "verdict"
    assert found.description.restriction is Restriction.RESTRICTED
    assert found.listed == 2
    assert delivery.missing == ()
    assert delivery.problems == ()


def test_missing_and_unlisted_files_are_both_told(tmp_path: Path) -> None:
    delivery = deliver(tmp_path, HEADER + "promised.pdf,,,,,,,\n", "came.pdf")
    assert [line.path for line in delivery.missing] == ["promised.pdf"]
    assert arrival(delivery, "came.pdf").listed is None


def test_the_manifest_itself_is_kept_and_sealed(tmp_path: Path) -> None:
    delivery = deliver(tmp_path, HEADER, "a.txt")
    kept = arrival(delivery, "manifest.csv")
    assert kept.description.restriction is Restriction.SEALED
    assert kept.description.document_type == "manifest"


def test_a_manifest_from_elsewhere_is_kept_under_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "batch"
    folder.mkdir()
    (folder / "a.txt").write_text("a")
    elsewhere = tmp_path / "list.csv"
    elsewhere.write_text(HEADER + "a.txt,QAN-0001,,,,,,\n")
    delivery = load(folder, elsewhere)
    assert {a.path for a in delivery.arrivals} == {"a.txt", "list.csv"}
    assert arrival(delivery, "a.txt").cases == ("QAN-0001",)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("../../outside.pdf,,,,,,,", "points outside the batch"),
        ("/etc/passwd,,,,,,,", "points outside the batch"),
        ("C:\\papers\\a.pdf,,,,,,,", "points outside the batch"),
        ("..\\a.pdf,,,,,,,", "points outside the batch"),
        (",QAN-0001,,,,,,", "names no file"),
        ("a.txt,QAN-0001", "has 2 fields, the header has 8"),
        ("a.txt,QAN 0001!,,,,,,", "'QAN 0001!' is not a case id"),
        ("a.txt,,,5 January,,,,", "date '5 January' is not written YYYY, YYYY-MM or YYYY-MM-DD"),
        (f"a.txt,,,,,,,{'x' * 10_001}", "note is longer than 10000 characters"),
    ],
)
def test_a_doubtful_line_is_reported_with_its_number(
    tmp_path: Path, line: str, problem: str
) -> None:
    delivery = deliver(tmp_path, HEADER + line + "\n", "a.txt")
    assert [(p.line, p.problem) for p in delivery.problems] == [(2, problem)]


@pytest.mark.parametrize("line", ["a.txt,,,,,,secret,", "a.txt,QAN-0001", "a.txt,,,,,,,,too,many"])
def test_doubt_about_who_may_read_seals_the_file(tmp_path: Path, line: str) -> None:
    delivery = deliver(tmp_path, HEADER + line + "\n", "a.txt")
    assert arrival(delivery, "a.txt").description.restriction is Restriction.SEALED


def test_two_lines_for_one_file_keep_the_stricter_restriction(tmp_path: Path) -> None:
    lines = "a.txt,QAN-0001,,,,,sealed,\na.txt,QAN-0002,,,,,open,\n"
    delivery = deliver(tmp_path, HEADER + lines, "a.txt")
    found = arrival(delivery, "a.txt")
    assert found.description.restriction is Restriction.SEALED
    assert found.cases == ("QAN-0001", "QAN-0002")
    assert [p.problem for p in delivery.problems] == ["was already listed in line 2"]


def test_semicolons_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    delivery = deliver(tmp_path, "\ufeffpath;case_ids\nа.txt;QAN-0001|QAN-0002\n", "а.txt")
    assert arrival(delivery, "а.txt").cases == ("QAN-0001", "QAN-0002")


def test_composed_and_decomposed_names_meet(tmp_path: Path) -> None:
    on_disk = unicodedata.normalize("NFD", "показания й.txt")
    delivery = deliver(tmp_path, HEADER + "показания й.txt,QAN-0001,,,,,,\n", on_disk)
    assert arrival(delivery, on_disk).cases == ("QAN-0001",)
    assert delivery.missing == ()


@pytest.mark.parametrize(
    "manifest",
    [
        "file,case\na.txt,1\n",
        "case_ids,note\nQAN-0001,x\n",
        "path,path\na,b\n",
        "",
        'path,note\na.txt,"never closed\n',
    ],
)
def test_a_manifest_that_is_none_is_refused_as_a_whole(tmp_path: Path, manifest: str) -> None:
    with pytest.raises(TableError) as refused:
        deliver(tmp_path, manifest, "a.txt")
    assert refused.value.advice


def test_a_manifest_in_cp1251_is_refused_with_advice(tmp_path: Path) -> None:
    (tmp_path / "manifest.csv").write_bytes("path,note\nприговор.pdf,копия\n".encode("cp1251"))
    with pytest.raises(TableError, match="not UTF-8"):
        load(tmp_path)


def test_links_pipes_and_unreadable_names_are_told_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("x")
    (tmp_path / "link.txt").symlink_to(tmp_path / "real.txt")
    (tmp_path / "folder-link").symlink_to("/etc")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / os.fsdecode(b"odd-\xff.txt")).write_text("x")
    problems = {a.path: a.problem for a in load(tmp_path).arrivals}
    assert problems == {
        "real.txt": "",
        "link.txt": "a symbolic link, which is not followed",
        "folder-link": "a symbolic link, which is not followed",
        "pipe": "not a regular file",
        "odd-\\xff.txt": "",
    }


def test_the_case_option_fills_only_what_the_manifest_leaves_open(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "b.txt").write_text("b")
    (tmp_path / "manifest.csv").write_text(HEADER + "a.txt,QAN-0001,,,,,,\n")
    delivery = load(tmp_path, case="QAN-0009")
    assert arrival(delivery, "a.txt").cases == ("QAN-0001",)
    assert arrival(delivery, "b.txt").cases == ("QAN-0009",)


def test_no_folder_no_manifest_and_no_case_id_are_named(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no folder"):
        load(tmp_path / "nowhere")
    with pytest.raises(NotFoundError, match="no manifest"):
        load(tmp_path, tmp_path / "none.csv")
    with pytest.raises(UsageError, match="not a case id"):
        load(tmp_path, case="not a case!")
