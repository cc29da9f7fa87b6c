"""From a file to passages: one reader a kind, each run in a confined process of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from aigaq.archive.errors import RefusedError
from aigaq.pipeline.kinds import sniff
from aigaq.pipeline.readers import (
    audio,
    docx,
    html,
    image,
    mail,
    odt,
    pdf,
    rtf,
    subtitles,
    text,
    video,
)
from aigaq.pipeline.readers.confined import confined
from aigaq.pipeline.readers.reading import Reading, ReadOptions
from aigaq.pipeline.tools.limits import Limits

__all__ = ["READERS", "ReadOptions", "Reader", "read_document"]


class Reader(Protocol):
    """A module of this package: what it is called, the kinds it reads, and the reading itself.

    `read` runs confined: it may be killed at any moment, so it writes into `work` only. It raises
    RefusedError with a plain reason for a file it cannot open.
    """

    @property
    def NAME(self) -> str: ...
    @property
    def VERSION(self) -> str: ...
    @property
    def KINDS(self) -> tuple[str, ...]: ...

    def read(self, source: Path, work: Path, limits: Limits, options: ReadOptions) -> Reading:
        """All there is in the file at `source`; files made are left in the folder `work`."""


READERS: tuple[Reader, ...] = (
    pdf,
    image,
    docx,
    odt,
    rtf,
    html,
    text,
    mail,
    subtitles,
    audio,
    video,
)

CHUNKED: tuple[Reader, ...] = (pdf, image)
"""Readers that confine each part of a file by themselves."""


def read_document(
    source: Path, kind: str, work: Path, *, limits: Limits, options: ReadOptions
) -> Reading:
    """What the reader of this kind gets out of the file; RefusedError with a plain reason."""
    for reader in READERS:
        if kind in reader.KINDS:
            if reader in CHUNKED:
                return reader.read(source, work, limits, options)
            return confined(reader.read, source, work, limits, options, work=work, limits=limits)
    raise _unread(source, kind)


def _unread(source: Path, kind: str) -> RefusedError:
    if kind == "empty":
        return RefusedError("the file is empty (0 bytes)")
    if kind == "archive":
        return RefusedError("a packed archive is kept as it is and not opened")
    media_type = sniff(source, "").media_type
    for family, what in _KEPT.items():
        if family in media_type:
            return RefusedError(
                f"{what} is kept as it is and not read",
                advice="save it as PDF and add that beside it",
            )
    return RefusedError(f"no reader for this kind of file ({media_type})")


_KEPT = {
    "spreadsheet": "a spreadsheet",
    "ms-excel": "a spreadsheet",
    "presentation": "a presentation",
    "ms-powerpoint": "a presentation",
    "epub": "an electronic book (EPUB)",
    "image/svg": "a drawing (SVG)",
    "image/vnd.d": "a drawing (DjVu or DWG)",
    "x-ole-storage": "a container of an old Office program",
}
"""What media types are called, by a part of their name, where a file is known but not read."""
