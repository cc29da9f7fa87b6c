"""`verify`: what it says of a sound archive and of a damaged one."""

from __future__ import annotations

from pathlib import Path

from aigaq.archive.findings import Finding
from aigaq.cli.findings import TEXTS
from tests.cli import shapes
from tests.cli.conftest import Run, Small


def test_every_finding_is_in_the_catalogs() -> None:
    kinds = Finding.__subclasses__()
    assert {text for kind in kinds for text in (kind.sentence, kind.advice)} == set(TEXTS)


def test_findings_are_told_in_the_readers_language(run: Run, home: Path) -> None:
    run("--home", home, "case", "add", "QAN-1")
    told = run("--home", home, "--language", "ru", "verify")
    assert "1 замечание" in told.out
    assert "Проверять нечего" in told.out


def blobs(home: Path) -> list[Path]:
    return sorted(file for file in (home / "vault").rglob("*") if file.is_file())


def test_a_sound_archive_is_said_to_be_so(run: Run, small: Small) -> None:
    told = run("--home", small.home, "verify")
    assert told.code == 0
    assert "Checked: 5 items" in told.out
    assert "Everything is as it was recorded." in told.out
    answer = shapes.VerifyAnswer.model_validate(run("--home", small.home, "verify", "--json").json)
    assert (answer.ok, answer.findings, answer.checked["items"]) == (True, [], 5)


def test_a_lost_and_a_flipped_file_are_findings(run: Run, small: Small) -> None:
    lost, flipped, *_ = blobs(small.home)
    lost.unlink()
    content = flipped.read_bytes()
    flipped.chmod(0o600)
    flipped.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    told = run("--home", small.home, "verify")
    assert told.code == 3
    assert "Missing" in told.out
    assert "DigestMismatch" in told.out
    assert "What to do: restore the file" in told.out
    answer = shapes.VerifyAnswer.model_validate(run("--home", small.home, "verify", "--json").json)
    assert not answer.ok
    assert {str(finding["type"]) for finding in answer.findings} == {"Missing", "DigestMismatch"}


def test_an_empty_archive_is_not_valid(run: Run, home: Path) -> None:
    run("--home", home, "case", "add", "QAN-1")
    told = run("--home", home, "verify", "--json")
    assert told.code == 3
    assert [found["type"] for found in told.json["findings"]] == ["NothingToVerify"]  # type: ignore[attr-defined]


def test_one_item_or_case_may_be_checked(run: Run, small: Small) -> None:
    answer = run("--home", small.home, "verify", "--item", small.verdict, "--json").json
    assert answer["checked"]["items"] == 1  # type: ignore[index]
    assert run("--home", small.home, "verify", "--case", "QAN-0042").code == 0
    assert run("--home", small.home, "verify", "--item", "ARC-1999-000001").code == 2
    assert run("--home", small.home, "verify", "--case", "QAN-9999").code == 2
