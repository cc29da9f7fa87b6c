"""The manifest that came with the batch: one line a file, a promise kept or not."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from samples.stories import Entry, Promise

COLUMNS = (
    "path",
    "case_ids",
    "document_type",
    "date",
    "source",
    "language",
    "restriction",
    "note",
)


def written(entries: Sequence[Entry], promises: Iterable[Promise]) -> bytes:
    """The CSV, in UTF-8 with a byte order mark, as a spreadsheet saves it."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for entry in entries:
        if entry.listed:
            writer.writerow(_line(entry))
    for promise in promises:
        cases = ";".join(promise.cases)
        writer.writerow((promise.path, cases, promise.document_type, "", "", "", "", promise.note))
    return buffer.getvalue().encode("utf-8-sig")


def _line(entry: Entry) -> tuple[str, ...]:
    return (
        entry.path,
        ";".join(entry.cases),
        entry.document_type,
        entry.date,
        entry.source,
        entry.language,
        entry.restriction,
        entry.note,
    )
