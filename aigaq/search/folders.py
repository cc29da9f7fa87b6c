"""The indexes of the embedded engine: folders side by side, one pointer, one lock.

home/index/current                    the name of the folder in use, swapped by rename
home/index/20261122t180501-5ad1c0de/  an index; `made-with.json` says by which code
home/index/writer.lock                held (flock) while writing; a dead process holds nothing
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aigaq.search.engine import Engine
from aigaq.search.engines.embedded import SCHEMA_VERSION, EmbeddedEngine
from aigaq.search.made import made_with, new_name, none_yet, stale, unfinished, writing_elsewhere

MADE_WITH = made_with(SCHEMA_VERSION)

_CURRENT = "current"
_RECORD = "made-with.json"


class FolderIndexes:
    """The indexes in the folder `index` of an archive's home. See `indexes.Indexes`."""

    def __init__(self, home: Path) -> None:
        self._root = home / "index"

    def current_name(self) -> str | None:
        """The name of the index in use, None when there is none yet."""
        try:
            return (self._root / _CURRENT).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None

    def usable(self) -> bool:
        """Whether there is an index in use that this version of the code can answer from."""
        name = self.current_name()
        return name is not None and self._made_with(name) == MADE_WITH

    def open_current(self) -> Engine:
        """The index in use. SearchError when there is none or it is of another version."""
        name = self.current_name()
        if name is None:
            raise none_yet()
        if self._made_with(name) != MADE_WITH:
            raise stale(name)
        return EmbeddedEngine(self._root / name)

    def _made_with(self, name: str) -> object:
        """What is recorded beside an index, None when there is nothing to read."""
        try:
            return json.loads((self._root / name / _RECORD).read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return None

    def build_new(self) -> tuple[str, Engine]:
        """A new empty index beside the one in use, and its name for `swap`."""
        folder = self._root / new_name()
        folder.mkdir(parents=True)
        engine = EmbeddedEngine(folder)
        (folder / _RECORD).write_text(json.dumps(MADE_WITH), encoding="utf-8")
        return folder.name, engine

    def swap(self, name: str) -> None:
        """Put an index in use; readers that have the old one open keep it."""
        if self._made_with(name) != MADE_WITH:
            raise unfinished(name)
        fresh = self._root / f"{_CURRENT}.{os.getpid()}"
        with fresh.open("w", encoding="utf-8") as pointer:
            pointer.write(name)
            pointer.flush()
            os.fsync(pointer.fileno())
        fresh.replace(self._root / _CURRENT)
        folder = os.open(self._root, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def discard_others(self) -> list[str]:
        """Remove every index but the one in use; the names removed. Call while `writing`."""
        kept = self.current_name()
        removed = []
        for record in sorted(self._root.glob(f"*/{_RECORD}")):
            if record.parent.name != kept:
                shutil.rmtree(record.parent)
                removed.append(record.parent.name)
        return removed

    @contextmanager
    def writing(self, *, wait: bool = True) -> Iterator[None]:
        """Hold the right to write to this home's index.

        The lock belongs to the process and ends with it, so none is ever stale. Without `wait`, a
        SearchError says that another process is writing.
        """
        self._root.mkdir(parents=True, exist_ok=True)
        with (self._root / "writer.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError as error:
                raise writing_elsewhere() from error
            yield
