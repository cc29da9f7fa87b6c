"""OpenDocument texts (ODT), read as a stream of `content.xml` and `styles.xml`.

White space follows OpenDocument 1.3, part 3, section 6.1.2: runs collapse to one space, and
`text:s`, `text:tab` and `text:line-break` stand for the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from aigaq.archive.errors import RefusedError
from aigaq.archive.model import Tool
from aigaq.pipeline.readers.docx import PropertiesTarget, local
from aigaq.pipeline.readers.package import SCANNED_BELOW, Package
from aigaq.pipeline.readers.reading import Reading, ReadOptions
from aigaq.pipeline.readers.unpaged import unpaged
from aigaq.pipeline.readers.written import Written
from aigaq.pipeline.tools.limits import Limits

NAME = "odt"
VERSION = "1"
KINDS = ("odt",)

_PARAGRAPHS = frozenset({"p", "h"})
_LEFT_OUT = frozenset(
    # Deleted text is kept in tracked-changes; the rest is nobody's sentence.
    {"tracked-changes", "note-citation", "forms", "scripts", "event-listeners", "creator", "date"}
    | {"creator-initials", "date-string", "automatic-styles", "font-face-decls", "binary-data"}
)
_ASIDE = frozenset({"note-body", "annotation", "text-box"})
_MOST_SPACES = 200
"""`text:s` carries a count, which may be any number in a hostile file."""
_PROPERTIES = {
    "title": "title",
    "subject": "subject",
    "initial-creator": "author",
    "creator": "last_modified_by",
    "creation-date": "created_at",
    "date": "modified_at",
    "print-date": "printed_at",
    "language": "language",
    "keyword": "keywords",
    "description": "description",
    "editing-cycles": "revision",
    "generator": "generator",
}


@dataclass(frozen=True, slots=True)
class OdtText:
    """Texts (NFC) of the body, of notes and comments, and of headers and footers."""

    body: str
    asides: tuple[str, ...]
    comments: int
    deletions: int


@dataclass(slots=True)
class _OdtTarget:
    """Takes the events of a member; writes what stands in paragraphs inside `scope` elements."""

    scope: frozenset[str]
    _written: list[Written] = field(default_factory=lambda: [Written()])
    _paragraphs: list[int] = field(default_factory=lambda: [0])
    _asides: list[str] = field(default_factory=list)
    _boxes: list[str] = field(default_factory=list)
    _within: int = 0
    _left_out: int = 0
    _comments: int = 0
    _deletions: int = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name in self.scope:
            self._within += 1
        if name == "deletion":
            self._deletions += 1
        if self._left_out or name in _LEFT_OUT:
            self._left_out += 1
        elif name in _ASIDE:
            self._comments += name == "annotation"
            self._written.append(Written())
            self._paragraphs.append(0)
        elif name in _PARAGRAPHS:
            self._paragraphs[-1] += 1
        elif name == "table-row":
            self._written[-1].open_row()
        elif name in {"table-cell", "covered-table-cell"}:
            self._written[-1].open_cell()
        elif self._writing:
            self._write_sign(name, attributes)

    @property
    def _writing(self) -> bool:
        return bool(self._within and self._paragraphs[-1] and not self._left_out)

    def _write_sign(self, name: str, attributes: dict[str, str]) -> None:
        if name == "s":
            count = next((value for key, value in attributes.items() if local(key) == "c"), "1")
            spaces = int(count) if count.isascii() and count.isdigit() and len(count) < 6 else 1
            self._written[-1].verbatim(" " * min(spaces, _MOST_SPACES))
        elif name == "tab":
            self._written[-1].verbatim("\t")
        elif name == "line-break":
            self._written[-1].break_line()

    def end(self, tag: str) -> None:
        name = local(tag)
        if name in self.scope:
            self._within -= 1
        if self._left_out:
            self._left_out -= 1
        elif name in _ASIDE:
            self._close_aside(name)
        elif name in _PARAGRAPHS:
            self._paragraphs[-1] -= 1
            if self._within:
                self._end_paragraph()
        elif name == "table-row":
            self._written[-1].close_row()

    def _close_aside(self, name: str) -> None:
        self._paragraphs.pop()
        text = self._written.pop().text()
        (self._boxes if name == "text-box" else self._asides).append(text)

    def _end_paragraph(self) -> None:
        self._written[-1].break_line()
        if len(self._written) == 1:
            for box in self._boxes:
                self._written[-1].verbatim(box)
                self._written[-1].break_line()
            self._boxes.clear()

    def data(self, data: str) -> None:
        if self._writing:
            self._written[-1].collapsed(data)

    def close(self) -> OdtText:
        body = "\n".join((self._written[0].text(), *self._boxes)).strip("\n")
        asides = tuple(text for text in self._asides if text)
        return OdtText(body, asides, self._comments, self._deletions)


def read(source: Path, work: Path, limits: Limits, options: ReadOptions) -> Reading:
    """Headers and footers, body in document order, then notes and comments, as one text.

    Tracked deletions are left out and counted. Facts: the document's properties. The pictures of
    a document with next to no text become attachments, as they are likely scanned pages.
    RefusedError for bombs, damaged and encrypted files.
    """
    with Package(source, limits) as package:
        _refuse_encrypted(package)
        if "content.xml" not in package.names:
            raise RefusedError("the package has no OpenDocument text in it")
        content = package.parse("content.xml", _OdtTarget(frozenset({"text", "spreadsheet"})))
        edges = _page_edges(package)
        facts = _facts(package, content)
        text = "\n".join(part for part in (edges, content.body, *content.asides) if part)
        scans = _pictures(package) if len(text) < SCANNED_BELOW else []
        attachments = package.hand_over(scans, work)
    return Reading(
        tool=Tool(f"aigaq.readers.{NAME} + lxml", f"{VERSION}+{etree.__version__}"),
        passages=unpaged(text),
        attachments=attachments,
        facts=facts,
        problems=() if text else ("The document holds no text.",),
    )


def _refuse_encrypted(package: Package) -> None:
    manifest = "META-INF/manifest.xml"
    # Searched as bytes: OpenOffice 1 and 2 wrote a DOCTYPE into this member.
    if manifest in package.names and b"encryption-data" in package.read(manifest):
        raise RefusedError(
            "the document is protected by a password", advice="ask the sender for an open copy"
        )


def _page_edges(package: Package) -> str:
    if "styles.xml" not in package.names:
        return ""
    scope = frozenset({"header", "footer", "header-left", "footer-left"})
    return package.parse("styles.xml", _OdtTarget(scope | {"header-first", "footer-first"})).body


def _facts(package: Package, content: OdtText) -> dict[str, object]:
    facts: dict[str, object] = {}
    if "meta.xml" in package.names:
        facts = package.parse("meta.xml", PropertiesTarget(_PROPERTIES))
    counts = {
        "comments": content.comments,
        "tracked_deletions": content.deletions,
        "pictures": len(_pictures(package)),
    }
    return facts | {name: count for name, count in counts.items() if count}


def _pictures(package: Package) -> list[str]:
    return sorted(name for name in package.names if name.startswith("Pictures/"))
