"""What the ledger's events say: the details each kind of event commits to.

The rows of the catalog must follow from these; `verify` makes the same statements from the rows it
finds and compares. Long lists are stated as a count and one SHA-256 over their stored rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from aigaq.archive.canonical import canonical, stored_line
from aigaq.archive.digests import sha256_of
from aigaq.archive.model import (
    Batch,
    Case,
    Digest,
    Item,
    JsonObject,
    Stage,
    StageStatus,
    Tool,
)
from aigaq.archive.rows import Stored, description_values


def of_archive(format_version: str, origin: str) -> JsonObject:
    return {"format": format_version, "origin": origin}


def of_case(case: Case) -> JsonObject:
    return {"title": case.title, "note": case.note}


def of_batch(batch: Batch) -> JsonObject:
    return {"source": batch.source}


def of_refusal(path: str, problem: str) -> JsonObject:
    return {"path": path, "problem": problem}


def of_item(item: Item) -> JsonObject:
    """All that stands in the item's row, beside the digest (the event's content) and its time."""
    return {
        "batch": item.batch,
        "path": item.path,
        "size": item.size,
        "kind": item.kind,
        "cases": list(item.cases),
        "description": description_values(item.description),
        "duplicate_of": item.duplicate_of,
        "parent": item.parent,
    }


def of_reading(
    *,
    kind: str,
    tool: Tool,
    passages: JsonObject,
    derivatives: JsonObject,
    facts: Mapping[str, object],
    problems: Sequence[str],
    abandoned: Sequence[Digest],
) -> JsonObject:
    """A reading; passages and derivatives as `of_rows` states them.

    `abandoned` are the blobs an interrupted earlier attempt may have left in the vault.
    """
    return {
        "kind": kind,
        "tool": tool.name,
        "version": tool.version,
        "passages": passages,
        "derivatives": derivatives,
        "facts": str(sha256_of(canonical(facts))),
        "problems": list(problems),
        "abandoned": [str(digest) for digest in abandoned],
    }


def of_mentions(mentions: JsonObject, tool: str) -> JsonObject:
    """Mentions as `of_rows` states them."""
    return {"tool": tool, "mentions": mentions}


def of_problem(
    stage: Stage, status: StageStatus, problem: str, tool: str, abandoned: Sequence[Digest]
) -> JsonObject:
    return {
        "stage": stage.value,
        "status": status.value,
        "problem": problem,
        "tool": tool,
        "abandoned": [str(digest) for digest in abandoned],
    }


class Tally:
    """Stored rows as their number and the SHA-256 of them all, each as `canonical.stored_line`."""

    def __init__(self) -> None:
        self._hasher = hashlib.sha256()
        self._count = 0

    def add(self, row: Sequence[Stored]) -> None:
        self._hasher.update(stored_line(row))
        self._count += 1

    def statement(self) -> JsonObject:
        return {"count": self._count, "sha256": self._hasher.hexdigest()}


def of_rows(rows: Iterable[Sequence[Stored]]) -> JsonObject:
    """The tally of rows at once."""
    tally = Tally()
    for row in rows:
        tally.add(row)
    return tally.statement()


NO_ROWS = Tally().statement()
