"""The folders of the embedded index: versions side by side, one pointer, one writer.

    home/index/current            the name of the folder in use, swapped by rename
    home/index/20261122T180501-1/ an index; `made-with.json` says by which code
    home/index/writer.lock        held (flock) while writing; a dead process holds nothing

An index made by another version of the analysis would answer wrongly, so it is not opened.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from aigaq.archive.errors import SearchError
from aigaq.search import analysis, indexer, names
from aigaq.search.engine import Engine
from aigaq.search.engines.embedded import SCHEMA_VERSION, EmbeddedEngine

MADE_WITH = {
    "analysis": analysis.VERSION,
    "names": names.VERSION,
    "indexer": indexer.VERSION,
    "schema": SCHEMA_VERSION,
}
"""What an index depends on; any difference makes it stale."""

_CURRENT = "current"
_RECORD = "made-with.json"


def _root(home: Path) -> Path:
    return home / "index"


def current_name(home: Path) -> str | None:
    """The name of the index in use, None when there is none yet."""
    try:
        return (_root(home) / _CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None


def open_current(home: Path) -> Engine:
    """The index in use. SearchError when there is none or it is of another version."""
    name = current_name(home)
    if name is None:
        raise SearchError(
            "nothing has been indexed yet", advice="run: aigaq ingest DIR, or: aigaq reindex"
        )
    folder = _root(home) / name
    if made_with(folder) != MADE_WITH:
        raise SearchError(
            f"the index {name} is missing or was made by another version of Aigaq",
            advice="run: aigaq reindex",
        )
    return EmbeddedEngine(folder)


def usable(home: Path) -> bool:
    """Whether there is an index in use that this version of the code can answer from."""
    name = current_name(home)
    return name is not None and made_with(_root(home) / name) == MADE_WITH


def open_or_build(home: Path) -> Engine:
    """The index in use, or a new empty one put in use when there is none yet."""
    if current_name(home) is None:
        name, engine = build_new(home)
        engine.commit()
        engine.close()
        swap(home, name)
    return open_current(home)


def made_with(folder: Path) -> object:
    """What is recorded beside an index, None when there is nothing to read."""
    try:
        return json.loads((folder / _RECORD).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None


def build_new(home: Path) -> tuple[str, Engine]:
    """A new empty index beside the one in use, and its name for `swap`."""
    root = _root(home)
    root.mkdir(parents=True, exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    for number in range(1, 1_000):
        folder = root / f"{stamp}-{number}"
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        engine = EmbeddedEngine(folder)
        (folder / _RECORD).write_text(json.dumps(MADE_WITH), encoding="utf-8")
        return folder.name, engine
    raise SearchError(f"no free name for a new index in {root}")


def swap(home: Path, name: str) -> None:
    """Put an index in use; readers that have the old one open keep it."""
    root = _root(home)
    if made_with(root / name) != MADE_WITH:
        raise SearchError(f"{name} is no finished index", advice="run: aigaq reindex")
    fresh = root / f"{_CURRENT}.{os.getpid()}"
    with fresh.open("w", encoding="utf-8") as pointer:
        pointer.write(name)
        pointer.flush()
        os.fsync(pointer.fileno())
    fresh.replace(root / _CURRENT)
    folder = os.open(root, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def discard_others(home: Path) -> list[str]:
    """Remove every index but the one in use; the names removed. Call while holding the lock."""
    kept = current_name(home)
    removed = []
    for record in sorted(_root(home).glob(f"*/{_RECORD}")):
        if record.parent.name != kept:
            shutil.rmtree(record.parent)
            removed.append(record.parent.name)
    return removed


@contextmanager
def writing(home: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the right to write to this home's index.

    The lock belongs to the process and ends with it, so none is ever stale. Without `wait`, a
    SearchError says that another process is writing.
    """
    root = _root(home)
    root.mkdir(parents=True, exist_ok=True)
    with (root / "writer.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise SearchError(
                "another process is writing to the index",
                advice="wait until it is done, then run the command again",
            ) from error
        yield
