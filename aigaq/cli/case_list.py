"""A list of cases as a CSV file, read strictly: a doubtful row is told and left out, never bent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aigaq.archive.model import CASE_ID, Case
from aigaq.pipeline.tables import Row, read_table

COLUMNS = ("id", "title", "note")


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
    """Read a CSV with the columns of `COLUMNS`, one case a row.

    NotFoundError when there is no such file, TableError when it is no such table as a whole.
    """
    cases: dict[str, tuple[int, Case]] = {}
    problems = []
    for row in read_table(file, columns=COLUMNS, needed="id"):
        problem = row.problem or _doubt(row, cases)
        if problem:
            problems.append(RowProblem(row.line, problem))
        else:
            cases[row.cells["id"]] = (row.line, Case(**row.cells))
    return CaseList(tuple(cases.values()), tuple(problems))


def _doubt(row: Row, cases: Mapping[str, tuple[int, Case]]) -> str:
    case = row.cells["id"]
    if not CASE_ID.fullmatch(case):
        return f"{case!r} is not a case id"
    return f"{case} was already listed in line {cases[case][0]}" if case in cases else ""
