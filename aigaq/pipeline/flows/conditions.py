"""Settings become the plain arguments that steps take: shared by the command line and the flows."""

from __future__ import annotations

from aigaq import __version__
from aigaq.archive.model import Agent
from aigaq.config.settings import Settings
from aigaq.pipeline.readers import ReadOptions
from aigaq.pipeline.steps import Conditions
from aigaq.pipeline.tools.sandbox import Limits


def conditions_of(settings: Settings) -> Conditions:
    """Who answers for the work, within which limits, and how pages are read."""
    return Conditions(
        agent=agent_of(settings), limits=limits_of(settings), options=options_of(settings)
    )


def agent_of(settings: Settings) -> Agent:
    """The person of the settings, working with this version of aigaq."""
    return Agent(settings.operator, "aigaq", __version__)


def limits_of(settings: Settings) -> Limits:
    """What one confined process may use."""
    limits = settings.limits
    return Limits(
        memory_bytes=limits.memory,
        cpu_seconds=limits.seconds,
        wall_seconds=limits.seconds,
        file_bytes=limits.file_bytes,
        pixels=limits.pixels,
        pages=limits.pages,
        page_seconds=limits.page_seconds,
        unpacked_bytes=limits.unpacked_bytes,
        unpack_ratio=limits.ratio,
    )


def options_of(settings: Settings) -> ReadOptions:
    """How readers read."""
    ocr = settings.ocr
    return ReadOptions(languages=ocr.languages, dpi=ocr.dpi, review_below=ocr.review_below)
