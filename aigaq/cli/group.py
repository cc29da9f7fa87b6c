"""The group of all commands, which imports a command only when it is called."""

from __future__ import annotations

import importlib
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

from aigaq.cli.table import COMMANDS, Entry
from aigaq.messages.translator import Translator


class CommandTable(TyperGroup):
    """`aigaq` itself. Until a command is called, a stub with its one line of help stands for it."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for entry in COMMANDS:
            self.add_command(TyperCommand(entry.name, help=entry.help, rich_markup_mode=None))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command by its name and put the real one in the place of the stub."""
        name, stub, rest = super().resolve_command(ctx, args)
        if stub is None:  # completion of something misspelt
            return name, stub, rest
        command = load(next(entry for entry in COMMANDS if entry.name == name))
        wishes = ctx.find_root().obj
        if wishes is not None:
            translate(command, wishes.translator)
        return name, command, rest


def load(entry: Entry) -> Any:
    """Import one command and make it ready to be called."""
    module = importlib.import_module(entry.module)
    app = getattr(module, "app", None)
    if app is not None:
        group = get_group(app)
        group.name, group.help = entry.name, entry.help
        return group
    single = typer.Typer(
        add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
    )
    single.command(entry.name, help=entry.help, epilog=getattr(module, "EXAMPLES", None))(
        module.command
    )
    return get_command(single)


def translate(command: Any, translator: Translator) -> None:
    """Put the help of a command, its options and its commands into the reader's language."""
    if command.help:
        command.help = translator.gettext(command.help)
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = translator.gettext(parameter.help)
    for inner in getattr(command, "commands", {}).values():
        translate(inner, translator)
