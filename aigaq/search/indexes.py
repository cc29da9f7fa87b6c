"""The indexes of one archive: versions side by side, one in use, one writer.

A new version is built beside the one in use and swapped in whole, so searches never see half of
one. An index made by another version of the analysis would answer wrongly, so it is not opened.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from aigaq.search.engine import Engine
from aigaq.search.folders import FolderIndexes
from aigaq.search.place import IndexPlace


class Indexes(Protocol):
    """The versions of an archive's index, in a folder of its home or on a cluster."""

    def current_name(self) -> str | None:
        """The name of the index in use, None when there is none yet."""
        ...

    def usable(self) -> bool:
        """Whether there is an index in use that this version of the code can answer from."""
        ...

    def open_current(self) -> Engine:
        """The index in use. SearchError when there is none or it is of another version."""
        ...

    def build_new(self) -> tuple[str, Engine]:
        """A new empty index beside the one in use, and its name for `swap`."""
        ...

    def swap(self, name: str) -> None:
        """Put an index in use, at once for all who open it from then on."""
        ...

    def discard_others(self) -> list[str]:
        """Remove every index but the one in use; the names removed. Call while `writing`."""
        ...

    def writing(self, *, wait: bool = True) -> AbstractContextManager[None]:
        """Hold the right to write. Without `wait`, SearchError when somebody else holds it."""
        ...


def indexes_of(place: IndexPlace) -> Indexes:
    """The indexes of this place; nothing is opened or asked yet."""
    if not place.url:
        return FolderIndexes(place.home)
    # The client takes half a second to import, so only archives on a cluster pay for it.
    from aigaq.search.engines.elastic.versions import ClusterIndexes  # noqa: PLC0415

    return ClusterIndexes(place)


def open_or_build(indexes: Indexes) -> Engine:
    """The index in use, or a new empty one put in use when there is none yet."""
    if indexes.current_name() is None:
        name, engine = indexes.build_new()
        try:
            engine.commit()
        finally:
            engine.close()
        indexes.swap(name)
    return indexes.open_current()
