"""`aigaq show`: what an item, a case or a batch is, where it came from, all that happened to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import click

from aigaq.archive.access import Viewer
from aigaq.archive.custody import Archive
from aigaq.archive.errors import NotFoundError
from aigaq.archive.ledger import case_object
from aigaq.archive.model import Batch, Case, Event, Item, Mention, MentionKind
from aigaq.cli.amounts import clock, second
from aigaq.cli.answer import moment, print_json
from aigaq.cli.completion import complete_object
from aigaq.cli.history import ItemHistory, Placed, event_json, item_json
from aigaq.cli.screen import Screen
from aigaq.cli.session import Session, json_option
from aigaq.cli.words import name_of, role_of, word
from aigaq.messages.translator import N_

PLACES_SHOWN = 8
LETTERS_SHOWN = 60
"""Places and letters shown of one mention; `--json` has them all."""


@click.command()
@click.argument("thing", metavar="ITEM|CASE|BATCH", shell_complete=complete_object)
@click.option("--unseal", is_flag=True, help=N_("Show a sealed item with its name and text."))
@json_option
@click.pass_context
def command(context: click.Context, /, thing: str, unseal: bool, json: bool) -> None:
    """Tell everything the record knows of one item, case or batch."""
    session = Session.of(context, json=json)
    with Archive.open(session.places) as archive:
        found = find_thing(archive, thing)
        if isinstance(found, Item):
            sealed = frozenset({str(found.accession)} if unseal else ())
            viewer = Viewer(session.settings.operator, "owner", cases=None, sealed=sealed)
            show_item(session, ItemHistory.of(archive, found, viewer))
        elif isinstance(found, Case):
            show_case(session, archive, found)
        else:
            show_batch(session, archive, found)


def find_thing(archive: Archive, name: str) -> Item | Case | Batch:
    """The item, case or batch of that name; NotFoundError when there is none of the three."""
    catalog = archive.catalog
    for look in (catalog.item, catalog.case, catalog.batch):
        try:
            return look(name)
        except NotFoundError:
            continue
    raise NotFoundError(
        f"there is no item, case or batch {name}",
        advice="`aigaq status` lists the batches, `aigaq case list` the cases, "
        "`aigaq find` the items",
    )


# --- an item --------------------------------------------------------------------------------------


def show_item(session: Session, history: ItemHistory) -> None:
    """Print one item: its identity, its stages, its history, what was made of it, its mentions."""
    if session.json:
        print_json(history.as_json())
        return
    screen = Screen()
    _print_identity(session, screen, history)
    _print_stages(session, screen, history)
    _print_events(session, screen, history.events)
    _print_derivatives(session, screen, history)
    _print_text(session, screen, history)
    _print_mentions(session, screen, history.mentions)


def _print_identity(session: Session, screen: Screen, history: ItemHistory) -> None:
    _ = session.translator.gettext
    item, described = history.item, history.item.description
    name = item.path if history.open else _("(name sealed: --unseal shows it)")
    screen.line((item.accession, "bold"), "  ", name)
    said = (described.document_type, described.date, described.language, described.source)
    screen.pairs(
        [
            (_("kind"), item.kind),
            (_("content"), str(item.digest)),
            (_("size"), _("{n} bytes").format(n=item.size)),
            (_("received"), second(item.received_at)),
            (_("batch"), item.batch),
            (_("cases"), ", ".join(item.cases)),
            (_("described as"), ", ".join(part for part in said if part) if history.open else ""),
            (_("note"), described.note if history.open else ""),
            (_("who may read it"), word(session, described.restriction)),
            (_("duplicate of"), item.duplicate_of or ""),
            (_("also came as"), ", ".join(other.accession for other in history.duplicates)),
            (_("part of"), item.parent or ""),
            (_("attachments"), ", ".join(part.accession for part in history.attachments)),
        ]
    )
    for problem in history.problems:
        screen.line(("! ", "bold"), _(problem))


def _print_stages(session: Session, screen: Screen, history: ItemHistory) -> None:
    _ = session.translator.gettext
    screen.heading(_("Steps"))
    screen.table(
        (_("step"), _("state"), _("tries"), _("tool"), _("because")),
        [
            (
                word(session, state.stage),
                word(session, state.status),
                str(state.attempts),
                state.tool,
                _(state.problem) if history.open else "",
            )
            for state in history.stages
        ],
    )


def _print_events(session: Session, screen: Screen, events: Iterable[Event]) -> None:
    _ = session.translator.gettext
    screen.heading(_("History (custody ledger)"))
    screen.table(
        (_("number"), _("when"), _("what"), _("outcome"), _("who"), _("with")),
        [
            (
                str(event.sequence),
                second(event.at),
                event.term,
                event.outcome,
                event.agent.name,
                f"{event.agent.tool} {event.agent.version}",
            )
            for event in events
        ],
    )


def _print_derivatives(session: Session, screen: Screen, history: ItemHistory) -> None:
    if not history.derivatives:
        return
    _ = session.translator.gettext
    screen.heading(_("Made from it"))
    screen.table(
        (_("what"), _("page"), _("tool"), _("content"), _("size")),
        [
            (
                made.role,
                "" if made.page is None else str(made.page),
                f"{made.tool.name} {made.tool.version}",
                f"sha256:{made.digest.hex[:12]}…",
                str(made.size),
            )
            for made in history.derivatives
        ],
    )


def _print_text(session: Session, screen: Screen, history: ItemHistory) -> None:
    _ = session.translator.gettext
    text = history.text
    screen.heading(_("Text"))
    if not text.passages:
        screen.line(_("No text."))
    else:
        screen.pairs(
            [
                (_("passages"), str(text.passages)),
                (_("letters"), str(text.letters)),
                (_("read by"), ", ".join(text.methods)),
                (_("languages"), ", ".join(text.languages)),
                (_("to look at"), ", ".join(map(str, text.to_review))),
            ]
        )
    for page, problem in text.unreadable:
        screen.line(
            _("page {page} could not be read: {problem}").format(page=page, problem=problem)
        )
    if history.facts:
        screen.heading(_("Facts in the file"))
        screen.pairs([(name, str(value)) for name, value in sorted(history.facts.items())])


def _print_mentions(session: Session, screen: Screen, mentions: Sequence[Placed]) -> None:
    """One line for each thing named, with how often and where."""
    if not mentions:
        return
    _ = session.translator.gettext
    grouped: dict[tuple[MentionKind, str, str], list[Placed]] = defaultdict(list)
    for placed in mentions:
        key = (placed.mention.kind, meaning(placed.mention), placed.mention.role)
        grouped[key].append(placed)
    screen.heading(_("Mentions"))
    screen.table(
        (_("kind"), _("meaning"), _("role"), _("times"), _("where"), _("written")),
        [
            (
                word(session, kind),
                (said, "bold"),
                role_of(session, role),
                str(len(places)),
                _where(places),
                shortened(", ".join(dict.fromkeys(placed.mention.raw for placed in places))),
            )
            for (kind, said, role), places in grouped.items()
            if kind is not MentionKind.TURN or said
        ],
    )


def meaning(mention: Mention) -> str:
    """The normalised reading of a mention in a few words."""
    value = mention.value
    match mention.kind:
        case MentionKind.PERSON:
            return str(value.get("name", mention.raw))
        case MentionKind.ARTICLE:
            parts = "".join(f"({value[key]})" for key in ("part", "point") if value.get(key))
            return f"{value.get('law', '')} {value.get('article', '')}{parts}".strip()
        case MentionKind.DATE:
            start, end = str(value.get("start", "")), str(value.get("end", ""))
            return start if start == end else f"{start} .. {end}"
        case MentionKind.CASE_NUMBER:
            return str(value.get("number", mention.raw))
        case MentionKind.TURN:
            return str(value.get("speaker", ""))
        case _:
            return str(value.get("name", mention.raw))


def shortened(raw: str) -> str:
    """What was written, on one line; a speaker's whole speech would fill the screen."""
    line = " ".join(raw[: 4 * LETTERS_SHOWN].split())
    return line if len(line) <= LETTERS_SHOWN else f"{line[: LETTERS_SHOWN - 1]}…"


def _where(places: Sequence[Placed]) -> str:
    found = dict.fromkeys(_place(placed) for placed in places)
    shown = [place for place in found if place][:PLACES_SHOWN]
    return ", ".join(shown) + (" …" if len(found) > PLACES_SHOWN else "")


def _place(placed: Placed) -> str:
    if placed.start_seconds is not None:
        return clock(placed.start_seconds)
    return "" if placed.page is None else str(placed.page)


# --- a case, a batch ------------------------------------------------------------------------------


def show_case(session: Session, archive: Archive, case: Case) -> None:
    """Print one case: what it is, its items, its history."""
    items = list(archive.catalog.items(case=case.id))
    events = list(archive.catalog.events(case_object(case.id)))
    if session.json:
        print_json(
            {
                "case": case.id,
                "title": case.title,
                "note": case.note,
                "items": _items_json(items),
                "events": [event_json(event) for event in events],
            }
        )
        return
    _ = session.translator.gettext
    screen = Screen()
    screen.line((case.id, "bold"), "  ", case.title)
    screen.pairs([(_("note"), case.note)])
    _print_items(session, screen, items)
    _print_events(session, screen, events)


def show_batch(session: Session, archive: Archive, batch: Batch) -> None:
    """Print one batch: where it came from, its items, what was refused, its history."""
    items = list(archive.catalog.items(batch=batch.id))
    refusals = archive.catalog.refusals(batch.id)
    events = list(archive.catalog.events(batch.id))
    if session.json:
        print_json(
            {
                "batch": batch.id,
                "source": batch.source,
                "opened_at": moment(batch.opened_at),
                "closed_at": moment(batch.closed_at),
                "items": _items_json(items),
                "refusals": [
                    {"path": refusal.path, "problem": refusal.problem, "at": moment(refusal.at)}
                    for refusal in refusals
                ],
                "events": [event_json(event) for event in events],
            }
        )
        return
    _ = session.translator.gettext
    screen = Screen()
    screen.line((batch.id, "bold"), "  ", batch.source)
    closed = _("still open") if batch.closed_at is None else second(batch.closed_at)
    screen.pairs([(_("opened"), second(batch.opened_at)), (_("closed"), closed)])
    _print_items(session, screen, items)
    if refusals:
        screen.heading(_("Not taken in"))
        screen.table(
            (_("file"), _("because")),
            [(refusal.path, _(refusal.problem)) for refusal in refusals],
        )
    _print_events(session, screen, events)


def _items_json(items: Iterable[Item]) -> list[object]:
    viewer = Viewer.owner()
    return [item_json(item, open=viewer.may_see(item)) for item in items]


def _print_items(session: Session, screen: Screen, items: Sequence[Item]) -> None:
    _ = session.translator.gettext
    screen.heading(_("Items"))
    if not items:
        screen.line(_("No items."))
        return
    screen.table(
        (_("item"), _("kind"), _("cases"), _("date"), _("file")),
        [
            (
                item.accession,
                item.kind,
                ", ".join(item.cases),
                item.description.date,
                name_of(session, item),
            )
            for item in items
        ],
    )
