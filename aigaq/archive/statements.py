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


def of_rows(rows: Iterable[Sequence[Stored]]) -> JsonObject:
    """Stored rows as their number and the SHA-256 of them all, each an RFC 8785 array and a line
    feed."""
    hasher = hashlib.sha256()
    count = 0
    for row in rows:
        hasher.update(stored_line(row))
        count += 1
    return {"count": count, "sha256": hasher.hexdigest()}
