"""What is printed cannot be faked, and is readable with and without a terminal."""

from __future__ import annotations

import os
import pty
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigaq.cli.amounts import clock, size
from aigaq.cli.screen import Screen
from tests.cli.conftest import Small

HOSTILE = [
    ("a\nb", r"a\nb"),
    ("\x1b[31mred", r"\x1b[31mred"),
    ("exe.\u202efdp", r"exe.\u202efdp"),
    ("\u2066x\u2069", r"\u2066x\u2069"),
    ("zero\u200bwidth", r"zero\u200bwidth"),
    ("\udc80", r"\udc80"),
    ("[red]x[/red]", "[red]x[/red]"),
    (":smile: **bold**", ":smile: **bold**"),
    ("Қазақстан әғқңөұүһі", "Қазақстан әғқңөұүһі"),
]


@pytest.mark.parametrize(("given_text", "expected"), HOSTILE)
def test_lines_and_cells_are_escaped_and_never_markup(
    given_text: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    screen = Screen()
    screen.line(given_text)
    screen.table(("name",), [(given_text,)])
    screen.pairs([("name", given_text)])
    screen.heading(given_text)
    out = capsys.readouterr().out.splitlines()
    assert out == [expected, "name", expected, f"name  {expected}", "", expected]


@given(st.text(max_size=80))
def test_one_line_is_one_line_whatever_stands_in_it(text: str) -> None:
    shown = Screen._text([text]).plain
    assert "\n" not in shown
    assert len(shown.splitlines()) <= 1
    assert not any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in shown)


def test_columns_are_aligned_by_what_is_seen(capsys: pytest.CaptureFixture[str]) -> None:
    Screen().table(("a", "b"), [("漢字", "1"), ("x", "2")])
    assert capsys.readouterr().out.splitlines() == ["a     b", "漢字  1", "x     2"]


def test_pairs_without_a_value_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    Screen().pairs([("kept", "x"), ("dropped", ""), ("dropped", ("", "bold"))])
    assert capsys.readouterr().out == "kept  x\n"


def test_no_rows_leave_only_the_header(capsys: pytest.CaptureFixture[str]) -> None:
    Screen().pairs([])
    Screen().table(("a", "b"), [])
    assert capsys.readouterr().out.strip() == "a  b"


SIZES = [
    (0, "0 B"),
    (999, "999 B"),
    (1000, "1 kB"),
    (1_530_000, "1.53 MB"),
    (999_999, "1 MB"),
    (5 * 10**15, "5000 TB"),
]


@pytest.mark.parametrize(("number", "written"), SIZES)
def test_sizes(number: int, written: str) -> None:
    assert size(number) == written


@pytest.mark.parametrize(("seconds", "written"), [(0, "0:00"), (7.9, "0:07"), (3753, "1:02:33")])
def test_places_in_a_recording(seconds: float, written: str) -> None:
    assert clock(seconds) == written


def on_a_terminal(home: Path, *arguments: str, **environment: str) -> str:
    """What `aigaq` prints on a terminal of its own."""
    script = "import sys; from aigaq.cli.main import main; sys.exit(main())"
    child, screen = pty.fork()
    if child == 0:  # pragma: no cover - the other process
        os.environ.update({"TERM": "xterm-256color", "COLUMNS": "80", **environment})
        os.execv(sys.executable, [sys.executable, "-c", script, "--home", str(home), *arguments])
    shown = b""
    while True:
        try:
            part = os.read(screen, 65536)
        except OSError:  # Linux ends a terminal so
            break
        if not part:
            break
        shown += part
    os.waitpid(child, 0)
    os.close(screen)
    return shown.decode()


def test_on_a_terminal_what_was_found_is_bold_and_underlined(indexed: Small) -> None:
    shown = on_a_terminal(indexed.home, "find", "Исаев")
    assert "\x1b[1;4mИсаев Ерлан\x1b[0m" in shown
    assert "[Исаев Ерлан]" not in shown


def test_a_terminal_that_shows_no_styles_gets_brackets(indexed: Small) -> None:
    shown = on_a_terminal(indexed.home, "find", "Исаев", TERM="dumb")
    assert "[Исаев Ерлан]" in shown
    assert "\x1b" not in shown


def test_no_color_is_honoured(indexed: Small) -> None:
    shown = on_a_terminal(indexed.home, "status", NO_COLOR="1")
    assert "\x1b[3" not in shown


def test_a_hostile_name_on_a_terminal(small: Small) -> None:
    shown = on_a_terminal(small.home, "show", small.hostile)
    assert "\x1b[2J" not in shown
    assert "\u202e" not in shown
