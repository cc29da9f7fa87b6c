"""Films: facts, keyframes and a contact sheet to look at, passages where subtitles are inside."""

from __future__ import annotations

from pathlib import Path

from aigaq.archive.errors import RefusedError
from aigaq.archive.model import Tool
from aigaq.pipeline.readers.audio import (
    damage_problems,
    embedded_subtitles,
    recording_facts,
    recording_tool,
)
from aigaq.pipeline.readers.contact_sheet import make_contact_sheet
from aigaq.pipeline.readers.reading import MadeFile, Reading, ReadOptions
from aigaq.pipeline.tools import ffmpeg
from aigaq.pipeline.tools.ffmpeg import Keyframe, Recording
from aigaq.pipeline.tools.limits import Limits

NAME = "video"
VERSION = "1"
KINDS = ("video",)

MOST_KEYFRAMES = 24
"""A contact sheet of six rows; more than a person looks through for one film."""
_CLOSEST = 5.0
"""Seconds between two moments at least."""


def read(source: Path, work: Path, limits: Limits, options: ReadOptions) -> Reading:
    """Facts, up to 24 evenly spread keyframes (JPEG, `page` is their number), one contact sheet.

    Facts: those of a recording, `width`, `height` (as shown, after rotation), `rotation`,
    `frame_rate`, `keyframe_seconds` (the time of each keyframe, by number). Embedded subtitles
    become passages; there is no other text. RefusedError for a file without pictures or one that
    cannot be opened, as a cut-off MP4.
    """
    recording = ffmpeg.describe(source)
    if not recording.of_kind("video"):
        raise RefusedError("the file holds no moving pictures")
    passages, problems = embedded_subtitles(source, recording, limits)
    frames = _keyframes(source, recording, work, limits, problems)
    tool = recording_tool(NAME, VERSION)
    facts = recording_facts(source, recording) | _picture_facts(recording)
    return Reading(
        tool=tool,
        passages=passages,
        made=_made(frames, work, tool),
        facts=facts | {"keyframe_seconds": [frame.seconds for frame in frames]},
        problems=(*problems, *damage_problems(source, recording, limits)),
    )


def moments(duration: float | None) -> list[float]:
    """Where to look for keyframes: the start, then evenly, at least 5 s apart, at most 24."""
    if duration is None:
        return [0.0]
    count = max(1, min(MOST_KEYFRAMES, int(duration / _CLOSEST)))
    return [round(duration * number / count, 3) for number in range(count)]


def _keyframes(
    source: Path, recording: Recording, work: Path, limits: Limits, problems: list[str]
) -> list[Keyframe]:
    folder = work / "keyframes"
    folder.mkdir()
    wanted = moments(recording.duration)
    try:
        frames = ffmpeg.keyframes(
            source,
            recording,
            folder,
            moments=wanted,
            pixels=limits.pixels,
            seconds=limits.wall_seconds / (2 * len(wanted)),
        )
    except RefusedError as error:
        problems.append(f"Keyframes could not be made: {error.message}.")
        return []
    if not frames:
        problems.append("No frame of the film could be decoded.")
    return frames


def _picture_facts(recording: Recording) -> dict[str, object]:
    stream = recording.of_kind("video")[0]
    width, height = stream.width, stream.height
    if stream.rotation % 180 == 90:
        width, height = height, width
    facts: dict[str, object] = {"width": width, "height": height, "video_codec": stream.codec}
    if stream.rotation:
        facts["rotation"] = stream.rotation
    if stream.frame_rate:
        facts["frame_rate"] = stream.frame_rate
    return facts


def _made(frames: list[Keyframe], work: Path, tool: Tool) -> tuple[MadeFile, ...]:
    if not frames:
        return ()
    sheet = work / "contact-sheet.jpg"
    make_contact_sheet(frames, sheet)
    return (
        MadeFile("contact-sheet", sheet, "image/jpeg", tool),
        *(
            MadeFile("keyframe", frame.path, "image/jpeg", tool, page=number)
            for number, frame in enumerate(frames, start=1)
        ),
    )
