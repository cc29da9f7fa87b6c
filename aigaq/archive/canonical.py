r"""One way to write a value down, so that its hash means something.

*Written text* is how text stands in the database and under every hash: a backslash is doubled,
U+0000 is `\0`, and a lone surrogate (an undecodable byte of a file name) is `\udcXX`. Neither
SQLite, PostgreSQL nor RFC 8785 can hold the last two as they are. All other text is unchanged.

*Canonical bytes* are RFC 8785 JSON, in UTF-8, of a value whose strings are written text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import rfc8785

from aigaq.archive.errors import RecordError

_UNWRITABLE = re.compile("[\\\\\x00\ud800-\udfff]")
_ESCAPE = re.compile(r"\\(\\|0|u[0-9a-f]{4})")
_LARGEST_INTEGER = 2**53 - 1
# Between these bounds `repr` and ECMAScript write a fraction alike; outside, rfc8785 decides.
_PLAIN_FLOATS = (1e-4, 2.0**53)
_encode = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
).encode


def written(text: str) -> str:
    """Text as it is stored and hashed."""
    return _UNWRITABLE.sub(_escape, text) if _UNWRITABLE.search(text) else text


def unwritten(stored: str) -> str:
    """The text that `written` was given."""
    return _ESCAPE.sub(_unescape, stored) if "\\" in stored else stored


def canonical(value: object) -> bytes:
    """Canonical bytes of a JSON value; RecordError for what JSON cannot say exactly.

    Python's own encoder gives the same bytes as rfc8785 for ASCII keys and everyday numbers, and
    is several times faster; whatever else there is goes to rfc8785.
    """
    exotic: list[object] = []
    ready = _ready(value, exotic)
    return _strictly(ready, exotic) if exotic else _encode(ready).encode()


def stored_json(value: Mapping[str, object]) -> bytes:
    """RFC 8785 bytes of an object of ASCII keys whose text is written already: a stored row."""
    return _encode(value).encode()


def stored_line(row: Sequence[str | int | float | None]) -> bytes:
    """A stored row as one line: the RFC 8785 array of its values, text already written."""
    if any(type(value) is float for value in row):
        exotic: list[object] = []
        row = [_ready_float(v, exotic) if isinstance(v, float) else v for v in row]
        if exotic:
            return _strictly(row, exotic) + b"\n"
    return f"{_encode(row)}\n".encode()


def canonical_text(value: object) -> str:
    """`canonical` as it stands in a text column."""
    return canonical(value).decode()


def from_canonical(stored: str | bytes) -> object:
    """The value that `canonical` was given, with lists for tuples; ValueError if it is not JSON."""
    return _restored(json.loads(stored))


def _strictly(ready: Any, exotic: list[object]) -> bytes:
    try:
        return rfc8785.dumps(ready)
    except rfc8785.CanonicalizationError as error:
        raise RecordError(
            f"this value cannot be kept exactly: {exotic[0]!r}",
            advice="write very large whole numbers as text, and leave out numbers "
            "that are not finite",
        ) from error


def _escape(match: re.Match[str]) -> str:
    char = match.group()
    if char == "\\":
        return "\\\\"
    return "\\0" if char == "\0" else f"\\u{ord(char):04x}"


def _unescape(match: re.Match[str]) -> str:
    code = match.group(1)
    if code == "\\":
        return "\\"
    return "\0" if code == "0" else chr(int(code[1:], 16))


def _ready(value: object, exotic: list[object]) -> Any:
    """The value with written strings; what only rfc8785 may write is noted in `exotic`."""
    if isinstance(value, str):
        return written(str(value) if type(value) is not str else value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) > _LARGEST_INTEGER:
            exotic.append(value)
        return int(value)
    if isinstance(value, float):
        return _ready_float(value, exotic)
    if isinstance(value, Mapping):
        return _ready_object(value, exotic)
    if isinstance(value, list | tuple):
        return [_ready(inner, exotic) for inner in value]
    raise RecordError(f"the record holds JSON values only, not {type(value).__name__}")


def _ready_object(value: Mapping[object, object], exotic: list[object]) -> dict[str, Any]:
    ready = {}
    for key, inner in value.items():
        if not isinstance(key, str):
            raise RecordError(f"the record holds JSON objects with text keys only, not {key!r}")
        if not key.isascii():
            exotic.append(key)  # RFC 8785 sorts by UTF-16 units, Python by code points
        ready[_written_key(key)] = _ready(inner, exotic)
    return ready


def _ready_float(value: float, exotic: list[object]) -> int | float:
    if value.is_integer() and abs(value) <= _LARGEST_INTEGER:
        return int(value)  # RFC 8785 writes 1.0 as 1
    if not _PLAIN_FLOATS[0] <= abs(value) < _PLAIN_FLOATS[1]:
        exotic.append(value)
    return value


@lru_cache(maxsize=1024)
def _written_key(key: str) -> str:
    return written(key)


def _restored(value: object) -> object:
    if isinstance(value, str):
        return unwritten(value)
    if isinstance(value, int) and abs(value) > _LARGEST_INTEGER:
        return float(value)  # RFC 8785 writes 2.5e16 without exponent, and no such integer
    if isinstance(value, dict):
        return {unwritten(key): _restored(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_restored(inner) for inner in value]
    return value
