"""The receipt of a batch: every file and every line of the manifest, with how it ended.

A receipt is drawn from the record, not from what a run remembers, so it is the same after a run
that was killed and continued. Text comes in the archive's languages; JSON and CSV are fixed.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from aigaq.archive.catalog import PassageCounts
from aigaq.archive.custody import Archive
from aigaq.archive.digests import sha256_of
from aigaq.archive.model import (
    Accession,
    Digest,
    Item,
    Outcome,
    Restriction,
    Stage,
    StageState,
    StageStatus,
)
from aigaq.messages.plain import plain
from aigaq.pipeline.batches import Delivery, LineProblem, ManifestLine

Say = Callable[[str], str]
"""Translates one sentence of ours (`gettext`)."""


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """How one file ended. `problem` is the reason of a refusal, or what of ours went wrong.

    Of its `passages` (pages, texts, segments), `to_review` want a person's look and `unread` could
    not be read.
    """

    path: str
    outcome: Outcome
    item: Accession | None = None
    sha256: str = ""
    size: int | None = None
    kind: str = ""
    cases: tuple[str, ...] = ()
    problem: str = ""
    listed: bool = False
    duplicate_of: Accession | None = None
    parent: Accession | None = None
    passages: int = 0
    to_review: int = 0
    unread: int = 0
    restriction: Restriction = Restriction.OPEN


@dataclass(frozen=True, slots=True)
class Receipt:
    """All of one batch. `waiting` counts files a later run still has to read or index."""

    batch: str
    source: str
    opened_at: datetime
    made_at: datetime
    manifest: str
    lines: tuple[ReceiptLine, ...]
    missing: tuple[ManifestLine, ...]
    manifest_problems: tuple[LineProblem, ...]
    waiting: int

    def counts(self) -> dict[str, int]:
        """Files by outcome; `files` is their sum, attachments of messages counted among them."""
        ended = Counter(line.outcome for line in self.lines)
        return {
            "files": len(self.lines),
            **{str(outcome): ended[outcome] for outcome in Outcome},
            "attachments": sum(line.parent is not None for line in self.lines),
            "missing": len(self.missing),
            "not_listed": sum(self._unlisted(line) for line in self.lines),
            "manifest_problems": len(self.manifest_problems),
            "to_review": sum(line.to_review for line in self.lines),
            "unread": sum(line.unread for line in self.lines),
            "waiting": self.waiting,
        }

    def _unlisted(self, line: ReceiptLine) -> bool:
        return (
            bool(self.manifest)
            and not line.listed
            and line.parent is None
            and line.path != self.manifest
        )


def receipt_of(archive: Archive, batch: str, delivery: Delivery, *, made_at: datetime) -> Receipt:
    """Draw the receipt of `batch` from the record, beside what the delivery held and promised."""
    catalog = archive.catalog
    opened = catalog.batch(batch)
    items = {item.accession: item for item in catalog.items(batch=batch)}
    problems = _problems(catalog.problems(batch=batch))
    listed = {arrival.path for arrival in delivery.arrivals if arrival.listed is not None}
    restrictions = {arrival.path: arrival.description.restriction for arrival in delivery.arrivals}
    pages = catalog.passage_counts(batch)
    lines = [
        _line(
            item,
            path_in_batch(item, items),
            problems.get(item.accession),
            pages.get(item.accession, PassageCounts()),
            listed=item.parent is None and item.path in listed,
        )
        for item in items.values()
    ]
    lines += [
        ReceiptLine(
            refusal.path,
            Outcome.REFUSED,
            problem=refusal.problem,
            listed=refusal.path in listed,
            # What an earlier delivery said of a file that came no more is not known: doubt closes.
            restriction=restrictions.get(refusal.path, Restriction.SEALED),
        )
        for refusal in catalog.refusals(batch)
    ]
    waiting = {*catalog.waiting(Stage.READ, batch), *catalog.waiting(Stage.EXTRACT, batch)}
    return Receipt(
        batch=batch,
        source=opened.source,
        opened_at=opened.opened_at,
        made_at=made_at,
        manifest=delivery.manifest,
        lines=tuple(sorted(lines, key=lambda line: (line.path, line.item or ""))),
        missing=delivery.missing,
        manifest_problems=delivery.problems,
        waiting=len(waiting | set(catalog.waiting(Stage.INDEX, batch))),
    )


def _problems(states: Iterable[StageState]) -> dict[Accession, StageState]:
    """The first thing that went wrong with each item."""
    first: dict[Accession, StageState] = {}
    for state in states:
        first.setdefault(state.item, state)
    return first


def _line(
    item: Item,
    path: str,
    problem: StageState | None,
    pages: PassageCounts,
    *,
    listed: bool,
) -> ReceiptLine:
    outcome = Outcome.STORED if item.duplicate_of is None else Outcome.DUPLICATE
    if problem is not None and problem.status is StageStatus.REFUSED:
        outcome = Outcome.REFUSED
    return ReceiptLine(
        path=path,
        outcome=outcome,
        item=item.accession,
        sha256=item.digest.hex,
        size=item.size,
        kind=item.kind,
        cases=item.cases,
        problem="" if problem is None else problem.problem,
        listed=listed,
        duplicate_of=item.duplicate_of,
        parent=item.parent,
        passages=pages.all,
        to_review=pages.to_review,
        unread=pages.unread,
        restriction=item.description.restriction,
    )


def path_in_batch(item: Item, items: dict[Accession, Item]) -> str:
    """`letter.eml/contract.pdf` for an attachment, else the path as it came."""
    parent = None if item.parent is None else items.get(item.parent)
    return item.path if parent is None else f"{path_in_batch(parent, items)}/{item.path}"


WITHHELD = "(sealed)"


def shareable(receipt: Receipt) -> Receipt:
    """The receipt for pages that others see too: nothing of sealed files but that they are there.

    A line of the manifest that is to be mended names its file only where that file is not sealed.
    """
    lines = tuple(_withheld(line) for line in receipt.lines)
    missing = tuple(
        replace(line, path=WITHHELD) if line.description.restriction is Restriction.SEALED else line
        for line in receipt.missing
    )
    shown = {line.path for line in lines} | {line.path for line in missing}
    return replace(
        receipt,
        lines=lines,
        missing=missing,
        manifest_problems=tuple(
            problem
            if problem.path in shown
            else LineProblem(problem.line, WITHHELD, "the receipt in the archive says what")
            for problem in receipt.manifest_problems
        ),
    )


def _withheld(line: ReceiptLine) -> ReceiptLine:
    if line.restriction is not Restriction.SEALED:
        return line
    return replace(line, path=WITHHELD, problem=WITHHELD if line.problem else "", cases=())


def problem_rows(receipt: Receipt) -> list[dict[str, str]]:
    """What was refused or read only in part, and why: one row a file."""
    return [
        {
            "file": plain(line.path),
            "item": line.item or "",
            "outcome": str(line.outcome),
            "because": plain(line.problem),
        }
        for line in receipt.lines
        if line.problem
    ]


def to_json(receipt: Receipt) -> dict[str, object]:
    """The receipt as a JSON object; `sha256` is the bare hex digest of the file as received."""
    return {
        "batch": receipt.batch,
        "source": receipt.source,
        "opened_at": receipt.opened_at.isoformat(),
        "made_at": receipt.made_at.isoformat(),
        "manifest": receipt.manifest,
        "items": [_line_json(line) for line in receipt.lines],
        "missing": [
            {"path": line.path, "line": line.line, "cases": list(line.cases)}
            for line in receipt.missing
        ],
        "manifest_problems": [
            {"line": problem.line, "path": problem.path, "problem": problem.problem}
            for problem in receipt.manifest_problems
        ],
        "counts": receipt.counts(),
    }


def _line_json(line: ReceiptLine) -> dict[str, object]:
    return {
        "path": line.path,
        "outcome": str(line.outcome),
        "item": line.item,
        "sha256": line.sha256 or None,
        "size": line.size,
        "kind": line.kind or None,
        "cases": list(line.cases),
        "problem": line.problem or None,
        "listed": line.listed,
        "duplicate_of": line.duplicate_of,
        "parent": line.parent,
        "passages": line.passages,
        "to_review": line.to_review,
        "unread": line.unread,
    }


def json_text(receipt: Receipt) -> str:
    """The receipt as the text of its JSON file."""
    return json.dumps(to_json(receipt), ensure_ascii=False, indent=1) + "\n"


CSV_COLUMNS = (
    "path",
    "outcome",
    "item",
    "sha256",
    "size",
    "kind",
    "cases",
    "problem",
    "duplicate_of",
)


def to_csv(receipt: Receipt) -> str:
    """The receipt as a table for a spreadsheet, missing files included.

    A cell that a spreadsheet would take for a formula gets an apostrophe in front (the paths are
    other people's); the JSON receipt has the exact text.
    """
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for line in receipt.lines:
        row = _line_json(line) | {"cases": ";".join(line.cases)}
        writer.writerow(_cell(row[name]) for name in CSV_COLUMNS)
    for promised in receipt.missing:
        row = {"path": promised.path, "outcome": "missing", "cases": ";".join(promised.cases)}
        writer.writerow(_cell(row.get(name)) for name in CSV_COLUMNS)
    return table.getvalue()


def _cell(value: object) -> str:
    text = "" if value is None else plain(str(value))
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text


def keep(home: Path, receipt: Receipt) -> Digest:
    """Write the receipt as JSON, CSV and English text into `home/receipts`; the JSON's digest.

    A later receipt of the same batch stands beside the earlier ones: each is named by its digest,
    which is what the ledger holds.
    """
    folder = home / "receipts"
    folder.mkdir(exist_ok=True)
    written = json_text(receipt)
    digest = sha256_of(written.encode())
    stem = f"{receipt.batch}-{digest.hex[:12]}"
    for ending, text in (
        ("json", written),
        ("csv", to_csv(receipt)),
        ("txt", to_text(receipt, str)),
    ):
        # A CSV for spreadsheets starts with a byte order mark, or Cyrillic comes out as garbage.
        encoding = "utf-8-sig" if ending == "csv" else "utf-8"
        (folder / f"{stem}.{ending}").write_text(text, encoding=encoding, newline="")
    return digest


def to_text(receipt: Receipt, say: Say) -> str:
    """The receipt for people, in the language of `say`; plain lines, no colours."""
    return "\n".join(_text_lines(receipt, say)) + "\n"


def _text_lines(receipt: Receipt, say: Say) -> Iterator[str]:
    counts = receipt.counts()
    yield say("Receipt for batch {batch}").format(batch=receipt.batch)
    yield say("from {source}").format(source=plain(receipt.source))
    yield say("made {time} UTC").format(time=f"{receipt.made_at:%Y-%m-%d %H:%M:%S}")
    yield ""
    yield say("files: {files} (stored {stored}, duplicates {duplicate}, refused {refused})").format(
        **counts
    )
    if receipt.manifest:
        yield say(
            "manifest {name}: listed but missing {missing}, came unlisted {not_listed}, "
            "lines to mend {manifest_problems}"
        ).format(name=plain(receipt.manifest), **counts)
    if counts["waiting"]:
        yield say("still waiting: {waiting}; run the same command again").format(**counts)
    if counts["refused"]:
        yield say("a refused file is kept in the vault if it could be taken in at all")
    yield ""
    for line in receipt.lines:
        yield _file_line(line, say)
    yield from _promised_lines(receipt, say)


def _file_line(line: ReceiptLine, say: Say) -> str:
    words = {
        Outcome.STORED: say("stored"),
        Outcome.DUPLICATE: say("duplicate"),
        Outcome.REFUSED: say("refused"),
    }
    parts = [f"{words[line.outcome]:<10}", f"{line.item or '-':<15}", plain(line.path)]
    if line.duplicate_of is not None:
        parts.append(say("= {item}").format(item=line.duplicate_of))
    if line.problem:
        parts.append(say("because: {reason}").format(reason=plain(say(line.problem))))
    if line.unread:
        told = say("(pages that could not be read: {pages} of {all})")
        parts.append(told.format(pages=line.unread, all=line.passages))
    if line.to_review:
        parts.append(say("(pages to look at: {pages})").format(pages=line.to_review))
    return "  ".join(parts)


def _promised_lines(receipt: Receipt, say: Say) -> Iterator[str]:
    for promised in receipt.missing:
        where = say("line {line} of the manifest").format(line=promised.line)
        yield f"{say('missing'):<10}  {'-':<15}  {plain(promised.path)}  ({where})"
    for problem in receipt.manifest_problems:
        where = say("line {line} of the manifest").format(line=problem.line)
        yield f"{say('to mend'):<10}  {where}  {plain(problem.path)}: {plain(say(problem.problem))}"
