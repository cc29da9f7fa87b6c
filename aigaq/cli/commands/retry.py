"""`aigaq retry`: what failed or was refused is tried again."""

from __future__ import annotations

import click

from aigaq.archive.custody import Archive
from aigaq.archive.model import Accession
from aigaq.cli.answer import print_json
from aigaq.cli.completion import complete_object
from aigaq.cli.screen import Screen
from aigaq.cli.session import Session, json_option
from aigaq.cli.watch import watching
from aigaq.messages.translator import N_
from aigaq.pipeline import runner
from aigaq.pipeline.flows.conditions import conditions_of
from aigaq.pipeline.flows.places import index_place_of

PARTLY = 4
"""Exit code: some still fail, the rest is done."""


@click.command()
@click.argument("items", metavar="[ITEM]...", nargs=-1, shell_complete=complete_object)
@json_option
@click.pass_context
def command(context: click.Context, /, items: tuple[str, ...], json: bool) -> int:
    """Try the named items again, or everything that failed or was refused."""
    session = Session.of(context, json=json)
    settings = session.settings
    say = session.translator.gettext
    with (
        Archive.open(session.places) as archive,
        watching(say, quiet=session.json) as watcher,
    ):
        wanted = [archive.catalog.item(item).accession for item in items] or None
        tried = runner.retry(
            archive,
            wanted,
            conditions_of(settings),
            workers=runner.cores(settings.workers),
            watcher=watcher,
            index=index_place_of(settings),
        )
        left = [state for state in archive.catalog.problems() if _asked(state.item, wanted)]
    if session.json:
        problems = [{"item": s.item, "stage": s.stage, "problem": s.problem} for s in left]
        print_json({"tried": tried, "problems": problems})
    else:
        screen = Screen()
        screen.line(
            say(N_("{tried} tried again, {left} with a problem")).format(
                tried=tried, left=len(left)
            )
        )
        for state in left:
            screen.line(f"{state.item}  {state.stage}  {say(state.problem)}")
    return PARTLY if left else 0


def _asked(item: Accession, wanted: list[Accession] | None) -> bool:
    return wanted is None or item in wanted
