"""Fonts that hold the Kazakh letters (Debian's Liberation does not)."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_ROOT = Path("/usr/share/fonts/truetype")


@dataclass(frozen=True, slots=True)
class Family:
    """A regular and a bold face: where Debian puts them, under what name, and in what package."""

    regular: str
    bold: str
    name: str
    package: str


FREE_SERIF = Family(
    "freefont/FreeSerif.ttf", "freefont/FreeSerifBold.ttf", "FreeSerif", "fonts-freefont-ttf"
)
PT_SERIF = Family("paratype/PTF55F.ttf", "paratype/PTF75F.ttf", "PT Serif", "fonts-paratype")
PT_SANS = Family("paratype/PTS55F.ttf", "paratype/PTS75F.ttf", "PT Sans", "fonts-paratype")
DEJAVU = Family(
    "dejavu/DejaVuSans.ttf", "dejavu/DejaVuSans-Bold.ttf", "DejaVu Sans", "fonts-dejavu-core"
)


class FontMissingError(RuntimeError):
    """A font of the samples is not installed; the message says which package brings it."""


@cache
def path(family: Family, *, bold: bool = False) -> Path:
    """The file of a face, from its usual place or from fontconfig."""
    usual = _ROOT / (family.bold if bold else family.regular)
    if usual.is_file():
        return usual
    style = "Bold" if bold else "Regular"
    asked = ["fc-match", "--format=%{family}\n%{file}", f"{family.name}:style={style}"]
    try:
        answer = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise FontMissingError(_advice(family)) from error
    found, _, file = answer.partition("\n")
    if family.name not in found.split(","):
        raise FontMissingError(_advice(family))
    return Path(file)


def _advice(family: Family) -> str:
    return f"The font {family.name} is not installed: apt-get install {family.package}"
