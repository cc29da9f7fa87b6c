"""The order of units that every engine keeps: by place, and by the day of the item."""

from __future__ import annotations

import re

from aigaq.archive.errors import SearchError
from aigaq.search.document import SearchDocument
from aigaq.search.indexer import own_day

_PLACE_BITS = (8, 32, 24)
"""A place packs year since 2000, number and unit of an accession into 64 bits."""
_ACCESSION = re.compile(r"ARC-(\d{4})-(\d+)")
_UNDATED = 1 << 40
"""Behind every date in both directions."""
_LAST_DAY = 3_652_059


def place(item: str, number: int) -> int:
    """The unique order of a unit: by accession, then by place in the item."""
    found = _ACCESSION.fullmatch(item)
    if found is None:
        raise SearchError(f"{item!r} is no accession number", advice="run: aigaq verify")
    year, serial = int(found[1]) - 2000, int(found[2])
    _, serial_bits, unit_bits = _PLACE_BITS
    if not 0 <= year < 256 or serial >> serial_bits or number >> unit_bits:
        raise SearchError(f"{item}/{number} is beyond what an index can order")
    return (year << serial_bits | serial) << unit_bits | number


def sort_values(document: SearchDocument) -> dict[str, int]:
    """The numbers an engine sorts by, all ascending: `place`, `oldest` and `newest` first."""
    day = own_day(document)
    return {
        "place": place(document.item, document.number),
        "oldest": _UNDATED if day is None else day,
        "newest": _UNDATED if day is None else _LAST_DAY - day,
    }
