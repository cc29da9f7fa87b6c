"""What the record says of search indexes: which items stand in which, as of when.

An item's stage `index` names the index and its commit. So the record can tell whether the index in
use is the one it speaks of, also after settings were changed or an older copy was restored.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from aigaq.archive import schema
from aigaq.archive.model import Accession, Stage, StageStatus

_AT_ONCE = 500
"""Items asked for in one statement."""

_INDEXED = (schema.stages.c.stage == Stage.INDEX.value) & (
    schema.stages.c.status == StageStatus.DONE.value
)
_VERSIONS = select(schema.stages.c.tool).where(_INDEXED).distinct()
_VERSION_OF_EACH = (
    select(schema.stages.c.item, schema.stages.c.tool)
    .where(_INDEXED)
    .order_by(schema.stages.c.item)
)


class IndexVersion(NamedTuple):
    """A search index after so many commits."""

    name: str
    commits: int

    def __str__(self) -> str:
        return f"{self.name} {self.commits}"

    @classmethod
    def read(cls, written: str) -> IndexVersion:
        """Read what `str` wrote; anything else is a version that no index holds."""
        name, _, commits = written.rpartition(" ")
        return cls(name, int(commits)) if commits.isdecimal() else cls(written, -1)

    def holds(self, earlier: IndexVersion) -> bool:
        """Whether what was in it by then is in it still: another index lacks it, and so does an
        older copy of this one that was restored."""
        return earlier.name == self.name and 0 <= earlier.commits <= self.commits


def outside(connection: Connection, index: IndexVersion | None) -> list[Accession]:
    """Items that stand in an index, but not in this one; all of them when there is none."""

    def holds(version: str) -> bool:
        return index is not None and index.holds(IndexVersion.read(version))

    if all(holds(row.tool) for row in connection.execute(_VERSIONS)):
        return []
    rows = connection.execute(_VERSION_OF_EACH)
    return [Accession(row.item) for row in rows if not holds(row.tool)]


def moments(connection: Connection, items: Iterable[Accession]) -> dict[Accession, datetime]:
    """When the stage `index` of each of these items was last moved."""
    table = schema.stages
    wanted = list(items)
    found: dict[Accession, datetime] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        query = select(table.c.item, table.c.at).where(
            table.c.stage == Stage.INDEX.value, table.c.item.in_(wanted[start : start + _AT_ONCE])
        )
        found |= {Accession(row.item): row.at for row in connection.execute(query)}
    return found
