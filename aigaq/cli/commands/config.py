"""`aigaq config`: every setting, its value and where the value came from."""

from __future__ import annotations

from pathlib import Path

import click

from aigaq.cli.answer import print_json
from aigaq.cli.screen import Screen
from aigaq.cli.session import Session, json_option


@click.command
@json_option
@click.pass_context
def command(context: click.Context, json: bool) -> None:
    """Show every setting."""
    session = Session.of(context, json=json)
    listing = list(session.settings.listing())
    if session.json:
        print_json(
            {
                key: {"value": _plain(value), "origin": origin, "purpose": purpose}
                for key, value, origin, purpose in listing
            }
        )
        return
    _ = session.translator.gettext
    Screen().table(
        (_("setting"), _("value"), _("from"), _("purpose")),
        [(key, _written(value), origin, _(purpose)) for key, value, origin, purpose in listing],
    )


def _plain(value: object) -> object:
    if isinstance(value, Path):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return " + ".join(value)
    return "-" if value == "" else str(value)
