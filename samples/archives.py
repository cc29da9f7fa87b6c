"""Zip containers without a clock: the same members give the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

_DAY = (2022, 7, 14, 12, 0, 0)


def pack(members: Iterable[tuple[str, bytes]], *, stored: tuple[str, ...] = ()) -> bytes:
    """A zip of (name, bytes) in the given order; names in `stored` are not compressed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name, _DAY)
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(info, content, compresslevel=6)
    return buffer.getvalue()


def repack(content: bytes) -> bytes:
    """The same members with their times fixed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return pack((info.filename, archive.read(info)) for info in archive.infolist())
