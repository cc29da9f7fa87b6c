"""Word documents (DOCX, DOCM; transitional and strict), read as streams of their XML members.

python-docx is not used for reading: it leaves out tracked insertions, text boxes, notes and
content controls without a word, refuses macro-enabled files, and needs 2.7 GB for a hostile
2.4 MB file (measured). Macros are never looked at. Automatic list numbers are not text of the
file (Word computes them when it draws) and do not appear.
"""

from __future__ import annotations

import posixpath
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from aigaq.archive.errors import RefusedError
from aigaq.archive.model import Tool
from aigaq.pipeline.readers.package import SCANNED_BELOW, Package
from aigaq.pipeline.readers.reading import Reading, ReadOptions
from aigaq.pipeline.readers.unpaged import unpaged
from aigaq.pipeline.readers.written import Written
from aigaq.pipeline.tools.limits import Limits

NAME = "docx"
VERSION = "1"
KINDS = ("docx",)

_LEFT_OUT = frozenset({"del", "moveFrom", "pPr", "rPr", "tblPr", "trPr", "tcPr", "sectPr"}) | {
    # A second, older drawing of the same text box.
    "Fallback"
}
_SIGNS = {"tab": "\t", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}
_BEFORE = ("header",)
_AFTER = ("footnotes", "endnotes", "comments", "footer")
_PROPERTIES = {
    "title": "title",
    "subject": "subject",
    "creator": "author",
    "lastModifiedBy": "last_modified_by",
    "created": "created_at",
    "modified": "modified_at",
    "lastPrinted": "printed_at",
    "language": "language",
    "keywords": "keywords",
    "description": "description",
    "revision": "revision",
}
_LONGEST_FACT = 2_000
_TEXT = "t"


@dataclass(frozen=True, slots=True)
class DocumentPart:
    """The text of one part (NFC), and how much of it was tracked or commented."""

    text: str
    insertions: int
    deletions: int
    comments: int


@dataclass(slots=True)
class _PartTarget:
    """Takes a part's XML events and writes its paragraphs and tables in document order.

    A text box is written after the paragraph it is anchored in.
    """

    _written: list[Written] = field(default_factory=lambda: [Written()])
    _boxes: list[str] = field(default_factory=list)
    _left_out: int = 0
    _in_text: bool = False
    _counts: dict[str, int] = field(default_factory=lambda: {"ins": 0, "del": 0, "comment": 0})

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name in self._counts and not self._left_out:
            self._counts[name] += 1
        if self._left_out or name in _LEFT_OUT:
            self._left_out += 1
        elif name == _TEXT:
            self._in_text = True
        elif name in _SIGNS:
            self._written[-1].verbatim(_SIGNS[name])
        elif name in {"br", "cr"}:
            self._written[-1].break_line()
        elif name == "tr":
            self._written[-1].open_row()
        elif name == "tc":
            self._written[-1].open_cell()
        elif name == "txbxContent":
            self._written.append(Written())

    def end(self, tag: str) -> None:
        if self._left_out:
            self._left_out -= 1
            return
        name = local(tag)
        if name == _TEXT:
            self._in_text = False
        elif name == "p":
            self._written[-1].break_line()
            if len(self._written) == 1:
                self._write_boxes()
        elif name == "tr":
            self._written[-1].close_row()
        elif name == "txbxContent":
            self._boxes.append(self._written.pop().text())

    def _write_boxes(self) -> None:
        for box in self._boxes:
            self._written[-1].verbatim(box)
            self._written[-1].break_line()
        self._boxes.clear()

    def data(self, data: str) -> None:
        if self._in_text and not self._left_out:
            self._written[-1].verbatim(data)

    def close(self) -> DocumentPart:
        self._write_boxes()
        counts = self._counts
        return DocumentPart(
            self._written[0].text(), counts["ins"], counts["del"], counts["comment"]
        )


@dataclass(slots=True)
class _RelationsTarget:
    """Collects (kind, target) of a relationships part; kind is the last word of its type."""

    _found: list[tuple[str, str]] = field(default_factory=list)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            self._found.append((kind, attributes.get("Target", "")))

    def end(self, tag: str) -> None:
        return

    def data(self, data: str) -> None:
        return

    def close(self) -> list[tuple[str, str]]:
        return self._found


@dataclass(slots=True)
class PropertiesTarget:
    """Collects the text of the named elements (local name -> fact name), each once."""

    names: dict[str, str]
    _facts: dict[str, object] = field(default_factory=dict)
    _open: str = ""
    _text: list[str] = field(default_factory=list)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._open = self.names.get(local(tag), "")
        self._text.clear()

    def end(self, tag: str) -> None:
        value = unicodedata.normalize("NFC", " ".join("".join(self._text).split()))
        if self._open and value:
            self._facts.setdefault(self._open, value[:_LONGEST_FACT])
        self._open = ""

    def data(self, data: str) -> None:
        if self._open:
            self._text.append(data)

    def close(self) -> dict[str, object]:
        return self._facts


def local(tag: str) -> str:
    """`{namespace}p` -> `p`: strict and transitional files differ only in the namespace."""
    return tag.rpartition("}")[2]


def read(source: Path, work: Path, limits: Limits, options: ReadOptions) -> Reading:
    """Headers, body (paragraphs, tables, text boxes), notes, comments, footers as one text.

    Tracked deletions are left out, insertions kept; both are counted in the facts, beside the
    core properties (`title`, `author`, `created_at`, ...). Embedded files become attachments, and
    pictures too where there is next to no text. RefusedError for bombs, damaged, encrypted and
    old binary files.
    """
    with Package(source, limits) as package:
        main = _main_part(package)
        related = _related(package, main)
        names = [name for kind in _BEFORE for name in related.get(kind, ())]
        names += [main, *(name for kind in _AFTER for name in related.get(kind, ()))]
        parts = [package.parse(name, _PartTarget()) for name in names]
        facts = _facts(package, parts)
        text = "\n".join(_each_once(part.text for part in parts))
        attachments = package.hand_over(_inner_files(package, text), work)
    return Reading(
        tool=Tool(f"aigaq.readers.{NAME} + lxml", f"{VERSION}+{etree.__version__}"),
        passages=unpaged(text),
        attachments=attachments,
        facts=facts,
        problems=() if text else ("The document holds no text.",),
    )


def _main_part(package: Package) -> str:
    relations = _relations(package, "_rels/.rels", base="")
    for kind, name in relations:
        if kind == "officeDocument":
            return name
    if "word/document.xml" in package.names:
        return "word/document.xml"
    raise RefusedError("the package has no Word document in it")


def _related(package: Package, main: str) -> dict[str, list[str]]:
    folder, name = posixpath.split(main)
    parts: dict[str, list[str]] = {}
    for kind, target in _relations(package, f"{folder}/_rels/{name}.rels", base=folder):
        if target not in parts.setdefault(kind, []):
            parts[kind].append(target)
    return parts


def _relations(package: Package, name: str, *, base: str) -> list[tuple[str, str]]:
    """(kind, member name) of each relationship that leads to an existing member."""
    if name not in package.names:
        return []
    found = package.parse(name, _RelationsTarget())
    targets = [(kind, posixpath.normpath(posixpath.join("/", base, to))) for kind, to in found]
    return [(kind, to.lstrip("/")) for kind, to in targets if to.lstrip("/") in package.names]


def _facts(package: Package, parts: list[DocumentPart]) -> dict[str, object]:
    facts: dict[str, object] = {}
    if "docProps/core.xml" in package.names:
        facts = package.parse("docProps/core.xml", PropertiesTarget(_PROPERTIES))
    counts = {
        "tracked_insertions": sum(part.insertions for part in parts),
        "tracked_deletions": sum(part.deletions for part in parts),
        "comments": sum(part.comments for part in parts),
        "pictures": sum("/media/" in name and not name.endswith("/") for name in package.names),
    }
    return facts | {name: count for name, count in counts.items() if count}


def _inner_files(package: Package, text: str) -> list[str]:
    """Embedded files, and the pictures of a document that is nothing but scanned pages."""
    folders = ["/embeddings/", "/media/"] if len(text) < SCANNED_BELOW else ["/embeddings/"]
    return sorted(name for name in package.names if any(folder in name for folder in folders))


def _each_once(texts: Iterable[str]) -> list[str]:
    """The same header stands in several parts; text that says nothing new is not repeated."""
    return list(dict.fromkeys(text for text in texts if text))
