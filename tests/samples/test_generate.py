"""The generator: the same seed gives the same bytes, a second call does nothing, order is kept."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import pytest

from aigaq.pipeline import batches
from samples.generate import NotOursError, generate
from tests.samples.conftest import Batch


def digests(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file()
    }


@pytest.mark.parametrize("only", ["hearings/*", "mail/*", "usb/под_паролем.pdf", "photos/*05_*"])
def test_the_same_seed_gives_the_same_bytes(only: str, batch: Batch, tmp_path: Path) -> None:
    generate(tmp_path / "batch", tmp_path / "truth", only=only)
    again = digests(tmp_path / "batch")
    del again["manifest.csv"]
    assert again
    assert again.items() <= digests(batch.out).items()


@pytest.mark.slow
def test_the_whole_batch_is_made_again_byte_for_byte(batch: Batch, tmp_path: Path) -> None:
    generate(tmp_path / "batch", tmp_path / "truth")
    assert digests(tmp_path / "batch") == digests(batch.out)


def test_another_seed_gives_another_picture(batch: Batch, tmp_path: Path) -> None:
    generate(tmp_path / "batch", tmp_path / "truth", seed=8, only="photos/*05_*")
    name = "photos/IMG_20220105_231502.jpg"
    assert (tmp_path / "batch" / name).read_bytes() != (batch.out / name).read_bytes()


def test_a_second_call_writes_nothing(batch: Batch) -> None:
    stamp = batch.truth / "stamp.json"
    before = stamp.stat()
    generate(batch.out, batch.truth)
    assert (before.st_ino, before.st_ctime_ns) == (stamp.stat().st_ino, stamp.stat().st_ctime_ns)


def test_a_lost_file_is_made_again(tmp_path: Path) -> None:
    out, truth = tmp_path / "batch", tmp_path / "truth"
    generate(out, truth, only="hearings/*")
    (out / "hearings/прения_05.07.2022.rtf").unlink()
    generate(out, truth, only="hearings/*")
    assert (out / "hearings/прения_05.07.2022.rtf").is_file()


def test_a_run_cut_short_leaves_a_folder_that_the_next_run_clears(tmp_path: Path) -> None:
    out, truth = tmp_path / "batch", tmp_path / "truth"
    generate(out, truth, only="mail/*")
    stamp = truth / "stamp.json"
    claimed = {"files": dict.fromkeys(json.loads(stamp.read_text("utf-8"))["files"], -1)}
    stamp.write_text(json.dumps(claimed), "utf-8")
    generate(out, truth, only="hearings/*")
    assert not list(out.glob("mail/*"))


def test_files_of_somebody_else_are_not_touched(tmp_path: Path) -> None:
    out = tmp_path / "batch"
    out.mkdir()
    (out / "thesis.docx").write_text("the only copy")
    with pytest.raises(NotOursError, match=r"thesis\.docx"):
        generate(out, tmp_path / "truth", only="mail/*")
    assert (out / "thesis.docx").read_text() == "the only copy"
    assert [file.name for file in out.rglob("*")] == ["thesis.docx"]


def test_manifest_and_folder_differ_as_the_truth_says(batch: Batch) -> None:
    index = json.loads((batch.truth / "index.json").read_text("utf-8"))
    expected = index["manifest"]
    with (batch.out / "manifest.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    listed = {line["path"] for line in lines}
    present = {name for name in digests(batch.out) if name != "manifest.csv"}
    assert present == {document["path"] for document in index["documents"]}
    assert present - listed == set(expected["unlisted"])
    assert listed - present == {*expected["missing"], *expected["refused_lines"]}
    assert len(lines) == expected["lines"]
    for word in ("restricted", "sealed"):
        named = [line["path"] for line in lines if line["restriction"] == word]
        assert named == expected[word] != []


def test_the_ingest_reads_the_delivery_as_the_truth_says(batch: Batch) -> None:
    expected = json.loads((batch.truth / "index.json").read_text("utf-8"))["manifest"]
    delivery = batches.load(batch.out)
    assert [line.path for line in delivery.missing] == expected["missing"]
    assert [problem.path for problem in delivery.problems] == expected["refused_lines"]
    unlisted = [arrival.path for arrival in delivery.arrivals if arrival.listed is None]
    assert unlisted == ["manifest.csv", *expected["unlisted"]]


def test_only_the_promised_duplicate_is_one(batch: Batch) -> None:
    seen: dict[str, list[str]] = {}
    for name, digest in digests(batch.out).items():
        seen.setdefault(digest, []).append(name)
    alike = [sorted(names) for names in seen.values() if len(names) > 1]
    copies = {
        path: d["same_bytes_as"] for path, d in batch.documents.items() if "same_bytes_as" in d
    }
    assert alike == [sorted(pair) for pair in copies.items()]
    assert len(copies) == 1


def test_every_query_has_answers_and_none_is_sealed(batch: Batch) -> None:
    asked = json.loads((batch.truth / "queries.json").read_text("utf-8"))["queries"]
    assert len(asked) >= 25
    sealed = "interviews/беседа_источник_А.txt"
    for query in asked:
        assert query["must_hit"], query["query"]
        assert query["must_not_hit"] == [sealed]
        assert sealed not in [*query["must_hit"], *query["may_hit"]]


def test_one_defendant_stands_in_three_languages_and_seven_kinds(batch: Batch) -> None:
    asked = json.loads((batch.truth / "queries.json").read_text("utf-8"))["queries"]
    hits = next(query["must_hit"] for query in asked if query["query"] == "Исаев")
    assert {batch.documents[path]["language"] for path in hits} == {"ru", "kk", "en"}
    kinds = {batch.documents[path]["kind"] for path in hits}
    assert kinds == {"pdf", "docx", "odt", "rtf", "html", "text", "email"}
