"""What runs hold in PostgreSQL: session locks on a connection of their own.

They fall with the connection: when the process ends, and also when only the line is cut. So before
each change it is seen that the connection stands. When it was lost, what was held is taken again;
what somebody else has taken by then is lost for good, and nothing more is written here.
"""

from __future__ import annotations

import select
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, Row, text
from sqlalchemy.exc import DBAPIError

from aigaq.archive.errors import RecordError

_TAKE = text("SELECT pg_try_advisory_lock(hashtextextended(current_schema() || '/' || :name, 0))")
_LEAVE = text("SELECT pg_advisory_unlock(hashtextextended(current_schema() || '/' || :name, 0))")
_WHO_WE_ARE = text("SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()")
# A line that was cut on our side only: the server may still keep the locks for nobody.
_END_OUR_OLD_SELF = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE pid = :pid AND backend_start = :backend_start"
)
_IS_OUR_OLD_SELF_THERE = text(
    "SELECT 1 FROM pg_stat_activity WHERE pid = :pid AND backend_start = :backend_start"
)
_ENDS_WITHIN_SECONDS = 10.0


class Holds:
    """The names that this process holds; safe to use from many threads.

    `connect` gives a connection in autocommit and waits for a server that has gone away.
    """

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self._lock = threading.Lock()
        self._held: set[str] = set()
        self._lost: set[str] = set()
        self._connection: Connection | None = None
        self._self: Row[Any] | None = None

    @contextmanager
    def holding(self, name: str) -> Iterator[bool]:
        """Whether the block holds the name alone."""
        ours = self._take(name)
        try:
            yield ours
        finally:
            if ours:
                self._leave(name)

    def require(self) -> None:
        """RecordError when something that is held was lost to another process."""
        with self._lock:
            if self._held:
                self._standing()

    def close(self) -> None:
        """Let everything go."""
        with self._lock:
            self._hang_up()

    def _take(self, name: str) -> bool:
        with self._lock:
            if name in self._held:
                return False
            taken = bool(self._standing().execute(_TAKE, {"name": name}).scalar())
            if taken:
                self._held.add(name)
            elif not self._held:
                self._hang_up()
            return taken

    def _leave(self, name: str) -> None:
        with self._lock:
            self._held.discard(name)
            self._lost.discard(name)
            if not self._held:
                self._hang_up()
            elif self._connection is not None and _stands(self._connection):
                with suppress(DBAPIError):  # the server has gone, and the lock with it
                    self._connection.execute(_LEAVE, {"name": name})

    def _standing(self) -> Connection:
        """The connection that holds all that is held."""
        if self._connection is None or not _stands(self._connection):
            self._hang_up()
            connection = self._connect()
            with ExitStack() as undone:
                undone.callback(connection.close)
                self._take_again(connection)
                undone.pop_all()
            self._connection = connection
        if self._lost:
            raise RecordError(
                f"{', '.join(sorted(self._lost))}: another process took over while the connection "
                "to the record's server was lost",
                advice="let that one finish; `aigaq status` shows how far it is",
            )
        return self._connection

    def _take_again(self, connection: Connection) -> None:
        if self._self is not None and self._held:
            _end(connection, self._self)
        self._self = connection.execute(_WHO_WE_ARE).one()
        for name in self._held - self._lost:
            if not connection.execute(_TAKE, {"name": name}).scalar():
                self._lost.add(name)

    def _hang_up(self) -> None:
        if self._connection is not None:
            # Invalid: a connection that still held something must not go back into a pool.
            self._connection.invalidate()
            self._connection.close()
            self._connection = None


def _stands(connection: Connection) -> bool:
    """Whether the server is still there. It says nothing unasked, unless it goes."""
    if connection.invalidated or connection.closed:
        return False
    heard = select.poll()
    heard.register(connection.connection.fileno())
    if not heard.poll(0):
        return True
    try:
        return connection.execute(_WHO_WE_ARE).first() is not None
    except DBAPIError:
        return False


def _end(connection: Connection, old: Row[Any]) -> None:
    """See to it that the session we had before is over."""
    deadline = time.monotonic() + _ENDS_WITHIN_SECONDS
    connection.execute(_END_OUR_OLD_SELF, old._asdict())
    while connection.execute(_IS_OUR_OLD_SELF_THERE, old._asdict()).first() is not None:
        if time.monotonic() > deadline:
            return
        time.sleep(0.05)
