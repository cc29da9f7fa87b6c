"""A command, an option, a setting or an error that is not documented is not finished."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path

import click
import pytest

from aigaq.archive import errors
from aigaq.cli.app import app
from aigaq.cli.group import load
from aigaq.cli.table import COMMANDS
from aigaq.config.settings import Declaration, declarations

DOCS = Path(__file__).parent.parent / "docs"


def sections(name: str) -> dict[str, str]:
    """The text under each heading of a page, by heading."""
    parts = re.split(r"^##+ (.+)$", (DOCS / name).read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def written_default(declared: Declaration) -> str:
    """The default as it stands in defaults.toml, for the table of settings.md."""
    tables = tomllib.loads(files("aigaq.config").joinpath("defaults.toml").read_text("utf-8"))
    section, _, name = declared.key.rpartition(".")
    value = tables[section][name] if section else tables[name]
    if isinstance(value, list):
        return "+".join(value)
    return str(value) if value != "" else "(empty)"


def setting_row(declared: Declaration) -> str:
    default = written_default(declared)
    return f"| `{declared.key}` | `{declared.variable}` | {default} | {declared.purpose} |"


@pytest.mark.parametrize("declared", declarations(), ids=lambda declared: declared.key)
def test_every_setting_stands_in_the_table(declared: Declaration) -> None:
    assert setting_row(declared) in sections("settings.md")["All settings"].splitlines()


def test_the_table_has_no_setting_that_is_gone() -> None:
    rows = re.findall(r"^\| `([\w.]+)` \|", sections("settings.md")["All settings"], re.MULTILINE)
    assert rows == [declared.key for declared in declarations()]


def all_errors(root: type[errors.AigaqError]) -> list[type[errors.AigaqError]]:
    """A class of the error tree and all below it; not what a room keeps to itself."""
    found = [root, *(each for inner in root.__subclasses__() for each in all_errors(inner))]
    return [kind for kind in found if kind.__module__ == errors.__name__]


@pytest.mark.parametrize("kind", all_errors(errors.AigaqError), ids=lambda kind: kind.__name__)
def test_every_error_is_explained_with_its_codes(kind: type[errors.AigaqError]) -> None:
    text = sections("errors.md")[kind.__name__]
    assert f"Exit code {kind.exit_code}, HTTP status {kind.http_status}." in text
    assert "What to do" in text


def test_no_error_is_explained_that_is_gone() -> None:
    explained = {name for name in sections("errors.md") if name.endswith("Error")}
    assert explained == {kind.__name__ for kind in all_errors(errors.AigaqError)}


def called() -> list[str]:
    """The full name of every command that can be called."""
    names = []
    for entry in COMMANDS:
        command = load(entry)
        inner = command.commands if isinstance(command, click.Group) else {"": command}
        names += [f"{entry.name} {name}".strip() for name in inner]
    return names


def options(name: str) -> list[str]:
    """Every option and argument of a command as its page must name it."""
    first, _, second = name.partition(" ")
    command = load(next(entry for entry in COMMANDS if entry.name == first))
    if isinstance(command, click.Group):
        command = command.commands[second]
    context = click.Context(command, info_name=name)
    written = []
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            written += [option for option in parameter.opts if option.startswith("--")]
        else:
            written.append(parameter.make_metavar(context).strip("[]. "))
    return written


def test_every_command_and_option_is_documented() -> None:
    pages = sections("commands.md")
    missing = [
        f"aigaq {name}: {option}"
        for name in called()
        for option in [*options(name), f"$ aigaq {name}"]
        if option not in pages.get(f"aigaq {name}", "")
    ]
    assert missing == []


def test_no_command_is_documented_that_is_gone() -> None:
    documented = {
        name.removeprefix("aigaq ") for name in sections("commands.md") if name.startswith("aigaq ")
    }
    assert documented == set(called())


def test_the_options_before_a_command_are_documented() -> None:
    text = sections("commands.md")["Before every command"]
    for parameter in app.params:
        assert parameter.opts[0] in text


@pytest.mark.parametrize("page", ["commands.md", "settings.md", "errors.md"])
def test_links_between_pages_lead_somewhere(page: str) -> None:
    targets = re.findall(r"\]\(([^)#]+)", (DOCS / page).read_text("utf-8"))
    assert [target for target in targets if not (DOCS / target).exists()] == []
