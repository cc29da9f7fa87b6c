"""What an index was made with, and what is said of one that cannot be used."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from aigaq.archive.errors import SearchError
from aigaq.search import analysis, indexer, names


def made_with(schema: str) -> dict[str, str]:
    """What an index depends on, with an engine's own schema; any difference makes it stale."""
    return {
        "analysis": analysis.VERSION,
        "names": names.VERSION,
        "indexer": indexer.VERSION,
        "schema": schema,
    }


def new_name() -> str:
    """A name that no other index ever has, wherever it is: the record tells indexes by it."""
    return f"{datetime.now(UTC):%Y%m%dt%H%M%S}-{secrets.token_hex(4)}"


def none_yet() -> SearchError:
    """There is no index in use."""
    return SearchError(
        "nothing has been indexed yet", advice="run: aigaq ingest DIR, or: aigaq reindex"
    )


def stale(name: str) -> SearchError:
    """The index in use is gone, or this code would ask it wrongly."""
    return SearchError(
        f"the index {name} is missing or was made by another version of Aigaq",
        advice="run: aigaq reindex",
    )


def unfinished(name: str) -> SearchError:
    """What was to be put in use is no index of this code."""
    return SearchError(f"{name} is no finished index", advice="run: aigaq reindex")


def writing_elsewhere(who: str = "another process") -> SearchError:
    """Somebody else holds the right to write."""
    return SearchError(
        f"{who} is writing to the index",
        advice="wait until it is done, then run the command again",
    )
