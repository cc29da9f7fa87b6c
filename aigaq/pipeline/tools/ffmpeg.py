"""ffmpeg and ffprobe, called with arguments that ffmpeg-python builds: facts, keyframes, subtitles.

Only real media containers are opened (`format_whitelist`), and only local files: playlists (HLS,
DASH, concat, SDP) inside evidence could make ffmpeg read other files or call addresses.

Keyframes are fetched by seeking, one run each: 0.14 CPU seconds a 1080p frame, whatever the length
of the recording (measured); one pass over the keyframes of an hour takes 20 to 45.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import ffmpeg

from aigaq.archive.errors import RefusedError
from aigaq.pipeline.tools.probe import Program, checked, run

PROGRAM = Program(
    name="ffmpeg",
    command="ffmpeg",
    version_arguments=("-version",),
    version=r"ffmpeg version \D*(\d+\.\d+(?:\.\d+)?)",
    oldest=(4, 2),
    package="ffmpeg",
)
PROBE_PROGRAM = Program(
    name="ffprobe",
    command="ffprobe",
    version_arguments=("-version",),
    version=r"ffprobe version \D*(\d+\.\d+(?:\.\d+)?)",
    oldest=(4, 2),
    package="ffmpeg",
)

_CONTAINERS = ",".join(
    (
        *("mov", "mp4", "m4a", "3gp", "matroska", "webm", "avi", "mpegts", "mpeg", "mpegvideo"),
        *("asf", "flv", "ogg", "wav", "w64", "mp3", "flac", "aac", "ac3", "eac3", "aiff", "amr"),
        *("amrnb", "amrwb", "caf", "mxf", "dv", "rm", "h264", "hevc", "m4v", "mjpeg", "ivf", "au"),
        *("nut", "dhav", "ape", "wv", "tta", "dts", "gsm", "voc", "wtv", "vob"),
    )
)
_SAFE = {"format_whitelist": _CONTAINERS, "protocol_whitelist": "file"}
_PROBE_SECONDS = 60.0
_WIDEST = 1280
"""Pixels of a keyframe's longer side: faces and signs stay readable, a frame stays near 100 kB."""
_JPEG_QUALITY = 4
"""ffmpeg's scale, 2 (best) to 31."""
_TEXT_SUBTITLES = frozenset(
    {"subrip", "srt", "mov_text", "webvtt", "ass", "ssa", "text", "subviewer", "microdvd", "sami"}
)
_ZERO_TIMES = (1904, 1970)
"""The years in which container clocks start: such a time means nobody set one."""


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream; `kind` is video, audio, subtitle, data or attachment, "" where unknown.

    Pixels as stored, `rotation` in degrees clockwise for showing, rates in Hz or frames a second;
    0 and "" where the file does not say. A `picture` is a cover, not a film.
    """

    index: int
    kind: str
    codec: str
    language: str = ""
    width: int = 0
    height: int = 0
    rotation: int = 0
    frame_rate: float = 0.0
    sample_rate: int = 0
    channels: int = 0
    picture: bool = False

    @property
    def is_text(self) -> bool:
        """Subtitles made of characters; the others are pictures of text."""
        return self.kind == "subtitle" and self.codec in _TEXT_SUBTITLES


@dataclass(frozen=True, slots=True)
class Recording:
    """What a file says of itself. `made_at` is aware UTC as the recorder's clock had it.

    `place` is (latitude, longitude) in degrees; `tags` are the container's own, as written.
    """

    container: str
    duration: float | None
    start: float
    bit_rate: int
    made_at: datetime | None
    place: tuple[float, float] | None
    tags: Mapping[str, str]
    streams: tuple[Stream, ...]

    def of_kind(self, kind: str) -> tuple[Stream, ...]:
        return tuple(
            stream for stream in self.streams if stream.kind == kind and not stream.picture
        )


@dataclass(frozen=True, slots=True)
class Keyframe:
    """A JPEG of one frame and its second from the start of the recording."""

    path: Path
    seconds: float


def describe(source: Path) -> Recording:
    """Ask ffprobe; RefusedError when no known container can be opened (also one cut off early)."""
    arguments = ["-v", "error", "-show_format", "-show_streams", "-of", "json"]
    for name, value in _SAFE.items():
        arguments += [f"-{name}", value]
    finished = run(PROBE_PROGRAM, [*arguments, f"file:{source}"], seconds=_PROBE_SECONDS)
    if finished.code != 0:
        raise RefusedError(
            f"the recording cannot be opened: {_words(finished.errors, source)}",
            advice="the file may be cut off: ask the sender for it again",
        )
    return _recording(json.loads(finished.output))


def keyframes(
    source: Path,
    recording: Recording,
    work: Path,
    *,
    moments: Sequence[float],
    pixels: int,
    seconds: float,
) -> list[Keyframe]:
    """The keyframe at or before each of the moments (seconds from the start), each frame once.

    `pixels` caps what a frame may decode to, `seconds` the time of one run. Moments at which
    nothing can be decoded give no frame.
    """
    for moment in moments:
        run(PROGRAM, _keyframe_arguments(source, moment, work, pixels), seconds=seconds)
    found = [
        Keyframe(path, max(0.0, round(int(path.stem) / 1000 - recording.start, 3)))
        for path in work.glob("*.jpg")
        if path.stat().st_size
    ]
    return sorted(found, key=lambda keyframe: keyframe.seconds)


def _keyframe_arguments(source: Path, moment: float, work: Path, pixels: int) -> list[str]:
    shown = ffmpeg.input(
        f"file:{source}",
        **_SAFE,
        threads=1,
        ss=f"{moment:.3f}",
        noaccurate_seek=None,
        skip_frame="nokey",
        max_pixels=pixels,
    )
    made = ffmpeg.output(
        shown["V:0"],
        # The time in ms is the name; a per cent sign in the folder's own name is no pattern.
        f"{str(work).replace('%', '%%')}/%012d.jpg",
        f="image2",
        frame_pts=1,
        enc_time_base="1:1000",
        copyts=None,
        vsync="passthrough",
        vframes=1,
        vf=f"scale='if(gt(iw,ih),min({_WIDEST},iw),-2)':'if(gt(iw,ih),-2,min({_WIDEST},ih))'",
        pix_fmt="yuvj420p",
        qscale=_JPEG_QUALITY,
    )
    return ["-v", "error", "-nostdin", "-y", *made.get_args()]


def subtitles(source: Path, stream: Stream, *, seconds: float) -> str:
    """A subtitle stream of characters as SRT; RefusedError when ffmpeg cannot convert it."""
    shown = ffmpeg.input(f"file:{source}", **_SAFE)
    made = ffmpeg.output(shown[str(stream.index)], "pipe:1", f="srt")
    arguments = ["-v", "error", "-nostdin", *made.get_args()]
    return checked(PROGRAM, arguments, seconds=seconds).decode("utf-8", "replace")


def damage(source: Path, *, seconds: float) -> str:
    """Read all packets without decoding; the first complaint, "" for a sound file."""
    shown = ffmpeg.input(f"file:{source}", **_SAFE)
    made = ffmpeg.output(shown["v?"], shown["a?"], "-", c="copy", f="null")
    finished = run(PROGRAM, ["-v", "error", "-nostdin", *made.get_args()], seconds=seconds)
    return _words(finished.errors, source) if finished.errors.strip() or finished.code else ""


def _words(errors: str, source: Path) -> str:
    """ffmpeg's first complaint without addresses in memory and our path."""
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    first = lines[0] if lines else "no reason given"
    said = first.partition("] ")[2] if first.startswith("[") else first
    said = said.replace(f"file:{source}", "the file").replace(str(source), "the file")
    return "".join(sign for sign in said if sign.isprintable())[:200]


def _recording(said: Mapping[str, object]) -> Recording:
    form = _mapping(said.get("format"))
    tags = {
        str(name).lower(): str(value)[:1_000] for name, value in _mapping(form.get("tags")).items()
    }
    streams = said.get("streams")
    return Recording(
        container=str(form.get("format_name", "")),
        duration=_positive(form.get("duration")),
        start=_number(form.get("start_time")),
        bit_rate=int(_number(form.get("bit_rate"))),
        made_at=_moment(tags.get("com.apple.quicktime.creationdate") or tags.get("creation_time")),
        place=_place(tags.get("com.apple.quicktime.location.iso6709") or tags.get("location")),
        tags=tags,
        streams=tuple(_stream(_mapping(one)) for one in streams)
        if isinstance(streams, list)
        else (),
    )


def _stream(said: Mapping[str, object]) -> Stream:
    tags = {str(name).lower(): str(value) for name, value in _mapping(said.get("tags")).items()}
    return Stream(
        index=int(_number(said.get("index"))),
        kind=str(said.get("codec_type", "")),
        codec=str(said.get("codec_name", "")),
        language="" if tags.get("language") in {None, "und"} else tags["language"][:8],
        width=int(_number(said.get("width"))),
        height=int(_number(said.get("height"))),
        rotation=_rotation(said, tags),
        frame_rate=round(_fraction(said.get("avg_frame_rate")), 3),
        sample_rate=int(_number(said.get("sample_rate"))),
        channels=int(_number(said.get("channels"))),
        picture=bool(_mapping(said.get("disposition")).get("attached_pic")),
    )


def _rotation(said: Mapping[str, object], tags: Mapping[str, str]) -> int:
    """Degrees clockwise; ffprobe's display matrix counts the other way, the old tag this way."""
    sides = said.get("side_data_list")
    for side in sides if isinstance(sides, list) else []:
        if "rotation" in _mapping(side):
            return int(-_number(_mapping(side)["rotation"])) % 360
    return int(_number(tags.get("rotate"))) % 360


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _number(value: object) -> float:
    """A finite number; 0 for anything else, as ffprobe writes N/A for what it does not know."""
    try:
        number = float(str(value))
    except ValueError:
        return 0.0
    return number if abs(number) < 1e15 else 0.0


def _positive(value: object) -> float | None:
    number = _number(value)
    return number if number > 0 else None


def _fraction(value: object) -> float:
    above, _, below = str(value).partition("/")
    divisor = _number(below or 1)
    return _number(above) / divisor if divisor else 0.0


def _moment(written: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written or "")
    except ValueError:
        return None
    if moment.tzinfo is None or (moment.year in _ZERO_TIMES and moment.month == 1):
        return None
    return moment.astimezone(UTC)


def _place(written: str | None) -> tuple[float, float] | None:
    """ISO 6709 as phones write it: `+43.2380+076.9450/`, height ignored."""
    signs = [at for at, sign in enumerate(written or "") if sign in "+-"]
    if not written or len(signs) < 2:
        return None
    end = signs[2] if len(signs) > 2 else len(written.partition("/")[0])
    try:
        latitude = float(written[signs[0] : signs[1]])
        longitude = float(written[signs[1] : end].rstrip("/"))
    except ValueError:
        return None
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return latitude, longitude
