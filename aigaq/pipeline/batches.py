"""A delivery of files: what lies in the folder, and what the manifest says of it.

The manifest is read strictly. A line that cannot be trusted is reported with its number and, where
the doubt is about who may read a file, the file is sealed: doubt closes, it never opens.
"""

from __future__ import annotations

import csv
import io
import os
import re
import stat
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from aigaq.archive.errors import ManifestError, NotFoundError
from aigaq.archive.model import STRICTNESS, Description, Restriction

MANIFEST_NAME = "manifest.csv"
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
MANIFEST_BYTES = 64 * 1024 * 1024  # a manifest of a million lines; more is not a manifest
FIELD_CHARACTERS = 10_000
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_CASE = re.compile(r"[^\W_][\w./-]{0,63}")


@dataclass(frozen=True, slots=True)
class LineProblem:
    """Something the archivist should mend in line `line` (from 1, the header included)."""

    line: int
    path: str
    problem: str


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """What one line of the manifest claims about one file."""

    line: int
    path: str
    cases: tuple[str, ...]
    description: Description


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest as read: trusted lines by path, and the problems of the others."""

    file: Path
    lines: Mapping[str, ManifestLine]
    problems: tuple[LineProblem, ...]


@dataclass(frozen=True, slots=True)
class Arrival:
    """One directory entry of the delivery. `problem` says why it cannot be taken in, if so."""

    path: str
    file: Path
    cases: tuple[str, ...] = ()
    description: Description = field(default_factory=Description)
    listed: int | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Everything that came, beside everything that was promised.

    `missing` are manifest lines without a file. `source` is the folder's absolute path: the same
    folder again is the same batch, continued.
    """

    source: str
    arrivals: tuple[Arrival, ...]
    missing: tuple[ManifestLine, ...] = ()
    problems: tuple[LineProblem, ...] = ()
    manifest: str = ""


def load(folder: Path, manifest: Path | None = None, case: str | None = None) -> Delivery:
    """Look through `folder` and read its manifest (`folder/manifest.csv` unless one is named).

    `case` is given to every file for which the manifest names none.
    Raises NotFoundError when there is no such folder or manifest, ManifestError when the manifest
    as a whole cannot be read.
    """
    if not folder.is_dir():
        raise NotFoundError(
            f"There is no folder {folder}.",
            advice="Name the folder that holds the files: aigaq ingest FOLDER",
        )
    if case is not None and not _CASE.fullmatch(case):
        raise ManifestError(
            f"{case!r} is not a case id.", advice="Case ids look like QAN-0042: aigaq case list"
        )
    found = _find_manifest(folder, manifest)
    read = None if found is None else read_manifest(found)
    walked = list(_walk(folder))
    lines = {} if read is None else _by_arrival(read.lines, walked)
    arrivals = [_describe(arrival, lines.get(arrival.path), case) for arrival in walked]
    if found is not None:
        arrivals = _with_manifest(arrivals, found)
    present = {arrival.path for arrival in arrivals}
    return Delivery(
        source=str(folder.resolve()),
        arrivals=tuple(sorted(arrivals, key=lambda arrival: arrival.path)),
        missing=tuple(line for path, line in lines.items() if path not in present),
        problems=() if read is None else read.problems,
        manifest="" if found is None else found.name,
    )


def read_manifest(file: Path) -> Manifest:
    """Read a manifest: CSV in UTF-8, comma or semicolon, with the header line of `COLUMNS`.

    Raises ManifestError when it is not that; a bad single line becomes a LineProblem.
    """
    rows = _rows(file)
    header = [name.strip().casefold() for name in next(rows, (0, []))[1]]
    _check_header(file, header)
    lines: dict[str, ManifestLine] = {}
    problems: list[LineProblem] = []
    for number, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            problems.append(
                LineProblem(number, row[0], f"has {len(row)} fields, the header has {len(header)}")
            )
            _seal_untrusted(lines, number, row, header)
            continue
        line, doubts = _interpret(number, dict(zip(header, row, strict=True)))
        problems.extend(LineProblem(number, row[header.index("path")], doubt) for doubt in doubts)
        if line is None:
            continue
        if line.path in lines:
            earlier = lines[line.path]
            problems.append(
                LineProblem(number, line.path, f"was already listed in line {earlier.line}")
            )
            line = _stricter(earlier, line)
        lines[line.path] = line
    return Manifest(file, lines, tuple(problems))


def _rows(file: Path) -> Iterator[tuple[int, list[str]]]:
    if file.stat().st_size > MANIFEST_BYTES:
        raise ManifestError(
            f"{file.name} is larger than {MANIFEST_BYTES // 2**20} MB.",
            advice="Split the delivery into several batches.",
        )
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ManifestError(
            f"{file.name} is not UTF-8 (byte {error.start}).",
            advice="Save it as 'CSV UTF-8' and ingest again; nothing was taken in yet.",
        ) from error
    first = text.split("\n", 1)[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise ManifestError(
                f"{file.name}, line {reader.line_num}: {error}.",
                advice="Mend the quotes of that line and ingest again; nothing was taken in yet.",
            ) from error
        yield reader.line_num, row


def _check_header(file: Path, header: list[str]) -> None:
    unknown = [name for name in header if name not in COLUMNS]
    if "path" not in header or unknown or len(set(header)) != len(header):
        told = f"unknown: {', '.join(unknown)}" if unknown else "each once, 'path' always"
        raise ManifestError(
            f"{file.name}: the first line must name the columns ({told}).",
            advice=f"Columns: {', '.join(COLUMNS)}",
        )


def _interpret(number: int, cells: dict[str, str]) -> tuple[ManifestLine | None, list[str]]:
    """One row as a claim, with everything doubtful about it. No claim when the path is unsafe."""
    cells = {name: cell.strip() for name, cell in cells.items()}
    doubts = [f"{name} is too long" for name, cell in cells.items() if len(cell) > FIELD_CHARACTERS]
    path, unsafe = _safe_path(cells.pop("path"))
    if unsafe or doubts:
        return None, [*doubts, *([unsafe] if unsafe else [])]
    cases, strange = _case_ids(cells.pop("case_ids", ""))
    doubts.extend(f"{text!r} is not a case id" for text in strange)
    date = cells.pop("date", "")
    if date and not _DATE.fullmatch(date):
        doubts.append(f"date {date!r} is not written YYYY, YYYY-MM or YYYY-MM-DD")
    restriction, doubt = _restriction(cells.pop("restriction", ""))
    doubts.extend(doubt)
    description = Description(date=date, restriction=restriction, **cells)
    return ManifestLine(number, path, cases, description), doubts


def _safe_path(written: str) -> tuple[str, str]:
    path = written.replace("\\", "/")
    parts = PurePosixPath(path).parts
    if not path:
        return "", "names no file"
    if path.startswith("/") or ".." in parts or re.match(r"[A-Za-z]:", path) or "\0" in path:
        return "", "points outside the batch"
    return str(PurePosixPath(*parts)), ""


def _case_ids(written: str) -> tuple[tuple[str, ...], list[str]]:
    ids = [part.strip() for part in re.split(r"[;|]", written) if part.strip()]
    good = tuple(dict.fromkeys(part for part in ids if _CASE.fullmatch(part)))
    return good, [part for part in ids if not _CASE.fullmatch(part)]


def _restriction(written: str) -> tuple[Restriction, list[str]]:
    if not written:
        return Restriction.OPEN, []
    try:
        return Restriction(written.casefold()), []
    except ValueError:
        allowed = ", ".join(Restriction)
        return Restriction.SEALED, [
            f"restriction {written!r} is none of {allowed}; the file is sealed until it is mended"
        ]


def _seal_untrusted(
    lines: dict[str, ManifestLine], number: int, row: list[str], header: list[str]
) -> None:
    """A line with too few or too many fields still names a file: that file is sealed."""
    place = header.index("path")
    path, unsafe = _safe_path(row[place].strip()) if place < len(row) else ("", "names no file")
    if not unsafe:
        lines[path] = ManifestLine(number, path, (), Description(restriction=Restriction.SEALED))


def _stricter(earlier: ManifestLine, later: ManifestLine) -> ManifestLine:
    """Two lines for one file: both case lists, the later description, the stricter restriction."""
    restriction = max(
        earlier.description.restriction, later.description.restriction, key=STRICTNESS.index
    )
    return replace(
        later,
        cases=tuple(dict.fromkeys((*earlier.cases, *later.cases))),
        description=replace(later.description, restriction=restriction),
    )


def _find_manifest(folder: Path, named: Path | None) -> Path | None:
    if named is not None:
        if not named.is_file():
            raise NotFoundError(f"There is no manifest {named}.", advice="Check the path.")
        return named
    usual = folder / MANIFEST_NAME
    return usual if usual.is_file() else None


def _walk(folder: Path) -> Iterator[Arrival]:
    """Every directory entry that is not a folder, links not followed, unreadable ones told."""
    unreadable: list[OSError] = []
    for root, folders, names in os.walk(folder, onerror=unreadable.append, followlinks=False):
        folders.sort()
        linked = [name for name in folders if (Path(root) / name).is_symlink()]
        for name in sorted([*names, *linked]):
            file = Path(root) / name
            yield Arrival(_written(file.relative_to(folder)), file, problem=_untakeable(file))
    for error in unreadable:
        file = Path(os.fsdecode(error.filename))
        yield Arrival(_written(file.relative_to(folder)), file, problem=f"{error.strerror}")


def _written(path: Path) -> str:
    """The relative path as text; bytes that are no UTF-8 become `\\xff`, nothing is dropped."""
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")


def _untakeable(file: Path) -> str:
    try:
        mode = file.lstat().st_mode
    except OSError as error:
        return str(error.strerror)
    if stat.S_ISLNK(mode):
        return "a symbolic link, which is not followed"
    if not stat.S_ISREG(mode):
        return "not a regular file"
    return "" if os.access(file, os.R_OK) else "no permission to read it"


def _by_arrival(
    lines: Mapping[str, ManifestLine], arrivals: list[Arrival]
) -> dict[str, ManifestLine]:
    """The lines keyed by the paths as the disk writes them.

    Some systems store й as и with a combining breve: a line that matches no file letter by letter
    goes to the one file that is canonically equal.
    """
    present = {arrival.path for arrival in arrivals}
    composed: dict[str, list[str]] = {}
    for path in present:
        composed.setdefault(unicodedata.normalize("NFC", path), []).append(path)
    keyed = {}
    for path, line in lines.items():
        equal = composed.get(unicodedata.normalize("NFC", path), [])
        keyed[equal[0] if path not in present and len(equal) == 1 else path] = line
    return keyed


def _describe(arrival: Arrival, line: ManifestLine | None, case: str | None) -> Arrival:
    cases = () if line is None else line.cases
    if not cases and case is not None:
        cases = (case,)
    if line is None:
        return replace(arrival, cases=cases)
    return replace(arrival, cases=cases, description=line.description, listed=line.line)


def _with_manifest(arrivals: list[Arrival], manifest: Path) -> list[Arrival]:
    """The manifest is kept too, sealed: it speaks of every file, the protected ones included."""
    about = Description(document_type="manifest", restriction=Restriction.SEALED)
    resolved = manifest.resolve()
    inside = [a for a in arrivals if a.file.resolve() == resolved and not a.problem]
    others = [a for a in arrivals if a not in inside]
    path = inside[0].path if inside else manifest.name
    return [*others, Arrival(path, manifest, description=about)]
