"""Several tables read side by side, one object at a time, without holding any of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, Text, select, type_coerce

from aigaq.archive import schema

_AT_A_TIME = 500
StoredRow = Mapping[str, Any]
"""A row by column name, as it is stored: text is written text, digests and times are text."""


def stored(table: Table) -> Select[Any]:
    """A query for rows as they are stored: what was tampered with may not be readable otherwise."""
    columns: list[Any] = [type_coerce(column, Text).label(column.name) for column in table.c]
    query: Select[Any] = select(*columns)
    return query


def events_between(first: str, beyond: str) -> Select[Any]:
    """Events whose objects stand in a range, by object, with their details."""
    table = schema.events
    return (
        stored(table)
        .add_columns(schema.details.c.details)
        .outerjoin_from(table, schema.details)
        .where(table.c.object >= first, table.c.object < beyond)
        .order_by(table.c.object, table.c.sequence)
    )


class Stream:
    """Rows in ascending order of a key, to be taken key by key."""

    def __init__(self, connection: Connection, query: Select[Any], key: str) -> None:
        rows = connection.execute(query.execution_options(yield_per=_AT_A_TIME))
        self._rows: Iterator[Row[Any]] = iter(rows)
        self._column = key
        self._next: StoredRow | None = None
        self._advance()

    @property
    def key(self) -> str | None:
        """The key of the next row; None at the end."""
        return None if self._next is None else str(self._next[self._column])

    def take(self, key: str, column: str = "", limit: int = 0) -> Iterator[StoredRow]:
        """The rows of this key that are still there, as they are read; with a column, only those
        up to and including a limit."""
        while self._next is not None and self.key == key:
            row = self._next
            if column and row[column] > limit:
                return
            self._advance()
            yield row

    def _advance(self) -> None:
        row = next(self._rows, None)
        self._next = None if row is None else {k: _plain(v) for k, v in row._mapping.items()}


def side_by_side(streams: Mapping[str, Stream]) -> Iterator[str]:
    """Every key that occurs in any stream, ascending; what the caller leaves is passed over."""
    while keys := [stream.key for stream in streams.values() if stream.key is not None]:
        key = min(keys)
        yield key
        for stream in streams.values():
            for _ in stream.take(key):
                pass


def _plain(value: Any) -> Any:
    """SQLite lets bytes stand in any column; they belong in none of these."""
    return repr(value) if isinstance(value, bytes) else value
