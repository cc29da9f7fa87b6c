"""The record in PostgreSQL, for several machines.

A writer first locks the one row of the ledger's head: writers of all machines stand in line there,
and whoever comes next sees everything that was committed before. Readers see one snapshot.

A server that has answered before is waited for when it stops. When the connection is cut in the
middle of a commit, nobody has said whether the change was kept: the ledger itself tells, since the
last row that the change wrote has a hash that no other row has.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple, TypeVar

import psycopg
from psycopg import IsolationLevel
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import Connection, Engine, create_engine, event, inspect, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from aigaq.archive import schema
from aigaq.archive.database.complaints import in_one_line, is_away, lost, starts_up, told
from aigaq.archive.database.holds import Holds
from aigaq.archive.errors import LedgerError, RecordError, SettingError, UnreachableError
from aigaq.archive.migrations import VERSION, require_known
from aigaq.archive.model import Digest

PATIENCE_SECONDS = 60.0
"""How long a server that has answered before is waited for."""
LEAST_VERSION = 13

_PAUSES = (0.1, 0.2, 0.5, 1.0)
_FOUNDERS = text("SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '/', 0))")
"""Whoever makes or changes tables holds this lock."""

_CONNECTION = {
    "application_name": "aigaq",
    "connect_timeout": "10",
    # A machine that vanished is missed after half a minute, on both sides of the line.
    "keepalives": "1",
    "keepalives_idle": "15",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
_SESSION = {
    "tcp_keepalives_idle": "15",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    # Writers wait for each other as long as in SQLite, and longer than a vanished one is missed.
    "lock_timeout": "60s",
    # Numbers come back to the last bit, whatever the role's default says.
    "extra_float_digits": "1",
}
# A writer that fell asleep with the lock in its hand must not hold up all others for good.
_WRITER = {"idle_in_transaction_session_timeout": "120s"}

_HEAD = select(schema.head.c.size, schema.head.c.last)
_TAKE_TURN = _HEAD.add_columns(VERSION.scalar_subquery()).with_for_update(of=schema.head)
_ALWAYS_FLUSHED = (
    "SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') = 'off'"
)

_NO_WRITERS = text(f"LOCK TABLE {schema.head.name} IN ACCESS EXCLUSIVE MODE")
_ANYTHING = text("SELECT 1")


class Head(NamedTuple):
    """How many rows the ledger has, and the hash of its last one, which no other row has."""

    size: int
    last: Digest


Said = TypeVar("Said")


class PostgresDatabase:
    """Connections to the record at one address, `postgresql://user@host:port/name` without
    password: libpq finds that in its own file. SettingError when it is no such address."""

    def __init__(self, address: str) -> None:
        try:
            given = conninfo_to_dict(address)
        except psycopg.ProgrammingError as error:
            raise SettingError(
                f"record = {address!r}: {error}",
                advice="an address looks like postgresql://user@host:5432/aigaq",
            ) from error
        self._answered = False
        self._reader = _engine(given, _SESSION, _for_reading)
        self._writer = _engine(given, _SESSION | _WRITER, _for_writing)
        self._holder = _engine(given, _SESSION, _for_holding, isolation_level="AUTOCOMMIT")
        self._holds = Holds(lambda: self._opened(self._holder, _look)[0])
        self._turn = threading.Lock()  # one connection is enough for the threads of one process

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with _translated(), self._begun(self._reader, _look) as (connection, _):
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self._turn, _translated():
            self._holds.require()
            with self._begun(self._writer, _take_turn) as (connection, head):
                yield connection
                self._commit(connection, head)

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        with self._turn, _translated(), self._begun(self._writer, _stand_alone) as (connection, _):
            yield connection
            connection.commit()

    @contextmanager
    def holding(self, name: str) -> Iterator[bool]:
        with _translated(), self._holds.holding(name) as ours:
            yield ours

    def close(self) -> None:
        self._holds.close()
        for engine in (self._reader, self._writer, self._holder):
            engine.dispose()

    @contextmanager
    def _begun(
        self, engine: Engine, begin: Callable[[Connection], Said]
    ) -> Iterator[tuple[Connection, Said]]:
        connection, said = self._opened(engine, begin)
        with connection:
            yield connection, said

    def _opened(
        self, engine: Engine, begin: Callable[[Connection], Said]
    ) -> tuple[Connection, Said]:
        """A connection on which `begin` was done, and what that said. Nothing has been changed
        until then, so a server that went away is simply asked again until it is back."""
        deadline, pauses = time.monotonic() + PATIENCE_SECONDS, iter(_PAUSES)
        while True:
            with ExitStack() as closing:
                try:
                    connection = closing.enter_context(engine.connect())
                    said = begin(connection)
                except DBAPIError as error:
                    patient = self._answered or starts_up(error)
                    if not (patient and is_away(error)) or time.monotonic() > deadline:
                        raise
                else:
                    closing.pop_all()
                    self._answered = True
                    return connection, said
            time.sleep(next(pauses, _PAUSES[-1]))

    def _commit(self, connection: Connection, before: Head) -> None:
        """Commit, or find out whether that was done; LostError when nothing was kept."""
        after = Head(*connection.execute(_HEAD).one())
        try:
            connection.commit()
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            # What wrote no event may be done twice: it only says again how things are.
            if after == before or not self._was_kept(after, error):
                raise lost(error) from error

    def _was_kept(self, after: Head, cut: DBAPIError) -> bool:
        """Whether the row that the change wrote last is in the ledger.

        Our turn comes when the server has ended the transaction that was cut, in either way.
        """
        table = schema.events
        row = select(table.c.hash).where(table.c.sequence == after.size - 1)
        try:
            with self._begun(self._writer, _take_turn) as (connection, _):
                return bool(connection.execute(row).scalar() == after.last)
        except DBAPIError as error:
            raise UnreachableError(
                f"the record's server was lost while it committed: {in_one_line(cut)}",
                advice="whether this change was kept is not known yet; when the server is back, "
                "run the same command again: it goes on from what was recorded",
            ) from error


def _look(connection: Connection) -> None:
    """Begin to read: the snapshot is taken by the first query."""
    connection.execute(_ANYTHING)


def _take_turn(connection: Connection) -> Head:
    """Wait in the line of all writers; returns the ledger's head, which is now locked."""
    found = connection.execute(_TAKE_TURN).one_or_none()
    if found is None:
        raise LedgerError(
            "the ledger has no head", advice="restore the database from a copy and verify it"
        )
    size, last, version = found
    require_known(version)
    return Head(size, last)


def _stand_alone(connection: Connection) -> None:
    """Keep out everybody who makes or changes tables and, where there are some, who writes."""
    connection.execute(_FOUNDERS)
    if inspect(connection).has_table(schema.head.name):
        connection.execute(_NO_WRITERS)


def _engine(
    given: Mapping[str, Any],
    session: Mapping[str, str],
    prepare: Callable[[Any, Any], None],
    **how: Any,
) -> Engine:
    """Connections as the address says; what it does not say is as we like it."""
    ours = " ".join(f"-c {key}={value}" for key, value in session.items())
    options = f"{ours} {given.get('options') or ''}".rstrip()
    wanted = {**_CONNECTION, **given, "options": options, "client_encoding": "UTF8"}
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(**wanted),
        max_overflow=-1,
        use_native_hstore=False,
        **how,
    )
    event.listen(engine, "connect", prepare)
    return engine


def _for_holding(connection: psycopg.Connection[Any], _record: object) -> None:
    _require_usable(connection)


def _for_reading(connection: psycopg.Connection[Any], _record: object) -> None:
    _require_usable(connection)
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    connection.read_only = True


def _for_writing(connection: psycopg.Connection[Any], _record: object) -> None:
    """Each statement must see what the writers before us committed, and a commit that was reported
    must survive a power cut."""
    _require_usable(connection)
    connection.isolation_level = IsolationLevel.READ_COMMITTED
    connection.execute(_ALWAYS_FLUSHED)
    connection.commit()


def _require_usable(connection: psycopg.Connection[Any]) -> None:
    version = connection.info.server_version // 10_000
    if version < LEAST_VERSION:
        raise RecordError(
            f"the record's server is PostgreSQL {version}",
            advice=f"PostgreSQL {LEAST_VERSION} or newer is needed",
        )
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise RecordError(
            f"the record's database keeps text as {encoding}",
            advice="make a database with ENCODING 'UTF8', as docs/postgresql.md shows",
        )


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise told(error) from error
    except SQLAlchemyError as error:
        raise RecordError(f"the record: {error}") from error
