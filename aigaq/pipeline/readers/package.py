"""A DOCX, ODT or XLSX file as the zip package it is, opened so that no bomb goes off.

Two lines of defence. What the central directory declares is added up before anything is
unpacked; and every member is unpacked piece by piece, counting what really comes out, because a
header may lie. Members are read by name; no name of the package is ever used as a path.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, TypeVar, cast

from lxml import etree

from aigaq.archive.errors import RefusedError
from aigaq.pipeline.readers.reading import Attachment
from aigaq.pipeline.tools.limits import Limits, spoken_bytes

_MOST_ENTRIES = 20_000
_LARGEST_XML = 128 * 1024 * 1024
"""Bytes of one XML member; a 3,000-page DOCX measures about 40 MB."""
_SMALL = 1024 * 1024
"""Below this an entry may be packed as tightly as it likes: 1 MB of zeros harms nobody."""
_PIECE = 64 * 1024
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError)

SCANNED_BELOW = 40
"""Characters; a document with fewer, and with pictures, is taken for scanned pages put into it."""

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class XmlTarget(Protocol[T_co]):
    """What `Package.parse` sends a member's events to; the names are lxml's."""

    def start(self, tag: str, attributes: dict[str, str], /) -> None: ...
    def end(self, tag: str, /) -> None: ...
    def data(self, data: str, /) -> None: ...
    def close(self) -> T_co: ...


class _NoDoctype:
    """Stands before a target and refuses document type declarations.

    No office program writes one; entities that blow up or fetch files are declared in them.
    """

    def __init__(self, target: XmlTarget[object]) -> None:
        self.start = target.start
        self.end = target.end
        self.data = target.data
        self.close = target.close

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        raise RefusedError("the document declares entities of its own (DOCTYPE)")


class Package:
    """An open package; use it as a context manager.

    RefusedError on opening: not a zip, an old or encrypted office file, too many entries, too
    large or too tightly packed in total.
    """

    def __init__(self, path: Path, limits: Limits) -> None:
        self._limits = limits
        self._unpacked = 0
        _refuse_ole(path)
        try:
            self._zip = zipfile.ZipFile(path)
        except _BROKEN as error:
            raise RefusedError(
                f"the file is damaged: {error}", advice="ask the sender for the file again"
            ) from error
        try:
            self._refuse_bomb(path.stat().st_size)
        except RefusedError:
            self._zip.close()
            raise

    def __enter__(self) -> Package:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._zip.close()

    def _refuse_bomb(self, packed: int) -> None:
        entries = self._zip.infolist()
        if len(entries) > _MOST_ENTRIES:
            raise RefusedError(f"the package has {len(entries):,} entries, {_MOST_ENTRIES:,} go")
        total = sum(entry.file_size for entry in entries)
        if total > self._limits.unpacked_bytes:
            raise RefusedError(
                f"the package would unpack to {spoken_bytes(total)}, "
                f"{spoken_bytes(self._limits.unpacked_bytes)} go"
            )
        for entry in entries:
            self._refuse_ratio(entry.file_size, entry.compress_size, entry.filename)
        self._refuse_ratio(total, packed, "the package")

    def _refuse_ratio(self, unpacked: int, packed: int, what: str) -> None:
        if unpacked > _SMALL and unpacked > self._limits.unpack_ratio * max(packed, 1):
            raise RefusedError(
                f"a zip bomb: {what} unpacks to {unpacked / max(packed, 1):,.0f} times its size"
            )

    @property
    def names(self) -> frozenset[str]:
        """The members' names as written in the central directory."""
        return frozenset(self._zip.namelist())

    def pieces(self, name: str) -> Iterator[bytes]:
        """A member's bytes, at most 64 KB at a time, counted as they come out.

        RefusedError when it is damaged, encrypted, or grows past the limits.
        """
        entry = self._zip.getinfo(name)
        if entry.flag_bits & 0x1:
            raise RefusedError(
                "the package is protected by a password", advice="ask the sender for an open copy"
            )
        grown = 0
        try:
            with self._zip.open(entry) as member:
                while piece := member.read(_PIECE):
                    grown += len(piece)
                    self._count(len(piece))
                    self._refuse_ratio(grown, entry.compress_size, name)
                    yield piece
        except (*_BROKEN, RuntimeError) as error:
            raise RefusedError(
                f"the file is damaged: {name}: {error}", advice="ask the sender for the file again"
            ) from error

    def _count(self, size: int) -> None:
        self._unpacked += size
        if self._unpacked > self._limits.unpacked_bytes:
            raise RefusedError(
                f"the package unpacks to more than {spoken_bytes(self._limits.unpacked_bytes)}"
            )

    def read(self, name: str) -> bytes:
        """A whole member, for small ones: at most 1 MB."""
        data = bytearray()
        for piece in self.pieces(name):
            data += piece
            if len(data) > _SMALL:
                raise RefusedError(f"{name} is larger than {spoken_bytes(_SMALL)}")
        return bytes(data)

    def hand_over(self, names: Iterable[str], work: Path) -> tuple[Attachment, ...]:
        """Unpack members into the folder `work` as attachments; their names stay untrusted.

        Folders, which some zip programs write down as members, are left out.
        """
        attachments = []
        files = (name for name in names if not name.endswith("/"))
        for number, name in enumerate(files, start=1):
            path = work / f"member-{number:05}"
            with path.open("wb") as file:
                file.writelines(self.pieces(name))
            attachments.append(Attachment(name.rpartition("/")[2], path))
        return tuple(attachments)

    def parse(self, name: str, target: XmlTarget[T]) -> T:
        """Send a member's XML to `target` as it is unpacked; the target's `close()` is returned.

        RefusedError for XML that is broken, nested over 256 deep, over 128 MB, or declares a
        document type. Nothing outside the package is ever fetched.
        """
        parser = etree.XMLParser(
            # The stubs ask for a comment() that lxml itself does without.
            target=cast("Any", _NoDoctype(target)),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
        )
        size = 0
        try:
            for piece in self.pieces(name):
                size += len(piece)
                if size > _LARGEST_XML:
                    raise RefusedError(f"{name} is larger than {spoken_bytes(_LARGEST_XML)}")
                parser.feed(piece)
            return cast("T", parser.close())
        except etree.XMLSyntaxError as error:
            raise RefusedError(
                f"{name} is damaged: {error.msg}", advice="ask the sender for the file again"
            ) from error


def _refuse_ole(path: Path) -> None:
    """Old binary and encrypted office files are OLE containers, not zips."""
    with path.open("rb") as file:
        if file.read(len(_OLE)) != _OLE:
            return
        directory = file.read(16 * 1024 * 1024)
    if _ENCRYPTED_PACKAGE in directory:
        raise RefusedError(
            "the document is protected by a password", advice="ask the sender for an open copy"
        )
    raise RefusedError(
        "an old binary Office format (before 2007)",
        advice="open it in LibreOffice, save it as DOCX and add that beside it",
    )
