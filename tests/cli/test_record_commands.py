"""`case`, `status` and `show` on a small archive: what they say, to people and to programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from aigaq.archive.custody import Archive
from aigaq.archive.model import Stage, StageStatus
from aigaq.archive.places import Places
from tests.cli import shapes
from tests.cli.conftest import AGENT, HOSTILE, Run, Small

# --- case -----------------------------------------------------------------------------------------


def test_a_case_is_added_once_and_changed_after(run: Run, home: Path) -> None:
    told = [
        run("--home", home, "case", "add", "QAN-0001", "--title", "One", "--json"),
        run("--home", home, "case", "add", "QAN-0001", "--note", "a note", "--json"),
        run("--home", home, "case", "add", "QAN-0001", "--json"),
    ]
    outcomes = [shapes.CaseAdded.model_validate(each.json).outcome for each in told]
    assert outcomes == ["added", "changed", "unchanged"]
    assert told[-1].json["title"] == "One"
    assert told[-1].json["note"] == "a note"


@pytest.mark.parametrize("bad", ["", " ", "-x", "a b", "a\nb", "x" * 65, "дело;1"])
def test_what_is_no_case_id_is_refused(bad: str, run: Run, home: Path) -> None:
    told = run("--home", home, "case", "add", "--", bad)
    assert told.code == 2
    assert "is not a case id" in told.err
    assert not home.exists()


def test_cases_are_listed(run: Run, small: Small) -> None:
    told = run("--home", small.home, "case", "list")
    assert "QAN-0042" in told.out
    assert "first [red]note[/red]" in told.out
    answer = run("--home", small.home, "case", "list", "--json").json
    assert shapes.CaseList.model_validate(answer).cases[0].title == "Дело Исаева"


def test_no_cases_tell_how_to_add_one(run: Run, home: Path) -> None:
    run("--home", home, "case", "import", _csv(home, "id\n"))
    assert "aigaq case add" in run("--home", home, "case", "list").out


GOOD_LISTS = {
    "commas": "id,title,note\nQAN-1,One,n\nQAN-2,Two,\n",
    "semicolons": "id;title;note\nQAN-1;One;n\nQAN-2;Two;\n",
    "only ids": "id\nQAN-1\nQAN-2\n",
    "another order, capitals, blanks": "Title , ID\nOne, QAN-1\nTwo, QAN-2\n\n",
    "a byte order mark and CRLF": "\ufeffid,title\r\nQAN-1,One\r\nQAN-2,Two\r\n",
    "a cell of two lines": 'id,title\nQAN-1,"One\nof two"\nQAN-2,Two\n',
}


@pytest.mark.parametrize("name", GOOD_LISTS)
def test_a_good_list_is_imported(name: str, run: Run, home: Path) -> None:
    told = run("--home", home, "case", "import", _csv(home, GOOD_LISTS[name]), "--json")
    answer = shapes.CasesImported.model_validate(told.json)
    assert (told.code, answer.added, answer.refused) == (0, 2, 0)
    again = run("--home", home, "case", "import", _csv(home, GOOD_LISTS[name]), "--json")
    assert again.json["unchanged"] == 2


BAD_ROWS = {
    "no id": (",x,", 3, "'' is not a case id"),
    "too few fields": ("QAN-9", 3, "has 1 fields, the header has 3"),
    "too many fields": ("QAN-9,a,b,c", 3, "has 4 fields, the header has 3"),
    "a second time": ("QAN-1,a,b", 3, "QAN-1 was already listed in line 2"),
    "a blank inside": ("QAN 9,a,b", 3, "'QAN 9' is not a case id"),
    "too long": (f"QAN-9,{'x' * 10_001},b", 3, "title is longer than 10000 characters"),
}


@pytest.mark.parametrize("name", BAD_ROWS)
def test_a_bad_row_is_told_with_its_line_and_the_others_go_in(
    name: str, run: Run, home: Path
) -> None:
    row, line, problem = BAD_ROWS[name]
    file = _csv(home, f"id,title,note\nQAN-1,One,\n{row}\nQAN-2,Two,\n")
    told = run("--home", home, "case", "import", file, "--json")
    answer = shapes.CasesImported.model_validate(told.json)
    assert (told.code, answer.added, answer.refused) == (4, 2, 1)
    assert answer.problems == [shapes.RowProblem(line=line, problem=problem)]
    assert f"line {line}: {problem}" in run("--home", home, "case", "import", file).out


BAD_LISTS = {
    "no header": (b"QAN-1,One\n", "does not name the columns"),
    "an unknown column": (b"id,titel\nQAN-1,One\n", "unknown: titel"),
    "a column twice": (b"id,id\nQAN-1,QAN-1\n", "does not name the columns"),
    "empty": (b"", "does not name the columns"),
    "cp1251": ("id,title\nQAN-1,Дело\n".encode("cp1251"), "is not UTF-8 (byte 15)"),
    "an open quote": (b'id,title\nQAN-1,"One\n', "line 2"),
}


@pytest.mark.parametrize("name", BAD_LISTS)
def test_what_is_no_list_of_cases_changes_nothing(name: str, run: Run, home: Path) -> None:
    content, problem = BAD_LISTS[name]
    file = _csv(home, "")
    file.write_bytes(content)
    told = run("--home", home, "case", "import", file)
    assert told.code == 2
    assert problem in told.err
    assert not home.exists()


def _csv(home: Path, text: str) -> Path:
    file = home.parent / "cases.csv"
    file.write_bytes(text.encode())
    return file


# --- status ---------------------------------------------------------------------------------------


def test_status_says_what_is_in_what_failed_and_what_waits(run: Run, small: Small) -> None:
    told = run("--home", small.home, "status")
    assert told.code == 0
    lines = told.out.splitlines()
    assert any("reading" in line and "password" in line and small.refused in line for line in lines)
    assert any("pipe" in line and "not a regular file" in line for line in lines)
    answer = shapes.StatusAnswer.model_validate(run("--home", small.home, "status", "--json").json)
    assert answer.counts["items"] == 5
    assert answer.waiting == {"read": 2, "extract": 0, "index": 1}
    assert [batch.items for batch in answer.batches] == [5]
    assert [(p.item, p.status) for p in answer.problems] == [(small.refused, "refused")]
    assert [r.path for r in answer.refusals] == ["pipe"]


def test_the_reason_of_a_sealed_item_is_sealed_too(run: Run, small: Small) -> None:
    reason = "the attachment of Ахметова cannot be read"
    with Archive.open(Places(small.home)) as archive:
        archive.record_problem(
            small.sealed, Stage.READ, StageStatus.FAILED, reason, tool="tests 1", agent=AGENT
        )
    for form in ([], ["--json"]):
        for call in (["status"], ["show", small.sealed]):
            assert "Ахметова" not in run("--home", small.home, *call, *form).out
    assert f"aigaq show {small.sealed} --unseal" in run("--home", small.home, "status").out
    assert reason in run("--home", small.home, "show", small.sealed, "--unseal").out


def test_status_of_one_batch(run: Run, small: Small) -> None:
    answer = run("--home", small.home, "status", small.batch, "--json").json
    assert shapes.StatusAnswer.model_validate(answer).batches[0].id == small.batch
    assert run("--home", small.home, "status", "BAT-1999-0001").code == 2


# --- show -----------------------------------------------------------------------------------------


def test_show_tells_all_of_an_item(run: Run, small: Small) -> None:
    told = run("--home", small.home, "show", small.verdict)
    for expected in (
        small.verdict,
        "verdict.txt",
        "QAN-0042",
        small.duplicate,
        "accession",
        "aigaq.readers.image 1",
        "Исаев Ерлан",
        "defendant",
        "CC 272(2)",
        "2022-05-12",
        "The page is tilted.",
        "page 3 could not be read: ran out of time (120 s)",
    ):
        assert expected in told.out, expected
    answer = run("--home", small.home, "show", small.verdict, "--json").json
    shown = shapes.ItemShown.model_validate(answer)
    assert [mention.raw for mention in shown.mentions] == [
        "Исаев Ерлан",
        "12 мая 2022 года",
        "ст. 272 ч. 2 УК",
    ]
    assert shown.text.to_review == [2]
    assert shown.duplicates == [small.duplicate]
    assert shown.events[0].term == "accession"


def test_a_duplicate_shows_what_was_read_from_the_first(run: Run, small: Small) -> None:
    answer = run("--home", small.home, "show", small.duplicate, "--json").json
    shown = shapes.ItemShown.model_validate(answer)
    assert shown.duplicate_of == small.verdict
    assert len(shown.mentions) == 3


def test_a_sealed_item_shows_its_custody_and_not_its_name(run: Run, small: Small) -> None:
    calls = (["show", small.sealed], ["show", "QAN-0042"], ["show", small.batch], ["status"])
    for call in calls:
        for form in ([], ["--json"]):
            told = run("--home", small.home, *call, *form)
            assert "Ахметова" not in told.out + told.err, (call, form)
    shown = shapes.ItemShown.model_validate(
        run("--home", small.home, "show", small.sealed, "--json").json
    )
    assert shown.digest.startswith("sha256:")
    assert shown.path is None
    assert all(event.details is None for event in shown.events)
    unsealed = run("--home", small.home, "show", small.sealed, "--unseal")
    assert "Ахметова" in unsealed.out


def test_show_a_case_and_a_batch(run: Run, small: Small) -> None:
    case = run("--home", small.home, "show", "QAN-0042", "--json").json
    assert len(shapes.CaseShown.model_validate(case).items) == 5
    assert run("--home", small.home, "case", "show", "QAN-0042", "--json").json == case
    batch = run("--home", small.home, "show", small.batch, "--json").json
    shown = shapes.BatchShown.model_validate(batch)
    assert (shown.source, len(shown.refusals)) == ("/deliveries/one", 1)


def test_what_is_not_there_is_told_with_where_to_look(run: Run, small: Small) -> None:
    told = run("--home", small.home, "show", "QAN-9999")
    assert told.code == 2
    assert "there is no item, case or batch QAN-9999" in told.err
    assert "aigaq status" in told.err


def test_a_hostile_name_writes_no_line_of_its_own(run: Run, small: Small) -> None:
    for call in (["show", small.hostile], ["show", "QAN-0042"], ["show", small.batch]):
        told = run("--home", small.home, *call)
        assert "\x1b" not in told.out
        assert "\u202e" not in told.out
        assert not any(line.startswith("[bold]ARC") for line in told.out.splitlines())
        assert r"verdict\x1b[2J\u202efdp.exe\n[bold]ARC-2026-999999[/bold]" in told.out
    answer = run("--home", small.home, "show", small.hostile, "--json").json
    assert answer["path"] == HOSTILE
