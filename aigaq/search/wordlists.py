"""The reviewed word lists beside the code: words apart by spaces, `#` begins a comment."""

from __future__ import annotations

from importlib.resources import files


def lines(name: str) -> list[list[str]]:
    """The words of each line of `data/<name>.txt`."""
    text = files("aigaq.search").joinpath("data", f"{name}.txt").read_text(encoding="utf-8")
    return [line.split() for line in text.splitlines() if line and not line.startswith("#")]


def words(name: str) -> list[str]:
    """All words of `data/<name>.txt` in order."""
    return [word for line in lines(name) for word in line]
