"""`aigaq ingest`: a folder goes into the archive, and every file gets a line of the receipt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from aigaq.archive.custody import Archive
from aigaq.cli.answer import print_json
from aigaq.cli.completion import complete_case
from aigaq.cli.session import Session, json_option
from aigaq.cli.watch import watching
from aigaq.messages.translator import N_
from aigaq.pipeline import batches, runner
from aigaq.pipeline.batches import Delivery
from aigaq.pipeline.flows.conditions import conditions_of
from aigaq.pipeline.flows.places import index_place_of
from aigaq.pipeline.flows.server import connect
from aigaq.pipeline.receipts import Receipt, json_text, to_csv, to_json, to_text
from aigaq.pipeline.steps import Watcher

PARTLY = 4
"""Exit code: some inputs were refused, the rest is done."""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--manifest",
    type=click.Path(path_type=Path),
    help=N_("CSV that lists the files (FOLDER/manifest.csv by default)."),
)
@click.option(
    "--case", shell_complete=complete_case, help=N_("Case of files the manifest gives none.")
)
@click.option(
    "--receipt",
    type=click.Path(path_type=Path),
    help=N_("Write the receipt here too: .txt, .json or .csv by its ending."),
)
@click.option(
    "--remote/--here",
    default=None,
    help=N_("Leave the work to Prefect's workers, or do it on this machine."),
)
@json_option
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    folder: Path,
    manifest: Path | None,
    case: str | None,
    receipt: Path | None,
    remote: bool | None,
    json: bool,
) -> int:
    """Take a folder in, read it, extract, index. The same folder again continues."""
    session = Session.of(context, json=json)
    say = session.translator.gettext
    with watching(say, quiet=session.json) as watcher:
        drawn = _ingest(session, _Given(folder, manifest, case, remote), watcher)
    if receipt is not None:
        _write(drawn, receipt, session)
    if session.json:
        print_json(to_json(drawn))
    else:
        print(to_text(drawn, say), end="")
    return PARTLY if drawn.counts()["refused"] else 0


@dataclass(frozen=True, slots=True)
class _Given:
    """What the command line says of the delivery, and of where the work is to be done."""

    folder: Path
    manifest: Path | None
    case: str | None
    remote: bool | None


def _ingest(session: Session, given: _Given, watcher: Watcher) -> Receipt:
    """By Prefect's workers, as a flow in this process, or without Prefect: the outcome is the
    same."""
    settings = session.settings
    delivery = batches.load(given.folder, given.manifest, given.case)
    served = settings.prefect == "served" if given.remote is None else given.remote
    if served:
        return _by_workers(session, delivery, given, watcher)
    if session.on_prefect:
        return _by_prefect(session, given, watcher)
    with Archive.create(session.places) as archive:
        return runner.ingest(
            archive,
            delivery,
            conditions_of(settings),
            workers=runner.cores(settings.workers),
            watcher=watcher,
            index=index_place_of(settings),
        )


def _by_prefect(session: Session, given: _Given, watcher: Watcher) -> Receipt:
    connect(session.settings.prefect_api_url)
    # prefect takes three seconds to import, so only this road pays for it.
    from aigaq.pipeline.flows import ingest  # noqa: PLC0415

    return ingest.run(
        str(given.folder.resolve()),
        session.settings,
        manifest=None if given.manifest is None else str(given.manifest.resolve()),
        case=given.case,
        seen_by=watcher,
    )


def _by_workers(session: Session, delivery: Delivery, given: _Given, watcher: Watcher) -> Receipt:
    """Ctrl-C ends the looking on, not the work."""
    settings, say = session.settings, session.translator.gettext
    connect(settings.prefect_api_url)
    # prefect takes three seconds to import, so only this road pays for it.
    from aigaq.pipeline.flows import handover  # noqa: PLC0415

    pool, manifest = settings.flows.pool, given.manifest and given.manifest.resolve()
    with Archive.create(session.places) as archive:
        run = handover.hand_over(archive, delivery, pool=pool, manifest=manifest, case=given.case)
        if handover.nobody_there(pool):
            told = N_("No worker of {pool} is up; the batch waits for one: aigaq serve-flows")
            click.echo(say(told).format(pool=pool), err=True)
        try:
            return handover.watch(archive, delivery, run, watcher)
        except KeyboardInterrupt:
            told = N_("The workers go on. To stop them: prefect flow-run cancel {run}")
            click.echo(say(told).format(run=run), err=True)
            raise


def _write(receipt: Receipt, file: Path, session: Session) -> None:
    if file.suffix == ".csv":
        file.write_text(to_csv(receipt), encoding="utf-8-sig", newline="")
    elif file.suffix == ".json":
        file.write_text(json_text(receipt), encoding="utf-8")
    else:
        file.write_text(to_text(receipt, session.translator.gettext), encoding="utf-8")
