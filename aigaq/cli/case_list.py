"""A list of cases as a CSV file, read strictly: a doubtful row is told and left out, never bent."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from aigaq.archive.errors import NotFoundError, UsageError
from aigaq.archive.model import Case

COLUMNS = ("id", "title", "note")
LARGEST_FILE = 64 * 1024 * 1024
LONGEST_CELL = 10_000
CASE_ID = re.compile(r"[^\W_][\w./-]{0,63}")
"""As in a manifest (`pipeline.batches`): letters, digits and `_ . / -`, at most 64 of them."""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with the row that ends in line `line` of the file (the header is line 1)."""

    line: int
    problem: str


@dataclass(frozen=True, slots=True)
class CaseList:
    """The good rows, with the line each stood in, and what is wrong with the others."""

    cases: tuple[tuple[int, Case], ...]
    problems: tuple[RowProblem, ...]


def read_cases(file: Path) -> CaseList:
    """Read a CSV with the columns of `COLUMNS`: UTF-8, comma or semicolon, one case a row.

    NotFoundError when there is no such file, UsageError when it is no such table as a whole.
    """
    rows = _rows(file)
    header = [name.strip().casefold() for name in next(rows, (0, []))[1]]
    _check_header(file, header)
    cases: dict[str, tuple[int, Case]] = {}
    problems = []
    for line, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        cells = dict(zip(header, (cell.strip() for cell in row), strict=False))
        problem = _problem(row, header, cells, cases)
        if problem:
            problems.append(RowProblem(line, problem))
        else:
            cases[cells["id"]] = (line, Case(**cells))
    return CaseList(tuple(cases.values()), tuple(problems))


def _problem(
    row: list[str], header: list[str], cells: dict[str, str], cases: dict[str, tuple[int, Case]]
) -> str:
    if len(row) != len(header):
        return f"has {len(row)} fields, the header has {len(header)}"
    if not CASE_ID.fullmatch(cells["id"]):
        return f"{cells['id']!r} is not a case id"
    if cells["id"] in cases:
        return f"{cells['id']} was already listed in line {cases[cells['id']][0]}"
    long = [name for name, cell in cells.items() if len(cell) > LONGEST_CELL]
    return f"{long[0]} is longer than {LONGEST_CELL} characters" if long else ""


def _check_header(file: Path, header: list[str]) -> None:
    unknown = [name for name in header if name not in COLUMNS]
    if "id" not in header or unknown or len(set(header)) != len(header):
        told = f" (unknown: {', '.join(unknown)})" if unknown else ""
        raise UsageError(
            f"{file.name}: the first line does not name the columns{told}",
            advice=f"write {','.join(COLUMNS)} into the first line; only id must be there",
        )


def _rows(file: Path) -> Iterator[tuple[int, list[str]]]:
    """Every row with the line it ends in."""
    text = _text(file)
    first = text.split("\n", 1)[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise UsageError(
            f"{file.name}, line {reader.line_num}: {error}",
            advice="mend the quotes of that line and import again; nothing was imported",
        ) from error


def _text(file: Path) -> str:
    if not file.is_file():
        raise NotFoundError(f"there is no file {file}", advice="check the path")
    if file.stat().st_size > LARGEST_FILE:
        raise UsageError(
            f"{file.name} is larger than {LARGEST_FILE // 2**20} MB", advice="split it"
        )
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{file.name} is not UTF-8 (byte {error.start})",
            advice="save it as 'CSV UTF-8' and import again; nothing was imported",
        ) from error
