"""`aigaq verify`: was anything changed, lost or slipped in?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from aigaq.archive.checks.bytes import Progress as Progressing
from aigaq.archive.custody import Archive
from aigaq.archive.verify import VerifyReport, verify
from aigaq.cli.amounts import size
from aigaq.cli.answer import print_json
from aigaq.cli.completion import complete_case, complete_object
from aigaq.cli.findings import advice, sentence
from aigaq.cli.screen import Screen
from aigaq.cli.session import Session, json_option
from aigaq.messages.translator import N_
from aigaq.pipeline.flows.server import connect

FINDINGS = 3
"""Exit code: the verification was carried out and found something."""


@click.command()
@click.option("--item", shell_complete=complete_object, help=N_("Check only this item."))
@click.option("--case", shell_complete=complete_case, help=N_("Check only this case's items."))
@json_option
@click.pass_context
def command(context: click.Context, /, *, item: str | None, case: str | None, json: bool) -> int:
    """Carry out the nine checks and tell every finding."""
    session = Session.of(context, json=json)
    with Archive.open(session.places) as archive:
        if item is not None:
            archive.catalog.item(item)
        if case is not None:
            archive.catalog.case(case)
    with _watched(session) as progress:
        report = _verify(session, item, case, progress)
    if session.json:
        print_json(report.as_json())
    else:
        _print(session, report)
    return 0 if report.ok else FINDINGS


def _verify(
    session: Session, item: str | None, case: str | None, progress: Progressing | None
) -> VerifyReport:
    settings = session.settings
    if not session.on_prefect:
        with Archive.open(session.places) as archive:
            return verify(archive, progress, settings.workers or None, item=item, case=case)
    connect(settings.prefect_api_url)
    # prefect takes three seconds to import, so only this road pays for it.
    from aigaq.pipeline.flows import verify as flow  # noqa: PLC0415

    return flow.run(settings, item=item, case=case, progress=progress)


@contextmanager
def _watched(session: Session) -> Iterator[Progressing | None]:
    """A bar of bytes on the terminal's stderr; nothing where nobody looks."""
    console = Console(stderr=True)
    if session.json or not console.is_terminal:
        yield None
        return
    columns = (
        TextColumn(session.translator.gettext("checking")),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _print(session: Session, report: VerifyReport) -> None:
    _ = session.translator.gettext
    screen = Screen()
    checked = _("Checked: {items} items, {bytes}, {events} events of the ledger.")
    screen.line(
        checked.format(
            items=report.checked["items"],
            bytes=size(report.checked["bytes"]),
            events=report.checked["events"],
        )
    )
    if report.unfinished:
        unfinished = _("{n} files of readings under way are not in the ledger yet.")
        screen.line(unfinished.format(n=report.unfinished))
    if report.ok:
        screen.line((_("Everything is as it was recorded."), "bold"))
        return
    found = session.translator.ngettext("{n} finding", "{n} findings", len(report.findings))
    screen.line((found.format(n=len(report.findings)), "bold"))
    for finding in report.findings:
        screen.line()
        screen.line(f"{finding.check}. ", (finding.type, "bold"), "  ", sentence(session, finding))
        screen.line("   ", _("What to do: {advice}").format(advice=advice(session, finding)))
