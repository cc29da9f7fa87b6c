"""`aigaq serve-flows`: Prefect is set up for the archive, and this machine lends it workers."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from aigaq.archive.custody import Archive
from aigaq.cli.answer import print_json
from aigaq.cli.screen import Screen
from aigaq.cli.session import Session, json_option
from aigaq.messages.plain import plain
from aigaq.messages.translator import N_
from aigaq.pipeline import runner
from aigaq.pipeline.flows.server import connect

if TYPE_CHECKING:
    from aigaq.pipeline.flows.pool import Pool


@click.command()
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    default=1,
    show_default=True,
    help=N_("How many workers run here, one run at a time each; they share the cores."),
)
@click.option("--no-worker", is_flag=True, help=N_("Only set up, and end."))
@json_option
@click.pass_context
def command(context: click.Context, /, *, workers: int, no_worker: bool, json: bool) -> None:
    """Set up Prefect's work pool, what its workers can do and when; then work, until Ctrl-C."""
    session = Session.of(context, json=json)
    settings = session.settings
    connect(settings.prefect_api_url)
    # prefect takes three seconds to import, so only this command pays for it.
    from aigaq.pipeline.flows import pool as pools  # noqa: PLC0415
    from aigaq.pipeline.flows.runs import identity  # noqa: PLC0415
    from aigaq.pipeline.flows.workers import Workers, require_programs  # noqa: PLC0415

    if not no_worker:
        require_programs()
    with Archive.create(session.places) as archive:
        pool = pools.set_up(
            settings.flows.pool,
            identity(archive),
            verify_at=settings.flows.verify_at,
            ocr_at_once=settings.flows.ocr_at_once,
        )
        _tell(session, pool)
        if no_worker:
            return
        cores = max(1, runner.cores(settings.workers) // workers)
        told = session.translator.gettext(N_("{n} workers, {cores} cores each; Ctrl-C ends them"))
        click.echo(told.format(n=workers, cores=cores), err=True)
        with _ended_by_sigterm_too(), suppress(KeyboardInterrupt):
            Workers(archive, pool.name, workers, cores=cores, say=_log).run()


def _tell(session: Session, pool: Pool) -> None:
    if session.json:
        print_json(
            {
                "pool": pool.name,
                "made": pool.made,
                "deployments": list(pool.deployments),
                "verify_at": list(pool.verify_at),
                "ocr_at_once": pool.ocr_at_once,
            }
        )
        return
    _ = session.translator.gettext
    limit = _("no limit") if pool.ocr_at_once is None else str(pool.ocr_at_once)
    Screen().pairs(
        [
            (_("work pool"), (pool.name, "bold")),
            (_("deployments"), ", ".join(pool.deployments)),
            (_("verified at"), ", ".join(f"{each} UTC" for each in pool.verify_at) or _("never")),
            (_("recognised at once"), limit),
        ]
    )


def _log(line: str) -> None:
    click.echo(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC  {plain(line)}", err=True)


@contextmanager
def _ended_by_sigterm_too() -> Iterator[None]:
    """What service managers send is Ctrl-C to us."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
