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
    file = resources.files("aigaq.pipeline.extractors") / "data" / f"{name}.yml"
    try:
        return yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 safe loader
    except (OSError, yaml.YAMLError) as error:
        raise AigaqError(
            f"the data file {name}.yml of the extractors cannot be read: {error}",
            advice="Install aigaq again: its packaged files are incomplete.",
        ) from error


def any_of(patterns: Iterable[str]) -> str:
    """One alternation, longest first; a blank in a pattern (but for `[ ]`) is a gap."""
    ordered = sorted({str(pattern) for pattern in patterns}, key=lambda p: (-len(p), p))
    return "|".join(_BLANK.sub(lambda _: GAP, pattern) for pattern in ordered)


def words(written: str) -> list[str]:
    """The words of a list written as running text in a data file."""
    return re.findall(r"[^\s,]+", written)
