"""Sound recordings: what they are; no text, because nothing here turns speech into words.

A recording without subtitles has facts and no passages. A transcript is evidence of its own and
comes from a speech-to-text tool or a person, never from a guess.
"""

from __future__ import annotations

from pathlib import Path

from aigaq.archive.errors import RefusedError
from aigaq.archive.model import Passage, Tool
from aigaq.pipeline.readers.reading import Reading, ReadOptions
from aigaq.pipeline.readers.subtitles import parse, segments
from aigaq.pipeline.tools import exiftool, ffmpeg
from aigaq.pipeline.tools.ffmpeg import Recording, Stream
from aigaq.pipeline.tools.limits import Limits
from aigaq.pipeline.tools.probe import suitable

NAME = "audio"
VERSION = "1"
KINDS = ("audio",)

_EXIFTOOL_SECONDS = 60.0
_DEVICE = {
    "device_make": ("Make", "AndroidManufacturer"),
    "device_model": ("Model", "AndroidModel"),
    "device_serial": ("SerialNumber", "CameraSerialNumber", "InternalSerialNumber"),
    "software": ("Software", "WritingApp", "Encoder"),
    "title": ("Title",),
    "artist": ("Artist", "Author"),
    "comment": ("Comment", "Description", "UserComment"),
}


def read(source: Path, work: Path, limits: Limits, options: ReadOptions) -> Reading:
    """Facts of the recording, and passages where it carries subtitles or lyrics with times.

    Facts: see `recording_facts`. RefusedError for a file that holds no sound or cannot be opened.
    """
    recording = ffmpeg.describe(source)
    if not recording.of_kind("audio"):
        raise RefusedError("the file holds no sound")
    passages, problems = embedded_subtitles(source, recording, limits)
    return Reading(
        tool=recording_tool(NAME, VERSION),
        passages=passages,
        facts=recording_facts(source, recording),
        problems=(*problems, *damage_problems(source, recording, limits)),
    )


def recording_tool(name: str, version: str) -> Tool:
    return Tool(f"aigaq.readers.{name} + ffmpeg", f"{version}+{suitable(ffmpeg.PROGRAM).version}")


def recording_facts(source: Path, recording: Recording) -> dict[str, object]:
    """What the file says: container, streams, length, device, time and place of recording.

    `duration_seconds`, `container`, `bit_rate`, `streams`, `taken_at` (UTC, by the recorder's
    clock), `latitude`, `longitude`, `device_make`, `device_model`, `software`, `title`, ...;
    what the file does not say is left out.
    """
    facts: dict[str, object] = {"container": recording.container}
    if recording.duration is not None:
        facts["duration_seconds"] = recording.duration
    if recording.bit_rate:
        facts["bit_rate"] = recording.bit_rate
    if recording.made_at is not None:
        facts["taken_at"] = recording.made_at.isoformat()
    if recording.place is not None:
        facts["latitude"], facts["longitude"] = recording.place
    facts["streams"] = [_stream_facts(stream) for stream in recording.streams[:100]]
    tags = exiftool.read_tags([source], seconds=_EXIFTOOL_SECONDS)[source]
    for name, tag_names in _DEVICE.items():
        value = exiftool.first(tags, *tag_names)
        if value is not None:
            facts[name] = str(value)
    return facts


def _stream_facts(stream: Stream) -> dict[str, object]:
    said: dict[str, object] = {
        "codec": stream.codec,
        "language": stream.language,
        "width": stream.width,
        "height": stream.height,
        "rotation": stream.rotation,
        "frame_rate": stream.frame_rate,
        "sample_rate": stream.sample_rate,
        "channels": stream.channels,
    }
    return {"kind": stream.kind} | {name: value for name, value in said.items() if value}


def embedded_subtitles(
    source: Path, recording: Recording, limits: Limits
) -> tuple[tuple[Passage, ...], list[str]]:
    """The cues of all subtitle streams as passages, and sentences about what was not read."""
    passages: list[Passage] = []
    problems: list[str] = []
    for stream in recording.of_kind("subtitle"):
        if not stream.is_text:
            problems.append(
                f"Subtitle stream {stream.index} ({stream.codec}) is pictures, not read."
            )
            continue
        try:
            written = ffmpeg.subtitles(source, stream, seconds=limits.wall_seconds / 4)
        except RefusedError as error:
            problems.append(f"Subtitle stream {stream.index} could not be read: {error.message}.")
            continue
        found = parse(written)
        passages += segments(found.cues, language=stream.language, first=len(passages) + 1)
        problems += found.problems
    return tuple(passages), problems


def damage_problems(source: Path, recording: Recording, limits: Limits) -> list[str]:
    """Sentences about what keeps the recording from being whole."""
    problems = []
    if recording.duration is None:
        problems.append("The recording does not say how long it is.")
    try:
        said = ffmpeg.damage(source, seconds=limits.wall_seconds / 4)
    except RefusedError as error:
        problems.append(f"The recording was not checked to its end: {error.message}.")
    else:
        if said:
            problems.append(f"The recording is damaged or cut off: {said}.")
    return problems
