"""What one confined job may use at most: memory, time, files, pixels, pages, unpacked bytes."""

from __future__ import annotations

from dataclasses import dataclass, replace

MIB = 1024 * 1024
GIB = 1024 * MIB


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps of one job. Sizes in bytes, times in seconds.

    The operating system enforces the first six; readers check the last four sizes *before*
    they decode, render or unpack anything. The defaults let an honest 50-page chunk, an A0 drawing
    and an hour of 1080p video through and stop the bombs measured on this project (a 1.3 kB PDF
    that renders to 3.5 GB, a 2.4 MB DOCX that takes 2.7 GB).
    """

    memory_bytes: int = 2 * GIB
    cpu_seconds: int = 600
    wall_seconds: float = 600.0
    file_bytes: int = 2 * GIB
    open_files: int = 256
    result_bytes: int = 256 * MIB
    pixels: int = 120_000_000
    pages: int = 20_000
    page_seconds: int = 120
    unpacked_bytes: int = 512 * MIB
    unpack_ratio: float = 200.0

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if getattr(self, name) <= 0:
                raise ValueError(f"limit {name} must be positive: {getattr(self, name)}")

    def reading(self, pages: int) -> Limits:
        """The limits of a job that recognises so many pages: a bad page must not take the time of
        its whole file."""
        seconds = self.page_seconds * pages
        return replace(
            self,
            cpu_seconds=min(self.cpu_seconds, seconds),
            wall_seconds=min(self.wall_seconds, seconds),
        )


def spoken_bytes(count: int) -> str:
    """`2 GB`, `256 MB`, `900 kB`: the size as it stands in a reason kept in the record."""
    for unit, name in ((GIB, "GB"), (MIB, "MB"), (1024, "kB")):
        if count >= unit:
            return f"{count / unit:.4g} {name}"
    return f"{count} bytes"


def spoken_seconds(seconds: float) -> str:
    """`120 s`, `0.5 s`."""
    return f"{seconds:.6g} s"
