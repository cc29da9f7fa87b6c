"""Plain text, also CSV: the characters exactly as the file has them.

Offsets into the passage are offsets into the decoded file: line ends are not changed and nothing
is normalised, only a byte order mark is left out. This is the one reader whose text need not be
NFC, because `aigaq extract FILE` promises `str` offsets into the file decoded as UTF-8.
"""

from __future__ import annotations

from pathlib import Path

from aigaq.archive.errors import RefusedError
from aigaq.archive.model import Tool
from aigaq.pipeline.readers.encoding import decode
from aigaq.pipeline.readers.reading import Reading, ReadOptions
from aigaq.pipeline.readers.unpaged import unpaged
from aigaq.pipeline.tools.limits import Limits

NAME = "text"
VERSION = "1"
KINDS = ("text",)


def read(source: Path, work: Path, limits: Limits, options: ReadOptions) -> Reading:
    """The decoded file as one passage, or several over 200,000 characters.

    Facts: `encoding` (Python's name), `encoding_certain`, `characters`. RefusedError for bytes
    that are no text and for a file larger than `limits.unpacked_bytes`.
    """
    decoded = decode(bounded_bytes(source, limits))
    problems = list(decoded.problems)
    if not decoded.text.strip():
        problems.append("The file holds no text, only white space.")
    return Reading(
        tool=Tool(f"aigaq.readers.{NAME}", VERSION),
        passages=unpaged(decoded.text),
        facts={
            "encoding": decoded.encoding,
            "encoding_certain": decoded.certain,
            "characters": len(decoded.text),
        },
        problems=tuple(problems),
    )


def bounded_bytes(source: Path, limits: Limits) -> bytes:
    """The whole file; RefusedError when it is larger than `limits.unpacked_bytes`."""
    with source.open("rb") as file:
        data = file.read(limits.unpacked_bytes + 1)
    if len(data) > limits.unpacked_bytes:
        raise RefusedError(
            f"the file is larger than {limits.unpacked_bytes:,} bytes, the limit for texts",
            advice="split the file, or raise the limit for unpacked bytes",
        )
    return data
