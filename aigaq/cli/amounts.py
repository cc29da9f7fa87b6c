"""Sizes, times and places as people read them; the same in all three languages."""

from __future__ import annotations

from datetime import UTC, datetime


def size(number: int) -> str:
    """Bytes in powers of ten, to three digits: `512 B`, `1.53 MB`."""
    amount = float(number)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 999.5:
            return f"{amount:.3g} {unit}"
        amount /= 1000
    return f"{amount:.4g} TB"


def minute(when: datetime) -> str:
    """`2026-11-22 21:47 UTC`."""
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def second(when: datetime) -> str:
    """`2026-11-22 21:47:03 UTC`."""
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def clock(seconds: float) -> str:
    """A place in a recording: `0:07`, `1:02:33`."""
    whole = int(seconds)
    hours, minutes = whole // 3600, whole % 3600 // 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
