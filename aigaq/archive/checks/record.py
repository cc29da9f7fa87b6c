"""Checks 4, 8 and 9: every row about an item follows from the ledger, every derivative names its
source and tool, every mention reads back its text."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Select

from aigaq.archive import schema
from aigaq.archive.canonical import canonical_text, unwritten
from aigaq.archive.checks.accounts import Accounts
from aigaq.archive.checks.comparison import Comparison
from aigaq.archive.checks.history import History, history_of
from aigaq.archive.checks.streams import StoredRow, Stream, events_between, side_by_side, stored
from aigaq.archive.digests import sha256_of
from aigaq.archive.entries import path_hash
from aigaq.archive.findings import (
    Finding,
    ItemMissing,
    MentionMismatch,
    MissingIntake,
    OrphanDerivative,
)
from aigaq.archive.readings import reads_back
from aigaq.archive.rows import DERIVATIVE_COLUMNS, MENTION_COLUMNS, PASSAGE_COLUMNS
from aigaq.archive.statements import NO_ROWS, Tally

_AS_STORED = ("batch", "size", "duplicate_of", "parent")
_DESCRIPTION = ("document_type", "date", "source", "language", "restriction", "note")


class RecordCheck:
    """One walk over all items and what belongs to them; fills the accounts of the vault.

    `only` is a query for the accessions to look at; None means all.
    """

    def __init__(
        self, connection: Connection, accounts: Accounts, only: Select[Any] | None = None
    ) -> None:
        self.items = 0
        self._accounts = accounts
        self._streams = _streams(connection, only)

    def findings(self) -> Iterator[Finding]:
        """Everything wrong with items, in the order of their accessions."""
        for item in side_by_side(self._streams):
            told = history_of(self._streams["events"].take(item))
            row = next(self._streams["items"].take(item), None)
            self.items += row is not None
            self._account(item, told)
            yield from self._check_intake(item, told, row)
            yield from self._check_reading(item, told)
            yield from self._check_derivatives(item, told, row)
            yield from self._check_texts(item, told)

    def _account(self, item: str, told: History) -> None:
        """What the ledger says of an item's bytes is what the vault is held to."""
        if told.intake is not None and told.intake["content"] is not None:
            size = told.item.get("size")
            self._accounts.require(
                told.intake["content"], size if isinstance(size, int) else 0, item
            )
        for digest in told.abandoned:
            self._accounts.allow(digest)

    def _check_intake(self, item: str, told: History, row: StoredRow | None) -> Iterator[Finding]:
        """Check 4: the item has its intake event, and its row is what the events left."""
        cases = [unwritten(case["case"]) for case in self._streams["item_cases"].take(item)]
        if told.intake is None:
            yield MissingIntake(item)
        elif row is None:
            yield ItemMissing(item)
        else:
            differ = Comparison("items", item)
            yield from differ.values("digest", told.intake["content"], row["digest"])
            yield from differ.values("received_at", told.intake["at"], row["received_at"])
            yield from differ.values(
                "path_hash", path_hash(unwritten(row["path"])), row["path_hash"]
            )
            yield from differ.fields(told.item, _item_statement(row, cases))

    def _check_reading(self, item: str, told: History) -> Iterator[Finding]:
        """Check 4 for the reading that holds now: its event, facts and problems."""
        row = next(self._streams["readings"].take(item), None)
        differ = Comparison("readings", item)
        yield from differ.values("event", told.reading, None if row is None else row["event"])
        if row is not None and told.read:
            facts = str(sha256_of(row["facts"].encode()))
            yield from differ.values("facts", told.read["facts"], facts)
            problems = canonical_text(told.read["problems"])
            yield from differ.values("problems", problems, row["problems"])

    def _check_derivatives(
        self, item: str, told: History, row: StoredRow | None
    ) -> Iterator[Finding]:
        """Checks 4 and 8: the list of each reading is whole, and each entry says what it is."""
        listed: dict[int, object] = {}
        stream = self._streams["derivatives"].take(item)
        for event, group in itertools.groupby(stream, lambda made: int(made["event"])):
            tally, made = Tally(), list(group)
            sources = {made["digest"] for made in made} | {row["digest"] if row else ""}
            for derivative in made:
                tally.add([derivative[column] for column in DERIVATIVE_COLUMNS])
                self._accounts.require(derivative["digest"], derivative["size"], item)
                yield from _check_derivative(item, derivative, sources)
            listed[event] = tally.statement()
        differ = Comparison("derivatives", item)
        for event in sorted(listed.keys() | told.readings.keys()):
            said = told.readings.get(event, {"derivatives": NO_ROWS})
            yield from differ.fields(said, {"derivatives": listed.get(event, NO_ROWS)})

    def _check_texts(self, item: str, told: History) -> Iterator[Finding]:
        """Check 4 for passages and mentions; check 9, every mention reads back its text."""
        passages, mentions = Tally(), Tally()
        stream = self._streams["mentions"]
        for passage in self._streams["passages"].take(item):
            passages.add([passage[column] for column in PASSAGE_COLUMNS])
            text = unwritten(passage["text"])
            for mention in stream.take(item, "passage", passage["number"]):
                mentions.add([mention[column] for column in MENTION_COLUMNS])
                if mention["passage"] != passage["number"] or not _reads_back(text, mention):
                    yield _mismatch(item, mention)
        for mention in stream.take(item):  # what points into no passage
            mentions.add([mention[column] for column in MENTION_COLUMNS])
            yield _mismatch(item, mention)
        expected = {"passages": NO_ROWS} if told.read is None else told.read
        yield from Comparison("passages", item).fields(expected, {"passages": passages.statement()})
        expected = {"mentions": NO_ROWS} if told.mentions is None else told.mentions
        yield from Comparison("mentions", item).fields(expected, {"mentions": mentions.statement()})


def _streams(connection: Connection, only: Select[Any] | None) -> dict[str, Stream]:
    """Every table that speaks of items, in the order of accessions."""
    # the objects of these events are accessions: "." follows "-"
    events = events_between("ARC-", "ARC.")
    queries = {"events": (events, schema.events.c.object)}
    for table, key, then in (
        (schema.items, "accession", ()),
        (schema.item_cases, "item", ("position",)),
        (schema.readings, "item", ()),
        (schema.derivatives, "item", ("event", "position")),
        (schema.passages, "item", ("number",)),
        (schema.mentions, "item", ("passage", "position")),
    ):
        order = [table.c[column] for column in (key, *then)]
        queries[table.name] = (stored(table).order_by(*order), table.c[key])
    return {
        name: Stream(connection, query if only is None else query.where(key.in_(only)), key.name)
        for name, (query, key) in queries.items()
    }


def _item_statement(row: StoredRow, cases: Sequence[str]) -> dict[str, object]:
    """What `statements.of_item` says, from a stored row."""
    return {
        **{column: row[column] for column in _AS_STORED},
        "path": unwritten(row["path"]),
        "kind": unwritten(row["kind"]),
        "cases": list(cases),
        "description": {column: unwritten(row[column]) for column in _DESCRIPTION},
    }


def _check_derivative(item: str, row: StoredRow, sources: set[str]) -> Iterator[Finding]:
    """Check 8, one derivative."""
    if row["source"] not in sources:
        yield OrphanDerivative(item, row["digest"], f"a source nobody knows, {row['source']}")
    if not row["tool"]:
        yield OrphanDerivative(item, row["digest"], "no tool")
    if not row["version"]:
        yield OrphanDerivative(item, row["digest"], "no version of its tool")


def _reads_back(text: str, mention: StoredRow) -> bool:
    return reads_back(text, mention["start"], mention["end"], unwritten(mention["raw"]))


def _mismatch(item: str, mention: StoredRow) -> Finding:
    return MentionMismatch(item, mention["passage"], mention["start"], mention["end"])
