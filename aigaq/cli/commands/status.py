"""`aigaq status`: what is in, what failed and why, what waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import click

from aigaq.archive.access import Viewer
from aigaq.archive.catalog import Catalog
from aigaq.archive.custody import Archive
from aigaq.archive.model import Batch, Item, Refusal, Stage, StageState
from aigaq.cli.amounts import minute, size
from aigaq.cli.answer import moment, print_json
from aigaq.cli.completion import complete_object
from aigaq.cli.screen import Screen
from aigaq.cli.session import Session, json_option
from aigaq.cli.words import name_of, word

WORK = (Stage.READ, Stage.EXTRACT, Stage.INDEX)


@dataclass(frozen=True, slots=True)
class Problem:
    """An item that was refused or failed."""

    item: Item
    state: StageState


@dataclass(frozen=True, slots=True)
class Status:
    """How an archive stands, as a whole or for one batch."""

    batches: Sequence[Batch]
    counts: Mapping[str, int]
    items: Mapping[str, int]
    """Items by batch id."""
    waiting: Mapping[Stage, int]
    problems: Sequence[Problem]
    refusals: Sequence[Refusal]


@click.command()
@click.argument("batch", required=False, shell_complete=complete_object)
@json_option
@click.pass_context
def command(context: click.Context, /, batch: str | None, json: bool) -> None:
    """Say how the archive stands, or one batch of it."""
    session = Session.of(context, json=json)
    with Archive.open(session.places) as archive:
        status = look(archive.catalog, batch)
    if session.json:
        print_json({"home": str(session.settings.home), **_as_json(status)})
        return
    _print(session, status, whole=batch is None)


def look(catalog: Catalog, batch: str | None) -> Status:
    """Ask the record; NotFoundError when there is no such batch."""
    batches = catalog.batches() if batch is None else [catalog.batch(batch)]
    problems = catalog.problems(batch)
    return Status(
        batches=batches,
        counts=catalog.counts(),
        items=Counter(item.batch for item in catalog.items(batch=batch)),
        waiting={stage: len(catalog.waiting(stage, batch)) for stage in WORK},
        problems=[Problem(catalog.item(state.item), state) for state in problems],
        refusals=catalog.refusals(batch),
    )


def _as_json(status: Status) -> dict[str, object]:
    viewer = Viewer.owner()
    return {
        "counts": dict(status.counts),
        "waiting": {stage.value: number for stage, number in status.waiting.items()},
        "batches": [
            {
                "id": batch.id,
                "source": batch.source,
                "opened_at": moment(batch.opened_at),
                "closed_at": moment(batch.closed_at),
                "items": status.items.get(batch.id, 0),
            }
            for batch in status.batches
        ],
        "problems": [
            {
                "item": problem.item.accession,
                "path": problem.item.path if viewer.may_see(problem.item) else None,
                "batch": problem.item.batch,
                "stage": problem.state.stage.value,
                "status": problem.state.status.value,
                "attempts": problem.state.attempts,
                "problem": problem.state.problem if viewer.may_see(problem.item) else None,
                "at": moment(problem.state.at),
            }
            for problem in status.problems
        ],
        "refusals": [
            {
                "batch": refusal.batch,
                "path": refusal.path,
                "problem": refusal.problem,
                "at": moment(refusal.at),
            }
            for refusal in status.refusals
        ],
    }


def _print(session: Session, status: Status, *, whole: bool) -> None:
    _ = session.translator.gettext
    screen = Screen()
    holdings = _holdings(session, status.counts) if whole else []
    screen.pairs([(_("archive"), (str(session.settings.home), "bold")), *holdings])
    _print_batches(session, screen, status)
    _print_waiting(session, screen, status)
    _print_problems(session, screen, status)


def _holdings(session: Session, counts: Mapping[str, int]) -> list[tuple[str, str]]:
    _ = session.translator.gettext
    return [
        (_("items"), f"{counts['items']} ({size(counts['bytes'])})"),
        (_("cases"), str(counts["cases"])),
        (_("passages"), str(counts["passages"])),
        (_("mentions"), str(counts["mentions"])),
        (
            _("ledger"),
            session.translator.ngettext("{n} event", "{n} events", counts["events"]).format(
                n=counts["events"]
            ),
        ),
    ]


def _print_batches(session: Session, screen: Screen, status: Status) -> None:
    _ = session.translator.gettext
    screen.heading(_("Batches"))
    if not status.batches:
        screen.line(_("Nothing came in yet: aigaq ingest FOLDER"))
        return
    screen.table(
        (_("batch"), _("items"), _("begun"), _("state"), _("from")),
        [
            (
                batch.id,
                str(status.items.get(batch.id, 0)),
                minute(batch.opened_at),
                _("open") if batch.closed_at is None else _("closed"),
                batch.source,
            )
            for batch in status.batches
        ],
    )


def _print_waiting(session: Session, screen: Screen, status: Status) -> None:
    _ = session.translator.gettext
    screen.heading(_("Waiting"))
    if not any(status.waiting.values()):
        screen.line(_("Nothing waits."))
        return
    screen.pairs([(word(session, stage), str(number)) for stage, number in status.waiting.items()])
    screen.line(_("To go on: aigaq ingest with the same folder again."))


def _print_problems(session: Session, screen: Screen, status: Status) -> None:
    _ = session.translator.gettext
    screen.heading(_("Refused or failed"))
    if not status.problems and not status.refusals:
        screen.line(_("Nothing was refused and nothing failed."))
        return
    rows = [
        (
            str(problem.item.accession),
            word(session, problem.state.stage),
            word(session, problem.state.status),
            _reason(session, problem),
            name_of(session, problem.item),
        )
        for problem in status.problems
    ]
    rows += [
        ("-", word(session, Stage.ADMIT), _("refused"), _(refusal.problem), refusal.path)
        for refusal in status.refusals
    ]
    screen.table((_("item"), _("step"), _("ended"), _("because"), _("file")), rows)
    if status.problems:
        screen.line(_("To try them again: aigaq retry"))


def _reason(session: Session, problem: Problem) -> str:
    """Why it was refused or failed; of a sealed item even that may tell too much."""
    _ = session.translator.gettext
    if Viewer.owner().may_see(problem.item):
        return _(problem.state.problem)
    return _("(sealed: aigaq show {item} --unseal)").format(item=problem.item.accession)
