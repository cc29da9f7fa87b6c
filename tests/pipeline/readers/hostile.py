"""What the reader tests share: a reading without a sandbox, and bytes changed at random."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import strategies as st

from aigaq.archive.errors import RefusedError
from aigaq.pipeline.readers.reading import Reading, ReadOptions
from aigaq.pipeline.tools.limits import Limits

Read = Callable[[Path, Path, Limits, ReadOptions], Reading]


def reading_of(read: Read, source: Path, *, limits: Limits | None = None) -> Reading:
    """Read one file with the usual limits, into a work folder of its own."""
    work = Path(tempfile.mkdtemp(dir=source.parent))
    return read(source, work, limits or Limits(), ReadOptions())


def whole_text(reading: Reading) -> str:
    return "".join(passage.text for passage in reading.passages)


@st.composite
def mutations(draw: st.DrawFn, seed: bytes) -> bytes:
    """The seed with some bytes changed, a stretch doubled or taken out, or the end cut off."""
    data = bytearray(seed)
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, max(0, len(data) - 1)))
        match draw(st.sampled_from(["change", "cut", "drop", "double", "insert"])):
            case "change" if data:
                data[place] = draw(st.integers(0, 255))
            case "cut":
                del data[place:]
            case "drop":
                del data[place : place + draw(st.integers(1, 200))]
            case "double":
                data[place:place] = data[place : place + draw(st.integers(1, 200))]
            case _:
                data[place:place] = draw(st.binary(max_size=40))
    return bytes(data)


def survives(read: Read, data: bytes) -> None:
    """The reader takes the bytes or refuses them with a reason; nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "mutated"
        source.write_bytes(data)
        try:
            reading = reading_of(read, source)
        except RefusedError as error:
            assert error.message
            return
        for passage in reading.passages:
            # What cannot be written as UTF-8 (a lone surrogate) breaks the record later.
            passage.text.encode("utf-8")
        assert reading.passages or reading.problems or reading.attachments or reading.facts
