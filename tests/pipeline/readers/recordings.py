"""Small films and sounds made by ffmpeg itself, for the tests of the tool and of the readers."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

CUES = """1
00:00:01,000 --> 00:00:02,500
Судья: <i>Сот отырысы</i> ашық 😀

2
00:00:03,000 --> 00:00:04,000
екінші
"""


def make(target: Path, *arguments: str | Path) -> Path:
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", *map(str, arguments), str(target)]
    subprocess.run(command, check=True, timeout=120)
    return target


def picture(seconds: float, size: str = "320x180") -> tuple[str, ...]:
    return ("-f", "lavfi", "-i", f"testsrc2=size={size}:rate=10:duration={seconds}")


def sound(seconds: float) -> tuple[str, ...]:
    return ("-f", "lavfi", "-i", f"sine=440:duration={seconds}")


@cache
def folder() -> Path:
    return Path(mkdtemp(prefix="recordings-"))


@cache
def film() -> Path:
    """30 s, 320 x 180, a keyframe every 2 s, sound, subtitles in Kazakh, time and place."""
    cues = folder() / "cues.srt"
    cues.write_text(CUES, encoding="utf-8")
    return make(
        folder() / "film.mp4",
        *(*picture(30), *sound(30), "-i", cues, "-map", "0", "-map", "1", "-map", "2"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-g", "20", "-pix_fmt", "yuv420p"),
        *("-c:a", "aac", "-c:s", "mov_text", "-metadata:s:s:0", "language=kaz"),
        *("-metadata", "creation_time=2022-01-05T10:00:00Z"),
        *("-metadata", "location=+43.2380+076.9450/", "-metadata", "title=Алаң"),
    )


@cache
def speech() -> Path:
    return make(folder() / "speech.mp3", *sound(3), "-metadata", "artist=Асель Нұрланова")
