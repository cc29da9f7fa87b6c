"""Check 4 for cases, batches and refusals: their rows, too, follow from the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection, exists, select

from aigaq.archive import schema
from aigaq.archive.canonical import unwritten
from aigaq.archive.checks.accounts import Accounts
from aigaq.archive.checks.comparison import Comparison
from aigaq.archive.checks.history import statement
from aigaq.archive.checks.streams import StoredRow, Stream, events_between, side_by_side, stored
from aigaq.archive.entries import path_hash
from aigaq.archive.findings import Finding
from aigaq.archive.ledger import Term, case_object
from aigaq.archive.model import Outcome


def check_cases(connection: Connection) -> Iterator[Finding]:
    """Each case is what its last event says."""
    events = Stream(connection, events_between("case:", "case;"), "object")
    told = {}
    for case in side_by_side({"events": events}):
        *_, last = events.take(case)
        told[unwritten(case)] = statement(last)
    rows = {
        case_object(unwritten(row.id)): row._mapping
        for row in connection.execute(stored(schema.cases))
    }
    for case in sorted(told.keys() | rows.keys()):
        differ = Comparison("cases", case)
        yield from differ.values("presence", case in told, case in rows)
        if case in told and case in rows:
            found = {column: unwritten(rows[case][column]) for column in ("title", "note")}
            yield from differ.fields(told[case], found)


@dataclass
class _Delivery:
    """A batch as its events leave it."""

    source: str | None = None
    opened_at: str | None = None
    closed_at: str | None = None
    refusals: dict[str, tuple[str, str]] = field(default_factory=dict)

    def add(self, event: StoredRow, said: dict[str, object]) -> None:
        if event["term"] == Term.INGESTION_START.value:
            self.opened_at = self.opened_at or event["at"]
            self.closed_at = None
            self.source = str(said["source"]) if "source" in said else self.source
        elif event["term"] == Term.INGESTION_END.value:
            self.closed_at = event["at"]
        elif event["outcome"] == Outcome.REFUSED.value and "path" in said:
            self.refusals[str(said["path"])] = (str(said.get("problem")), event["at"])


def check_batches(connection: Connection, accounts: Accounts) -> Iterator[Finding]:
    """Each batch is what its events say, and so is the list of what was refused from it."""
    streams = {
        "events": Stream(connection, events_between("BAT-", "BAT."), "object"),
        "batches": Stream(connection, stored(schema.batches).order_by("id"), "id"),
        "refusals": Stream(connection, stored(schema.refusals).order_by("batch"), "batch"),
    }
    for batch in side_by_side(streams):
        told = _Delivery()
        for event in streams["events"].take(batch):
            told.add(event, statement(event))
            if event["content"] is not None:
                accounts.allow(event["content"])  # the receipt, if it is kept in the vault
        row = next(streams["batches"].take(batch), None)
        refusals = list(streams["refusals"].take(batch))
        yield from _check_batch(batch, told, row)
        yield from _check_refusals(connection, batch, told, refusals)


def _check_batch(batch: str, told: _Delivery, row: StoredRow | None) -> Iterator[Finding]:
    differ = Comparison("batches", batch)
    yield from differ.values("presence", told.opened_at is not None, row is not None)
    if row is None or told.opened_at is None:
        return
    yield from differ.values("opened_at", told.opened_at, row["opened_at"])
    yield from differ.values("closed_at", told.closed_at, row["closed_at"])
    if told.source is not None:
        yield from differ.values("source", told.source, unwritten(row["source"]))


def _check_refusals(
    connection: Connection, batch: str, told: _Delivery, rows: list[StoredRow]
) -> Iterator[Finding]:
    """A refusal stands as it was told, until the file was received after all."""
    differ = Comparison("refusals", batch)
    listed = {unwritten(row["path"]): (unwritten(row["problem"]), row["at"]) for row in rows}
    for path in sorted(told.refusals.keys() | listed.keys()):
        expected, found = told.refusals.get(path), listed.get(path)
        if found is None and _received(connection, batch, path):
            continue
        yield from differ.values("refusal", expected, found)


def _received(connection: Connection, batch: str, path: str) -> bool:
    table = schema.items
    query = exists().where(table.c.batch == batch, table.c.path_hash == path_hash(path))
    return bool(connection.execute(select(query)).scalar())
