"""The door: exit codes, errors with advice, no trace unless asked for, and a light start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from aigaq.archive import errors
from aigaq.cli.commands import config
from aigaq.cli.failure import Failure
from aigaq.cli.group import load
from aigaq.cli.table import COMMANDS, Entry
from tests.cli import shapes
from tests.cli.conftest import Run, Small

AIGAQ = [sys.executable, "-c", "import sys; from aigaq.cli.main import main; sys.exit(main())"]


def all_errors(root: type[errors.AigaqError]) -> list[type[errors.AigaqError]]:
    """A class of the error tree and all below it; not what a room keeps to itself."""
    found = [root, *(each for inner in root.__subclasses__() for each in all_errors(inner))]
    return [kind for kind in found if kind.__module__ == errors.__name__]


EXIT_CODES = {
    errors.AigaqError: 1,
    errors.UsageError: 2,
    errors.SettingError: 2,
    errors.TableError: 2,
    errors.NotFoundError: 2,
    errors.RecordError: 1,
    errors.UnreachableError: 1,
    errors.VaultError: 1,
    errors.BlobMissingError: 1,
    errors.UntrustedStoreError: 1,
    errors.LedgerError: 1,
    errors.RefusedError: 4,
    errors.ToolError: 1,
    errors.SearchError: 1,
}


def test_the_table_of_exit_codes_is_complete() -> None:
    assert set(EXIT_CODES) == set(all_errors(errors.AigaqError))


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Make `aigaq config` end with an error of our choice."""

    def fail(error: BaseException) -> None:
        def ends(**_: object) -> None:
            raise error

        monkeypatch.setattr(config.command, "callback", ends)

    return fail


@pytest.mark.parametrize("kind", EXIT_CODES)
def test_each_error_has_its_code_its_message_and_its_advice(
    kind: type[errors.AigaqError],
    run: Run,
    failing,  # type: ignore[no-untyped-def]
) -> None:
    failing(kind("the lamp is out", advice="light it"))
    told = run("config")
    assert told.code == EXIT_CODES[kind]
    assert told.err == "Error: the lamp is out\nWhat to do: light it\n"
    assert told.out == ""
    answer = shapes.ErrorAnswer.model_validate(run("config", "--json").json).error
    assert answer == shapes.Error(
        type=kind.__name__, message="the lamp is out", advice="light it", exit_code=told.code
    )


def test_an_error_cannot_fake_lines(run: Run, failing) -> None:  # type: ignore[no-untyped-def]
    failing(errors.RefusedError("no file \x1b[2Ja\nError: all is well"))
    assert run("config").err == "Error: no file \\x1b[2Ja\\nError: all is well\n"


UNFORESEEN = [ZeroDivisionError("division by zero"), AssertionError(), RecursionError("deep")]


@pytest.mark.parametrize("error", UNFORESEEN, ids=lambda error: type(error).__name__)
def test_a_bug_is_told_without_a_trace(
    error: Exception,
    run: Run,
    failing,  # type: ignore[no-untyped-def]
) -> None:
    failing(error)
    told = run("config")
    assert told.code == 1
    assert type(error).__name__ in told.err
    assert "--debug" in told.err
    assert "Traceback" not in told.err + told.out
    assert len(told.err.splitlines()) == 2
    debugged = run("--debug", "config")
    assert "Traceback" in debugged.err
    assert "in ends" in debugged.err


def test_trouble_with_the_machine_is_told_as_such(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    told = run("--home", tmp_path / "file" / "archive", "case", "add", "QAN-1")
    assert told.code == 1
    assert "check the disk" in told.err
    assert "Traceback" not in told.err


def test_ctrl_c_says_how_to_go_on(run: Run, failing) -> None:  # type: ignore[no-untyped-def]
    failing(KeyboardInterrupt())
    told = run("config")
    assert told.code == 130
    assert "stopped" in told.err
    assert "run the same command again to continue" in told.err


USAGE = {
    "an unknown command": (["confg"], "Did you mean 'config'?", "aigaq --help"),
    "an unknown option": (["config", "--jsn"], "--json", "aigaq config --help"),
    "a missing argument": (["show"], "ITEM|CASE|BATCH", "aigaq show --help"),
    "an unknown language": (["--language", "de", "config"], "'de'", "aigaq --help"),
    "one argument too many": (["config", "x"], "x", "aigaq config --help"),
    "an unknown command of a group": (["case", "ad"], "add", "aigaq case --help"),
}


@pytest.mark.parametrize("case", USAGE)
def test_a_wrong_line_is_told_and_helped(case: str, run: Run) -> None:
    line, message, advice = USAGE[case]
    told = run(*line)
    assert told.code == 2
    assert message in told.err
    assert advice in told.err
    answer = run(*line, "--json")
    assert shapes.ErrorAnswer.model_validate(answer.json).error.type == "UsageError"


def test_a_bad_setting_names_key_value_and_place(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIGAQ_WORKERS", "many")
    told = run("config")
    assert told.code == 2
    for expected in ("workers", "'many'", "AIGAQ_WORKERS", "docs/settings.md"):
        assert expected in told.err
    assert run("--help").code == 0, "help answers whatever the settings are"
    assert run("config", "--help").code == 0


@pytest.mark.parametrize("command", ["status", "verify", "find", "retry", "reindex", "show"])
def test_without_an_archive_every_command_says_how_to_start_one(
    command: str, run: Run, home: Path
) -> None:
    argument = {"find": ["x"], "show": ["x"]}.get(command, [])
    told = run("--home", home, command, *argument)
    assert told.code == 2
    assert str(home) in told.err
    assert "aigaq ingest" in told.err
    assert not home.exists()


# --- what every command has -----------------------------------------------------------------------


def leaves(entry: Entry) -> list[tuple[str, click.Command]]:
    """The commands that can be called under one line of the table, with their full names."""
    command = load(entry)
    if isinstance(command, click.Group):
        return [(f"{entry.name} {name}", inner) for name, inner in command.commands.items()]
    return [(entry.name, command)]


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_every_command_takes_json_and_explains_every_option(entry: Entry) -> None:
    for name, command in leaves(entry):
        options = [option for option in command.params if isinstance(option, click.Option)]
        assert any("--json" in option.opts for option in options), name
        assert all(option.help for option in options), name
        assert command.help, name


def test_json_may_stand_before_the_command(run: Run) -> None:
    assert run("--json", "config").json == run("config", "--json").json


def test_help_lists_every_command_with_a_line(run: Run) -> None:
    told = run("--help")
    for entry in COMMANDS:
        assert f"  {entry.name} " in told.out
    assert run().out == told.out


# --- as a program of the machine ------------------------------------------------------------------

HEAVY = {"sqlalchemy", "pydantic", "prefect", "spacy", "natasha", "tantivy", "babel", "rich"}
LIGHT_STARTS = {
    "help": (["--help"], HEAVY),
    "version": (["--version"], HEAVY),
    "config for programs": (["config", "--json"], HEAVY),
    "config for people": (["config"], HEAVY - {"rich"}),
    "names": (["names", "Исаев", "--json"], HEAVY),
    "a misspelt command": (["confg"], HEAVY),
    "find": (["find", "x"], HEAVY - {"tantivy", "rich"}),
}


@pytest.mark.parametrize("case", LIGHT_STARTS)
def test_heavy_libraries_are_only_loaded_where_used(case: str, tmp_path: Path) -> None:
    line, unwanted = LIGHT_STARTS[case]
    script = (
        "import sys; from aigaq.cli.main import main; main(sys.argv[1:]);"
        "print('loaded', *sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "--home", str(tmp_path / "none"), *line],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.splitlines()[-1].split()[1:])
    assert loaded & unwanted == set()


def test_a_reader_who_leaves_early_is_not_answered_with_a_trace(small: Small) -> None:
    process = subprocess.Popen(
        [*AIGAQ, "--home", str(small.home), "status"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 1
    process.stderr.close()


def test_a_terminal_without_unicode_is_no_reason_to_stop(small: Small) -> None:
    done = subprocess.run(
        [*AIGAQ, "--home", str(small.home), "case", "list"],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        check=True,
    )
    assert rb"\u0414\u0435\u043b\u043e" in done.stdout


def test_output_into_a_file_has_neither_colours_nor_folds(small: Small) -> None:
    done = subprocess.run(
        [*AIGAQ, "--home", str(small.home), "show", small.hostile],
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "40", "FORCE_COLOR": ""},
        check=True,
    )
    assert "\x1b" not in done.stdout
    assert any(len(line) > 80 for line in done.stdout.splitlines())
    assert all(line == line.rstrip() for line in done.stdout.splitlines())


COMPLETIONS = [
    ("aigaq st", "status"),
    ("aigaq case ", "import"),
    ("aigaq show QAN", "QAN-0042"),
    ("aigaq show ARC", "ARC-"),
    ("aigaq show BAT", "BAT-"),
    ("aigaq case show Q", "QAN-0042"),
    ("aigaq config --j", "--json"),
]


@pytest.mark.parametrize(("typed", "offered"), COMPLETIONS)
def test_tab_offers_commands_options_cases_and_items(
    typed: str, offered: str, small: Small
) -> None:
    done = _tab(typed, str(small.home))
    assert offered in done.stdout
    assert done.stderr == ""


def test_tab_without_an_archive_is_silent(tmp_path: Path) -> None:
    done = _tab("aigaq show Q", str(tmp_path / "none"))
    assert done.stdout.strip() == ""
    assert done.stderr == ""


def _tab(typed: str, home: str) -> subprocess.CompletedProcess[str]:
    words = typed.split(" ")
    environment = {
        **os.environ,
        "_AIGAQ_COMPLETE": "bash_complete",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(len(words) - 1),
        "AIGAQ_HOME": home,
    }
    return subprocess.run(AIGAQ, capture_output=True, text=True, env=environment, check=False)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_script_is_shown_and_installed(shell: str, run: Run, tmp_path: Path) -> None:
    shown = run("--show-completion", shell)
    assert "_AIGAQ_COMPLETE" in shown.out
    told = run("--install-completion", shell)
    place = Path(told.out.splitlines()[0].removeprefix("written: "))
    assert place.is_relative_to(tmp_path / "user")
    assert place.read_text("utf-8").strip() == shown.out.strip()


def test_an_interrupted_process_ends_with_130(small: Small) -> None:
    script = (
        "import os, signal, sys; from aigaq.cli.commands import config; from aigaq.cli.main import"
        " main\ndef stop(**_): os.kill(os.getpid(), signal.SIGINT)\n"
        "config.command.callback = stop\nsys.exit(main(['config']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 128 + signal.SIGINT
    assert "run the same command again" in done.stderr


def test_a_failure_told_in_another_language(run: Run, home: Path) -> None:
    told = run("--home", home, "--language", "ru", "status")
    assert "Ошибка: " in told.err
    assert "Что делать: " in told.err


def test_failures_keep_their_code() -> None:
    assert Failure.foreseen(errors.RefusedError("x")).exit_code == 4
