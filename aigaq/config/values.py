"""How a written value becomes a typed one; everything else is refused with a reason.

Each reader here takes what a TOML file or an environment variable holds (a variable is always a
`str`) and returns the typed value, or raises `ValueError` with the words that go after
"... is not": what would have been right.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

Value = TypeVar("Value")
Reader = Callable[[object], Value]

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(|[kMGT]i?)B?", re.IGNORECASE)
_FACTORS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12} | {
    "ki": 2**10,
    "mi": 2**20,
    "gi": 2**30,
    "ti": 2**40,
}


def integer(low: int, high: int) -> Reader[int]:
    """A whole number between `low` and `high`, both included."""

    def read(written: object) -> int:
        if isinstance(written, str) and re.fullmatch(r"[+-]?\d{1,18}", written.strip()):
            written = int(written)
        if not isinstance(written, int) or isinstance(written, bool) or not low <= written <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return written

    return read


def decimal(low: float, high: float) -> Reader[float]:
    """A number between `low` and `high`, both included; never infinite or NaN."""

    def read(written: object) -> float:
        wanted = f"a number from {low:g} to {high:g}"
        if isinstance(written, bool) or not isinstance(written, str | int | float):
            raise ValueError(wanted)
        try:
            number = float(written)
        except ValueError as error:
            raise ValueError(wanted) from error
        if not low <= number <= high:
            raise ValueError(wanted)
        return number

    return read


def size(low: int, high: int) -> Reader[int]:
    """Bytes: a whole number, or a text such as `2 GB` (powers of ten) or `512 MiB` (of two)."""

    def read(written: object) -> int:
        wanted = f"a size from {low} to {high} bytes, such as 512 MB or 2 GiB"
        if isinstance(written, bool) or not isinstance(written, str | int):
            raise ValueError(wanted)
        match = _SIZE.fullmatch(str(written).strip())
        if match is None:
            raise ValueError(wanted)
        number = int(float(match[1]) * _FACTORS[match[2].lower()])
        if not low <= number <= high:
            raise ValueError(wanted)
        return number

    return read


def choice(*allowed: str) -> Reader[str]:
    """One of a few words."""

    def read(written: object) -> str:
        if not isinstance(written, str) or written.strip() not in allowed:
            raise ValueError("one of " + ", ".join(allowed))
        return written.strip()

    return read


def text(longest: int = 200) -> Reader[str]:
    """One line of at most `longest` printable characters; may be empty."""

    def read(written: object) -> str:
        if not isinstance(written, str) or len(written) > longest or not written.isprintable():
            raise ValueError(f"one line of text, at most {longest} characters")
        return written.strip()

    return read


def words(pattern: str) -> Reader[tuple[str, ...]]:
    """At least one word matching `pattern`: a TOML list, or a text with `+`, commas or blanks."""

    def read(written: object) -> tuple[str, ...]:
        parts = re.split(r"[+,\s]+", written.strip()) if isinstance(written, str) else written
        if not isinstance(parts, list) or not parts:
            raise ValueError("a list of words")
        for part in parts:
            if not isinstance(part, str) or not re.fullmatch(pattern, part):
                raise ValueError(f"a list of words like {pattern}")
        return tuple(parts)

    return read


def folder(written: object) -> Path:
    """A path; `~` is the operator's home. It is made absolute but need not exist yet."""
    if not isinstance(written, str) or not written.strip() or "\0" in written:
        raise ValueError("a folder")
    try:
        return Path(written).expanduser().absolute()
    except RuntimeError as error:
        raise ValueError("a folder of a user this machine knows") from error


def address(written: object) -> str:
    """An http or https address, or nothing. Never with a password: settings are shown."""
    if not isinstance(written, str) or not re.fullmatch(r"(https?://[^\s/]\S*)?", written.strip()):
        raise ValueError("an address that begins with http:// or https://")
    if urlsplit(written.strip()).password is not None:
        raise ValueError("an address without a password: settings are shown to whoever asks")
    return written.strip()


def file(written: object) -> str:
    """A path, made absolute, `~` being the operator's home; or nothing. It need not exist yet."""
    if written == "":
        return ""
    try:
        return str(folder(written))
    except ValueError as error:
        raise ValueError("a file") from error


def database(written: object) -> str:
    """The address of a PostgreSQL database, or nothing. A password in it would be shown by
    `aigaq config` and by process lists: it stands in the file that libpq reads (`PGPASSFILE`)."""
    wanted = "an address such as postgresql://user@host:5432/aigaq"
    if not isinstance(written, str):
        raise ValueError(wanted)
    parts = urlsplit(written.strip())
    if not written.strip():
        return ""
    if parts.scheme != "postgresql" or not parts.path.strip("/"):
        raise ValueError(wanted)
    if parts.password is not None or "password" in parse_qs(parts.query):
        raise ValueError("an address without a password: put that into ~/.pgpass or PGPASSFILE")
    return written.strip()


def simple_name(written: object) -> str:
    """A name that other programs know something by."""
    written = written.strip() if isinstance(written, str) else ""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", written):
        raise ValueError("a name of small letters, digits and dashes, at most 60")
    return written


def schedule(written: object) -> str:
    """The five fields of cron (minute, hour, day, month, weekday), or nothing."""
    fields = written.split() if isinstance(written, str) else ["?"]
    if len(fields) not in (0, 5) or not all(re.fullmatch(r"[\w*/,-]+", each) for each in fields):
        raise ValueError("the five fields of cron, such as 0 3 * * 0 for Sundays at three")
    return " ".join(fields)
