"""Answers for programs: JSON on stdout, one object a line, UTF-8."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from aigaq.archive.model import JsonObject


def print_json(answer: JsonObject) -> None:
    r"""Print one object as one line. Text that is not Unicode (a lone surrogate) as `\udcXX`."""
    written = json.dumps(answer, ensure_ascii=False, default=_plain)
    print(written.encode("utf-8", "backslashreplace").decode("utf-8"))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(f"no JSON for {type(value).__name__}")


def moment(when: datetime | None) -> str | None:
    """A time as `2026-11-22T21:47:03Z`, to the second (the record keeps the rest)."""
    if when is None:
        return None
    return when.isoformat(timespec="seconds").replace("+00:00", "Z")
