"""The database of the record behind one interface: SQLite in the home, or PostgreSQL on a server.

One writer at a time, any number of readers. Not to be carried across a fork: open the archive anew
there.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import ParamSpec, Protocol, TypeVar

from sqlalchemy import Connection

from aigaq.archive.errors import UnreachableError

Given = ParamSpec("Given")
Got = TypeVar("Got")

_TRIES = 5
"""A connection that is lost as often in one change has another reason than a server's restart."""


class Database(Protocol):
    """Connections to one record; safe to use from many threads. All errors are RecordErrors."""

    def reading(self) -> AbstractContextManager[Connection]:
        """A consistent view of the record until the block ends."""

    def writing(self) -> AbstractContextManager[Connection]:
        """One transaction: all of the block is kept, or nothing of it. Writers of all processes
        and machines stand in one line."""

    def alone(self) -> AbstractContextManager[Connection]:
        """One transaction with no other writer and no other founder in the record: to make or
        change its tables."""

    def holding(self, name: str) -> AbstractContextManager[bool]:
        """Whether the block holds this name, alone among all processes and machines.

        A process that ends holds nothing. When a held name was lost to somebody else on the way,
        `writing` raises RecordError.
        """

    def close(self) -> None:
        """Give all connections back."""


class LostError(UnreachableError):
    """The connection was lost, and nothing of the block was kept: it may be done again."""


def again_when_lost(method: Callable[Given, Got]) -> Callable[Given, Got]:
    """Do again what was cut short because the server of the record stopped or the line was cut.

    For what is whole or not done at all. The database itself waits for its server to come back.
    """

    @wraps(method)
    def persistent(*args: Given.args, **kwargs: Given.kwargs) -> Got:
        for _ in range(_TRIES - 1):
            try:
                return method(*args, **kwargs)
            except LostError:
                continue
        return method(*args, **kwargs)

    return persistent
