"""`aigaq admin`: what the operator of an archive does to it as a whole."""

from __future__ import annotations

import click

from aigaq.archive.upkeep import migrate
from aigaq.cli.answer import print_json
from aigaq.cli.screen import Screen
from aigaq.cli.session import Session, json_option
from aigaq.messages.translator import N_


@click.group()
def command() -> None:
    """Group of the commands below."""


@command.command("migrate", help=N_("Bring the record's tables to this version of the program"))
@json_option
@click.pass_context
def migrated(context: click.Context, /, *, json: bool) -> None:
    """Migrate the record. Every row stays as it is."""
    session = Session.of(context, json=json)
    done = migrate(session.places)
    if session.json:
        print_json({"before": done.before, "after": done.after})
        return
    _ = session.translator.gettext
    if done.before == done.after:
        told = _("The tables have version {after} already.")
    else:
        told = _("The tables had version {before} and have version {after} now.")
    Screen().line(told.format(before=done.before, after=done.after))
