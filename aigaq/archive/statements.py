"""What the ledger's events say: the details each kind of event commits to.

The rows of the catalog must follow from these; `verify` makes the same statements from the rows it
finds and compares. Long lists are stated as a count and one SHA-256 over their canonical lines.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from aigaq.archive.canonical import canonical
from aigaq.archive.digests import sha256_of
from aigaq.archive.model import (
    Batch,
    Case,
    Derivative,
    Description,
    Digest,
    Item,
    JsonObject,
    Mention,
    Passage,
    Stage,
    StageStatus,
    Tool,
)
from aigaq.archive.schema import timestamp


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
        "description": of_description(item.description),
        "duplicate_of": item.duplicate_of,
        "parent": item.parent,
    }


def of_description(description: Description) -> JsonObject:
    return {
        "document_type": description.document_type,
        "date": description.date,
        "source": description.source,
        "language": description.language,
        "restriction": description.restriction.value,
        "note": description.note,
    }


def of_reading(
    *,
    kind: str,
    passages: Iterable[Passage],
    derivatives: Iterable[Derivative],
    facts: Mapping[str, object],
    problems: Sequence[str],
    tool: Tool,
    abandoned: Sequence[Digest],
) -> JsonObject:
    """A reading. `abandoned` are the blobs an interrupted earlier attempt left in the vault."""
    return {
        "kind": kind,
        "tool": tool.name,
        "version": tool.version,
        "passages": of_lines(passage_line(passage) for passage in passages),
        "derivatives": of_lines(derivative_line(derivative) for derivative in derivatives),
        "facts": str(sha256_of(canonical(facts))),
        "problems": list(problems),
        "abandoned": [str(digest) for digest in abandoned],
    }


def of_mentions(mentions: Mapping[int, Sequence[Mention]], tool: str) -> JsonObject:
    return {"tool": tool, "mentions": of_lines(mention_lines(mentions))}


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


def of_lines(lines: Iterable[JsonObject]) -> JsonObject:
    """A list as its length and the SHA-256 of its canonical lines, each ended by a line feed."""
    hasher = hashlib.sha256()
    count = 0
    for line in lines:
        hasher.update(canonical(line) + b"\n")
        count += 1
    return {"count": count, "sha256": hasher.hexdigest()}


def passage_line(passage: Passage) -> JsonObject:
    return {
        "number": passage.number,
        "kind": passage.kind.value,
        "text": passage.text,
        "method": passage.method.value,
        "page": passage.page,
        "offset": passage.offset,
        "start_seconds": passage.start_seconds,
        "end_seconds": passage.end_seconds,
        "language": passage.language,
        "confidence": passage.confidence,
        "needs_review": passage.needs_review,
        "problem": passage.problem,
    }


def derivative_line(derivative: Derivative) -> JsonObject:
    return {
        "role": derivative.role,
        "page": derivative.page,
        "digest": str(derivative.digest),
        "size": derivative.size,
        "media_type": derivative.media_type,
        "tool": derivative.tool.name,
        "version": derivative.tool.version,
        "source": str(derivative.source),
        "made_at": timestamp(derivative.made_at),
    }


def mention_lines(mentions: Mapping[int, Sequence[Mention]]) -> Iterable[JsonObject]:
    """In the order of passages, and within a passage as given."""
    for number in sorted(mentions):
        for mention in mentions[number]:
            yield {
                "passage": number,
                "kind": mention.kind.value,
                "start": mention.start,
                "end": mention.end,
                "raw": mention.raw,
                "value": mention.value,
                "role": mention.role,
                "rule": mention.rule,
            }
