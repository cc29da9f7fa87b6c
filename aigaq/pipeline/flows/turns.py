"""How many files are recognised at once, over all workers: a limit that Prefect keeps.

It is a global concurrency limit named after the work pool (`aigaq-ocr`), to be seen and changed in
Prefect's pages. Where there is none, nothing waits.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import partial

from prefect import get_client
from prefect.concurrency.sync import concurrency
from prefect.exceptions import ObjectNotFound

from aigaq.archive.model import Item
from aigaq.pipeline.kinds import Kind
from aigaq.pipeline.sharing import Turn

_RECOGNISED = frozenset({Kind.PDF, Kind.IMAGE})
_LEASE_SECONDS = 60.0
"""The shortest that Prefect allows: how long the place of a dead worker stays taken."""


def ocr_limit(pool: str) -> str:
    """What the limit of a work pool is called."""
    return f"{pool}-ocr"


def ocr_turns(pool: str) -> Turn:
    """Waits for a place before a file that may need OCR is read, if the pool has a limit."""
    name = ocr_limit(pool)
    try:
        with get_client(sync_client=True) as client:
            client.read_global_concurrency_limit_by_name(name)
    except ObjectNotFound:
        return nullcontext
    return partial(_turn, name)


def _turn(name: str, item: Item) -> AbstractContextManager[object]:
    if item.kind not in _RECOGNISED:
        return nullcontext()
    return concurrency(
        name, occupy=1, lease_duration=_LEASE_SECONDS, raise_on_lease_renewal_failure=False
    )
