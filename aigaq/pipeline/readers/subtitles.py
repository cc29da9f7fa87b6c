r"""Subtitles: each cue becomes a passage with its time.

SRT and WebVTT are cut into cues here, because pysubs2 drops a last line that is a number, what
stands in braces, text before the first cue, and joins a cue whose time is broken to the one
before; it reads the other formats (ASS, SSA, SAMI, TTML, MicroDVD), where it loses nothing.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import ParseError

import pysubs2

from aigaq.archive.errors import RefusedError
from aigaq.archive.model import Method, Passage, PassageKind, Tool
from aigaq.pipeline.readers.encoding import decode
from aigaq.pipeline.readers.reading import Reading, ReadOptions
from aigaq.pipeline.readers.text import bounded_bytes
from aigaq.pipeline.readers.unpaged import unpaged
from aigaq.pipeline.tools.limits import Limits, spoken_bytes

NAME = "subtitles"
VERSION = "1"
KINDS = ("subtitles",)

_LARGEST = 32 * 1024 * 1024
_MOST_CUES = 200_000
_LONGEST_QUOTE = 500
_CLOCK = r"(?:(\d{1,4}):)?(\d{1,3}):(\d{1,2})(?:[.,:](\d{1,3}))?"
_TIMING = re.compile(rf"\s*{_CLOCK}\s*-->\s*{_CLOCK}(?:\s.*)?")
_OVERRIDE = re.compile(r"\{\\[^{}]*\}")
_TAG = re.compile(
    r"</?(?:i|b|u|s|c|v|lang|ruby|rt|font|span|em|strong)(?=[\s>./])[^<>]*>|<(?:\d+:)?\d+:\d+[.,]\d+>",
    re.IGNORECASE,
)
_TTML = re.compile(r"\ufeff?\s*(?:<\?.{0,400}?\?>|<!--.{0,4000}?-->|\s)*<(?:tt:)?tt\s", re.DOTALL)
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s+([^<>]+)>", re.IGNORECASE)
_VENDOR_ERRORS = (
    pysubs2.exceptions.Pysubs2Error,
    ParseError,
    ValueError,
    LookupError,
    ArithmeticError,
    AttributeError,
    TypeError,
    # A time it cannot read (TTML), elements nested without end.
    NotImplementedError,
    RecursionError,
)


@dataclass(frozen=True, slots=True)
class Cue:
    """One subtitle; seconds from the start of the recording, text as shown (NFC)."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class Cues:
    """The cues of a file in its order, its format, and sentences about what was not a cue."""

    cues: tuple[Cue, ...]
    format: str
    problems: tuple[str, ...]


def read(source: Path, work: Path, limits: Limits, options: ReadOptions) -> Reading:
    """Each cue as a passage of kind segment; tags are left out, cues are not merged.

    Facts: `format`, `cues`, `encoding`, `encoding_certain`, `duration_seconds` (the last end).
    Text without a readable time is quoted in the problems; a file without any cue is kept as a
    text. RefusedError for bytes that are no text, over 32 MB, or over 200,000 cues.
    """
    data = bounded_bytes(source, limits)
    if len(data) > _LARGEST:
        raise RefusedError(f"the subtitles are larger than {spoken_bytes(_LARGEST)}")
    decoded = decode(data)
    found = parse(decoded.text)
    if len(found.cues) > _MOST_CUES:
        raise RefusedError(f"the file has more than {_MOST_CUES:,} subtitles")
    facts: dict[str, object] = {
        "format": found.format,
        "cues": len(found.cues),
        "encoding": decoded.encoding,
        "encoding_certain": decoded.certain,
    }
    if found.cues:
        facts["duration_seconds"] = max(cue.end for cue in found.cues)
    return Reading(
        tool=Tool(f"aigaq.readers.{NAME} + pysubs2", f"{VERSION}+{pysubs2.VERSION}"),
        passages=segments(found.cues) or _as_text(decoded.text),
        facts=facts,
        problems=(*decoded.problems, *found.problems),
    )


def segments(cues: Iterable[Cue], *, language: str = "", first: int = 1) -> tuple[Passage, ...]:
    """Cues with text as passages, numbered from `first`."""
    return tuple(
        Passage(
            number=number,
            kind=PassageKind.SEGMENT,
            text=cue.text,
            method=Method.SUBTITLE,
            start_seconds=cue.start,
            end_seconds=cue.end,
            language=language,
        )
        for number, cue in enumerate((cue for cue in cues if cue.text), start=first)
    )


def _as_text(text: str) -> tuple[Passage, ...]:
    return unpaged(unicodedata.normalize("NFC", text.strip()))


def parse(text: str) -> Cues:
    """The cues of a subtitle file of any known format; a file of none has no cues."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.lstrip("\ufeff \n").startswith("WEBVTT"):
        return _parse_blocks(text, "vtt")
    if re.search(r"(?m)^\[Script Info\]|^Dialogue:", text):
        return _parse_with_library(text, "ass")
    if _TTML.match(text):  # its comments end in "-->" as well
        return _parse_with_library(text, "ttml")
    if "-->" in text:
        return _parse_blocks(text, "srt")
    return _parse_with_library(text, None)


def _parse_blocks(text: str, format_: str) -> Cues:
    cues: list[Cue] = []
    problems: list[str] = []
    for block in _blocks(text.lstrip("\ufeff").split("\n")):
        timing = next((at for at, line in enumerate(block) if "-->" in line), None)
        found = None if timing is None else _TIMING.fullmatch(block[timing])
        if timing is None or found is None:
            problems.extend(_without_time(block, format_))
            continue
        problems.extend(_without_time(block[:timing], format_))
        cue = Cue(
            _seconds(*found.groups()[:4]),
            _seconds(*found.groups()[4:]),
            plain_text("\n".join(block[timing + 1 :]), entities=format_ == "vtt"),
        )
        cues.append(cue)
        if cue.end < cue.start:
            problems.append(f"The subtitle at {cue.start:.3f} s ends before it begins.")
    if not cues:
        problems.append("No subtitle was found; the file is kept as a text.")
    return Cues(tuple(cues), format_, tuple(problems))


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """Lines from one cue to the next: a timing line with the number or name right before it.

    Blank lines inside a cue's text do not end it unless a new cue follows, as players do it; a
    block without any time stays by itself.
    """
    block: list[str] = []
    blank = True
    for at, line in enumerate(lines):
        begins = blank and line.strip() and _begins_cue(lines, at)
        # A time right under a text, without a blank line between them, is a cue too.
        runs_in = "-->" in line and any("-->" in earlier for earlier in block)
        if (begins or runs_in) and block:
            number = [block.pop()] if runs_in and block[-1].strip().isdigit() else []
            yield _trimmed(block)
            block = number
        block.append(line)
        blank = not line.strip()
    if any(line.strip() for line in block):
        yield _trimmed(block)


def _begins_cue(lines: list[str], at: int) -> bool:
    following = lines[at + 1] if at + 1 < len(lines) else ""
    return "-->" in lines[at] or "-->" in following or lines[at].startswith(("NOTE", "STYLE"))


def _trimmed(block: list[str]) -> list[str]:
    start, end = 0, len(block)
    while start < end and not block[start].strip():
        start += 1
    while end > start and not block[end - 1].strip():
        end -= 1
    return block[start:end]


def _without_time(lines: list[str], format_: str) -> Iterator[str]:
    """A sentence quoting lines that no time belongs to, unless they are the format's own."""
    text = " / ".join(line.strip() for line in lines if line.strip())
    own = format_ == "vtt" and re.match(r"WEBVTT|NOTE|STYLE|REGION", text)
    name = "-->" not in text and format_ == "vtt" and len(lines) == 1
    if text and not own and not name and not re.fullmatch(r"[\d\s]+", text):
        yield f"A text without a readable time: {text[:_LONGEST_QUOTE]}"


def _seconds(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> float:
    milliseconds = int((fraction or "0").ljust(3, "0"))
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + milliseconds / 1000


def _parse_with_library(text: str, format_: str | None) -> Cues:
    try:
        file = pysubs2.SSAFile.from_string(text, format_=format_)
    except _VENDOR_ERRORS as error:
        said = "".join(sign for sign in str(error) if sign.isprintable())[:200]
        return Cues((), "", (f"No subtitle format was recognised ({said}); kept as a text.",))
    events = [event for event in file if not event.is_comment]
    cues = tuple(
        Cue(event.start / 1000, event.end / 1000, _ass_text(event.name, event.text))
        for event in events
    )
    problems = list(_unread_dialogue(text, len(file)))
    if not cues:
        problems.append("No subtitle was found; the file is kept as a text.")
    return Cues(cues, file.format or format_ or "", tuple(problems))


def _ass_text(speaker: str, text: str) -> str:
    shown = plain_text(text.replace(r"\N", "\n").replace(r"\n", "\n").replace(r"\h", "\u00a0"))
    speaker = unicodedata.normalize("NFC", " ".join(speaker.split()))
    return f"{speaker}: {shown}" if speaker and shown else shown


def _unread_dialogue(text: str, events: int) -> Iterator[str]:
    written = len(re.findall(r"(?m)^(?:Dialogue|Comment):", text))
    if written > events:
        yield f"{written - events} of {written} dialogue lines could not be read."


def plain_text(text: str, *, entities: bool = False) -> str:
    r"""A cue's text as shown (NFC): style tags and `{\...}` overrides out, all else kept.

    A WebVTT voice (`<v Асель>`) becomes the speaker's label (`Асель: `). Words in braces or in
    unknown brackets are words.
    """
    text = _VOICE.sub(lambda found: f"{found[1].strip()}: ", text)
    text = _TAG.sub("", _OVERRIDE.sub("", text))
    if entities:
        text = html.unescape(text)
    lines = (line.strip(" \t") for line in text.split("\n"))
    return unicodedata.normalize("NFC", "\n".join(line for line in lines if line))
