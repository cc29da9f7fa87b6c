"""`aigaq reindex`: the search index built anew from the record, swapped in at the end."""

from __future__ import annotations

import click

from aigaq.archive.custody import Archive
from aigaq.cli.answer import print_json
from aigaq.cli.screen import Screen
from aigaq.cli.session import Session, json_option
from aigaq.cli.watch import watching
from aigaq.messages.translator import N_
from aigaq.pipeline import runner
from aigaq.pipeline.flows.places import index_place_of
from aigaq.pipeline.flows.server import connect
from aigaq.pipeline.runner import Reindexed
from aigaq.pipeline.steps import Watcher


@click.command()
@json_option
@click.pass_context
def command(context: click.Context, /, *, json: bool) -> None:
    """Build a new index beside the old one; searches use the old one until the counts agree."""
    session = Session.of(context, json=json)
    say = session.translator.gettext
    with watching(say, quiet=session.json) as watcher:
        built = _reindex(session, watcher)
    if session.json:
        print_json({"index": built.index, "items": built.items, "units": built.units})
        return
    told = N_("index {index} is in use: {items} items, {units} pages, turns and segments")
    Screen().line(say(told).format(index=built.index, items=built.items, units=built.units))


def _reindex(session: Session, watcher: Watcher) -> Reindexed:
    with Archive.open(session.places) as archive:
        if not session.on_prefect:
            return runner.reindex(archive, watcher, index_place_of(session.settings))
    connect(session.settings.prefect_api_url)
    # prefect takes three seconds to import, so only this road pays for it.
    from aigaq.pipeline.flows import reindex  # noqa: PLC0415

    return reindex.run(session.settings, seen_by=watcher)
