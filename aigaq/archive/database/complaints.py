"""What PostgreSQL and libpq complain of, in our words and with advice.

A server that answers gives a code (SQLSTATE), in whatever language it writes. One that does not let
us in gives libpq's English or its own language only, so that those advices are a best effort.
"""

from __future__ import annotations

import psycopg
from sqlalchemy.exc import DBAPIError

from aigaq.archive.database import LostError
from aigaq.archive.errors import RecordError, UnreachableError

_AGAIN = "nothing of this change was kept, so it can simply be repeated"

_BY_CODE = {
    "53100": f"free some space on the disk of the record's server; {_AGAIN}",
    "53200": f"the record's server has no memory left; {_AGAIN}",
    "25006": "this server only reads (a standby, or set so): name the primary in `record`",
    "55P03": "another process is writing for a long time; try again when it has finished",
    "40P01": f"somebody else works on these tables; {_AGAIN}",
    "42501": "the role lacks a right: docs/postgresql.md lists those it needs",
    "42P01": "this database holds no archive: see that `record` names the right one",
    "57014": f"the server has a time limit for us (statement_timeout); {_AGAIN}",
    "XX001": "the database is damaged: restore it from a copy, then run `aigaq verify`",
    "XX002": "an index of the database is damaged: REINDEX it, then run `aigaq verify`",
}

_BY_WORDS = {
    "no password": "put the password into ~/.pgpass (or the file that PGPASSFILE names), with mode "
    "600, as host:port:database:user:password",
    "password authentication failed": "see that the right password stands in ~/.pgpass, or in the "
    "file that PGPASSFILE names",
    "does not exist": "make the role and the database first, as docs/postgresql.md shows",
    "pg_hba.conf": "the server must let this machine in by a line of its pg_hba.conf",
    "SSL": "see sslmode and sslrootcert in docs/postgresql.md",
    "certificate": "see sslmode and sslrootcert in docs/postgresql.md",
    "too many": "raise max_connections of the server, or let fewer workers run",
    "remaining connection slots": "raise max_connections of the server, or let fewer workers run",
}
_NO_ANSWER = (
    "see that the record's server runs and that `record` names its host and port; nothing is lost: "
    "the same command goes on when it answers"
)
_STARTING = ("starting up", "not yet accepting connections")


def told(error: DBAPIError) -> RecordError:
    """An error of ours for one of the driver's."""
    if error.connection_invalidated:
        return lost(error)
    message = f"the record: {in_one_line(error)}"
    if _at_the_door(error):
        advice = (words for said, words in _BY_WORDS.items() if said in message)
        return UnreachableError(message, advice=next(advice, _NO_ANSWER))
    return RecordError(message, advice=_BY_CODE.get(_code(error), ""))


def lost(error: DBAPIError) -> LostError:
    """The line was cut before anything was kept."""
    return LostError(
        f"the record's server was lost: {in_one_line(error)}",
        advice=f"{_AGAIN} when the server is back",
    )


def is_away(error: DBAPIError) -> bool:
    """Whether the server may come back: it is not there, does not let us in, or has just gone."""
    return error.connection_invalidated or _at_the_door(error)


def starts_up(error: DBAPIError) -> bool:
    """Whether the server said itself that it is on its way."""
    return any(words in str(error.orig) for words in _STARTING)


def in_one_line(error: DBAPIError) -> str:
    """What the driver said, without its line breaks."""
    return " ".join(str(error.orig).split())


def _at_the_door(error: DBAPIError) -> bool:
    """An error of connecting: only those have no code."""
    return isinstance(error.orig, psycopg.OperationalError) and not _code(error)


def _code(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""
