"""What a reader returns: passages, files it made, attachments it found, facts it read.

A reader runs in a process of its own (see `pipeline.tools.sandbox`), so everything here can be
pickled and files are handed over by path inside the work folder the caller gave.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aigaq.archive.model import Passage, Tool


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How pages are read, from the settings.

    `languages`: tesseract data chosen from, by document, the likeliest first; `dpi`: dots per inch
    at which pages are drawn for OCR; `review_below`: mean confidence (0..100) under which a page
    waits for a person.
    """

    languages: tuple[str, ...] = ("Cyrillic", "eng")
    dpi: int = 300
    review_below: float = 70.0


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A derivative waiting in the work folder; `role` as in `archive.model.Derivative`."""

    role: str
    path: Path
    media_type: str
    tool: Tool
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file found inside another (an e-mail's attachment), to become an item of its own.

    `name` is the name it carried, untrusted; `path` is where its bytes wait in the work folder.
    """

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Reading:
    """All a reader got out of one file.

    A page that could not be read is a passage with `problem` set and no text, never left out.
    `facts` are JSON values keyed by plain names (`pages`, `duration_seconds`, `taken_at`,
    `latitude`, `subject`); `problems` are sentences for the archivist about the file as a whole.
    """

    tool: Tool
    passages: tuple[Passage, ...] = ()
    made: tuple[MadeFile, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
