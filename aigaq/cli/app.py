"""The options that stand before a command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aigaq import __version__
from aigaq.cli.group import CommandTable
from aigaq.messages.translator import N_

app = typer.Typer(
    name="aigaq",
    cls=CommandTable,
    help=N_("An evidence archive: files go in, are read, and every change stays provable."),
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    invoke_without_command=True,
)


@app.callback()
def aigaq(
    context: typer.Context,
    *,
    home: Annotated[
        Path | None, typer.Option(metavar="DIR", help=N_("Folder of the archive."))
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="en|ru|kk", help=N_("Language of messages."))
    ] = None,
    json: Annotated[bool, typer.Option("--json", help=N_("Answer in JSON."))] = False,
    debug: Annotated[bool, typer.Option("--debug", help=N_("Show the trace of an error."))] = False,
    version: Annotated[
        bool, typer.Option("--version", help=N_("Say which version this is."))
    ] = False,
) -> None:
    """Keep what stands before the command; commands read it through `Session.of`."""
    if version:
        typer.echo(f"aigaq {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
