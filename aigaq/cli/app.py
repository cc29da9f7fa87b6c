"""The options that stand before a command."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from aigaq import __version__
from aigaq.cli.completion import SHELLS, install
from aigaq.cli.group import CommandTable
from aigaq.cli.session import json_option
from aigaq.config.settings import LANGUAGES
from aigaq.messages.translator import N_

COMPLETION_VARIABLE = "_AIGAQ_COMPLETE"


def _show_completion(context: click.Context, _: click.Parameter, shell: str | None) -> None:
    if shell and not context.resilient_parsing:
        click.echo(_completion_script(context, shell))
        context.exit()


def _install_completion(context: click.Context, _: click.Parameter, shell: str | None) -> None:
    if shell and not context.resilient_parsing:
        for line in install(shell, _completion_script(context, shell)):
            click.echo(line)
        context.exit()


def _completion_script(context: click.Context, shell: str) -> str:
    kind = get_completion_class(shell)
    if kind is None:  # the choice of the option allows none of these
        raise click.BadParameter(shell)
    return kind(context.command, {}, "aigaq", COMPLETION_VARIABLE).source()


@click.group(
    "aigaq",
    cls=CommandTable,
    help=N_("An evidence archive: files go in, are read, and every change stays provable."),
    invoke_without_command=True,
)
@click.option("--home", metavar="DIR", help=N_("Folder of the archive."))
@click.option("--language", type=click.Choice(LANGUAGES), help=N_("Language of messages."))
@json_option
@click.option("--debug", is_flag=True, help=N_("Show the trace of an error."))
@click.option(
    "--show-completion",
    type=click.Choice(SHELLS),
    expose_value=False,
    is_eager=True,
    callback=_show_completion,
    help=N_("Print the completion script of a shell."),
)
@click.option(
    "--install-completion",
    type=click.Choice(SHELLS),
    expose_value=False,
    is_eager=True,
    callback=_install_completion,
    help=N_("Install completion for a shell."),
)
@click.version_option(__version__, message="aigaq %(version)s", help=N_("Say the version."))
@click.pass_context
def app(context: click.Context, /, **_: object) -> None:
    """Keep what stands before the command; commands read it through `Session.of`."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
