"""The group of all commands, which imports a command only when it is called."""

from __future__ import annotations

import copy
import importlib
from typing import Any

import click

from aigaq.cli.table import COMMANDS, Entry
from aigaq.messages.translator import Translator


class CommandTable(click.Group):
    """`aigaq` itself. Until a command is called, a stub with its one line of help stands for it."""

    def __init__(self, *arguments: Any, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        for entry in COMMANDS:
            self.add_command(click.Command(entry.name, help=entry.help))

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of the table, which is the order of a day's work."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command by its name and put the real one in the place of the stub."""
        name, stub, rest = super().resolve_command(ctx, args)
        if stub is None:  # completion of something misspelt
            return name, stub, rest
        command = load(next(entry for entry in COMMANDS if entry.name == name))
        if ctx.obj is not None:
            command = translated(command, ctx.obj.translator)
        return name, command, rest


def load(entry: Entry) -> click.Command:
    """Import one command and give it its line of help."""
    command = importlib.import_module(entry.module).command
    if not isinstance(command, click.Command):
        raise TypeError(f"{entry.module}.command is no click command")
    command.name, command.help = entry.name, entry.help
    return command


def translated(command: click.Command, translator: Translator) -> click.Command:
    """A copy of a command whose help, options and commands speak the reader's language."""
    copied = copy.copy(command)
    copied.help = command.help and translator.gettext(command.help)
    copied.params = [_translated_option(parameter, translator) for parameter in command.params]
    if isinstance(copied, click.Group) and isinstance(command, click.Group):
        copied.commands = {
            name: translated(inner, translator) for name, inner in command.commands.items()
        }
    return copied


def _translated_option(parameter: click.Parameter, translator: Translator) -> click.Parameter:
    copied = copy.copy(parameter)
    if isinstance(copied, click.Option):
        copied.help = copied.help and translator.gettext(copied.help)
    return copied
