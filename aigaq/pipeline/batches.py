"""A delivery of files: what lies in the folder, and what the manifest says of it.

The manifest is read strictly. A line that cannot be trusted is reported with its number and, where
the doubt is about who may read a file, the file is sealed: doubt closes, it never opens.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from aigaq.archive.errors import NotFoundError, UsageError
from aigaq.archive.model import CASE_ID, STRICTNESS, Description, Restriction
from aigaq.pipeline.tables import Row, read_table

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
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


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
    Raises NotFoundError when there is no such folder or manifest, TableError when the manifest
    as a whole cannot be read.
    """
    if not folder.is_dir():
        raise NotFoundError(
            f"There is no folder {folder}.",
            advice="Name the folder that holds the files: aigaq ingest FOLDER",
        )
    if case is not None and not CASE_ID.fullmatch(case):
        raise UsageError(
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
    """Read a manifest: a table with the columns of `COLUMNS`.

    Raises TableError when it is not that; a bad single line becomes a LineProblem.
    """
    lines: dict[str, ManifestLine] = {}
    problems: list[LineProblem] = []
    for row in read_table(file, columns=COLUMNS, needed="path"):
        line, doubts = _interpret(row)
        written = row.cells.get("path", "")
        problems.extend(LineProblem(row.line, written, doubt) for doubt in doubts)
        if line is None:
            continue
        if line.path in lines:
            earlier = lines[line.path]
            told = f"was already listed in line {earlier.line}"
            problems.append(LineProblem(row.line, line.path, told))
            line = _stricter(earlier, line)
        lines[line.path] = line
    return Manifest(file, lines, tuple(problems))


def _interpret(row: Row) -> tuple[ManifestLine | None, list[str]]:
    """One row as a claim, with everything doubtful about it. No claim when the path is unsafe.

    A malformed row still names a file: that file is sealed, since the row may have meant it.
    """
    path, unsafe = _safe_path(row.cells.get("path", ""))
    if unsafe:
        return None, [row.problem or unsafe]
    if row.problem:
        sealed = Description(restriction=Restriction.SEALED)
        return ManifestLine(row.line, path, (), sealed), [row.problem]
    cells = {name: cell for name, cell in row.cells.items() if name != "path"}
    cases, doubts = _case_ids(cells.pop("case_ids", ""))
    date = cells.pop("date", "")
    if date and not _DATE.fullmatch(date):
        doubts.append(f"date {date!r} is not written YYYY, YYYY-MM or YYYY-MM-DD")
    restriction, doubt = _restriction(cells.pop("restriction", ""))
    description = Description(date=date, restriction=restriction, **cells)
    return ManifestLine(row.line, path, cases, description), [*doubts, *doubt]


def _safe_path(written: str) -> tuple[str, str]:
    path = written.replace("\\", "/")
    parts = PurePosixPath(path).parts
    if not path:
        return "", "names no file"
    if path.startswith("/") or ".." in parts or re.match(r"[A-Za-z]:", path) or "\0" in path:
        return "", "points outside the batch"
    return str(PurePosixPath(*parts)), ""


def _case_ids(written: str) -> tuple[tuple[str, ...], list[str]]:
    """The ids that are some, and what to say of the others."""
    ids = [part.strip() for part in re.split(r"[;|]", written) if part.strip()]
    good = tuple(dict.fromkeys(part for part in ids if CASE_ID.fullmatch(part)))
    return good, [f"{part!r} is not a case id" for part in ids if not CASE_ID.fullmatch(part)]


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
