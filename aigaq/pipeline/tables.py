"""A table that people made, as CSV: read strictly, every doubt told with its line number.

UTF-8, comma or semicolon (spreadsheets of many countries write the latter), the columns named in
the first line, in any order.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aigaq.archive.errors import NotFoundError, TableError

LARGEST_FILE = 64 * 1024 * 1024  # a table of a million lines; more is not a table
LONGEST_CELL = 10_000  # characters


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells by column, stripped, and `problem`, empty when the row can be trusted.

    `line` counts from 1 with the header; a row that spans lines is named by its last. A row with
    too few or too many fields keeps the cells that are there.
    """

    line: int
    cells: Mapping[str, str]
    problem: str = ""


def read_table(file: Path, *, columns: Sequence[str], needed: str) -> Iterator[Row]:
    """The rows of a table that has the column `needed` and no others than `columns`.

    Raises NotFoundError when there is no such file and TableError when it is no such table; empty
    rows are passed over.
    """
    lines = _lines(file)
    header = [name.strip().casefold() for name in next(lines, (0, []))[1]]
    unknown = [name for name in header if name not in columns]
    if needed not in header or unknown or len(set(header)) != len(header):
        told = f" (unknown: {', '.join(unknown)})" if unknown else ""
        raise TableError(
            f"{file.name}: the first line does not name the columns{told}.",
            advice=f"Write {','.join(columns)} into the first line; only {needed} must be there.",
        )
    for line, fields in lines:
        cells = [cell.strip() for cell in fields]
        if any(cells):
            named = dict(zip(header, cells, strict=False))
            yield Row(line, named, _problem(header, cells, named))


def _problem(header: list[str], cells: list[str], named: Mapping[str, str]) -> str:
    if len(cells) != len(header):
        return f"has {len(cells)} fields, the header has {len(header)}"
    long = [name for name, cell in named.items() if len(cell) > LONGEST_CELL]
    return f"{long[0]} is longer than {LONGEST_CELL} characters" if long else ""


def _lines(file: Path) -> Iterator[tuple[int, list[str]]]:
    text = _text(file)
    first = text.split("\n", 1)[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise TableError(
            f"{file.name}, line {reader.line_num}: {error}.",
            advice="Mend the quotes of that line and run the command again; nothing was taken in.",
        ) from error


def _text(file: Path) -> str:
    if not file.is_file():
        raise NotFoundError(f"There is no file {file}.", advice="Check the path.")
    if file.stat().st_size > LARGEST_FILE:
        raise TableError(
            f"{file.name} is larger than {LARGEST_FILE // 2**20} MB.",
            advice="Split it into several.",
        )
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableError(
            f"{file.name} is not UTF-8 (byte {error.start}).",
            advice="Save it as 'CSV UTF-8' and run the command again; nothing was taken in.",
        ) from error
