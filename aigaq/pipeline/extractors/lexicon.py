"""The reviewed data files of the extractors, read once from the package."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any

import yaml

from aigaq.archive.errors import AigaqError

#: A gap between two words of one phrase: spaces, at most one line break, never a blank line.
GAP = r"(?:[ ]{1,8}\n?[ ]{0,8}|\n[ ]{0,8})"
#: The same, or nothing.
MAYBE = r"[ ]{0,8}\n?[ ]{0,8}"

_BLANK = re.compile(r"(?<!\[) (?!\])")
_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def data(name: str) -> Any:
    """The content of `data/<name>.yml`; the shape is told at the head of each file."""
    try:
        return yaml.load(_file(f"{name}.yml"), Loader=_LOADER)
    except yaml.YAMLError as error:
        raise _broken(f"{name}.yml", error) from error


def word_list(name: str) -> list[str]:
    """The words of `data/<name>.txt`; lines that begin with # tell where they come from."""
    lines = _file(f"{name}.txt").splitlines()
    return [word for line in lines if not line.startswith("#") for word in line.split()]


def _file(name: str) -> str:
    try:
        file = resources.files("aigaq.pipeline.extractors") / "data" / name
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise _broken(name, error) from error


def _broken(name: str, error: Exception) -> AigaqError:
    return AigaqError(
        f"the data file {name} of the extractors cannot be read: {error}",
        advice="Install aigaq again: its packaged files are incomplete.",
    )


def any_of(patterns: Iterable[str]) -> str:
    """One alternation, longest first; a blank in a pattern (but for `[ ]`) is a gap."""
    ordered = sorted({str(pattern) for pattern in patterns}, key=lambda p: (-len(p), p))
    return "|".join(_BLANK.sub(lambda _: GAP, pattern) for pattern in ordered)
