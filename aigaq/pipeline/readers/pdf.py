"""PDF: the text layer page by page."""

from __future__ import annotations

from pathlib import Path

from aigaq.archive.model import Tool
from aigaq.pipeline.readers.reading import Reading, ReadOptions
from aigaq.pipeline.tools.limits import Limits

NAME = "pdf"
VERSION = "1"
KINDS = ("pdf",)


def read(source: Path, work: Path, limits: Limits, options: ReadOptions) -> Reading:
    return Reading(tool=Tool("aigaq.readers.pdf", VERSION))
