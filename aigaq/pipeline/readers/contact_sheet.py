"""One picture that shows a film at a glance: its keyframes in rows, each with its time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from aigaq.pipeline.tools.ffmpeg import Keyframe

_COLUMNS = 4
_CELL = (320, 180)
_LABEL = 22
_GAP = 6
_BACKGROUND = (24, 24, 24)
_INK = (235, 235, 235)


def make_contact_sheet(keyframes: Sequence[Keyframe], path: Path) -> None:
    """Write a JPEG of all frames, four in a row, each at most 320 x 180 pixels above its time.

    ValueError for no frames; PIL's errors for a frame that is not a picture.
    """
    if not keyframes:
        raise ValueError("a contact sheet needs at least one keyframe")
    rows = -(-len(keyframes) // _COLUMNS)
    width = _COLUMNS * (_CELL[0] + _GAP) + _GAP
    height = rows * (_CELL[1] + _LABEL + _GAP) + _GAP
    sheet = Image.new("RGB", (width, height), _BACKGROUND)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(size=_LABEL - 6)
    for number, keyframe in enumerate(keyframes):
        left = _GAP + number % _COLUMNS * (_CELL[0] + _GAP)
        top = _GAP + number // _COLUMNS * (_CELL[1] + _LABEL + _GAP)
        with Image.open(keyframe.path) as frame:
            frame.thumbnail(_CELL)
            centre = left + (_CELL[0] - frame.width) // 2, top + (_CELL[1] - frame.height) // 2
            sheet.paste(frame, centre)
        draw.text((left + 4, top + _CELL[1] + 2), clock(keyframe.seconds), fill=_INK, font=font)
    sheet.save(path, "JPEG", quality=85)


def clock(seconds: float) -> str:
    """`1:02:03`, as players show it; parts of a second are cut."""
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
