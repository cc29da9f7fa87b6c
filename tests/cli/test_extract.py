"""`extract FILE` and `names`: no archive, one JSON object a line, offsets that read back."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from aigaq.cli.words import ROLES
from tests.cli import shapes
from tests.cli.conftest import Run, Told

TEXT = (
    "Хаттама.\r\n"
    "Судья: Слушается дело № 7520-22-00-1/118.\r\n"
    "Прокурор: Подсудимый Исаев Ерлан Маратович осуждён 12 мая 2022 года по ст. 272 УК РК.\r\n"
)


def lines(told: Told) -> list[shapes.ExtractLine]:
    return [shapes.ExtractLine.model_validate(json.loads(line)) for line in told.out.splitlines()]


FILES = {
    "UTF-8": TEXT.encode(),
    "UTF-8 with a byte order mark": b"\xef\xbb\xbf" + TEXT.encode(),
    "not normalised": "й — то же, что й.\n".encode() + TEXT.encode(),
    "letters beyond the basic plane": "😀 𝒳 ".encode() + TEXT.encode(),
}


@pytest.mark.parametrize("name", FILES)
def test_offsets_read_back_in_the_file_decoded_as_utf8(name: str, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "hearing.txt"
    file.write_bytes(FILES[name])
    told = run("extract", file, "--json")
    assert told.code == 0
    text = FILES[name].decode("utf-8")
    found = lines(told)
    assert {line.kind for line in found} >= {"person", "article", "date", "case_number", "turn"}
    for line in found:
        assert text[line.start : line.end] == line.raw
        assert line.page is None
        if line.kind == "turn":
            start, end = line.value["text_start"], line.value["text_end"]
            assert isinstance(start, int)
            assert isinstance(end, int)
            assert text[start:end] in line.raw


def test_the_answer_has_the_shapes_of_the_contract(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "hearing.txt"
    file.write_text(TEXT, "utf-8", newline="")
    found = {line.kind: line for line in lines(run("extract", file, "--json"))}
    assert found["person"].role == "defendant"
    assert found["article"].value["law"] == "CC"
    assert found["article"].value["article"] == "272"
    assert found["date"].value == {"start": "2022-05-12", "end": "2022-05-12", "precision": "day"}


def test_an_old_encoding_is_told(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "old.txt"
    file.write_bytes("Подсудимый Исаев Ерлан осуждён 12 мая 2022 года.".encode("cp1251"))
    told = run("extract", file, "--json")
    assert any(line.kind == "date" for line in lines(told))


def test_people_read_a_table(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "hearing.txt"
    file.write_text(TEXT, "utf-8")
    told = run("extract", file)
    assert any("CC 272" in line and "article of law" in line for line in told.out.splitlines())


def test_a_text_that_names_nothing_says_so(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "note.txt"
    file.write_text("so it goes\n", "utf-8")
    assert "Nothing was recognised." in run("extract", file).out
    assert run("extract", file, "--json").out == ""


UNREADABLE = {
    "nothing there": (None, 2, "there is no file"),
    "no text in it": (bytes(range(256)) * 40, 4, ""),
    "empty": (b"", 4, "empty"),
    "a truncated PDF": (b"%PDF-1.7\n1 0 obj\n<<", 4, ""),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_refused_with_a_reason(name: str, run: Run, tmp_path: Path) -> None:
    content, code, reason = UNREADABLE[name]
    file = tmp_path / "file.txt"
    if content is not None:
        file.write_bytes(content)
    told = run("extract", file, "--json")
    assert told.code == code
    error = shapes.ErrorAnswer.model_validate(told.json).error
    assert reason in error.message
    assert error.exit_code == code


def test_every_role_is_in_the_catalogs() -> None:
    roles = files("aigaq.pipeline.extractors").joinpath("data", "roles.yml").read_text("utf-8")
    assert set(yaml.safe_load(roles)) == set(ROLES)


def test_roles_are_told_in_the_readers_language(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "hearing.txt"
    file.write_text(TEXT, "utf-8")
    assert "подсудимый" in run("--language", "ru", "extract", file).out
    assert "сотталушы" in run("--language", "kk", "extract", file).out


# --- names ----------------------------------------------------------------------------------------


def test_the_keys_of_a_name(run: Run) -> None:
    answer = shapes.NamesAnswer.model_validate(run("names", "Исаев Е. М.", "--json").json)
    assert answer.keys.k3
    assert answer.keys.initials == ["Е", "М"]
    assert answer.matches == []
    assert ", ".join(answer.keys.k3) in run("names", "Исаев Е. М.").out


def test_two_names_match_and_why(run: Run) -> None:
    told = run("names", "Исаев", "Issayev", "Исаева", "Петров", "--json")
    answer = shapes.NamesAnswer.model_validate(told.json)
    assert [(match.match, match.reason) for match in answer.matches] == [
        (True, "other transliteration"),
        (True, "inflected form"),
        (False, None),
    ]
    shown = run("--language", "kk", "names", "Исаев", "Issayev").out
    assert "басқа транслитерация" in shown


@pytest.mark.parametrize("name", ["", "   ", "...", "1234", "\x1b[31m"])
def test_what_is_no_name_has_no_keys_and_no_error(name: str, run: Run) -> None:
    told = run("names", name, "--json")
    assert told.code == 0
    assert run("names", name, "Исаев").code == 0


def test_a_name_without_end_is_refused(run: Run) -> None:
    assert run("names", "а" * 301).code == 2
